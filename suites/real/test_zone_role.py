"""The role `zone` before real name servers: a sound zone is found sound, whoever serves it how."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from dns.dnssectypes import Algorithm

from harness.model import CheckResult, Environment, Service, Verdict
from mock_services.rehearsal import STATES
from mock_services.world import World
from mock_services.zone_text import APEX
from suites.real.judging import ALL, ZONE, checks_that, judged, said, served
from suites.real.machine import Machine, plain_zones, signed_zones
from suites.real.worlds import SOUND, rezoned_target, through_long_names
from suites.real.zones import ALGORITHMS, signed, signed_with_hashes

PATHS = ("bind", "nsd", "bind, unbound", "nsd, unbound")

ONE_SERVER = frozenset({"DISC-41", "DISC-42", "DISC-43"})
"""Not applicable where only one name server was given."""

ONE_CODE = frozenset({"DISC-40"})
"""Not applicable to a Member State whose code in names is that in data, as in the Netherlands."""

SECOND_HAND = frozenset({"DISC-24", "DISC-25", "DISC-26", "DISC-27", "DISC-50"})
"""Not applicable to a resolver: it has no authority, and its times to live are what is left."""

BIND_OPTIONS = (
    "minimal-responses no;",
    "rrset-order { order fixed; };",
    "rrset-order { order cyclic; };",
    "max-udp-size 512;",
    "edns-udp-size 512;",
    "message-compression no;",
    "no-case-compress { any; };",
    "require-server-cookie yes;",
    "answer-cookie no;",
    "rate-limit { responses-per-second 2; slip 1; };",
)
NSD_OPTIONS = (
    "minimal-responses: yes",
    "round-robin: yes",
    "ipv4-edns-size: 512",
    "answer-cookie: yes",
    "rrl-ratelimit: 2\n  rrl-slip: 1",
)
UNBOUND_OPTIONS = (
    "minimal-responses: no",
    "use-caps-for-id: yes",
    "max-udp-size: 512",
    "edns-buffer-size: 512",
    "cache-max-ttl: 0",
    "serve-expired: yes",
    "harden-below-nxdomain: no",
    "aggressive-nsec: no",
    "ede: yes",
)


def not_applicable(results: tuple[CheckResult, ...]) -> frozenset[str]:
    return checks_that(Verdict.NOT_APPLICABLE, results)


@pytest.mark.parametrize("path", PATHS)
def test_every_environment_of_it_is_found_sound(machine: Machine, path: str) -> None:
    target = machine.landscape(*STATES)
    zones, anchor = signed_zones(target)
    server = machine.serving(path, zones, (anchor,))

    results = judged(served(target, server, anchors=(anchor,)), keys=target.keys)

    assert len(results) == len(ZONE) * len(STATES) * len(Service) * len(Environment)
    assert not said(results)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("change", SOUND.values(), ids=SOUND)
def test_a_sound_zone_is_found_sound(
    machine: Machine, path: str, change: Callable[[World], World]
) -> None:
    target = rezoned_target(machine.landscape("NL"), change)
    zones, anchor = signed_zones(target)
    server = machine.serving(path, zones, (anchor,))

    results = judged(served(target, server, anchors=(anchor,)))

    assert not said(results)
    resolver = SECOND_HAND if "unbound" in path else frozenset()
    assert not_applicable(results) == ONE_SERVER | ONE_CODE | resolver


def test_all_member_states_are_found_sound_on_two_servers_of_different_makes(
    machine: Machine,
) -> None:
    target = machine.landscape()
    zones, anchor = signed_zones(target)
    servers = machine.bind(zones), machine.nsd(zones)

    results = judged(served(target, *servers, anchors=(anchor,)))

    assert not said(results)
    assert not_applicable(results) == ONE_CODE


@pytest.mark.parametrize("path", PATHS)
def test_a_directory_is_found_through_it_and_judged(machine: Machine, path: str) -> None:
    target = machine.landscape("NL")
    zones, anchor = signed_zones(target)
    server = machine.serving(path, zones, (anchor,))

    results = judged(served(target, server, anchors=(anchor,)), ALL)

    assert not said(results)
    assert {each.chapter for each in results if each.verdict is Verdict.PASSED} == {
        "discovery",
        "lookup",
        "signature",
        "caching",
    }


@pytest.mark.parametrize("options", BIND_OPTIONS)
def test_bind_is_found_sound_however_it_is_set_up(machine: Machine, options: str) -> None:
    target = rezoned_target(machine.landscape("NL"), through_long_names)
    zones, anchor = signed_zones(target)
    server = machine.bind(zones, options)

    assert not said(judged(served(target, server, anchors=(anchor,))))


@pytest.mark.parametrize("options", NSD_OPTIONS)
def test_nsd_is_found_sound_however_it_is_set_up(machine: Machine, options: str) -> None:
    target = rezoned_target(machine.landscape("NL"), through_long_names)
    zones, anchor = signed_zones(target)
    server = machine.nsd(zones, options)

    assert not said(judged(served(target, server, anchors=(anchor,))))


@pytest.mark.parametrize("options", UNBOUND_OPTIONS)
def test_unbound_is_found_sound_however_it_is_set_up(machine: Machine, options: str) -> None:
    target = rezoned_target(machine.landscape("NL"), through_long_names)
    zones, anchor = signed_zones(target)
    server = machine.unbound(machine.bind(zones), (anchor,), options)

    assert not said(judged(served(target, server, anchors=(anchor,))))


def test_an_authority_that_offers_recursion_is_judged_as_the_authority_that_it_is(
    machine: Machine,
) -> None:
    target = machine.landscape(*STATES)
    server = machine.bind(plain_zones(target), recursion=True)

    results = judged(served(target, server))

    assert checks_that(Verdict.WARNED, results) == {"DISC-51"}
    assert not_applicable(results).isdisjoint(SECOND_HAND)


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda each: Algorithm(each).name)
@pytest.mark.parametrize("path", ["bind, unbound", "nsd"])
def test_signatures_of_every_algorithm_in_use_are_verified(
    machine: Machine, path: str, algorithm: Algorithm
) -> None:
    target = machine.landscape("NL")
    zones = dict(plain_zones(target))
    made = signed(zones[APEX], algorithm=algorithm)
    server = machine.serving(path, zones | {APEX: made.text}, (made.anchor,))

    results = judged(served(target, server, anchors=(made.anchor,)))

    assert not said(results)
    assert {"DISC-51", "DISC-52", "DISC-53"} <= checks_that(Verdict.PASSED, results)


@pytest.mark.parametrize("path", PATHS)
def test_denials_by_hashes_are_verified(machine: Machine, path: str) -> None:
    target = machine.landscape("NL")
    zones = dict(plain_zones(target))
    made = signed_with_hashes(zones[APEX], machine.folder())
    server = machine.serving(path, zones | {APEX: made.text}, (made.anchor,))

    results = judged(served(target, server, anchors=(made.anchor,)))

    assert not said(results)
    assert {"DISC-51", "DISC-52", "DISC-53"} <= checks_that(Verdict.PASSED, results)
