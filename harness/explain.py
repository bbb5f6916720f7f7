"""Why a check matters and how to mend what it finds: `fixtures/explain/*.toml`, by check id.

Written for a competent administrator who does not know the RFC behind the check.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from harness.checks import CHAPTERS
from harness.data import FIXTURES
from harness.errors import HarnessFault


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a person needs to mend a fault: the reason, the remedy, a good and a bad answer."""

    why: str
    fix: str
    good: str
    bad: str


_FIELDS = {field.name for field in fields(Explanation)}


@cache
def explanations() -> dict[str, Explanation]:
    """Every explanation by the id of its check."""
    pairs = [pair for chapter in CHAPTERS for pair in _chapter(chapter)]
    found = dict(pairs)
    if len(found) != len(pairs):
        raise HarnessFault("fixtures/explain: a check is explained twice")
    return found


def _chapter(chapter: str) -> Iterator[tuple[str, Explanation]]:
    path = FIXTURES / "explain" / f"{chapter}.toml"
    for check, table in tomllib.loads(path.read_text("utf-8")).items():
        yield check, _explanation(f"{path.name}, {check}", table)


def _explanation(where: str, table: Mapping[str, Any]) -> Explanation:
    if set(table) != _FIELDS or not all(isinstance(t, str) and t.strip() for t in table.values()):
        raise HarnessFault(
            f"fixtures/explain/{where}: needs the texts {', '.join(sorted(_FIELDS))}"
        )
    return Explanation(**{name: text.strip() for name, text in table.items()})
