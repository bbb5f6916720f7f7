"""Steps 1 to 4, line by line as the offering numbers them."""

from __future__ import annotations

from typing import Any

import pytest

from harness.desk.decide import Intent
from harness.desk.lifecycle import (
    MOVES,
    NotInThisState,
    Unmet,
    legal,
    way,
)
from harness.desk.masters import inherit, merge, split
from harness.desk.nouns import (
    ENDED,
    OPEN,
    SETTLED,
    THIRD_LEVEL,
    Act,
    Kind,
    Need,
    Outcome,
    Role,
    State,
    Step,
)
from harness.desk.payload import (
    Assignment,
    Classification,
    Escalation,
    Found,
    Relapse,
    Sighting,
    Words,
)
from harness.desk.payload import Entry as Knowledge
from harness.desk.rules import RULES
from harness.desk.state import TicketState
from suites.selftest.desk_moves import (
    ASKED,
    NO_SOLUTION,
    Walk,
    captured,
    fitting,
    refused,
    reported,
    solving,
    walked_to,
)
from suites.selftest.desk_named import exercises

S = State


# Step 1


@exercises("3.2.1")
def test_a_user_detects() -> None:
    walk = Walk().do(Act.DETECT)

    assert (walk.ticket.state, walk.ticket.step) == (S.DETECTED, Step.DETECTION)


@exercises("3.2.2")
def test_a_user_reports_what_was_detected() -> None:
    walk = Walk().do(Act.DETECT, Act.REPORT)

    assert walk.ticket.state is S.REPORTED
    assert walk.ticket.case == ASKED
    assert walk.ticket.opened == walk.now


def test_an_end_user_is_turned_to_the_first_level() -> None:
    walk = Walk().do(Act.CONTACT, Act.TURN_AWAY)

    assert walk.ticket.state in ENDED
    assert not MOVES[walk.ticket.state]
    assert {state for state in State if legal(state, Role.END_USER)} == {S.UNDETECTED}
    assert legal(S.UNDETECTED, Role.END_USER) == (Act.CONTACT,)


# Step 2


@exercises("3.3.1")
@pytest.mark.parametrize("start", [reported, captured])
def test_an_existing_ticket_is_sought_before_one_is_made(start: Any) -> None:
    walk = start()
    early = refused(walk.ticket, fitting(walk.ticket, Act.REGISTER))

    walk.do(Act.IDENTIFY)

    assert isinstance(early, NotInThisState)
    assert walk.ticket.state is S.SOUGHT


@exercises("3.3.2")
def test_a_ticket_is_created() -> None:
    walk = reported().do(Act.IDENTIFY, Act.REGISTER)

    assert (walk.ticket.state, walk.ticket.step) == (S.REGISTERED, Step.REGISTRATION)


@exercises("3.3.2")
@pytest.mark.parametrize("state", OPEN)
def test_an_existing_ticket_is_updated_and_stays_where_it_is(state: State) -> None:
    walk = walked_to(state)

    walk.do(Act.UPDATE)

    assert walk.ticket.state is state
    assert walk.ticket.case
    assert walk.ticket.case.title == "A better title"


@exercises("3.3.2")
@pytest.mark.parametrize("state", SETTLED)
def test_a_settled_ticket_is_reopened_with_the_difference(state: State) -> None:
    walk = walked_to(state)
    again = Sighting("r7", "eb", Outcome.FAILED, "https", "ftp")

    walk.say(Act.REOPEN, Relapse("ftp instead of http", again))

    assert walk.ticket.state is S.REGISTERED
    assert walk.ticket.reopened == 1
    assert walk.ticket.last_failed == walk.now
    assert (walk.ticket.resolution, walk.ticket.proof, walk.ticket.acceptance) == (None, None, None)
    assert not walk.ticket.proven


@exercises("3.3.3")
def test_the_user_is_notified_before_anything_else_is_done() -> None:
    walk = reported().do(Act.IDENTIFY, Act.REGISTER)
    early = refused(walk.ticket, fitting(walk.ticket, Act.CLASSIFY))

    walk.do(Act.NOTIFY)

    assert isinstance(early, NotInThisState)
    assert walk.ticket.state is S.ACKNOWLEDGED


# Step 3


