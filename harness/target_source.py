"""A target file as it was read: its text, what it describes, and where each key stands.

Whatever is wrong with it is told once, in one line, with the file, the line and the key.
"""

from __future__ import annotations

import difflib
import math
import os
import re
import stat
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harness.errors import UsageFault
from harness.target_model import TargetDescription, schema
from harness.target_words import Unfit, printable, shown
from harness.toml_lines import Path as Key
from harness.toml_lines import key_lines, line_of

LARGEST = 256 * 1024
"""Bytes of a target file."""

_LONGEST_NAME = 200
_LINE = re.compile(r"line (\d+)")
_KINDS: Mapping[str, str] = {
    "string_type": "a text in quotes",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a number that is finite",
    "bool_type": "true or false",
    "list_type": 'a list, such as ["x"]',
    "dict_type": "a table",
    "model_type": "a table",
}
_BOUNDS: Mapping[str, str] = {
    "greater_than_equal": "a number of at least {ge:g}",
    "less_than_equal": "a number of at most {le:g}",
    "too_short": "a list with something in it",
    "too_long": "at most {max_length} entries",
    "string_too_short": "a text that is not empty",
    "string_too_long": "a text of at most {max_length} characters",
    "string_pattern_mismatch": "a text of the form {pattern}",
}


@dataclass(frozen=True, slots=True)
class Source:
    """The file; `lines` tells where each of its keys stands."""

    path: Path
    lines: Mapping[Key, int] = field(default_factory=dict)

    def fault(self, key: Key, unfit: Unfit) -> UsageFault:
        """What is wrong with the value of a key."""
        line = line_of(self.lines, key)
        names = ".".join(_short(name) for name in key if isinstance(name, str))
        where = [printable(str(self.path)), f"line {line}" if line else "", names]
        return UsageFault(
            ", ".join(filter(None, where)),
            expected=unfit.expected,
            seen=unfit.seen,
            remedy=unfit.remedy,
        )

    def beside(self, name: str) -> Path:
        """A file that it names, by the place it lies in."""
        path = Path(name)
        with suppress(RuntimeError):  # nobody's home
            path = path.expanduser()
        return self.path.parent / path


def _short(name: str) -> str:
    """The name of a key on one line, of which not everything is shown that is long."""
    told = printable(name)
    return told if len(told) <= _LONGEST_NAME else f"{told[:_LONGEST_NAME]}…"


def text_of(path: Path) -> str:
    """What stands in a target file; raises `UsageFault`."""
    try:
        return decoded(octets(path, LARGEST))
    except Unfit as unfit:
        raise Source(path).fault((), _advised(path, unfit)) from None


def _advised(path: Path, unfit: Unfit) -> Unfit:
    """Where there is no target file at all, what writes one."""
    if os.path.lexists(path):
        return unfit
    remedy = "is the path right? `oots init` writes one"
    return Unfit(expected=unfit.expected, seen=unfit.seen, remedy=remedy)


def described(path: Path, text: str) -> tuple[Source, TargetDescription]:
    """What a file with this text describes; raises `UsageFault`."""
    said = _toml(Source(path), text)
    source = Source(path, key_lines(text))
    try:
        return source, TargetDescription.model_validate(said)
    except ValidationError as error:
        raise _worst(source, error) from None


def octets(path: Path, largest: int) -> bytes:
    """A file's bytes; raises `Unfit` where it cannot be read, or should not be."""
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)
        read = _beginning(path, largest + 1) if is_file else b""
    except (OSError, ValueError, RuntimeError) as error:
        seen = (getattr(error, "strerror", None) or str(error)).lower()
        remedy = "is the path right? a path in a target file is relative to that file"
        told = f"{shown(str(path))}: {seen}"
        raise Unfit(expected="a file that can be read", seen=told, remedy=remedy) from None
    if not is_file:
        raise Unfit(expected="a file", seen=_kind(path), remedy="name a file")
    if len(read) > largest:
        remedy = "is it the right file?"
        raise Unfit(expected=f"at most {largest} octets", seen="more", remedy=remedy)
    return read


