"""Working time: the golden cases, the rule of the days off, the laws that any calendar keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.desk import calendar as module
from harness.desk.calendar import FILE, LUXEMBOURG, calendar, easter
from harness.errors import HarnessFault, UsageFault

BRUSSELS = ZoneInfo("Europe/Brussels")
HOUR = 3600
DAYS_OFF = {
    2014: "01-01 01-02 04-17 04-18 04-21 05-01 05-09 05-29 05-30 06-09 07-21 08-15"
    " 12-24 12-25 12-26 12-29 12-30 12-31",
    2023: "01-02 04-06 04-07 04-10 05-01 05-09 05-18 05-19 05-29 07-21 08-15 11-01 11-02"
    " 12-25 12-26 12-27 12-28 12-29",
}
INSTANTS = st.integers(1_704_067_200, 1_861_919_999).map(lambda at: datetime.fromtimestamp(at, UTC))
"""From 2024 to 2028."""


def here(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=BRUSSELS)


def worked(start: str, end: str) -> int:
    return calendar().working_seconds(here(start), here(end))


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-12-23T17:00", "2027-01-04T09:00", 2),
        ("2026-03-27T17:00", "2026-03-30T09:00", 2),
        ("2026-10-23T17:00", "2026-10-26T09:00", 2),
        ("2026-03-02T07:00", "2026-03-02T08:30", 0.5),
        ("2026-03-02T17:30", "2026-03-02T23:00", 0.5),
        ("2026-03-02T18:00", "2026-03-03T08:00", 0),
        ("2026-03-07T10:00", "2026-03-08T10:00", 0),
        ("2026-03-02T00:00", "2026-03-09T00:00", 50),
        ("2026-05-14T09:00", "2026-05-15T18:00", 0),
        ("2026-03-03T09:00", "2026-03-02T17:00", -2),
    ],
    ids=[
        *("Christmas", "summer time begins", "summer time ends", "before hours", "after hours"),
        *("a night", "a weekend", "a week is 5 x 10", "Ascension and the day after", "backwards"),
    ],
)
def test_golden_cases(start: str, end: str, hours: float) -> None:
    assert worked(start, end) == hours * HOUR


@pytest.mark.parametrize(
    ("year", "day"),
    [(2014, "04-20"), (2017, "04-16"), (2020, "04-12"), (2023, "04-09"), (2026, "04-05")],
)
def test_easter_is_computed(year: int, day: str) -> None:
    assert easter(year).isoformat() == f"{year}-{day}"


@given(st.integers(1583, 4099))
def test_easter_is_a_sunday_in_its_five_weeks(year: int) -> None:
    sunday = easter(year)

    assert sunday.weekday() == 6
    assert date(year, 3, 22) <= sunday <= date(year, 4, 25)


@pytest.mark.parametrize("year", DAYS_OFF)
def test_the_days_off_of_a_year_that_was_decided(year: int) -> None:
    off = [f"{day:%m-%d}" for day in calendar().off if day.year == year]

    assert off == DAYS_OFF[year].split()
    assert calendar().basis(year).startswith("decided: ")


def test_a_year_without_a_decision_is_marked_computed() -> None:
    assert calendar().basis(2026) == "computed"


def test_the_national_day_is_the_seats() -> None:
    brussels, luxembourg = calendar(), calendar(LUXEMBOURG)

    assert date(2026, 7, 21) in brussels.off
    assert date(2026, 6, 23) not in brussels.off
    assert date(2026, 6, 23) in luxembourg.off
    assert date(2026, 7, 21) not in luxembourg.off


def walked(start: datetime, end: datetime) -> int:
    """The same figure without any prefix sum: day by day, in local time."""
    total, day = timedelta(), start.astimezone(BRUSSELS).date()
    while day <= end.astimezone(BRUSSELS).date():
        if day.weekday() < 5 and day not in calendar().off:
            opens = datetime.combine(day, time(8), BRUSSELS).astimezone(UTC)
            closes = datetime.combine(day, time(18), BRUSSELS).astimezone(UTC)
            total += max(min(end, closes) - max(start, opens), timedelta())
        day += timedelta(days=1)
    return int(total.total_seconds())


@settings(deadline=None, max_examples=60)
@given(INSTANTS, st.timedeltas(timedelta(), timedelta(days=200)))
def test_prefix_sums_give_what_a_walk_day_by_day_gives(start: datetime, span: timedelta) -> None:
    end = start + timedelta(seconds=int(span.total_seconds()))

    assert calendar().working_seconds(start, end) == walked(start, end)


@given(INSTANTS, INSTANTS, INSTANTS)
def test_working_time_adds_up(one: datetime, two: datetime, three: datetime) -> None:
    span = calendar().working_seconds

    assert span(one, two) + span(two, three) == span(one, three)
    assert span(one, two) == -span(two, one)


@given(INSTANTS, st.integers(1, 2_000_000))
def test_adding_working_time_is_the_inverse(start: datetime, seconds: int) -> None:
    end = calendar().add_working(start, seconds)

    assert calendar().working_seconds(start, end) == seconds
    assert calendar().working_seconds(start, end - timedelta(seconds=1)) == seconds - 1


@given(INSTANTS)
def test_the_next_opening_is_in_service_hours(at: datetime) -> None:
    opening = calendar().next_open(at)

    local = opening.astimezone(BRUSSELS)
    assert opening >= at
    assert calendar().working_seconds(at, opening) == 0
    assert time(8) <= local.time() < time(18)
    assert local.weekday() < 5


def test_a_day_of_work_ends_at_the_end_of_that_day() -> None:
    opens, closes = here("2026-03-02T08:00"), here("2026-03-02T18:00")

    assert calendar().add_working(opens, 10 * HOUR) == closes
    assert calendar().add_working(opens, 10 * HOUR + 1) == here("2026-03-03T08:00:01")


def test_nothing_is_added_to_an_instant_that_is_given_as_it_is() -> None:
    night = here("2026-03-02T23:00")

    assert calendar().add_working(night, 0) == night


@pytest.mark.parametrize(
    "ask",
    [
        lambda: calendar().until(datetime(1999, 1, 1, tzinfo=UTC)),
        lambda: calendar().until(datetime(2999, 1, 1, tzinfo=UTC)),
        lambda: calendar().add_working(here("2040-12-20T09:00"), 10**9),
    ],
    ids=["long ago", "far ahead", "too long a span"],
)
def test_what_lies_outside_the_calendar_is_refused(ask: Callable[[], object]) -> None:
    with pytest.raises(UsageFault, match="from 2014 to 2040"):
        ask()


def test_an_override_outranks_the_rule(tmp_path: Path) -> None:
    path = tmp_path / "calendar.toml"
    path.write_text(
        FILE.read_text("utf-8")
        + '\n[[override]]\nday = 2026-05-18\noff = true\nwhy = "bridge"\n'
        + '\n[[override]]\nday = 2026-05-15\noff = false\nwhy = "it is worked"\n'
    )

    changed = calendar(path=path)

    span = (here("2026-05-15T00:00"), here("2026-05-19T00:00"))
    assert calendar().working_seconds(*span) == 10 * HOUR
    assert changed.working_seconds(*span) == 10 * HOUR
    assert changed.off[date(2026, 5, 18)] == "bridge"
    assert date(2026, 5, 15) not in changed.off


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('opens = "08:00"', 'opens = "19:00"'),
        ('opens = "08:00"', "opens = 8"),
        ("last = 2040", "last = 9000"),
        ("last = 2040", "last = 2013"),
        ('days = ["05-01"]', 'days = ["13-01"]'),
        ('zone = "Europe/Brussels"', 'zone = "Pacific/Auckland"'),
        ("[[easter]]", "[[eostre]]"),
        ("zone", "["),
    ],
)
def test_a_file_that_is_no_calendar_is_refused(tmp_path: Path, was: str, becomes: str) -> None:
    path = tmp_path / "calendar.toml"
    path.write_text(FILE.read_text("utf-8").replace(was, becomes))

    with pytest.raises(UsageFault, match="take the shipped one"):
        calendar(path=path)


def test_a_seat_that_is_none_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageFault, match="seat strasbourg"):
        calendar("strasbourg")
    with pytest.raises(UsageFault, match="FileNotFoundError"):
        calendar(path=tmp_path / "none.toml")


def test_a_system_without_time_zones_is_told_what_to_install() -> None:
    with pytest.raises(HarnessFault, match="tzdata"):
        module._zone("Europe/Atlantis")
