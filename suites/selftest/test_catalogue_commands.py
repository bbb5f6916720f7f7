"""The commands that list: requirements, coverage, readings, explain; and the rule profiles."""

from __future__ import annotations

import json

import pytest

from harness.checks import catalogue
from harness.cli.main import main
from harness.execution import ASKED_IN, Selection
from harness.lookup import CURRENT, REQUIREMENTS_QUERY, Query
from harness.model import Service, Verdict
from harness.observatory import Watch
from harness.provenance import header_facts
from harness.readings import readings
from harness.reports import json_report, summary
from harness.requirements import CURRENT_PROFILE, PROFILES, requirements
from harness.subjects.directory import Directory
from harness.verdicts import Exit
from suites.selftest.sample_records import NOW, page, record, result, text
from suites.selftest.test_runner import KEY, Constant, session

ALL = Selection((), (), (), (), ())


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(words)
    out, err = capsys.readouterr()
    return code, out + err


def test_requirements_are_listed_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = told(capsys, "requirements")

    assert code == Exit.CONFORMANT
    assert f"{len(requirements())} requirements" in text
    assert all(slug in text for slug in requirements())


@pytest.mark.parametrize(
    ("option", "value"),
    [("role", "proxy"), ("chapter", "caching"), ("keyword", "should"), ("profile", "2022")],
)
def test_filters_leave_what_fits(
    option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = told(capsys, "requirements", f"--{option}", value, "--json")
    found = json.loads(text)

    assert code == Exit.CONFORMANT
    assert 0 < len(found) < len(requirements())
    for entry in found:
        whole = requirements()[entry["slug"]]
        assert value in (whole.role, whole.chapter, whole.keyword, *whole.profiles)


def test_coverage_ends_well_when_nothing_is_open(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = told(capsys, "coverage")

    assert (code == Exit.CONFORMANT) is (" 0 open" in text)


def test_coverage_finds_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = told(capsys, "coverage", "--ref", "p5", "--json")

    assert code == Exit.CONFORMANT
    assert [row["requirement"] for row in json.loads(text)["requirements"]] == [
        "proxy.vary-selects"
    ]


def test_readings_are_listed_with_our_choice(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = told(capsys, "readings")

    assert code == Exit.CONFORMANT
    assert all(f"ours: {entry.choice}" in text for entry in readings().values())


def test_one_reading_is_shown_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = told(capsys, "readings", "Header-Size")

    assert code == Exit.CONFORMANT
    assert "over-16384-warns (our choice)" in text
    assert "over-8190-fails" in text


@pytest.mark.parametrize("entry", readings())
def test_every_reading_can_be_shown_as_json(entry: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, text = told(capsys, "readings", entry, "--json")

    assert json.loads(text)[0]["slug"] == entry


@pytest.mark.parametrize("check", [check.id for check in catalogue()])
def test_every_check_can_be_explained(check: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = told(capsys, "explain", check.lower())

    assert code == Exit.CONFORMANT
    for part in ("required", "why", "how to fix", "a good answer", "a bad answer"):
        assert f"\n{part}" in text


def test_an_explanation_names_the_fault_that_proves_it(capsys: pytest.CaptureFixture[str]) -> None:
    _, text = told(capsys, "explain", "DISC-03", "--json")

    assert json.loads(text)["faults"]["root_without_tls"] == "naptr-root-not-https"


@pytest.mark.parametrize(
    "words",
    [
        ("explain", "DISC-99"),
        ("readings", "flag-cases"),
        ("coverage", "--ref", "P99"),
        ("run", "--profile", "tdd-3"),
    ],
)
def test_an_unknown_word_is_refused_in_one_line(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = told(capsys, *words)

    assert code == Exit.USAGE
    assert "such as" in text or "known are" in text
    assert text.count("\n") == 1


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_leaves_out_what_does_not_belong_to_it(profile: str) -> None:
    chosen = Selection((), (), (), (), (), profile)
    asked = chosen.questions(catalogue())

    assert asked
    assert {check.id for check in asked} == {
        check.id for check in catalogue() if profile in check.requirement.profiles
    }


def test_the_header_of_a_record_says_what_was_left_out() -> None:
    facts = header_facts(
        "r", NOW, target={}, selection={"profile": "2022"}, checks=catalogue(), fault=None
    )
    kept = Selection((), (), (), (), (), "2022").questions(catalogue())

    left_out = {entry["check"] for entry in facts["left_out"]}  # type: ignore[attr-defined]
    assert left_out == {check.id for check in catalogue()} - {check.id for check in kept}


def test_reports_tell_the_profile_and_repeat_it_in_the_command() -> None:
    told = record(
        result("DISC-03", "FI", Verdict.FAILED, tag="t", expected="a", seen="b"),
        selection={"profile": "2022"},
        left_out=[{"check": "LOOK-99", "profiles": ["tdd-2.0"]}],
    )

    assert "leaves out 1 check" in summary.render(told)
    assert "--check DISC-03 --profile 2022" in summary.render(told)
    assert json.loads(json_report.render(told))["left_out"][0]["check"] == "LOOK-99"
    assert "profile 2022; 1 check left out" in text(page(told))


def test_reports_tell_the_verdict_under_each_reading() -> None:
    under = (("warns", Verdict.WARNED), ("fails", Verdict.FAILED))
    told = record(
        result("CACHE-02", "FI", Verdict.WARNED, tag="t", expected="a", seen="b", readings=under)
    )

    line = "warns (ours): warned; fails: failed"
    assert line in " ".join(summary.render(told).split())
    assert line in text(page(told).get_element_by_id("readings"))
    assert json.loads(json_report.render(told))["results"][0]["readings"] == [
        ["warns", "warned"],
        ["fails", "failed"],
    ]


def test_a_report_without_ambiguous_results_says_so() -> None:
    shown = page(record(result("DISC-01", "FI", Verdict.PASSED)))

    assert "No result depends" in text(shown.get_element_by_id("readings"))


def test_the_default_profile_is_the_current_one() -> None:
    assert ALL.profile == "tdd-2.0"
    assert Selection((), (Service.EB,), (), (), ()).profile == PROFILES[-1]


@pytest.mark.parametrize(
    ("version", "carried"), [(None, None), (CURRENT, CURRENT), ("oots-cs:v1.0", "oots-cs:v1.0")]
)
async def test_a_directory_is_asked_in_the_version_of_the_run(
    version: str | None, carried: str | None
) -> None:
    opened = session(Constant())
    directory = Directory(KEY, opened.target, opened.observatory, Watch(), version=version)

    plain = await directory.request(Query(REQUIREMENTS_QUERY, ()))
    named = await directory.request(Query(REQUIREMENTS_QUERY, ()), version="oots-cs:v3.0")

    assert dict(plain.headers).get("Accept-Version") == carried
    assert dict(named.headers)["Accept-Version"] == "oots-cs:v3.0"


def test_every_profile_says_in_which_version_it_asks() -> None:
    assert tuple(ASKED_IN) == PROFILES
    assert ASKED_IN[CURRENT_PROFILE] == CURRENT
