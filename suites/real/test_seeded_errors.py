"""Every seeded error of what is published, loaded into real servers: named there as anywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

import pytest

from harness.model import Environment, Target, Verdict
from mock_services.faults import Fault, faults
from mock_services.landscape import world_of
from mock_services.world import World
from suites.real import sources
from suites.real.judging import SEVERE, checks_that, judged, served, tags
from suites.real.machine import Machine, plain_zones

STATE = "GR"
"""The one that has two codes, so that the flaw of being found under both can be seeded."""

UNSIGNED = ("DISC-51", "zone-unsigned")
"""The zones are served as they are written, so that their lines are those of the file."""

REFUSED_BY_BIND: Mapping[str, str] = MappingProxyType(
    {
        "regexp_with_a_digit_for_a_delimiter": r"zone:(\d+): syntax error",
        "regexp_without_its_last_delimiter": r"zone:(\d+): syntax error",
        "regexp_with_a_fourth_delimiter": r"zone:(\d+): syntax error",
        "regexp_cut_off_at_its_longest": r"zone:(\d+): syntax error",
        "zone_without_name_servers": "has no NS records",
        "name_server_without_an_address": "has no address records",
        "name_server_by_an_alias": "is a CNAME",
    }
)
"""What BIND does not load, and how it says so; the line, where it tells one."""

UNSEEN: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "bind": frozenset({"DISC-50"}),
        "nsd": frozenset(),
        "nsd, unbound": frozenset({"DISC-25", "DISC-27", "DISC-50"}),
    }
)
"""Whose flaws a server mends before anybody sees them: BIND makes one time to live of two, and
none that a resolver tells is the zone's."""

THROUGH_A_RESOLVER = (
    "no_entry",
    "anchored_regexp",
    "flag_for_an_srv_lookup",
    "service_parameter_filled_in",
    "second_instance",
    "second_major_at_another_instance",
    "entry_for_an_unknown_country",
    "testing_led_to_production",
    "records_kept_for_a_week",
    "denials_kept_for_a_week",
    "hosts_without_addresses",
    "zone_with_one_name_server",
    "root_without_tls",
    "root_with_a_space",
    "aliases_in_a_circle",
)


def changes_what_is_published(fault: Fault, world: World) -> bool:
    changed = fault.apply(world)
    return changed.zone != world.zone and not changed.dns


def seeded() -> tuple[Fault, ...]:
    """The faults that another server shows as well as our own: those of the master file alone."""
    world = world_of(STATE)
    found = (f for f in faults().values() if f.apply.__module__.endswith(SEAMS))
    return tuple(fault for fault in found if changes_what_is_published(fault, world))


SEAMS = (".zone", ".roots", ".aliases")
SEEDED = seeded()
CASES = [
    *((fault, "nsd") for fault in SEEDED),
    *((fault, "bind") for fault in SEEDED if fault.name not in REFUSED_BY_BIND),
    *((faults()[name], "nsd, unbound") for name in THROUGH_A_RESOLVER),
]


def changed_lines(target: Target) -> frozenset[int]:
    """The lines in which it differs from the zone that it would be without the fault."""
    assert target.zone is not None
    port = urlsplit(target.repositories[Environment.ACC]).port
    assert port
    return sources.lines_changed(world_of(STATE, port=port).zone, target.zone)


@pytest.mark.parametrize(
    ("fault", "path"), CASES, ids=[f"{fault.name}-{path}" for fault, path in CASES]
)
def test_an_error_of_the_zone_is_named(machine: Machine, fault: Fault, path: str) -> None:
    target = sources.beside_its_file(machine.landscape(STATE, fault=fault.name))
    server = machine.serving(path, plain_zones(target))

    results = judged(served(target, server))

    caught = {pair for pair in fault.caught_by.items() if pair[0] not in UNSEEN[path]}
    assert tags(results) - {UNSIGNED} == caught
    assert not checks_that(Verdict.BROKEN, results)
    assert all(map(fault.blinds, checks_that(Verdict.BLOCKED, results)))
    lines = changed_lines(target)
    named = [each for each in results if each.verdict in SEVERE and each.check in fault.caught_by]
    assert not list(filter(None, (sources.mistold(target, each, lines) for each in named)))


@pytest.mark.parametrize(("fault", "told"), REFUSED_BY_BIND.items(), ids=REFUSED_BY_BIND)
def test_what_bind_does_not_load_is_not_held_against_the_entries(
    machine: Machine, fault: str, told: str
) -> None:
    target = machine.landscape(STATE, fault=fault)
    server = machine.bind(plain_zones(target))

    results = judged(served(target, server))

    refused = re.search(told, server.told)
    assert refused
    assert "not loaded due to errors" in server.told
    assert not tags(results)
    assert {"DISC-01", "DISC-46"} <= checks_that(Verdict.BLOCKED, results)
    if refused.groups():
        assert int(refused[1]) in changed_lines(target)


def test_at_least_fifty_errors_are_seeded() -> None:
    assert len(SEEDED) >= 50
    assert {fault.name for fault in SEEDED} >= {*REFUSED_BY_BIND, *THROUGH_A_RESOLVER}
