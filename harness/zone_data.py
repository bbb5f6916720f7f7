"""The zones that a master file holds, as a name server would load them: names, apexes, cuts. Pure.

What servers refuse to load, or load in different ways, is refused here with the line it stands in:
names outside every zone, a second SOA record, other records beside an alias.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from types import MappingProxyType

import dns.name
import dns.rdatatype
from dns.rdata import Rdata
from dns.rdtypes.ANY.RRSIG import RRSIG

from harness.errors import UsageFault
from harness.master_file import PlacedRecord, records
from harness.master_tokens import refusal

Types = Mapping[str, tuple[PlacedRecord, ...]]
"""The records of one name by their type."""

BESIDE_AN_ALIAS = frozenset({"CNAME", "RRSIG", "NSEC", "KEY"})
"""What may stand at the name of a CNAME record (RFC 1034, section 3.6.2; RFC 4034)."""

_NOTHING: Types = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class ZoneData:
    """Everything that a file holds. A name that only has names below it is there without records.

    `soas` are the SOA records by the apex of their zone, `lines` all records by their line.
    """

    file: str
    names: Mapping[dns.name.Name, Types]
    soas: Mapping[dns.name.Name, PlacedRecord]
    lines: Mapping[int, tuple[PlacedRecord, ...]]

    def apex(self, name: dns.name.Name) -> dns.name.Name | None:
        """The closest zone that holds a name; None outside all of them."""
        return next((each for each in upwards(name) if each in self.soas), None)

    def at(self, name: dns.name.Name) -> Types:
        """The records of a name, perhaps none."""
        return self.names.get(name, _NOTHING)

    def of(self, name: dns.name.Name, rdtype: str) -> tuple[PlacedRecord, ...]:
        """The records of one type at a name, perhaps none."""
        return self.at(name).get(rdtype, ())

    def signatures(self, name: dns.name.Name, rdtype: str) -> tuple[PlacedRecord, ...]:
        """The RRSIG records that cover one type at a name."""
        return tuple(each for each in self.of(name, "RRSIG") if covered(each) == rdtype)

    def encloser(self, name: dns.name.Name) -> dns.name.Name:
        """The closest name at or above another that is there; it has to be in one of the zones."""
        return next(each for each in upwards(name) if each in self.names)

    def answering(self, name: dns.name.Name) -> dns.name.Name:
        """The name whose records answer for another: itself, or a wildcard where it is not there.

        RFC 4592, section 3.3.1; where neither is there, the name itself.
        """
        if name in self.names or self.apex(name) is None:
            return name
        star = dns.name.Name((b"*", *self.encloser(name).labels))
        return star if star in self.names else name

    def __iter__(self) -> Iterator[PlacedRecord]:
        for types in self.names.values():
            for found in types.values():
                yield from found


def covered(signature: PlacedRecord) -> str:
    """The type that an RRSIG record signs."""
    assert isinstance(signature.rdata, RRSIG)
    return dns.rdatatype.to_text(signature.rdata.type_covered)


def upwards(name: dns.name.Name) -> Iterator[dns.name.Name]:
    """A name and those above it, to the root."""
    yield name
    while name != dns.name.root:
        name = name.parent()
        yield name


@lru_cache(maxsize=4)
def zone_data(text: str, file: str, *, origin: str | None = None) -> ZoneData:
    """The zones in the text of a master file; raises `UsageFault` that names file and line."""
    found = records(text, file, origin=origin)
    names: dict[dns.name.Name, dict[str, list[PlacedRecord]]] = {}
    for record in _each_once(found):
        names.setdefault(record.name, {}).setdefault(record.rdtype, []).append(record)
    soas = dict(_soas(file, names))
    if not soas:
        raise _no_zone(file, len(found))
    zones = ZoneData(
        file,
        {
            name: MappingProxyType({rdtype: tuple(each) for rdtype, each in types.items()})
            for name, types in names.items()
        },
        MappingProxyType(soas),
        MappingProxyType({line: tuple(each) for line, each in groupby(found, _line)}),
    )
    for name in names:
        _refuse_misplaced(zones, name)
    return replace(zones, names=MappingProxyType({**_above(zones), **zones.names}))


def _line(record: PlacedRecord) -> int:
    return record.line


def _each_once(found: Iterable[PlacedRecord]) -> Iterator[PlacedRecord]:
    """The records without those that stand there a second time: no server gives them twice."""
    known: set[tuple[dns.name.Name, Rdata]] = set()
    for record in found:
        if (record.name, record.rdata) not in known:
            known.add((record.name, record.rdata))
            yield record


def _soas(
    file: str, names: Mapping[dns.name.Name, Mapping[str, list[PlacedRecord]]]
) -> Iterator[tuple[dns.name.Name, PlacedRecord]]:
    for name, types in names.items():
        first, *others = types.get("SOA", (None,))
        if others and first and others[0]:
            raise refusal(
                file,
                others[0].line,
                expected=f"one SOA record of {name}",
                seen=f"another than in line {first.line}",
                remedy="remove one of them",
            )
        if first:
            yield name, first


def _above(zones: ZoneData) -> dict[dns.name.Name, Types]:
    """The names between those that have records and the apexes of their zones."""
    found: dict[dns.name.Name, Types] = {}
    for name in zones.names:
        for above in upwards(name):
            if above in zones.soas or above in found:
                break
            found[above] = _NOTHING
    return found


def _no_zone(file: str, count: int) -> UsageFault:
    return UsageFault(
        file,
        expected="the SOA record with which a zone begins",
        seen=f"{count} records without one" if count else "no record at all",
        remedy="name the whole file of the zone, as the name server loads it",
    )


def _refuse_misplaced(zones: ZoneData, name: dns.name.Name) -> None:
    types = zones.names[name]
    first = min((each[0] for each in types.values()), key=lambda record: record.line)
    if zones.apex(name) is None:
        raise refusal(
            zones.file,
            first.line,
            expected=f"a name in the zone {', '.join(map(str, zones.soas))}",
            seen=str(name),
            remedy="look for a missing or a spare final dot, and at the $ORIGIN above:"
            " name servers leave such a record out",
        )
    if "CNAME" not in types:
        return
    alias, *others = types["CNAME"]
    others += [each[0] for rdtype, each in types.items() if rdtype not in BESIDE_AN_ALIAS]
    if others:
        raise refusal(
            zones.file,
            others[0].line,
            expected=f"nothing beside the CNAME record in line {alias.line}",
            seen=str(others[0]),
            remedy="remove the one or the other: name servers refuse the zone"
            " (RFC 1034, section 3.6.2)",
        )
