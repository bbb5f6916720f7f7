"""Seeded faults of the seam: DNSSEC. Signatures that are not there, not sound, or not in time."""

from __future__ import annotations

from dataclasses import replace

from dnslib import QTYPE, RR, DNSRecord  # type: ignore[import-untyped]

from mock_services.faults import fault
from mock_services.faults.zone_changes import each_reply
from mock_services.world import World, ZoneSigning


@fault(caught_by={"DISC-51": "zone-unsigned"})
def zone_without_signatures(world: World) -> World:
    """The zone is not signed."""
    return replace(world, zone_signing=None)


@fault(caught_by={"DISC-52": "dnssec-bogus"}, blocks=("DISC-53",))
def record_forged_on_the_way(world: World) -> World:
    """The record was changed after it was signed."""

    def forge(_query: DNSRecord, reply: DNSRecord) -> None:
        if any(record.rtype == QTYPE.RRSIG for record in reply.rr):
            for record in reply.rr:
                if record.rtype == QTYPE.NAPTR:
                    record.rdata.regexp = b"!.*!https://forged.localhost/!"

    return each_reply(world, forge)


@fault(caught_by={"DISC-52": "dnssec-expired"}, blocks=("DISC-53",))
def signatures_from_last_month(world: World) -> World:
    """The signatures have expired."""
    return replace(world, zone_signing=ZoneSigning(since=-30, until=-1))


@fault(caught_by={"DISC-52": "dnssec-not-yet-valid"}, blocks=("DISC-53",))
def signatures_from_next_week(world: World) -> World:
    """The signatures are not valid yet."""
    return replace(world, zone_signing=ZoneSigning(since=7, until=21))


@fault(caught_by={"DISC-52": "dnssec-key-unknown"}, blocks=("DISC-53",))
def keys_that_the_parent_does_not_know(world: World) -> World:
    """The zone is signed by a key that its parent does not vouch for."""
    return replace(world, zone_signing=ZoneSigning(stranger=True))


@fault(caught_by={"DISC-52": "dnssec-signature-missing"}, blocks=("DISC-53",))
def keys_without_a_signature(world: World) -> World:
    """The keys of the zone come without their signature."""

    def strip(query: DNSRecord, reply: DNSRecord) -> None:
        if query.q.qtype == QTYPE.DNSKEY:
            reply.rr = [record for record in reply.rr if record.rtype != QTYPE.RRSIG]

    return each_reply(world, strip)


@fault(caught_by={"DISC-53": "dnssec-denial-unproven"})
def denials_without_proof(world: World) -> World:
    """Denials come without the records that prove them."""

    def strip(_query: DNSRecord, reply: DNSRecord) -> None:
        reply.auth = [record for record in reply.auth if not _proves(record)]

    return each_reply(world, strip)


@fault(caught_by={"DISC-54": "dnssec-unasked"})
def signatures_for_everybody(world: World) -> World:
    """Signatures are sent to those who did not ask for them too."""
    return replace(world, zone_signing=ZoneSigning(unasked=True))


def _proves(record: RR) -> bool:
    return bool(record.rtype == QTYPE.NSEC)
