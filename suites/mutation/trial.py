"""One mutant on trial: does the negative control, or a self-test, notice it?"""

from __future__ import annotations

import asyncio
import contextlib
import doctest
import io
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import FrameType
from typing import TypeVar

import pytest

from harness.checks import Check, catalogue
from harness.model import FaultNote, Verdict
from harness.proof import GREEN, Outcome, outcome
from harness.proving import row
from mock_services.embedded import Embedded
from suites.mutation.mutants import Mutant
from suites.mutation.planting import CannotBePlanted, Garden

_IMPORTED = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"

_Asked = TypeVar("_Asked")

MOST = 2000
"""Octets of a verdict."""

Function = tuple[str, str]
"""A function by its file and its qualified name."""


@dataclass(slots=True)
class Witnesses:
    """Who could notice: the faults that lead through a function, the self-tests of a module."""

    notes: tuple[FaultNote, ...]
    tests: Mapping[str, tuple[str, ...]]
    through: Mapping[str, frozenset[Function]]

    @classmethod
    def of(cls, tests: Mapping[str, tuple[str, ...]]) -> Witnesses:
        """Learn which functions run under each fault; its own checks are asked, no others.

        Who is not of use is left out: faults that are not caught, self-tests that are not green.
        """
        notes, through = [], {}
        for note in Embedded().faults():
            heard, caught = _heard(note)
            if caught:
                notes.append(note)
                through[note.name] = heard
        red = {file for file in sorted({*chain(*tests.values())}) if in_a_fork(_tested, [file])}
        sound = {
            name: tuple(file for file in files if file not in red) for name, files in tests.items()
        }
        return cls(tuple(notes), sound, through)

    def faults(self, path: str, mutant: Mutant) -> tuple[FaultNote, ...]:
        """The faults under which the mutant is run through; all where it is no function."""
        where = (path, mutant.place)
        known = any(where in heard for heard in self.through.values())
        return tuple(n for n in self.notes if not known or where in self.through[n.name])


def verdict(mutant: Mutant, garden: Garden, witnesses: Witnesses) -> str:
    """Who noticed, in few words; `survived`: nobody did; `not planted`: it cannot be."""
    path = garden.functions.get((mutant.module, mutant.place))
    file = path[0].__code__.co_filename if path else ""
    try:
        garden.plant(mutant)
    except CannotBePlanted:
        return "not planted"
    asked = _of_suite(mutant)
    return (
        _unfaulted(asked or catalogue())
        or _faulted(witnesses.faults(file, mutant), asked)
        or _exemplified(mutant.module)
        or _tested(witnesses.tests.get(mutant.module, ()))
        or "survived"
    )


def _of_suite(mutant: Mutant) -> tuple[Check, ...]:
    """The checks of the module that a mutant is in; none for a module of the judge."""
    return tuple(c for c in catalogue() if c.function.__module__ == mutant.module)


def _checks_of(note: FaultNote, asked: Iterable[Check]) -> tuple[Check, ...]:
    return tuple(check for check in asked if check.id in note.caught_by)


def _unfaulted(checks: Sequence[Check]) -> str | None:
    for cell in asyncio.run(row(Embedded().rehearse((), None), checks)).cells:
        if not cell.verdicts <= GREEN or Verdict.PASSED not in cell.verdicts:
            return f"{cell.check} without a fault"
    return None


def _faulted(notes: Iterable[FaultNote], asked: Sequence[Check]) -> str | None:
    for note in notes:
        checks = _checks_of(note, asked or catalogue())
        if checks:
            for cell in asyncio.run(row(Embedded().rehearse((), note.name), checks)).cells:
                if outcome(cell, note) is not Outcome.KILLED:
                    return f"{cell.check} under {note.name}"
    return None


def _exemplified(module: str) -> str | None:
    with contextlib.redirect_stdout(io.StringIO()):
        failed, _ = doctest.testmod(sys.modules[module])
    return f"the examples of {module}" if failed else None


def _tested(files: Sequence[str]) -> str | None:
    if not files:
        return None
    with contextlib.redirect_stdout(io.StringIO()) as said:
        code = pytest.main([*files, "-x", "-q", "-p", "no:cacheprovider", "-W", _IMPORTED])
    if not code:
        return None
    failed = [line for line in said.getvalue().splitlines() if line.startswith("FAILED")]
    return failed[0][7:160] if failed else f"pytest: exit code {int(code)}"


def _heard(note: FaultNote) -> tuple[frozenset[Function], bool]:
    """The functions that run under a fault, and whether its checks catch it."""
    heard: set[Function] = set()

    def listen(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            heard.add((frame.f_code.co_filename, frame.f_code.co_qualname))

    checks = _checks_of(note, catalogue())
    sys.setprofile(listen)
    try:
        cells = asyncio.run(row(Embedded().rehearse((), note.name), checks)).cells
    finally:
        sys.setprofile(None)
    return frozenset(heard), all(outcome(cell, note) is Outcome.KILLED for cell in cells)


def in_a_fork(ask: Callable[[_Asked], str | None], about: _Asked) -> str | None:
    """What a function answers in a process of its own."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(read)
        hush()
        os.write(write, (ask(about) or "").encode()[:MOST])
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read().decode("utf-8", "replace")
    os.waitpid(pid, 0)
    return said or None


def hush() -> None:
    """Let nothing that runs here write among the verdicts."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
