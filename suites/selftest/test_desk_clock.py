"""The clock: three targets apart, and what the clocks of other desks got wrong, by its name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.desk.calendar import calendar
from harness.desk.clock import Clock, clock, clocks
from harness.desk.decide import Intent
from harness.desk.nouns import AWAITS_USER, Act, State
from harness.desk.payload import Acceptance, Rating
from harness.desk.priority import (
    Impact,
    Priority,
    Urgency,
)
from harness.desk.state import fold
from harness.desk.targets import preset
from suites.selftest.desk_moves import (
    NO_SOLUTION,
    Walk,
    captured,
    fitting,
    reported,
    solving,
    walked_to,
)

HOUR = 3600
BRUSSELS = ZoneInfo("Europe/Brussels")
PRESET = preset()
NORMAL = PRESET.targets[Priority.NORMAL]
"""10 hours for a response and a word, 20 for a resolution."""

CRITICAL = Rating(Impact.HIGH, Urgency.HIGH)
LOW = Rating(Impact.LOW, Urgency.LOW)


def here(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=BRUSSELS)


def at(walk: Walk, local: str, *acts: Act | Intent) -> Walk:
    """Make moves at one instant, told in Brussels time."""
    walk.now = here(local).astimezone(UTC)
    return walk.do(*acts, hours=0)


def read(walk: Walk, local: str) -> Clock:
    found = clock(walk.ticket, now=here(local), preset=PRESET, calendar=calendar())
    assert found is not None
    return found


def rated(walk: Walk, local: str, rating: Rating) -> Walk:
    fit = fitting(walk.ticket, Act.PRIORITISE)
    return at(walk, local, replace(fit, data=rating))


def asked() -> Walk:
    """Reported on a Monday at nine, acknowledged at ten, and the user is asked at eleven."""
    walk = at(Walk(), "2026-03-02T09:00", Act.REPORT, Act.IDENTIFY, Act.REGISTER)
    at(walk, "2026-03-02T10:00", Act.NOTIFY, Act.CLASSIFY, Act.FIND_NONE, Act.ASSIGN)
    return at(walk, "2026-03-02T11:00", Act.COMPARE, Act.DIAGNOSE, Act.ASK)


def local(instant: datetime | None) -> str:
    assert instant
    return f"{instant.astimezone(BRUSSELS):%Y-%m-%dT%H:%M}"


# What other desks got wrong


@pytest.mark.parametrize("rating", [CRITICAL, LOW])
def test_a_change_of_priority_forgets_no_paused_time(rating: Rating) -> None:
    """GLPI #6902 and #15605: the new due date was computed as if nobody had waited."""
    walk = at(asked(), "2026-03-04T11:00", Act.ANSWER)
    before = read(walk, "2026-03-04T12:00").resolution

    rated(walk, "2026-03-04T12:00", rating)

    after = read(walk, "2026-03-04T12:00").resolution
    assert before.used == after.used == 3 * HOUR
    assert after.allowed == PRESET.targets[walk.ticket.priority or Priority.LOW].resolution


def test_a_change_of_priority_while_waiting_forgets_no_paused_time() -> None:
    """GLPI #6902 again: the change comes while the clock stands still."""
    walk = rated(asked(), "2026-03-03T09:00", CRITICAL)

    at(walk, "2026-03-04T11:00", Act.ANSWER)

    assert read(walk, "2026-03-04T12:00").resolution.used == 3 * HOUR


def test_a_pause_over_a_weekend_is_counted_in_working_time() -> None:
    """GLPI #10594: 67 hours of pause were put on a due date in working hours."""
    walk = at(asked(), "2026-03-06T17:00", Act.ANSWER, Act.DIAGNOSE, Act.ASK)
    before = read(walk, "2026-03-06T17:00").resolution

    at(walk, "2026-03-09T09:00", Act.ANSWER)

    after = read(walk, "2026-03-09T09:00").resolution
    assert before.used == after.used == 2 * HOUR
    assert local(after.due) == "2026-03-10T17:00"


def test_nobody_is_reminded_at_midnight() -> None:
    """Zammad #4432: warnings came when nobody was there."""
    walk = at(Walk(), "2026-03-06T23:30", Act.REPORT)

    found = read(walk, "2026-03-06T23:30")

    assert local(found.response.warning) == "2026-03-09T15:30"
    assert local(found.resolution.warning) == "2026-03-10T13:00"


@given(st.integers(0, 14 * 24 * 60), st.integers(0, 14 * 24 * 60))
def test_every_instant_that_is_told_lies_in_service_hours(begun: int, later: int) -> None:
    """Zammad #4432, whenever a ticket comes in and whenever one looks."""
    start = here("2026-03-02T00:00").astimezone(UTC) + timedelta(minutes=begun)
    walk = Walk(now=start).do(Act.REPORT, hours=0)

    now = start + timedelta(minutes=later)
    found = clock(walk.ticket, now=now, preset=PRESET, calendar=calendar())

    assert found
    for target in (found.response, found.resolution):
        for told in (target.due, target.warning):
            shown = told and told.astimezone(BRUSSELS)
            assert not shown or (8 <= shown.hour < 18 or (shown.hour, shown.minute) == (18, 0))
            assert not shown or shown.weekday() < 5


