"""Which records of a signed zone prove that something is not there (RFC 4035, RFC 5155). Pure.

The records are those of the file: nothing is made up, so that a chain with a gap proves nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache

import dns.dnssec
import dns.name
from dns.rdtypes.ANY.NSEC3 import NSEC3

from harness.master_file import PlacedRecord
from harness.zone_data import ZoneData

MOST_ITERATIONS = 500
"""The most rounds of hashing that are gone through (RFC 9276 has zones use none)."""

_SHA1 = 1
_CACHED_ZONES = 16


def of_no_name(
    zones: ZoneData, apex: dns.name.Name, name: dns.name.Name
) -> tuple[PlacedRecord, ...]:
    """What proves that a name is not there, and no wildcard stands in for it."""
    encloser = zones.encloser(name)
    star = dns.name.Name((b"*", *encloser.labels))
    linked = (_covering(zones, apex, name), _covering(zones, apex, star))
    hashed = (
        _hashed(zones, apex, encloser, matching=True),
        _hashed(zones, apex, _next_closer(name, encloser), matching=False),
        _hashed(zones, apex, star, matching=False),
    )
    return _each_once((*linked, *hashed))


def of_no_data(
    zones: ZoneData, apex: dns.name.Name, name: dns.name.Name
) -> tuple[PlacedRecord, ...]:
    """What proves that a name has no records of a type."""
    own = zones.of(name, "NSEC")
    linked = own or (_covering(zones, apex, name),)
    return _each_once((*linked, _hashed(zones, apex, name, matching=True)))


def of_wildcard(
    zones: ZoneData, apex: dns.name.Name, name: dns.name.Name
) -> tuple[PlacedRecord, ...]:
    """What proves that only a wildcard answers for a name."""
    closer = _next_closer(name, zones.encloser(name))
    hashed = _hashed(zones, apex, closer, matching=False)
    return _each_once((_covering(zones, apex, name), hashed))


def _each_once(found: Iterable[PlacedRecord | None]) -> tuple[PlacedRecord, ...]:
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _next_closer(name: dns.name.Name, encloser: dns.name.Name) -> dns.name.Name:
    """The name one label below the encloser on the way to another (RFC 5155, section 1.3)."""
    return dns.name.Name(name.labels[-len(encloser.labels) - 1 :])


def _covering(zones: ZoneData, apex: dns.name.Name, name: dns.name.Name) -> PlacedRecord | None:
    """The NSEC record in whose gap a name lies, the last one's leading round to the first."""
    chain = _chain(zones, apex, "NSEC")
    return chain[bisect_right(chain, name, key=_owner) - 1] if chain else None


def _hashed(
    zones: ZoneData, apex: dns.name.Name, name: dns.name.Name, *, matching: bool
) -> PlacedRecord | None:
    """The NSEC3 record of a name's hash, or the one in whose gap that hash lies."""
    chain = _chain(zones, apex, "NSEC3")
    if not chain:
        return None
    kind = chain[0].rdata
    assert isinstance(kind, NSEC3)
    if kind.algorithm != _SHA1 or kind.iterations > MOST_ITERATIONS:
        return None
    digest = dns.dnssec.nsec3_hash(name, kind.salt, kind.iterations, kind.algorithm)
    at = dns.name.Name((digest.lower().encode(), *apex.labels))
    found = chain[bisect_right(chain, at, key=_owner) - 1]
    return found if (found.name == at) == matching else None


def _owner(record: PlacedRecord) -> dns.name.Name:
    return record.name


@lru_cache(maxsize=_CACHED_ZONES)
def _chain(zones: ZoneData, apex: dns.name.Name, rdtype: str) -> tuple[PlacedRecord, ...]:
    """The records of a zone that link its names, in canonical order (RFC 4034, section 6.1)."""
    return tuple(sorted(_links(zones, apex, rdtype), key=_owner))


def _links(zones: ZoneData, apex: dns.name.Name, rdtype: str) -> Iterator[PlacedRecord]:
    for name, types in zones.names.items():
        for record in types.get(rdtype, ()):
            if zones.apex(name) == apex:
                yield record
