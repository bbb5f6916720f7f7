"""Who answers for what (offering, section 2): the RACI matrix as data, and who hears of a move.

Responsible performs a step, Accountable answers for it and is one only, Consulted is asked and may
answer, Informed is told its result. The matrix has three entities; what it leaves open is `OURS`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from harness.desk.nouns import THIRD_LEVEL, Act, Process, Role
from harness.desk.rules import Rule


class Entity(StrEnum):
    """A column of the matrix."""

    USER = "User"
    SUPPORT = "OOTS Support Team"
    TECHNICAL_OFFICE = "OOTS Technical Office Team"


class Part(StrEnum):
    """A letter of the matrix."""

    RESPONSIBLE = "R"
    ACCOUNTABLE = "A"
    CONSULTED = "C"
    INFORMED = "I"


class Hearing(StrEnum):
    """Why somebody is notified of a move."""

    ADDRESSED = "addressed"
    CONSULTED = "consulted"
    INFORMED = "informed"


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody who has to hear of a move, once, and why."""

    role: Role
    hearing: Hearing


def _row(*cells: str) -> Mapping[Entity, frozenset[Part]]:
    parts = (frozenset(Part(letter) for letter in cell) for cell in cells)
    return MappingProxyType(dict(zip(Entity, parts, strict=True)))


MATRIX: Mapping[Process, Mapping[Entity, frozenset[Part]]] = MappingProxyType(
    {
        Process.DETECTION: _row("RA", "CI", ""),
        Process.REGISTRATION: _row("CI", "RA", ""),
        Process.CLASSIFICATION: _row("", "RA", ""),
        Process.INVESTIGATION: _row("RC", "RA", "I"),
        Process.RESOLUTION: _row("C", "RA", "RC"),
        Process.CLOSURE: _row("I", "RA", ""),
        Process.MONITORING: _row("", "RA", "CI"),
    }
)
"""The letters of each entity, process by process."""

OURS: Mapping[str, str] = MappingProxyType(
    {
        "columns": "the columns of the Monitoring row: the text at hand has two cells and no grid",
        "3rd level": "the Datacentre and the Network Team stand in the Technical Office's column",
        "monitoring": "automated monitoring acts for the Support Team, which manages it (2.2)",
        "pmo": "the PMO and end users have no column: a rule that lets them act gives its section",
    }
)
"""What the matrix leaves open, and how it is read here."""

_ENTITIES: Mapping[Role, Entity] = MappingProxyType(
    {
        Role.USER: Entity.USER,
        Role.SUPPORT: Entity.SUPPORT,
        Role.MONITORING: Entity.SUPPORT,
        **dict.fromkeys(THIRD_LEVEL, Entity.TECHNICAL_OFFICE),
    }
)

RESULTS: Mapping[Process, tuple[Act, ...]] = MappingProxyType(
    {
        Process.DETECTION: (Act.REPORT,),
        Process.REGISTRATION: (Act.NOTIFY,),
        Process.CLASSIFICATION: (Act.FIND_KNOWN, Act.FIND_NONE),
        Process.INVESTIGATION: (
            *(Act.MERGE, Act.SPLIT, Act.ASK, Act.ANSWER, Act.TAKE, Act.ESCALATE),
            *(Act.HAND_BACK, Act.ROUTE, Act.RECALL),
        ),
        Process.RESOLUTION: (
            *(Act.FIX, Act.COMMUNICATE, Act.VALIDATE, Act.REJECT, Act.LAPSE, Act.CONFIRM),
            Act.RESOLVE,
        ),
        Process.CLOSURE: (Act.REFUTE, Act.CLOSE, Act.ACCEPT),
        Process.MONITORING: (Act.CAPTURE,),
    }
)
"""The acts by which a process has a result of which those consulted and informed must hear."""

