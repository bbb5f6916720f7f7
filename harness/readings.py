"""The interpretation register (`fixtures/readings.toml`): clauses that can be read several ways.

A run judges by our choice; what a check would say under each other reading is reported beside it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from harness.data import FIXTURES
from harness.errors import HarnessFault
from harness.model import Verdict
from harness.verdicts import SEVERITY

_TEXTS = ("slug", "question", "clause", "choice", "why")


@dataclass(frozen=True, slots=True)
class Reading:
    """One ambiguous clause.

    `readings` pairs the name of each reading with what it says; `choice` is the name of ours.
    `keywords` pairs some of them with the keyword by which a violation is judged under them,
    where that is another than the requirement's. `used_by` says who depends on the entry where
    no check and no requirement does.
    """

    slug: str
    question: str
    clause: str
    readings: tuple[tuple[str, str], ...]
    choice: str
    why: str
    keywords: tuple[tuple[str, str], ...] = ()
    used_by: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the readings, our choice first."""
        others = tuple(name for name, _ in self.readings if name != self.choice)
        return (self.choice, *others)

    def severity(self, name: str, otherwise: Verdict) -> Verdict:
        """The verdict that a violation has under a reading."""
        keyword = dict(self.keywords).get(name)
        return otherwise if keyword is None else SEVERITY[keyword]


@cache
def readings() -> dict[str, Reading]:
    """Every entry of the register by slug, in the order of the file."""
    tables = tomllib.loads((FIXTURES / "readings.toml").read_text("utf-8"))["entry"]
    found = {entry.slug: entry for entry in map(_entry, tables)}
    if len(found) != len(tables):
        raise HarnessFault("fixtures/readings.toml: a slug is given twice")
    return found


def in_force(chosen: Mapping[str, str], slug: str) -> str:
    """The name of the reading to judge by: the one chosen, or else ours."""
    entry = readings().get(slug)
    if entry is None:
        raise HarnessFault(f"fixtures/readings.toml has no entry {slug}")
    return chosen.get(slug, entry.choice)


def _entry(table: Mapping[str, Any]) -> Reading:
    told: dict[str, Any] = {name: table.get(name) for name in _TEXTS}
    named = table.get("reading", [])
    entry = Reading(
        **told,
        readings=tuple((one["name"], one["text"]) for one in named),
        keywords=tuple((one["name"], one["keyword"]) for one in named if "keyword" in one),
        used_by=table.get("used_by"),
    )
    problem = next(_problems(entry, set(table)), None)
    if problem:
        raise HarnessFault(f"fixtures/readings.toml: entry {entry.slug} {problem}")
    return entry


def _problems(entry: Reading, given: set[str]) -> Iterator[str]:
    names = [name for name, _ in entry.readings]
    if unknown := given - {*_TEXTS, "reading", "used_by"}:
        yield f"has the unknown field {min(unknown)}"
    if not all(getattr(entry, name) for name in _TEXTS):
        yield "lacks a text"
    if len(names) < 2 or len(set(names)) != len(names):  # noqa: PLR2004 -- one is no ambiguity
        yield "needs two readings or more, each with a name of its own"
    if entry.choice not in names:
        yield "chooses a reading that it does not have"
    if not {keyword for _, keyword in entry.keywords} <= set(SEVERITY):
        yield "judges by an unknown keyword"
