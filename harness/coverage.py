"""From each requirement to the checks that verify it and the faults that prove them.

A requirement that has neither a check nor a reason why not is *open*: nobody has thought of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from harness.checks import Check
from harness.model import FaultNote
from harness.requirements import Requirement


class State(StrEnum):
    """Where a requirement stands."""

    TESTED = "tested"
    NOT_TESTED = "not tested"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement, its checks, and the names of the faults that each of them catches."""

    requirement: Requirement
    checks: tuple[Check, ...]
    faults: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def state(self) -> State:
        """A check outweighs a reason: what is verified is tested."""
        if self.checks:
            return State.TESTED
        return State.NOT_TESTED if self.requirement.not_tested else State.OPEN

    def facts(self) -> dict[str, object]:
        """The row as JSON values."""
        requirement = self.requirement
        return {
            "requirement": requirement.slug,
            "refs": list(requirement.refs),
            "keyword": requirement.keyword,
            "role": requirement.role,
            "clause": requirement.clause,
            "profiles": list(requirement.profiles),
            "state": self.state,
            "checks": {check: list(names) for check, names in self.faults},
            "not_tested": requirement.not_tested,
        }


def rows(
    requirements: Iterable[Requirement], checks: Sequence[Check], faults: Sequence[FaultNote]
) -> tuple[Row, ...]:
    """One row a requirement, in their order."""
    return tuple(_row(requirement, checks, faults) for requirement in requirements)


def _row(requirement: Requirement, checks: Sequence[Check], faults: Sequence[FaultNote]) -> Row:
    verifying = tuple(check for check in checks if requirement.slug in check.verifies)
    caught = tuple((check.id, _catches(check, faults)) for check in verifying)
    return Row(requirement, verifying, caught)


def _catches(check: Check, faults: Sequence[FaultNote]) -> tuple[str, ...]:
    return tuple(sorted(fault.name for fault in faults if check.id in fault.caught_by))


def unproven(checks: Iterable[Check], faults: Iterable[FaultNote]) -> tuple[tuple[str, str], ...]:
    """Every check and tag that no fault raises."""
    proven = {pair for fault in faults for pair in fault.caught_by.items()}
    declared = ((check.id, tag) for check in checks for tag in check.finds)
    return tuple(pair for pair in declared if pair not in proven)


def numbered(table: Iterable[Row], ref: str) -> tuple[Row, ...]:
    """The rows of a number such as `D03` or `4.2-keys`, whatever the case of its letters."""
    wanted = ref.casefold()
    return tuple(r for r in table if wanted in (known.casefold() for known in r.requirement.refs))


def markdown(table: Sequence[Row]) -> str:
    """The whole table, as it is committed."""
    return "\n".join(_lines(table)) + "\n"


def _lines(table: Sequence[Row]) -> Iterator[str]:
    counts = {state: sum(row.state is state for row in table) for state in State}
    checks = {check.id for row in table for check in row.checks}
    told = ", ".join(f"{count} {state}" for state, count in counts.items())
    yield "# Coverage"
    yield ""
    yield "Written by `oots coverage --markdown`; a test compares it with what the code says. Each"
    yield "requirement with the checks that verify it, and for each check the faults it catches."
    yield ""
    yield f"{len(table)} requirements ({told}); {len(checks)} checks."
    for chapter in dict.fromkeys(_chapter(row) for row in table):
        yield from ("", f"## {chapter.capitalize()}", "")
        yield "| requirement | keyword | numbers | verified by, or why not |"
        yield "| --- | --- | --- | --- |"
        for row in table:
            if _chapter(row) == chapter:
                yield _line(row)


def _line(row: Row) -> str:
    requirement = row.requirement
    told = (
        "; ".join(f"{check}: {', '.join(names) or 'no fault'}" for check, names in row.faults)
        if row.checks
        else f"{row.state}: {requirement.not_tested}"
        if row.state is State.NOT_TESTED
        else "**open**"
    )
    cells = (requirement.slug, requirement.keyword, ", ".join(requirement.refs), told)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _chapter(row: Row) -> str:
    return row.requirement.chapter
