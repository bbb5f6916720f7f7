"""The kill matrix: what becomes of a cell, and everything that makes a proof fail."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.checks import Check, catalogue
from harness.cli.main import main
from harness.extensions import landscape
from harness.model import CheckResult, FaultNote, Verdict
from harness.proof import Cell, Outcome, Proof, Row, by_requirement, differences, facts, outcome
from harness.proving import Asked, prove
from harness.reports import matrix

ROOT = next(check for check in catalogue() if check.id == "DISC-03")
TAG = ROOT.finds[0]
OTHER = next(check for check in catalogue() if check.id == "DISC-01")
NOTE = FaultNote("flaw", "A flaw.", {ROOT.id: TAG}, ("LOOK-*",))
BLIND = frozenset({Verdict.PASSED, Verdict.BLOCKED})
PASSED = frozenset({Verdict.PASSED})


def cell(check: str, verdict: Verdict = Verdict.PASSED, *tags: str) -> Cell:
    return Cell(check, frozenset({Verdict.PASSED, verdict}), tags, "said")


def row(fault: str | None, *cells: Cell) -> Row:
    return Row(fault, cells, f"seen under {fault}")


UNFAULTED = row(None, cell(ROOT.id), cell(OTHER.id))
FLAWED = row("flaw", cell(ROOT.id, Verdict.FAILED, TAG), cell(OTHER.id))
SOUND = Proof(("NL",), (ROOT, OTHER), (NOTE,), UNFAULTED, (FLAWED,), whole=False)


def kinds(proof: Proof) -> list[str]:
    return [problem.kind for problem in proof.problems()]


@pytest.mark.parametrize(
    ("said", "became"),
    [
        (cell(ROOT.id, Verdict.FAILED, TAG), Outcome.KILLED),
        (cell(ROOT.id, Verdict.WARNED, TAG), Outcome.KILLED),
        (cell(ROOT.id), Outcome.SILENT),
        (cell(ROOT.id, Verdict.BLOCKED), Outcome.SILENT),
        (cell(ROOT.id, Verdict.FAILED, "another-tag"), Outcome.UNEXPECTED),
        (cell(ROOT.id, Verdict.FAILED, "another-tag", TAG), Outcome.UNEXPECTED),
        (cell(ROOT.id, Verdict.BROKEN, TAG), Outcome.UNEXPECTED),
        (cell("LOOK-07", Verdict.BLOCKED), Outcome.BLOCKED),
        (cell("LOOK-07", Verdict.NOT_APPLICABLE), Outcome.GREEN),
        (cell("LOOK-07", Verdict.FAILED, TAG), Outcome.UNEXPECTED),
        (cell("LOOK-07", Verdict.BROKEN), Outcome.UNEXPECTED),
        (cell("SIG-01", Verdict.BLOCKED), Outcome.UNEXPECTED),
        (cell("SIG-01", Verdict.WARNED, TAG), Outcome.UNEXPECTED),
        (cell("SIG-01"), Outcome.GREEN),
    ],
)
def test_what_becomes_of_a_check_under_a_fault(said: Cell, became: Outcome) -> None:
    assert outcome(said, NOTE) is became


def test_a_proof_in_which_all_is_as_it_should_be_has_no_problem() -> None:
    assert SOUND.problems() == ()
    assert SOUND.killed() == {(ROOT.id, TAG)}


def test_a_tag_that_no_fault_raises_is_a_problem_once_every_fault_was_tried() -> None:
    assert kinds(replace(SOUND, whole=True)) == ["not killed"] * len(OTHER.finds)


def test_a_check_that_does_not_find_what_it_is_for_is_a_problem() -> None:
    silent = replace(SOUND, rows=(row("flaw", cell(ROOT.id), cell(OTHER.id)),))

    assert kinds(silent) == ["silent", "not killed"]


def test_a_neighbour_that_speaks_is_a_problem() -> None:
    loud = cell(OTHER.id, Verdict.FAILED, OTHER.finds[0])

    assert kinds(replace(SOUND, rows=(row("flaw", FLAWED.cells[0], loud),))) == ["unexpected"]


def test_a_fault_that_changes_nothing_is_a_problem() -> None:
    inert = replace(SOUND, rows=(replace(FLAWED, seen=UNFAULTED.seen),))

    assert kinds(inert) == ["inert"]


def test_a_fault_is_not_inert_where_none_of_its_checks_was_asked() -> None:
    elsewhere = replace(NOTE, caught_by={"SIG-01": "x"})
    unseen = row("flaw", cell(ROOT.id), cell(OTHER.id))
    proof = replace(SOUND, faults=(elsewhere,), rows=(replace(unseen, seen=UNFAULTED.seen),))

    assert proof.problems() == ()


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (cell(OTHER.id, Verdict.FAILED, OTHER.finds[0]), "without any fault: said"),
        (
            Cell(OTHER.id, frozenset({Verdict.NOT_APPLICABLE}), (), ""),
            "without any fault it judges nothing",
        ),
    ],
)
def test_a_landscape_that_is_not_green_without_a_fault_is_a_problem(said: Cell, text: str) -> None:
    (problem,) = replace(SOUND, unfaulted=row(None, cell(ROOT.id), said)).problems()

    assert str(problem) == f"not green: {OTHER.id}: {text}"


def test_what_is_wrong_without_a_fault_is_not_told_again_under_each() -> None:
    loud = cell(OTHER.id, Verdict.FAILED, OTHER.finds[0])
    proof = replace(
        SOUND, unfaulted=row(None, cell(ROOT.id), loud), rows=(row("flaw", FLAWED.cells[0], loud),)
    )

    assert kinds(proof) == ["not green"]


def test_a_fault_that_only_blinds_is_none_the_worse_for_it() -> None:
    note = FaultNote("flaw", "A flaw.", {}, (ROOT.id,))
    proof = replace(SOUND, faults=(note,))

    assert kinds(replace(proof, faults=(replace(note, blocks=()),)))[0] == "misnamed"
    assert kinds(replace(proof, rows=(row("flaw", cell(ROOT.id, Verdict.BLOCKED)),))) == []


@pytest.mark.parametrize("caught", [{ROOT.id: "no-such-tag"}, {"NONE-01": "x"}])
def test_a_fault_that_names_nothing_that_exists_is_a_problem(caught: dict[str, str]) -> None:
    proof = replace(SOUND, faults=(replace(NOTE, caught_by=caught),), whole=True)

    assert "misnamed" in kinds(proof)


def test_the_part_of_a_profile_is_the_checks_of_its_requirements() -> None:
    old = SOUND.of_profile("2022")

    assert old.checks == tuple(c for c in SOUND.checks if "2022" in c.requirement.profiles)
    assert len(old.unfaulted.cells) == len(old.rows[0].cells) == len(old.checks)


def result(verdict: Verdict, tag: str | None = None, detail: str | None = None) -> CheckResult:
    return CheckResult(
        check=ROOT.id,
        title="",
        chapter="",
        requirement="",
        requirements=(),
        keyword="",
        clause="",
        member_state="NL",
        service="eb",
        environment="acc",
        verdict=verdict,
        tag=tag,
        expected=None,
        seen=None,
        detail=detail,
        evidence=(),
    )


def test_a_cell_tells_what_is_not_green_in_few_words() -> None:
    broken = result(Verdict.BROKEN, detail="Traceback\n  lines\nKeyError: 'x'")

    found = Cell.of(ROOT.id, [result(Verdict.PASSED), result(Verdict.FAILED, TAG), broken])

    assert found.tags == (TAG,)
    assert found.said == f"NL-eb failed: {TAG}; NL-eb broken: KeyError: 'x'"
    assert len(Cell.of(ROOT.id, [broken] * 1000).said) == 300


def test_what_breaks_under_another_reading_breaks_the_cell() -> None:
    passed = result(Verdict.PASSED)
    sound = replace(passed, readings=(("ours", Verdict.PASSED), ("theirs", Verdict.FAILED)))
    broken = replace(passed, readings=(("ours", Verdict.PASSED), ("theirs", Verdict.BROKEN)))

    assert Cell.of(ROOT.id, [sound]).verdicts == PASSED
    assert outcome(Cell.of("SIG-01", [broken]), NOTE) is Outcome.UNEXPECTED


def test_the_written_matrix_leaves_out_what_is_green_and_can_be_read_again() -> None:
    told = facts(SOUND, version="1.2.3")

    text = matrix.written(told)

    assert json.loads(text) == json.loads(json.dumps(told))
    assert '  "flaw": {"killed": {"DISC-03": "naptr-root-not-https"}}\n' in text
    assert told["counts"] == {
        "checks": 2,
        "tags": 1,
        "tags killed": 1,
        "faults": 1,
        "cells": 2,
        "killed": 1,
        "silent": 0,
        "blocked": 0,
        "unexpected": 0,
        "green": 1,
    }


def test_the_tables_show_every_check_requirement_and_profile() -> None:
    text = matrix.render(SOUND)

    for word in (ROOT.id, OTHER.id, *ROOT.verifies, "2022", "tdd-1.x", "tdd-2.0", "all"):
        assert word in text
    assert text.endswith("without a fault all is green.")
    assert matrix.render(replace(SOUND, whole=True)).endswith("The proof fails: 1 problems.")


def test_a_requirement_counts_the_tags_of_all_its_checks() -> None:
    assert by_requirement(SOUND)[ROOT.verifies[0]] == (1, 1)
    assert by_requirement(SOUND)[OTHER.verifies[0]] == (0, len(OTHER.finds))


def test_a_difference_is_told_in_both_directions() -> None:
    told = facts(SOUND, version="1")

    assert differences(told, told) == ()
    assert differences(told, {**told, "version": "2"}) == ("version: was 1, is 2",)
    assert differences({}, {"faults": {"x": {}}}) == ("faults: was None, is {'x': {}}",)


def of(*idents: str) -> tuple[Check, ...]:
    return tuple(check for check in catalogue() if check.id in idents)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_proof_is_the_same_in_one_process_and_in_two(processes: int) -> None:
    rows: list[Row] = []
    names = ("root_without_tls", "no_entry")

    proof = prove(
        landscape(),
        Asked(of("DISC-01", "DISC-03"), names, ("NL",)),
        processes=processes,
        report=rows.append,
    )

    assert not proof.problems()
    assert [row.fault for row in proof.rows] == [note.name for note in proof.faults]
    assert {row.fault for row in rows} == set(names)
    assert proof.members == ("NL",)


def test_the_command_says_whether_the_proof_holds(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["prove", "--check", "disc-03", "--fault", "root_without_tls", "--processes", "1"])

    assert code == 0
    assert "The proof holds: 1 tags of 1 checks" in capsys.readouterr().out


def test_the_command_compares_with_a_matrix(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["prove", "--check", "DISC-03", "--fault", "root_without_tls", "--processes", "1"]
    file = tmp_path / "matrix.json"

    first = main([*words, "--out", str(file)])
    same = main([*words, "--compare", str(file), "--quiet"])
    file.write_text(file.read_text().replace("0.", "9."))
    other = main([*words, "--compare", str(file), "--json", "--quiet"])

    assert (first, same, other) == (0, 0, 1)
    told = capsys.readouterr().out
    assert '"changes": [\n  "version: was' in told


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        (["--check", "DISC-3"], "--check"),
        (["--fault", "root_without"], "root_without_tls"),
        (["--member-state", "EL"], "--member-state"),
        (["--check", "DISC-03", "--chapter", "caching"], "leave one of them out"),
        (["--processes", "0"], "1 or more"),
        (["--compare", "/dev/null"], "a matrix that oots prove --out has written"),
        (["--compare", "/no/such"], "a matrix that oots prove --out has written"),
        (["--check", "DISC-03", "--fault", "no_entry", "--out", "/no/such"], "can be written"),
    ],
)
def test_a_mistake_gets_one_line(
    words: list[str], seen: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["prove", "--quiet", *words])

    told = capsys.readouterr().err
    assert code == 2
    assert seen in told
    assert told.count("\n") == 1
