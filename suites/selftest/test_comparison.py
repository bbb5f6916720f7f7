"""What changed between two runs and why: each cause, by what the records hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.comparison import Cause, Comparison, Direction, comparison, facts
from harness.model import REFERENCE, CheckResult, Verdict
from harness.record import Record
from harness.reports.difference import render, sentence
from harness.reports.sheet import Sheet
from suites.selftest.sample_records import (
    CHECKS,
    CLOCK,
    FAILED,
    controlled,
    exchange,
    header,
    mixed,
    record,
    result,
    troubled,
)

PASSED = result("DISC-03", "FI", Verdict.PASSED)
FAILURE = result("DISC-03", "FI", Verdict.FAILED, **FAILED)
BROKEN = replace(PASSED, verdict=Verdict.BROKEN, detail="KeyError")
WAIVED = replace(FAILURE, verdict=Verdict.WAIVED, detail="waived until 2026-10-31")
BLOCKED = replace(PASSED, verdict=Verdict.BLOCKED, detail="eb.test: no reply")
OTHER_ANSWER = b"HTTP/1.1 200\r\n\r\n<b/>"
LASTING: Mapping[str, Any] = MappingProxyType({"target_file": "oots.toml"})


def answering(of: Record, response: bytes) -> Record:
    return replace(of, exchanges={ident: exchange(ident, response) for ident in of.exchanges})


def only(of: Comparison) -> tuple[Direction, Cause, str]:
    (change,) = of.changes
    return change.direction, change.cause, change.why


def catalogue(**changed: object) -> list[dict[str, object]]:
    """The usual catalogue with something else said of DISC-03."""
    entries = header()["catalogue"]
    assert isinstance(entries, list)
    return [{**each, **(changed if each["check"] == "DISC-03" else {})} for each in entries]


def target(nameserver: str) -> dict[str, object]:
    return {"name": "Ministry", "reached": {"nameserver": nameserver}}


HERE, THERE = target("192.0.2.7 port 53"), target("192.0.2.8 port 53")
NEW_HARNESS = {"harness": "0.2.0", "python": "3.11.7", "libraries": {"lxml": "6.1"}}


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        (record(PASSED), answering(record(FAILURE), OTHER_ANSWER), Cause.SUBJECT),
        (record(PASSED), record(FAILURE, rules="9" * 64), Cause.RULES),
        (record(PASSED), record(FAILURE, versions=NEW_HARNESS), Cause.RULES),
        (
            record(PASSED),
            answering(record(FAILURE, versions=NEW_HARNESS), OTHER_ANSWER),
            Cause.UNKNOWN,
        ),
        (
            record(PASSED),
            answering(record(FAILURE, rules="9" * 64), OTHER_ANSWER),
            Cause.SUBJECT,
        ),
        (
            record(PASSED),
            answering(
                record(FAILURE, rules="9" * 64, catalogue=catalogue(keyword="should")),
                OTHER_ANSWER,
            ),
            Cause.UNKNOWN,
        ),
        (
            record(PASSED, target=HERE, **LASTING),
            answering(record(FAILURE, target=THERE, **LASTING), OTHER_ANSWER),
            Cause.CONFIGURATION,
        ),
        (
            record(PASSED, target=HERE, **LASTING),
            record(FAILURE, target=THERE, **LASTING),
            Cause.CONFIGURATION,
        ),
        (
            record(PASSED, target=HERE),
            answering(record(FAILURE, target=THERE), OTHER_ANSWER),
            Cause.SUBJECT,
        ),
        (record(PASSED), record(FAILURE), Cause.UNKNOWN),
        (record(FAILURE), record(WAIVED), Cause.WAIVER),
        (record(WAIVED), record(FAILURE), Cause.WAIVER),
        (record(PASSED), record(BROKEN), Cause.HARNESS),
        (record(BROKEN), record(PASSED), Cause.HARNESS),
        (record(PASSED), answering(record(BLOCKED), OTHER_ANSWER), Cause.UNKNOWN),
        (record(PASSED), record(FAILURE, fault="root_without_tls"), Cause.SUBJECT),
        (
            record(FAILURE),
            answering(record(PASSED, repeats={"run": header()["run"], "verdicts": [
                ["DISC-03", "FI", "eb", "acc", "failed"]
            ]}, run="again"), OTHER_ANSWER),
            Cause.REPEAT,
        ),
        (
            record(PASSED),
            replace(record(FAILURE), findings=(replace(CLOCK, explains=("DISC-*",)),)),
            Cause.CONFIGURATION,
        ),
        (
            replace(record(FAILURE), findings=(replace(CLOCK, explains=("DISC-*",)),)),
            record(PASSED),
            Cause.CONFIGURATION,
        ),
        (
            record(PASSED),
            replace(record(FAILURE), controls=(controlled(FAILURE, "around", Verdict.PASSED),)),
            Cause.NETWORK,
        ),
        (
            record(PASSED),
            replace(record(FAILURE), controls=(controlled(FAILURE, REFERENCE, Verdict.FAILED),)),
            Cause.HARNESS,
        ),
    ],
    ids=str,
)  # fmt: skip
def test_the_cause_is_told_by_what_the_records_hold(
    before: Record, after: Record, cause: Cause
) -> None:
    found = comparison(before, after)

    assert only(found)[1] is cause
    assert str(cause) in " ".join(render(found, sheet=Sheet()).split())


@pytest.mark.parametrize("without", [0, 1])
def test_where_the_bytes_are_not_recorded_only_what_is_left_can_be_the_cause(without: int) -> None:
    runs = [record(PASSED), record(FAILURE)]
    runs[without] = replace(runs[without], exchanges={})
    ruled = [*runs[:1], replace(runs[1], header={**runs[1].header, "rules": "9" * 64})]

    assert only(comparison(runs[0], runs[1]))[1] is Cause.SUBJECT
    assert only(comparison(ruled[0], ruled[1]))[1] is Cause.UNKNOWN


@pytest.mark.parametrize(
    ("before", "after", "direction", "worse"),
    [
        (PASSED, FAILURE, Direction.WORSE, True),
        (FAILURE, PASSED, Direction.BETTER, False),
        (BLOCKED, FAILURE, Direction.WORSE, True),
        (PASSED, BLOCKED, Direction.WORSE, True),
        (FAILURE, WAIVED, Direction.BETTER, False),
        (WAIVED, FAILURE, Direction.WORSE, True),
        (PASSED, replace(PASSED, verdict=Verdict.WARNED), Direction.WORSE, True),
        (PASSED, replace(PASSED, verdict=Verdict.NOT_APPLICABLE), Direction.OTHERWISE, False),
        (FAILURE, replace(FAILURE, tag="another"), Direction.OTHERWISE, False),
        (None, FAILURE, Direction.NEW, True),
        (None, PASSED, Direction.NEW, False),
        (PASSED, None, Direction.GONE, False),
    ],
    ids=str,
)
def test_each_change_has_a_direction_and_some_are_for_the_worse(
    before: CheckResult | None,
    after: CheckResult | None,
    direction: Direction,
    *,
    worse: bool,
) -> None:
    first, second = (record(*([each] if each else [])) for each in (before, after))

    found = comparison(first, second)

    assert only(found)[0] is direction
    assert bool(found.worse) is worse


def test_a_failure_that_shows_itself_otherwise_is_no_change() -> None:
    found = comparison(record(FAILURE), record(replace(FAILURE, seen="http://b.test/")))

    assert not found.changes
    assert found.unchanged == {Verdict.FAILED: 1}
    assert sentence(found) == "Nothing changed."


@pytest.mark.parametrize(
    ("first", "second", "cause", "why"),
    [
        (record(), record(PASSED), Cause.CONFIGURATION, "was not asked in the first run"),
        (record(PASSED), record(), Cause.CONFIGURATION, "was not asked in the second run"),
        (record(catalogue=[]), record(PASSED), Cause.RULES, "the first run does not have this"),
        (record(PASSED), record(catalogue=[]), Cause.RULES, "the second run does not have this"),
        (record(PASSED), record(complete=False), Cause.UNKNOWN, "broken off before it"),
    ],
    ids=["asked", "not asked", "new check", "removed check", "broken off"],
)
def test_what_only_one_run_has_is_told_with_the_reason(
    first: Record, second: Record, cause: Cause, why: str
) -> None:
    _, seen, told = only(comparison(first, second))

    assert seen is cause
    assert why in told


def test_a_run_that_the_doctor_stopped_is_worse_and_tells_what_stopped_it() -> None:
    stopped = replace(record(), findings=(replace(CLOCK, fatal=True),))

    (change,) = comparison(record(PASSED), stopped).worse

    assert change.cause is Cause.CONFIGURATION
    assert f"the doctor stopped the second run: {CLOCK.title}" in change.why


def test_what_a_repeat_did_not_ask_is_no_change_but_counted() -> None:
    repeats = {
        "run": header()["run"],
        "verdicts": [["DISC-03", "FI", "eb", "acc", "failed"]],
    }
    before = record(FAILURE, *(result("DISC-01", who, Verdict.PASSED) for who in ("FI", "DE")))
    after = record(FAILURE, run="again", repeats=repeats)

    found = comparison(before, after)

    assert (found.changes, found.left_out, found.is_repeat) == ((), 2, True)
    assert "only repeats what failed" in render(found, sheet=Sheet())


def test_what_is_blocked_by_another_check_changes_because_of_it() -> None:
    blocked = result("LOOK-01", "FI", Verdict.BLOCKED, detail="the answer: no; see DISC-03")
    before = record(PASSED, result("LOOK-01", "FI", Verdict.PASSED))
    after = answering(record(FAILURE, blocked), OTHER_ANSWER)

    found = {change.result.check: change for change in comparison(before, after).changes}

    assert (found["LOOK-01"].follows, found["LOOK-01"].cause) == ("DISC-03", Cause.SUBJECT)
    assert found["DISC-03"].follows is None
    told = render(comparison(before, after), sheet=Sheet())
    assert "1 result of 1 check  passed -> blocked: follow from DISC-03 (their system)" in told
    assert sentence(comparison(before, after)) == (
        "2 results got worse or fail anew, 1 of them because others did; why: 1 their system."
    )


def test_what_differs_besides_the_answers_is_told() -> None:
    found = comparison(
        record(PASSED, target=HERE, **LASTING),
        record(PASSED, target=THERE, rules="9" * 64, selection={"profile": "2022"}, **LASTING),
    )

    told = render(found, sheet=Sheet())
    assert "  rules: 111111111111 -> 999999999999\n" in told
    assert "  profile: none -> 2022\n" in told
    assert "  reached.nameserver: 192.0.2.7 port 53 -> 192.0.2.8 port 53\n" in told
    assert "same rules" not in told


def test_ports_of_a_landscape_are_no_difference() -> None:
    found = comparison(record(PASSED, target=HERE), record(PASSED, target=THERE))

    assert found.settings == ()
    assert "The same was asked, by the same rules, of the same" in render(found, sheet=Sheet())


def test_seen_before_and_after_are_shown_with_what_to_do() -> None:
    before = record(replace(FAILURE, tag="other", seen="ftp://", verdict=Verdict.WARNED))
    told = render(comparison(before, troubled()), sheet=Sheet())

    assert "  DISC-03  warned other -> failed naptr-root-not-https: FI eb acc\n" in told
    assert "before:    expected https://<host>, seen ftp://" in told
    assert "after:     expected https://<host>, seen http://a.test/" in told
    assert "reproduce: oots run --target 'my targets/oots.toml' --member-state FI" in told
    assert "by hand:   dig @192.0.2.7" in told


@pytest.mark.parametrize("width", [40, 80, 120])
def test_every_line_but_the_commands_fits_the_terminal(width: int) -> None:
    told = render(comparison(mixed(), troubled()), sheet=Sheet(width))

    wide = [line for line in told.splitlines() if len(line) > width]
    assert [li for li in wide if not li.startswith(("    reproduce: ", "    by hand:   "))] == []


VERDICTS = st.sampled_from(Verdict)
RUNS = st.dictionaries(
    st.tuples(st.sampled_from([check[0] for check in CHECKS]), st.sampled_from(["FI", "DE"])),
    VERDICTS,
).map(lambda told: record(*(result(*name, verdict) for name, verdict in told.items())))


@given(RUNS)
def test_a_run_differs_in_nothing_from_itself(of: Record) -> None:
    found = comparison(of, of)

    assert found.changes == ()
    assert sum(found.unchanged.values()) == len(of.results)


@given(RUNS, RUNS)
def test_nothing_is_lost_and_the_way_back_is_the_opposite(first: Record, second: Record) -> None:
    there, back = comparison(first, second), comparison(second, first)

    opposite = {
        Direction.WORSE: Direction.BETTER,
        Direction.BETTER: Direction.WORSE,
        Direction.OTHERWISE: Direction.OTHERWISE,
        Direction.NEW: Direction.GONE,
        Direction.GONE: Direction.NEW,
    }
    names = {(r.check, r.member_state) for r in (*first.results, *second.results)}
    assert len(there.changes) + sum(there.unchanged.values()) == len(names)
    assert {
        (c.result.check, c.result.member_state, opposite[c.direction]) for c in there.changes
    } == {(c.result.check, c.result.member_state, c.direction) for c in back.changes}


def test_json_holds_every_change_with_both_sides() -> None:
    found = comparison(record(PASSED), answering(record(FAILURE), OTHER_ANSWER))

    told = json.loads(json.dumps(facts(found)))

    (change,) = told["changes"]
    assert (change["direction"], change["cause"]) == ("worse", "their system")
    assert (change["before"]["verdict"], change["after"]["tag"]) == ("passed", FAILURE.tag)
    assert told["worse"] == 1
