"""The authoritative name server of a landscape, without its sockets: a query in, a reply out.

It answers from the zones whose SOA the master file of the world holds, and refuses the rest. The
bytes of a reply are kept by question, so that a question that was answered once costs a look-up.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from dnslib import EDNS0, QTYPE, RCODE, RD, RR, DNSHeader, DNSRecord  # type: ignore[import-untyped]
from dnslib.dns import DNSError, DNSLabel  # type: ignore[import-untyped]

from mock_services.dns_records import Key, Packed, name_of, packed, wire_name
from mock_services.dnssec import A_DAY, DNSKEY, Signer
from mock_services.world import World
from mock_services.zone_file import UnreadableZone, read_zone

PLAIN_UDP = 512
"""The longest reply over UDP to a query without EDNS (RFC 1035, section 4.2.1), in octets."""

LARGEST_UDP = 1232
"""The longest reply over UDP at all, and what we advertise: it needs no fragments."""

_HEADER = 12
_CACHED_REPLIES, _CACHED_QUERY = 8192, 512
_LONGEST_CHAIN = 8
_IN, _ANY = 1, 255
_RESPONSE, _RECURSION_DESIRED = 0x8000, 0x0100


@dataclass(frozen=True, slots=True)
class _Zones:
    """Everything that is served: record sets by name and type, and the SOA of each apex.

    A name that only has names below it (an empty non-terminal) is there without records.
    """

    names: Mapping[Key, Mapping[int, tuple[Packed, ...]]]
    soas: Mapping[Key, Packed]

    def apex(self, name: Key) -> Key | None:
        """The closest zone that holds a name; None outside all of them."""
        above = (name[start:] for start in range(len(name) + 1))
        return next((key for key in above if key in self.soas), None)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a question leads to; `absent` is the name that is not there, or has not the type."""

    rcode: int
    answer: tuple[Packed, ...] = ()
    authority: tuple[Packed, ...] = ()
    absent: Key | None = None


class NameServer:
    """Answers DNS queries about a world; raises `UnreadableZone` where its zone cannot be read.

    The secondary is the second server of the same zones, which may hold something else.
    """

    def __init__(self, world: World, *, secondary: bool = False) -> None:
        held = world.secondary if secondary else None
        self._zones = _zones(world.zone if held is None else held)
        self._hooks = world.dns
        self._clock = world.clock
        self._replies: dict[tuple[bytes, bool, int], bytes | None] = {}
        self._signer: Signer | None = None
        if world.zone_signing:
            types = {name: frozenset(sets) for name, sets in self._zones.names.items() if sets}
            self._signer = Signer(world.zone_signing, types, self._zones.soas)

    def answer(self, wire: bytes, *, tcp: bool) -> bytes | None:
        """The reply to a query, both as messages without length; None: no reply is due."""
        reply = self._unhooked(wire, tcp=tcp)
        for hook in self._hooks:
            if reply is None:
                return None
            reply = hook(wire, reply, tcp)
        return reply

    def _unhooked(self, wire: bytes, *, tcp: bool) -> bytes | None:
        key = (wire[2:], tcp, self._day())
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
        found = self._looked_up(query)
        if self._signer and (self._signer.unasked or (opt is not None and opt.edns_do)):
            found = _signed(self._signer, found, self._day())
        whole = _message(query, opt, found)
        if tcp or len(whole) <= _room(opt):
            return whole
        return _message(query, opt, _Found(found.rcode), truncated=True)

    def _looked_up(self, query: DNSRecord) -> _Found:
        name = _key(query.q.qname)
        if self._signer and query.q.qtype == DNSKEY and name in self._zones.soas:
            return _Found(RCODE.NOERROR, self._signer.keys(name))
        return _found(self._zones, query)

    def _day(self) -> int:
        """The day, counted from 1970; no reply is kept beyond it, since signatures expire."""
        return int(self._clock().timestamp()) // A_DAY if self._signer else 0


def _signed(signer: Signer, found: _Found, day: int) -> _Found:
    """What is found with signatures, and proofs of what is not."""
    proof = () if found.absent is None else signer.proof(found.absent)
    return _Found(
        found.rcode,
        signer.signed(found.answer, day),
        signer.signed((*found.authority, *proof), day),
    )


@lru_cache(maxsize=64)
def _zones(text: str) -> _Zones:
    names: dict[Key, dict[int, tuple[Packed, ...]]] = {}
    soas: dict[Key, Packed] = {}
    for record in read_zone(text):
        sent = packed(record)
        types = names.setdefault(sent.name, {})
        if sent not in types.get(sent.rdtype, ()):
            types[sent.rdtype] = (*types.get(sent.rdtype, ()), sent)
        if record.rdtype == "SOA":
            soas[sent.name] = sent
    zones = _Zones(names, soas)
    for name in tuple(names):
        _hold_ancestors(zones, names, name)
    return zones


def _hold_ancestors(
    zones: _Zones, names: dict[Key, dict[int, tuple[Packed, ...]]], name: Key
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
    chain: tuple[Packed, ...] = ()
    while apex is not None and len(chain) < _LONGEST_CHAIN:
        types = zones.names.get(name)
        alias = _aliases(zones, name, apex) if types is None else types.get(QTYPE.CNAME, ())
        there = () if types is None else _all(types) if rdtype == _ANY else types.get(rdtype, ())
        if there:
            return _Found(RCODE.NOERROR, (*chain, *there))
        if not alias:
            rcode = RCODE.NXDOMAIN if types is None else RCODE.NOERROR
            return _Found(rcode, chain, (_negative(zones.soas[apex]),), name)
        chain, name = (*chain, *alias), name_of(alias[-1].rdata)
        apex = zones.apex(name)
    return _Found(RCODE.NOERROR, chain)


def _aliases(zones: _Zones, name: Key, apex: Key) -> tuple[Packed, ...]:
    """The DNAME record above a name, and the CNAME record that follows from it (RFC 6672)."""
    for start in range(1, len(name) - len(apex) + 1):
        for above in zones.names.get(name[start:], {}).get(QTYPE.DNAME, ()):
            target = wire_name((*name[:start], *name_of(above.rdata)))
            return above, Packed(name, above.ttl, QTYPE.CNAME, target)
    return ()


def _all(types: Mapping[int, Iterable[Packed]]) -> tuple[Packed, ...]:
    return tuple(record for records in types.values() for record in records)


def _negative(soa: Packed) -> Packed:
    """An SOA as proof of absence: its TTL is that of the absence (RFC 2308, section 3)."""
    minimum = int.from_bytes(soa.rdata[-4:], "big")
    return Packed(soa.name, min(soa.ttl, minimum), soa.rdtype, soa.rdata)


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


def _rr(record: Packed, asked: DNSLabel) -> RR:
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
