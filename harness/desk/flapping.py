"""When a failure counts: confirmed before a ticket, lingered over after it, flapping as a state.

A watch is one check on one subject; it is a fold of the outcomes of its runs. A check that did not
run is neither a failure nor a recovery: the watch stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from harness.desk.nouns import Outcome


@dataclass(frozen=True, slots=True)
class Policy:
    """How often in a row: `confirm` failures begin an incident, `linger` passes end it.

    It flaps where `begins` of the last `window` runs or more ended otherwise than the one before,
    and no longer where `ends` or fewer did.
    """

    confirm: int
    linger: int
    window: int
    begins: int
    ends: int

    def __post_init__(self) -> None:
        """Refuse what could never begin or never end."""
        rows = min(self.confirm, self.linger) >= 1
        if not (rows and 0 <= self.ends < self.begins < self.window):
            raise ValueError(f"confirm and linger from 1, ends < begins < window, not {self}")


MONITORING = Policy(confirm=2, linger=3, window=96, begins=6, ends=2)
"""For continuous monitoring: our figures, measured in suites/selftest/test_desk_recurrence.py."""

ON_DEMAND = Policy(confirm=1, linger=1, window=96, begins=6, ends=2)
"""For a run that somebody asked for: what it finds is filed at once."""


class Signal(StrEnum):
    """What a run means to the desk."""

    NOTHING = "nothing"
    BEGINS = "an incident begins"
    GOES_ON = "the incident goes on"
    ENDS = "the incident ends"
    FLAPS = "it begins to flap"
    SETTLES = "it no longer flaps"


@dataclass(frozen=True, slots=True)
class Watch:
    """One check on one subject.

    `recent` are its last outcomes, `streak` how often the last one came in a row. `failing` says
    whether an incident is on, `flapping` whether it comes and goes.
    """

    failing: bool = False
    flapping: bool = False
    streak: int = 0
    recent: tuple[Outcome, ...] = ()

    @property
    def changes(self) -> int:
        """How many of the recent outcomes were other than the one before."""
        return sum(one is not other for one, other in pairwise(self.recent))


def seen(watch: Watch, outcome: Outcome, policy: Policy) -> tuple[Watch, Signal]:
    """The watch after one more run, and what that means.

    >>> first, signal = seen(Watch(), Outcome.FAILED, MONITORING)
    >>> signal.value, seen(first, Outcome.NOT_RUN, MONITORING) == (first, Signal.NOTHING)
    ('nothing', True)
    >>> seen(first, Outcome.FAILED, MONITORING)[1].value
    'an incident begins'
    """
    if outcome is Outcome.NOT_RUN:
        return watch, Signal.NOTHING
    again = watch.recent[-1:] == (outcome,)
    now = Watch(
        failing=watch.failing,
        flapping=watch.flapping,
        streak=watch.streak + 1 if again else 1,
        recent=(*watch.recent, outcome)[-policy.window :],
    )
    if now.flapping:
        return _while_flapping(now, policy)
    if now.changes >= policy.begins:
        return _with(now, failing=True, flapping=True), Signal.FLAPS
    return _while_steady(now, policy)


def watched(outcomes: Iterable[Outcome], policy: Policy) -> tuple[Watch, tuple[Signal, ...]]:
    """The watch after many runs, and what each meant."""
    watch, signals = Watch(), list[Signal]()
    for outcome in outcomes:
        watch, signal = seen(watch, outcome, policy)
        signals.append(signal)
    return watch, tuple(signals)


def _while_steady(now: Watch, policy: Policy) -> tuple[Watch, Signal]:
    failed = now.recent[-1] is Outcome.FAILED
    if now.failing and failed:
        return now, Signal.GOES_ON
    if now.failing and now.streak >= policy.linger:
        return _with(now, failing=False, flapping=False), Signal.ENDS
    if failed and now.streak >= policy.confirm:
        return _with(now, failing=True, flapping=False), Signal.BEGINS
    return now, Signal.NOTHING


def _while_flapping(now: Watch, policy: Policy) -> tuple[Watch, Signal]:
    """It neither begins nor ends while it flaps; it settles to whatever it then is."""
    failed = now.recent[-1] is Outcome.FAILED
    if now.changes > policy.ends or now.streak < (policy.confirm if failed else policy.linger):
        return now, Signal.GOES_ON if failed else Signal.NOTHING
    return _with(now, failing=True, flapping=False), Signal.SETTLES


def _with(watch: Watch, *, failing: bool, flapping: bool) -> Watch:
    return Watch(failing, flapping, watch.streak, watch.recent)
