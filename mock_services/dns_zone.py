"""The authoritative name server of a landscape, without its sockets: a query in, a reply out.

It answers from the zones whose SOA the master file of the world holds, and refuses the rest. The
bytes of a reply are kept by question, so that a question that was answered once costs a look-up.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from dnslib import EDNS0, QTYPE, RCODE, RD, RR, DNSHeader, DNSRecord  # type: ignore[import-untyped]
from dnslib.dns import DNSError, DNSLabel  # type: ignore[import-untyped]

from mock_services.world import World
from mock_services.zone_file import Datum, Record, UnreadableZone, read_zone

PLAIN_UDP = 512
"""The longest reply over UDP to a query without EDNS (RFC 1035, section 4.2.1), in octets."""

LARGEST_UDP = 1232
"""The longest reply over UDP at all, and what we advertise: it needs no fragments."""

_HEADER = 12
_CACHED_REPLIES, _CACHED_QUERY = 8192, 512
_LONGEST_CHAIN = 8
_IN, _ANY = 1, 255
_RESPONSE, _RECURSION_DESIRED = 0x8000, 0x0100

Key = tuple[bytes, ...]
"""A name as labels in lower case: how names compare (RFC 4343)."""


@dataclass(frozen=True, slots=True)
class _Packed:
    """A record as it is sent; `rdata` is in wire form, uncompressed."""

    name: Key
    ttl: int
    rdtype: int
    rdata: bytes


@dataclass(frozen=True, slots=True)
class _Zones:
    """Everything that is served: record sets by name and type, and the SOA of each apex.

    A name that only has names below it (an empty non-terminal) is there without records.
    """

    names: Mapping[Key, Mapping[int, tuple[_Packed, ...]]]
    soas: Mapping[Key, _Packed]

    def apex(self, name: Key) -> Key | None:
        """The closest zone that holds a name; None outside all of them."""
        above = (name[start:] for start in range(len(name) + 1))
        return next((key for key in above if key in self.soas), None)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a question leads to."""

    rcode: int
    answer: tuple[_Packed, ...] = ()
    authority: tuple[_Packed, ...] = ()


class NameServer:
    """Answers DNS queries about a world; raises `UnreadableZone` where its zone cannot be read."""

    def __init__(self, world: World) -> None:
        self._zones = _zones(world.zone)
        self._hooks = world.dns
        self._replies: dict[tuple[bytes, bool], bytes | None] = {}

    def answer(self, wire: bytes, *, tcp: bool) -> bytes | None:
        """The reply to a query, both as messages without length; None: no reply is due."""
        reply = self._unhooked(wire, tcp=tcp)
        for hook in self._hooks:
            if reply is None:
                return None
            reply = hook(wire, reply, tcp)
        return reply

    def _unhooked(self, wire: bytes, *, tcp: bool) -> bytes | None:
        key = (wire[2:], tcp)
        known = self._replies.get(key)
        if known is not None:
            return wire[:2] + known
        reply = self._made(wire, tcp=tcp)
        if reply is not None and len(wire) <= _CACHED_QUERY:
            if len(self._replies) >= _CACHED_REPLIES:
                self._replies.clear()
            self._replies[key] = reply[2:]
        return reply

    def _made(self, wire: bytes, *, tcp: bool) -> bytes | None:
        if len(wire) < _HEADER or wire[2] & 0x80:
            return None
        if wire[2] & 0x78:
            return _bare(wire, RCODE.NOTIMP)
        try:
            query = DNSRecord.parse(wire)
        except (DNSError, ValueError, IndexError, struct.error, UnicodeError):
            return _bare(wire, RCODE.FORMERR)
        options = [record for record in query.ar if record.rtype == QTYPE.OPT]
        if len(query.questions) != 1 or len(options) > 1:
            return _bare(wire, RCODE.FORMERR)
        return self._reply(query, options[0] if options else None, tcp=tcp)

    def _reply(self, query: DNSRecord, opt: RR | None, *, tcp: bool) -> bytes:
        if opt is not None and opt.edns_ver:
            return _message(query, opt, _Found(RCODE.NOERROR), extended=1)
        found = _found(self._zones, query)
        whole = _message(query, opt, found)
        if tcp or len(whole) <= _room(opt):
            return whole
        return _message(query, opt, _Found(found.rcode), truncated=True)


@lru_cache(maxsize=64)
def _zones(text: str) -> _Zones:
    names: dict[Key, dict[int, tuple[_Packed, ...]]] = {}
    soas: dict[Key, _Packed] = {}
    for record in read_zone(text):
        packed = _packed(record)
        types = names.setdefault(packed.name, {})
        if packed not in types.get(packed.rdtype, ()):
            types[packed.rdtype] = (*types.get(packed.rdtype, ()), packed)
        if record.rdtype == "SOA":
            soas[packed.name] = packed
    zones = _Zones(names, soas)
    for name in tuple(names):
        _hold_ancestors(zones, names, name)
    return zones


