"""One cause in many Member States: one master ticket, and the others linked to it.

A linked ticket waits at step 4 until the resolution of its master is taken over; its own user
validates it, and its own check proves it. Each function answers what is to be done to which ticket,
all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from harness.desk.decide import Intent
from harness.desk.nouns import Act, Role, State
from harness.desk.payload import Link
from harness.desk.state import TicketState
from harness.errors import UsageFault

Orders = tuple[tuple[int, Intent], ...]
"""Numbers of tickets, each with what is to be done to it, in their order."""


def merge(child: TicketState, master: TicketState, *, who: str, why: str) -> Orders:
    """Link a ticket to its master; raises `UsageFault` where the two cannot be so."""
    if child.ticket == master.ticket:
        raise _refused(child, "another ticket as its master", "itself")
    if master.master is not None:
        raise _refused(child, "a master that is not linked itself", f"one of {master.master}")
    if not master.open:
        raise _refused(child, "a master that is open", f"one that is {master.state}")
    if child.links:
        raise _refused(child, "a ticket that is no master itself", f"one of {len(child.links)}")
    orders = [(child.ticket, _by_support(Act.MERGE, who, why, master.ticket))]
    if child.ticket not in master.links:
        orders.append((master.ticket, _by_support(Act.ADOPT, who, why, child.ticket)))
    if child.master is not None and child.master != master.ticket:
        orders.append((child.master, _by_support(Act.RELEASE, who, why, child.ticket)))
    return tuple(orders)


def split(child: TicketState, *, who: str, why: str) -> Orders:
    """Undo a link: the ticket goes on where it was; raises `UsageFault` where there is none."""
    if child.master is None or child.state is not State.LINKED:
        raise _refused(child, "a ticket that is with its master", f"one that is {child.state}")
    return (
        (child.ticket, Intent(Act.SPLIT, Role.SUPPORT, who, why)),
        (child.master, _by_support(Act.RELEASE, who, why, child.ticket)),
    )


def inherit(master: TicketState, linked: Iterable[TicketState], *, who: str) -> Orders:
    """The resolution of a master taken over by every ticket that waits for it.

    Raises `UsageFault` where the master has none.
    """
    resolution = master.resolution
    if resolution is None:
        raise _refused(master, "a master with a resolution", f"one that is {master.state}")
    why = f"ticket {master.ticket} covers it"
    return tuple(
        (child.ticket, Intent(Act.INHERIT, Role.SUPPORT, who, why, data=resolution))
        for child in linked
        if child.master == master.ticket and child.state is State.LINKED
    )


def _by_support(act: Act, who: str, why: str, ticket: int) -> Intent:
    return Intent(act, Role.SUPPORT, who, why, data=Link(ticket))


def _refused(ticket: TicketState, expected: str, seen: str) -> UsageFault:
    return UsageFault(
        f"ticket {ticket.ticket}",
        expected=expected,
        seen=seen,
        remedy="choose another ticket; nothing was changed",
    )
