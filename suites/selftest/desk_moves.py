"""A ticket that a test walks through its life: intents that fit, in sentences of one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from harness.desk.decide import Intent, choices, decide
from harness.desk.event import Event
from harness.desk.lifecycle import EXCEPTIONAL, MOVES, IllegalMove, Unmet, way
from harness.desk.log import START, Entry, entry
from harness.desk.nouns import ENDED, SETTLED, Act, Kind, Need, Outcome, Role, State
from harness.desk.payload import (
    NOTHING,
    Acceptance,
    Amendment,
    Assignment,
    Case,
    Classification,
    Escalation,
    Found,
    How,
    Link,
    Origin,
    Payload,
    Proof,
    Rating,
    Relapse,
    Resolution,
    Sighting,
    Words,
)
from harness.desk.payload import Entry as Knowledge
from harness.desk.priority import Impact, Urgency
from harness.desk.state import TicketState, advance, state_facts

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""09:00 in Brussels, on a working day."""

ORIGIN = Origin(
    check="DISC-03",
    tag="naptr-root-not-https",
    fingerprint="1/acc/FI/zone/DISC-03/naptr-root-not-https",
    cause="cause/1.1/acc/zone/DISC-03/naptr-root-not-https",
    configuration="profile tdd-2.0",
    requirement="discovery.root-is-https",
    clause="TDD 3.4, Discovery",
)
FAILED = Sighting("r1", "eb", Outcome.FAILED, "https://<host>", "http://eb.example")
PASSED = Sighting("r2", "eb", Outcome.PASSED, "", "")
NOT_RUN = Sighting("r3", "eb", Outcome.NOT_RUN, "", "")
GREEN = Proof("r9", ORIGIN.fingerprint, ORIGIN.configuration, Outcome.PASSED)
RED = Proof("r9", ORIGIN.fingerprint, ORIGIN.configuration, Outcome.FAILED)
FOUND = Case("No https", "", "acc", "FI", "zone", None, ORIGIN, FAILED)
ASKED = Case("How is it done?", "Please say.", "acc", "FI", "access point")

_SAID: dict[Act, Payload] = {
    Act.REPORT: ASKED,
    Act.CAPTURE: FOUND,
    Act.UPDATE: Amendment("A better title", "More of it"),
    Act.REOPEN: Relapse("seen again"),
    Act.IDENTIFY: Found(),
    Act.COMPARE: Found(),
    Act.CLASSIFY: Classification(Kind.INCIDENT),
    Act.FIND_KNOWN: Knowledge("KB-1"),
    Act.RECORD: Knowledge(None),
    Act.ASSIGN: Assignment("ann"),
    Act.TAKE: Assignment("ben"),
    Act.HAND_OVER: Assignment("cleo"),
    Act.MERGE: Link(900),
    Act.ADOPT: Link(901),
    Act.RELEASE: Link(901),
    Act.ESCALATE: Escalation(Role.NETWORK),
    Act.APPLY: Resolution(How.WORKAROUND, "Do it so.", "KB-1"),
    Act.DEFINE: Resolution(How.FIX, "Do it so."),
    Act.DECLINE: Resolution(How.DECLINED, "Not in scope."),
    Act.INHERIT: Resolution(How.FIX, "As the master."),
    Act.VERIFY: GREEN,
    Act.OBSERVE: FAILED,
    Act.PRIORITISE: Rating(Impact.HIGH, Urgency.HIGH),
}
_SPOKEN = {Act.CONTACT, Act.DIAGNOSE, Act.ASK, Act.ANSWER, Act.INVESTIGATE, Act.FIX}
_SPOKEN |= {Act.HAND_BACK, Act.TELL, Act.WRITE, Act.NOTE}


def fitting(ticket: TicketState, act: Act, *, at: datetime = MONDAY) -> Intent:
    """An intent that brings all that an act needs of an intent, by somebody who may."""
    hands = {option.act: option.by for option in choices(ticket)}
    role = hands[act][0] if act in hands else Role.SUPPORT
    said = Words("so it is") if act in _SPOKEN else _SAID.get(act, NOTHING)
    if act is Act.ACCEPT:
        said = Acceptance("Dora", at + timedelta(days=30))
    if act is Act.OBSERVE and ticket.state in SETTLED:
        said = PASSED
    if act is Act.RELEASE and ticket.links:
        said = Link(ticket.links[0])
    if act is Act.ADOPT:
        said = Link(max((ticket.ticket, *ticket.links)) + 1)
    return Intent(act, role, f"{role}-1", "because", data=said)