def _hold_ancestors(
    zones: _Zones, names: dict[Key, dict[int, tuple[_Packed, ...]]], name: Key
) -> None:
    apex = zones.apex(name)
    if apex is None:
        shown = b".".join(name).decode()
        raise UnreadableZone(1, expected="an SOA record at or above every name", seen=shown)
    if QTYPE.CNAME in names[name] and len(names[name]) > 1:
        shown = b".".join(name).decode()
        raise UnreadableZone(1, expected="nothing beside a CNAME (RFC 1034, 3.6.2)", seen=shown)
    for start in range(1, len(name) - len(apex)):
        names.setdefault(name[start:], {})


def _found(zones: _Zones, query: DNSRecord) -> _Found:
    name, rdtype = _key(query.q.qname), query.q.qtype
    apex = zones.apex(name)
    if apex is None or query.q.qclass != _IN or rdtype in (QTYPE.AXFR, QTYPE.IXFR):
        return _Found(RCODE.REFUSED)
    chain: tuple[_Packed, ...] = ()
    while apex is not None and len(chain) < _LONGEST_CHAIN:
        types = zones.names.get(name)
        if types is None:
            return _Found(RCODE.NXDOMAIN, chain, (_negative(zones.soas[apex]),))
        there = _all(types) if rdtype == _ANY else types.get(rdtype, ())
        alias = types.get(QTYPE.CNAME, ())
        if there or not alias:
            authority = () if there else (_negative(zones.soas[apex]),)
            return _Found(RCODE.NOERROR, (*chain, *there), authority)
        chain, name = (*chain, *alias), _unpacked(alias[0].rdata)
        apex = zones.apex(name)
    return _Found(RCODE.NOERROR, chain)


def _all(types: Mapping[int, Iterable[_Packed]]) -> tuple[_Packed, ...]:
    return tuple(record for records in types.values() for record in records)


def _negative(soa: _Packed) -> _Packed:
    """An SOA as proof of absence: its TTL is that of the absence (RFC 2308, section 3)."""
    minimum = int.from_bytes(soa.rdata[-4:], "big")
    return _Packed(soa.name, min(soa.ttl, minimum), soa.rdtype, soa.rdata)


def _message(
    query: DNSRecord, opt: RR | None, found: _Found, *, truncated: bool = False, extended: int = 0
) -> bytes:
    served = found.rcode in (RCODE.NOERROR, RCODE.NXDOMAIN) and not extended
    header = DNSHeader(
        id=query.header.id,
        bitmap=_RESPONSE | query.header.bitmap & _RECURSION_DESIRED,
        aa=int(served),
        tc=int(truncated),
        rcode=found.rcode,
    )
    asked = query.q.qname
    return bytes(
        DNSRecord(
            header,
            questions=query.questions,
            rr=[_rr(record, asked) for record in found.answer],
            auth=[_rr(record, asked) for record in found.authority],
            ar=[] if opt is None else [_opt(opt, extended)],
        ).pack()
    )


def _rr(record: _Packed, asked: DNSLabel) -> RR:
    """A record for sending; the name that was asked for keeps the case it was asked in."""
    name = asked if record.name == _key(asked) else DNSLabel(record.name)
    return RR(name, record.rdtype, ttl=record.ttl, rdata=RD(record.rdata))


def _opt(asked: RR, extended: int) -> RR:
    flags = "do" if asked.edns_do else ""
    return EDNS0(udp_len=LARGEST_UDP, flags=flags, ext_rcode=extended)


def _room(opt: RR | None) -> int:
    """How long a reply over UDP may be; less than 512 counts as 512 (RFC 6891, section 6.2.3)."""
    return PLAIN_UDP if opt is None else min(LARGEST_UDP, max(PLAIN_UDP, opt.rclass))


def _bare(wire: bytes, rcode: int) -> bytes:
    """A reply of a header alone, for a query that could not be read or is not supported."""
    return wire[:2] + bytes([0x80 | wire[2] & 0x79, rcode]) + bytes(8)


def _key(label: DNSLabel) -> Key:
    return tuple(part.lower() for part in label.label)


def _labels(name: str) -> Key:
    return tuple(part.encode("ascii") for part in name.rstrip(".").split(".") if part)


def _packed(record: Record) -> _Packed:
    name = tuple(part.lower() for part in _labels(record.name))
    rdata = b"".join(_wire(record.rdtype, datum) for datum in record.rdata)
    return _Packed(name, record.ttl, getattr(QTYPE, record.rdtype), rdata)


def _wire(rdtype: str, datum: Datum) -> bytes:
    if isinstance(datum, bytes):
        return bytes([len(datum)]) + datum
    if isinstance(datum, int):
        return datum.to_bytes(2 if rdtype == "NAPTR" else 4, "big")
    if rdtype in ("A", "AAAA"):
        return socket.inet_pton(socket.AF_INET if rdtype == "A" else socket.AF_INET6, datum)
    return b"".join(bytes([len(part)]) + part for part in _labels(datum)) + b"\0"


def _unpacked(rdata: bytes) -> Key:
    labels, at = [], 0
    while rdata[at]:
        labels.append(rdata[at + 1 : at + 1 + rdata[at]].lower())
        at += 1 + rdata[at]
    return tuple(labels)
