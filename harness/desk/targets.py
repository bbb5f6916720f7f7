"""How soon the desk answers, keeps in touch and solves: named presets, read from data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from harness.data import FIXTURES
from harness.desk.priority import Priority
from harness.errors import UsageFault

FILE = FIXTURES / "desk" / "targets.toml"
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Figures:
    """The targets of one priority, in seconds of working time."""

    response: int
    update: int
    resolution: int


@dataclass(frozen=True, slots=True)
class Preset:
    """A set of targets. `note` says whose they are; `warn` and `goal` are shares of 1."""

    name: str
    title: str
    source: str
    note: str
    warn: float
    goal: float
    targets: Mapping[Priority, Figures]


@cache
def presets(path: Path = FILE) -> Mapping[str, Preset]:
    """Every preset of a file by name, the default first; raises `UsageFault`.

    >>> presets()["digit"].targets[Priority.CRITICAL]
    Figures(response=7200, update=7200, resolution=14400)
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        found = {preset.name: preset for preset in map(_preset, data["preset"])}
        first = found.pop(data["default"])
    except (OSError, KeyError, TypeError, ValueError) as flaw:
        raise UsageFault(
            str(path),
            expected="presets of targets such as those that are shipped, and a default among them",
            seen=f"{type(flaw).__name__}: {flaw}",
            remedy="correct it, or take the shipped file",
        ) from None
    return MappingProxyType({first.name: first, **found})


def preset(name: str | None = None, path: Path = FILE) -> Preset:
    """A preset by its name, or the default; raises `UsageFault`.

    >>> preset().name
    'digit'
    """
    known = presets(path)
    if name is None:
        return next(iter(known.values()))
    if name not in known:
        raise UsageFault(
            f"preset {name}",
            expected=f"one of {', '.join(known)}",
            seen=name,
            remedy=f"choose one of them, or add it to {path}",
        )
    return known[name]


def _preset(table: Mapping[str, Any]) -> Preset:
    name, title, source, note = (table[text] for text in ("name", "title", "source", "note"))
    warn, goal = float(table["warn"]), float(table["goal"])
    targets = {level: _figures(table["targets"][level]) for level in Priority}
    if not (0 < warn < 1 and 0 < goal <= 1):
        raise ValueError(f"warn {warn} and goal {goal} are shares of 1")
    return Preset(name, title, source, note, warn, goal, MappingProxyType(targets))


def _figures(hours: Mapping[str, Any]) -> Figures:
    found = Figures(*(int(hours[name] * _HOUR) for name in ("response", "update", "resolution")))
    if min(found.response, found.update, found.resolution) <= 0:
        raise ValueError(f"targets are longer than nothing, not {dict(hours)}")
    return found
