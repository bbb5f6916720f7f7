"""Every report is a view of one record: the same numbers, nothing hidden, nothing obeyed."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from harness.model import Verdict
from harness.record_lines import result_facts
from harness.reports import json_report, junit, summary, views
from harness.reports.headline import headline, sentence
from harness.reports.sheet import Sheet, wants_colour
from harness.reports.words import EXIT, MEANING, MEMBER_STATES, SYMBOL
from harness.verdicts import Exit
from suites.selftest.sample_records import (
    COUNTS,
    FAILED,
    cases,
    mixed,
    page,
    record,
    result,
    text,
)


def test_every_word_is_explained() -> None:
    assert set(SYMBOL) == set(MEANING) == set(Verdict)
    assert set(EXIT) == set(Exit)
    assert len(MEMBER_STATES) == 27


def test_all_reports_show_the_same_numbers() -> None:
    told = json.loads(json_report.render(mixed()))
    lines = summary.render(mixed()).splitlines()
    heads, sums = (next(li.split()[1:] for li in lines if li.startswith(w)) for w in ("Ch", "all"))
    figures = page(mixed()).xpath("//dl[@class='figures']/div")
    marks = Counter(
        p.get("value")
        for p in ET.fromstring(junit.render(mixed())).iter("property")
        if p.get("name") == "verdict"
    )

    in_words = {str(verdict): count for verdict, count in COUNTS.items()}
    assert told["counts"] == in_words == marks
    assert dict(zip(heads, map(int, sums), strict=True)) == {
        word.replace("not applicable", "n/a"): count for word, count in in_words.items()
    }
    assert {text(f[0]).lower(): int(text(f[1])) for f in figures} == {"results": 38, **in_words}


def test_the_sums_of_junit_add_up() -> None:
    root = ET.fromstring(junit.render(mixed()))

    for name, total in (("tests", 38), ("failures", 4), ("errors", 3), ("skipped", 2)):
        suites = sum(int(suite.get(name, "")) for suite in root.iter("testsuite"))
        assert (int(root.get(name, "")), suites) == (total, total)


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("verdict", Verdict)
def test_only_a_run_that_judged_something_to_its_end_is_conformant(
    verdict: Verdict, *, complete: bool
) -> None:
    of = record(result("DISC-01", "FI", verdict, detail="why"), complete=complete)

    word, _ = headline(of)

    green = verdict in (Verdict.PASSED, Verdict.WARNED, Verdict.WAIVED)
    assert (word == "Conformant") == (green and complete)
    assert word in text(page(of).find(".//h1"))
    assert word in summary.render(of)
    assert json.loads(json_report.render(of))["exit"] == of.exit


def test_a_run_of_nothing_is_no_verdict() -> None:
    assert sentence(record()).startswith("No verdict: nothing was there to judge.")


def test_a_run_broken_off_is_an_error_in_junit() -> None:
    of = record(result("DISC-01", "FI", Verdict.PASSED), complete=False)

    root = ET.fromstring(junit.render(of))

    assert [error.get("type") for error in root.iter("error")] == ["incomplete"]
    assert (root.get("tests"), root.get("errors")) == ("2", "1")


def test_the_same_finding_on_many_subjects_is_told_once() -> None:
    found = views.findings(mixed(), Verdict.FAILED)

    told = summary.render(mixed())
    assert [(f.first.tag, len(f.results), f.varied) for f in found] == [
        ("naptr-root-not-https", 4, True)
    ]
    assert told.count("naptr-root-not-https") == 1
    assert "DE eb acc, FI eb acc ... (4 subjects)" in told
    assert "    shown:     DE eb acc; others differ\n" in told


def test_failures_come_first_and_the_verdict_last() -> None:
    ended = summary.Ended(Path("/tmp/out"), ("report.html",), ("1",), mixed().exit)
    lines = summary.render(mixed(), ended=ended).splitlines()

    heads = [line.partition(" (")[0] for line in lines if re.match(r"[A-Z]{6,7} \(\d", line)]
    assert heads == ["FAILED", "BROKEN", "BLOCKED", "WARNED", "WAIVED"]
    assert lines[-1] == "Exit code 1: at least one failure."
    assert "report.html" in lines[-2]
    assert "oots desk list" in lines[-3]


def test_reasons_that_differ_in_an_address_only_are_folded() -> None:
    (reason,) = views.reasons(mixed(), Verdict.BLOCKED)

    assert reason.text == "<address> is not https; see DISC-03"
    assert len(reason.results) == 2


@pytest.mark.parametrize(
    ("detail", "reason"),
    [
        ("fi.eb.v1.test: no NAPTR record (NXDOMAIN); see DISC-01", "no NAPTR record"),
        ("the answer: version 2.0.1 is not known", "version 2.0.1 is not known"),
    ],
)
def test_a_single_reason_is_told_as_it_was(detail: str, reason: str) -> None:
    of = record(result("LOOK-01", "FI", Verdict.BLOCKED, detail=detail))

    assert views.reasons(of, Verdict.BLOCKED)[0].text.startswith(reason)


def test_a_failure_says_how_to_see_it_again() -> None:
    failed = views.of_verdict(mixed(), Verdict.FAILED)[0]

    command = views.reproduction(mixed(), failed)

    assert command == (
        "oots run --member-state DE --service eb --environment acc --check DISC-03"
        " --fault root_without_tls"
    )
    assert command in summary.render(mixed())
    assert command in json.dumps([text(e) for e in page(mixed()).xpath("//code")])


def test_member_states_are_grouped_by_the_worst_that_was_found() -> None:
    told = summary.render(mixed())

    assert "  failed        DE (1), FI (2), GR/EL (1)\n" in told
    assert "  warned        MT (1)\n" in told
    assert re.search(r"  passed {8}BE, BG, CY", told)


def test_no_line_is_wider_than_a_terminal_but_the_commands() -> None:
    lines = summary.render(mixed()).splitlines()

    assert [li for li in lines if len(li) > 80 and not li.startswith("    reproduce: ")] == []


def test_colour_is_never_the_only_sign() -> None:
    painted = summary.render(mixed(), sheet=Sheet(colour=True))

    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == summary.render(mixed())
    assert painted != summary.render(mixed())


@pytest.mark.parametrize(
    ("terminal", "environ", "wanted"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_colour_is_given_to_terminals_that_welcome_it(
    environ: dict[str, str], *, terminal: bool, wanted: bool
) -> None:
    assert wants_colour(terminal=terminal, environ=environ) is wanted


def test_the_summary_can_be_shown_where_only_ascii_can() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    of = record(result("DISC-01", "FI", Verdict.FAILED, **(FAILED | {"seen": "Größe…"})))

    summary.show(of, stream, environ={})

    stream.seek(0)
    assert r"Gr\xf6\xdfe\u2026" in stream.read()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def progress(stream: io.StringIO, *, quiet: bool) -> str:
    seconds = iter(range(0, 100, 2))
    with summary.Progress(8, quiet=quiet, stream=stream, clock=lambda: next(seconds)) as shown:
        for _ in range(4):
            shown.step(result("DISC-01", "FI", Verdict.FAILED))
    return stream.getvalue()


def test_progress_rewrites_its_line_on_a_terminal_and_clears_it() -> None:
    shown = progress(Terminal(), quiet=False)

    assert shown.startswith("\r1 of 8 (12 %), 1 failed, 2 s: discovery, FI eb acc\x1b[K\r2 of 8")
    assert shown.endswith("\r\x1b[K")
    assert "\n" not in shown


def test_progress_adds_a_line_now_and_then_elsewhere() -> None:
    assert progress(io.StringIO(), quiet=False) == (
        "3 of 8 (37 %), 3 failed, 6 s: discovery, FI eb acc\n"
    )


def test_progress_can_be_kept_quiet() -> None:
    assert progress(Terminal(), quiet=True) == ""


def test_json_holds_every_field_of_every_result() -> None:
    told = json.loads(json_report.render(mixed()))

    assert told["results"] == json.loads(json.dumps([result_facts(r) for r in mixed().results]))
    assert (told["run"], told["exit"]) == ("20260901T083000Z-3f9a", 1)


def test_junit_tells_each_verdict_in_its_own_way() -> None:
    ways = {
        str(verdict): next(
            ([child.tag for child in case if child.tag != "properties"], case.get("classname"))
            for case in cases(mixed())
            if case.find("properties/property[@name='verdict']").get("value") == verdict  # type: ignore[union-attr]
        )
        for verdict in Verdict
    }

    assert ways == {
        "failed": (["failure"], "discovery.DISC-03"),
        "broken": (["error"], "lookup.LOOK-01"),
        "blocked": (["error"], "lookup.LOOK-01"),
        "warned": (["system-out"], "caching.CACHE-02"),
        "waived": (["skipped"], "caching.CACHE-02"),
        "passed": ([], "discovery.DISC-01"),
        "not applicable": (["skipped"], "caching.CACHE-02"),
    }


def test_junit_tells_blocked_from_broken() -> None:
    errors = [(e.get("type"), e.get("message")) for c in cases(mixed()) for e in c.iter("error")]

    assert ("broken", "broken: KeyError: 'slot'") in errors
    assert {kind for kind, _ in errors} == {"blocked", "broken"}


def test_a_failure_in_junit_says_what_to_do() -> None:
    failure = next(
        case.find("failure") for case in cases(mixed()) if case.find("failure") is not None
    )

    assert failure is not None
    assert failure.get("message") == (
        "naptr-root-not-https: expected https://<host>, seen http://a.test/"
    )
    assert "reproduce: oots run --member-state FI" in (failure.text or "")
    assert "clause: TDD 3.4, section 3" in (failure.text or "")


def test_a_captured_answer_is_verified_again_from_its_files() -> None:
    failed = replace(result("LOOK-01", "-", Verdict.FAILED, **FAILED), environment="-")
    of = record(failed, selection={"body": "a b.xml", "query_url": None, "trust": "acc.pem"})

    command = views.reproduction(of, failed)

    assert command == "oots verify --body 'a b.xml' --trust acc.pem"
    assert views.subjects((failed,)) == "EB of captured answer"


def test_subjects_are_told_in_a_phrase() -> None:
    failed = views.of_verdict(mixed(), Verdict.FAILED)

    assert views.subjects(failed) == "EB of DE, GR/EL in acc; EB and DSD of FI in acc"


@pytest.mark.parametrize(
    ("detail", "checks"),
    [
        ("the answer: it is not https; see DISC-03", "DISC-03"),
        ("fi.test: nothing can be used; see DISC-01, DISC-02 and LOOK-01", "DISC-01,LOOK-01"),
        ("the answer: DISC-03 is not named", "CACHE-02"),
        ("the answer: see the manual", "CACHE-02"),
    ],
)
def test_a_blocked_result_leads_to_the_checks_that_say_why(detail: str, checks: str) -> None:
    of = record(result("CACHE-02", "FI", Verdict.BLOCKED, detail=detail))
    of.header["catalogue"].pop(1) if "DISC-02" in detail else None
    (reason,) = views.reasons(of, Verdict.BLOCKED)

    command = views.cause(of, reason)

    assert command.endswith(f"--environment acc --check {checks}")
    assert f"reproduce: {command}\n" in summary.render(of)


@pytest.mark.parametrize("verdict", [Verdict.BLOCKED, Verdict.BROKEN, Verdict.NOT_APPLICABLE])
def test_the_end_of_the_summary_says_nothing_twice(verdict: Verdict) -> None:
    of = record(result("DISC-01", "FI", verdict, detail="the answer: why"))

    last = summary.render(of).splitlines()[-1]

    assert last == f"Exit code {int(of.exit)}."
    assert sentence(of).count("blocked") == (verdict is Verdict.BLOCKED)
