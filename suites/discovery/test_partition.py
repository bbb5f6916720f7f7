"""What an entry is for: one country, one interface major, one environment (TDD 3.4, section 2)."""

from __future__ import annotations

from harness.checks import check, require
from harness.discovery import instance, service_root
from harness.errors import NotApplicable
from harness.subjects.zone import (
    UNKNOWN_COUNTRIES,
    UNKNOWN_ENVIRONMENTS,
    UNKNOWN_MAJOR,
    UNKNOWN_SERVICES,
    Zone,
)


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
        found = await zone.entry_at(name)
        require(
            not found,
            "unknown-country-resolves",
            expected=f"no record at {name}",
            seen="; ".join(found),
        )


@check("DISC-16", verifies=("discovery.no-other-major",), finds=("unknown-major-resolves",))
async def test_an_unpublished_major_has_no_entry(zone: Zone) -> None:
    """An interface major that was never published leads nowhere."""
    name = zone.name(UNKNOWN_MAJOR)
    found = await zone.entry_at(name)
    require(
        not found,
        "unknown-major-resolves",
        expected=f"no record at {name}",
        seen="; ".join(found),
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


@check("DISC-37", verifies=("discovery.no-regions",), finds=("entry-below-an-entry",))
async def test_an_entry_has_no_entries_below_it(zone: Zone) -> None:
    """No name below an entry leads anywhere: the Member State is the finest division."""
    name = f"{UNKNOWN_COUNTRIES[0].lower()}.{(await zone.held()).query.name}"
    found = await zone.entry_at(name)
    require(
        not found,
        "entry-below-an-entry",
        expected=f"no record at {name}",
        seen="; ".join(found),
    )


@check(
    "DISC-38",
    verifies=("discovery.no-other-environment",),
    finds=("unknown-environment-resolves",),
)
async def test_an_unknown_environment_has_no_entry(zone: Zone) -> None:
    """An environment that was never announced leads nowhere."""
    for label in UNKNOWN_ENVIRONMENTS:
        name = zone.other_name(environment=label)
        found = await zone.entry_at(name)
        require(
            not found,
            "unknown-environment-resolves",
            expected=f"no record at {name}",
            seen="; ".join(found),
        )


@check("DISC-39", verifies=("discovery.no-other-service",), finds=("unknown-service-resolves",))
async def test_an_unknown_service_has_no_entry(zone: Zone) -> None:
    """A label that stands for no Common Service leads nowhere."""
    for label in UNKNOWN_SERVICES:
        name = zone.other_name(service=label)
        found = await zone.entry_at(name)
        require(
            not found,
            "unknown-service-resolves",
            expected=f"no record at {name}",
            seen="; ".join(found),
        )


@check(
    "DISC-40",
    verifies=("discovery.country-code-is-iso",),
    finds=("country-code-of-the-data",),
    reading="greece-code",
    optional=True,
)
async def test_the_country_is_named_by_its_code_of_iso_3166(zone: Zone) -> None:
    """The country is found under its code of ISO 3166, not under the one that the data uses."""
    iso, data = zone.key.member_state, zone.target.questions[zone.key].country
    if iso == data:
        raise NotApplicable(f"{iso} has one code in names and in data")
    reading = zone.reading("greece-code")
    if reading == "iso":
        await zone.held()
    wanted = {"iso": {iso}, "as-in-data": {data}, "both": {iso, data}}[reading]
    found = {code for code in (iso, data) if await zone.of_country(code).is_there()}
    require(
        found == wanted,
        "country-code-of-the-data",
        expected=f"an entry under {' and '.join(sorted(wanted))} alone",
        seen=f"entries under {', '.join(sorted(found)) or 'neither'}",
    )