@exercises("3.4.1")
@pytest.mark.parametrize("kind", Kind)
def test_a_ticket_is_classified_by_type(kind: Kind) -> None:
    walk = reported().to(S.ACKNOWLEDGED).say(Act.CLASSIFY, Classification(kind))

    assert (walk.ticket.state, walk.ticket.kind) == (S.CLASSIFIED, kind)


@exercises("3.4.1")
def test_a_ticket_is_classified_anew_while_it_is_investigated() -> None:
    walk = solving().say(Act.CLASSIFY, Classification(Kind.CHANGE))

    assert (walk.ticket.state, walk.ticket.kind) == (S.CLASSIFIED, Kind.CHANGE)


@exercises("3.4.2")
def test_a_solution_may_be_known() -> None:
    walk = reported().to(S.CLASSIFIED).say(Act.FIND_KNOWN, Knowledge("KB-7"))

    assert (walk.ticket.state, walk.ticket.known) == (S.KNOWN, "KB-7")


@exercises("3.4.2", "3.4.3")
def test_without_a_known_solution_the_ticket_is_assigned() -> None:
    walk = reported().to(S.CLASSIFIED).do(Act.FIND_NONE)
    early = refused(walk.ticket, fitting(walk.ticket, Act.APPLY))

    walk.say(Act.ASSIGN, Assignment("ann"))

    assert isinstance(early, NotInThisState)
    assert (walk.ticket.step, walk.ticket.assignee) == (Step.INVESTIGATION, "ann")


@exercises("3.4.4")
def test_a_known_solution_leads_straight_to_step_five() -> None:
    walk = reported().to(S.CLASSIFIED).do(Act.FIND_KNOWN)
    early = refused(walk.ticket, fitting(walk.ticket, Act.ASSIGN))

    walk.do(Act.APPLY)

    assert isinstance(early, NotInThisState)
    assert (walk.ticket.state, walk.ticket.step) == (S.DEFINED, Step.RESOLUTION)
    assert walk.ticket.resolution
    assert walk.ticket.resolution.entry == "KB-1"


# Step 4


@exercises("3.5.1")
def test_similar_tickets_are_sought_before_the_diagnosis() -> None:
    walk = reported().to(S.ASSIGNED)
    early = refused(walk.ticket, fitting(walk.ticket, Act.DIAGNOSE))

    walk.say(Act.COMPARE, Found((4, 5)))

    assert isinstance(early, NotInThisState)
    assert (walk.ticket.state, walk.ticket.similar) == (S.DIAGNOSING, (4, 5))


@exercises("3.5.2")
def test_a_ticket_is_resolved_from_its_master() -> None:
    child, master = captured().to(S.DIAGNOSING), solving(Walk(TicketState(900)).do(Act.REPORT))
    for number, intent in merge(child.ticket, master.ticket, who="ann", why="one cause"):
        (child if number == 1 else master).do(intent)
    assert (child.ticket.state, child.ticket.master) == (S.LINKED, 900)
    assert master.ticket.links == (1,)

    master.do(Act.DEFINE)
    ((number, intent),) = inherit(master.ticket, [child.ticket], who="ann")
    child.do(intent)

    assert number == 1
    assert (child.ticket.state, child.ticket.resolution) == (S.DEFINED, master.ticket.resolution)
    assert child.to_closure().ticket.state is S.CLOSED


@exercises("3.5.2")
@pytest.mark.parametrize("state", [S.CLASSIFIED, S.NOVEL, S.DIAGNOSING, S.SOLVING])
def test_a_wrong_merge_is_undone_and_the_ticket_goes_on_where_it_was(state: State) -> None:
    child = reported().to(state, but=NO_SOLUTION)
    master = solving(Walk(TicketState(900)).do(Act.REPORT))
    for number, intent in merge(child.ticket, master.ticket, who="ann", why="one cause"):
        (child if number == 1 else master).do(intent)

    for number, intent in split(child.ticket, who="ann", why="another cause"):
        (child if number == 1 else master).do(intent)

    assert (child.ticket.state, child.ticket.master) == (state, None)
    assert master.ticket.links == ()


