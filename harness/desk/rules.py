"""The lifecycle of a ticket as one table: who may do what in which state, and where it leads.

Each row follows a numbered process line of section 3 of the Service Desk offering. A row that the
section does not number, or that goes beyond the RACI matrix, says in `reading` on what it rests.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from harness.desk.nouns import (
    OPEN,
    SETTLED,
    THIRD_LEVEL,
    Act,
    Need,
    Process,
    Role,
    State,
)

VERSION = 1
"""Counts up when a log of before would fold to another state than it did."""


class Turn(Enum):
    """Where a move leads that has no one state as its end."""

    STAY = "stays where it is"
    BACK = "goes back to where it was merged"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: `act` leads from any state of `of` to `to`, done by any of `by` (Responsible).

    `line` is the process line, such as `3.5.8`, or else the section that it rests on. `under` is
    the row of the RACI matrix where `line` does not tell it. `reading` says why where we had to
    choose.
    """

    act: Act
    line: str
    of: tuple[State, ...]
    to: State | Turn
    by: tuple[Role, ...] = (Role.SUPPORT,)
    under: Process | None = None
    needs: tuple[Need, ...] = ()
    reading: str = ""

    @property
    def process(self) -> Process:
        """The row of the RACI matrix that it falls under."""
        return self.under or Process(".".join(self.line.split(".")[:2]))

    @property
    def quiet(self) -> bool:
        """Whether the ticket stays where it is."""
        return self.to is Turn.STAY


_USER, _MONITORING = (Role.USER,), (Role.MONITORING,)
_S = State
_BEFORE_RESOLUTION = (
    *(_S.REGISTERED, _S.ACKNOWLEDGED, _S.CLASSIFIED, _S.KNOWN, _S.NOVEL),
    *(_S.ASSIGNED, _S.DIAGNOSING, _S.DIAGNOSED, _S.SOLVING),
)
_TRIAGED = _BEFORE_RESOLUTION[2:]
_AWAY = (_S.WAITING, _S.ESCALATED, _S.FIXED, _S.WITH_PMO)

_RESOLVES = "2.3 and 3.5.8 let the 3rd level resolve; the matrix makes it Responsible in step 5"
_INVESTIGATES = "2.3 and 3.5.8 have the 3rd level act in step 4, where the matrix informs it"
_THEIR_WORD = "2.1 and 3.6.3 have the User test and validate; the matrix consults the User"
_FLAPS = "a service that comes and goes is one ticket in a state of its own, not many tickets"
_BY_HAND = "beside the numbered lines: it moves no ticket on"

