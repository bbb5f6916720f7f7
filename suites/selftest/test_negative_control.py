"""The kill proof, fault by fault: every tag is raised by a fault that names it, and by no other.

`oots prove` does the same at once; here one fault can be tried with `-k`.
"""

from __future__ import annotations

import asyncio

import pytest

from harness.checks import CHAPTERS, Check, catalogue
from harness.model import FaultNote
from harness.proof import Proof, Row
from harness.proving import row
from harness.requirements import PROFILES
from mock_services.embedded import Embedded
from mock_services.rehearsal import STATES

NOTES = Embedded().faults()


def row_under(fault: str | None) -> Row:
    return asyncio.run(row(Embedded().rehearse(STATES, fault), catalogue()))


@pytest.fixture(scope="module")
def unfaulted() -> Row:
    return row_under(None)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_unfaulted_landscape_is_green(profile: str, unfaulted: Row) -> None:
    proof = Proof(STATES, catalogue(), (), unfaulted, (), whole=False).of_profile(profile)

    assert proof.checks
    assert not proof.problems()


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.name)
def test_a_fault_is_seen_by_the_checks_it_names_and_by_no_other(
    note: FaultNote, unfaulted: Row
) -> None:
    flawed = row_under(note.name)

    found = Proof(STATES, catalogue(), (note,), unfaulted, (flawed,), whole=False).problems()

    assert not [str(problem) for problem in found if problem.kind != "not green"]


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.name)
def test_a_fault_names_checks_and_tags_that_exist(note: FaultNote) -> None:
    known = {check.id: check.finds for check in catalogue()}

    assert note.caught_by or note.blocks, "a fault that nothing notices proves nothing"
    assert note.title
    for check, tag in note.caught_by.items():
        assert tag in known[check]


@pytest.mark.parametrize("check", catalogue(), ids=lambda c: c.id)
def test_every_tag_has_a_fault(check: Check) -> None:
    raised = {note.caught_by.get(check.id) for note in NOTES}

    assert set(check.finds) <= raised, f"{check.path}: no fault raises {set(check.finds) - raised}"


def test_there_are_at_least_fifteen_checks_in_each_chapter() -> None:
    chapters = [check.chapter for check in catalogue()]

    assert all(chapters.count(name) >= 15 for name in CHAPTERS)
