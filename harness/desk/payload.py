"""What an act says besides who did it, when and why: one frozen value a kind of saying."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from harness.desk.nouns import Act, Kind, Outcome, Role
from harness.desk.priority import Impact, Urgency
from harness.desk.scope import Topic


@dataclass(frozen=True, slots=True)
class Nothing:
    """The act says it all."""


NOTHING = Nothing()


@dataclass(frozen=True, slots=True)
class Origin:
    """The failed check that opened a ticket.

    `fingerprint` and `cause` are the texts of the two keys; `configuration` is what the subject
    was judged under, so that a re-run can be told from a run of something else.
    """

    check: str
    tag: str
    fingerprint: str
    cause: str
    configuration: str
    requirement: str
    clause: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """One run of the check, seen at one service; `expected` and `seen` are empty if it passed."""

    run: str
    service: str
    outcome: Outcome
    expected: str
    seen: str


@dataclass(frozen=True, slots=True)
class Case:
    """What a ticket is about. `origin` and `sighting` are None where no check opened it.

    `recurrence_of` is the ticket of the same failure that was closed too long ago to be reopened.
    """

    title: str
    description: str
    environment: str
    member_state: str
    component: str
    topic: Topic | None = None
    origin: Origin | None = None
    sighting: Sighting | None = None
    recurrence_of: int | None = None


@dataclass(frozen=True, slots=True)
class Amendment:
    """A better title and description."""

    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Found:
    """The tickets that a search found, and the entries of the knowledge base."""

    tickets: tuple[int, ...] = ()
    entries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relapse:
    """What failed again, and in what it differs from what was seen before."""

    difference: str
    sighting: Sighting | None = None


@dataclass(frozen=True, slots=True)
class Classification:
    """The type of the ticket."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the knowledge base; None where there was nothing to add to it."""

    entry: str | None


@dataclass(frozen=True, slots=True)
class Assignment:
    """The member of the Support Team who has the ticket."""

    assignee: str


@dataclass(frozen=True, slots=True)
class Escalation:
    """The team of the 3rd level that has the ticket."""

    to: Role


@dataclass(frozen=True, slots=True)
class Link:
    """Another ticket: the master of this one, or one that this one is the master of."""

    ticket: int


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody says."""

    text: str


class How(StrEnum):
    """What sort of thing solves a ticket."""

    FIX = "fix"
    WORKAROUND = "workaround"
    ANSWER = "answer"
    CHANGE = "handed to change management"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Resolution:
    """What solves it; `entry` is that of the knowledge base which it is taken from, if any."""

    how: How
    text: str
    entry: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """A re-run of a check on purpose: which check on what, and how it ended."""

    run: str
    fingerprint: str
    configuration: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Somebody bears the fault, until an instant."""

    owner: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Rating:
    """How grave and how pressing it is; `major` is a flag with a rule of its own."""

    impact: Impact
    urgency: Urgency
    major: bool = False


Payload = (
    Nothing
    | Case
    | Amendment
    | Found
    | Relapse
    | Classification
    | Entry
    | Assignment
    | Escalation
    | Link
    | Words
    | Resolution
    | Proof
    | Sighting
    | Acceptance
    | Rating
)

_SPOKEN = (
    *(Act.CONTACT, Act.DIAGNOSE, Act.ASK, Act.ANSWER, Act.INVESTIGATE, Act.FIX, Act.HAND_BACK),
    *(Act.TELL, Act.WRITE, Act.NOTE),
)
_KINDS: Mapping[Act, type[Payload]] = {
    **dict.fromkeys(_SPOKEN, Words),
    **dict.fromkeys((Act.REPORT, Act.CAPTURE), Case),
    **dict.fromkeys((Act.IDENTIFY, Act.COMPARE), Found),
    **dict.fromkeys((Act.FIND_KNOWN, Act.RECORD), Entry),
    **dict.fromkeys((Act.MERGE, Act.ADOPT, Act.RELEASE), Link),
    **dict.fromkeys((Act.TAKE, Act.HAND_OVER, Act.ASSIGN), Assignment),
    **dict.fromkeys((Act.DEFINE, Act.APPLY, Act.DECLINE, Act.INHERIT), Resolution),
    Act.UPDATE: Amendment,
    Act.REOPEN: Relapse,
    Act.CLASSIFY: Classification,
    Act.ESCALATE: Escalation,
    Act.VERIFY: Proof,
    Act.OBSERVE: Sighting,
    Act.ACCEPT: Acceptance,
    Act.PRIORITISE: Rating,
}
PAYLOADS: Mapping[Act, type[Payload]] = MappingProxyType(
    {act: _KINDS.get(act, Nothing) for act in Act}
)
"""What each act says."""
