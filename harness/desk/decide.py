"""What somebody wants to do to a ticket becomes an event, or is refused and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from harness.desk.codec import LARGEST_NUMBER, LONGEST_LIST, LONGEST_TEXT, facts
from harness.desk.event import Event
from harness.desk.lifecycle import MOVES, Move, Unmet, move
from harness.desk.nouns import THIRD_LEVEL, Act, Need, Outcome, Role
from harness.desk.payload import (
    NOTHING,
    PAYLOADS,
    Acceptance,
    Escalation,
    Link,
    Payload,
    Proof,
    Sighting,
)
from harness.desk.state import TicketState
from harness.errors import HarnessFault, UsageFault

REMINDERS = 2
"""How many a user leaves unanswered before a proposal may lapse: our figure."""

LONGEST_ACCEPTANCE = timedelta(days=366)
"""After which a fault that is borne has to be looked at again: our figure."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What somebody wants to do; `data` is of the kind that `PAYLOADS` gives for the act."""

    act: Act
    role: Role
    who: str
    why: str = ""
    evidence: tuple[str, ...] = ()
    data: Payload = NOTHING


@dataclass(frozen=True, slots=True)
class Option:
    """An act that is possible now; `lacks` is what is known to be missing yet, None for nothing."""

    act: Act
    by: tuple[Role, ...]
    lacks: Need | None


def decide(ticket: TicketState, intent: Intent, *, at: datetime) -> Event:
    """The event that an intent becomes; raises `IllegalMove`, and `UsageFault` on misfit texts.

    No event is earlier than the one before it, whatever the clocks of two machines say.

    >>> from harness.desk.payload import Words
    >>> noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    >>> decide(TicketState(7), Intent(Act.DETECT, Role.USER, "fi"), at=noon).number
    1
    """
    found = move(ticket.ticket, ticket.state, act=intent.act, role=intent.role)
    if not isinstance(intent.data, PAYLOADS[intent.act]):
        raise HarnessFault(f"{intent.act} says {PAYLOADS[intent.act].__name__}, not {intent.data}")
    at = at.astimezone(UTC)
    if missing := _missing(ticket, found, intent, at):
        raise Unmet(ticket.ticket, found, need=missing[0], seen=missing[1])
    _fits(intent)
    return Event(
        ticket=ticket.ticket,
        number=ticket.events + 1,
        who=intent.who,
        role=intent.role,
        act=intent.act,
        at=max(at, ticket.updated),
        why=intent.why,
        evidence=intent.evidence,
        data=_in_utc(intent.data),
    )


def choices(ticket: TicketState) -> tuple[Option, ...]:
    """What can be done to a ticket now, by whom, and what each still lacks.

    What an intent itself has to bring, such as a reason, is not told here.
    """
    return tuple(
        Option(act, _hands(ticket, found), _outstanding(ticket, found))
        for act, found in MOVES[ticket.state].items()
    )


def _hands(ticket: TicketState, found: Move) -> tuple[Role, ...]:
    """Who may do it: of several teams, the one that has the ticket."""
    if Need.HOLDER in found.rule.needs and ticket.holder:
        return (ticket.holder,)
    return found.rule.by


def _outstanding(ticket: TicketState, found: Move) -> Need | None:
    known = (need for need in found.rule.needs if need in _OF_THE_TICKET)
    return next((need for need in known if _OF_THE_TICKET[need](ticket)), None)


def _missing(
    ticket: TicketState, found: Move, intent: Intent, at: datetime
) -> tuple[Need, str] | None:
    """The first need that is not met, with what is there instead."""
    for need in found.rule.needs:
        of_ticket, of_intent = _OF_THE_TICKET.get(need), _OF_THE_INTENT.get(need)
        seen = of_ticket(ticket) if of_ticket else None
        if seen is None and of_intent:
            seen = of_intent(ticket, intent, at)
        if seen is not None:
            return need, seen
    return None


def _not_green(ticket: TicketState) -> str | None:
    if not ticket.of_a_check or ticket.proven:
        return None
    if ticket.proof is None:
        return "no re-run"
    failed = ticket.proof.outcome is Outcome.FAILED
    return "a re-run that failed" if failed else "a green re-run from before the last failure"


def _not_green_again(ticket: TicketState) -> str | None:
    if not ticket.of_a_check or ticket.proven_again:
        return None
    return _not_green(ticket) or "a green re-run from before the resolution"


def _of_a_check(ticket: TicketState) -> str | None:
    return "a ticket that a check opened" if ticket.of_a_check else None


def _of_a_user(ticket: TicketState) -> str | None:
    if ticket.case and ticket.case.member_state:
        return f"a ticket of {ticket.case.member_state}"
    users = [who for role, who in ticket.participants if role is Role.USER]
    return f"a part of {users[0]}" if users else None