_ADDRESSED: Mapping[Act, Role] = MappingProxyType(
    {
        Act.REPORT: Role.SUPPORT,
        Act.CONTACT: Role.SUPPORT,
        Act.TURN_AWAY: Role.END_USER,
        Act.CAPTURE: Role.SUPPORT,
        Act.NOTIFY: Role.USER,
        Act.ASK: Role.USER,
        Act.REMIND: Role.USER,
        Act.TELL: Role.USER,
        Act.COMMUNICATE: Role.USER,
        Act.ANSWER: Role.SUPPORT,
        Act.WRITE: Role.SUPPORT,
        Act.VALIDATE: Role.SUPPORT,
        Act.REJECT: Role.SUPPORT,
        Act.FIX: Role.SUPPORT,
        Act.HAND_BACK: Role.SUPPORT,
        Act.ROUTE: Role.PMO,
    }
)
"""To whom an act speaks; `ESCALATE` and `RECALL` speak to the team that has the ticket."""


def entity(role: Role) -> Entity | None:
    """The column that a role stands in; None where it has none.

    >>> entity(Role.NETWORK).value, entity(Role.PMO)
    ('OOTS Technical Office Team', None)
    """
    return _ENTITIES.get(role)


def accountable(process: Process) -> Entity:
    """The one entity that answers for a process.

    >>> accountable(Process.DETECTION).value, accountable(Process.CLOSURE).value
    ('User', 'OOTS Support Team')
    """
    (one,) = (who for who, parts in MATRIX[process].items() if Part.ACCOUNTABLE in parts)
    return one


def cell(process: Process, who: Entity) -> str:
    """The letters of a cell, as they are printed.

    >>> cell(Process.RESOLUTION, Entity.TECHNICAL_OFFICE), cell(Process.CLOSURE, Entity.USER)
    ('RC', 'I')
    """
    return "".join(part for part in Part if part in MATRIX[process][who])


def responsible(process: Process, role: Role) -> bool:
    """Whether the matrix makes the role's entity perform the process."""
    who = entity(role)
    return who is not None and Part.RESPONSIBLE in MATRIX[process][who]


def notified(rule: Rule, actor: Role, *, holder: Role | None = None) -> tuple[Notice, ...]:
    """Who must hear of a move: those it speaks to, then those the matrix names; each once.

    `holder` is the team outside the desk that has the ticket, before or after the move.

    >>> from harness.desk.lifecycle import MOVES
    >>> from harness.desk.nouns import State
    >>> close = MOVES[State.CHECKED][Act.CLOSE].rule
    >>> [(one.role.value, one.hearing.value) for one in notified(close, Role.SUPPORT)]
    [('user', 'informed')]
    """
    found: dict[Role, Hearing] = {}
    spoken_to = holder if rule.act in (Act.ESCALATE, Act.RECALL) else _ADDRESSED.get(rule.act)
    if spoken_to:
        found[spoken_to] = Hearing.ADDRESSED
    if rule.act in RESULTS[rule.process]:
        for role, hearing in _by_matrix(rule.process, actor, holder):
            found.setdefault(role, hearing)
    return tuple(Notice(role, hearing) for role, hearing in found.items())


def _by_matrix(
    process: Process, actor: Role, holder: Role | None
) -> Iterator[tuple[Role, Hearing]]:
    """Those consulted and informed, save whose entity it was that acted."""
    for who, parts in MATRIX[process].items():
        if who is entity(actor):
            continue
        if Part.CONSULTED in parts:
            yield _spokesman(who, holder), Hearing.CONSULTED
        elif Part.INFORMED in parts:
            yield _spokesman(who, holder), Hearing.INFORMED


def _spokesman(who: Entity, holder: Role | None) -> Role:
    """The role that hears for an entity: of the 3rd level, the team that has the ticket."""
    if who is Entity.TECHNICAL_OFFICE:
        return holder if holder in THIRD_LEVEL else Role.TECHNICAL_OFFICE
    return Role.USER if who is Entity.USER else Role.SUPPORT