def test_the_update_target_does_not_override_the_first_response() -> None:
    """Zammad #5177: the one field held whichever target was written last."""
    walk = at(Walk(), "2026-03-02T09:00", Act.REPORT)
    before = read(walk, "2026-03-02T12:00")

    at(walk, "2026-03-02T13:00", Act.IDENTIFY, Act.REGISTER, Act.NOTIFY)
    after = read(walk, "2026-03-02T15:00")

    assert before.update is None
    assert (before.response.used, before.response.met) == (3 * HOUR, None)
    assert (after.response.used, after.response.due) == (4 * HOUR, None)
    assert local(after.response.met) == "2026-03-02T13:00"
    assert after.update
    assert (after.update.used, local(after.update.due)) == (2 * HOUR, "2026-03-03T13:00")


@pytest.mark.parametrize("act", [Act.WRITE, Act.ANSWER])
def test_whatever_the_user_writes_starts_the_clock_again(act: Act) -> None:
    """Zammad #1322: a note through the web left the ticket waiting, and its clock standing."""
    walk = asked()
    assert not read(walk, "2026-03-03T09:00").running

    at(walk, "2026-03-03T09:00", act)

    assert read(walk, "2026-03-03T10:00").running
    assert read(walk, "2026-03-03T10:00").resolution.used == 3 * HOUR


def test_a_question_about_a_proposal_starts_the_clock_again() -> None:
    """Zammad #1322, for the other state in which a user is waited for."""
    walk = solving().do(Act.DEFINE, Act.COMMUNICATE)
    at(walk, "2026-03-10T09:00", Act.WRITE)

    assert read(walk, "2026-03-10T09:00").running


def test_leaving_the_wait_does_not_make_a_ticket_overdue_at_once() -> None:
    """RT's documented trap: due was counted from the last reply, weeks ago."""
    walk = at(asked(), "2026-03-23T09:00", Act.ANSWER)

    found = read(walk, "2026-03-23T09:00")

    assert found.breached == ()
    assert found.update
    assert found.update.used == 0
    assert local(found.update.due) == "2026-03-24T09:00"
    assert local(found.resolution.due) == "2026-03-24T17:00"


# What the clock is


def test_what_is_reported_at_night_is_clocked_from_the_morning() -> None:
    walk = at(Walk(), "2026-03-06T20:00", Act.REPORT)

    assert local(read(walk, "2026-03-07T12:00").response.due) == "2026-03-09T18:00"


@pytest.mark.parametrize("state", [state for state in State if state in AWAITS_USER])
def test_waiting_for_the_user_stops_the_clock(state: State) -> None:
    walk = walked_to(state)
    begun = walk.now

    one, two = (
        clock(walk.ticket, now=begun + timedelta(days=days), preset=PRESET, calendar=calendar())
        for days in (1, 30)
    )

    assert one
    assert two
    assert one.resolution == two.resolution
    assert (one.running, one.resolution.due) == (False, None)


@pytest.mark.parametrize("state", [State.ESCALATED, State.FIXED, State.WITH_PMO, State.LINKED])
def test_waiting_for_anybody_else_does_not(state: State) -> None:
    walk = walked_to(state)

    found = read(walk, "2026-03-30T12:00")

    assert found.running
    assert "resolution" in found.breached


def test_the_resolution_ends_the_clock_and_the_closure_adds_nothing() -> None:
    walk = solving().to(State.RESOLVED)
    ended = walk.now
    before = read(walk, "2026-03-30T12:00")

    walk.to_closure()

    after = read(walk, "2026-05-30T12:00")
    assert before == after
    assert (after.ended, after.resolution.met, after.update) == (ended, ended, None)


def test_a_resolution_that_did_not_hold_never_stopped_the_clock() -> None:
    walk = solving().to(State.PROPOSED)
    at(walk, "2026-03-10T09:00", Act.VALIDATE, Act.RESOLVE)
    used = read(walk, "2026-03-10T09:00").resolution.used

    at(walk, "2026-03-11T09:00", Act.REFUTE)

    found = read(walk, "2026-03-11T10:00")
    assert found.resolution.used == used + 11 * HOUR
    assert found.ended is None


def test_a_rejected_proposal_goes_on_with_what_was_used() -> None:
    walk = solving().to(State.PROPOSED)
    used = read(walk, "2026-03-20T09:00").resolution.used

    at(walk, "2026-03-20T09:00", Act.REJECT)

    assert read(walk, "2026-03-20T11:00").resolution.used == used + 2 * HOUR


def test_a_reopened_ticket_is_clocked_anew_and_its_first_time_is_kept() -> None:
    walk = solving().to(State.CLOSED)
    first = read(walk, "2026-03-20T09:00")

    at(walk, "2026-03-20T09:00", Act.REOPEN)

    found = clocks(walk.ticket, now=here("2026-03-20T11:00"), preset=PRESET, calendar=calendar())
    assert found == (first, read(walk, "2026-03-20T11:00"))
    assert found[1].response.used == found[1].resolution.used == 2 * HOUR


