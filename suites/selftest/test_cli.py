"""The command: its help is quick and complete, its refusals are one clear line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli.main import COMMANDS


def oots(*words: str, cwd: Path, timeout: int = 120) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "harness.cli.main", *words],
        cwd=cwd,
        env={**os.environ, "OOTS_DESK": str(cwd / "desk.sqlite3"), "COLUMNS": "80"},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_there_for_everything(command: str, tmp_path: Path) -> None:
    told = oots(*filter(None, [command]), "--help", cwd=tmp_path)

    assert told.returncode == 0
    assert "usage: oots" in told.stdout


def test_help_names_every_exit_code(tmp_path: Path) -> None:
    told = oots("--help", cwd=tmp_path)

    for code in ("0", "1", "2", "3", "4", "130"):
        assert f"\n  {code}  " in told.stdout


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["run", "--member-stat", "FI"], "did you mean --member-state?"),
        (["rum"], "did you mean run?"),
        ([], "see `oots --help`"),
        (["run", "--member-state", "XX"], "expected a known word"),
        (["run", "--member-state", "EL"], "such as GR"),
        (["run", "--service", "ebb"], "such as eb"),
        (["run", "--environment", "production"], "such as prod"),
        (["run", "--check", "DISC-999"], "such as DISC-"),
        (["run", "--chapter", "cashing"], "such as caching"),
        (["run", "--fault", "root_without_tsl"], "such as root_without_tls"),
        (["run", "--check", "LOOK-01", "--chapter", "caching"], "widen"),
        (["run", "--member-state", "FI", "--check", "DISC-01", "--out", "/proc/nowhere"], "--out"),
        (["mock", "--dns-port", "70000"], "65535"),
        (["mock", "--dns-port", "many"], "--dns-port"),
        (["verify", "--body", "missing.xml", "--headers", "missing.headers"], "missing"),
        (["level", "missing"], "missing"),
        (["desk", "show", "7"], "7"),
        (["desk", "list", "--desk", "missing.sqlite3"], "missing.sqlite3"),
        (["run", "--member-state", ""], "an empty one"),
        (["run", "--member-state", "Finland"], "--member-state"),
        (["run", "--out", ""], "--out"),
        (["run", "--fault", "unsigned", "--fault", "no_entry"], "may be given once"),
        (["run", "--list-checks", "--list-faults"], "not allowed with"),
        (
            ["run", "--member-state", "FI", "--check", "DISC-01", "--out", "/dev/full"],
            "move the file away",
        ),
        (["desk", "list", "--desk", "/etc/passwd"], "desk"),
    ],
    ids=" ".join,
)
def test_a_mistake_is_answered_by_one_line_and_exit_code_two(
    words: list[str], hint: str, tmp_path: Path
) -> None:
    told = oots(*words, cwd=tmp_path)

    assert told.returncode == 2, told.stderr
    assert told.stdout == ""
    assert len(told.stderr.strip().splitlines()) == 1
    assert told.stderr.startswith("oots")
    assert hint in told.stderr
    assert not list(tmp_path.rglob("run.jsonl"))


def test_a_seeded_fault_is_named_filed_once_and_updated_by_the_next_run(tmp_path: Path) -> None:
    words = ("run", "--member-state", "FI", "--fault", "root_without_tls", "--quiet")
    first = oots(*words, "--service", "eb", cwd=tmp_path)
    again = oots(*words, "--service", "eb", cwd=tmp_path)
    tickets = json.loads(oots("desk", "list", "--json", cwd=tmp_path).stdout)

    assert (first.returncode, again.returncode) == (1, 1)
    assert "DISC-03" in first.stdout
    assert "expected" in first.stdout
    assert "http://" in first.stdout
    assert len(tickets) == 1


def test_the_json_form_is_one_object_with_the_fields_a_machine_reads(tmp_path: Path) -> None:
    told = oots(
        "run",
        "--member-state",
        "GR",
        "--chapter",
        "discovery",
        "--json",
        "--out",
        "out",
        cwd=tmp_path,
    )
    report = json.loads(told.stdout)

    assert told.returncode == 0, told.stderr
    assert report["results"]
    for result in report["results"]:
        assert {"check", "requirement", "tag", "verdict", "expected", "seen"} <= set(result)
        assert result["member_state"] == "GR"
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "run.jsonl", "junit.xml", "report.html", "allure-results"
    }  # fmt: skip


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_stopped_keeps_what_was_recorded_and_says_so(
    how: signal.Signals, tmp_path: Path
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.cli.main", "run", "--out", "out", "--no-tickets"],
        cwd=tmp_path,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # noqa: PLW1509 -- nohup
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    record = tmp_path / "out" / "run.jsonl"
    with process:
        assert process.stderr is not None
        first = process.stderr.readline()  # the first sign of progress
        process.send_signal(how)
        out, err = process.communicate(timeout=60)
    lines = [json.loads(line) for line in record.read_text("utf-8").splitlines()]

    assert process.returncode == 130, first + out + err
    assert "Traceback" not in err
    assert lines[0]["kind"] == "header"
    assert lines[-1]["kind"] == "footer"
    assert not lines[-1]["complete"]
    assert any(line["kind"] == "result" for line in lines)
    assert (tmp_path / "out" / "report.html").exists()


def shell(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    line = command.replace("oots ", f"{sys.executable} -m harness.cli.main ", 1)
    return subprocess.run(
        ["bash", "-c", line], cwd=cwd, capture_output=True, text=True, timeout=120, check=False
    )


RED = "oots run --member-state FI --check DISC-03 --fault root_without_tls --no-tickets --quiet"


@pytest.mark.parametrize("sink", ["| head -c 5; exit ${PIPESTATUS[0]}", "> /dev/full", ">&-"])
@pytest.mark.parametrize("form", ["", "--json"])
def test_a_failure_keeps_its_exit_code_whoever_reads_it(
    sink: str, form: str, tmp_path: Path
) -> None:
    told = shell(f"{RED} {form} {sink}", tmp_path)

    assert told.returncode == 1, told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("command", ["run --list-checks", "desk list", "--version"])
def test_output_that_cannot_be_written_is_said_in_one_line(command: str, tmp_path: Path) -> None:
    told = shell(f"oots {command} > /dev/full", tmp_path)

    assert told.returncode == 2
    assert len(told.stderr.strip().splitlines()) == 1
    assert "standard output" in told.stderr


def test_a_record_is_not_replaced_unless_that_is_asked_for(tmp_path: Path) -> None:
    green = "oots run --member-state FI --check DISC-03 --no-tickets --quiet --out here"
    assert shell(green, tmp_path).returncode == 0

    again = shell(green, tmp_path)
    anew = shell(f"{green} --overwrite", tmp_path)

    assert again.returncode == 2
    assert "--overwrite" in again.stderr
    assert anew.returncode == 0


def test_lists_obey_the_selection_and_can_be_read_by_a_machine(tmp_path: Path) -> None:
    told = oots("run", "--list-checks", "--chapter", "caching", "--json", cwd=tmp_path)
    listed = json.loads(told.stdout)

    assert listed
    assert all(entry["name"].startswith("CACHE-") and entry["title"] for entry in listed)


def test_a_desk_that_cannot_be_used_is_found_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "junk").write_text("junk" * 500)

    told = oots("run", "--member-state", "FI", "--desk", "junk", cwd=tmp_path)

    assert told.returncode == 2
    assert not list(tmp_path.rglob("run.jsonl"))


def test_the_mock_prints_one_object_and_stops_when_told(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.cli.main", "mock", "--json"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process:
        text = ""
        for line in process.stdout:
            text += line
            if line.rstrip() == "}":
                break
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    manual = json.loads(text)

    assert process.returncode == 0, err
    assert len(manual["services"]) == 27 * 2 * 3
    assert all(service["root"].startswith("https://") for service in manual["services"])
    assert b"BEGIN CERTIFICATE" in (tmp_path / manual["tls_ca"]).read_bytes()
    assert set(manual["trust_anchors"]) == {"prod", "acc", "testing"}
