"""The zone signed right, forged and expired, before servers that verify and servers that do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest

from harness.model import CheckResult, Exchange, Service, Verdict
from mock_services.zone_text import APEX
from suites.real.judging import checks_that, judged, said, served, tags
from suites.real.machine import Machine, plain_zones
from suites.real.servers import LOOPBACK, Server
from suites.real.zones import SignedZone, signed

PATHS = ("bind", "nsd", "bind, unbound", "nsd, unbound")

ENTRY = f"nl.eb.v1.cs.acc.{APEX}"
"""The first thing that a client of the Netherlands asks for."""

BEFORE_DNSSEC = "100 10"
AFTERWARDS = "100 11"
"""Order and preference of an entry, before and after somebody changed them: nothing else minds."""


def forged(zone: str) -> SignedZone:
    """Signed soundly, and every record of an entry changed afterwards."""
    made = signed(zone)
    return SignedZone(made.text.replace(BEFORE_DNSSEC, AFTERWARDS), made.anchor)


def by_another_key(zone: str) -> SignedZone:
    """Signed soundly, by a key for which the parent does not vouch."""
    return SignedZone(signed(zone).text, signed(zone).anchor)


def expired(zone: str) -> SignedZone:
    """Signed for a month that was over last week."""
    return signed(zone, since=timedelta(days=-30), until=timedelta(days=-7))


def early(zone: str) -> SignedZone:
    """Signed for a week that is to come."""
    return signed(zone, since=timedelta(days=7), until=timedelta(days=14))


FLAWS: Mapping[str, Callable[[str], SignedZone]] = MappingProxyType(
    {
        "dnssec-bogus": forged,
        "dnssec-key-unknown": by_another_key,
        "dnssec-expired": expired,
        "dnssec-not-yet-valid": early,
    }
)
"""What is wrong with the signatures, by the tag that says so."""


def heard(server: Server, name: str, *flags: int) -> dns.message.Message:
    query = dns.message.make_query(name, "NAPTR", want_dnssec=True)
    for flag in flags:
        query.flags |= flag
    return dns.query.udp(query, LOOPBACK, 5, server.port)


def published(machine: Machine, path: str, made: SignedZone, zones: Mapping[str, str]) -> Server:
    return machine.serving(path, {**zones, APEX: made.text}, (made.anchor,))


def reasons(results: tuple[CheckResult, ...]) -> frozenset[str]:
    """Why checks were blocked, the names left out."""
    return frozenset(
        str(each.detail).partition(": ")[2] for each in results if each.verdict is Verdict.BLOCKED
    )


@pytest.mark.parametrize("path", ["bind, unbound", "nsd, unbound"])
def test_the_resolver_verifies_what_is_sound(machine: Machine, path: str) -> None:
    zones = plain_zones(machine.landscape("NL"))
    server = published(machine, path, signed(zones[APEX]), zones)

    assert heard(server, ENTRY).flags & dns.flags.AD


@pytest.mark.parametrize("path", ["bind", "nsd"])
@pytest.mark.parametrize("tag", FLAWS)
def test_an_authority_shows_unsound_signatures_and_they_are_named(
    machine: Machine, path: str, tag: str
) -> None:
    target = machine.landscape("NL")
    zones = plain_zones(target)
    made = FLAWS[tag](zones[APEX])
    server = published(machine, path, made, zones)

    results = judged(served(target, server, anchors=(made.anchor,)))

    assert tags(results) == {("DISC-52", tag)}
    assert checks_that(Verdict.BLOCKED, results) == {"DISC-53"}
    assert reasons(results) == {f"{tag}; see DISC-52"}


@pytest.mark.parametrize("path", ["bind, unbound", "nsd, unbound"])
@pytest.mark.parametrize("tag", FLAWS)
def test_a_resolver_that_hides_what_is_bogus_is_asked_to_show_it(
    machine: Machine, path: str, tag: str
) -> None:
    target = machine.landscape("NL")
    zones = plain_zones(target)
    made = FLAWS[tag](zones[APEX])
    server = published(machine, path, made, zones)
    exchanges: dict[str, Exchange] = {}

    results = judged(
        served(target, server, anchors=(made.anchor,)),
        sink=lambda exchange: exchanges.update({exchange.id: exchange}),
    )

    assert heard(server, ENTRY).rcode() == dns.rcode.SERVFAIL
    assert heard(server, ENTRY, dns.flags.CD).answer
    assert tags(results) == {("DISC-52", tag)}
    assert "DISC-01" in checks_that(Verdict.BLOCKED, results)
    assert reasons(results) == {
        f"{tag}; see DISC-52",
        "the resolver answers SERVFAIL, as it does to what is bogus; see DISC-52",
    }
    for result in results:
        if result.check == "DISC-52":
            asked = [dns.message.from_wire(exchanges[each].request) for each in result.evidence]
            assert any(each.flags & dns.flags.CD for each in asked)


@pytest.mark.parametrize("path", PATHS)
def test_what_unbound_forgives_for_a_day_has_expired_nonetheless(
    machine: Machine, path: str
) -> None:
    target = machine.landscape("NL")
    zones = plain_zones(target)
    made = signed(zones[APEX], since=timedelta(days=-30), until=timedelta(hours=-6))
    server = published(machine, path, made, zones)

    results = judged(served(target, server, anchors=(made.anchor,)))

    assert heard(server, ENTRY).rcode() == dns.rcode.NOERROR
    assert tags(results) == {("DISC-52", "dnssec-expired")}
    assert checks_that(Verdict.BLOCKED, results) == {"DISC-53"}


@pytest.mark.parametrize("path", PATHS)
def test_one_forged_entry_is_the_only_one_that_is_named(machine: Machine, path: str) -> None:
    target = machine.landscape("NL", "GR")
    zones = plain_zones(target)
    made = signed(zones[APEX])
    text = made.text.replace(f"{ENTRY} 300 IN NAPTR 100", f"{ENTRY} 300 IN NAPTR 101")
    assert text != made.text
    server = published(machine, path, SignedZone(text, made.anchor), zones)

    results = judged(served(target, server, anchors=(made.anchor,)))

    named = {(each.member_state, each.service) for each in results if each.tag == "dnssec-bogus"}
    assert named == {("NL", Service.EB)}
    assert tags(results) == {("DISC-52", "dnssec-bogus")}
    assert all(line.split()[1].startswith("NL-eb-") for line in said(results))


@pytest.mark.parametrize("path", PATHS)
def test_denials_whose_proofs_are_forged_are_named(machine: Machine, path: str) -> None:
    target = machine.landscape("NL")
    zones = plain_zones(target)
    made = signed(zones[APEX])
    text = made.text.replace(" NAPTR RRSIG NSEC", " TXT NAPTR RRSIG NSEC")
    assert text != made.text
    server = published(machine, path, SignedZone(text, made.anchor), zones)

    results = judged(served(target, server, anchors=(made.anchor,)))

    assert tags(results) == {("DISC-53", "dnssec-denial-unproven")}
