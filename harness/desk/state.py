"""A ticket as everybody sees it: a pure fold of its events, and of nothing else.

Folding goes on where it stopped (`advance`), costs the same for each event, and trusts the log:
whether a move is allowed is asked once, before its event is made (`harness.desk.decide`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from harness.desk.codec import facts, read
from harness.desk.course import Mark
from harness.desk.draft import NEVER, Draft, Occurrence, add
from harness.desk.event import Event
from harness.desk.nouns import OPEN, Kind, Outcome, Role, State, Step
from harness.desk.payload import Acceptance, Case, Proof, Rating, Resolution
from harness.desk.priority import Priority, priority
from harness.errors import HarnessFault


@dataclass(frozen=True, slots=True)
class TicketState:
    """Everything shown about a ticket. `events` is its version: of how many events it is made.

    `since` is when it came into its state. `holder` is who has it outside the desk; `master` the
    ticket it is linked to, `links` those linked to it. `failures` counts sightings of the failure,
    `first_failed` and `last_failed` are None without one; `recent` are the latest sightings of any
    outcome. `proof` is the latest re-run on purpose that ran. `failed_in`, `proved_in` and
    `resolved_in` are the numbers of the latest events of the sort, 0 for none. `validated_by` is
    who validated the resolution, `resolved` when it was set in force, and `merged_in` the state to
    which a split leads back. `marks` are what the clock reads.
    """

    ticket: int
    events: int = 0
    state: State = State.UNDETECTED
    since: datetime = NEVER
    opened: datetime | None = None
    updated: datetime = NEVER
    kind: Kind | None = None
    case: Case | None = None
    rating: Rating | None = None
    assignee: str | None = None
    holder: Role | None = None
    master: int | None = None
    links: tuple[int, ...] = ()
    participants: tuple[tuple[Role, str], ...] = ()
    failures: int = 0
    first_failed: datetime | None = None
    last_failed: datetime | None = None
    recent: tuple[Occurrence, ...] = ()
    similar: tuple[int, ...] = ()
    known: str | None = None
    resolution: Resolution | None = None
    proof: Proof | None = None
    validated_by: str | None = None
    resolved: datetime | None = None
    acceptance: Acceptance | None = None
    flapping: bool = False
    reopened: int = 0
    reminders: int = 0
    merged_in: State | None = None
    failed_in: int = 0
    proved_in: int = 0
    resolved_in: int = 0
    marks: tuple[Mark, ...] = ()

    @property
    def step(self) -> Step:
        """The step that it is at."""
        return self.state.step

    @property
    def open(self) -> bool:
        """Whether somebody has something to do before it is solved."""
        return self.state in OPEN

    @property
    def priority(self) -> Priority | None:
        """Its class; None where nobody has rated it yet."""
        rated = self.rating
        return None if rated is None else priority(rated.impact, rated.urgency)

    @property
    def of_a_check(self) -> bool:
        """Whether a check opened it, so that only a green re-run of that check solves it."""
        return self.case is not None and self.case.origin is not None

    @property
    def restricted(self) -> bool:
        """Whether its details are for those who act on it only."""
        topic = None if self.case is None else self.case.topic
        return topic is not None and topic.restricted

    @property
    def proven(self) -> bool:
        """Whether its check was green on a re-run later than the last failure."""
        passed = self.proof is not None and self.proof.outcome is Outcome.PASSED
        return passed and self.proved_in > self.failed_in

    @property
    def proven_again(self) -> bool:
        """Whether that re-run was also later than the resolution."""
        return self.proven and self.proved_in > self.resolved_in


_NAMES = tuple(each.name for each in fields(TicketState))
_values = attrgetter(*_NAMES)
_LISTS = tuple(place for place, value in enumerate(_values(Draft(0))) if isinstance(value, list))
"""The places of what is a tuple in a state and a list in a draft."""


def fold(events: Iterable[Event]) -> TicketState:
    """The ticket that its events make, which are all of one ticket, from its first.

    Raises `HarnessFault` where they cannot be the history of a ticket.
    """
    each = iter(events)
    first = next(each, None)
    if first is None:
        raise HarnessFault("a ticket has one event at least: look with `oots desk audit`")
    now = Draft(first.ticket)
    add(now, first)
    for event in each:
        add(now, event)
    return _frozen(now)


def folds(events: Iterable[Event]) -> Mapping[int, TicketState]:
    """Every ticket of a log, by its number, whatever the order in which they take turns."""
    drafts: dict[int, Draft] = {}
    for event in events:
        now = drafts.get(event.ticket)
        if now is None:
            now = drafts[event.ticket] = Draft(event.ticket)
        add(now, event)
    return {ticket: _frozen(now) for ticket, now in drafts.items()}


def advance(state: TicketState, event: Event) -> TicketState:
    """The ticket with one more event; raises `HarnessFault` where it cannot follow."""
    values = list(_values(state))
    for place in _LISTS:
        values[place] = list(values[place])
    now = Draft(*values)
    add(now, event)
    return _frozen(now)


def state_facts(state: TicketState) -> dict[str, Any]:
    """A ticket as a JSON value: what a store may keep, and fold on from."""
    told: dict[str, Any] = facts(state)
    return told


def state_of(told: object) -> TicketState:
    """A ticket as it was written; raises `Malformed`."""
    return read(TicketState, told, "ticket")


def _frozen(now: Draft) -> TicketState:
    values = list(_values(now))
    for place in _LISTS:
        values[place] = tuple(values[place])
    return TicketState(*values)
