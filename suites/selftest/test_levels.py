"""Levels: what raises one, what never does, and what the command says about it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.checks import CHAPTERS, catalogue
from harness.errors import HarnessFault, UsageFault
from harness.levels import (
    ORIGIN,
    CheckEntry,
    LevelReport,
    entries_of,
    fold,
    read_rules,
)
from harness.model import CheckResult, Service, Verdict

RULES = read_rules()
SERVICES = tuple(Service)
ENTRIES = tuple(
    CheckEntry(f"{chapter[:4].upper()}-{n:02}", chapter, severity, SERVICES, f"{chapter} {n}")
    for chapter in CHAPTERS
    for n, severity in ((1, "failed"), (2, "failed"), (3, "failed"), (4, "failed"), (5, "warned"))
)
VERDICTS = st.none() | st.sampled_from(Verdict)


def result(entry: CheckEntry, service: str, verdict: Verdict, member: str = "FI") -> CheckResult:
    return CheckResult(
        check=entry.check,
        title=entry.title,
        chapter=entry.chapter,
        requirement="slug",
        requirements=("slug",),
        keyword="shall",
        clause="clause",
        member_state=member,
        service=service,
        environment="acc",
        verdict=verdict,
        tag=None,
        expected=None,
        seen=None,
        detail=None,
        evidence=(),
    )


def results(verdict: Verdict) -> tuple[CheckResult, ...]:
    return tuple(result(entry, service, verdict) for entry in ENTRIES for service in SERVICES)


def level(found: tuple[CheckResult, ...]) -> int:
    reports = fold(found, ENTRIES, RULES)
    return reports[0].level.number if reports else 1


def only(found: tuple[CheckResult, ...]) -> LevelReport:
    (report,) = fold(found, ENTRIES, RULES)
    return report


CELLS = [(entry, service) for entry in ENTRIES for service in SERVICES]


@st.composite
def runs(draw: st.DrawFn) -> tuple[CheckResult, ...]:
    """A run in which each check has one result on each subject, or none."""
    common = draw(st.sampled_from(Verdict))
    odd = draw(st.dictionaries(st.integers(0, len(CELLS) - 1), VERDICTS, max_size=12))
    verdicts = [odd.get(index, common) for index in range(len(CELLS))]
    return tuple(
        result(entry, service, verdict)
        for (entry, service), verdict in zip(CELLS, verdicts, strict=True)
        if verdict is not None
    )


def with_cell(
    run: tuple[CheckResult, ...], index: int, verdict: Verdict
) -> tuple[CheckResult, ...]:
    """The run, with this verdict in one cell."""
    entry, service = CELLS[index]
    others = tuple(r for r in run if (r.check, r.service) != (entry.check, service))
    return (*others, result(entry, service, verdict))


@settings(deadline=None)
@given(runs(), st.integers(0, len(CELLS) - 1))
def test_a_passing_result_never_lowers_a_level(run: tuple[CheckResult, ...], index: int) -> None:
    assert level(with_cell(run, index, Verdict.PASSED)) >= level(run)


@settings(deadline=None)
@given(
    runs(),
    st.integers(0, len(CELLS) - 1),
    st.sampled_from([Verdict.FAILED, Verdict.BLOCKED, Verdict.BROKEN, Verdict.WAIVED]),
)
def test_a_result_that_is_no_pass_never_raises_a_level(
    run: tuple[CheckResult, ...], index: int, verdict: Verdict
) -> None:
    assert level(with_cell(run, index, verdict)) <= level(run)


@settings(deadline=None)
@given(runs(), st.data())
def test_leaving_a_result_out_never_raises_a_level(
    run: tuple[CheckResult, ...], data: st.DataObject
) -> None:
    left_out = data.draw(st.sets(st.integers(0, max(len(run) - 1, 0))))

    fewer = tuple(r for index, r in enumerate(run) if index not in left_out)

    assert level(fewer) <= level(run)


@settings(deadline=None)
@given(runs())
def test_the_order_of_results_does_not_matter(run: tuple[CheckResult, ...]) -> None:
    assert fold(run, ENTRIES, RULES) == fold(tuple(reversed(run)), ENTRIES, RULES)


@settings(deadline=None)
@given(runs(), st.integers(0, len(CELLS) - 1))
def test_a_failure_is_not_hidden_by_a_second_result(
    run: tuple[CheckResult, ...], index: int
) -> None:
    entry, service = CELLS[index]
    failed = with_cell(run, index, Verdict.FAILED)

    assert fold((*failed, result(entry, service, Verdict.PASSED)), ENTRIES, RULES) == fold(
        failed, ENTRIES, RULES
    )


def test_all_checks_passed_is_technically_ready_and_no_more() -> None:
    report = only(results(Verdict.PASSED))

    assert (report.level.number, report.level.name) == (4, "Technically ready")
    assert [proof.criterion.slug for proof in report.missing] == [
        "party-connected",
        "exchange-with-another-member-state",
    ]


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.PASSED])
def test_no_other_verdict_alone_shows_anything(verdict: Verdict) -> None:
    assert level(results(verdict)) == 1


def test_one_service_alone_shows_nothing() -> None:
    alone = tuple(r for r in results(Verdict.PASSED) if r.service == "eb")

    report = only(alone)

    assert report.level.number == 1
    assert {(m.service, m.state) for p in report.missing for m in p.missing} == {("dsd", "not run")}


def test_one_failure_takes_technical_readiness_away_and_is_named() -> None:
    run = with_cell(results(Verdict.PASSED), 6, Verdict.FAILED)

    report = only(run)

    assert report.level.name == "Intermediate"
    (proof,) = report.missing
    assert [(m.check, m.service, m.state) for m in proof.missing] == [("DISC-04", "eb", "failed")]


def test_a_warning_takes_no_level_away() -> None:
    run = tuple(
        replace(r, verdict=Verdict.WARNED) if r.check.endswith("05") else r
        for r in results(Verdict.PASSED)
    )

    assert level(run) == 4


def test_what_is_not_applicable_is_lacking() -> None:
    run = with_cell(results(Verdict.PASSED), 7, Verdict.NOT_APPLICABLE)

    report = only(run)

    assert report.level.number == 3
    (proof,) = report.missing
    assert [(m.check, m.service, m.state) for m in proof.missing] == [
        ("DISC-04", "dsd", "not applicable")
    ]


def test_an_optional_check_that_is_not_applicable_is_not_counted() -> None:
    run = with_cell(results(Verdict.PASSED), 0, Verdict.NOT_APPLICABLE)
    optional = (replace(ENTRIES[0], optional=True), *ENTRIES[1:])
    rules = replace(RULES, criteria=tuple(replace(c, checks=()) for c in RULES.criteria))

    (report,) = fold(run, optional, rules)

    assert report.level.number == 4
    found = next(p for p in report.proofs if p.criterion.slug == "all-of-discovery")
    assert [(t.passed, t.counted, t.needed) for t in found.tallies] == [(3, 3, 3), (4, 4, 4)]


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.PASSED])
@pytest.mark.parametrize("index", range(6))
def test_without_a_usable_entry_nothing_else_counts(verdict: Verdict, index: int) -> None:
    run = with_cell(results(Verdict.PASSED), index, verdict)
    entry, service = CELLS[index]

    report = only(run)

    named = next(p for p in report.proofs if p.criterion.slug == "services-are-found")
    assert report.level.number == 1
    assert [t.unmet for t in named.tallies if t.service == service] == [(entry.check,)]


def test_the_checks_that_a_criterion_names_exist_and_may_fail() -> None:
    known = {check.id: check for check in catalogue()}

    for name in (name for criterion in RULES.criteria for name in criterion.checks):
        assert known[name].requirement.severity is Verdict.FAILED
        assert not known[name].optional


def test_a_chapter_in_which_nothing_is_applicable_shows_nothing() -> None:
    run = tuple(
        replace(r, verdict=Verdict.NOT_APPLICABLE) if r.chapter == "signature" else r
        for r in results(Verdict.PASSED)
    )

    assert level(run) == 2


def test_levels_are_cumulative() -> None:
    run = tuple(
        replace(r, verdict=Verdict.BLOCKED) if r.chapter == "discovery" else r
        for r in results(Verdict.PASSED)
    )

    assert level(run) == 1


def test_each_member_state_has_its_own_level() -> None:
    finland = results(Verdict.PASSED)
    greece = tuple(replace(r, member_state="GR", verdict=Verdict.FAILED) for r in finland)

    reports = fold((*greece, *finland), ENTRIES, RULES)

    assert [(r.member_state, r.level.number) for r in reports] == [("FI", 4), ("GR", 1)]


def test_a_captured_answer_is_of_no_member_state() -> None:
    captured = tuple(replace(r, member_state="-") for r in results(Verdict.PASSED))

    assert fold(captured, ENTRIES, RULES) == ()


def test_the_levels_are_named_as_the_commission_names_them() -> None:
    assert [f"{level.number} {level.name}" for level in RULES.levels] == [
        "1 Initial",
        "2 Preliminary",
        "3 Intermediate",
        "4 Technically ready",
        "5 First live transactions",
        "6 End-user transactions",
    ]


def test_the_criteria_ask_for_chapters_that_exist() -> None:
    asked = {chapter for c in RULES.criteria for chapter in c.chapters}

    assert asked == set(CHAPTERS)


LEVEL = '[[level]]\nnumber = {}\nname = "x"\nstatement = "x"\n'
ROW = (
    '[[criterion]]\nslug = "a"\nlevel = 2\nkind = "checks"\nchapters = ["lookup"]\n'
    f'share = "1/2"\nstatement = "x"\norigin = "{ORIGIN}"\n'
)
SOUND = f'note = "{ORIGIN}"\n{LEVEL.format(1)}{LEVEL.format(2)}{ROW}'


def test_rules_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "levels.toml"
    path.write_text(SOUND)

    rules = read_rules(path)

    assert rules.criteria[0].share == Fraction(1, 2)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f'origin = "{ORIGIN}"\n', ""),
        (f'origin = "{ORIGIN}"', 'origin = "the Commission"'),
        (f'note = "{ORIGIN}"', 'note = "x"'),
        ('share = "1/2"', 'share = "0"'),
        ('share = "1/2"', 'share = "3/2"'),
        ('share = "1/2"', 'share = "most"'),
        ('chapters = ["lookup"]', "chapters = []"),
        ('kind = "checks"', 'kind = "opinion"'),
        ("level = 2", "level = 3"),
        ('share = "1/2"', 'share = "1/2"\nchecks = "DISC-01"'),
        ("number = 2", "number = 3"),
        (ROW, ROW + ROW),
        ("[[criterion]]", "[criterion"),
    ],
)
def test_rules_that_hide_where_a_figure_comes_from_or_make_no_sense_are_refused(
    tmp_path: Path, old: str, new: str
) -> None:
    path = tmp_path / "levels.toml"
    path.write_text(SOUND.replace(old, new))

    with pytest.raises(HarnessFault, match=r"levels\.toml"):
        read_rules(path)


CATALOGUE = [
    {
        "check": entry.check,
        "chapter": entry.chapter,
        "severity": entry.severity,
        "services": list(entry.services),
        "title": entry.title,
    }
    for entry in ENTRIES
]


def test_the_catalogue_of_a_header_is_read() -> None:
    assert entries_of(CATALOGUE) == tuple(
        replace(entry, services=tuple(map(str, SERVICES))) for entry in ENTRIES
    )


def test_the_header_says_which_checks_are_optional() -> None:
    (entry,) = entries_of([{**CATALOGUE[0], "optional": True}])

    assert entry.optional


@pytest.mark.parametrize("header", [None, 7, ["x"], [{}], [{**CATALOGUE[0], "services": "eb"}]])
def test_a_catalogue_that_cannot_be_used_is_refused_in_one_line(header: object) -> None:
    with pytest.raises(UsageFault, match="the record's header"):
        entries_of(header)