def _beginning(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        return file.read(most)


def decoded(read: bytes) -> str:
    """A file's text; raises `Unfit`."""
    try:
        return read.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = read[: error.start].count(b"\n") + 1
        seen = f"the octet {read[error.start]:#04x} in its line {line}"
    raise Unfit(expected="UTF-8", seen=seen, remedy="save the file as UTF-8")


def _kind(path: Path) -> str:
    return "a folder" if path.is_dir() else "a pipe or a device"


def _toml(source: Source, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        said = printable(str(error))
    named = _LINE.search(said)
    line = int(named[1]) if named else len(text.splitlines()) or 1
    located = Source(source.path, {("",): line})
    unfit = Unfit(
        expected="TOML",
        seen=f"a mistake: {said[:1].lower()}{said[1:]}",
        remedy='a pair is written name = "value", and each name once in its table',
    )
    raise located.fault(("",), unfit) from None


def _worst(source: Source, error: ValidationError) -> UsageFault:
    """The first mistake; before it a key that does not exist: it may be why another is missing."""
    found = error.errors(include_url=False)
    told = [(_key(each["loc"]), _unfit(each)) for each in found]
    ranked = sorted(
        range(len(found)),
        key=lambda n: (
            found[n]["type"] != "extra_forbidden",
            line_of(source.lines, told[n][0]) or 0,
            n,
        ),
    )
    return source.fault(*told[ranked[0]])


def _key(loc: tuple[int | str, ...]) -> Key:
    """Where a value stands; pydantic adds a mark to the key of a mapping itself."""
    return tuple(name for name in loc if name != "[key]")


def _unfit(found: Any) -> Unfit:
    """A mistake in our words."""
    cause = found.get("ctx", {}).get("error")
    if isinstance(cause, Unfit):
        return cause
    kind, key = found["type"], _key(found["loc"])
    if kind == "extra_forbidden":
        return _stranger(key)
    if kind == "missing":
        remedy = "add it: `oots config --schema` describes every key"
        return Unfit(expected="a value", seen="none", remedy=remedy)
    expected = _KINDS.get(kind) or _BOUNDS.get(kind, "").format(**found.get("ctx", {}))
    return Unfit(
        expected=expected or printable(str(found["msg"])),
        seen=str(len(found["input"])) if kind == "too_long" else _seen(found["input"]),
        remedy="correct the value",
    )


def _seen(value: object) -> str:  # noqa: PLR0911 -- a table of cases reads best as one
    """A value in words, of which nothing is shown that is long."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return shown(value)
        case float() if not math.isfinite(value):
            return str(value)
        case int() | float():
            return f"the number {str(value)[:40]}"
        case list():
            return f"a list of {len(value)}" if value else "an empty list"
        case dict():
            return "a table"
        case date() | time():
            return "a date or a time"
    return type(value).__name__


def _stranger(key: Key) -> Unfit:
    """A key that does not exist, with the nearest that does, here or in another table."""
    names = tuple(name for name in key if isinstance(name, str))
    tables = _known()
    here = tables.get(names[:-1], ("env",))
    elsewhere = next((table for table, keys in tables.items() if names[-1] in keys), None)
    near = difflib.get_close_matches(names[-1], here, 1, 0.6 if elsewhere is None else 0.9)
    if near:
        remedy = f"did you mean {near[0]}?"
    elif elsewhere is None:
        remedy = f"known here: {', '.join(here)}"
    elif elsewhere:
        remedy = f"it belongs in [{'.'.join(elsewhere)}]"
    else:
        remedy = "it belongs at the top of the file, before the first [table]"
    return Unfit(expected="a key that exists", seen=shown(names[-1]), remedy=remedy)


def _known() -> dict[tuple[str, ...], tuple[str, ...]]:
    """The keys of each table, by the names that lead to it."""
    made = schema()
    found: dict[tuple[str, ...], tuple[str, ...]] = {(): tuple(made["properties"])}
    for name, entry in made["properties"].items():
        held = next(iter(entry.get("anyOf", ())), entry)
        table = made["$defs"].get(str(held.get("$ref", "")).rpartition("/")[2])
        if table is not None:
            found[(name,)] = tuple(table["properties"])
    return found
