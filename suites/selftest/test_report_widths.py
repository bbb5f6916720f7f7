"""The summary and the progress fit the terminal, whatever it is."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import struct
import termios
from collections.abc import Iterator

import pytest

from harness.model import Verdict
from harness.reports import summary
from harness.reports.sheet import Sheet, columns, sheet_for
from suites.selftest.sample_records import mixed, result


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("width", [40, 57, 80, 120])
def test_no_line_of_the_summary_is_wider_than_the_terminal(width: int) -> None:
    lines = summary.render(mixed(), sheet=Sheet(width)).splitlines()

    wide = [li for li in lines if len(li) > width and not li.startswith("    reproduce: ")]
    assert wide == []
    assert "discovery" in "".join(lines)


@pytest.mark.parametrize(
    ("told", "width"), [("100", 100), ("12", 40), ("0", 80), ("wide", 80), ("99999", 80), ("", 80)]
)
def test_the_variable_columns_tells_the_width_of_a_terminal(told: str, width: int) -> None:
    assert sheet_for(Terminal(), {"COLUMNS": told}).width == width


def test_a_terminal_is_asked_how_wide_it_is() -> None:
    main, other = pty.openpty()
    with os.fdopen(other, "w") as stream, os.fdopen(main, "rb"):
        fcntl.ioctl(stream.fileno(), termios.TIOCSWINSZ, struct.pack("HHHH", 24, 132, 0, 0))

        assert columns(stream, {}) == 132


def test_elsewhere_the_width_is_eighty() -> None:
    assert sheet_for(io.StringIO(), {"COLUMNS": "200"}) == Sheet(80, colour=False)


def progress(environ: dict[str, str]) -> list[str]:
    stream, seconds = Terminal(), iter(range(0, 100, 6))
    shown = summary.Progress(
        8, quiet=False, stream=stream, clock=lambda: next(seconds), environ=environ
    )
    with shown:
        for _ in range(3):
            shown.step(result("DISC-01", "FI", Verdict.FAILED))
    return list(pieces(stream.getvalue()))


def pieces(text: str) -> Iterator[str]:
    for piece in text.replace("\x1b[K", "").replace("\n", "\r").split("\r"):
        if piece:
            yield piece


@pytest.mark.parametrize("width", [10, 30, 200])
def test_progress_fits_the_terminal(width: int) -> None:
    lines = progress({"COLUMNS": str(width)})

    assert len(lines) == 3
    assert max(map(len, lines)) < width
    assert all(line.startswith("123"[n] + " of 8 (") for n, line in enumerate(lines))


def test_a_dumb_terminal_is_sent_lines_without_escapes() -> None:
    stream, seconds = Terminal(), iter(range(0, 100, 6))
    shown = summary.Progress(
        8, quiet=False, stream=stream, clock=lambda: next(seconds), environ={"TERM": "dumb"}
    )

    with shown:
        shown.step(result("DISC-01", "FI", Verdict.PASSED))

    assert stream.getvalue() == "1 of 8 (12 %), 0 failed, 6 s: discovery, FI eb acc\n"
