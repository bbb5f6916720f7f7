"""Something that was done to a ticket: a frozen value that is appended and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harness.desk.codec import facts, read
from harness.desk.nouns import Act, Role
from harness.desk.payload import PAYLOADS, Payload
from harness.record_lines import Malformed


@dataclass(frozen=True, slots=True)
class Event:
    """One act. `number` counts the events of a ticket from 1; `at` is in UTC.

    `evidence` are ids of exchanges or of runs; `data` is of the kind that `PAYLOADS` gives.
    """

    ticket: int
    number: int
    who: str
    role: Role
    act: Act
    at: datetime
    why: str
    evidence: tuple[str, ...]
    data: Payload


_KINDS: dict[str, Any] = {
    "ticket": int,
    "number": int,
    "who": str,
    "role": Role,
    "act": Act,
    "at": datetime,
    "why": str,
    "evidence": tuple[str, ...],
}
_NAMES = {*_KINDS, "data"}


def event_facts(event: Event) -> dict[str, Any]:
    """An event as a JSON value."""
    return {
        "ticket": event.ticket,
        "number": event.number,
        "who": event.who,
        "role": event.role,
        "act": event.act,
        "at": event.at.isoformat(),
        "why": event.why,
        "evidence": list(event.evidence),
        "data": facts(event.data),
    }


def event_of(told: object) -> Event:
    """An event as it was written; raises `Malformed`.

    >>> event_of({})
    Traceback (most recent call last):
      ...
    harness.record_lines.Malformed: ('an object of act, at, data, evidence, ...', '{}')
    """
    if not isinstance(told, dict) or told.keys() != _NAMES:
        raise Malformed("an object of act, at, data, evidence, ...", told)
    head = {name: read(kind, told[name], name) for name, kind in _KINDS.items()}
    if head["ticket"] < 1 or head["number"] < 1:
        raise Malformed("numbers from 1", f"ticket {head['ticket']}, event {head['number']}")
    return Event(**head, data=read(PAYLOADS[head["act"]], told["data"], "data"))
