"""DNS over real sockets, or past them, on dnspython: queries made, replies read, nothing judged.

Everything is bounded: one time-out for each attempt, one repetition over UDP, a limit to foreign
datagrams. Whatever is not a readable reply to the question is `Unreachable`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from secrets import token_bytes
from time import perf_counter
from typing import Protocol, cast

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from dns.rdtypes.IN.NAPTR import NAPTR

from harness.dns_message import DnsQuery, DnsReply, ResourceRecord
from harness.errors import TimedOut, Unreachable
from harness.model import NaptrRecord

TIMEOUT = 3.0
"""How long each attempt waits for its reply, in seconds, unless told otherwise."""

Send = Callable[[bytes, str], Awaitable[bytes]]
"""A transport: (query, `udp` or `tcp`) -> reply; raises `Unreachable`."""

_KEPT = 1024
"""Questions and replies that are remembered: a proof sees the same ones under every fault."""

_UDP_ATTEMPTS = 2
_MOST_FOREIGN_DATAGRAMS = 64
_HEADER = 12
_UNREADABLE = (dns.exception.DNSException, ValueError, IndexError, EOFError)


class Answerer(Protocol):
    """A name server in the same process: no reply is None."""

    def __call__(self, wire: bytes, *, tcp: bool) -> bytes | None:
        """The reply to a query."""
        ...


class DnsResolver:
    """The port `Resolver` over any transport; `peer` is how its evidence names the server.

    `others` lead to the other servers of the same zone, for queries that are put to them.
    """

    def __init__(
        self, send: Send, *, others: Sequence[Send] = (), peer: str = "in process"
    ) -> None:
        self._sends = (send, *others)
        self._peer = peer

    async def ask(self, query: DnsQuery) -> DnsReply:
        """The reply, read; raises `Unreachable` when none came or it cannot be read."""
        if query.server >= len(self._sends):
            raise Unreachable(query.name, why=f"there is no name server number {query.server}")
        wire = token_bytes(2) + _message(query)[2:]
        began = perf_counter()
        answer = await self._sends[query.server](wire, query.transport)
        elapsed = perf_counter() - began
        return _read(query, wire, answer, peer=self._peer, elapsed=elapsed)


def in_process_transport(answer: Answerer) -> Send:
    """A transport to a name server that is a function."""

    async def send(wire: bytes, transport: str) -> bytes:
        reply = answer(wire, tcp=transport == "tcp")
        if reply is None:
            raise Unreachable("the name server", why=f"no reply over {transport}")
        return reply

    return send


def socket_transport(nameserver: tuple[str, int], timeout: float = TIMEOUT) -> Send:
    """A transport to a name server at an address, IPv4 or IPv6; `timeout` is in seconds."""
    what = f"the name server {nameserver[0]} port {nameserver[1]}"
    ways = {"udp": partial(_over_udp, nameserver), "tcp": partial(_over_tcp, nameserver)}

    async def send(wire: bytes, transport: str) -> bytes:
        try:
            return await ways[transport](wire, timeout)
        except TimeoutError:
            why = f"no reply over {transport} within {timeout:g} s"
            raise TimedOut(what, why=why) from None
        except EOFError:
            why = f"the connection over {transport} ended within the reply"
        except OSError as refused:
            why = f"{transport}: {_reason(refused)}"
        raise Unreachable(what, why=why)

    return send


def _reason(refused: OSError) -> str:
    """Why, in the system's words: asyncio puts its own into `strerror`, with less in them."""
    known = os.strerror(refused.errno) if refused.errno and refused.errno > 0 else refused.strerror
    return known or str(refused)


class _OneReply(asyncio.DatagramProtocol):
    """Waits for the datagram that answers a query; late and foreign ones pass unheeded.

    The last of those is remembered: where no other comes, it is what the server had to say.
    """

    def __init__(self, wire: bytes) -> None:
        self._wire = wire
        self._foreign = 0
        self.foreign: bytes | None = None
        self.reply: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.DatagramTransport", transport).sendto(self._wire)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        del addr  # the socket is connected: the kernel lets only the name server's pass
        if self.reply.done():
            return
        if answers(self._wire, data):
            self.reply.set_result(data)
            return
        self._foreign += 1
        if len(data) >= _HEADER and data[2] & 0x80:
            self.foreign = data
        if self._foreign == _MOST_FOREIGN_DATAGRAMS:
            self.error_received(OSError("too many datagrams that answer something else"))

    def error_received(self, exc: Exception) -> None:
        if not self.reply.done():
            self.reply.set_exception(exc)


async def _over_udp(nameserver: tuple[str, int], wire: bytes, patience: float) -> bytes:
    for attempt in range(1, _UDP_ATTEMPTS + 1):
        transport, waiting = await asyncio.get_running_loop().create_datagram_endpoint(
            partial(_OneReply, wire), remote_addr=nameserver
        )
        try:
            async with asyncio.timeout(patience):
                return await waiting.reply
        except TimeoutError:
            if attempt == _UDP_ATTEMPTS:
                if waiting.foreign is not None:
                    return waiting.foreign
                raise
        finally:
            transport.close()
    raise TimeoutError


