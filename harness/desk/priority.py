"""Priority = impact x urgency, in four classes; and what makes an incident a major one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Impact(StrEnum):
    """How much is affected."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Urgency(StrEnum):
    """How soon it has to be solved."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Priority(StrEnum):
    """The four classes of the published DIGIT targets, the first first."""

    CRITICAL = "Critical"
    URGENT = "Urgent"
    NORMAL = "Normal"
    LOW = "Low"


_TABLE: Mapping[Impact, tuple[Priority, Priority, Priority]] = MappingProxyType(
    {
        Impact.HIGH: (Priority.CRITICAL, Priority.URGENT, Priority.NORMAL),
        Impact.MEDIUM: (Priority.URGENT, Priority.NORMAL, Priority.LOW),
        Impact.LOW: (Priority.NORMAL, Priority.LOW, Priority.LOW),
    }
)
"""By urgency high, medium, low. Our own reading: the offering publishes no such table."""

PRIORITIES: Mapping[tuple[Impact, Urgency], Priority] = MappingProxyType(
    {
        (impact, urgency): priority
        for impact, row in _TABLE.items()
        for urgency, priority in zip(Urgency, row, strict=True)
    }
)

UNRATED = Priority.NORMAL
"""By which targets a ticket is clocked that nobody has rated yet."""

SAME_CAUSE_STATES = 5
"""In how many Member States one cause makes a major incident: our figure, to be replaced."""


def priority(impact: Impact, urgency: Urgency) -> Priority:
    """The class of a ticket.

    >>> priority(Impact.HIGH, Urgency.MEDIUM).value, priority(Impact.LOW, Urgency.HIGH).value
    ('Urgent', 'Normal')
    """
    return PRIORITIES[impact, urgency]


def major(*, environment: str, of_the_commission: bool, down: bool, states: int) -> str | None:
    """Why an incident is a major one; None where it is not.

    `states` counts the Member States in which the same cause is seen now.

    >>> major(environment="prod", of_the_commission=False, down=False, states=27)
    'the same cause is seen in 27 Member States'
    """
    if of_the_commission and down and environment.upper() == "PROD":
        return "a service of the Commission is down in production"
    if states >= SAME_CAUSE_STATES:
        return f"the same cause is seen in {states} Member States"
    return None
