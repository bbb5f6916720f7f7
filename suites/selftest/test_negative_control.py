"""The kill proof: every tag is raised by a fault that names it, and by no other fault."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from harness.checks import Check, catalogue
from harness.model import CheckResult, Verdict
from harness.runner import run
from mock_services.faults import Fault, faults
from mock_services.landscape import world_of
from mock_services.world import World
from suites.selftest.in_process import keys_of, session

GREEN = (Verdict.PASSED, Verdict.NOT_APPLICABLE)
STATES = ("GR", "NL")
"""One that has two codes; one whose DSD asks for more attributes."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one check said under one fault, over all subjects."""

    check: Check
    results: tuple[CheckResult, ...]

    @property
    def tags(self) -> set[str]:
        """The tags it reported."""
        return {result.tag for result in self.results if result.tag}

    def said(self) -> str:
        """Its verdicts, for a message."""
        return "; ".join(
            f"{r.member_state}-{r.service}: {r.verdict} {r.tag or r.detail or ''}"
            for r in self.results
        )


async def row(world: World) -> list[Cell]:
    keys = keys_of(STATES)
    async with session(world, keys) as opened:
        return [
            Cell(
                check,
                tuple(
                    [await run(check, opened, key) for key in keys if key.service in check.services]
                ),
            )
            for check in catalogue()
        ]


@pytest.fixture(scope="module")
def world() -> World:
    return world_of(*STATES)


async def test_the_unfaulted_landscape_is_green(world: World) -> None:
    cells = await row(world)

    assert cells
    for cell in cells:
        assert all(result.verdict in GREEN for result in cell.results), (
            f"{cell.check} {cell.said()}"
        )
        assert any(result.verdict is Verdict.PASSED for result in cell.results), (
            f"{cell.check} {cell.said()}"
        )


@pytest.mark.parametrize("seeded", list(faults().values()), ids=lambda f: f.name)
async def test_a_fault_is_seen_by_the_checks_it_names_and_by_no_other(
    seeded: Fault, world: World
) -> None:
    flawed = seeded.apply(world)

    cells = await row(flawed)

    for cell in cells:
        expected = seeded.caught_by.get(cell.check.id)
        if expected:
            assert cell.tags == {expected}, f"{cell.check} on {seeded.name}: {cell.said()}"
            continue
        allowed = (*GREEN, Verdict.BLOCKED) if seeded.blinds(cell.check.id) else GREEN
        assert all(r.verdict in allowed for r in cell.results), (
            f"{cell.check} on {seeded.name}: {cell.said()}"
        )


@pytest.mark.parametrize("seeded", list(faults().values()), ids=lambda f: f.name)
def test_a_fault_names_checks_and_tags_that_exist(seeded: Fault) -> None:
    known = {check.id: check.finds for check in catalogue()}

    assert seeded.caught_by, "a fault that nothing catches proves nothing"
    assert seeded.title
    for check, tag in seeded.caught_by.items():
        assert tag in known[check]


@pytest.mark.parametrize("check", catalogue(), ids=lambda c: c.id)
def test_every_tag_has_a_fault(check: Check) -> None:
    raised = {seeded.caught_by.get(check.id) for seeded in faults().values()}

    assert set(check.finds) <= raised, f"{check.path}: no fault raises {set(check.finds) - raised}"


def test_there_are_at_least_fifteen_checks_in_each_chapter() -> None:
    chapters = [check.chapter for check in catalogue()]

    assert all(chapters.count(name) >= 15 for name in set(chapters))
    assert len(chapters) >= 60
