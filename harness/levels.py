"""From the results of a run to Acceleratormeter levels: a pure fold over rules that are data.

Only a passed check raises a level. What failed, was blocked, broke, was waived, never ran or was
not applicable is lacking; only an optional check that is not applicable is left out of the count,
and where nothing is left, nothing is shown. Levels are cumulative, and each of the two services
must show them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

from harness.data import FIXTURES
from harness.errors import HarnessFault, UsageFault
from harness.model import CheckResult, Service, Verdict

WORST_FIRST = (
    Verdict.FAILED,
    Verdict.BROKEN,
    Verdict.BLOCKED,
    Verdict.WAIVED,
    Verdict.WARNED,
    Verdict.PASSED,
    Verdict.NOT_APPLICABLE,
)
"""Which verdict counts where a record has several of one check on one subject."""

NOT_RUN = "not run"
ORIGIN = "computed by this harness; not the Commission's published level"
"""What every figure of ours must be labelled with; `fixtures/levels.toml` is refused without."""


@dataclass(frozen=True, slots=True)
class CheckEntry:
    """A check as a record's header lists it; `severity` is the verdict that its violation has."""

    check: str
    chapter: str
    severity: str
    services: tuple[str, ...]
    title: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """One of the six levels; the name is the Commission's, the statement ours."""

    number: int
    name: str
    statement: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a level asks for; `share` is None where it is an attestation.

    `checks` are those that all have to pass, beside the share.
    """

    slug: str
    level: int
    statement: str
    chapters: tuple[str, ...]
    share: Fraction | None
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """`fixtures/levels.toml`, read; levels in ascending order."""

    note: str
    levels: tuple[Level, ...]
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A check that does not count for a criterion; `state` is its verdict, or `not run`."""

    check: str
    title: str
    service: str
    state: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one service: the mandatory checks that passed, that count, and that have to pass.

    `unmet` are those of the checks that the criterion names which did not pass.
    """

    service: str
    passed: int
    counted: int
    needed: int
    unmet: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        """Whether enough passed, and the named ones all; nothing to count shows nothing."""
        return self.counted > 0 and self.passed >= self.needed and not self.unmet


@dataclass(frozen=True, slots=True)
class Proof:
    """How far one criterion is shown; `tallies` is empty for an attestation."""

    criterion: Criterion
    tallies: tuple[Tally, ...]
    missing: tuple[Missing, ...]

    @property
    def met(self) -> bool:
        """Whether it is shown."""
        return bool(self.tallies) and all(tally.met for tally in self.tallies)


@dataclass(frozen=True, slots=True)
class LevelReport:
    """The level of one Member State in one environment, and how it comes about.

    `next` is the level above, None at the top.
    """

    member_state: str
    environment: str
    level: Level
    next: Level | None
    proofs: tuple[Proof, ...]

    @property
    def missing(self) -> tuple[Proof, ...]:
        """What is not shown of the level above."""
        wanted = self.next.number if self.next else None
        return tuple(p for p in self.proofs if p.criterion.level == wanted and not p.met)


_States = Mapping[tuple[str, str], str]
"""The state of each check (first) on each service (second) of one subject."""


def fold(
    results: Iterable[CheckResult], catalogue: Iterable[CheckEntry], rules: Rules
) -> tuple[LevelReport, ...]:
    """One report for each Member State and environment that has results, in their order.

    `catalogue` names every check there is: one that it names and that has no result did not run.
    """
    found: dict[tuple[str, str], dict[tuple[str, str], Verdict]] = {}
    for result in results:
        if result.member_state.isalpha():  # a captured answer is of no Member State: "-"
            states = found.setdefault((result.member_state, result.environment), {})
            known = states.get((result.check, result.service), result.verdict)
            worse = min(known, result.verdict, key=WORST_FIRST.index)
            states[result.check, result.service] = worse
    entries = tuple(entry for entry in catalogue if entry.severity == Verdict.FAILED)
    return tuple(
        _report(subject, tuple(_proof(c, entries, states) for c in rules.criteria), rules)
        for subject, states in sorted(found.items())
    )


def _report(subject: tuple[str, str], proofs: tuple[Proof, ...], rules: Rules) -> LevelReport:
    """Levels are cumulative: the first criterion that is not met ends the climb."""
    unmet = min((p.criterion.level for p in proofs if not p.met), default=len(rules.levels) + 1)
    reached = [level for level in rules.levels if level.number < unmet]
    above = rules.levels[len(reached) :]
    return LevelReport(*subject, reached[-1], above[0] if above else None, proofs)


def _proof(criterion: Criterion, entries: tuple[CheckEntry, ...], states: _States) -> Proof:
    if criterion.share is None:
        return Proof(criterion, (), ())
    tallies: list[Tally] = []
    missing: list[Missing] = []
    for service in Service:
        asked = [
            (entry, states.get((entry.check, service), NOT_RUN))
            for entry in entries
            if entry.chapter in criterion.chapters and service in entry.services
        ]
        counted = [
            (entry, state)
            for entry, state in asked
            if not (entry.optional and state == Verdict.NOT_APPLICABLE)
        ]
        lacking = [(entry, state) for entry, state in counted if state != Verdict.PASSED]
        needed = ceil(criterion.share * len(counted))
        unmet = tuple(
            check
            for check in criterion.checks
            if states.get((check, service), NOT_RUN) != Verdict.PASSED
        )
        tallies.append(Tally(service, len(counted) - len(lacking), len(counted), needed, unmet))
        missing += [Missing(e.check, e.title, service, str(state)) for e, state in lacking]
    return Proof(criterion, tuple(tallies), tuple(missing))


def entries_of(catalogue: object) -> tuple[CheckEntry, ...]:
    """The catalogue of a record's header; raises `UsageFault` where it cannot be used."""
    try:
        return tuple(_entry(entry) for entry in catalogue)  # type: ignore[attr-defined]
    except (KeyError, TypeError) as flaw:
        raise UsageFault(
            "the record's header",
            expected="a catalogue of all checks, each with chapter, severity and services",
            seen=f"{type(flaw).__name__}: {flaw}",
            remedy="record the run anew with this version of oots",
        ) from None


