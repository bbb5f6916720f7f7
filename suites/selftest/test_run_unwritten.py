"""A run whose desk or reports cannot be written still tells its verdict, and the true exit code."""

from __future__ import annotations

import argparse
from pathlib import Path
from textwrap import indent

import pytest

from harness.adapters.sqlite import SqliteDesk
from harness.cli import run
from harness.cli.main import main
from harness.errors import UsageFault
from harness.model import Verdict
from harness.record import FILE, RecordWriter, read
from harness.waiver_file import EXAMPLE
from suites.selftest.sample_records import FAILED, NOW, exchange, header, result


def recorded(folder: Path, verdict: Verdict) -> argparse.Namespace:
    with RecordWriter(folder / FILE, lambda: NOW) as writer:
        writer.header(header())
        writer.exchange(exchange("x1"))
        found = FAILED if verdict is Verdict.FAILED else {}
        writer.result(result("DISC-03", "FI", verdict, **found))
        writer.close(complete=True)
    return argparse.Namespace(json=False, redact=(), overwrite=False)


@pytest.mark.parametrize(("verdict", "code"), [(Verdict.PASSED, 2), (Verdict.FAILED, 1)])
def test_a_report_that_cannot_be_written_is_not_listed(
    verdict: Verdict, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = recorded(tmp_path, verdict)
    (tmp_path / "report.html").mkdir()

    ended = run._reported(given, tmp_path, None)

    told = capsys.readouterr()
    assert ended == code
    assert f"Exit code {code}" in told.out
    assert "onformant: " in told.out
    assert "junit.xml" in told.out
    assert "report.html" not in told.out
    assert "report.html" in told.err


def test_incidents_that_cannot_be_filed_take_nothing_from_the_summary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = recorded(tmp_path / "run", Verdict.FAILED)
    (tmp_path / "file").touch()

    ended = run._reported(given, tmp_path / "run", SqliteDesk(tmp_path / "file" / "desk"))

    told = capsys.readouterr()
    assert ended == 1
    assert "Not conformant" in told.out
    assert "desk" in told.err
    assert (tmp_path / "run" / "report.html").is_file()


def test_a_desk_that_cannot_be_made_is_found_before_anything_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    out, desk = str(tmp_path / "out"), str(tmp_path / "file" / "desk")

    ended = main(
        ["run", "--member-state", "FI", "--check", "DISC-01", "--out", out, "--desk", desk]
    )

    assert ended == 2
    assert desk in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_header_that_a_full_disk_cut_off_is_called_that(tmp_path: Path) -> None:
    recorded(tmp_path, Verdict.PASSED)
    file = tmp_path / FILE
    file.write_bytes(file.read_bytes()[:200])

    with pytest.raises(UsageFault, match="cut off before its first line was whole"):
        read(tmp_path)


def test_what_a_mock_that_was_killed_left_behind_does_not_say_that_the_next_is_ready(
    tmp_path: Path,
) -> None:
    (tmp_path / "ready").touch()

    assert main(["mock", "--files", str(tmp_path), "--member-state", "ZZ"]) == 2
    assert not (tmp_path / "ready").exists()


def test_the_help_of_a_run_shows_a_file_of_waivers() -> None:
    assert indent(EXAMPLE, "  ") in run.EPILOG
