"""What of a run is repeated, and what the repeating run remembers of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import UsageFault
from harness.model import Environment, Service, ServiceKey, Verdict
from harness.record import FILE, RecordWriter, read
from harness.repetition import failed_selection, former_verdicts, repeats_facts, turned
from suites.selftest.sample_records import FAILED, NOW, header, mixed, record, result

FI = ServiceKey("FI", Service.EB, Environment.ACC)


def test_what_failed_was_blocked_or_broke_is_repeated() -> None:
    selected = failed_selection(mixed())

    assert selected == {
        *(("DISC-03", replace(FI, member_state=who)) for who in ("FI", "DE", "GR")),
        ("DISC-03", replace(FI, service=Service.DSD)),
        ("LOOK-01", FI),
        ("LOOK-01", replace(FI, member_state="DE")),
        ("LOOK-01", replace(FI, member_state="SE")),
    }


@pytest.mark.parametrize(
    "verdict", [Verdict.PASSED, Verdict.WARNED, Verdict.WAIVED, Verdict.NOT_APPLICABLE]
)
def test_what_did_not_stand_in_the_way_is_not_repeated(verdict: Verdict) -> None:
    assert failed_selection(record(result("DISC-01", "FI", verdict))) == frozenset()


def test_an_answer_that_was_captured_cannot_be_asked_for_again() -> None:
    captured = result("DISC-01", "-", Verdict.FAILED, service="-", environment="-", **FAILED)

    assert failed_selection(record(captured)) == frozenset()


def test_the_repeating_run_remembers_what_each_result_was(tmp_path: Path) -> None:
    with RecordWriter(tmp_path / FILE, lambda: NOW) as writer:
        writer.header(header(run="again", repeats=repeats_facts(mixed())))
        for verdict, who in ((Verdict.PASSED, "DE"), (Verdict.FAILED, "FI")):
            writer.result(replace(result("DISC-03", who, verdict), evidence=()))
        writer.result(replace(result("LOOK-01", "SE", Verdict.PASSED), evidence=()))
        writer.result(replace(result("DISC-01", "SE", Verdict.PASSED), evidence=()))

    of = read(tmp_path)

    former = former_verdicts(of.header)
    assert former["DISC-03", "DE", "eb", "acc"] is Verdict.FAILED
    assert len(former) == len(failed_selection(mixed()))
    assert [(found.check, found.member_state, was) for found, was in turned(of)] == [
        ("DISC-03", "DE", Verdict.FAILED),
        ("LOOK-01", "SE", Verdict.BROKEN),
    ]


@pytest.mark.parametrize(
    "spoilt",
    [
        '"r"',
        "{}",
        '{"run":1,"verdicts":[]}',
        '{"run":"r","verdicts":[["A"]]}',
        '{"run":"r","verdicts":[["A",1,"","","failed"]]}',
        '{"run":"r","verdicts":[["A","","","","green"]]}',
    ],
)
def test_a_header_that_nobody_wrote_so_is_refused(spoilt: str, tmp_path: Path) -> None:
    with RecordWriter(tmp_path / FILE, lambda: NOW) as writer:
        writer.header(header())
    text = (tmp_path / FILE).read_text("utf-8")
    (tmp_path / FILE).write_text(text.replace('"schema":1', f'"schema":1,"repeats":{spoilt}', 1))

    with pytest.raises(UsageFault, match="line 1"):
        read(tmp_path)
