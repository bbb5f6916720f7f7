"""A ticket while it is folded: what each act changes in it. Its finished form: `state`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from harness.desk import payload as say
from harness.desk.course import COURSE, Mark, Tick
from harness.desk.event import Event
from harness.desk.nouns import Act, Kind, Outcome, Role, State
from harness.errors import HarnessFault

RECENT = 10
"""How many sightings are shown; the events have them all."""

NEVER = datetime.min.replace(tzinfo=UTC)
"""When a ticket changed that nothing was done to yet."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One sighting of the failure, or a look that did not find it."""

    at: datetime
    run: str
    service: str
    outcome: Outcome


@dataclass(slots=True)
class Draft:
    """The fields of `TicketState`, to be written to."""

    ticket: int
    events: int = 0
    state: State = State.UNDETECTED
    since: datetime = NEVER
    opened: datetime | None = None
    updated: datetime = NEVER
    kind: Kind | None = None
    case: say.Case | None = None
    rating: say.Rating | None = None
    assignee: str | None = None
    holder: Role | None = None
    master: int | None = None
    links: list[int] = field(default_factory=list)
    participants: list[tuple[Role, str]] = field(default_factory=list)
    failures: int = 0
    first_failed: datetime | None = None
    last_failed: datetime | None = None
    recent: list[Occurrence] = field(default_factory=list)
    similar: tuple[int, ...] = ()
    known: str | None = None
    resolution: say.Resolution | None = None
    proof: say.Proof | None = None
    validated_by: str | None = None
    resolved: datetime | None = None
    acceptance: say.Acceptance | None = None
    flapping: bool = False
    reopened: int = 0
    reminders: int = 0
    merged_in: State | None = None
    failed_in: int = 0
    proved_in: int = 0
    resolved_in: int = 0
    marks: list[Mark] = field(default_factory=list)


def add(now: Draft, event: Event) -> None:
    """Take one event in; raises `HarnessFault` where the log cannot be right."""
    found = _STEPS[now.state].get(event.act)
    if found is None or event.number != now.events + 1 or event.ticket != now.ticket:
        raise HarnessFault(
            f"ticket {now.ticket} ({now.state}) has {now.events} events; event {event.number} of"
            f" ticket {event.ticket} ({event.act}) cannot follow: look with `oots desk audit`"
        )
    to, tick, effect = found
    now.events += 1
    now.updated = event.at
    person = (event.role, event.who)
    if person not in now.participants:
        now.participants.append(person)
    if effect:
        effect(now, event, event.data)
    if tick:
        now.marks.append((event.at, tick))
    if to is not now.state:
        now.state = to or now.merged_in or now.state
        now.since = event.at


def _opened(now: Draft, event: Event, data: say.Case) -> None:
    now.case = data
    now.opened = event.at
    if data.sighting:
        _sighted(now, event, data.sighting)


def _amended(now: Draft, _: Event, data: say.Amendment) -> None:
    if now.case:
        now.case = replace(now.case, title=data.title, description=data.description)


def _sighted(now: Draft, event: Event, data: say.Sighting) -> None:
    now.recent.append(Occurrence(event.at, data.run, data.service, data.outcome))
    del now.recent[:-RECENT]
    if data.outcome is Outcome.FAILED:
        now.failures += 1
        now.failed_in = event.number
        now.first_failed = now.first_failed or event.at
        now.last_failed = event.at


def _reopened(now: Draft, event: Event, data: say.Relapse) -> None:
    now.reopened += 1
    now.resolution = now.resolved = now.validated_by = now.proof = None
    now.acceptance = now.holder = None
    now.proved_in = 0
    if data.sighting:
        _sighted(now, event, data.sighting)


def _classified(now: Draft, _: Event, data: say.Classification) -> None:
    now.kind = data.kind


def _compared(now: Draft, _: Event, data: say.Found) -> None:
    now.similar = data.tickets


def _known(now: Draft, _: Event, data: say.Entry) -> None:
    now.known = data.entry


def _unknown(now: Draft, _: Event, __: say.Nothing) -> None:
    now.known = None


