"""`oots runs`, `oots show` and `oots diff`: past runs listed, shown again, compared."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import pytest

from harness.cli.main import main
from harness.errors import UsageFault
from harness.model import CheckResult, Verdict
from harness.past_runs import PastRun, Unreadable, past_runs
from harness.record import FILE, RecordWriter
from harness.record_lines import waiver_facts
from harness.verdicts import Exit
from suites.selftest.sample_records import (
    FAILED,
    HEALED,
    NOW,
    TARGET_FILE,
    exchange,
    header,
    result,
)

PASSED = result("DISC-03", "FI", Verdict.PASSED)
FAILURE = result("DISC-03", "FI", Verdict.FAILED, **FAILED)
FIRST, SECOND = "20260901T083000Z-aaaa", "20260902T083000Z-bbbb"


def recorded(
    folder: Path,
    *judged: CheckResult,
    complete: bool = True,
    answer: bytes = b"HTTP/1.1 200\r\n\r\n",
    **changes: object,
) -> Path:
    with RecordWriter(folder / FILE, lambda: NOW) as writer:
        writer.header(header(**changes))
        writer.exchange(exchange("x1", answer))
        for each in judged:
            writer.result(each)
        writer.close(complete=complete, reason=None if complete else "interrupted")
    return folder


def killed(folder: Path) -> Path:
    """As `kill -9` leaves a run: no footer, and half of the last line."""
    octets = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(octets[: octets.rindex(b'{"kind":"result"') + 40])
    return folder


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A folder of every kind of run."""
    later = "2026-09-02T08:30:00+00:00"
    repeats = {"run": FIRST, "verdicts": [["DISC-03", "FI", "eb", "acc", "failed"]]}
    recorded(tmp_path / SECOND, PASSED, repeats=repeats, run=SECOND, started=later)
    recorded(tmp_path / FIRST, FAILURE, PASSED, run=FIRST, fault="root_without_tls")
    plan = {"results": 9, "member_states": {"FI": 9}}
    recorded(tmp_path / "broken off", PASSED, complete=False, run="r3", planned=plan)
    killed(recorded(tmp_path / "killed", PASSED, PASSED, run="r4", target_file=TARGET_FILE))
    healed, waivers = result("LOOK-01", "DK", Verdict.PASSED), [waiver_facts(HEALED)]
    recorded(tmp_path / "stale", healed, run="r5", waivers=waivers, redacted=["hosts"])
    for name, text in (("spoilt", '{"kind":"header"}\n'), ("empty", ""), ("binary", "\x00\xff")):
        (tmp_path / name).mkdir()
        (tmp_path / name / FILE).write_text(text, "utf-8")
    (tmp_path / "folder" / FILE).mkdir(parents=True)
    (tmp_path / "dangling").mkdir()
    (tmp_path / "dangling" / FILE).symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "dangling" / "pipe")
    (tmp_path / "nothing").mkdir()
    (tmp_path / "notes.txt").write_text("")
    return tmp_path


def test_every_run_is_listed_and_none_keeps_another_from_it(runs: Path) -> None:
    found = past_runs(runs)

    assert [each.run for each in found if isinstance(each, PastRun)] == [
        *(FIRST, "r3", "r4", "r5", SECOND)
    ]
    assert {each.folder.name for each in found if isinstance(each, Unreadable)} == {
        *("binary", "dangling", "empty", "folder", "spoilt")
    }


def test_a_run_is_told_as_its_record_has_it(runs: Path) -> None:
    told = {each.run: each for each in past_runs(runs) if isinstance(each, PastRun)}

    first, killed_run = told[FIRST], told["r4"]
    assert (first.counts[Verdict.FAILED], first.counts[Verdict.PASSED]) == (1, 1)
    assert (first.exit, first.complete, first.fault) == (Exit.FAILED, True, "root_without_tls")
    assert told[SECOND].repeats == FIRST
    assert (told["r3"].exit, told["r3"].reason) == (Exit.INTERRUPTED, "interrupted")
    assert (killed_run.complete, killed_run.exit) == (False, Exit.INTERRUPTED)
    assert killed_run.counts == {Verdict.PASSED: 1}
    assert killed_run.target_file == TARGET_FILE
    assert told["r5"].exit is Exit.FAILED


