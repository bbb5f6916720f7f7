"""Whose fault: planted troubles and defects over real sockets, and who is blamed for them.

The rule: a case is right where everything that did not end well in it, each failure, warning,
break and block, is held to be whose it is; where the doctor ended the run early, what ended it is.
At most two cases of thirty may be wrong, and those are known, each with the reason. `pytest -rP`
shows the table.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html as lxml_html

from harness.attribution import FILED, LONGEST
from harness.execution import now
from harness.model import Blame
from harness.record import FILE, Record, RecordWriter, read
from harness.reports import html, json_report, junit, summary
from suites.selftest.courses import Courses, Outcome
from suites.selftest.planted import Case
from suites.selftest.planted_at_the_ends import BUGS, CLOCKS, DEFECTS, FILES, READINGS
from suites.selftest.planted_on_the_way import NAMES, PROXIES
from suites.selftest.sample_records import text

CASES = (*NAMES, *PROXIES, *CLOCKS, *FILES, *BUGS, *DEFECTS, *READINGS)
LEAST, OF = 28, 30


@pytest.fixture(scope="module")
def courses() -> Iterator[Courses]:
    running = Courses()
    yield running
    running.close()


def judged(case: Case) -> object:
    marks = pytest.mark.xfail(strict=True, reason=case.hard) if case.hard else ()
    return pytest.param(case, id=case.name, marks=marks)


@pytest.mark.parametrize("case", [judged(case) for case in CASES])
def test_everything_that_does_not_end_well_is_held_to_be_whose_it_is(
    courses: Courses, case: Case
) -> None:
    outcome = courses.outcome(case)

    assert outcome.is_right, "\n".join(map(str, outcome.told))


def test_of_thirty_cases_at_least_twenty_eight_are_right(courses: Courses) -> None:
    outcomes = [courses.outcome(case) for case in CASES]
    right = sum(outcome.is_right for outcome in outcomes)

    sys.stdout.write("\n".join((*table(outcomes), "", f"{right} of {len(outcomes)} right", "")))
    assert len({case.name for case in CASES}) == len(CASES) >= OF
    assert {blame for case in CASES for blame in (case.blame, *case.others.values())} == set(Blame)
    assert right * OF >= LEAST * len(outcomes)


def test_only_what_is_the_subjects_or_the_texts_is_filed(courses: Courses) -> None:
    """Of the cases that are known to be wrong, one files a ticket that it should not."""
    outcomes = [courses.outcome(case) for case in CASES]

    wrong = {
        outcome.case.name
        for outcome in outcomes
        for check, blame in outcome.filed
        if blame not in FILED or outcome.case.whose(check) not in FILED
    }
    unfiled = {
        outcome.case.name
        for outcome in outcomes
        for check in outcome.failed
        if outcome.case.whose(check) in FILED and check not in dict(outcome.filed)
    }
    assert wrong | unfiled <= {case.name for case in CASES if case.hard}
    assert {blame for outcome in outcomes for _, blame in outcome.filed} == FILED


def test_every_sentence_is_one_line_and_says_what_to_do(courses: Courses) -> None:
    for outcome in map(courses.outcome, CASES):
        for told in outcome.told:
            assert told.why == " ".join(told.why.split()), told
            assert told.blame is Blame.SUBJECT or "to do: " in told.why or "waits for" in told.why
            assert told.check is None or len(told.why) <= LONGEST, told


@pytest.mark.parametrize("name", ["proxy compresses", "signature altered", "key in the header"])
def test_every_report_of_what_was_recorded_shows_it(
    courses: Courses, name: str, tmp_path: Path
) -> None:
    outcome = courses.outcome(next(case for case in CASES if case.name == name))
    record = recorded(outcome, tmp_path)

    diagnoses = json.loads(json_report.render(record))["diagnoses"]
    whole = {
        "summary": " ".join(summary.render(record).split()),
        "html": text(lxml_html.document_fromstring(html.render(record))),
        "junit": junit.render(record).decode(),
    }
    for told in outcome.told:
        assert any((told.blame, told.why) == (each["blame"], each["why"]) for each in diagnoses)
        assert f"{told.blame}: {told.why}" in whole["summary"]
        assert f"{told.blame}: {told.why}" in whole["html"]
        assert told.why in whole["junit"]


def recorded(outcome: Outcome, folder: Path) -> Record:
    """The record of a case, written and read back."""
    of = outcome.record
    with RecordWriter(folder / FILE, now) as writer:
        writer.header(of.header)
        for exchange in of.exchanges.values():
            writer.exchange(exchange)
        for finding in of.findings:
            writer.finding(finding)
        for result in of.results:
            writer.result(result)
        for control in of.controls:
            writer.control(control)
        writer.close(complete=True)
    return read(folder)


def table(outcomes: list[Outcome]) -> Iterator[str]:
    """The cases as a table in Markdown: what was planted, whose it is, who is blamed, and why."""
    yield "| planted | expected | found | right | the first sentence |"
    yield "| --- | --- | --- | --- | --- |"
    for outcome in outcomes:
        case, told = outcome.case, outcome.told
        expected = (case.blame, *(f"{check}: {blame}" for check, blame in case.others.items()))
        found = dict.fromkeys(str(each.blame) for each in told)
        why = told[0].why if told else "nothing did not end well"
        mark = "yes" if outcome.is_right else f"no: {case.hard}"
        yield f"| {case.name} | {', '.join(expected)} | {', '.join(found)} | {mark} | {why} |"
