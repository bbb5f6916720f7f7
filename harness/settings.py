"""In what two runs differ besides their answers: rules, harness, questions, target, waivers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from harness.record import Record
from harness.reproduction import target_file

_LONGEST = 60
_HASH = 12
_DEEPEST = 4
_RULE = ("requirement", "keyword", "severity", "reading", "title", "services")
"""What of a catalogue entry decides how a check judges."""


class Kind(StrEnum):
    """What a setting can change: how answers are judged, which are given, or neither."""

    RULES = "rules"
    TARGET = "configuration"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that differs, in short; `none` where a run has it not."""

    kind: Kind
    name: str
    before: str
    after: str


def rule_of(header: Mapping[str, Any], check: str) -> tuple[str, ...] | None:
    """What the catalogue of a run says of a check; None where it does not have it."""
    for entry in header["catalogue"]:
        if entry["check"] == check:
            return tuple(json.dumps(entry.get(name)) for name in _RULE)
    return None


def settings(before: Record, after: Record) -> tuple[Setting, ...]:
    """All that differs, the rules first."""
    first, second = (dict(_told(record.header)) for record in (before, after))
    lasting = any(target_file(record.header) for record in (before, after))
    names = dict.fromkeys((*first, *second))
    return tuple(
        Setting(kind, name, _short(first.get((kind, name))), _short(second.get((kind, name))))
        for kind, name in names
        if first.get((kind, name)) != second.get((kind, name))
        and (lasting or not name.startswith(_REACHED))
    )


_REACHED = "reached."
"""Of a landscape that is started anew for each run, ports and keys mean nothing."""


def _told(header: Mapping[str, Any]) -> Iterator[tuple[tuple[Kind, str], Any]]:
    versions, selection = header["versions"], dict(header["selection"])
    yield (Kind.RULES, "rules"), str(header["rules"])[:_HASH]
    yield (Kind.RULES, "harness"), versions.get("harness")
    yield (Kind.RULES, "libraries"), versions.get("libraries")
    yield (Kind.RULES, "profile"), selection.pop("profile", None)
    for name, value in _flat(header["target"]):
        if name not in _TOLD_OTHERWISE:
            yield (Kind.TARGET, name), value
    yield (Kind.OTHER, "target file"), target_file(header)
    yield (Kind.OTHER, "seeded fault"), header.get("fault")
    yield (Kind.OTHER, "waivers"), header.get("waivers") or None
    yield from (((Kind.OTHER, f"asked.{k}"), value) for k, value in selection.items())


_TOLD_OTHERWISE = ("fault", "given", f"{_REACHED}file")


def _flat(facts: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """The facts by their dotted names, to a depth that nobody needs more of."""
    for name, value in facts.items():
        dotted = f"{above}{name}"
        if isinstance(value, dict) and dotted.count(".") < _DEEPEST:
            yield from _flat(value, f"{dotted}.")
        else:
            yield dotted, value


def _short(value: object) -> str:
    if value is None:
        return "none"
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text):,} characters)"