def _not_reminded(ticket: TicketState) -> str | None:
    return None if ticket.reminders >= REMINDERS else f"{ticket.reminders} so far"


_OF_THE_TICKET: Mapping[Need, Callable[[TicketState], str | None]] = MappingProxyType(
    {
        Need.GREEN: _not_green,
        Need.GREEN_AGAIN: _not_green_again,
        Need.NO_CHECK: _of_a_check,
        Need.NO_USER: _of_a_user,
        Need.REMINDED: _not_reminded,
    }
)
"""What is there instead of what a move needs of the ticket; None where the need is met."""


def _no_reason(_: TicketState, intent: Intent, __: datetime) -> str | None:
    return None if intent.why.strip() else "none"


def _another_check(ticket: TicketState, intent: Intent, _: datetime) -> str | None:
    origin = ticket.case.origin if ticket.case else None
    proof = intent.data
    if origin is None or not isinstance(proof, Proof):
        return "a ticket that no check opened"
    if proof.fingerprint != origin.fingerprint:
        return f"a re-run of {proof.fingerprint} instead of {origin.fingerprint}"
    if proof.configuration != origin.configuration:
        return f"configuration {proof.configuration} instead of {origin.configuration}"
    return None


def _not_the_holder(ticket: TicketState, intent: Intent, _: datetime) -> str | None:
    if intent.role is ticket.holder:
        return None
    holder = ticket.holder.label if ticket.holder else "no team"
    return f"{intent.role.label}, while {holder} has it"


def _not_third_level(_: TicketState, intent: Intent, __: datetime) -> str | None:
    third = isinstance(intent.data, Escalation) and intent.data.to in THIRD_LEVEL
    return None if third else "another"


def _no_expiry(_: TicketState, intent: Intent, at: datetime) -> str | None:
    borne = intent.data
    if not isinstance(borne, Acceptance) or not borne.owner.strip():
        return "no owner"
    if borne.until.tzinfo is None:
        return "an expiry without a time zone"
    if at < borne.until <= at + LONGEST_ACCEPTANCE:
        return None
    return f"an expiry at {borne.until.isoformat()}"


def _a_failure(_: TicketState, intent: Intent, __: datetime) -> str | None:
    sighting = intent.data
    failed = isinstance(sighting, Sighting) and sighting.outcome is Outcome.FAILED
    return "failed" if failed else None


def _no_other_ticket(ticket: TicketState, intent: Intent, _: datetime) -> str | None:
    named = intent.data.ticket if isinstance(intent.data, Link) else 0
    if named < 1 or named == ticket.ticket:
        return f"ticket {named}"
    linked = named in ticket.links
    if intent.act is Act.ADOPT and linked:
        return f"ticket {named}, which is linked to it already"
    if intent.act is Act.RELEASE and not linked:
        return f"ticket {named}, which is not linked to it"
    return None


_OF_THE_INTENT: Mapping[Need, Callable[[TicketState, Intent, datetime], str | None]] = (
    MappingProxyType(
        {
            Need.REASON: _no_reason,
            Need.SAME_CHECK: _another_check,
            Need.HOLDER: _not_the_holder,
            Need.THIRD_LEVEL: _not_third_level,
            Need.EXPIRY: _no_expiry,
            Need.NO_FAILURE: _a_failure,
            Need.OTHER_TICKET: _no_other_ticket,
        }
    )
)
"""The same of what the intent itself has to bring."""


def _in_utc(said: Payload) -> Payload:
    if isinstance(said, Acceptance):
        return replace(said, until=said.until.astimezone(UTC))
    return said


def _fits(intent: Intent) -> None:
    """Whether what is said can be written and read again; raises `UsageFault`."""
    if not intent.who.strip():
        raise _misfit("the name of who acts", "nothing")
    told = [intent.who, intent.why, list(intent.evidence), facts(intent.data)]
    while told:
        match told.pop():
            case str(text) if len(text) > LONGEST_TEXT:
                raise _misfit(f"texts of at most {LONGEST_TEXT} characters", f"{len(text)}")
            case int(number) if abs(number) > LARGEST_NUMBER:
                raise _misfit(f"numbers of at most {LARGEST_NUMBER}", "a larger one")
            case list(values):
                if len(values) > LONGEST_LIST:
                    raise _misfit(f"lists of at most {LONGEST_LIST} values", f"{len(values)}")
                told += values
            case dict(parts):
                told += parts.values()


def _misfit(expected: str, seen: str) -> UsageFault:
    return UsageFault("what is said", expected=expected, seen=seen, remedy="say it shorter")
