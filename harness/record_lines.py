"""The nouns of a run as JSON values and back; bytes stay exact, text stays readable.

Bytes are `{"text": ...}` where they are UTF-8 that a person can read, else `{"base64": ...}`.
Reading trusts nothing: whatever is not as it was written raises `Malformed`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any, TypeVar

from harness.model import Blame, CheckResult, Control, Exchange, Finding, Verdict
from harness.waivers import Waiver

SCHEMA = 1
_Kind = TypeVar("_Kind")
_RESULT_FIELDS = tuple(field.name for field in fields(CheckResult))
_FINDING_FIELDS = tuple(field.name for field in fields(Finding))
_LISTS = ("requirements", "evidence")
_READINGS = "readings"
_SOURCE = "source"
_ESCAPED = (b'"', b"\\", b"\t", b"\r", b"\n")
"""What is readable, and takes two characters in JSON."""

_LONGEST_EXCHANGE = 1e9
_OPTIONAL = ("tag", "expected", "seen", "detail")
_HEADER: Mapping[str, type] = {
    "run": str,
    "started": str,
    "versions": dict,
    "rules": str,
    "asked": str,
    "of_whom": str,
    "target": dict,
    "selection": dict,
    "catalogue": list,
    "not_tested": list,
}
_CATALOGUE = ("check", "title", "chapter", "severity", "keyword", "requirement", "path", "role")
_NOT_TESTED = ("requirement", "clause", "reason")
_SCOPE = ("check", "tag", "member_state", "service", "environment")
_REPEATED = 5
"""Check, Member State, service, environment and verdict of a result that is repeated."""


class Malformed(Exception):
    """A line is not as the harness writes it."""

    def __init__(self, expected: str, seen: object) -> None:
        shown = repr(seen)
        super().__init__(expected, shown)
        self.expected = expected
        self.seen = shown if len(shown) <= 80 else f"{shown[:80]}..."  # noqa: PLR2004 -- one line


def canonical_hash(value: object) -> str:
    """SHA-256 over a JSON value, whatever the order of its keys; hexadecimal.

    >>> canonical_hash({"a": 1, "b": ["x"]}) == canonical_hash({"b": ["x"], "a": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def readable(data: bytes) -> str | None:
    r"""The text that bytes are, None where they are not UTF-8 or hold anything unprintable.

    >>> readable(b"HTTP/1.1 200\r\n"), readable(b"\x00\x1d")
    ('HTTP/1.1 200\r\n', None)
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    bare = text.replace("\r", "").replace("\n", "").replace("\t", "")
    return text if bare.isprintable() else None


def line_of(kind: str, facts: Mapping[str, object]) -> bytes:
    """One line of a record; lone surrogates become JSON escapes, so that it is always UTF-8."""
    text = json.dumps({"kind": kind, **facts}, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace") + b"\n"


def facts_of(line: bytes) -> dict[str, Any]:
    """The object that a line holds; raises `Malformed`."""
    try:
        facts = json.loads(line)
    except (ValueError, RecursionError) as cause:
        raise Malformed("one JSON object", line[:60].decode("utf-8", "replace")) from cause
    if not isinstance(facts, dict):
        raise Malformed("one JSON object", facts)
    return facts


def exchange_facts(exchange: Exchange) -> dict[str, object]:
    """An exchange as it is written."""
    return {
        "id": exchange.id,
        "protocol": exchange.protocol,
        "peer": exchange.peer,
        "at": exchange.at.isoformat(),
        "elapsed": exchange.elapsed,
        "request": _bytes_facts(exchange.request),
        "response": None if exchange.response is None else _bytes_facts(exchange.response),
        "error": exchange.error,
    }


def exchange_of(facts: Mapping[str, object]) -> Exchange:
    """An exchange as it was written; raises `Malformed`."""
    response = facts.get("response")
    elapsed = facts.get("elapsed")
    if isinstance(elapsed, bool) or not isinstance(elapsed, int | float):
        raise Malformed("a number of seconds in elapsed", elapsed)
    if not 0 <= elapsed <= _LONGEST_EXCHANGE:  # nor is NaN between any two numbers
        raise Malformed("a number of seconds in elapsed", elapsed)
    return Exchange(
        id=_field(facts, "id", str),
        protocol=_field(facts, "protocol", str),
        peer=_field(facts, "peer", str),
        at=instant_of(_field(facts, "at", str)),
        elapsed=elapsed,
        request=_bytes_of(_field(facts, "request", dict)),
        response=None if response is None else _bytes_of(_field(facts, "response", dict)),
        error=_optional(facts, "error"),
    )


def result_facts(result: CheckResult) -> dict[str, object]:
    """A result as it is written: every field, in their order; `source` where there is one."""
    facts = {name: getattr(result, name) for name in _RESULT_FIELDS}
    return facts if result.source else {k: v for k, v in facts.items() if k != _SOURCE}


def result_of(facts: Mapping[str, object]) -> CheckResult:
    """A result as it was written; raises `Malformed`."""
    verdict = _verdict(_field(facts, "verdict", str))
    readings = tuple((name, _verdict(found)) for name, found in _pairs(facts, _READINGS))
    texts = {
        name: _optional(facts, name) if name in _OPTIONAL else _field(facts, name, str)
        for name in _RESULT_FIELDS
        if name not in (*_LISTS, _READINGS, _SOURCE, "verdict")
    }
    texts |= {_SOURCE: _optional({_SOURCE: None, **facts}, _SOURCE)}
    lists = {name: _strings(facts, name) for name in _LISTS}
    return CheckResult(**{**texts, **lists, "verdict": verdict, "readings": readings})  # type: ignore[arg-type]


def finding_facts(finding: Finding) -> dict[str, object]:
    """A finding of the doctor as it is written."""
    return {name: getattr(finding, name) for name in _FINDING_FIELDS}


def finding_of(facts: Mapping[str, object]) -> Finding:
    """A finding as it was written; raises `Malformed`."""
    whose = _optional(facts, "whose")
    if whose not in (None, *Blame):
        raise Malformed("whose trouble it is", whose)
    return Finding(
        probe=_field(facts, "probe", str),
        title=_field(facts, "title", str),
        whose=None if whose is None else Blame(whose),
        expected=_optional(facts, "expected"),
        seen=_optional(facts, "seen"),
        fix=_optional(facts, "fix"),
        explains=_strings(facts, "explains"),
        fatal=_field(facts, "fatal", bool),
        evidence=_strings(facts, "evidence"),
        skipped=_optional(facts, "skipped"),
        subjects=_strings({"subjects": [], **facts}, "subjects"),
    )


def control_facts(control: Control) -> dict[str, object]:
    """A control as it is written."""
    return {"path": control.path, **result_facts(control.result)}


def control_of(facts: Mapping[str, object]) -> Control:
    """A control as it was written; raises `Malformed`."""
    return Control(_field(facts, "path", str), result_of(facts))


def waiver_facts(waiver: Waiver) -> dict[str, object]:
    """A waiver as it is written in a header."""
    facts = {field.name: getattr(waiver, field.name) for field in fields(Waiver)}
    return facts | {"checks": list(waiver.checks), "expires": waiver.expires.isoformat()}


def waiver_of(facts: Mapping[str, object]) -> Waiver:
    """A waiver as it was written; raises `Malformed`."""
    text = _field(facts, "expires", str)
    try:
        expires = date.fromisoformat(text)
    except ValueError:
        raise Malformed("the day on which a waiver expires", text) from None
    scope = {name: _optional(facts, name) for name in _SCOPE}
    told = {name: _field(facts, name, str) for name in ("reason", "owner", "ticket")}
    return Waiver(checks=_strings(facts, "checks"), expires=expires, **scope, **told)  # type: ignore[arg-type]


def header_of(facts: Mapping[str, object]) -> Mapping[str, Any]:
    """The header, with everything that a report reads in it; raises `Malformed`."""
    if facts.get("schema") != SCHEMA:
        raise Malformed(f"schema {SCHEMA}", facts.get("schema"))
    for name, kind in _HEADER.items():
        _field(facts, name, kind)
    instant_of(_field(facts, "started", str))
    _optional(facts, "fault")
    _plan(facts.get("planned"))
    _repeats(facts.get("repeats"))
    for waiver in _field({"waivers": [], **facts}, "waivers", list):
        if not isinstance(waiver, dict):
            raise Malformed("an object in waivers", waiver)
        waiver_of(waiver)
    _strings({"redacted": [], **facts}, "redacted")
    _field(_field(facts, "target", dict), "name", str)
    for list_name, names in (("catalogue", _CATALOGUE), ("not_tested", _NOT_TESTED)):
        for entry in _field(facts, list_name, list):
            if not isinstance(entry, dict):
                raise Malformed(f"an object in {list_name}", entry)
            for name in names:
                _field(entry, name, str)
    return facts


def _plan(facts: object) -> None:
    """How many results a run is to have, in all and by Member State; older records do not tell."""
    match facts:
        case None:
            return
        case {"results": int(), "member_states": dict(shares)} if all(
            isinstance(share, int) for share in shares.values()
        ):
            return
    raise Malformed("results and member_states in planned", facts)


def _repeats(facts: object) -> None:
    """Which results of which run are repeated; None where it is a run of its own."""
    match facts:
        case None:
            return
        case {"run": str(), "verdicts": list(rows)}:
            for row in rows:
                if not (isinstance(row, list) and len(row) == _REPEATED):
                    raise Malformed("check, subject and verdict in repeats", row)
                if not all(isinstance(part, str) for part in row):
                    raise Malformed("texts in repeats", row)
                _verdict(row[-1])
            return
    raise Malformed("run and verdicts in repeats", facts)


def footer_of(facts: Mapping[str, object]) -> Mapping[str, Any]:
    """The footer; raises `Malformed`."""
    _field(facts, "complete", bool)
    _field(facts, "exit", int)
    instant_of(_field(facts, "ended", str))
    _optional(facts, "reason")
    for verdict, number in _field(facts, "counts", dict).items():
        if verdict not in tuple(Verdict) or not isinstance(number, int):
            raise Malformed("counts of verdicts", {verdict: number})
    return facts


def instant_of(text: str) -> datetime:
    """An instant with its time zone; raises `Malformed`."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed("an ISO 8601 instant", text) from None
    if at.tzinfo is None:
        raise Malformed("an instant with a time zone", text)
    return at


def _bytes_facts(data: bytes) -> dict[str, str]:
    """The shorter of the two, so that no escaping makes a line longer than can be read back."""
    text = readable(data)
    if text is None or 3 * sum(map(data.count, _ESCAPED)) > len(data) + 2:
        return {"base64": base64.b64encode(data).decode()}
    return {"text": text}


def _bytes_of(facts: dict[str, object]) -> bytes:
    match facts:
        case {"text": str(text)} if len(facts) == 1:
            return text.encode("utf-8", "surrogatepass")
        case {"base64": str(text)} if len(facts) == 1:
            try:
                return base64.b64decode(text, validate=True)
            except ValueError:
                raise Malformed("base64", text) from None
    raise Malformed('{"text": ...} or {"base64": ...}', facts)


def _field(facts: Mapping[str, object], name: str, kind: type[_Kind]) -> _Kind:
    value = facts.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Malformed(f"{name} of type {kind.__name__}", value)
    return value


def _optional(facts: Mapping[str, object], name: str) -> str | None:
    if name not in facts:
        raise Malformed(f"the field {name}", "none")
    return None if facts[name] is None else _field(facts, name, str)


def _pairs(facts: Mapping[str, object], name: str) -> tuple[tuple[str, str], ...]:
    """Pairs of texts; none where the field is not there, as in records of earlier releases."""
    values = facts.get(name, [])
    if not isinstance(values, list | tuple):
        raise Malformed(f"{name} of type list", values)
    for value in values:
        match value:
            case [str(), str()]:
                continue
        raise Malformed(f"pairs of texts in {name}", value)
    return tuple((first, second) for first, second in values)


def _verdict(text: str) -> Verdict:
    try:
        return Verdict(text)
    except ValueError:
        raise Malformed("a verdict", text) from None


def _strings(facts: Mapping[str, object], name: str) -> tuple[str, ...]:
    values = _field(facts, name, list)
    if not all(isinstance(value, str) for value in values):
        raise Malformed(f"texts in {name}", values)
    return tuple(values)
