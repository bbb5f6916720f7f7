"""The file of waivers, `waivers.toml`, read strictly: one line for whatever is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from harness.checks import Check
from harness.data import FIXTURES
from harness.errors import UsageFault
from harness.extensions import checks
from harness.model import Environment, Service
from harness.waivers import Waiver

EXAMPLE = """\
[[waiver]]
check = "DISC-03"            # or tag = "naptr-root-not-https", or both
member_state = "FI"          # the scope: leave out what it is not limited to
service = "eb"
environment = "acc"
reason = "The load balancer moves to TLS in October."
owner = "Ada Lovelace, DVV"
expires = 2026-10-31         # the last day on which it holds
ticket = "INC-000012"
"""
"""What such a file looks like."""

LARGEST = 1024 * 1024
MOST = 1_000
BEYOND_THE_UNION = ("IS", "LI", "NO")
"""States of the European Economic Area, which may take part as Member States do."""

_TABLE = re.compile(r"^[ \t]*\[\[[ \t]*waiver[ \t]*\]\]", re.MULTILINE)
_OTHER_CODES = {"EL": "GR", "UK": "GB"}
_Text = Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=r"^\S")]
_EXPECTED = {
    "date_type": "a date without quotes, such as 2026-10-31",
    "date_from_datetime_inexact": "a date without a time, such as 2026-10-31",
    "string_type": "a text in quotes",
    "string_too_short": "a text that is not empty",
    "string_too_long": "a text of at most 400 characters",
    "string_pattern_mismatch": "a text that begins with a letter or a digit",
}


class _Entry(BaseModel):
    """One table of the file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    check: _Text | None = None
    tag: _Text | None = None
    member_state: _Text | None = None
    service: _Text | None = None
    environment: _Text | None = None
    reason: _Text
    owner: _Text
    expires: date
    ticket: _Text


def load(path: Path) -> tuple[Waiver, ...]:
    """The waivers of a file; raises `UsageFault` naming the file and the entry."""
    try:
        with path.open("rb") as file:
            octets = file.read(LARGEST + 1)
    except OSError as cause:
        seen = (cause.strerror or str(cause)).lower()
        raise _fault(str(path), "a file of waivers that can be read", seen) from None
    if len(octets) > LARGEST:
        raise _fault(str(path), f"at most {LARGEST:,} bytes", "more")
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError as cause:
        raise _fault(str(path), "text in UTF-8", f"other bytes at {cause.start}") from None
    return waivers_of(text, str(path), known=checks())


def waivers_of(text: str, where: str, *, known: Sequence[Check]) -> tuple[Waiver, ...]:
    """The waivers that a text holds, about checks that are known; `where` names it in faults."""
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as cause:  # the former is also of a number too long
        raise _fault(where, "TOML", str(cause) or "nothing that can be read") from None
    for name in content:
        if name != "waiver":
            raise _fault(where, "tables [[waiver]] and nothing else", _quoted(name))
    entries = content.get("waiver", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _fault(where, "tables [[waiver]], in double brackets", "a value called waiver")
    if len(entries) > MOST:
        raise _fault(where, f"at most {MOST:,} waivers", f"{len(entries):,}")
    places = tuple(_places(where, text, len(entries)))
    found = tuple(_waiver(e, place, known) for e, place in zip(entries, places, strict=True))
    _refuse_doubles(found, places)
    return found


def _places(where: str, text: str, count: int) -> Iterable[str]:
    """How each entry is named: by its number, and by its line where that can be told."""
    lines = [text.count("\n", 0, table.start()) + 1 for table in _TABLE.finditer(text)]
    for number in range(1, count + 1):
        line = f", line {lines[number - 1]}" if len(lines) == count else ""
        yield f"{where}{line}, waiver {number}"


def _waiver(entry: Mapping[str, Any], place: str, known: Sequence[Check]) -> Waiver:
    try:
        read = _Entry.model_validate(entry)
    except ValidationError as flaws:
        raise _flaw(flaws.errors()[0], place) from None
    for name, value in read:
        if isinstance(value, str) and not value.isprintable():
            raise _fault(f"{place}, {name}", "one line of printable text", _quoted(value))
    seen_in = _checks(read, place, known)
    _choose(f"{place}, member_state", read.member_state, _member_states())
    _choose(f"{place}, service", read.service, tuple(Service))
    _choose(f"{place}, environment", read.environment, tuple(Environment))
    return Waiver(checks=seen_in, **read.model_dump())


def _checks(entry: _Entry, place: str, known: Sequence[Check]) -> tuple[str, ...]:
    """The checks in which it can be seen, by check, by tag, or by both."""
    if entry.check is None and entry.tag is None:
        raise _fault(place, "a check or a tag that is waived", "neither")
    _choose(f"{place}, check", entry.check, tuple(check.id for check in known))
    chosen = [check for check in known if entry.check in (None, check.id)]
    tags = tuple(dict.fromkeys(tag for check in chosen for tag in check.finds))
    _choose(f"{place}, tag", entry.tag, tags)
    return tuple(check.id for check in chosen if entry.tag is None or entry.tag in check.finds)


def _flaw(flaw: ErrorDetails, place: str) -> UsageFault:
    """What pydantic found first, in our words."""
    name = str(flaw["loc"][0])
    match flaw["type"]:
        case "missing":
            return _fault(place, f"{name}, which every waiver says", "none")
        case "extra_forbidden":
            keys = tuple(_Entry.model_fields)
            near = _nearest(name, keys)
            meant = f", such as {near}" if near else f": {', '.join(keys)}"
            return _fault(place, f"a known key{meant}", _quoted(name))
    expected = _EXPECTED.get(flaw["type"], flaw["msg"])
    return _fault(f"{place}, {name}", expected, _quoted(flaw["input"]))


def _choose(where: str, word: str | None, known: Sequence[str]) -> None:
    if word is None or word in known:
        return
    near = _nearest(word, known)
    raise _fault(where, f"a known word{f', such as {near}' if near else ''}", _quoted(word))


def _nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that was meant, upper case or lower.

    >>> _nearest("expiry", ("expires", "owner")), _nearest("EL", ("GR", "IE"))
    ('expires', 'GR')
    """
    other = _OTHER_CODES.get(word.upper())
    if other in known:
        return other
    spelled = {each.lower(): each for each in known}
    near = get_close_matches(word.lower(), spelled, 1, 0.5)
    return spelled[near[0]] if near else None


def _refuse_doubles(waivers: Sequence[Waiver], places: Sequence[str]) -> None:
    first: dict[tuple[str | None, ...], str] = {}
    for waiver, place in zip(waivers, places, strict=True):
        scope = (waiver.member_state, waiver.service, waiver.environment)
        earlier = first.setdefault((waiver.check, waiver.tag, *scope), place)
        if earlier != place:
            raise _fault(place, "each failure waived once", f"{waiver.what} also in {earlier}")


def _member_states() -> tuple[str, ...]:
    ours = sorted(path.stem for path in (FIXTURES / "member_states").glob("*.toml"))
    return (*ours, *BEYOND_THE_UNION)


def _quoted(value: object) -> str:
    shown = repr(value) if isinstance(value, str) else str(value)
    return shown if len(shown) <= 60 else f"{shown[:60]}..."  # noqa: PLR2004 -- one line


def _fault(where: str, expected: str, seen: str) -> UsageFault:
    remedy = "mend the file of waivers; nothing was asked"
    return UsageFault(where, expected=expected, seen=seen, remedy=remedy)
