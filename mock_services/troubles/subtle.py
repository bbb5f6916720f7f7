"""Troubles on the way that only a second way shows, and ways that end where they begin to matter.

Resolvers that change what the doctor does not ask for, proxies that touch a field or stall, and a
network in which the names of servers have no addresses, so that nobody gets around its proxy.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from dnslib import NAPTR, QTYPE, RCODE, RR, A, DNSRecord  # type: ignore[import-untyped]

from harness.model import Target
from mock_services.troubles import Trouble
from mock_services.troubles.backstage import LOOPBACK, conversing, listening, port_of
from mock_services.troubles.proxies import Change
from mock_services.troubles.resolvers import Lie, LyingResolver

ELSEWHERE = "127.9.9.9"
"""An address of loopback where nothing listens."""

_ADDRESSES = (QTYPE.A, QTYPE.AAAA)
_LONGEST_HEAD = 64 * 1024


def resolving(lie: Lie, *, tcp: bool = True) -> Trouble:
    """A trouble: a resolver that lies is asked, and the target names the zone's own server too."""

    @contextmanager
    def plant(target: Target) -> Iterator[Target]:
        assert target.nameserver
        with LyingResolver(lie, tcp=tcp)(target) as lied:
            yield replace(lied, by_resolver=True, other_nameservers=(target.nameserver,))

    return plant


def answers_every_name(query: DNSRecord, reply: DNSRecord, _tcp: bool) -> DNSRecord:  # noqa: FBT001
    """An address and an entry for every name that does not exist."""
    if query.q.qtype == QTYPE.A:
        return _instead(reply, A(ELSEWHERE))
    return answers_every_entry(query, reply, _tcp)


def answers_every_entry(query: DNSRecord, reply: DNSRecord, _tcp: bool) -> DNSRecord:  # noqa: FBT001
    """An entry for every name that does not exist; addresses are told as they are."""
    if query.q.qtype != QTYPE.NAPTR:
        return reply
    return _instead(reply, NAPTR(100, 10, b"U", b"", b"!.*!https://portal.localhost/!", "."))


def _instead(reply: DNSRecord, rdata: object) -> DNSRecord:
    if reply.header.rcode == RCODE.NXDOMAIN:
        reply.header.rcode = RCODE.NOERROR
        reply.rr, reply.auth = [RR(reply.q.qname, _type_of(rdata), ttl=60, rdata=rdata)], []
    return reply


def _type_of(rdata: object) -> int:
    return int(getattr(QTYPE, type(rdata).__name__))


def lowers_the_question(_query: DNSRecord, reply: DNSRecord, _tcp: bool) -> DNSRecord:  # noqa: FBT001
    """The name is repeated in lower case, however it was asked for."""
    reply.questions[0].qname = str(reply.q.qname).lower()
    return reply


def takes_authority(_query: DNSRecord, reply: DNSRecord, _tcp: bool) -> DNSRecord:  # noqa: FBT001
    """No answer is marked as authoritative."""
    reply.header.aa = 0
    return reply


def keeps_nothing(query: DNSRecord, reply: DNSRecord, _tcp: bool) -> DNSRecord:  # noqa: FBT001
    """Entries come with a time to live of zero."""
    for record in reply.rr if query.q.qtype == QTYPE.NAPTR else ():
        record.ttl = 0
    return reply


def fails_over_entries_of(label: str) -> Lie:
    """SERVFAIL to a question for the NAPTR records of names with this label."""

    def fail(query: DNSRecord, reply: DNSRecord, _tcp: bool) -> DNSRecord:  # noqa: FBT001
        labels = str(query.q.qname).lower().split(".")
        if query.q.qtype == QTYPE.NAPTR and label in labels:
            reply.rr, reply.auth = [], []
            reply.header.rcode = RCODE.SERVFAIL
        return reply

    return fail


def misleads(query: DNSRecord, reply: DNSRecord, _tcp: bool) -> DNSRecord:  # noqa: FBT001 -- a Lie
    """Every host has the address of somebody else."""
    if query.q.qtype in _ADDRESSES:
        wrong = [RR(reply.q.qname, QTYPE.A, ttl=60, rdata=A(ELSEWHERE))]
        reply.rr = wrong if query.q.qtype == QTYPE.A else []
    return reply


def knows_no_addresses(query: DNSRecord, reply: DNSRecord, _tcp: bool) -> DNSRecord:  # noqa: FBT001
    """No host has an address."""
    if query.q.qtype in _ADDRESSES:
        reply.rr = []
    return reply


indoors = LyingResolver(knows_no_addresses)
"""A trouble: the names of servers have no addresses here, as in many an office network."""


def without(*fields: str) -> Change:
    """These fields do not get through."""
    wanted = tuple(f"{field.lower()}:".encode() for field in fields)

    def leave_out(head: bytes, body: bytes) -> tuple[bytes, bytes]:
        kept = (line for line in head.split(b"\r\n") if not line.lower().startswith(wanted))
        return b"\r\n".join(kept), body

    return leave_out


@contextmanager
def dead_proxy(target: Target) -> Iterator[Target]:
    """A trouble: nothing listens where the proxy is said to be; the port stays taken."""
    with listening() as bound:
        yield _behind(target, port_of(bound))


@contextmanager
def stalling_proxy(target: Target) -> Iterator[Target]:
    """A trouble: the proxy says that the way is free, and then nothing comes through."""

    async def stall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError, asyncio.LimitOverrunError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            while await reader.read(_LONGEST_HEAD):
                pass
        writer.close()

    with conversing(stall) as port:
        yield _behind(target, port)


def _behind(target: Target, port: int) -> Target:
    return replace(target, reach=replace(target.reach, proxy=f"http://{LOOPBACK}:{port}"))


def changed(change: Callable[[Target], Target]) -> Trouble:
    """A trouble: the file of the target says something else."""

    @contextmanager
    def plant(target: Target) -> Iterator[Target]:
        yield change(target)

    return plant