def test_an_accepted_fault_stops_the_clock() -> None:
    walk = at(Walk(), "2026-03-02T09:00", Act.CAPTURE, Act.IDENTIFY, Act.REGISTER)
    borne = Acceptance("Dora", here("2026-06-01T09:00"))
    fit = fitting(walk.ticket, Act.ACCEPT)

    at(walk, "2026-03-02T11:00", replace(fit, data=borne))

    assert read(walk, "2026-05-02T11:00").resolution.used == 2 * HOUR


def test_an_acceptance_of_what_waits_for_the_user_adds_nothing() -> None:
    walk = at(asked(), "2026-03-09T11:00", fitting(asked().ticket, Act.ACCEPT))

    assert read(walk, "2026-05-02T11:00").resolution.used == 2 * HOUR


def test_a_breach_is_told_with_the_instant_at_which_it_came() -> None:
    walk = at(asked(), "2026-03-03T09:00", Act.ANSWER)

    before, after = read(walk, "2026-03-04T17:00"), read(walk, "2026-03-06T17:00")

    assert (before.resolution.left, before.resolution.breached) == (0, False)
    assert after.resolution.breached
    assert before.resolution.due == after.resolution.due
    assert local(after.resolution.due) == "2026-03-04T17:00"


def test_a_breach_before_a_pause_keeps_its_instant() -> None:
    walk = at(asked(), "2026-03-03T09:00", Act.ANSWER)
    at(walk, "2026-03-06T09:00", Act.DIAGNOSE, Act.ASK)

    found = read(walk, "2026-04-30T09:00")

    assert not found.running
    assert local(found.resolution.due) == "2026-03-04T17:00"


def test_a_target_is_at_risk_before_it_is_breached() -> None:
    walk = at(asked(), "2026-03-03T09:00", Act.ANSWER)

    told = [read(walk, f"2026-03-{day}") for day in ("04T11:59", "04T12:00", "04T17:01")]

    assert ["resolution" in one.at_risk for one in told] == [False, True, False]
    assert local(told[0].resolution.warning) == "2026-03-04T12:00"
    assert told[1].resolution.warning is None


def test_a_user_who_was_left_without_a_word_for_too_long_is_counted() -> None:
    walk = at(asked(), "2026-03-03T09:00", Act.ANSWER)
    assert read(walk, "2026-03-04T09:00").silences == 0

    at(walk, "2026-03-04T10:00", Act.TELL)

    found = read(walk, "2026-03-04T10:00")
    assert (found.silences, found.breached) == (1, ("update",))
    assert found.update
    assert not found.update.breached


def test_nothing_is_clocked_before_it_is_reported() -> None:
    walk = Walk().do(Act.DETECT)

    assert clock(walk.ticket, now=walk.now, preset=PRESET, calendar=calendar()) is None
    assert clocks(walk.ticket, now=walk.now, preset=PRESET, calendar=calendar()) == ()


def test_a_look_from_before_the_last_event_sees_that_event() -> None:
    walk = asked()

    assert read(walk, "2020-03-02T09:00") == read(walk, "2026-03-02T11:00")


@pytest.mark.parametrize("state", [State.RESOLVED, State.WAITING, State.DIAGNOSING])
def test_the_clock_is_a_pure_function_of_the_log(state: State) -> None:
    walk = walked_to(state, captured())

    again = clock(
        fold(walk.events), now=here("2026-03-30T12:00"), preset=PRESET, calendar=calendar()
    )

    assert again == read(walk, "2026-03-30T12:00")


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 4000), min_size=2, max_size=8))
def test_what_was_used_is_all_the_time_that_the_user_did_not_take(minutes: list[int]) -> None:
    walk = reported().to(State.DIAGNOSED, but=NO_SOLUTION)
    begun, pauses = walk.events[0].at, 0
    for span in minutes:
        walk.do(Act.ASK, hours=1)
        asked_at = walk.now
        walk.do(Act.ANSWER, hours=span / 60)
        pauses += calendar().working_seconds(asked_at, walk.now)
        walk.do(Act.DIAGNOSE, hours=0)

    found = clock(walk.ticket, now=walk.now, preset=PRESET, calendar=calendar())

    assert found
    whole = calendar().working_seconds(begun, walk.now)
    assert found.resolution.used == whole - pauses


def test_a_resolution_in_the_last_second_is_in_time() -> None:
    walk = solving().to(State.PROPOSED)
    left = read(walk, "2026-03-20T09:00").resolution.left
    at(walk, "2026-03-20T09:00", Act.REJECT)
    walk.now = calendar().add_working(walk.now, left)
    walk.do(*[Act.DIAGNOSE, Act.ASK], hours=0)

    found = read(walk, "2026-03-30T09:00").resolution

    assert (found.left, found.breached, found.due) == (0, False, None)


def test_a_ticket_that_nobody_rated_is_clocked_as_normal() -> None:
    found = read(reported(), "2026-03-02T10:00")

    assert reported().ticket.priority is None
    assert found.resolution.allowed == NORMAL.resolution
