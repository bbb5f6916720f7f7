"""The kill matrix: what every check said under every fault, and whether it should have.

A fault names the checks that must report it and those that it blinds; a check that says anything
else under it is wrong, and so is the fault under which nothing at all was seen to change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase

from harness.checks import Check
from harness.model import CheckResult, FaultNote, Verdict
from harness.requirements import PROFILES, requirements

GREEN = frozenset({Verdict.PASSED, Verdict.NOT_APPLICABLE})

LONGEST = 300
"""Characters of what a cell says: the first subjects tell as much as all of them."""


class Outcome(StrEnum):
    """What became of one check under one fault."""

    KILLED = "killed"
    """The fault names it, and it reports the tag that the fault names."""
    SILENT = "silent"
    """The fault names it, and it reports nothing."""
    BLOCKED = "blocked"
    """The fault says that it cannot observe anything, and it says the same."""
    UNEXPECTED = "unexpected"
    """It says something that the fault does not account for."""
    GREEN = "green"
    """It has nothing to say, as it should."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one check said under one fault, over all subjects; `said` is that in words."""

    check: str
    verdicts: frozenset[Verdict]
    tags: tuple[str, ...]
    said: str

    @classmethod
    def of(cls, check: str, results: Sequence[CheckResult]) -> Cell:
        """The cell of some results; under another reading too nothing may break."""
        under = {verdict for result in results for _, verdict in result.readings}
        verdicts = {result.verdict for result in results} | (under & {Verdict.BROKEN})
        tags = sorted({result.tag for result in results if result.tag})
        loud = [result for result in results if result.verdict not in GREEN]
        said = "; ".join(f"{r.member_state}-{r.service} {r.verdict}: {_told(r)}" for r in loud)
        return cls(check, frozenset(verdicts), tuple(tags), said[:LONGEST])


