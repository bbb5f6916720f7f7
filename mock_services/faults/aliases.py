"""Seeded faults of the seam: aliases. Names that stand for other names, and where that ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from dnslib import CNAME, QTYPE, DNSRecord  # type: ignore[import-untyped]

from mock_services.faults import fault
from mock_services.faults.zone_changes import each_reply, is_naptr, rezoned
from mock_services.world import World
from mock_services.zone_file import Record
from mock_services.zone_text import APEX

TOO_MANY = 10
"""Aliases of aliases."""


@fault(caught_by={"DISC-46": "alias-loop"}, blocks=("DISC-*",))
def aliases_in_a_circle(world: World) -> World:
    """Each entry is an alias of a name that is an alias of the entry."""
    return _aliased(world, lambda name: (name, f"round.{name}", name))


@fault(caught_by={"DISC-46": "alias-chain-too-long"}, blocks=("DISC-*",))
def aliases_without_end(world: World) -> World:
    """Each entry is an alias of an alias, ten times over."""
    return _aliased(
        world, lambda name: (name, *(f"a{step}.{name}" for step in range(1, TOO_MANY + 1)))
    )


@fault(caught_by={"DISC-46": "alias-leads-nowhere"}, blocks=("DISC-*",))
def alias_of_a_name_that_is_gone(world: World) -> World:
    """Each entry is an alias of a name that is not there."""
    return _aliased(world, lambda name: (name, f"gone.{APEX}"))


@fault(caught_by={"DISC-46": "dname-without-cname"}, blocks=("DISC-*",))
def dname_without_its_alias(world: World) -> World:
    """The environments are moved by DNAME, and the server leaves the aliases to the client."""

    def leave_out(_query: DNSRecord, reply: DNSRecord) -> None:
        if any(record.rtype == QTYPE.DNAME for record in reply.rr):
            reply.rr = [record for record in reply.rr if record.rtype == QTYPE.DNAME]

    return each_reply(moved_by_dname(world), leave_out)


@fault(caught_by={"DISC-46": "dname-cname-differs"}, blocks=("DISC-*",))
def dname_with_a_wrong_alias(world: World) -> World:
    """The environments are moved by DNAME, and the server makes up another alias."""

    def mislead(_query: DNSRecord, reply: DNSRecord) -> None:
        if any(record.rtype == QTYPE.DNAME for record in reply.rr):
            for record in reply.rr:
                if record.rtype == QTYPE.CNAME:
                    record.rdata = CNAME(f"another.{APEX}")

    return each_reply(moved_by_dname(world), mislead)


def moved_by_dname(world: World) -> World:
    """A sound world in which each environment is served elsewhere, behind a DNAME record."""
    moved: dict[str, str] = {}

    def move(record: Record) -> tuple[Record, ...]:
        label, _, rest = record.name.removesuffix(f".{APEX}").rpartition(".cs.")
        if not is_naptr(record):
            return (record,)
        moved[f"cs.{rest}.{APEX}"] = f"{rest}.served.{APEX}"
        return (replace(record, name=f"{label}.{rest}.served.{APEX}"),)

    there = rezoned(world, move)
    dnames = "".join(f"{name} 300 IN DNAME {target}\n" for name, target in moved.items())
    return replace(there, zone=there.zone + dnames)


def aliased(world: World) -> World:
    """A sound world in which each entry is an alias of an alias."""
    return _moved(world, lambda name: (name, f"a1.{name}", f"a2.{name}"))


def _moved(world: World, names: Callable[[str], tuple[str, ...]]) -> World:
    """A world in which each entry is an alias, and the last of the names has its records."""

    def behind(record: Record) -> tuple[Record, ...]:
        if not is_naptr(record):
            return (record,)
        chain = names(record.name)
        return (*_chain(record, chain), replace(record, name=chain[-1]))

    return rezoned(world, behind)


def _aliased(world: World, names: Callable[[str], tuple[str, ...]]) -> World:
    """A world in which each entry is an alias, and nothing else."""
    return rezoned(
        world, lambda record: _chain(record, names(record.name)) if is_naptr(record) else (record,)
    )


def _chain(record: Record, names: tuple[str, ...]) -> tuple[Record, ...]:
    return tuple(Record(name, record.ttl, "CNAME", (target,)) for name, target in pairwise(names))
