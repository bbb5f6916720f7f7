"""Steps 5 and 6 and the Monitoring process, line by line as the offering numbers them."""

from __future__ import annotations

import pytest

from harness.desk.lifecycle import (
    NotInThisState,
    legal,
    way,
)
from harness.desk.nouns import (
    SETTLED,
    Act,
    Need,
    Role,
    State,
    Step,
)
from harness.desk.payload import Entry as Knowledge
from harness.desk.payload import (
    How,
    Resolution,
    Sighting,
)
from suites.selftest.desk_moves import (
    FAILED,
    NOT_RUN,
    PASSED,
    captured,
    fitting,
    lacking,
    refused,
    reported,
    solving,
    walked_to,
)
from suites.selftest.desk_named import exercises

S = State


# Step 5


@exercises("3.6.1")
def test_the_resolution_is_defined_by_who_solved_it() -> None:
    walk = solving().say(Act.DEFINE, Resolution(How.FIX, "Turn it on."))

    assert walk.ticket.state is S.DEFINED
    assert walk.ticket.resolution == Resolution(How.FIX, "Turn it on.")


@exercises("3.6.1")
def test_what_is_out_of_scope_is_declined_and_the_user_still_has_a_word() -> None:
    walk = reported().to(S.CLASSIFIED).do(Act.DECLINE, Act.COMMUNICATE)

    assert {Act.VALIDATE, Act.REJECT} <= set(legal(walk.ticket.state, Role.USER))


@exercises("3.6.2")
def test_the_resolution_is_communicated_to_the_user() -> None:
    walk = solving().do(Act.DEFINE, Act.COMMUNICATE)

    assert walk.ticket.state is S.PROPOSED


@exercises("3.6.3")
def test_the_user_validates_the_resolution() -> None:
    walk = solving().to(S.PROPOSED).do(Act.VALIDATE)

    assert (walk.ticket.state, walk.ticket.validated_by) == (S.VALIDATED, "user-1")


@exercises("3.6.3")
def test_the_user_rejects_the_resolution_and_it_is_investigated_again() -> None:
    walk = solving().to(S.PROPOSED).do(Act.REJECT)

    assert (walk.ticket.state, walk.ticket.step) == (S.DIAGNOSING, Step.INVESTIGATION)
    assert walk.ticket.resolution is None


def test_a_question_about_a_proposal_gives_the_desk_the_next_move() -> None:
    assert solving().to(S.PROPOSED).do(Act.WRITE).ticket.state is S.DEFINED


@exercises("3.6.4")
def test_nothing_is_resolved_before_it_is_validated() -> None:
    walk = solving().to(S.PROPOSED)
    early = refused(walk.ticket, fitting(walk.ticket, Act.RESOLVE))

    walk.do(Act.VALIDATE, Act.RESOLVE)

    assert isinstance(early, NotInThisState)
    assert (walk.ticket.state, walk.ticket.resolved) == (S.RESOLVED, walk.now)


@exercises("3.6.5")
def test_the_knowledge_base_is_updated_before_the_closure() -> None:
    walk = solving().to(S.RESOLVED)
    early = refused(walk.ticket, fitting(walk.ticket, Act.CHECK))

    walk.say(Act.RECORD, Knowledge("KB-8"))

    assert isinstance(early, NotInThisState)
    assert walk.ticket.state is S.RECORDED


# Step 6


@exercises("3.7.1")
def test_the_resolution_is_checked_before_the_closure() -> None:
    walk = solving().to(S.RECORDED)
    early = refused(walk.ticket, fitting(walk.ticket, Act.CLOSE))

    walk.do(Act.CHECK)

    assert isinstance(early, NotInThisState)
    assert (walk.ticket.state, walk.ticket.step) == (S.CHECKED, Step.CLOSURE)


@exercises("3.7.1")
@pytest.mark.parametrize("state", [S.RESOLVED, S.RECORDED, S.CHECKED])
def test_a_resolution_that_does_not_hold_is_investigated_again(state: State) -> None:
    walk = solving().to(state).do(Act.REFUTE)

    assert (walk.ticket.state, walk.ticket.resolved) == (S.DIAGNOSING, None)


@exercises("3.7.2")
def test_a_ticket_is_closed() -> None:
    walk = solving().to(S.CHECKED).do(Act.CLOSE)

    assert walk.ticket.state is S.CLOSED
    assert way(S.CLOSED, [S.REGISTERED], by=[Role.SUPPORT]) is None
    assert way(S.CLOSED, [S.REGISTERED], by=[Role.SUPPORT], but=())


# The Monitoring process


@exercises("3.8.1")
@pytest.mark.parametrize("sighting", [FAILED, PASSED, NOT_RUN])
def test_monitoring_goes_on_looking(sighting: Sighting) -> None:
    walk = captured().to(S.DIAGNOSING).say(Act.OBSERVE, sighting)

    assert walk.ticket.state is S.DIAGNOSING
    assert walk.ticket.recent[-1].outcome is sighting.outcome
    assert walk.ticket.failures == (2 if sighting is FAILED else 1)


@exercises("3.8.1")
@pytest.mark.parametrize("state", [state for state in SETTLED if state is not S.ACCEPTED])
def test_a_failure_is_not_hidden_in_a_settled_ticket(state: State) -> None:
    walk = walked_to(state, captured())

    assert lacking(walk.ticket, Act.OBSERVE, FAILED) is Need.NO_FAILURE
    assert walk.say(Act.OBSERVE, NOT_RUN).ticket.state is state


@exercises("3.8.2")
def test_monitoring_enters_at_step_two() -> None:
    walk = captured()

    assert (walk.ticket.state, walk.ticket.step) == (S.CAPTURED, Step.REGISTRATION)
    assert (walk.ticket.failures, walk.ticket.first_failed) == (1, walk.now)
    assert legal(S.UNDETECTED, Role.MONITORING) == (Act.CAPTURE,)
