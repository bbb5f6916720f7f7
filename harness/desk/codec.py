"""Frozen values as JSON values and back, by their annotations; reading trusts nothing.

Known are texts, whole numbers, booleans, instants in UTC, enumerations, tuples, optional values
and dataclasses of these. Whatever is not as it would be written raises `Malformed`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from harness.record_lines import Malformed

LONGEST_TEXT = 20_000
"""Characters of one text; a longer one is refused, not cut."""

LONGEST_LIST = 10_000
"""Values of one list."""

LARGEST_NUMBER = 2**53
"""What every reader of JSON can hold exactly."""

_Value = TypeVar("_Value")
_Write = Callable[[Any], Any]
_Read = Callable[[Any, str], Any]

canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode
"""A JSON value as the one text that stands for it: ASCII, sorted, without blanks."""


def facts(value: object) -> Any:
    """A value as a JSON value.

    >>> facts((1, None, datetime(2026, 1, 5, 8, tzinfo=UTC)))
    [1, None, '2026-01-05T08:00:00+00:00']
    """
    if isinstance(value, tuple):
        return [facts(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value):
        kind: Any = type(value)
        return {name: facts(getattr(value, name)) for name in _names(kind)}
    return value


def read(kind: type[_Value], told: object, where: str) -> _Value:
    """The value of a kind that a JSON value stands for; raises `Malformed`, which says where.

    >>> read(int, True, "number")
    Traceback (most recent call last):
      ...
    harness.record_lines.Malformed: ('number: a whole number', 'True')
    """
    reader: Callable[[object, str], _Value] = _reader(kind)  # type: ignore[arg-type]
    return reader(told, where)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _reader(kind: Any) -> _Read:
    """How to read a kind; made once for each."""
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if get_origin(kind) is tuple:
        return _tuples(*get_args(kind))
    if isinstance(kind, UnionType):
        (one,) = (each for each in get_args(kind) if each is not NoneType)
        return _optional(_reader(one))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _choice(kind)
    if isinstance(kind, type) and is_dataclass(kind):
        return _object(kind)
    raise TypeError(f"no way to read {kind!r}")


def _text(told: Any, where: str) -> str:
    if not isinstance(told, str) or len(told) > LONGEST_TEXT:
        raise Malformed(f"{where}: a text of at most {LONGEST_TEXT} characters", told)
    return told


def _number(told: Any, where: str) -> int:
    if type(told) is not int or abs(told) > LARGEST_NUMBER:
        raise Malformed(f"{where}: a whole number", told)
    return told


def _boolean(told: Any, where: str) -> bool:
    if not isinstance(told, bool):
        raise Malformed(f"{where}: true or false", told)
    return told


def _instant(told: Any, where: str) -> datetime:
    try:
        at = datetime.fromisoformat(_text(told, where))
    except ValueError:
        raise Malformed(f"{where}: an instant of ISO 8601", told) from None
    if at.tzinfo is None or at.astimezone(UTC).isoformat() != told:
        raise Malformed(f"{where}: an instant in UTC, such as 2026-01-05T08:00:00+00:00", told)
    return at


_SIMPLE: Mapping[Any, _Read] = {str: _text, int: _number, bool: _boolean, datetime: _instant}


def _tuples(first: Any, *rest: Any) -> _Read:
    """Of any length where `...` follows, or else of one kind each."""
    if rest == (...,):
        each = _reader(first)
        return lambda told, where: tuple(each(one, where) for one in _list(told, where))
    readers = tuple(_reader(one) for one in (first, *rest))

    def several(told: Any, where: str) -> tuple[Any, ...]:
        if len(_list(told, where)) != len(readers):
            raise Malformed(f"{where}: {len(readers)} values", told)
        return tuple(one(value, where) for one, value in zip(readers, told, strict=True))

    return several


def _list(told: Any, where: str) -> list[Any]:
    if not isinstance(told, list) or len(told) > LONGEST_LIST:
        raise Malformed(f"{where}: a list of at most {LONGEST_LIST} values", told)
    return told


def _optional(one: _Read) -> _Read:
    return lambda told, where: None if told is None else one(told, where)


def _choice(kind: type[StrEnum]) -> _Read:
    known = {str(member): member for member in kind}

    def chosen(told: Any, where: str) -> StrEnum:
        member = known.get(told) if isinstance(told, str) else None
        if member is None:
            raise Malformed(f"{where}: a {kind.__name__.lower()} that is known", told)
        return member

    return chosen


def _object(kind: type) -> _Read:
    hints = get_type_hints(kind)
    parts = tuple((name, _reader(hints[name])) for name in _names(kind))
    names = set(_names(kind))

    def built(told: Any, where: str) -> Any:
        if not isinstance(told, dict) or told.keys() != names:
            expected = ", ".join(sorted(names)) or "nothing"
            seen = ", ".join(sorted(map(str, told))) if isinstance(told, dict) else told
            raise Malformed(f"{where}: an object of {expected}", seen)
        return kind(*(one(told[name], f"{where}.{name}") for name, one in parts))

    return built