def test_the_list_is_read_in_a_terminal(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", str(runs)]) == 0

    told = capsys.readouterr().out
    lines = told.splitlines()
    assert f"{FIRST}  2026-09-01 08:30 UTC  embedded landscape" in lines
    assert "  1 at least one failure: 1 failed, 1 passed" in lines
    assert "  with the seeded fault root_without_tls" in lines
    assert f"  repeats {FIRST}" in lines
    assert "  broken off after 1 of 9 results: interrupted" in lines
    assert "  broken off after 1 result: it was killed, or is under way" in lines
    assert "  1 a waiver is stale: 1 passed" in lines
    assert "  redacted for sharing: hosts" in lines
    assert f"  target file {TARGET_FILE}" in lines
    assert told.count("cannot be read: ") == 5
    assert lines[-1].startswith("10 runs")
    assert [line for line in lines if len(line) > 80 and str(runs) not in line] == []


def test_the_list_is_an_array_in_json(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", str(runs), "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert next(each["run"] for each in told) == FIRST
    assert sum("unreadable" in each for each in told) == 5
    assert told[0]["counts"]["failed"] == told[0]["exit"] == 1


def test_a_run_can_be_named_itself(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", str(runs / FIRST)]) == 0

    assert capsys.readouterr().out.startswith(FIRST)


def test_no_runs_yet_is_no_mistake_but_a_folder_that_is_not_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["runs"]) == 0
    assert capsys.readouterr().out.startswith("No runs in oots-report.\n")
    assert main(["runs", "elsewhere"]) == 2
    assert "elsewhere: expected a folder of runs" in capsys.readouterr().err
    with pytest.raises(UsageFault):
        past_runs(tmp_path / "elsewhere")


def test_two_hundred_runs_are_listed_at_once(tmp_path: Path) -> None:
    body = b"x" * 200_000
    source = recorded(tmp_path / "0", PASSED, FAILURE, answer=b"HTTP/1.1 200\r\n\r\n" + body)
    for number in range(1, 200):
        shutil.copytree(source, tmp_path / str(number))

    began = perf_counter()
    found = past_runs(tmp_path)

    assert len(found) == 200
    assert perf_counter() - began < 5


@pytest.mark.parametrize("complete", [True, False])
def test_a_run_is_shown_again_from_its_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, complete: bool
) -> None:
    run = recorded(tmp_path / "run", FAILURE, PASSED)
    if not complete:
        killed(run)

    assert main(["show", str(run), "--out", str(tmp_path / "out")]) == 0

    told = capsys.readouterr().out
    assert "DISC-03  naptr-root-not-https: FI eb acc" in told
    assert ("The run was broken off" in told) is not complete
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *("report.html", "junit.xml", "allure-results")
    }


def test_a_run_is_shown_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = recorded(tmp_path / "run", FAILURE)

    assert main(["show", str(run), "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["exit"] == 1


@pytest.mark.parametrize(
    ("pair", "code", "said"),
    [
        ((PASSED, PASSED), 0, "Nothing changed."),
        ((PASSED, FAILURE), 1, "1 result got worse or fails anew; why: 1 their system."),
        ((FAILURE, PASSED), 0, "1 result changed, none for the worse."),
        ((FAILURE, replace(FAILURE, verdict=Verdict.WAIVED)), 0, "none for the worse"),
    ],
)
def test_two_runs_are_compared_with_an_exit_code(
    pair: tuple[CheckResult, CheckResult],
    code: int,
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before, after = pair
    names = [
        str(recorded(tmp_path / "a", before)),
        str(recorded(tmp_path / "b", after, answer=b"HTTP/1.1 200\r\n\r\nother")),
    ]

    assert main(["diff", *names]) == code
    told = capsys.readouterr().out
    assert said in told
    assert told.endswith(f"Exit code {code}: {'something got' if code else 'nothing is'} worse.\n")
    assert main(["diff", *names, "--json"]) == code
    assert json.loads(capsys.readouterr().out)["worse"] == code


@pytest.mark.parametrize("words", [["diff", "run", "spoilt"], ["show", "spoilt"]], ids=" ".join)
def test_a_record_that_cannot_be_read_is_named_in_a_line(
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    recorded(tmp_path / "run", PASSED)
    (tmp_path / "spoilt").mkdir()
    (tmp_path / "spoilt" / FILE).write_text("{}\n")

    assert main(words) == 2

    told = capsys.readouterr().err
    assert told.startswith("oots: spoilt/run.jsonl, line 1: expected")
    assert told.count("\n") == 1
