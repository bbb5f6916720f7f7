"""Which entries of the name template a zone file holds, and which names look like slips. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter
from types import MappingProxyType

import dns.name
from dns.rdtypes.ANY.DNAME import DNAME

from harness.discovery import same_name
from harness.master_file import PlacedRecord
from harness.model import Environment, Service, ServiceKey
from harness.zone_data import ZoneData

PUBLISHED_TEMPLATE = "{country}.{service}.v{major}.cs.{environment}.oots.tech.ec.europa.eu"
"""The name template of TDD 2.0.1, section 3.4, in lower case."""

CODES_IN_DATA = MappingProxyType({"GR": "EL", "GB": "UK"})
"""Countries that data files under another code than that of ISO 3166-1, which names use."""

_ISO_CODES = {other: code for code, other in CODES_IN_DATA.items()}
_FREE_TO_USE = re.compile(r"AA|Q[M-Z]|X[A-Z]|ZZ")
"""Codes that ISO 3166-1 leaves to its users: no country has them."""

_LABELS = MappingProxyType(
    {
        "country": "[a-z]{2}",
        "service": "|".join(Service),
        "major": "[0-9]{1,4}",
        "environment": "|".join(Environment),
    }
)
_ENTRIES = ("NAPTR", "CNAME")


@dataclass(frozen=True, slots=True)
class HeldEntry:
    """An entry that a zone holds for one interface major, whatever its records say."""

    key: ServiceKey
    major: int


def held_entries(zones: ZoneData, template: str) -> tuple[HeldEntry, ...]:
    """The entries under a template, each once; those that a DNAME record moved are found too.

    Countries that cannot be are left out, and `EL` counts as `GR`: to have such names at all is a
    flaw that checks of other names tell.
    """
    pattern = _pattern(template)
    found = dict.fromkeys(
        entry
        for name in _names(zones)
        if (match := pattern.fullmatch(name)) and (entry := _entry(match))
    )
    return tuple(sorted(found, key=lambda each: (_order(each.key), each.major)))


def origin_of(template: str) -> str | None:
    """What names are relative to in a file that does not say: the template behind its variables.

    >>> origin_of("{country}.{service}.v{major}.cs.{environment}.example.org")
    'example.org.'
    """
    fixed = template.rpartition("}")[2].strip(".")
    return f"{fixed}." if fixed else None


def without_final_dot(zones: ZoneData, name: str) -> PlacedRecord | None:
    """A record whose name is another name and the zone's once more: its final dot is missing."""
    absolute = dns.name.from_text(name)
    for apex in zones.soas:
        try:
            doubled = absolute.relativize(dns.name.root).derelativize(apex)
        except dns.name.NameTooLong:
            continue
        for records in zones.at(doubled).values():
            return records[0]
    return None


def _pattern(template: str) -> re.Pattern[str]:
    parts, known = [], set()
    for text, name, *_ in Formatter().parse(same_name(template)):
        parts.append(re.escape(text))
        if name in known:
            parts.append(f"(?P={name})")
        elif name:
            parts.append(f"(?P<{name}>{_LABELS[name]})")
            known.add(name)
    return re.compile("".join(parts))


def _names(zones: ZoneData) -> Iterator[str]:
    moves = [
        (f".{same_name(str(record.rdata.target))}", f".{same_name(str(record.name))}")
        for record in zones
        if isinstance(record.rdata, DNAME)
    ]
    for owner, types in zones.names.items():
        if any(rdtype in types for rdtype in _ENTRIES):
            name = same_name(str(owner))
            yield name
            for target, source in moves:
                if name.endswith(target):
                    yield f"{name.removesuffix(target)}{source}"


def _entry(match: re.Match[str]) -> HeldEntry | None:
    labels = match.groupdict()
    country = labels["country"].upper()
    if _FREE_TO_USE.fullmatch(country):
        return None
    key = ServiceKey(
        _ISO_CODES.get(country, country),
        Service(labels["service"]),
        Environment(labels["environment"]),
    )
    return HeldEntry(key, int(labels["major"]))


def _order(key: ServiceKey) -> tuple[int, str, int]:
    """Environment by environment, as everywhere."""
    return (
        list(Environment).index(key.environment),
        key.member_state,
        list(Service).index(key.service),
    )
