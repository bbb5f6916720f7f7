"""Zones unlike the landscape's, and sound: no check of discovery may hold it against them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.checks import catalogue
from harness.model import CheckResult, Exchange, Target, Verdict
from harness.proving import session
from harness.runner import run
from mock_services.faults.aliases import aliased, moved_by_dname
from mock_services.faults.zone_changes import each_naptr, each_root, is_naptr, rezoned
from mock_services.landscape import world_of
from mock_services.rehearsal import Rehearsal, still
from mock_services.world import World

STATES = ("FI",)
CHECKS = [check for check in catalogue() if check.chapter == "discovery"]


def results(
    world: World, *, states: tuple[str, ...] = STATES, **target: object
) -> dict[str, list[CheckResult]]:
    rehearsal = Rehearsal(still(world), states)
    rehearsal.target = replace(rehearsal.target, **target)  # type: ignore[arg-type]
    opened = session(rehearsal, lambda _exchange: None)

    async def judged() -> dict[str, list[CheckResult]]:
        return {
            check.id: [await run(check, opened, key) for key in rehearsal.target.keys]
            for check in CHECKS
        }

    return asyncio.run(judged())


def long_root(root: str) -> str:
    return f"{root}{'x' * (255 - len('!.*!!') - len(root))}"


SOUND: dict[str, Callable[[World], World]] = {
    "the flag in lower case": lambda world: each_naptr(world, lambda r: replace(r, flags="u")),
    "the first order and preference": lambda world: each_naptr(
        world, lambda r: replace(r, order=0, preference=0)
    ),
    "the last order and preference": lambda world: each_naptr(
        world, lambda r: replace(r, order=65535, preference=65535)
    ),
    "no slash at the end": lambda world: each_root(world, lambda root: root.rstrip("/")),
    "a regexp of 255 octets": lambda world: each_root(world, long_root),
    "a TTL of one second": lambda world: rezoned(
        world, lambda r: (replace(r, ttl=1) if is_naptr(r) else r,)
    ),
    "a TTL of a day": lambda world: rezoned(
        world, lambda r: (replace(r, ttl=86400) if is_naptr(r) else r,)
    ),
    "aliases": aliased,
    "environments behind DNAME": moved_by_dname,
}


@pytest.mark.parametrize("change", SOUND.values(), ids=SOUND)
def test_a_sound_zone_is_found_sound(change: Callable[[World], World]) -> None:
    found = results(change(world_of(*STATES)))

    said = [
        f"{check}: {one.verdict} {one.tag or ''} {one.detail or one.seen}"
        for check, each in found.items()
        for one in each
        if one.verdict not in (Verdict.PASSED, Verdict.NOT_APPLICABLE)
    ]
    assert not said


def test_what_was_not_given_is_not_judged() -> None:
    found = results(world_of(*STATES), overview=None, other_nameservers=())

    for check in ("DISC-31", "DISC-36", "DISC-41", "DISC-42", "DISC-43"):
        assert {one.verdict for one in found[check]} == {Verdict.NOT_APPLICABLE}
    assert {one.verdict for one in found["DISC-44"]} == {Verdict.PASSED}


def test_without_an_anchor_signatures_are_verified_by_the_keys_of_the_zone() -> None:
    found = results(world_of(*STATES), zone_anchors=())

    assert {one.verdict for one in found["DISC-52"]} == {Verdict.PASSED}


def test_an_unsigned_zone_is_warned_of_and_its_signatures_are_not_judged() -> None:
    found = results(replace(world_of(*STATES), zone_signing=None))

    assert {one.verdict for one in found["DISC-51"]} == {Verdict.WARNED}
    assert {one.readings for one in found["DISC-51"]} == {
        (("warns", Verdict.WARNED), ("fails", Verdict.FAILED))
    }
    assert {one.verdict for one in found["DISC-52"]} == {Verdict.NOT_APPLICABLE}


@pytest.mark.parametrize(
    ("check", "readings"),
    [
        ("DISC-01", {"with-v": "passed", "number-only": "failed"}),
        ("DISC-04", {"either-case": "passed", "lower-case": "failed", "upper-case": "passed"}),
        ("DISC-56", {"error": "passed", "followed": "passed"}),
        ("DISC-57", {"either": "passed", "without": "warned", "with": "passed"}),
    ],
)
def test_a_reading_changes_the_verdict(check: str, readings: dict[str, str]) -> None:
    found = results(world_of(*STATES))

    for one in found[check]:
        assert {name: str(verdict) for name, verdict in one.readings} == readings


def test_greece_is_judged_under_each_of_its_codes() -> None:
    found = results(world_of("GR"), states=("GR",))

    for one in found["DISC-40"]:
        assert {name: str(verdict) for name, verdict in one.readings} == {
            "iso": "passed",
            "as-in-data": "failed",
            "both": "failed",
        }


def test_what_the_overview_says_is_evidence_once() -> None:
    rehearsal = Rehearsal(still(world_of(*STATES)), STATES)
    seen: list[Exchange] = []
    opened = session(rehearsal, seen.append)
    checks = [check for check in CHECKS if check.id in ("DISC-31", "DISC-32", "DISC-33")]

    async def judged() -> list[CheckResult]:
        return [await run(check, opened, rehearsal.target.keys[0]) for check in checks]

    found = asyncio.run(judged())

    (table,) = [exchange for exchange in seen if exchange.protocol == "file"]
    assert all(table.id in one.evidence and len(one.evidence) > 1 for one in found)
    root = "https://query.cs.acc.localhost/eb/"
    assert table.response == f"v1 {root} EC\nv2 {root} EC".encode()


def test_the_target_of_a_world_is_one_a_run_would_have() -> None:
    target: Target = Rehearsal(still(world_of(*STATES)), STATES).target

    assert target.overview
    assert target.other_nameservers
    assert target.zone_anchors