RULES: tuple[Rule, ...] = (
    # Step 1: Detection and Initiation
    Rule(Act.DETECT, "3.2.1", of=(_S.UNDETECTED,), to=_S.DETECTED, by=_USER),
    Rule(Act.REPORT, "3.2.2", of=(_S.UNDETECTED, _S.DETECTED), to=_S.REPORTED, by=_USER),
    Rule(
        Act.CONTACT,
        "4",
        of=(_S.UNDETECTED,),
        to=_S.CONTACTED,
        by=(Role.END_USER,),
        under=Process.DETECTION,
        reading="4: an end user has to go to the first level of support first",
    ),
    Rule(
        Act.TURN_AWAY,
        "4",
        of=(_S.CONTACTED,),
        to=_S.TURNED_AWAY,
        under=Process.DETECTION,
        reading="1.3.1 and 4: the User is the first level; the Support Team can only say so",
    ),
    # Step 2: Registration
    Rule(Act.IDENTIFY, "3.3.1", of=(_S.REPORTED, _S.CAPTURED), to=_S.SOUGHT),
    Rule(Act.REGISTER, "3.3.2", of=(_S.SOUGHT,), to=_S.REGISTERED),
    Rule(Act.UPDATE, "3.3.2", of=OPEN, to=Turn.STAY),
    Rule(Act.REOPEN, "3.3.2", of=SETTLED, to=_S.REGISTERED, needs=(Need.REASON,)),
    Rule(Act.NOTIFY, "3.3.3", of=(_S.REGISTERED,), to=_S.ACKNOWLEDGED),
    # Step 3: Classification
    Rule(Act.CLASSIFY, "3.4.1", of=(_S.ACKNOWLEDGED, *_TRIAGED), to=_S.CLASSIFIED),
    Rule(Act.FIND_KNOWN, "3.4.2", of=(_S.CLASSIFIED, _S.KNOWN, _S.NOVEL), to=_S.KNOWN),
    Rule(Act.FIND_NONE, "3.4.2", of=(_S.CLASSIFIED, _S.KNOWN, _S.NOVEL), to=_S.NOVEL),
    Rule(Act.ASSIGN, "3.4.3", of=(_S.NOVEL,), to=_S.ASSIGNED),
    Rule(Act.APPLY, "3.4.4", of=(_S.KNOWN,), to=_S.DEFINED),
    # Step 4: Investigation and Escalation
    Rule(Act.COMPARE, "3.5.1", of=(_S.ASSIGNED, _S.DIAGNOSING), to=_S.DIAGNOSING),
    Rule(Act.MERGE, "3.5.2", of=_TRIAGED, to=_S.LINKED, needs=(Need.OTHER_TICKET,)),
    Rule(
        Act.SPLIT,
        "3.5.2",
        of=(_S.LINKED,),
        to=Turn.BACK,
        needs=(Need.REASON,),
        reading="what was associated by mistake has to be undone: it goes on where it was",
    ),
    Rule(
        Act.ADOPT,
        "3.5.2",
        of=tuple(state for state in OPEN if state is not _S.LINKED),
        to=Turn.STAY,
        needs=(Need.OTHER_TICKET,),
    ),
    Rule(Act.RELEASE, "3.5.2", of=(*OPEN, *SETTLED), to=Turn.STAY, needs=(Need.OTHER_TICKET,)),
    Rule(Act.DIAGNOSE, "3.5.3", of=(_S.DIAGNOSING, _S.SOLVING, _S.DEFINED), to=_S.DIAGNOSED),
    Rule(Act.ASK, "3.5.4", of=(_S.DIAGNOSED, _S.SOLVING), to=_S.WAITING),
    Rule(Act.ANSWER, "3.5.5", of=(_S.WAITING,), to=_S.DIAGNOSING, by=_USER),
    Rule(Act.TAKE, "3.5.6", of=(_S.DIAGNOSED, _S.SOLVING), to=_S.SOLVING),
    Rule(
        Act.ESCALATE,
        "3.5.7",
        of=(_S.DIAGNOSED, _S.SOLVING),
        to=_S.ESCALATED,
        needs=(Need.THIRD_LEVEL,),
    ),
    Rule(
        Act.INVESTIGATE,
        "3.5.8",
        of=(_S.ESCALATED,),
        to=Turn.STAY,
        by=THIRD_LEVEL,
        needs=(Need.HOLDER,),
        reading=_INVESTIGATES,
    ),
    Rule(
        Act.FIX,
        "3.5.8",
        of=(_S.ESCALATED,),
        to=_S.FIXED,
        by=THIRD_LEVEL,
        under=Process.RESOLUTION,
        needs=(Need.HOLDER,),
        reading=_RESOLVES,
    ),
    Rule(
        Act.HAND_BACK,
        "3.5.8",
        of=(_S.ESCALATED, _S.FIXED),
        to=_S.DIAGNOSING,
        by=THIRD_LEVEL,
        needs=(Need.HOLDER,),
        reading=_INVESTIGATES,
    ),
    Rule(
        Act.ROUTE,
        "1.3",
        of=_TRIAGED,
        to=_S.WITH_PMO,
        under=Process.INVESTIGATION,
        reading="1.3: questions of project management are escalated to the PMO",
    ),
    Rule(
        Act.HAND_BACK,
        "1.3",
        of=(_S.WITH_PMO,),
        to=_S.DIAGNOSING,
        by=(Role.PMO,),
        under=Process.INVESTIGATION,
        reading="1.3: the PMO handles the question; the desk stays the first point of contact",
    ),
    Rule(
        Act.RECALL,
        "3.5",
        of=_AWAY,
        to=_S.DIAGNOSING,
        needs=(Need.REASON,),
        reading="the Support Team is accountable in step 4: it can take a ticket back",
    ),
    # Step 5: Resolution
    Rule(Act.DEFINE, "3.6.1", of=(_S.SOLVING, _S.DEFINED), to=_S.DEFINED),
    Rule(
        Act.DECLINE,
        "3.6.1",
        of=_TRIAGED,
        to=_S.DEFINED,
        needs=(Need.REASON, Need.NO_CHECK),
        reading="3.2.2: a new feature has to be aligned with the scope of the OOTS project",
    ),
    Rule(
        Act.INHERIT,
        "3.6.1",
        of=(_S.LINKED,),
        to=_S.DEFINED,
        reading="3.5.2: the master ticket covers all similar ones, and so does its resolution",
    ),
    Rule(Act.COMMUNICATE, "3.6.2", of=(_S.DEFINED,), to=_S.PROPOSED, needs=(Need.GREEN,)),
    Rule(Act.VALIDATE, "3.6.3", of=(_S.PROPOSED,), to=_S.VALIDATED, by=_USER, reading=_THEIR_WORD),
    Rule(
        Act.REJECT,
        "3.6.3",
        of=(_S.PROPOSED,),
        to=_S.DIAGNOSING,
        by=_USER,
        needs=(Need.REASON,),
        reading=_THEIR_WORD,
    ),
    Rule(
        Act.LAPSE,
        "3.6",
        of=(_S.PROPOSED,),
        to=_S.VALIDATED,
        needs=(Need.REMINDED, Need.REASON),
        reading="4 (b) obliges the User to validate; what if not is left open: two reminders",
    ),
    Rule(
        Act.CONFIRM,
        "3.6",
        of=(_S.PROPOSED,),
        to=_S.VALIDATED,
        needs=(Need.NO_USER, Need.GREEN),
        reading="3.8.2: what monitoring detects may have no User; the green re-run speaks",
    ),
    Rule(Act.RESOLVE, "3.6.4", of=(_S.VALIDATED,), to=_S.RESOLVED),
    Rule(Act.RECORD, "3.6.5", of=(_S.RESOLVED,), to=_S.RECORDED),
    # Step 6: Closure
    Rule(Act.CHECK, "3.7.1", of=(_S.RECORDED,), to=_S.CHECKED, needs=(Need.GREEN_AGAIN,)),
    Rule(
        Act.REFUTE,
        "3.7.1",
        of=(_S.RESOLVED, _S.RECORDED, _S.CHECKED),
        to=_S.DIAGNOSING,
        needs=(Need.REASON,),
    ),
    Rule(Act.CLOSE, "3.7.2", of=(_S.CHECKED,), to=_S.CLOSED, needs=(Need.GREEN_AGAIN,)),
    Rule(Act.CLOSE, "3.7.2", of=(_S.ACCEPTED,), to=_S.CLOSED),
    Rule(
        Act.ACCEPT,
        "3.7",
        of=(*_BEFORE_RESOLUTION, *_AWAY, _S.LINKED, _S.DEFINED, _S.PROPOSED),
        to=_S.ACCEPTED,
        under=Process.CLOSURE,
        needs=(Need.REASON, Need.EXPIRY),
        reading="the accountable team may bear a fault for a time, under a name and with an end",
    ),
    # The Monitoring process
    Rule(Act.OBSERVE, "3.8.1", of=(*OPEN, _S.ACCEPTED), to=Turn.STAY, by=_MONITORING),
    Rule(
        Act.OBSERVE,
        "3.8.1",
        of=tuple(state for state in SETTLED if state is not _S.ACCEPTED),
        to=Turn.STAY,
        by=_MONITORING,
        needs=(Need.NO_FAILURE,),
    ),
    Rule(Act.CAPTURE, "3.8.2", of=(_S.UNDETECTED,), to=_S.CAPTURED, by=_MONITORING),
    Rule(
        Act.VERIFY,
        "3.8",
        of=(*OPEN, *SETTLED),
        to=Turn.STAY,
        by=(Role.MONITORING, Role.SUPPORT),
        needs=(Need.SAME_CHECK,),
        reading="what a check found is solved when that very check no longer finds it",
    ),
    Rule(Act.FLAP, "3.8", of=OPEN, to=Turn.STAY, by=_MONITORING, reading=_FLAPS),
    Rule(Act.SETTLE, "3.8", of=OPEN, to=Turn.STAY, by=_MONITORING, reading=_FLAPS),
    # Beside the process
    Rule(Act.PRIORITISE, "3.4", of=OPEN, to=Turn.STAY, reading=_BY_HAND),
    Rule(
        Act.HAND_OVER,
        "3.5",
        of=tuple(state for state in OPEN if state.step >= _S.ASSIGNED.step),
        to=Turn.STAY,
        reading=_BY_HAND,
    ),
    Rule(Act.REMIND, "3.5", of=(_S.WAITING, _S.PROPOSED), to=Turn.STAY, reading=_BY_HAND),
    Rule(Act.TELL, "3.6", of=(*OPEN, *SETTLED), to=Turn.STAY, reading=_BY_HAND),
    Rule(
        Act.WRITE,
        "3.5.5",
        of=(_S.WAITING,),
        to=_S.DIAGNOSING,
        by=_USER,
        reading="whatever the User writes while the desk waits for the User is the answer",
    ),
    Rule(
        Act.WRITE,
        "3.6",
        of=(_S.PROPOSED,),
        to=_S.DEFINED,
        by=_USER,
        reading="a question instead of a validation: the desk has the next move again",
    ),
    Rule(
        Act.WRITE,
        "3.5",
        of=tuple(s for s in (*OPEN, *SETTLED) if s not in (_S.WAITING, _S.PROPOSED)),
        to=Turn.STAY,
        by=_USER,
        reading=_BY_HAND,
    ),
    Rule(
        Act.NOTE,
        "3.5",
        of=(*OPEN, *SETTLED),
        to=Turn.STAY,
        by=(Role.SUPPORT, *THIRD_LEVEL, Role.PMO),
        reading=_BY_HAND,
    ),
)