async def _over_tcp(nameserver: tuple[str, int], wire: bytes, patience: float) -> bytes:
    async with asyncio.timeout(patience):
        reader, writer = await asyncio.open_connection(*nameserver)
        try:
            writer.write(len(wire).to_bytes(2, "big") + wire)
            return await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
        finally:
            writer.close()


def answers(query: bytes, reply: bytes) -> bool:
    """Whether a datagram answers a query: a response, with its id and its question.

    A refusal may come without any question. Names compare without case (RFC 4343).
    """
    if len(reply) < _HEADER or reply[:2] != query[:2] or not reply[2] & 0x80:
        return False
    if reply[4:6] == b"\0\0":
        return bool(reply[3] & 0x0F)
    end = _HEADER
    while query[end]:
        end += 1 + query[end]
    end += 5
    return reply[4:6] == query[4:6] and reply[_HEADER:end].lower() == query[_HEADER:end].lower()


@lru_cache(maxsize=_KEPT)
def _message(query: DnsQuery) -> bytes:
    """The query under some identifier."""
    flags = dns.flags.RD | (dns.flags.CD if query.checking_disabled else 0)
    try:
        return dns.message.make_query(
            query.name,
            query.rdtype,
            use_edns=None if query.edns is None else 0,
            payload=query.edns,
            want_dnssec=query.dnssec_ok,
            flags=flags,
        ).to_wire()
    except _UNREADABLE as cause:
        raise Unreachable(query.name, why=f"it cannot be asked for: {cause}") from cause


def _read(query: DnsQuery, sent: bytes, wire: bytes, *, peer: str, elapsed: float) -> DnsReply:
    try:
        reply = _parsed(b"\0\0" + wire[2:])
    except _UNREADABLE as cause:
        what = f"the reply to {query.name} {query.rdtype}"
        raise Unreachable(
            what, why=f"it cannot be read: {cause or type(cause).__name__}"
        ) from cause
    mismatch = _mismatch(sent, wire)
    return DnsReply(
        query=query,
        peer=peer,
        request=sent,
        wire=wire,
        elapsed=elapsed,
        rcode=reply.rcode,
        flags=reply.flags,
        question=reply.question,
        edns=reply.edns,
        answer=() if mismatch else reply.answer,
        authority=() if mismatch else reply.authority,
        additional=() if mismatch else reply.additional,
        mismatch=mismatch,
    )


@dataclass(frozen=True, slots=True)
class _Parsed:
    """What a reply says, whatever its identifier."""

    rcode: str
    flags: frozenset[str]
    question: str
    edns: int | None
    answer: tuple[ResourceRecord, ...]
    authority: tuple[ResourceRecord, ...]
    additional: tuple[ResourceRecord, ...]


@lru_cache(maxsize=_KEPT)
def _parsed(wire: bytes) -> _Parsed:
    reply = dns.message.from_wire(wire, one_rr_per_rrset=True)
    return _Parsed(
        rcode=dns.rcode.to_text(reply.rcode()),
        flags=frozenset(dns.flags.to_text(reply.flags).lower().split()),
        question=str(reply.question[0].name) if reply.question else "",
        edns=reply.payload if reply.edns >= 0 else None,
        answer=_records(reply.answer),
        authority=_records(reply.authority),
        additional=_records(reply.additional),
    )


def _mismatch(sent: bytes, wire: bytes) -> str | None:
    """How a reply that can be read shows that it is to another query; None where it is not."""
    if answers(sent, wire):
        return None
    if not wire[2] & 0x80:
        return "flag qr"
    return "id" if wire[:2] != sent[:2] else "question"


def _records(section: Iterable[dns.rrset.RRset]) -> tuple[ResourceRecord, ...]:
    return tuple(
        ResourceRecord(
            name=str(rrset.name),
            ttl=rrset.ttl,
            rdtype=dns.rdatatype.to_text(rrset.rdtype),
            rdata=rdata.to_text(),
            naptr=_naptr(rdata) if isinstance(rdata, NAPTR) else None,
        )
        for rrset in section
        for rdata in rrset
    )


def _naptr(rdata: NAPTR) -> NaptrRecord:
    return NaptrRecord(
        order=rdata.order,
        preference=rdata.preference,
        flags=_string(rdata.flags),
        service=_string(rdata.service),
        regexp=_string(rdata.regexp),
        replacement=str(rdata.replacement),
    )


def _string(octets: bytes) -> str:
    r"""A character-string as text (RFC 3403: UTF-8); an octet that is none is shown as `\xff`."""
    return octets.decode("utf-8", "backslashreplace")
