"""The overview tables and the zone say the same, in both directions; who runs an instance.

TDD 3.4, sections 2 and 3: two mechanisms, one truth; the Commission's instance or the Member
State's own, never both.
"""

from __future__ import annotations

from harness.checks import check, require
from harness.discovery import instance, root_of
from harness.errors import NotApplicable
from harness.overview import COMMISSION
from harness.subjects.zone import Zone


@check(
    "DISC-31",
    verifies=("discovery.overview-is-current",),
    finds=("overview-row-without-record",),
)
async def test_every_row_of_the_overview_has_a_record(zone: Zone) -> None:
    """Every row of the overview about the service has a NAPTR record in DNS."""
    rows = zone.overview()
    if not rows:
        raise NotApplicable("the overview has no row about this service; see DISC-32")
    for row in rows:
        require(
            await zone.records(row.major),
            "overview-row-without-record",
            expected=f"a NAPTR record at {zone.name(row.major)}, which the overview lists",
            seen=(await zone.reply(row.major)).rcode,
        )


@check(
    "DISC-32",
    verifies=("discovery.overview-is-complete",),
    finds=("record-without-overview-row",),
)
async def test_every_record_has_a_row_in_the_overview(zone: Zone) -> None:
    """Every entry of the service in DNS has a row in the overview."""
    zone.overview()
    await zone.published()
    for major in zone.target.majors:
        require(
            zone.rows(major) or not await zone.records(major),
            "record-without-overview-row",
            expected=f"a row for {zone.key} and v{major}",
            seen=f"none, but a record at {zone.name(major)}",
        )


@check("DISC-33", verifies=("discovery.overview-agrees",), finds=("overview-uri-differs",))
async def test_overview_and_dns_lead_to_one_instance(zone: Zone) -> None:
    """The overview and DNS lead to the same instance."""
    for row, root in await zone.listed():
        listed = root_of(row.uri)
        require(
            listed is not None and instance(listed) == instance(root),
            "overview-uri-differs",
            expected=f"{root.geturl()}, where DNS leads for v{row.major}",
            seen=row.uri,
        )


@check("DISC-34", verifies=("discovery.overview-is-unambiguous",), finds=("overview-row-repeated",))
async def test_the_overview_has_one_row_for_an_entry(zone: Zone) -> None:
    """The overview has one row for each entry, not several."""
    zone.overview()
    await zone.published()
    for major in zone.target.majors:
        rows = zone.rows(major)
        require(
            len(rows) <= 1,
            "overview-row-repeated",
            expected=f"one row for {zone.key} and v{major}",
            seen=", ".join(row.uri for row in rows),
        )


@check("DISC-35", verifies=("discovery.options-exclusive",), finds=("hybrid-two-operators",))
async def test_the_commissions_instance_or_the_member_states_own(zone: Zone) -> None:
    """All entries of a service lead to the Commission's instance, or all to the Member State's."""
    found = await zone.operators()
    require(
        len({operator for _, operator in found}) == 1,
        "hybrid-two-operators",
        expected=f"{COMMISSION} or {zone.key.member_state} for every interface major",
        seen=", ".join(f"v{major}: {operator}" for major, operator in found),
    )


@check(
    "DISC-36", verifies=("discovery.operator-is-one-of-two",), finds=("hybrid-foreign-operator",)
)
async def test_no_other_member_states_instance_is_used(zone: Zone) -> None:
    """The instance is run by the Commission or by the Member State, not by a third."""
    for _, operator in await zone.operators():
        require(
            operator in (COMMISSION, zone.key.member_state),
            "hybrid-foreign-operator",
            expected=f"{COMMISSION} or {zone.key.member_state}",
            seen=operator,
        )
