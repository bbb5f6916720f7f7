"""The records of a service's entry, as RDATA (RFC 3403, RFC 4848; TDD 3.4, section 3)."""

from __future__ import annotations

from harness.checks import check, require
from harness.discovery import instance, is_terminal, service_root
from harness.subjects.zone import Zone


@check("DISC-01", verifies=("discovery.entry-exists",), finds=("naptr-missing",))
async def test_the_service_has_a_naptr_record(zone: Zone) -> None:
    """The zone holds a NAPTR record for the service."""
    first = zone.target.majors[0]
    require(
        await zone.records(first),
        "naptr-missing",
        expected=f"a NAPTR record at {zone.name(first)}",
        seen=f"{(await zone.reply(first)).rcode} without one",
    )


@check("DISC-02", verifies=("discovery.restricted-regexp",), finds=("naptr-regexp-malformed",))
async def test_every_regexp_has_the_restricted_form(zone: Zone) -> None:
    """The regexp has the restricted form of RFC 4848 around a URI."""
    for record in await zone.published():
        service_root(record)


@check("DISC-04", verifies=("discovery.flag-is-u",), finds=("naptr-flag-not-u",))
async def test_every_flag_is_u(zone: Zone) -> None:
    """The flag of every record is u, in either case."""
    for record in await zone.published():
        require(is_terminal(record), "naptr-flag-not-u", expected="u or U", seen=record.flags)


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
