"""What fails again: whether that is an occurrence, a reopening or a new ticket, as a table.

All tickets with the key are looked at, and the open one is preferred: a failure that is matched
to a closed ticket only because that came first would be missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from harness.desk.calendar import Calendar
from harness.desk.nouns import SETTLED
from harness.desk.state import TicketState


class Standing(StrEnum):
    """How the desk knows a failure that is seen now."""

    UNKNOWN = "no ticket has its fingerprint"
    OPEN = "its ticket is open"
    ACCEPTED = "it is accepted, and the acceptance is in force"
    EXPIRED = "it was accepted, and the acceptance has expired"
    RECENT = "its ticket was settled within the window"
    OLD = "its ticket was settled before the window"


class Fate(StrEnum):
    """What becomes of it."""

    CREATE = "a new ticket"
    OCCUR = "one more occurrence of its ticket"
    BEAR = "nothing: somebody bears it"
    REOPEN = "its ticket is reopened"
    RECUR = "a new ticket, linked as a recurrence of the old one"


TABLE: Mapping[Standing, Fate] = MappingProxyType(
    {
        Standing.UNKNOWN: Fate.CREATE,
        Standing.OPEN: Fate.OCCUR,
        Standing.ACCEPTED: Fate.BEAR,
        Standing.EXPIRED: Fate.RECUR,
        Standing.RECENT: Fate.REOPEN,
        Standing.OLD: Fate.RECUR,
    }
)
"""The recurrence table."""

WINDOW = 10
"""Working days within which what fails again is a relapse: our figure, to be replaced."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a failure; `ticket` is None where there is none yet. `standing` is why."""

    standing: Standing
    ticket: int | None

    @property
    def fate(self) -> Fate:
        """What becomes of it, by the table."""
        return TABLE[self.standing]

    @property
    def words(self) -> str:
        """The same for a person.

        >>> Decision(Standing.RECENT, 4).words
        'its ticket was settled within the window (ticket 4): its ticket is reopened'
        """
        which = "" if self.ticket is None else f" (ticket {self.ticket})"
        return f"{self.standing}{which}: {self.fate}"


def decision(
    known: Iterable[TicketState], *, now: datetime, calendar: Calendar, window: int = WINDOW
) -> Decision:
    """What becomes of a failure, given every ticket that has its fingerprint.

    `window` is in working days. The open ticket comes first, then an acceptance in force, then
    what was settled last.
    """
    tickets = sorted(known, key=lambda ticket: (ticket.since, ticket.ticket), reverse=True)
    for ticket in tickets:
        if ticket.open:
            return Decision(Standing.OPEN, ticket.ticket)
    settled = [ticket for ticket in tickets if ticket.state in SETTLED]
    for ticket in settled:
        if ticket.acceptance and now < ticket.acceptance.until:
            return Decision(Standing.ACCEPTED, ticket.ticket)
    if not settled:
        return Decision(Standing.UNKNOWN, None)
    latest = settled[0]
    if latest.acceptance:
        return Decision(Standing.EXPIRED, latest.ticket)
    days = calendar.working_seconds(solved(latest), now) / calendar.length
    return Decision(Standing.RECENT if days <= window else Standing.OLD, latest.ticket)


def solved(ticket: TicketState) -> datetime:
    """When a settled ticket was resolved: the window begins there, not at the paperwork after."""
    return ticket.resolved or ticket.since
