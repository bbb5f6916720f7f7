"""An incident as the desk keeps it (Service Desk offering: terminology, and step 2 of its process).

A failure that a check detects enters at step 2, Registration, without a user's report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from harness.desk.fingerprint import Fingerprint
from harness.model import CheckResult

INCIDENT = "Incident"
REGISTRATION = 2
STEPS: Mapping[int, str] = MappingProxyType({REGISTRATION: "Registration"})
"""The steps that a ticket can be at."""

OPEN = "open"
REGISTERED = "registered"
OCCURRED = "occurred again"

_NUMBER = re.compile(r"(?:INC-)?0*([1-9][0-9]{0,8})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One run's sight of the failure at one service; `evidence` are exchange ids of its record."""

    run: str
    service: str
    at: datetime
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done to a ticket; `note` says by which run."""

    at: datetime
    act: str
    note: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """One incident. `expected` and `seen` are those of the latest occurrence, as is `clause`.

    `blame` is whose it is, `why` the reasoning in a sentence, likewise of the latest occurrence;
    None where nobody looked.
    """

    serial: int
    type: str
    step: int
    status: str
    title: str
    fingerprint: Fingerprint
    expected: str
    seen: str
    clause: str
    requirement: str
    first_seen: datetime
    last_seen: datetime
    occurrences: tuple[Occurrence, ...]
    history: tuple[Event, ...]
    blame: str | None = None
    why: str | None = None

    @property
    def number(self) -> str:
        """The number people use."""
        return number(self.serial)

    @property
    def step_name(self) -> str:
        """The name of the step it is at."""
        return STEPS[self.step]

    @property
    def runs(self) -> tuple[str, ...]:
        """The runs in which it was seen, each once, in the order in which they were filed."""
        return tuple(dict.fromkeys(occurrence.run for occurrence in self.occurrences))


def number(serial: int) -> str:
    """A serial number as people write it.

    >>> number(1)
    'INC-000001'
    """
    return f"INC-{serial:06}"


def serial(text: str) -> int | None:
    """The serial number that somebody means; None where it is none.

    >>> serial("1"), serial("inc-000012"), serial("INC-0"), serial("x")
    (1, 12, None, None)
    """
    written = _NUMBER.fullmatch(text.strip())
    return int(written[1]) if written else None


def title(result: CheckResult) -> str:
    """One line that says what does not hold, and where."""
    return f"{result.title}: {result.tag}"


def facts(ticket: Ticket) -> dict[str, object]:
    """A ticket as plain values, for JSON; instants are ISO 8601 with their zone."""
    parts = ticket.fingerprint
    return {
        "number": ticket.number,
        "type": ticket.type,
        "step": ticket.step,
        "step_name": ticket.step_name,
        "status": ticket.status,
        "title": ticket.title,
        "environment": parts.environment,
        "member_state": parts.member_state,
        "component": parts.component,
        "check": parts.check,
        "tag": parts.tag,
        "fingerprint": {"version": parts.version, "text": parts.text},
        "requirement": ticket.requirement,
        "clause": ticket.clause,
        "expected": ticket.expected,
        "seen": ticket.seen,
        "blame": ticket.blame,
        "why": ticket.why,
        "first_seen": ticket.first_seen.isoformat(),
        "last_seen": ticket.last_seen.isoformat(),
        "runs": list(ticket.runs),
        "occurrences": [
            {
                "run": occurrence.run,
                "service": occurrence.service,
                "at": occurrence.at.isoformat(),
                "evidence": list(occurrence.evidence),
            }
            for occurrence in ticket.occurrences
        ],
        "history": [
            {"at": event.at.isoformat(), "act": event.act, "note": event.note}
            for event in ticket.history
        ],
    }
