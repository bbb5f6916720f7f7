"""The interpretation register: whole, used, and judged by under every reading."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from inspect import getsource

import pytest

from harness.checks import Check, catalogue, require
from harness.errors import HarnessFault
from harness.model import HttpResponse, Service, Specimen, Verdict
from harness.readings import in_force, readings
from harness.record_lines import Malformed, facts_of, line_of, result_facts, result_of
from harness.requirements import Requirement, requirements
from harness.runner import run, run_captured
from harness.subjects.answer import Answer
from harness.subjects.directory import Directory
from harness.subjects.zone import Zone
from suites.selftest.test_runner import KEY, SHALL, Constant, session

ANSWER = Answer(
    None, None, None, HttpResponse(200, (), b""), None, datetime(2026, 1, 1, tzinfo=UTC)
)
ENTRY = "header-size"


def strict(answer: Answer) -> None:
    """Everything is too long, but by our own reading."""
    ours = answer.reading(ENTRY) == readings()[ENTRY].choice
    require(ours, "flaw", expected="a short field", seen="a long one")


STRICT = Check(
    "TEST-01", (SHALL,), ("flaw",), tuple(Service), tuple(Specimen), strict, reading=ENTRY
)


def test_the_register_has_the_entries_that_the_texts_call_for() -> None:
    assert len(readings()) >= 15


@pytest.mark.parametrize("slug", readings())
def test_an_entry_is_used_or_says_by_whom(slug: str) -> None:
    by_checks = {check.reading for check in catalogue()}
    by_requirements = {entry.register for entry in requirements().values()}

    assert slug in by_checks | by_requirements or readings()[slug].used_by == "client role"


@pytest.mark.parametrize(
    "check", [check for check in catalogue() if check.reading], ids=lambda check: check.id
)
def test_a_check_that_names_a_reading_asks_for_it(check: Check) -> None:
    asked = f'.reading("{check.reading}")'
    subjects = (getsource(subject) for subject in (Zone, Directory, Answer))

    assert any(asked in source for source in (getsource(check.function), *subjects))


@pytest.mark.parametrize(
    "entry", [r for r in requirements().values() if r.register], ids=lambda r: r.slug
)
def test_the_keyword_of_our_choice_is_the_one_a_requirement_is_judged_by(
    entry: Requirement,
) -> None:
    assert entry.register
    register = readings()[entry.register]

    assert register.severity(register.choice, entry.severity) is entry.severity


def test_a_subject_judges_by_our_choice_unless_told_otherwise() -> None:
    assert ANSWER.reading("flag-case") == "either-case"
    assert replace(ANSWER, readings={"flag-case": "lower-case"}).reading("flag-case") == (
        "lower-case"
    )


def test_an_entry_that_does_not_exist_is_our_own_fault() -> None:
    with pytest.raises(HarnessFault, match="no-such-entry"):
        in_force({}, "no-such-entry")


async def test_a_live_check_is_judged_under_every_reading_and_asks_no_more() -> None:
    fetcher = Constant()
    once = await run(replace(STRICT, reading=None), session(fetcher), KEY)
    asked = fetcher.asked
    result = await run(STRICT, session(fetcher), KEY)

    assert once.readings == ()
    assert fetcher.asked == 2 * asked
    assert result.verdict is Verdict.PASSED
    assert result.readings == (
        ("over-16384-warns", Verdict.PASSED),
        ("over-8190-fails", Verdict.FAILED),
        ("over-4000-warns", Verdict.WARNED),
    )


async def test_a_captured_answer_is_judged_under_every_reading() -> None:
    result = await run_captured(STRICT, ANSWER, "x1")

    assert [verdict for _, verdict in result.readings] == [
        Verdict.PASSED,
        Verdict.FAILED,
        Verdict.WARNED,
    ]


async def test_where_only_the_weight_differs_the_check_runs_once() -> None:
    runs = []

    def check(answer: Answer) -> None:
        """Fails."""
        runs.append(answer)
        require(answer is None, "flaw", expected="a", seen="b")

    slug = next(r.slug for r in requirements().values() if r.register == "missing-caching-headers")
    weighed = Check("TEST-02", (slug,), ("flaw",), tuple(Service), tuple(Specimen), check)
    result = await run_captured(weighed, ANSWER, "x1")

    assert len(runs) == 1
    assert result.verdict is Verdict.WARNED
    assert result.readings == (("warns", Verdict.WARNED), ("fails", Verdict.FAILED))


async def test_a_check_that_is_broken_says_nothing_about_readings() -> None:
    def check(zone: Zone) -> None:
        """Looks at nothing."""
        assert zone.reading(ENTRY)

    broken = Check("TEST-03", (SHALL,), ("flaw",), tuple(Service), (), check, reading=ENTRY)
    result = await run(broken, session(Constant()), KEY)

    assert result.verdict is Verdict.BROKEN
    assert result.readings == ()


async def test_readings_survive_the_record() -> None:
    result = await run_captured(STRICT, ANSWER, "x1")

    assert result_of(facts_of(line_of("result", result_facts(result)))) == result


async def test_a_result_of_an_earlier_release_has_no_readings() -> None:
    facts = facts_of(line_of("result", result_facts(await run_captured(STRICT, ANSWER, "x1"))))
    del facts["readings"]

    assert result_of(facts).readings == ()


@pytest.mark.parametrize("readings", [7, ["a"], [["a", 1]], [["a", "sinister"]], [["a", "b", "c"]]])
async def test_readings_that_the_harness_did_not_write_are_refused(readings: object) -> None:
    facts = facts_of(line_of("result", result_facts(await run_captured(STRICT, ANSWER, "x1"))))

    with pytest.raises(Malformed):
        result_of(facts | {"readings": readings})
