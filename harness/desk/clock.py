"""The clock of a ticket: a pure function of its events, computed on every look, nothing stored.

Three targets stand apart: the first response, the next word to the user, and the resolution. What
the user has to do stops the clock; what the 3rd level has to do does not. All figures are seconds
of working time: a pause over a weekend is as long as the desk would have worked in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from harness.desk.calendar import Calendar
from harness.desk.course import Mark, Tick
from harness.desk.priority import UNRATED
from harness.desk.state import TicketState
from harness.desk.targets import Figures, Preset


@dataclass(frozen=True, slots=True)
class Target:
    """How one target stands. `used` is of `allowed`.

    `met` is when it was reached, None where it was not yet. `end` is the working time of the
    calendar at which the allowed time is or was over; None where it is met in time, or the clock
    stands still. `warn` is the share of it after which it is at risk.
    """

    calendar: Calendar = field(repr=False)
    allowed: int
    used: int
    met: datetime | None
    end: int | None
    warn: float

    @property
    def left(self) -> int:
        """What is left of it; negative where it is breached."""
        return self.allowed - self.used

    @property
    def breached(self) -> bool:
        """Whether more than the allowed time was used."""
        return self.used > self.allowed

    @property
    def at_risk(self) -> bool:
        """Whether it is neither met nor breached, and soon will be the one or the other."""
        return self.met is None and self.warn * self.allowed <= self.used <= self.allowed

    @property
    def due(self) -> datetime | None:
        """When it is to be met, or was breached; None where it is met, or nothing runs."""
        return None if self.end is None else self.calendar.instant(self.end)

    @property
    def warning(self) -> datetime | None:
        """When it will be at risk if nothing is done; None where that is not to come.

        It lies in service hours, as does `due`: nobody is reminded at midnight.
        """
        to_come = int(self.warn * self.allowed) - self.used
        if self.end is None or self.met or to_come <= 0:
            return None
        return self.calendar.instant(self.end - self.left + to_come)


@dataclass(frozen=True, slots=True)
class Clock:
    """How a ticket stands in time, from its report, or from its last reopening.

    `running` says whether the next move is the desk's. `update` is None before the first response
    and after the end; `silences` counts how often the user was left without a word for too long.
    """

    started: datetime
    ended: datetime | None
    running: bool
    response: Target
    update: Target | None
    resolution: Target
    silences: int

    @property
    def breached(self) -> tuple[str, ...]:
        """The names of the targets that are breached."""
        breached = [name for name, target in self._targets() if target.breached]
        if self.silences and "update" not in breached:
            breached.append("update")
        return tuple(breached)

    @property
    def at_risk(self) -> tuple[str, ...]:
        """The names of the targets that are about to be."""
        return tuple(name for name, target in self._targets() if target.at_risk)

    def _targets(self) -> Iterator[tuple[str, Target]]:
        yield "response", self.response
        if self.update:
            yield "update", self.update
        yield "resolution", self.resolution


def clock(
    ticket: TicketState, *, now: datetime, preset: Preset, calendar: Calendar
) -> Clock | None:
    """How a ticket stands at an instant; None where nothing was reported yet."""
    marks = ticket.marks
    if not marks:
        return None
    first = len(marks) - 1
    while marks[first][1] is not Tick.START:
        first -= 1
    figures = preset.targets[ticket.priority or UNRATED]
    return _read(marks[first:], figures, now=now, warn=preset.warn, calendar=calendar)


def clocks(
    ticket: TicketState, *, now: datetime, preset: Preset, calendar: Calendar
) -> tuple[Clock, ...]:
    """The same for each time that it was opened: reopening begins anew and forgets nothing."""
    starts = [place for place, (_, tick) in enumerate(ticket.marks) if tick is Tick.START]
    ends = [*starts, len(ticket.marks)][1:]
    figures = preset.targets[ticket.priority or UNRATED]
    return tuple(
        _read(ticket.marks[start:end], figures, now=now, warn=preset.warn, calendar=calendar)
        for start, end in zip(starts, ends, strict=True)
    )


def _read(
    marks: tuple[Mark, ...], figures: Figures, *, now: datetime, warn: float, calendar: Calendar
) -> Clock:
    started = marks[0][0]
    run = _Run(figures, calendar.until(started))
    for at, tick in marks[1:]:
        run.hear(tick, at, calendar.until(at))
    worked = calendar.until(max(now, marks[-1][0]))
    return Clock(
        started=started,
        ended=run.ended,
        running=run.since is not None,
        response=Target(calendar, *run.response(worked), warn),
        update=None
        if run.ended or not run.answered
        else Target(calendar, *run.update(worked), warn),
        resolution=Target(calendar, *run.resolution(worked), warn),
        silences=run.silences,
    )


class _Run:
    """What is heard so far, in working time of the calendar.

    `since` is when the part that runs began, None while the clock stands still; `used` is what ran
    before it; `word` what had run at the last word to the user; `crossed` when the time for the
    resolution was over.
    """

    __slots__ = (
        *("figures", "began", "since", "used", "word", "answered", "took"),
        *("silences", "crossed", "ended", "stopped"),
    )

    def __init__(self, figures: Figures, began: int) -> None:
        self.figures, self.began = figures, began
        self.since: int | None = began
        self.used = self.word = self.took = self.silences = self.stopped = 0
        self.answered: datetime | None = None
        self.ended: datetime | None = None
        self.crossed: int | None = None

    def hear(self, tick: Tick, at: datetime, worked: int) -> None:
        """Take one mark in."""
        if tick is Tick.RESUME:
            self.since = worked
        elif tick is Tick.ANEW:  # it was not solved: as if it had never stopped
            self.ended, self.since = None, self.stopped
        else:
            self._tell(at, worked)
            if tick is not Tick.WORD:
                self._stop(worked)
            if tick is Tick.END:
                self.ended, self.stopped = at, worked

    def total(self, worked: int) -> int:
        """What ran until then."""
        return self.used if self.since is None else self.used + worked - self.since

    def response(self, worked: int) -> tuple[int, int, datetime | None, int | None]:
        """Allowed, used, met and end of the first response."""
        allowed = self.figures.response
        used = self.took if self.answered else worked - self.began
        over = not self.answered or used > allowed
        return allowed, used, self.answered, self.began + allowed if over else None

    def update(self, worked: int) -> tuple[int, int, None, int | None]:
        """Allowed, used, met and end of the next word."""
        allowed, used = self.figures.update, self.total(worked) - self.word
        return allowed, used, None, None if self.since is None else worked + allowed - used

    def resolution(self, worked: int) -> tuple[int, int, datetime | None, int | None]:
        """Allowed, used, met and end of the resolution."""
        allowed, end = self.figures.resolution, self.crossed
        if end is None and self.since is not None:
            end = self.since + allowed - self.used
        return allowed, self.total(worked), self.ended, end

    def _tell(self, at: datetime, worked: int) -> None:
        """The user hears: it is the first response, or else ends a silence."""
        total = self.total(worked)
        if self.answered is None:
            self.answered, self.took = at, worked - self.began
        elif total - self.word > self.figures.update:
            self.silences += 1
        self.word = total

    def _stop(self, worked: int) -> None:
        left = self.figures.resolution - self.used
        if self.crossed is None and self.since is not None and worked - self.since > left:
            self.crossed = self.since + left
        self.used, self.since = self.total(worked), None
