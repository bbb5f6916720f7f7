"""The requirement catalogue: `fixtures/requirements/*.toml`, read once, joined by slug."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harness.data import FIXTURES
from harness.errors import HarnessFault
from harness.model import Verdict
from harness.readings import readings
from harness.verdicts import SEVERITY

PROFILES = ("2022", "tdd-1.x", "tdd-2.0")
CURRENT_PROFILE = PROFILES[-1]
ROLES = ("zone", "directory", "proxy", "client")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One normative statement, in our own words.

    `source` names the document and `section` the place in it; `profiles` the rule profiles it
    belongs to. `reading` explains where we judge otherwise than the keyword says, and then
    `judged_as` is the keyword that is applied instead; `register` is the entry of
    `harness.readings` where that depends on one. `refs` are the numbers by which other documents
    know it: `D03`, `O6`, `4.2-keys`, `R-EB-REQ-S011`.
    """

    slug: str
    keyword: str
    role: str
    statement: str
    source: str
    section: str
    profiles: tuple[str, ...]
    judged_as: str | None = None
    reading: str | None = None
    not_tested: str | None = None
    register: str | None = None
    refs: tuple[str, ...] = ()

    @property
    def chapter(self) -> str:
        """What it is about: the first part of its slug."""
        return self.slug.partition(".")[0]

    @property
    def severity(self) -> Verdict:
        """The verdict that a violation has."""
        return SEVERITY[self.judged_as or self.keyword]

    @property
    def clause(self) -> str:
        """Where it is written."""
        return f"{self.source}, {self.section}"


@cache
def requirements() -> dict[str, Requirement]:
    """Every requirement by slug, in the order of the files."""
    entries = [
        entry
        for path in sorted((FIXTURES / "requirements").glob("*.toml"))
        for entry in _read(path)
    ]
    found = {entry.slug: entry for entry in entries}
    if len(found) != len(entries):
        slugs = [entry.slug for entry in entries]
        twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
        raise HarnessFault(f"fixtures/requirements: slugs given twice: {', '.join(twice)}")
    return found


def _read(path: Path) -> Iterator[Requirement]:
    for table in tomllib.loads(path.read_text("utf-8"))["requirement"]:
        lists = {name: tuple(table.get(name, ())) for name in ("profiles", "refs")}
        entry = Requirement(**{**table, **lists})
        if (
            entry.keyword not in SEVERITY
            or entry.role not in ROLES
            or not set(entry.profiles) <= set(PROFILES)
            or (entry.judged_as is None) != (entry.reading is None)
            or (entry.judged_as or entry.keyword) not in SEVERITY
            or (entry.register is not None and entry.register not in readings())
        ):
            raise HarnessFault(f"{path.name}: requirement {entry.slug} has an unknown word")
        yield entry
