"""Working time of the desk: service hours on EC working days, by prefix sums over the days.

An instant is looked up, never walked to: how much working time lies between two of them, and when
a span of it will be over, cost the same for minutes and for years. No day of service hours crosses
midnight in UTC, so that the change to summer time is in the hours and nowhere else.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from harness.data import FIXTURES
from harness.errors import HarnessFault, UsageFault

FILE = FIXTURES / "desk" / "calendar.toml"
BRUSSELS, LUXEMBOURG = "brussels", "luxembourg"
_SEATS = (BRUSSELS, LUXEMBOURG)
_DAY = 86_400
_EPOCH = date(1970, 1, 1).toordinal()
_WEEKDAYS = 5
_WIDEST = 200
"""Years that a file may span."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days from the first year to the last; `length` and what follows are in seconds.

    `start` is the first day, counted from 1 January 1970. `opens` is when service begins on a day
    of UTC, the whole day where there is none; `before` is the working time before each day, with
    the whole of it at the end. `off` names the days off that are weekdays; `decided` pairs a year
    with the decision that its days were compared with.
    """

    first: int
    last: int
    start: int
    length: int
    opens: tuple[int, ...] = field(repr=False)
    before: tuple[int, ...] = field(repr=False)
    off: Mapping[date, str] = field(repr=False)
    decided: Mapping[int, str] = field(repr=False)

    def working_seconds(self, start: datetime, end: datetime) -> int:
        """The working time between two instants, negative where the end is first.

        >>> brussels = calendar()
        >>> brussels.working_seconds(_at("2026-12-23T17:00"), _at("2027-01-04T09:00")) / 3600
        2.0
        """
        return self.until(end) - self.until(start)

    def until(self, at: datetime) -> int:
        """The working time from the first day of the calendar to an instant; whole seconds.

        Raises `UsageFault` where the instant lies outside the years of the calendar.
        """
        day, second = divmod(int(at.timestamp()), _DAY)
        place = day - self.start
        if not 0 <= place < len(self.opens):
            raise self._outside(at.isoformat())
        worked = second - self.opens[place]
        if worked <= 0:
            return self.before[place]
        return self.before[place] + min(worked, self.length)

    def add_working(self, start: datetime, seconds: int) -> datetime:
        """The first instant at which so much working time has passed; `start` itself for none.

        >>> calendar().add_working(_at("2026-03-27T17:00"), 7200).isoformat()
        '2026-03-30T07:00:00+00:00'
        """
        if seconds <= 0:
            return start.astimezone(UTC)
        return self.instant(self.until(start) + seconds)

    def instant(self, worked: int) -> datetime:
        """The first instant until which so much working time has passed: `until` turned round.

        It lies in service hours, or at their end. Raises `UsageFault` past the last year.
        """
        place = bisect_left(self.before, worked) - 1
        if not 0 <= place < len(self.opens):
            raise self._outside(f"the {worked // 3600}th working hour")
        passed = (self.start + place) * _DAY + self.opens[place] + worked - self.before[place]
        return datetime.fromtimestamp(passed, UTC)

    def next_open(self, at: datetime) -> datetime:
        """The first instant of service from an instant on: when somebody reads what is sent.

        >>> calendar().next_open(_at("2026-05-01T03:00")).isoformat()
        '2026-05-04T06:00:00+00:00'
        """
        worked = self.until(at)
        if self.until(at + timedelta(seconds=1)) > worked:
            return at.astimezone(UTC)
        return self.add_working(at, 1) - timedelta(seconds=1)

    def basis(self, year: int) -> str:
        """On what the days of a year rest.

        >>> calendar().basis(2023), calendar().basis(2026)
        ('decided: OJ C 201 I, 28.5.2021, p. 2', 'computed')
        """
        return f"decided: {self.decided[year]}" if year in self.decided else "computed"

    def _outside(self, seen: str) -> UsageFault:
        return UsageFault(
            "the calendar of working days",
            expected=f"an instant from {self.first} to {self.last}",
            seen=seen,
            remedy="correct the instant, or widen first and last in desk/calendar.toml",
        )


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm).

    >>> easter(2026).isoformat(), easter(2038).isoformat()
    ('2026-04-05', '2038-04-25')
    """
    golden, century, of_century = year % 19, year // 100, year % 100
    drift = century // 4 + (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - drift + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def calendar(seat: str = BRUSSELS, path: Path = FILE) -> Calendar:
    """The calendar of a seat; raises `UsageFault` where the file is not as it must be."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        return _calendar(data, seat)
    except (OSError, KeyError, TypeError, ValueError) as flaw:
        raise UsageFault(
            str(path),
            expected="a calendar such as the one that is shipped",
            seen=f"{type(flaw).__name__}: {flaw}",
            remedy="correct it, or take the shipped one",
        ) from None


def _calendar(data: Mapping[str, Any], seat: str) -> Calendar:
    first, last = data["first"], data["last"]
    opens, closes = time.fromisoformat(data["opens"]), time.fromisoformat(data["closes"])
    length = (closes.hour - opens.hour) * 3600 + (closes.minute - opens.minute) * 60
    if seat not in _SEATS or length <= 0 or not 0 <= last - first < _WIDEST:
        raise ValueError(f"seat {seat}, opens {opens}, closes {closes}, years {first} to {last}")
    off = dict(_off(data, seat, years=range(first, last + 1)))
    worked = {one["day"]: one["why"] for one in data.get("override", ()) if not one["off"]}
    begins = tuple(_begins(range(first, last + 1), off.keys(), worked, zone=data["zone"], at=opens))
    if not all(begin > 0 and (begin == _DAY or begin + length <= _DAY) for begin in begins):
        raise ValueError(f"service hours in {data['zone']} cross midnight of UTC")
    lengths = (0 if begin == _DAY else length for begin in begins)
    return Calendar(
        first=first,
        last=last,
        start=date(first, 1, 1).toordinal() - _EPOCH,
        length=length,
        opens=begins,
        before=tuple(accumulate(lengths, initial=0)),
        off=MappingProxyType(
            {
                day: why
                for day, why in sorted(off.items())
                if day not in worked and day.weekday() < _WEEKDAYS
            }
        ),
        decided=MappingProxyType({one["year"]: one["source"] for one in data["decision"]}),
    )


def _off(data: Mapping[str, Any], seat: str, *, years: Iterable[int]) -> Iterator[tuple[date, str]]:
    """The days off that are weekdays, each with its name; what is overridden comes last."""
    for year in years:
        for rule in data["fixed"]:
            if rule.get("seat", seat) == seat:
                for month_day in rule["days"]:
                    yield date.fromisoformat(f"{year}-{month_day}"), rule["name"]
        sunday = easter(year)
        for rule in data["easter"]:
            for days in rule["days"]:
                yield sunday + timedelta(days=days), rule["name"]
    for one in data.get("override", ()):
        if one["off"]:
            yield one["day"], one["why"]


def _begins(
    years: range, off: Collection[date], worked: Collection[date], *, zone: str, at: time
) -> Iterator[int]:
    """When service begins on each day, in seconds of the day of UTC; the whole day for never."""
    here = _zone(zone)
    local = at.hour * 3600 + at.minute * 60
    for day in map(date.fromordinal, _days(years)):
        if day in worked or (day.weekday() < _WEEKDAYS and day not in off):
            ahead = datetime.combine(day, at, here).utcoffset() or timedelta()
            yield local - int(ahead.total_seconds())
        else:
            yield _DAY


def _days(years: range) -> range:
    return range(date(years[0], 1, 1).toordinal(), date(years[-1] + 1, 1, 1).toordinal())


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        raise HarnessFault(
            f"this system has no time zone {name}: install its package tzdata,"
            " or `pip install tzdata`"
        ) from None


def _at(local: str) -> datetime:
    """An instant in Brussels, for the examples."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("Europe/Brussels"))