_TEXTS = ("check", "chapter", "severity", "title")


def _entry(entry: Mapping[str, Any]) -> CheckEntry:
    services = entry["services"]
    if not isinstance(services, list) or not all(isinstance(s, str) for s in services):
        raise TypeError(f"services of {entry['check']} are {services!r}")
    check, chapter, severity, title = (str(entry[name]) for name in _TEXTS)
    optional = entry.get("optional", False) is True
    return CheckEntry(check, chapter, severity, tuple(services), title, optional)


@cache
def read_rules(path: Path = FIXTURES / "levels.toml") -> Rules:
    """The levels and their criteria; raises `HarnessFault` where the file is not as it must be."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        levels = tuple(Level(**table) for table in data["level"])
        rules = Rules(data["note"], levels, tuple(map(_criterion, data["criterion"])))
        slugs = {criterion.slug for criterion in rules.criteria}
        asked = {criterion.level for criterion in rules.criteria}
    except (KeyError, TypeError, ValueError) as flaw:
        raise HarnessFault(f"{path.name}: {type(flaw).__name__}: {flaw}") from flaw
    numbers = [level.number for level in levels]
    if (
        numbers != list(range(1, len(levels) + 1))
        or asked != set(numbers[1:])
        or len(slugs) != len(rules.criteria)
        or rules.note != ORIGIN
    ):
        raise HarnessFault(
            f"{path.name}: levels 1, 2, ... with criteria for all above 1, each once"
        )
    return rules


def _criterion(table: Mapping[str, Any]) -> Criterion:
    slug, level, statement = (table[name] for name in ("slug", "level", "statement"))
    match table["kind"]:
        case "attestation":
            return Criterion(slug, level, statement, (), None)
        case "checks" if table["origin"] == ORIGIN and table["chapters"]:
            share = Fraction(1) if table["share"] == "all" else Fraction(table["share"])
            if 0 < share <= 1:
                chapters, named = tuple(table["chapters"]), table.get("checks", [])
                if not isinstance(named, list):
                    raise TypeError(f"checks of {slug} are {named!r}")
                return Criterion(slug, level, statement, chapters, share, tuple(named))
    raise ValueError(f"criterion {slug} has an unknown kind, share or origin, or no chapters")
