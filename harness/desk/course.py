"""The table of moves as a fold needs it: where an act leads, and what it is to the clock.

The clock of a ticket hears `Tick`s and nothing else; `harness.desk.clock` reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from harness.desk.lifecycle import MOVES, Move
from harness.desk.nouns import AWAITS_USER, Act, State


class Tick(StrEnum):
    """What an event is to the clock."""

    START = "start"
    WORD = "word"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"
    ANEW = "anew"


Mark = tuple[datetime, Tick]
"""A tick and its instant."""


class Course(NamedTuple):
    """Where an act leads; `to` is None where that is the state in which the ticket was merged."""

    to: State | None
    tick: Tick | None


_STARTS = (Act.REPORT, Act.CAPTURE, Act.REOPEN)
_WORDS = (Act.NOTIFY, Act.TELL, Act.REMIND, Act.MERGE)
"""By which the user hears from the desk; asking and proposing are words too, and then pause."""

_ENDS = (State.RESOLVED, State.ACCEPTED)


def _tick(move: Move) -> Tick | None:
    if move.act in _STARTS:
        return Tick.START
    if move.act is Act.REFUTE:
        return Tick.ANEW
    if move.to in _ENDS and move.to is not move.source:
        return Tick.END
    if (move.source in AWAITS_USER) != (move.to in AWAITS_USER):
        return Tick.PAUSE if move.to in AWAITS_USER else Tick.RESUME
    return Tick.WORD if move.act in _WORDS else None


COURSE: Mapping[State, Mapping[Act, Course]] = MappingProxyType(
    {
        state: {act: Course(move.to, _tick(move)) for act, move in moves.items()}
        for state, moves in MOVES.items()
    }
)
"""By the state that an act leaves, and by the act."""
