"""How the name server says that there is nothing, and for how long (RFC 2308, RFC 8020)."""

from __future__ import annotations

from harness.checks import check, require
from harness.discovery import minimum, trail
from harness.dns_message import DnsReply
from harness.errors import NotApplicable
from harness.subjects.zone import Zone

A_DAY = 86400
"""In seconds."""


@check(
    "DISC-22",
    verifies=("discovery.no-data",),
    finds=("nodata-as-nxdomain", "nodata-without-soa"),
    of_server=True,
)
async def test_another_type_at_the_entry_is_no_data(zone: Zone) -> None:
    """A type that the entry does not have is answered by NOERROR, no records, and the SOA."""
    name = trail(await zone.held())[-1]
    reply = await zone.look_up(name, "TXT")
    if reply.answer:
        raise NotApplicable(f"{name} has other records than NAPTR")
    require(
        reply.rcode == "NOERROR",
        "nodata-as-nxdomain",
        expected="NOERROR, since the name has a NAPTR record",
        seen=reply.rcode,
    )
    require(
        _tells_its_zone(reply),
        "nodata-without-soa",
        expected="an SOA record in the authority section",
        seen=f"{len(reply.authority)} records",
    )


@check(
    "DISC-23",
    verifies=("discovery.no-such-name",),
    finds=("unknown-name-not-nxdomain", "nxdomain-without-soa"),
)
async def test_a_name_that_is_not_there_is_denied(zone: Zone) -> None:
    """A name that does not exist is answered by NXDOMAIN and the SOA."""
    reply = await zone.absent()
    require(
        reply.rcode == "NXDOMAIN",
        "unknown-name-not-nxdomain",
        expected="NXDOMAIN",
        seen=f"{reply.rcode} without records",
    )
    require(
        _tells_its_zone(reply),
        "nxdomain-without-soa",
        expected="an SOA record in the authority section",
        seen=f"{len(reply.authority)} records",
    )


@check(
    "DISC-24",
    verifies=("discovery.negative-ttl-from-minimum",),
    finds=("negative-ttl-above-minimum",),
    of_server=True,
)
async def test_denial_expires_with_the_minimum(zone: Zone) -> None:
    """A denial may be kept no longer than the zone's SOA MINIMUM."""
    soa = await zone.denial()
    require(
        soa.ttl <= minimum(soa),
        "negative-ttl-above-minimum",
        expected=f"a TTL of at most {minimum(soa)} s",
        seen=f"{soa.ttl} s",
    )


@check(
    "DISC-25",
    verifies=("discovery.negative-ttl-short",),
    finds=("negative-ttl-too-long",),
)
async def test_denial_is_short_lived(zone: Zone) -> None:
    """A denial is forgotten within a day, so that a new entry is found."""
    soa = await zone.denial()
    kept = min(soa.ttl, minimum(soa))
    require(kept <= A_DAY, "negative-ttl-too-long", expected=f"at most {A_DAY} s", seen=f"{kept} s")


@check(
    "DISC-58",
    verifies=("discovery.empty-non-terminal",),
    finds=("empty-non-terminal-denied",),
    of_server=True,
)
async def test_the_name_above_an_entry_is_there(zone: Zone) -> None:
    """The name above an entry is not denied, since there is a name below it."""
    above = (await zone.held()).query.name.partition(".")[2]
    reply = await zone.look_up(above)
    require(
        reply.rcode == "NOERROR",
        "empty-non-terminal-denied",
        expected=f"NOERROR for {above}",
        seen=reply.rcode,
    )


def _tells_its_zone(reply: DnsReply) -> bool:
    """Whether a denial has the SOA; raises `NotApplicable` where it need not."""
    found = any(record.rdtype == "SOA" for record in reply.authority)
    if reply.is_second_hand and not found:
        raise NotApplicable("a resolver was asked, which may leave out the SOA record")
    return found
