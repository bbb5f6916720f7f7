"""What real name servers do differently, each seen first and then judged right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest

from harness.model import CheckResult, Target, Verdict
from mock_services.zone_text import APEX
from suites.real.judging import checks_that, judged, said, served, tags
from suites.real.machine import Machine, plain_zones, signed_zones
from suites.real.servers import LOOPBACK, Server
from suites.real.worlds import SOUND, crowded, rezoned_target

ENTRY = f"nl.eb.v1.cs.acc.{APEX}"
UNSIGNED = ("DISC-51", "zone-unsigned")
"""These zones are served as they are written."""

ENOUGH = 40
"""How often a question is put to see whether its answer changes."""


def asked(server: Server) -> dns.message.Message:
    """Without EDNS."""
    query = dns.message.make_query(ENTRY, "NAPTR")
    return dns.query.udp(query, LOOPBACK, 5, server.port, one_rr_per_rrset=True)


def answered(message: dns.message.Message) -> tuple[str, ...]:
    return tuple(rdata.to_text() for rrset in message.answer for rdata in rrset)


def outcome(results: tuple[CheckResult, ...]) -> Mapping[tuple[str, ...], tuple[object, ...]]:
    """What became of every check, in all its words."""
    return {
        (each.check, each.member_state, each.service): (
            each.verdict,
            each.tag,
            each.expected,
            each.seen,
        )
        for each in results
    }


def with_fault(machine: Machine, name: str) -> Target:
    return machine.landscape("NL", fault=name)


def test_bind_rotates_an_answer_and_the_order_means_nothing(machine: Machine) -> None:
    target = with_fault(machine, "second_instance")
    zones = plain_zones(target)
    bind, nsd = machine.bind(zones), machine.nsd(zones)

    orders = {each.name: {answered(asked(each)) for _ in range(ENOUGH)} for each in (bind, nsd)}
    results = judged(served(target, bind, nsd))

    assert len(orders["named"]) > 1
    assert len(orders["nsd"]) == 1
    assert tags(results) == {("DISC-11", "naptr-several-instances"), UNSIGNED}
    alone = dict.fromkeys(("DISC-41", "DISC-42", "DISC-43"))
    for each in (bind, nsd):
        told = outcome(judged(served(target, each)))
        assert {key: end for key, end in told.items() if key[0] not in alone} == {
            key: end for key, end in outcome(results).items() if key[0] not in alone
        }


def test_bind_cuts_an_answer_in_part_and_nsd_wholly_and_the_part_is_not_used(
    machine: Machine,
) -> None:
    target = rezoned_target(machine.landscape("NL"), crowded)
    zones = plain_zones(target)
    bind, nsd = machine.bind(zones, "rrset-order { order fixed; };"), machine.nsd(zones)

    heard = {each.name: asked(each) for each in (bind, nsd)}
    ends = [judged(served(target, each)) for each in (bind, nsd)]

    assert all(each.flags & dns.flags.TC for each in heard.values())
    assert 0 < len(answered(heard["named"])) < ENOUGH
    assert not answered(heard["nsd"])
    for results in ends:
        assert tags(results) == {("DISC-11", "naptr-several-instances"), UNSIGNED}
        assert not checks_that(Verdict.BLOCKED, results)
        assert {"DISC-20", "DISC-21", "DISC-33", "DISC-49"} <= checks_that(Verdict.PASSED, results)


def with_a_last_choice(target: Target) -> Target:
    """A target with a second record in each entry of the first major, of order 65536."""
    assert target.zone is not None
    lines = target.zone.splitlines()
    added = [
        line.replace(" 100 10 ", " 65536 10 ").replace('/!" .', '/old/!" .')
        for line in lines
        if ".v1." in line and " NAPTR " in line
    ]
    return replace(target, zone="\n".join((*lines, *added, "")))


def test_nsd_makes_order_65536_the_first_and_clients_are_led_astray(machine: Machine) -> None:
    target = with_a_last_choice(machine.landscape("NL"))
    server = machine.nsd(plain_zones(target))

    orders = {record.split()[0] for record in answered(asked(server))}
    results = judged(served(target, server))

    assert orders == {"0", "100"}
    assert tags(results) == {
        ("DISC-11", "naptr-several-instances"),
        ("DISC-14", "naptr-majors-diverge"),
        ("DISC-33", "overview-uri-differs"),
        UNSIGNED,
    }


def test_bind_refuses_order_65536_and_nothing_is_held_against_the_entries(
    machine: Machine,
) -> None:
    target = with_a_last_choice(machine.landscape("NL"))
    assert target.zone is not None
    server = machine.bind(plain_zones(target))

    results = judged(served(target, server))

    assert asked(server).rcode() == dns.rcode.SERVFAIL
    refused = re.search(r"zone:(\d+): near '65536': out of range", server.told)
    assert refused
    assert " 65536 " in target.zone.splitlines()[int(refused[1]) - 1]
    assert not tags(results)
    assert checks_that(Verdict.PASSED, results) == {"DISC-47", "DISC-48"}
    assert "the name server answers SERVFAIL" in said(results)[0]


def test_bind_without_the_zone_is_lame_beside_nsd_with_it(machine: Machine) -> None:
    target = with_a_last_choice(machine.landscape("NL"))
    zones = plain_zones(target)
    nsd, bind = machine.nsd(zones), machine.bind(zones)

    results = judged(served(target, nsd, bind))

    assert ("DISC-42", "name-server-lame") in tags(results)
    assert checks_that(Verdict.BLOCKED, results) >= {"DISC-41", "DISC-43"}


@pytest.mark.parametrize(
    ("path", "rcode", "aliases"),
    [
        ("bind", dns.rcode.SERVFAIL, 2),
        ("nsd", dns.rcode.NOERROR, 2),
        ("nsd, unbound", dns.rcode.SERVFAIL, 0),
    ],
)
def test_a_circle_of_aliases_is_a_circle_whether_it_comes_as_an_answer_or_as_a_failure(
    machine: Machine, path: str, rcode: dns.rcode.Rcode, aliases: int
) -> None:
    target = with_fault(machine, "aliases_in_a_circle")
    server = machine.serving(path, plain_zones(target))

    heard = asked(server)
    results = judged(served(target, server))

    assert (heard.rcode(), len(answered(heard))) == (rcode, aliases)
    assert tags(results) == {("DISC-46", "alias-loop")}
    assert {
        str(each.detail).partition(": ")[2] for each in results if each.verdict is Verdict.BLOCKED
    } == {"its aliases lead to no record; see DISC-46"}
    assert not checks_that(Verdict.BROKEN, results)


@pytest.mark.parametrize("path", ["bind", "nsd", "nsd, unbound"])
@pytest.mark.parametrize(
    ("fault", "tag"),
    [
        ("aliases_without_end", "alias-chain-too-long"),
        ("alias_of_a_name_that_is_gone", "alias-leads-nowhere"),
    ],
)
def test_aliases_that_lead_too_far_or_nowhere_are_named(
    machine: Machine, path: str, fault: str, tag: str
) -> None:
    target = with_fault(machine, fault)
    server = machine.serving(path, plain_zones(target))

    assert tags(judged(served(target, server))) == {("DISC-46", tag)}


@pytest.mark.parametrize("path", ["nsd", "bind"])
def test_the_case_of_the_question_that_comes_back_in_an_alias_is_no_other_answer(
    machine: Machine, path: str
) -> None:
    target = rezoned_target(machine.landscape("NL"), SOUND["environments behind DNAME"])
    server = machine.serving(path, plain_zones(target))
    query = dns.message.make_query(ENTRY.upper(), "NAPTR")

    alias = answered(dns.query.udp(query, LOOPBACK, 5, server.port))[1]
    results = judged(served(target, server))

    assert alias != alias.lower()
    assert "DISC-18" in checks_that(Verdict.PASSED, results)


def test_nsd_leaves_out_the_proof_at_the_end_of_an_alias_and_gives_it_when_asked(
    machine: Machine,
) -> None:
    target = rezoned_target(machine.landscape("NL"), SOUND["environments behind DNAME"])
    zones, anchor = signed_zones(target)
    bind, nsd = machine.bind(zones), machine.nsd(zones)
    absent = dns.message.make_query(ENTRY.replace("nl.", "qz.", 1), "NAPTR", want_dnssec=True)

    proofs = [
        sum(each.rdtype == dns.rdatatype.NSEC for each in heard.authority)
        for heard in (dns.query.udp(absent, LOOPBACK, 5, server.port) for server in (bind, nsd))
    ]
    ends = [judged(served(target, each, anchors=(anchor,))) for each in (bind, nsd)]

    assert proofs[0] > proofs[1]
    assert not [line for results in ends for line in said(results)]
    assert all("DISC-53" in checks_that(Verdict.PASSED, results) for results in ends)


@pytest.mark.parametrize(
    ("path", "seen", "verdict"),
    [
        ("bind", {300}, Verdict.PASSED),
        ("nsd", {300, 600}, Verdict.FAILED),
        ("nsd, unbound", {300, 600}, Verdict.NOT_APPLICABLE),
    ],
)
def test_bind_makes_one_time_to_live_of_two_and_nsd_shows_both(
    machine: Machine, path: str, seen: set[int], verdict: Verdict
) -> None:
    target = with_fault(machine, "record_given_twice_for_two_times")
    server = machine.serving(path, plain_zones(target))

    times = {each.ttl for each in asked(server).answer}
    results = judged(served(target, server))

    assert times == seen
    assert {each.verdict for each in results if each.check == "DISC-50"} == {verdict}


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("records_that_may_not_be_kept", "DISC-27"),
        ("records_kept_for_a_week", "DISC-27"),
        ("denials_kept_for_a_week", "DISC-25"),
    ],
)
def test_a_time_to_live_is_not_told_by_a_resolver(machine: Machine, fault: str, check: str) -> None:
    target = with_fault(machine, fault)
    authority = machine.nsd(plain_zones(target))
    resolver = machine.unbound(authority)

    ends = [judged(served(target, each)) for each in (authority, resolver)]

    verdicts = [{each.verdict for each in end if each.check == check} for end in ends]
    assert verdicts == [{Verdict.WARNED}, {Verdict.NOT_APPLICABLE}]


def test_a_server_that_limits_its_rate_is_not_said_to_cut_its_answers_off(
    machine: Machine,
) -> None:
    target = machine.landscape("NL")
    limited = "rate-limit { responses-per-second 1; window 60; slip 1; };"
    server = machine.bind(plain_zones(target), limited)

    heard = [asked(server) for _ in range(ENOUGH)]
    results = judged(served(target, server))

    assert heard[-1].flags & dns.flags.TC
    assert not answered(heard[-1])
    assert tags(results) == {UNSIGNED}
    reasons = {each.detail for each in results if each.check == "DISC-49" and each.detail}
    assert reasons == {"an empty reply sends to TCP, as servers do that limit their rate"}
