"""What the evidence of a result about the zone says of its zone file: names asked, records seen.

Pure. Evidence of a file tells its lines itself; a reply of a name server is held against the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import dns.exception
import dns.message
import dns.name
import dns.rdatatype
import dns.rrset

from harness.master_file import PlacedRecord
from harness.model import Exchange
from harness.zone_data import ZoneData, upwards

_SECTION = re.compile(r"(answer|authority|additional), line ([0-9]{1,9}): (.*)", re.DOTALL)
_FIELDS = 4
"""Of a record as text, before its data: name, TTL, class, type."""

_UNREADABLE = (dns.exception.DNSException, ValueError, UnicodeError)


@dataclass(frozen=True, slots=True)
class Question:
    """A name and a type that were asked for; `served` where a name server was asked."""

    name: dns.name.Name
    rdtype: str
    served: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one result rests on, in order: questions, and the records of the file in the answers.

    `beside` are those that came in another section.
    """

    asked: tuple[Question, ...]
    seen: tuple[PlacedRecord, ...]
    beside: tuple[PlacedRecord, ...]

    @property
    def records(self) -> tuple[PlacedRecord, ...]:
        """All of them, answers first."""
        return (*self.seen, *self.beside)


_Part = Question | tuple[str, PlacedRecord]


def evidence_of(zones: ZoneData, exchanges: Iterable[Exchange]) -> Evidence:
    """What exchanges say about a file; those that cannot be read say nothing."""
    parts = tuple(dict.fromkeys(part for each in exchanges for part in _parts(zones, each)))
    asked = tuple(part for part in parts if isinstance(part, Question))
    found = [part for part in parts if not isinstance(part, Question)]
    seen = tuple(record for section, record in found if section == "answer")
    beside = tuple(record for section, record in found if section != "answer")
    return Evidence(asked, seen, beside)


def _parts(zones: ZoneData, exchange: Exchange) -> Iterator[_Part]:
    try:
        if exchange.protocol == "file":
            yield from _of_file(zones, exchange)
        elif exchange.protocol.startswith("dns/"):
            yield from _of_server(zones, exchange)
    except _UNREADABLE:
        return


def _of_file(zones: ZoneData, exchange: Exchange) -> Iterator[_Part]:
    if exchange.peer != zones.file:
        return  # another file of the user's, such as the overview
    name, rdtype, *_ = exchange.request.decode().split()
    yield Question(dns.name.from_text(name), rdtype, served=False)
    for told in (exchange.response or b"").decode().split("\n"):
        section = _SECTION.fullmatch(told)
        if section:
            rdtype, data = section[3].split(maxsplit=_FIELDS)[_FIELDS - 1 :]
            there = zones.lines.get(int(section[2]), ())
            same = [r for r in there if r.rdtype == rdtype and str(r.rdata) == data]
            yield from ((section[1], record) for record in same or there[:1])


def _of_server(zones: ZoneData, exchange: Exchange) -> Iterator[_Part]:
    for question in dns.message.from_wire(exchange.request).question:
        yield Question(question.name, dns.rdatatype.to_text(question.rdtype), served=True)
    if exchange.response is None:
        return
    reply = dns.message.from_wire(exchange.response)
    for section, rrsets in (("answer", reply.answer), ("authority", reply.authority)):
        for rrset in rrsets:
            yield from ((section, record) for record in _same(zones, rrset))


def _same(zones: ZoneData, rrset: dns.rrset.RRset) -> Iterator[PlacedRecord]:
    """The records of a file that a server's are, by owner and data, or made of."""
    rdtype = dns.rdatatype.to_text(rrset.rdtype)
    there = zones.of(zones.answering(rrset.name), rdtype)
    yield from (record for record in there if record.rdata in rrset)
    if rdtype == "CNAME" and rrset.name not in zones.names:
        for name in upwards(rrset.name):
            yield from zones.of(name, "DNAME")
