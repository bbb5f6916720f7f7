"""Seeded faults of the seam: overview. It differs from DNS, or both say what may not be."""

from __future__ import annotations

from dataclasses import replace

from harness.model import OverviewRow
from mock_services.faults import fault
from mock_services.faults.zone_changes import each_root_of, is_naptr, relisted, rezoned
from mock_services.world import COMMISSION, World

_THIRD_PARTY = "XX"
"""A code that is no Member State's."""


@fault(caught_by={"DISC-31": "overview-row-without-record"})
def overview_of_a_third_major(world: World) -> World:
    """The overview lists an interface major that DNS does not have."""
    return relisted(world, lambda row: (row, replace(row, major=3)) if row.major == 1 else (row,))


@fault(
    caught_by={"DISC-31": "overview-row-without-record", "DISC-13": "naptr-major-missing"},
    blocks=("DISC-14",),
)
def entry_withdrawn_from_dns_alone(world: World) -> World:
    """The second interface major was withdrawn from DNS, and is still in the overview."""
    return rezoned(world, lambda record: () if is_naptr(record, ".v2.") else (record,))


@fault(caught_by={"DISC-32": "record-without-overview-row"})
def overview_without_the_second_major(world: World) -> World:
    """The overview leaves the second interface major out."""
    return relisted(world, lambda row: () if row.major == 2 else (row,))  # noqa: PLR2004 -- a major


@fault(caught_by={"DISC-33": "overview-uri-differs"}, blocks=("DISC-35", "DISC-36"))
def overview_with_old_addresses(world: World) -> World:
    """The overview still has the addresses from before a move."""
    return relisted(world, lambda row: (replace(row, uri=f"{row.uri}old/"),))


@fault(caught_by={"DISC-34": "overview-row-repeated"}, blocks=("DISC-33",))
def overview_with_two_rows_for_an_entry(world: World) -> World:
    """The overview lists each entry twice, at different addresses."""
    return relisted(world, lambda row: (row, replace(row, uri=f"{row.uri}other/")))


@fault(caught_by={"DISC-35": "hybrid-two-operators", "DISC-14": "naptr-majors-diverge"})
def half_a_move(world: World) -> World:
    """The second interface major was moved between the Commission and the Member State."""

    def moved(row: OverviewRow) -> tuple[OverviewRow, ...]:
        if row.major == 1:
            return (row,)
        there = row.key.member_state if row.operator == COMMISSION else COMMISSION
        return (replace(row, operator=there),)

    return relisted(each_root_of(world, 2, lambda root: f"{root}moved/"), moved)


@fault(caught_by={"DISC-36": "hybrid-foreign-operator"})
def instance_of_a_third_party(world: World) -> World:
    """The instances are run by neither the Commission nor the Member State."""
    return relisted(world, lambda row: (replace(row, operator=_THIRD_PARTY),))
