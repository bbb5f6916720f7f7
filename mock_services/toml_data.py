"""Data files read strictly: what is missing, of another kind or unheard of is named with its place.

A `Section` is one TOML table; each entry is taken once, and `finish` refuses what is left over.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
"""Where the data lies: beside the packages, in the tree and in the wheel."""

_Kind = TypeVar("_Kind")
_NAMES: Mapping[type, str] = {str: "a text", list: "a list", dict: "a table", bool: "true or false"}


class UnreadableData(ValueError):
    """A data file that cannot be used; says where, what was expected and what was seen."""

    def __init__(self, where: str, *, expected: str, seen: str) -> None:
        super().__init__(f"{where}: expected {expected}, but saw {seen}; correct the file")


class Section:
    """One table of a file; `where` is the file and the path of the table in it."""

    def __init__(self, where: str, table: Mapping[str, object]) -> None:
        self.where = where
        self._left = dict(table)

    def text(self, name: str) -> str:
        """An entry that must be there."""
        return self._take(name, str)

    def words(self, name: str) -> tuple[str, ...]:
        """A list of texts that must be there and hold at least one."""
        found = self._take(name, list)
        if not found or not all(isinstance(word, str) for word in found):
            raise self.fault(f"{name} to be a list of texts", repr(found))
        return tuple(found)

    def flag(self, name: str) -> bool:
        """An entry that is false where it is left out."""
        return name in self._left and self._take(name, bool)

    def section(self, name: str) -> Section:
        """A table within the table."""
        return Section(f"{self.where} [{name}]", self._take(name, dict))

    def sections(self, name: str) -> tuple[Section, ...]:
        """An array of tables; none where it is left out."""
        if name not in self:
            return ()
        found = self._take(name, list)
        if not all(isinstance(table, dict) for table in found):
            raise self.fault(f"{name} to be tables", repr(found))
        return tuple(
            Section(f"{self.where} [[{name}]] {number}", table)
            for number, table in enumerate(found, 1)
        )

    def named(self, name: str) -> tuple[tuple[str, Section], ...]:
        """The tables within a table, each with its name; none where it is left out."""
        if name not in self:
            return ()
        inner = self.section(name)
        return tuple((key, inner.section(key)) for key in tuple(inner._left))  # noqa: SLF001 -- its own kind

    def rest(self) -> tuple[tuple[str, str], ...]:
        """Every entry that is left, all being texts, such as a title by language."""
        return tuple((name, self.text(name)) for name in tuple(self._left))

    def finish(self) -> None:
        """Refuse entries that nobody took."""
        if self._left:
            raise self.fault("nothing else", f"{next(iter(self._left))!r}")

    def fault(self, expected: str, seen: str) -> UnreadableData:
        """An error that tells where this table is."""
        return UnreadableData(self.where, expected=expected, seen=seen)

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def _take(self, name: str, kind: type[_Kind]) -> _Kind:
        if name not in self._left:
            raise self.fault(f"{_NAMES[kind]} called {name!r}", "none")
        found = self._left.pop(name)
        if not isinstance(found, kind):
            raise self.fault(f"{name} to be {_NAMES[kind]}", repr(found)[:80])
        return found


def read_section(file: Path) -> Section:
    """A whole file as a section; raises `UnreadableData`."""
    try:
        return Section(file.name, tomllib.loads(file.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as why:
        raise UnreadableData(str(file), expected="a TOML file", seen=str(why)) from why
