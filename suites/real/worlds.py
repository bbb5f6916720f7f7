"""Zones that are sound and unlike the landscape's own, and one that is crowded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType

from harness.model import Target
from mock_services.faults.aliases import aliased, moved_by_dname
from mock_services.faults.zone_changes import (
    changed,
    each_naptr,
    each_root,
    is_naptr,
    led,
    rezoned,
)
from mock_services.landscape import world_of
from mock_services.world import World
from mock_services.zone_file import Record
from mock_services.zone_text import APEX

_CROWD, _STEPS, _LONG_LABEL = 40, 6, 60
_LONGEST_ROOT = 255 - len("!.*!!")


def rezoned_target(target: Target, change: Callable[[World], World]) -> Target:
    """A target whose zone is changed as a world's would be; nobody serves the change yet."""
    assert target.zone is not None
    members = dict.fromkeys(key.member_state for key in target.keys)
    world = replace(world_of(*members), zone=target.zone, overview=target.overview or ())
    new = change(world)
    return replace(target, zone=new.zone, overview=new.overview)


def through_long_names(world: World) -> World:
    """Each entry is an alias six times over, by names that take more than 512 octets."""

    def behind(record: Record) -> tuple[Record, ...]:
        if not is_naptr(record):
            return (record,)
        country, service, major, _, environment, *_ = record.name.split(".")
        steps = (
            f"{country}-{service}-{major}-{environment}-{step}.{'n' * _LONG_LABEL}.{APEX}"
            for step in range(_STEPS)
        )
        names = (record.name, *steps)
        aliases = (Record(name, record.ttl, "CNAME", (to,)) for name, to in pairwise(names))
        return (*aliases, replace(record, name=names[-1]))

    return rezoned(world, behind)


def crowded(world: World) -> World:
    """Each entry has forty records; the first choice is the one it had, the last in the file."""

    def beside(record: Record, number: int) -> Record:
        return changed(
            record,
            lambda naptr: led(
                replace(naptr, preference=naptr.preference + number),
                lambda root: f"{root}{number}/",
            ),
        )

    return rezoned(
        world,
        lambda record: (
            (*(beside(record, number) for number in range(1, _CROWD)), record)
            if is_naptr(record)
            else (record,)
        ),
    )


SOUND: Mapping[str, Callable[[World], World]] = MappingProxyType(
    {
        "the landscape's": lambda world: world,
        "the flag in lower case": lambda world: each_naptr(world, lambda r: replace(r, flags="u")),
        "the last order and preference": lambda world: each_naptr(
            world, lambda r: replace(r, order=65535, preference=65535)
        ),
        "a regexp of 255 octets": lambda world: each_root(
            world, lambda root: root.ljust(_LONGEST_ROOT, "x")
        ),
        "a TTL of one second": lambda world: rezoned(
            world, lambda r: (replace(r, ttl=1) if is_naptr(r) else r,)
        ),
        "aliases": aliased,
        "aliases of long names": through_long_names,
        "environments behind DNAME": moved_by_dname,
    }
)
