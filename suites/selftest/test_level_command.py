"""`oots level`: what it prints about the level of each Member State."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace

import pytest

from harness.cli import level as command
from harness.errors import UsageFault
from harness.levels import ORIGIN
from harness.model import CheckResult, Verdict
from harness.record import Record
from suites.selftest.test_levels import CATALOGUE, results, with_cell


def said(
    found: tuple[CheckResult, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *options: str,
    complete: bool = True,
) -> str:
    """What the command prints about a run."""
    footer = {"complete": True} if complete else None
    header = {"run": "20260901T083000Z-3f9a", "catalogue": CATALOGUE, "fault": None}
    record = Record(header, {}, found, footer, torn=False)
    monkeypatch.setattr("harness.record.read", lambda *_, **__: record)
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args(["run.jsonl", *options])) == 0
    return capsys.readouterr().out


def test_the_command_says_the_level_what_is_missing_and_whose_reading_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = with_cell(results(Verdict.PASSED), 6, Verdict.FAILED)

    text = said(run, monkeypatch, capsys)

    assert "FI            acc          3 Intermediate" in text
    assert "failed (eb): DISC-04" in text
    assert ORIGIN in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80


def test_the_command_names_the_check_without_which_nothing_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = with_cell(results(Verdict.PASSED), 0, Verdict.FAILED)

    text = said(run, monkeypatch, capsys)

    assert "FI            acc          1 Initial" in text
    assert "eb: 3 of 4 pass, 2 have to, and so has DISC-01" in " ".join(text.split())


def test_the_command_says_that_a_run_was_broken_off(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(results(Verdict.PASSED), monkeypatch, capsys, complete=False)

    assert "broken off" in text


def test_member_states_that_lack_the_same_are_named_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    finland = results(Verdict.PASSED)
    greece = tuple(replace(r, member_state="GR") for r in finland)

    text = said((*finland, *greece), monkeypatch, capsys)

    assert "FI (acc), GR (acc) for 5 First live transactions:" in text
    assert text.count("- not yet shown: ") == 2


def test_the_command_prints_one_json_object(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(results(Verdict.PASSED), monkeypatch, capsys, "--json", "--member-state", "fi")

    (told,) = json.loads(text)["levels"]
    assert (told["member_state"], told["level"], told["next"]) == ("FI", 4, 5)


def test_a_member_state_that_was_not_asked_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageFault, match="'SE'"):
        said(results(Verdict.PASSED), monkeypatch, capsys, "--member-state", "SE")


def test_a_record_without_any_member_state_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageFault, match="at least one Member State"):
        said((), monkeypatch, capsys)


def test_a_level_for_which_nothing_was_judged_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = results(Verdict.BLOCKED)

    text = said(blocked, monkeypatch, capsys)
    (told,) = json.loads(said(blocked, monkeypatch, capsys, "--json"))["levels"]

    assert f"1 Initial  not judged ({len(blocked)} blocked)" in text
    assert told["judged"] is False
    assert "not judged" not in said(results(Verdict.PASSED), monkeypatch, capsys)
