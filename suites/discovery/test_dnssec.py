"""The signatures of the zone (RFC 4033 to 4035), which TDD 3.7, section 2 recommends."""

from __future__ import annotations

from harness.checks import check, require
from harness.discovery import trail
from harness.dnssec import verify_answer, verify_denial, verify_keys
from harness.errors import NotApplicable
from harness.subjects.names import VALIDATING
from harness.subjects.zone import Zone

DNSSEC = ("RRSIG", "NSEC", "NSEC3")


@check("DISC-51", verifies=("discovery.dnssec",), finds=("zone-unsigned",))
async def test_the_entry_is_signed(zone: Zone) -> None:
    """The entry is signed with DNSSEC."""
    reply = await zone.with_signatures()
    signed = any(record.rdtype == "RRSIG" for record in reply.answer)
    if reply.is_second_hand and not signed:
        raise NotApplicable("a resolver was asked, which may leave signatures out")
    if not await zone.signs_itself():
        raise NotApplicable("the zone file holds no keys: a name server may sign what it publishes")
    require(
        signed,
        "zone-unsigned",
        expected="an RRSIG record, since DNSSEC was asked for",
        seen=", ".join(record.rdtype for record in reply.answer),
    )


@check(
    "DISC-52",
    verifies=("discovery.dnssec-valid",),
    finds=(
        "dnssec-bogus",
        "dnssec-expired",
        "dnssec-not-yet-valid",
        "dnssec-signature-missing",
        "dnssec-key-unknown",
    ),
)
async def test_the_signature_of_the_entry_verifies(zone: Zone) -> None:
    """The signatures of the entry and of the zone's keys verify, now and by a known key."""
    reply = await zone.signed()
    keys = await zone.keys(reply)
    verify_keys(keys, zone.target.zone_anchors, now=zone.now)
    verify_answer(reply, keys, now=zone.now)


@check("DISC-53", verifies=("discovery.dnssec-denial",), finds=("dnssec-denial-unproven",))
async def test_a_denial_is_proved(zone: Zone) -> None:
    """That a name is not there is proved by signed records."""
    keys = await zone.trusted_keys()
    absent = trail(await zone.absent(**VALIDATING))[-1]
    verify_denial(await zone.look_up(absent, **VALIDATING), keys, now=zone.now)


@check(
    "DISC-54", verifies=("discovery.dnssec-when-asked",), finds=("dnssec-unasked",), of_server=True
)
async def test_signatures_come_only_when_asked_for(zone: Zone) -> None:
    """Who does not ask for DNSSEC gets no signatures and no proofs."""
    await zone.signed()
    for reply in (await zone.held(), await zone.absent()):
        added = [r.rdtype for r in (*reply.answer, *reply.authority) if r.rdtype in DNSSEC]
        require(
            not added,
            "dnssec-unasked",
            expected="no records of DNSSEC",
            seen=", ".join(added),
        )
