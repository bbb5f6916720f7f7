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
from harness.verdicts import SEVERITY

PROFILES = ("2022", "tdd-1.x", "tdd-2.0")
ROLES = ("zone", "directory", "proxy", "client")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One normative statement, in our own words.

    `source` names the document and `section` the place in it; `profiles` the rule profiles it
    belongs to. `reading` explains where we judge otherwise than the keyword says, and then
    `judged_as` is the keyword that is applied instead.
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
        entry = Requirement(**{**table, "profiles": tuple(table["profiles"])})
        if (
            entry.keyword not in SEVERITY
            or entry.role not in ROLES
            or not set(entry.profiles) <= set(PROFILES)
            or (entry.judged_as is None) != (entry.reading is None)
            or (entry.judged_as or entry.keyword) not in SEVERITY
        ):
            raise HarnessFault(f"{path.name}: requirement {entry.slug} has an unknown word")
        yield entry
