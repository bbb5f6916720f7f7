"""What a correct authoritative server answers from the zones of a file (RFC 1034, section 4.3.2).

Pure: names and types in, records with their lines out. Wildcards (RFC 4592), DNAME (RFC 6672),
cuts, and for those who ask for them the signatures and proofs that the file holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

import dns.name
import dns.rdata
import dns.rdataclass
from dns.rdtypes.ANY.CNAME import CNAME
from dns.rdtypes.ANY.DNAME import DNAME
from dns.rdtypes.ANY.NS import NS
from dns.rdtypes.ANY.SOA import SOA

from harness.master_file import PlacedRecord
from harness.zone_data import ZoneData, upwards
from harness.zone_proofs import of_no_data, of_no_name, of_wildcard

LONGEST_CHAIN = 16
"""How many aliases of aliases are followed within one answer."""

_DNSSEC = frozenset({"RRSIG", "NSEC", "NSEC3"})

Records = tuple[PlacedRecord, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """An answer in its three sections; `onward` is the name at which the search goes on."""

    rcode: str = "NOERROR"
    answer: Records = ()
    authority: Records = ()
    additional: Records = ()
    authoritative: bool = True
    onward: dns.name.Name | None = None


def found(zones: ZoneData, name: dns.name.Name, rdtype: str, *, dnssec: bool = False) -> Found:
    """What the zones of a file say to a question; `dnssec` asks for signatures and proofs."""
    answer: Records = ()
    authority: Records = ()
    passed: set[dns.name.Name] = set()
    step = Found(onward=name)
    while step.onward and step.onward not in passed and len(passed) <= LONGEST_CHAIN:
        passed.add(step.onward)
        step = _step(zones, step.onward, rdtype)
        if answer and step.rcode == "REFUSED":
            step = Found()
        answer, authority = (*answer, *step.answer), (*authority, *step.authority)
    aliased = len(passed) > 1
    whole = replace(
        step,
        answer=answer,
        authority=authority,
        authoritative=step.authoritative or aliased,
        onward=None,
    )
    return whole if dnssec or rdtype in _DNSSEC else _unsigned(whole)


def _unsigned(whole: Found) -> Found:
    def plain(section: Records) -> Records:
        return tuple(record for record in section if record.rdtype not in _DNSSEC)

    return replace(
        whole,
        answer=plain(whole.answer),
        authority=plain(whole.authority),
        additional=plain(whole.additional),
    )


def _step(zones: ZoneData, name: dns.name.Name, rdtype: str) -> Found:
    """What is said about one name, with all that is signed about it."""
    apex = _apex(zones, name, rdtype)
    if apex is None:
        return Found("REFUSED", authoritative=False)
    for above in reversed([*takewhile(lambda each: each != apex, upwards(name)), apex]):
        if "DNAME" in zones.at(above) and above != name:
            return _moved(zones, zones.of(above, "DNAME")[0], name)
        if "NS" in zones.at(above) and above != apex and (above, rdtype) != (name, "DS"):
            return _referral(zones, apex, above)
    return _there(zones, apex, name, rdtype)


def _apex(zones: ZoneData, name: dns.name.Name, rdtype: str) -> dns.name.Name | None:
    """The zone that is asked: of a zone's own DS records it is the one above it."""
    apex = zones.apex(name)
    if rdtype == "DS" and name == apex and name != dns.name.root:
        return zones.apex(name.parent()) or apex
    return apex


def _there(zones: ZoneData, apex: dns.name.Name, name: dns.name.Name, rdtype: str) -> Found:
    """What a name holds, or a wildcard for it."""
    owner = zones.answering(name)
    if owner not in zones.names:
        return _denial(zones, apex, "NXDOMAIN", of_no_name(zones, apex, name))
    proofs = of_wildcard(zones, apex, name) if owner != name else ()
    types = zones.at(owner)
    alias = types.get("CNAME") if rdtype not in ("CNAME", "ANY", *_DNSSEC) else None
    wanted = tuple(types) if rdtype == "ANY" else ("CNAME",) if alias else (rdtype,)
    records = tuple(record for each in wanted for record in _signed(zones, owner, each))
    if not records:
        return _denial(zones, apex, "NOERROR", (*of_no_data(zones, apex, owner), *proofs))
    return Found(
        answer=tuple(replace(record, name=name) for record in records),
        authority=_with_signatures(zones, proofs),
        onward=_target(alias[0]) if alias else None,
    )


def _moved(zones: ZoneData, dname: PlacedRecord, name: dns.name.Name) -> Found:
    """The DNAME record above a name, and the CNAME record that follows from it."""
    shown = _signed(zones, dname.name, "DNAME")
    try:
        target = name.relativize(dname.name).derelativize(_target(dname))
    except dns.name.NameTooLong:
        return Found("YXDOMAIN", shown)
    alias = dns.rdata.from_text(dns.rdataclass.IN, "CNAME", target.to_text())
    return Found(answer=(*shown, replace(dname, name=name, rdata=alias)), onward=target)


def _referral(zones: ZoneData, apex: dns.name.Name, cut: dns.name.Name) -> Found:
    """Where a zone ends that does not hold what is asked for: who does, and where they are."""
    servers = zones.of(cut, "NS")
    glue = tuple(
        record
        for server in servers
        for rdtype in ("A", "AAAA")
        for record in zones.of(_target(server), rdtype)
    )
    vouched = _signed(zones, cut, "DS") or _with_signatures(zones, of_no_data(zones, apex, cut))
    return Found(authority=(*servers, *vouched), additional=glue, authoritative=False, onward=None)


def _denial(zones: ZoneData, apex: dns.name.Name, rcode: str, proofs: Records) -> Found:
    """An SOA as proof of absence: its TTL is that of the absence (RFC 2308, section 3)."""
    soa = zones.soas[apex]
    assert isinstance(soa.rdata, SOA)
    ttl = min(soa.ttl, soa.rdata.minimum)
    said = tuple(replace(each, ttl=min(each.ttl, ttl)) for each in _signed(zones, apex, "SOA"))
    return Found(rcode, authority=(*said, *_with_signatures(zones, proofs)))


def _signed(zones: ZoneData, name: dns.name.Name, rdtype: str) -> Records:
    """The records of a type at a name, and their signatures."""
    return (*zones.of(name, rdtype), *zones.signatures(name, rdtype))


def _with_signatures(zones: ZoneData, proofs: Iterable[PlacedRecord]) -> Records:
    def signed() -> Iterator[PlacedRecord]:
        for proof in proofs:
            yield proof
            yield from zones.signatures(proof.name, proof.rdtype)

    return tuple(signed())


def _target(record: PlacedRecord) -> dns.name.Name:
    assert isinstance(record.rdata, CNAME | DNAME | NS)
    target: dns.name.Name = record.rdata.target
    return target
