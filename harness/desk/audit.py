"""Whether a log is one that the desk could have written: every event asked for and allowed again.

`log.verify` finds what was changed in a chain; this finds what should never have been put in it,
such as a closure by a team that may not close, even where the whole chain was made anew.
"""

from __future__ import annotations

from collections.abc import Iterable

from harness.desk.decide import Intent, decide
from harness.desk.event import Event
from harness.desk.state import TicketState, advance
from harness.errors import HarnessFault, UsageFault


def unlawful(events: Iterable[Event]) -> str | None:
    """The first event that would not have been allowed, and why not; None where all would."""
    tickets: dict[int, TicketState] = {}
    for event in events:
        state = tickets.get(event.ticket, TicketState(event.ticket))
        if flaw := _flaw(state, event):
            return f"event {event.number} of ticket {event.ticket}: {flaw}"
        tickets[event.ticket] = advance(state, event)
    return None


def _flaw(state: TicketState, event: Event) -> str | None:
    if event.number != state.events + 1:
        return f"expected event {state.events + 1}"
    said = (event.who, event.why, event.evidence, event.data)
    try:
        again = decide(state, Intent(event.act, event.role, *said), at=event.at)
    except (UsageFault, HarnessFault) as refused:
        return str(refused)
    return None if again == event else f"its instant lies before {state.updated.isoformat()}"
