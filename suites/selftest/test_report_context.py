"""What reports say beside the verdicts: blame, the doctor, waivers, repeats, and commands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from harness.model import REFERENCE, Blame, Verdict
from harness.record import Record
from harness.record_lines import waiver_facts
from harness.reports import allure, html, json_report, junit, summary
from harness.reports.context import blames, doctor, waivers_told
from harness.reports.headline import exit_words, headline, mark, sentence
from harness.verdicts import Exit
from suites.selftest.sample_records import (
    CLOCK,
    FAILED,
    FATAL,
    HEALED,
    IDLE,
    NOT_MADE,
    SOUND,
    WAIVER,
    cases,
    controlled,
    mixed,
    page,
    record,
    result,
    text,
    troubled,
)

REPEATS = {"run": "20260831T101500Z-77aa", "verdicts": [["DISC-01", "FI", "eb", "acc", "failed"]]}
PASSED = result("DISC-01", "FI", Verdict.PASSED)
FAILURE = result("DISC-03", "FI", Verdict.FAILED, **FAILED)
WHY = "the same check is green on the embedded reference, and the doctor found nothing"
COMMAND = (
    "oots run --target 'my targets/oots.toml' --member-state FI --service eb --environment acc"
    " --check DISC-03"
)
BY_HAND = "dig @192.0.2.7 -p 5300 -t NAPTR -q fi.eb.test. +noadflag +bufsize=1232 +nocookie"


def allured(of: Record, folder: Path) -> list[dict[str, Any]]:
    allure.write(of, folder)
    return [json.loads(path.read_bytes()) for path in sorted(folder.glob("*-result.json"))]


def everything_told(of: Record, folder: Path) -> dict[str, str]:
    """The text of each report."""
    told = json_report.render(of)
    lists = [", ".join(each["evidence"]) for each in json.loads(told)["diagnoses"]]
    elements = ET.fromstring(junit.render(of)).iter()
    return {
        "summary": " ".join(summary.render(of).split()),
        "html": text(page(of)),
        "json": "\n".join((told, *lists)),
        "junit": "\n".join(
            part for el in elements for part in (el.text or "", *el.attrib.values())
        ),
        "allure": json.dumps(allured(of, folder)),
    }


@pytest.mark.parametrize(
    "told",
    [
        WHY,
        "x1, x2",
        "cs.zone, line 12",
        "repeat of 20260831T101500Z-77aa: was failed",
        COMMAND,
        BY_HAND,
        "name server 192.0.2.8 port 53",
        "2 h behind",
        "the text can be read so that it passes",
        "Ada Lovelace (ticket JIRA-77)",
    ],
)
def test_every_report_tells_it(told: str, tmp_path: Path) -> None:
    for name, whole in everything_told(troubled(), tmp_path).items():
        assert told in whole, name


def test_every_report_says_whose_each_failure_is(tmp_path: Path) -> None:
    expected = {"subject": 2, "network": 1, "harness": 1, "text": 1}
    told = json.loads(json_report.render(troubled()))

    in_junit = [
        p.get("value") or ""
        for case in cases(troubled())
        if case.find("failure") is not None
        for p in case.iter("property")
        if p.get("name") == "blame"
    ]
    in_allure = [
        label["value"].removeprefix("blame: ")
        for case in allured(troubled(), tmp_path)
        if case["status"] == "failed"
        for label in case["labels"]
        if label["value"].startswith("blame: ")
    ]
    in_page = [
        text(row[1]).partition(":")[0]
        for row in page(troubled()).xpath("//section[@id='failures']//dl/div")
        if text(row[0]) == "Whose"
    ]

    assert told["blames"] == expected == {str(b): n for b, n in blames(troubled()).items()}
    for seen in (in_junit, in_allure, in_page):
        assert {word: seen.count(word) for word in expected} == expected


def test_failures_that_are_several_peoples_are_several_findings() -> None:
    lines = summary.render(troubled()).splitlines()

    assert [line for line in lines if line.startswith("  DISC-03  ")] == [
        "  DISC-03  naptr-root-not-https: DE eb acc",
        "  DISC-03  naptr-root-not-https: FI eb acc",
    ]


def test_the_headline_counts_the_checks_by_whose_they_are() -> None:
    late = result("LOOK-01", "FI", Verdict.FAILED, tag="too-old", expected="a", seen="b")
    of = replace(
        record(FAILURE, late),
        controls=(controlled(FAILURE, REFERENCE, Verdict.PASSED),),
        findings=(replace(CLOCK, explains=("LOOK-01",)),),
    )

    assert sentence(of) == (
        "Not conformant: 2 checks fail on 1 subject: 1 subject, 1 configuration."
    )


def test_a_check_that_is_several_peoples_has_its_results_counted() -> None:
    assert headline(troubled())[1] == (
        "3 checks fail on 2 subjects, 5 results: 2 subject, 1 network, 1 harness, 1 text."
    )


def test_a_run_in_which_nothing_fails_because_of_the_subject_is_no_verdict() -> None:
    of = replace(record(FAILURE), findings=(replace(CLOCK, explains=("DISC-*",)),))

    assert headline(of) == (
        "No verdict",
        "1 check fails on 1 subject, but none because of the subject: 1 configuration.",
    )
    assert (of.exit, mark(of)) == (Exit.FAILED, Verdict.BLOCKED)
    assert "No verdict" in text(page(of).find(".//h1"))


def test_blame_is_not_told_where_nothing_was_looked_at(tmp_path: Path) -> None:
    for whole in everything_told(mixed(), tmp_path).values():
        assert "no control was run" not in whole
        assert "whose:" not in whole.lower()
        assert "Doctor" not in whole


def test_a_block_that_is_explained_says_by_whom() -> None:
    blocked = result("LOOK-01", "FI", Verdict.BLOCKED, detail="eb.test: no reply")
    of = replace(record(blocked), findings=(replace(CLOCK, explains=("LOOK-*",)),))
    half = replace(of, results=(*of.results, result("DISC-01", "FI", Verdict.BLOCKED, detail="x")))

    assert "could not be reached (configuration)." in sentence(of)
    assert "could not be reached (configuration and not known whose)." in sentence(half)
    assert "whose: configuration: the doctor's probe clock" in " ".join(summary.render(of).split())
    assert "Whose: configuration: the doctor's" in text(page(of).get_element_by_id("not-judged"))


@pytest.mark.parametrize(
    ("findings", "line"),
    [
        ((SOUND, SOUND), "Doctor: 2 probes, all well\n"),
        ((SOUND, NOT_MADE), "Doctor: 2 probes, all well, 1 not made\n"),
        ((SOUND, CLOCK), "DOCTOR (2 probes, 1 trouble)\n  clock: Is the clock"),
        ((CLOCK, FATAL), "DOCTOR (2 probes, 2 troubles)\n  dns-tcp: Does the name server"),
    ],
    ids=["well", "not made", "trouble", "fatal first"],
)
def test_the_doctor_comes_first_and_takes_one_line_where_all_is_well(
    findings: tuple[Any, ...], line: str
) -> None:
    of = replace(record(FAILURE), findings=findings)

    told = summary.render(of)

    assert line in told
    assert told.index(line) < told.index("FAILED (1)")
    assert str(doctor(of)) in text(page(of).get_element_by_id("doctor"))


def test_what_keeps_everything_from_being_judged_is_said_in_the_verdict_and_an_error() -> None:
    of = replace(record(), findings=(FATAL,))

    (error,) = ET.fromstring(junit.render(of)).iter("error")

    assert "before this is mended: dns-tcp (configuration)" in sentence(of)
    assert error.get("type") == "configuration"


def test_a_page_with_everything_has_a_place_for_everything() -> None:
    shown = page(troubled())

    ids = shown.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in shown.xpath("//a/@href")} <= set(ids)
    assert shown.xpath("//nav//a/@href")[:3] == ["#doctor", "#waivers", "#repeated"]
    assert set(shown.xpath("//@aria-labelledby")) <= set(ids)
    assert "href='" not in html.render(troubled())


def test_waivers_are_all_shown_with_what_became_of_them() -> None:
    rows = {
        text(row[0]): text(row[1])
        for row in page(troubled()).xpath("//section[@id='waivers']//tbody/tr")
    }

    assert rows == {
        "DISC-01 of SE, acc": "covers 1 result",
        "DISC-01 of FI, acc": "stale: it expired on 2026-08-30, 2 days before this run",
        "LOOK-01 of DK, acc": (
            "stale: what it covers does not fail any more: LOOK-01 passed on DK eb acc"
        ),
        "DISC-01 of LU, acc": "nothing of it was asked",
    }
    assert "STALE WAIVERS (2)" in summary.render(troubled())
    assert waivers_told(troubled()) == "4, of which 2 stale and 1 about nothing that was asked"


def test_a_waiver_whose_failure_was_not_seen_is_told_as_such() -> None:
    idle = result("DISC-01", "LU", Verdict.BLOCKED, detail="why")
    of = record(idle, waivers=[waiver_facts(IDLE)])

    assert "in force; nothing it covers was seen" in text(page(of).get_element_by_id("waivers"))


def test_a_run_that_only_a_stale_waiver_fails_says_so_everywhere(tmp_path: Path) -> None:
    of = record(result("LOOK-01", "DK", Verdict.PASSED), waivers=[waiver_facts(HEALED)])

    assert (of.exit, mark(of)) == (Exit.FAILED, Verdict.FAILED)
    assert sentence(of) == "Stale waivers: 1 waiver is stale, and nothing else fails."
    assert exit_words(of) == "a waiver is stale"
    assert summary.render(of).endswith("Exit code 1: a waiver is stale.")
    (failure,) = ET.fromstring(junit.render(of)).iter("failure")
    assert "LOOK-01 passed on DK eb acc" in str(failure.get("message"))
    root = ET.fromstring(junit.render(of))
    assert (root.get("tests"), root.get("failures")) == ("2", "1")


def test_a_waived_failure_is_shown_in_junit_with_its_terms_and_its_tag() -> None:
    discovery = [case for case in cases(troubled()) if case.get("classname") != "doctor"]

    (skipped,) = (told.get("message") for case in discovery for told in case.iter("skipped"))

    assert "waived until 2026-10-31 by Ada Lovelace" in str(skipped)
    assert "naptr-root-not-https: expected https://<host>" in str(skipped)


def test_a_pass_on_repeat_is_never_a_plain_pass(tmp_path: Path) -> None:
    of = record(PASSED, repeats=REPEATS)
    label = "repeat of 20260831T101500Z-77aa: was failed"

    (case,) = (case for case in cases(of) if case.get("classname") == "discovery.DISC-01")
    (shown,) = allured(of, tmp_path)

    assert headline(of)[0] == "Passed on repeat"
    assert mark(of) is Verdict.WARNED
    assert "green now: 1 that was failed" in sentence(of)
    assert "GREEN ON REPEAT (1)\n  DISC-01  was failed, passed now: FI eb acc" in summary.render(of)
    (row,) = page(of).xpath("//section[@id='repeated']//tbody/tr")
    assert [text(cell) for cell in row[1:]] == ["FI eb acc", "failed", "passed"]
    assert label in str(case.findtext("system-out"))
    assert shown["statusDetails"] == {"message": label, "flaky": True}
    (told,) = json.loads(json_report.render(of))["diagnoses"]
    assert (told["verdict"], told["repeat"]) == ("passed", label)


def test_a_repeat_that_is_not_green_either_says_so() -> None:
    of = record(replace(PASSED, verdict=Verdict.BLOCKED, detail="why"), repeats=REPEATS)

    assert "repeats 1 result of run 20260831T101500Z-77aa; none of them is green now" in sentence(
        of
    )


def test_a_redacted_record_says_what_was_taken_out() -> None:
    of = record(PASSED, redacted=["hosts", "participants"])

    assert "redacted for sharing: hosts and participants" in summary.render(of)
    assert "Redacted" in text(page(of).find(".//header"))
    assert json.loads(json_report.render(of))["redacted"] == ["hosts", "participants"]


def test_no_line_but_the_commands_is_wider_than_a_terminal() -> None:
    commands = ("    reproduce: ", "    by hand:   ")

    lines = summary.render(troubled()).splitlines()

    assert [line for line in lines if len(line) > 80 and not line.startswith(commands)] == []


def test_a_command_by_hand_is_told_only_for_a_target_that_outlives_the_run() -> None:
    of = replace(troubled(), header={**troubled().header, "target_file": None})

    assert "by hand:" in summary.render(troubled())
    assert "by hand:" not in summary.render(of)
    assert "--target" not in summary.render(of)


def test_every_blame_has_been_shown() -> None:
    told = summary.render(troubled())

    assert all(f"whose:     {blame}" in told for blame in Blame)
    assert WAIVER.ticket in told
