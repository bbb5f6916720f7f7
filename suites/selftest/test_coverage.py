"""Every requirement is tested or says why not; the committed table is what the code says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.checks import catalogue
from harness.coverage import Row, State, markdown, numbered, rows, unproven
from harness.data import FIXTURES
from harness.model import FaultNote
from harness.requirements import requirements
from mock_services.embedded import Embedded

FAULTS = Embedded().faults()
TABLE = rows(requirements().values(), catalogue(), FAULTS)
NUMBERS = (
    *(f"D{n:02}" for n in (*range(1, 15), *range(20, 27), *range(30, 33), *range(40, 52))),
    *(f"O{n}" for n in range(1, 15)),
    *(f"P{n}" for n in range(1, 16)),
    *(f"C{n}" for n in range(1, 8)),
    *(f"4.2-{group}" for group in ("body", "jws", "sigD", "keys", "time", "semantics")),
)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.requirement.slug)
def test_a_requirement_is_tested_or_says_why_not(row: Row) -> None:
    assert row.state is not State.OPEN


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.requirement.slug)
def test_what_is_tested_does_not_say_that_it_is_not(row: Row) -> None:
    assert not (row.checks and row.requirement.not_tested)


@pytest.mark.parametrize("number", NUMBERS)
def test_every_number_of_the_list_of_requirements_is_found(number: str) -> None:
    assert numbered(TABLE, number)


def test_the_committed_table_is_what_the_code_says() -> None:
    committed = (FIXTURES / "coverage.md").read_text("utf-8")

    assert committed == markdown(TABLE), "run `oots coverage --markdown > fixtures/coverage.md`"


def test_a_requirement_without_check_and_reason_is_open() -> None:
    entry = replace(next(iter(requirements().values())), not_tested=None)
    reasoned = replace(entry, not_tested="it cannot be seen")

    states = [row.state for row in rows((entry, reasoned), (), ())]

    assert states == [State.OPEN, State.NOT_TESTED]


def test_an_open_requirement_is_loud_in_the_table() -> None:
    entry = replace(next(iter(requirements().values())), not_tested=None)

    assert "| **open** |" in markdown(rows((entry,), (), ()))


def test_a_fault_stands_beside_the_check_that_catches_it() -> None:
    check = catalogue()[0]
    entry = requirements()[check.verifies[0]]
    fault = FaultNote("a_fault", "A fault", {check.id: check.finds[0]})

    (row,) = rows((entry,), (check,), (fault,))

    assert row.faults == ((check.id, ("a_fault",)),)
    assert unproven((check,), ()) == tuple((check.id, tag) for tag in check.finds)
    assert (check.id, check.finds[0]) not in unproven((check,), (fault,))


def test_a_number_is_found_whatever_its_case() -> None:
    assert numbered(TABLE, "p5") == numbered(TABLE, "P5")