def _assigned(now: Draft, _: Event, data: say.Assignment) -> None:
    now.assignee = data.assignee


def _escalated(now: Draft, _: Event, data: say.Escalation) -> None:
    now.holder = data.to


def _routed(now: Draft, _: Event, __: say.Nothing) -> None:
    now.holder = Role.PMO


def _returned(now: Draft, _: Event, __: object) -> None:
    now.holder = None


def _merged(now: Draft, _: Event, data: say.Link) -> None:
    now.master = data.ticket
    now.merged_in = now.state


def _split(now: Draft, _: Event, __: say.Nothing) -> None:
    now.master = None


def _adopted(now: Draft, _: Event, data: say.Link) -> None:
    now.links.append(data.ticket)


def _released(now: Draft, _: Event, data: say.Link) -> None:
    now.links.remove(data.ticket)


def _awaited(now: Draft, _: Event, __: object) -> None:
    now.reminders = 0


def _reminded(now: Draft, _: Event, __: say.Nothing) -> None:
    now.reminders += 1


def _defined(now: Draft, _: Event, data: say.Resolution) -> None:
    now.resolution = data


def _proved(now: Draft, event: Event, data: say.Proof) -> None:
    if data.outcome is Outcome.NOT_RUN:
        return
    now.proof = data
    now.proved_in = event.number
    if data.outcome is Outcome.FAILED:
        now.failed_in = event.number


def _validated(now: Draft, event: Event, _: object) -> None:
    now.validated_by = event.who


def _refused(now: Draft, _: Event, __: object) -> None:
    now.resolution = now.validated_by = now.resolved = None


def _resolved(now: Draft, event: Event, _: say.Nothing) -> None:
    now.resolved = event.at
    now.resolved_in = event.number


def _accepted(now: Draft, _: Event, data: say.Acceptance) -> None:
    now.acceptance = data
    now.holder = None


def _rated(now: Draft, _: Event, data: say.Rating) -> None:
    now.rating = data


def _flapping(now: Draft, event: Event, _: say.Nothing) -> None:
    now.flapping = event.act is Act.FLAP


_Effect = Callable[[Draft, Event, Any], None]
_EFFECTS: Mapping[Act, _Effect] = MappingProxyType(
    {
        Act.REPORT: _opened,
        Act.CAPTURE: _opened,
        Act.UPDATE: _amended,
        Act.REOPEN: _reopened,
        Act.CLASSIFY: _classified,
        Act.FIND_KNOWN: _known,
        Act.FIND_NONE: _unknown,
        Act.ASSIGN: _assigned,
        Act.TAKE: _assigned,
        Act.HAND_OVER: _assigned,
        Act.COMPARE: _compared,
        Act.MERGE: _merged,
        Act.SPLIT: _split,
        Act.ADOPT: _adopted,
        Act.RELEASE: _released,
        Act.ASK: _awaited,
        Act.REMIND: _reminded,
        Act.ESCALATE: _escalated,
        Act.ROUTE: _routed,
        Act.HAND_BACK: _returned,
        Act.RECALL: _returned,
        Act.APPLY: _defined,
        Act.DEFINE: _defined,
        Act.DECLINE: _defined,
        Act.INHERIT: _defined,
        Act.COMMUNICATE: _awaited,
        Act.VALIDATE: _validated,
        Act.LAPSE: _validated,
        Act.CONFIRM: _validated,
        Act.REJECT: _refused,
        Act.REFUTE: _refused,
        Act.RESOLVE: _resolved,
        Act.VERIFY: _proved,
        Act.OBSERVE: _sighted,
        Act.ACCEPT: _accepted,
        Act.PRIORITISE: _rated,
        Act.FLAP: _flapping,
        Act.SETTLE: _flapping,
    }
)
"""What an act changes besides the state; acts that are not here change nothing else."""

_STEPS: dict[State, dict[Act, tuple[State | None, Tick | None, _Effect | None]]] = {
    state: {act: (course.to, course.tick, _EFFECTS.get(act)) for act, course in courses.items()}
    for state, courses in COURSE.items()
}
"""Where each act leads, what it is to the clock, and what it changes: one look for all three."""
