"""What lines are written on: as wide as the terminal, with colour where it is welcome."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

from harness.model import Verdict
from harness.reports.words import plain

WIDTH = 80
"""Columns, where there is no terminal that says otherwise."""

NARROWEST = 40
_MOST_DIGITS = 4

_STYLE = {
    Verdict.FAILED: "1;31",
    Verdict.BROKEN: "1;35",
    Verdict.BLOCKED: "1;34",
    Verdict.WARNED: "1;33",
    Verdict.WAIVED: "1;36",
    Verdict.PASSED: "1;32",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """`width` in columns; `colour` whether escapes for it are welcome."""

    width: int = WIDTH
    colour: bool = False

    def wrapped(self, text: str, indent: int = 0) -> list[str]:
        """The text in lines; all but the first begin `indent` columns to the right."""
        return textwrap.wrap(
            plain(text), self.width, subsequent_indent=" " * indent, break_on_hyphens=False
        )

    def line(self, text: str) -> str:
        """The text in one line, its end left out where it is too long."""
        shown = plain(text)
        return shown if len(shown) <= self.width else f"{shown[: self.width - 3]}..."

    def painted(self, text: str, verdict: Verdict | None) -> str:
        """The text in the colour of a verdict, which repeats what a word says."""
        style = _STYLE.get(verdict) if verdict and self.colour else None
        return f"\x1b[{style}m{text}\x1b[0m" if style else text


def sheet_for(stream: TextIO, environ: Mapping[str, str]) -> Sheet:
    """What a stream can show."""
    colour = wants_colour(terminal=stream.isatty(), environ=environ)
    return Sheet(max(columns(stream, environ), NARROWEST), colour)


def columns(stream: TextIO, environ: Mapping[str, str]) -> int:
    """How many columns the terminal has that a stream writes to; elsewhere 80.

    The variable COLUMNS outranks the terminal, as in `shutil.get_terminal_size`, which only looks
    at standard output.
    """
    if not stream.isatty():
        return WIDTH
    told = environ.get("COLUMNS", "")
    if told.isdecimal() and len(told) <= _MOST_DIGITS and int(told):
        return int(told)
    try:
        return os.get_terminal_size(stream.fileno()).columns or WIDTH
    except (OSError, ValueError):
        return WIDTH


def wants_colour(*, terminal: bool, environ: Mapping[str, str]) -> bool:
    """Whether colour is welcome: on a terminal that has it, unless NO_COLOR is set.

    >>> wants_colour(terminal=True, environ={"NO_COLOR": "1", "TERM": "xterm"})
    False
    """
    return terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