@dataclass(frozen=True, slots=True)
class Row:
    """Every cell of one fault (None: of no fault); `seen` is a fingerprint of all exchanges."""

    fault: str | None
    cells: tuple[Cell, ...]
    seen: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a proof fails: one line, about a check or a fault."""

    kind: str
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}: {self.text}"


@dataclass(frozen=True, slots=True)
class Proof:
    """All rows of some checks. `whole`: every fault was tried, so that every tag must be killed.

    `members` are the Member States that were judged; `partial`: only some of all checks were put.
    """

    members: tuple[str, ...]
    checks: tuple[Check, ...]
    faults: tuple[FaultNote, ...]
    unfaulted: Row
    rows: tuple[Row, ...]
    whole: bool
    partial: bool = False

    def of_profile(self, profile: str) -> Proof:
        """What of it belongs to a rule profile."""
        return self._of(tuple(check for check in self.checks if profile in check.profiles))

    def outcomes(self) -> Iterator[tuple[FaultNote, Cell, Outcome]]:
        """Every cell with what became of it, fault by fault."""
        rows = {row.fault: row for row in self.rows}
        for note in self.faults:
            for cell in rows[note.name].cells:
                yield note, cell, outcome(cell, note)

    def killed(self) -> frozenset[tuple[str, str]]:
        """The tags, each with its check, that a fault has raised."""
        return frozenset(
            (cell.check, cell.tags[0])
            for _, cell, became in self.outcomes()
            if became is Outcome.KILLED
        )

    def demanded(self) -> tuple[tuple[str, str], ...]:
        """The tags, each with its check, that must be killed."""
        named = {pair for note in self.faults for pair in note.caught_by.items()}
        declared = [(check.id, tag) for check in self.checks for tag in check.finds]
        return tuple(pair for pair in declared if self.whole or pair in named)

    def problems(self) -> tuple[Problem, ...]:
        """Everything that is not as it should be; none: the proof holds."""
        return (*self._not_green(), *self._misnamed(), *self._wrong(), *self._unkilled())

    def counts(self) -> dict[str, int]:
        """Checks, tags, faults, and how many cells became what."""
        became = Counter(str(each) for _, _, each in self.outcomes())
        return {
            "checks": len(self.checks),
            "tags": len(self.demanded()),
            "tags killed": len(self.killed()),
            "faults": len(self.faults),
            "cells": became.total(),
        } | {str(each): became[each] for each in Outcome}

    def _of(self, checks: tuple[Check, ...]) -> Proof:
        ids = {check.id for check in checks}

        def cut(row: Row) -> Row:
            return replace(row, cells=tuple(cell for cell in row.cells if cell.check in ids))

        return replace(
            self, checks=checks, unfaulted=cut(self.unfaulted), rows=tuple(map(cut, self.rows))
        )

    def _not_green(self) -> Iterator[Problem]:
        for cell in self.unfaulted.cells:
            if not cell.verdicts <= GREEN:
                yield Problem("not green", cell.check, f"without any fault: {cell.said}")
            elif Verdict.PASSED not in cell.verdicts:
                yield Problem("not green", cell.check, "without any fault it judges nothing")

    def _misnamed(self) -> Iterator[Problem]:
        known = {check.id: check.finds for check in self.checks}
        for note in self.faults:
            if not (note.caught_by or note.blocks):
                yield Problem("misnamed", note.name, "names no check, neither caught by nor blind")
            for check, tag in note.caught_by.items():
                if tag not in known.get(check, (tag,) if self.partial or not self.whole else ()):
                    yield Problem("misnamed", note.name, f"no check {check} finds {tag}")

    def _wrong(self) -> Iterator[Problem]:
        for row, note in zip(self.rows, self.faults, strict=True):
            asked = any(c.check in note.caught_by or blinds(note, c.check) for c in row.cells)
            if asked and row.seen == self.unfaulted.seen:
                yield Problem("inert", note.name, "the fault changes nothing that any check sees")
        told = {problem.where for problem in self._not_green()}
        for note, cell, became in self.outcomes():
            where = f"{cell.check} under {note.name}"
            if became is Outcome.SILENT:
                wanted = note.caught_by[cell.check]
                yield Problem(became, where, f"should find {wanted}; {cell.said or 'is green'}")
            if became is Outcome.UNEXPECTED and cell.check not in told:
                yield Problem(became, where, cell.said or "breaks under another reading")

    def _unkilled(self) -> Iterator[Problem]:
        killed = self.killed()
        for check, tag in self.demanded():
            if (check, tag) not in killed:
                yield Problem("not killed", check, f"no fault raises {tag}")


def _told(result: CheckResult) -> str:
    """A tag, or the last line of why there is none: of a traceback, the error."""
    return result.tag or (result.detail or "").rpartition("\n")[2]


def outcome(cell: Cell, note: FaultNote) -> Outcome:
    """What became of a check under a fault."""
    expected = note.caught_by.get(cell.check)
    if Verdict.BROKEN in cell.verdicts:
        return Outcome.UNEXPECTED
    if expected is not None:
        known = {(): Outcome.SILENT, (expected,): Outcome.KILLED}
        return known.get(cell.tags, Outcome.UNEXPECTED)
    if cell.verdicts <= GREEN:
        return Outcome.GREEN
    if cell.verdicts <= GREEN | {Verdict.BLOCKED} and blinds(note, cell.check):
        return Outcome.BLOCKED
    return Outcome.UNEXPECTED


def blinds(note: FaultNote, check: str) -> bool:
    """Whether a check may end blocked under a fault.

    >>> blinds(FaultNote("no_answer", "", {}, ("LOOK-*",)), "LOOK-07")
    True
    """
    return any(fnmatchcase(check, pattern) for pattern in note.blocks)


def facts(proof: Proof, *, version: str) -> dict[str, object]:
    """The matrix as plain data: fault -> check -> what became of it, the green left out."""
    return {
        "version": version,
        "members": list(proof.members),
        "counts": proof.counts(),
        "profiles": {each: proof.of_profile(each).counts() for each in PROFILES},
        "faults": _by_fault(proof),
    }


def _by_fault(proof: Proof) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {note.name: {} for note in proof.faults}
    for note, cell, became in proof.outcomes():
        row = found[note.name]
        match became:
            case Outcome.KILLED:
                _table(row, became)[cell.check] = cell.tags[0]
            case Outcome.UNEXPECTED:
                _table(row, became)[cell.check] = cell.said
            case Outcome.SILENT | Outcome.BLOCKED:
                names = row.setdefault(became, [])
                assert isinstance(names, list)
                names.append(cell.check)
    return found


def _table(row: dict[str, object], became: Outcome) -> dict[str, str]:
    table = row.setdefault(became, {})
    assert isinstance(table, dict)
    return table


def by_requirement(proof: Proof) -> dict[str, tuple[int, int]]:
    """Of each requirement that the checks verify: its tags that are killed, and all of them."""
    killed, found = proof.killed(), dict.fromkeys(requirements(), (0, 0))
    for check in proof.checks:
        done = sum((check.id, tag) in killed for tag in check.finds)
        for slug in check.verifies:
            found[slug] = (found[slug][0] + done, found[slug][1] + len(check.finds))
    return {slug: figures for slug, figures in found.items() if figures[1]}


def differences(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[str, ...]:
    """What changed from one matrix to another, a line each.

    >>> differences({"faults": {"a": {"killed": {}}}}, {"faults": {}})
    ("faults: a: was {'killed': {}}, is nothing",)
    """
    lines: list[str] = []
    for part in dict.fromkeys((*old, *new)):
        before, after = old.get(part), new.get(part)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            lines += _moves(part, before, after)
        elif before != after:
            lines.append(f"{part}: was {before}, is {after}")
    return tuple(lines)


def _moves(part: str, before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[str]:
    for name in dict.fromkeys((*before, *after)):
        was, now = before.get(name, "nothing"), after.get(name, "nothing")
        if was != now:
            yield f"{part}: {name}: was {was}, is {now}"
