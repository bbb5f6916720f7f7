"""The records of a service's entry, as RDATA (RFC 3403, RFC 4848; TDD 3.4, section 3)."""

from __future__ import annotations

from harness.checks import check, require
from harness.discovery import instance, is_terminal, is_usable, rank, service_root
from harness.subjects.zone import Zone


@check(
    "DISC-01",
    verifies=("discovery.entry-exists",),
    finds=("naptr-missing",),
    reading="version-label",
)
async def test_the_service_has_a_naptr_record(zone: Zone) -> None:
    """The zone holds a NAPTR record for the service."""
    first = zone.target.majors[0]
    require(
        await zone.records(first),
        "naptr-missing",
        expected=f"a NAPTR record at {zone.name(first)}",
        seen=f"{(await zone.reply(first)).rcode} without one",
    )


@check(
    "DISC-02",
    verifies=("discovery.restricted-regexp",),
    finds=(
        "naptr-regexp-malformed",
        "naptr-regexp-empty",
        "naptr-regexp-anchored",
        "naptr-regexp-delimiter",
        "naptr-regexp-flag",
        "naptr-regexp-back-reference",
        "naptr-regexp-escape",
        "naptr-regexp-cut-off",
    ),
)
async def test_every_regexp_has_the_restricted_form(zone: Zone) -> None:
    """The regexp has the restricted form of RFC 4848 around a URI."""
    for record in await zone.published():
        service_root(record)


@check(
    "DISC-04",
    verifies=("discovery.flag-is-u",),
    finds=("naptr-flag-not-u",),
    reading="flag-case",
)
async def test_every_flag_is_u(zone: Zone) -> None:
    """The flag of every record is u, in either case."""
    flags = {"either-case": "uU", "lower-case": "u", "upper-case": "U"}[zone.reading("flag-case")]
    for record in await zone.published():
        require(
            is_terminal(record, flags) or not record.flags,
            "naptr-flag-not-u",
            expected=" or ".join(flags),
            seen=record.flags,
        )


@check(
    "DISC-56",
    verifies=("discovery.records-are-terminal",),
    finds=("naptr-not-terminal",),
    reading="empty-flag",
)
async def test_no_record_is_a_step_on_the_way(zone: Zone) -> None:
    """No record has an empty flag, which would lead on to other records."""
    followed = zone.reading("empty-flag") == "followed"
    for record in await zone.published():
        require(
            record.flags or (followed and record.replacement != "."),
            "naptr-not-terminal",
            expected="a flag" if not followed else "a replacement to go on at",
            seen=f"none, and the replacement {record.replacement}",
        )


@check("DISC-05", verifies=("discovery.service-is-empty",), finds=("naptr-service-not-empty",))
async def test_every_service_field_is_empty(zone: Zone) -> None:
    """The service parameter of every record is the empty string."""
    for record in await zone.published():
        require(
            not record.service,
            "naptr-service-not-empty",
            expected="an empty service parameter",
            seen=record.service,
        )


@check(
    "DISC-06",
    verifies=("discovery.no-replacement-beside-regexp",),
    finds=("naptr-replacement-not-root",),
)
async def test_every_replacement_is_the_root(zone: Zone) -> None:
    """The replacement of every record is the root, since its regexp is in use."""
    for record in await zone.published():
        require(
            record.replacement == ".",
            "naptr-replacement-not-root",
            expected=".",
            seen=record.replacement,
        )


@check("DISC-11", verifies=("discovery.one-instance",), finds=("naptr-several-instances",))
async def test_an_entry_leads_to_one_instance(zone: Zone) -> None:
    """All records of an entry lead to the same instance."""
    for roots in await zone.ways():
        require(
            len(set(map(instance, roots))) == 1,
            "naptr-several-instances",
            expected="one instance",
            seen=", ".join(root.geturl() for root in roots),
        )


@check("DISC-12", verifies=("discovery.one-record",), finds=("naptr-redundant-record",))
async def test_an_instance_is_registered_once(zone: Zone) -> None:
    """No two records of an entry lead to the same instance."""
    for roots in await zone.ways():
        require(
            len(set(map(instance, roots))) == len(roots),
            "naptr-redundant-record",
            expected="one record for each instance",
            seen=", ".join(root.geturl() for root in roots),
        )


@check("DISC-55", verifies=("discovery.ranks-differ",), finds=("naptr-rank-shared",))
async def test_no_two_records_have_one_rank(zone: Zone) -> None:
    """No two usable records of an entry have the same order and preference."""
    await zone.chosen()
    for major in zone.target.majors:
        ranks = [rank(record) for record in await zone.records(major) if is_usable(record)]
        require(
            len(set(ranks)) == len(ranks),
            "naptr-rank-shared",
            expected="records that can be put in order",
            seen=", ".join(f"{order} {preference}" for order, preference in ranks),
        )
