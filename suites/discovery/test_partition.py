"""What an entry is for: one country, one interface major, one environment (TDD 3.4, section 2)."""

from __future__ import annotations

from harness.checks import check, require
from harness.discovery import instance, service_root
from harness.subjects.zone import UNKNOWN_COUNTRIES, UNKNOWN_MAJOR, Zone


@check("DISC-13", verifies=("discovery.majors-exist",), finds=("naptr-major-missing",))
async def test_later_majors_have_entries_too(zone: Zone) -> None:
    """Every published interface major has an entry of its own."""
    for major in zone.later_majors():
        require(
            await zone.records(major),
            "naptr-major-missing",
            expected=f"a NAPTR record at {zone.name(major)}",
            seen=f"{(await zone.reply(major)).rcode} without one",
        )


@check("DISC-14", verifies=("discovery.majors-agree",), finds=("naptr-majors-diverge",))
async def test_all_majors_lead_to_one_instance(zone: Zone) -> None:
    """The entries of all interface majors lead to the same instance."""
    first = await zone.root(zone.target.majors[0])
    for major in zone.later_majors():
        root = await zone.root(major)
        require(
            instance(root) == instance(first),
            "naptr-majors-diverge",
            expected=first.geturl(),
            seen=f"{root.geturl()} for v{major}",
        )


@check("DISC-15", verifies=("discovery.no-wildcard",), finds=("unknown-country-resolves",))
async def test_an_unknown_country_has_no_entry(zone: Zone) -> None:
    """A country code that no Member State has leads nowhere."""
    for code in UNKNOWN_COUNTRIES:
        name = zone.of_country(code).name()
        reply = await zone.look_up(name)
        require(
            not reply.answer,
            "unknown-country-resolves",
            expected=f"no record at {name}",
            seen="; ".join(record.rdata for record in reply.answer),
        )


@check("DISC-16", verifies=("discovery.no-other-major",), finds=("unknown-major-resolves",))
async def test_an_unpublished_major_has_no_entry(zone: Zone) -> None:
    """An interface major that was never published leads nowhere."""
    name = zone.name(UNKNOWN_MAJOR)
    reply = await zone.look_up(name)
    require(
        not reply.answer,
        "unknown-major-resolves",
        expected=f"no record at {name}",
        seen="; ".join(record.rdata for record in reply.answer),
    )


@check(
    "DISC-17",
    verifies=("discovery.production-apart",),
    finds=("naptr-production-shared",),
)
async def test_production_and_test_use_lead_to_different_instances(zone: Zone) -> None:
    """Production use and test use do not share an instance."""
    for record in await zone.chosen():
        root = service_root(record)
        for environment, other in await zone.across_production():
            require(
                instance(root) != instance(other),
                "naptr-production-shared",
                expected=f"another instance than that of {environment}",
                seen=root.geturl(),
            )