@exercises("3.5.3")
def test_a_ticket_is_diagnosed_before_anything_is_decided() -> None:
    walk = reported().to(S.DIAGNOSING)
    early = [refused(walk.ticket, fitting(walk.ticket, act)) for act in (Act.ASK, Act.ESCALATE)]

    walk.do(Act.DIAGNOSE)

    assert all(isinstance(one, NotInThisState) for one in early)
    assert {Act.ASK, Act.TAKE, Act.ESCALATE} <= set(legal(walk.ticket.state, Role.SUPPORT))


@exercises("3.5.4", "3.5.5")
def test_the_user_is_asked_and_answers_and_it_is_diagnosed_again() -> None:
    walk = reported().to(S.DIAGNOSED, but=NO_SOLUTION).say(Act.ASK, Words("Which version?"))
    asked = walk.ticket

    walk.say(Act.ANSWER, Words("The last."))

    assert (asked.state, walk.ticket.state) == (S.WAITING, S.DIAGNOSING)


@exercises("3.5.5")
def test_whatever_the_user_writes_while_asked_is_the_answer() -> None:
    walk = reported().to(S.DIAGNOSED, but=NO_SOLUTION).do(Act.ASK, Act.WRITE)

    assert walk.ticket.state is S.DIAGNOSING


@exercises("3.5.6")
def test_a_member_of_the_team_takes_it() -> None:
    walk = reported().to(S.DIAGNOSED, but=NO_SOLUTION).say(Act.TAKE, Assignment("ben"))

    assert (walk.ticket.state, walk.ticket.assignee) == (S.SOLVING, "ben")


@exercises("3.5.7")
@pytest.mark.parametrize("team", THIRD_LEVEL)
def test_a_ticket_is_escalated_to_a_team_of_the_third_level(team: Role) -> None:
    walk = reported().to(S.DIAGNOSED, but=NO_SOLUTION).say(Act.ESCALATE, Escalation(team))

    assert (walk.ticket.state, walk.ticket.holder) == (S.ESCALATED, team)


@exercises("3.5.8")
@pytest.mark.parametrize("resolves", [False, True])
def test_the_third_level_investigates_and_hands_back_to_diagnose_again(*, resolves: bool) -> None:
    walk = reported().to(S.DIAGNOSED, but=NO_SOLUTION).do(Act.ESCALATE, Act.INVESTIGATE)
    if resolves:
        walk.do(Act.FIX)

    walk.do(Act.HAND_BACK)

    assert (walk.ticket.state, walk.ticket.holder) == (S.DIAGNOSING, None)


@exercises("3.5.8")
@pytest.mark.parametrize("act", [Act.INVESTIGATE, Act.FIX, Act.HAND_BACK])
def test_only_the_team_that_has_a_ticket_acts_on_it(act: Act) -> None:
    walk = reported().to(S.DIAGNOSED, but=NO_SOLUTION).do(Act.ESCALATE)
    fit = fitting(walk.ticket, act)

    told = refused(walk.ticket, Intent(act, Role.DATACENTRE, "dc", "so", data=fit.data))

    assert isinstance(told, Unmet)
    assert told.need is Need.HOLDER
    assert "the Network Team has it" in str(told)


def test_the_third_level_never_closes() -> None:
    done = {S.DEFINED, S.PROPOSED, S.VALIDATED, *SETTLED, *ENDED}
    theirs = [one for one in RULES if set(one.by) & {*THIRD_LEVEL, Role.PMO}]

    assert not [one.act for one in theirs if one.to in done]
    assert all(way(S.ESCALATED, [end], by=THIRD_LEVEL, but=()) is None for end in ENDED)


def test_a_question_for_the_pmo_comes_back_to_the_desk() -> None:
    walk = reported().to(S.CLASSIFIED).do(Act.ROUTE)
    assert (walk.ticket.state, walk.ticket.holder) == (S.WITH_PMO, Role.PMO)

    walk.by(Role.PMO, Act.HAND_BACK)

    assert (walk.ticket.state, walk.ticket.holder) == (S.DIAGNOSING, None)
    assert walk.to_closure().ticket.state is S.CLOSED


@pytest.mark.parametrize("state", [S.WAITING, S.ESCALATED, S.FIXED, S.WITH_PMO])
def test_the_desk_takes_a_ticket_back(state: State) -> None:
    walk = walked_to(state).do(Act.RECALL)

    assert (walk.ticket.state, walk.ticket.holder) == (S.DIAGNOSING, None)
