"""Name servers in between that do not pass on what the zone says.

Each stands before the name server of a target, asks it everything, and changes the replies.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from dnslib import NAPTR, QTYPE, RCODE, RR, A, DNSRecord  # type: ignore[import-untyped]

from harness.model import Target
from mock_services.troubles.backstage import LOOPBACK, listened, pair, port_of, running

PATIENCE = 5.0
"""Seconds that the real name server is waited for."""

_LARGEST = 65_535

Lie = Callable[[DNSRecord, DNSRecord, bool], DNSRecord | None]
"""From (query, true reply, over TCP) to what is said in its stead; None: nothing is."""


@dataclass(frozen=True, slots=True)
class LyingResolver:
    """A trouble: a resolver that lies. `delay` is in seconds, `tcp` whether TCP is to be had.

    `strange` has it answer under another identifier than it was asked under, over UDP.
    """

    lie: Lie
    tcp: bool = True
    delay: float = 0.0
    strange: bool = False

    @contextmanager
    def __call__(self, target: Target) -> Iterator[Target]:
        """The target with this resolver for a name server."""
        if target.nameserver is None:
            raise ValueError("a target without a name server cannot be lied to")
        with running(partial(self._serve, target.nameserver)) as place:
            yield replace(target, nameserver=place)

    async def _serve(self, true: tuple[str, int], stack: AsyncExitStack) -> tuple[str, int]:
        datagrams, streams = pair()
        place = LOOPBACK, port_of(datagrams)
        tasks: set[asyncio.Task[None]] = set()
        loop = asyncio.get_running_loop()
        relay = _Relay(self, true)
        udp, _ = await loop.create_datagram_endpoint(
            partial(_Datagrams, relay, tasks), sock=datagrams
        )
        stack.callback(udp.close)
        if self.tcp:
            await listened(stack, relay.converse, streams)
        else:
            stack.callback(streams.close)
        return place


class _Relay:
    """Asks the true name server, and lies about its reply."""

    def __init__(self, how: LyingResolver, true: tuple[str, int]) -> None:
        self._how = how
        self._true = true

    async def reply(self, wire: bytes, *, tcp: bool) -> bytes | None:
        """What is said to a query."""
        true = await self._asked(wire)
        if self._how.delay:
            await asyncio.sleep(self._how.delay)
        said = self._how.lie(DNSRecord.parse(wire), DNSRecord.parse(true), tcp)
        if said is None:
            return None
        told = cast("bytes", said.pack())
        return bytes((told[0] ^ 0xFF, *told[1:])) if self._how.strange and not tcp else told

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one query over TCP."""
        with suppress(OSError, EOFError, TimeoutError):
            length = int.from_bytes(await reader.readexactly(2), "big")
            said = await self.reply(await reader.readexactly(length), tcp=True)
            if said is not None:
                writer.write(len(said).to_bytes(2, "big") + said)
                await writer.drain()
                await reader.read(1)
        writer.close()

    async def _asked(self, wire: bytes) -> bytes:
        """The true reply, over TCP because there it is whole."""
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(*self._true)
            try:
                writer.write(len(wire).to_bytes(2, "big") + wire)
                return await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
            finally:
                writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    """Answers each datagram in a task of its own."""

    def __init__(self, relay: _Relay, tasks: set[asyncio.Task[None]]) -> None:
        self._relay = relay
        self._tasks = tasks
        self._send = cast("asyncio.DatagramTransport", None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._send = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        task = asyncio.ensure_future(self._answer(data, addr))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, data: bytes, addr: tuple[str, int]) -> None:
        with suppress(OSError, EOFError, TimeoutError):
            said = await self._relay.reply(data, tcp=False)
            if said is not None:
                self._send.sendto(said, addr)


def truly(_query: DNSRecord, reply: DNSRecord, _tcp: bool) -> DNSRecord:  # noqa: FBT001 -- a Lie
    """The truth."""
    return reply


def rewrites_denials(query: DNSRecord, reply: DNSRecord, _tcp: bool) -> DNSRecord:  # noqa: FBT001
    """An address for every name that does not exist, as search pages of providers have it."""
    if query.q.qtype == QTYPE.A and reply.header.rcode == RCODE.NXDOMAIN:
        reply.header.rcode = RCODE.NOERROR
        reply.rr, reply.auth = [RR(query.q.qname, QTYPE.A, ttl=60, rdata=A(LOOPBACK))], []
    return reply


def drops_naptr(query: DNSRecord, reply: DNSRecord, _tcp: bool) -> DNSRecord | None:  # noqa: FBT001
    """No reply to a question for NAPTR."""
    return None if query.q.qtype == QTYPE.NAPTR else reply


def empties_naptr(query: DNSRecord, reply: DNSRecord, _tcp: bool) -> DNSRecord:  # noqa: FBT001
    """No records in the reply to a question for NAPTR, and no proof of their absence."""
    if query.q.qtype == QTYPE.NAPTR:
        reply.rr, reply.auth = [], []
    return reply


def answers_naptr_by(rcode: str) -> Lie:
    """An error in reply to a question for NAPTR, such as `SERVFAIL` or `NOTIMP`."""

    def fail(query: DNSRecord, reply: DNSRecord, _tcp: bool) -> DNSRecord:  # noqa: FBT001
        if query.q.qtype == QTYPE.NAPTR:
            reply.rr, reply.auth = [], []
            reply.header.rcode = getattr(RCODE, rcode)
        return reply

    return fail


def loses_naptr_over_udp(query: DNSRecord, reply: DNSRecord, tcp: bool) -> DNSRecord | None:  # noqa: FBT001
    """No reply to a question for NAPTR over UDP; over TCP there is."""
    return reply if tcp else drops_naptr(query, reply, tcp)


def truncates(_query: DNSRecord, reply: DNSRecord, tcp: bool) -> DNSRecord:  # noqa: FBT001 -- a Lie
    """Every reply over UDP that has records is cut off."""
    if reply.rr and not tcp:
        reply.rr, reply.auth = [], []
        reply.header.tc = 1
    return reply


def forges_roots(to: str) -> Lie:
    """Every NAPTR record leads elsewhere; its signature stays the one it had."""

    def forge(_query: DNSRecord, reply: DNSRecord, _tcp: bool) -> DNSRecord:  # noqa: FBT001
        for record in reply.rr:
            if record.rtype == QTYPE.NAPTR:
                old = record.rdata
                regexp = f"!.*!{to}!".encode()
                record.rdata = NAPTR(
                    old.order, old.preference, old.flags, old.service, regexp, old.replacement
                )
        return reply

    return forge


def drops_edns(query: DNSRecord, reply: DNSRecord, tcp: bool) -> DNSRecord | None:  # noqa: FBT001
    """No reply over UDP to a question with EDNS."""
    return None if not tcp and any(r.rtype == QTYPE.OPT for r in query.ar) else reply


def says_nothing(_query: DNSRecord, _reply: DNSRecord, _tcp: bool) -> None:  # noqa: FBT001
    """Never a reply."""


def refuses(_query: DNSRecord, reply: DNSRecord, _tcp: bool) -> DNSRecord:  # noqa: FBT001 -- a Lie
    """REFUSED, whatever is asked: it serves others."""
    reply.rr, reply.auth = [], []
    reply.header.rcode = RCODE.REFUSED
    return reply


@contextmanager
def closed_name_server(target: Target) -> Iterator[Target]:
    """A trouble: nothing listens where the name server is said to be."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as once:
        once.bind((LOOPBACK, 0))
        port = port_of(once)
    yield replace(target, nameserver=(LOOPBACK, port))