@dataclass
class Walk:
    """One ticket on its way; an hour passes before each act."""

    ticket: TicketState = field(default_factory=lambda: TicketState(1))
    now: datetime = MONDAY - timedelta(hours=1)
    events: list[Event] = field(default_factory=list)
    chain: list[Entry] = field(default_factory=list)

    def do(self, *acts: Act | Intent, hours: float = 1) -> Walk:
        """Make these moves, one after the other."""
        for act in acts:
            self.now += timedelta(hours=hours)
            intent = act if isinstance(act, Intent) else fitting(self.ticket, act, at=self.now)
            event = decide(self.ticket, intent, at=self.now)
            self.ticket = advance(self.ticket, event)
            self.events.append(event)
            self.chain.append(entry(event, self.chain[-1].head if self.chain else START))
        return self

    def say(self, act: Act, data: Payload, *, why: str = "because") -> Walk:
        """Make one move that says something of its own."""
        intent = fitting(self.ticket, act)
        return self.do(Intent(act, intent.role, intent.who, why, data=data))

    def by(self, role: Role, act: Act) -> Walk:
        """Make one move in a role."""
        intent = fitting(self.ticket, act, at=self.now)
        return self.do(Intent(act, role, f"{role}-1", intent.why, data=intent.data))

    def to(self, goal: State, *, but: Iterable[Act] = ()) -> Walk:
        """Go the shortest way to a state, bringing whatever is needed."""
        while self.ticket.state is not goal:
            self._on([goal], (*EXCEPTIONAL, *but))
        return self

    def to_closure(self) -> Walk:
        """Go to an end, without any exception."""
        while self.ticket.state not in ENDED:
            but = set(EXCEPTIONAL) - {Act.TURN_AWAY}
            self._on(ENDED, but)
        return self

    def _on(self, goal: Iterable[State], but: Iterable[Act]) -> None:
        steps = way(self.ticket.state, tuple(goal), by=tuple(Role), but=tuple(but))
        assert steps, f"no way from {self.ticket.state}"
        needs = MOVES[self.ticket.state][steps[0].act].rule.needs
        if self.ticket.of_a_check and {Need.GREEN, Need.GREEN_AGAIN} & set(needs):
            self._prove()
        self.do(steps[0].act)

    def _prove(self) -> None:
        case = self.ticket.case
        assert case
        assert case.origin
        green = Proof("r9", case.origin.fingerprint, case.origin.configuration, Outcome.PASSED)
        self.say(Act.VERIFY, green)


def reported() -> Walk:
    """A ticket that a User reported."""
    return Walk().do(Act.REPORT)


def captured() -> Walk:
    """A ticket that a check opened."""
    return Walk().do(Act.CAPTURE)


NO_SOLUTION = (Act.FIND_KNOWN,)
"""Not by a solution that is known."""


def solving(walk: Walk | None = None) -> Walk:
    """A ticket that a member of the team works on."""
    return (walk or reported()).to(State.SOLVING, but=NO_SOLUTION)


_ASIDE = {State.ACCEPTED: Act.ACCEPT, State.LINKED: Act.MERGE, State.WITH_PMO: Act.ROUTE}
"""States to which no ordinary way leads, and what leads there once it is classified."""


def walked_to(state: State, start: Walk | None = None) -> Walk:
    """A ticket in any state but the ones before a report."""
    if state in (State.CAPTURED, State.REPORTED):
        return captured() if state is State.CAPTURED else reported()
    walk = start or reported()
    if state in _ASIDE:
        return walk.to(State.CLASSIFIED).do(_ASIDE[state])
    return walk.to(state, but=() if state is State.KNOWN else NO_SOLUTION)


def refused(ticket: TicketState, intent: Intent) -> IllegalMove:
    """The refusal of an intent, which must leave the ticket as it was."""
    before = state_facts(ticket)
    with pytest.raises(IllegalMove) as told:
        decide(ticket, intent, at=MONDAY + timedelta(days=2))
    assert state_facts(ticket) == before
    return told.value


def lacking(ticket: TicketState, act: Act, data: Payload | None = None, *, why: str = "so") -> Need:
    """The need for which an act is refused that would be allowed otherwise."""
    fit = fitting(ticket, act)
    told = refused(ticket, Intent(act, fit.role, fit.who, why, data=data or fit.data))
    assert isinstance(told, Unmet)
    return told.need
