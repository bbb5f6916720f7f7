"""A zone as its name server hands it over (AXFR, RFC 5936), where that is allowed.

Everything is bounded: time, octets, records. What is not a whole transfer is `Unreachable`, told
with what to ask the operator for.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
from dns.rdtypes.ANY.SOA import SOA

from harness.errors import TimedOut, Unreachable
from harness.master_file import MOST_RECORDS
from harness.master_tokens import LARGEST

PATIENCE = 10.0
"""How long each message of a transfer is waited for, in seconds, unless told otherwise."""

LIFETIME = 120.0
"""How long a transfer may take as a whole, in seconds."""

_ASK = "ask its operator to allow the transfer"
_HOW = "(allow-transfer in BIND, provide-xfr in NSD), or for the zone file"
_UNREADABLE = (dns.exception.DNSException, ValueError, IndexError, EOFError)


@dataclass(frozen=True, slots=True)
class TransferredRecord:
    """One record of a transfer."""

    name: dns.name.Name
    ttl: int
    rdata: dns.rdata.Rdata

    def __str__(self) -> str:
        rdtype = dns.rdatatype.to_text(self.rdata.rdtype)
        return f"{self.name} {self.ttl} IN {rdtype} {self.rdata}"


@dataclass(frozen=True, slots=True)
class Transfer:
    """A whole zone, its SOA record first and once; `octets` is how much was sent."""

    zone: str
    peer: str
    records: tuple[TransferredRecord, ...]
    octets: int

    @property
    def serial(self) -> int:
        """The version of the zone."""
        soa = self.records[0].rdata
        assert isinstance(soa, SOA)
        return soa.serial


async def transferred(
    nameserver: tuple[str, int],
    zone: str,
    *,
    patience: float = PATIENCE,
    lifetime: float = LIFETIME,
) -> Transfer:
    """The zone from a name server at an address and port; raises `Unreachable`.

    `zone` is its name, in any spelling that `dns.name` reads; times are in seconds.
    """
    peer = f"the name server {nameserver[0]} port {nameserver[1]}"
    apex = dns.name.from_text(zone)
    try:
        async with asyncio.timeout(lifetime):
            return await _transfer(nameserver, apex, peer, patience)
    except TimeoutError:
        why = f"no message of a transfer of {apex} within {patience:g} s, or all within"
        why += f" {lifetime:g} s; ask its operator whether TCP port {nameserver[1]} is open to you"
        raise TimedOut(peer, why=why) from None
    except EOFError:
        why = f"the connection ended before the transfer of {apex} did, as some do that refuse;"
        raise Unreachable(peer, why=f"{why} {_ASK} {_HOW}") from None
    except OSError as refused:
        known = os.strerror(refused.errno) if refused.errno and refused.errno > 0 else str(refused)
        why = f"{known}; a transfer needs TCP port {nameserver[1]}"
        raise Unreachable(peer, why=why) from None


def master_text(transfer: Transfer, at: datetime) -> str:
    """A transfer as a master file, one record a line, that says where it is from and when."""
    told = (
        f"; {transfer.zone} as transferred from {transfer.peer}",
        f"; at {at.isoformat(timespec='seconds')}, serial {transfer.serial}",
    )
    return "\n".join((*told, *map(str, transfer.records), ""))


async def _transfer(
    nameserver: tuple[str, int], apex: dns.name.Name, peer: str, patience: float
) -> Transfer:
    async with asyncio.timeout(patience):
        reader, writer = await asyncio.open_connection(*nameserver)
    try:
        own = str(writer.get_extra_info("sockname")[0])
        query = dns.message.make_query(apex, dns.rdatatype.AXFR)
        wire = query.to_wire()
        writer.write(len(wire).to_bytes(2, "big") + wire)
        collected = _Collected(apex, peer, own)
        async for message in _messages(reader, patience):
            collected.take(query, message)
            if collected.whole:
                break
        return Transfer(str(apex), peer, tuple(collected.records[:-1]), collected.octets)
    finally:
        writer.close()


async def _messages(reader: asyncio.StreamReader, patience: float) -> AsyncIterator[bytes]:
    while True:
        async with asyncio.timeout(patience):
            size = int.from_bytes(await reader.readexactly(2), "big")
            message = await reader.readexactly(size)
        yield message


class _Collected:
    """What has come of a transfer; it is whole when the SOA record comes a second time."""

    def __init__(self, apex: dns.name.Name, peer: str, own: str) -> None:
        self._apex = apex
        self._peer = peer
        self._own = own
        self.records: list[TransferredRecord] = []
        self.octets = 0

    @property
    def whole(self) -> bool:
        """Whether the last record is the first one again."""
        return len(self.records) > 1 and isinstance(self.records[-1].rdata, SOA)

    def take(self, query: dns.message.Message, wire: bytes) -> None:
        """Take the next message; raises `Unreachable`."""
        self.octets += len(wire)
        try:
            message = dns.message.from_wire(wire, xfr=True, one_rr_per_rrset=True)
        except _UNREADABLE as flaw:
            raise self._broken(f"a message that cannot be read: {flaw}") from None
        if message.id != query.id:
            raise self._broken("a message to another query")
        if message.rcode() != dns.rcode.NOERROR:
            raise self._refused(dns.rcode.to_text(message.rcode()))
        found = list(_records(message))
        if not self.records and not (found and isinstance(found[0].rdata, SOA)):
            raise self._refused("without an SOA record")
        for record in found:
            self._add(record)

    def _add(self, record: TransferredRecord) -> None:
        if self.whole:
            raise self._broken("records after the end of the zone")
        if not record.name.is_subdomain(self._apex):
            raise self._broken(f"a record of another zone, {record.name}")
        self.records.append(record)
        if len(self.records) > MOST_RECORDS or self.octets > LARGEST:
            most = f"{MOST_RECORDS} records in {LARGEST // 1024 // 1024} MB"
            raise self._broken(f"more than {most}, the most that is taken")

    def _broken(self, seen: str) -> Unreachable:
        why = f"the transfer of {self._apex} was given up: {seen}"
        return Unreachable(self._peer, why=why)

    def _refused(self, code: str) -> Unreachable:
        remedy = f"{_ASK} to {self._own} {_HOW}"
        if code == "NOTAUTH":
            remedy = "name the owner of its SOA record as the zone, or one of its own name servers"
        why = f"it answers {code} to the request for a transfer of {self._apex}; {remedy}"
        return Unreachable(self._peer, why=why)


def _records(message: dns.message.Message) -> Iterator[TransferredRecord]:
    for rrset in message.answer:
        if rrset.rdclass == dns.rdataclass.IN:
            yield from _of(rrset.name, rrset.ttl, rrset)


def _of(
    name: dns.name.Name, ttl: int, found: Iterable[dns.rdata.Rdata]
) -> Iterator[TransferredRecord]:
    for rdata in found:
        yield TransferredRecord(name, ttl, rdata)
