"""What a move needs besides its state and its role, and which tickets can be linked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from harness.desk.decide import Intent, decide
from harness.desk.masters import inherit, merge, split
from harness.desk.nouns import (
    Act,
    Need,
    Outcome,
    Role,
    State,
)
from harness.desk.payload import (
    Acceptance,
    Escalation,
    Link,
    Proof,
    Words,
)
from harness.desk.rules import RULES
from harness.desk.state import TicketState
from harness.errors import HarnessFault, UsageFault
from suites.selftest.desk_moves import (
    FAILED,
    FOUND,
    GREEN,
    MONDAY,
    NO_SOLUTION,
    ORIGIN,
    RED,
    Walk,
    captured,
    fitting,
    lacking,
    refused,
    reported,
    solving,
    walked_to,
)

S = State


# What a resolution needs


def test_an_incident_of_a_check_is_proposed_on_a_green_rerun_only() -> None:
    walk = solving(captured()).do(Act.DEFINE)
    assert lacking(walk.ticket, Act.COMMUNICATE) is Need.GREEN
    walk.say(Act.VERIFY, RED)
    assert lacking(walk.ticket, Act.COMMUNICATE) is Need.GREEN

    walk.say(Act.VERIFY, GREEN).do(Act.COMMUNICATE)

    assert walk.ticket.state is S.PROPOSED


def test_a_failure_after_the_green_rerun_takes_its_force() -> None:
    walk = solving(captured()).do(Act.DEFINE).say(Act.VERIFY, GREEN).say(Act.OBSERVE, FAILED)

    told = refused(walk.ticket, fitting(walk.ticket, Act.COMMUNICATE))

    assert "from before the last failure" in str(told)


def test_a_rerun_that_did_not_run_proves_nothing_and_disproves_nothing() -> None:
    idle = Proof("r8", ORIGIN.fingerprint, ORIGIN.configuration, Outcome.NOT_RUN)
    walk = solving(captured()).do(Act.DEFINE).say(Act.VERIFY, idle)
    assert lacking(walk.ticket, Act.COMMUNICATE) is Need.GREEN

    walk.say(Act.VERIFY, GREEN).say(Act.VERIFY, idle)

    assert walk.ticket.proven


@pytest.mark.parametrize(
    "other",
    [
        Proof("r9", ORIGIN.fingerprint.replace("FI", "SE"), ORIGIN.configuration, Outcome.PASSED),
        Proof("r9", ORIGIN.fingerprint, "profile 2022", Outcome.PASSED),
    ],
    ids=["subject", "configuration"],
)
def test_a_rerun_of_something_else_is_refused(other: Proof) -> None:
    assert lacking(captured().ticket, Act.VERIFY, other) is Need.SAME_CHECK


def test_a_ticket_of_a_user_has_no_check_to_run_again() -> None:
    assert lacking(reported().ticket, Act.VERIFY, GREEN) is Need.SAME_CHECK


def test_the_closure_checks_anew() -> None:
    walk = captured().to(S.RECORDED)
    assert walk.ticket.proven
    assert lacking(walk.ticket, Act.CHECK) is Need.GREEN_AGAIN
    walk.say(Act.VERIFY, GREEN).do(Act.CHECK).say(Act.VERIFY, RED)
    assert lacking(walk.ticket, Act.CLOSE) is Need.GREEN_AGAIN

    walk.say(Act.VERIFY, GREEN).do(Act.CLOSE)

    assert walk.ticket.state is S.CLOSED


def test_what_a_check_found_is_not_declined() -> None:
    assert lacking(captured().to(S.CLASSIFIED).ticket, Act.DECLINE) is Need.NO_CHECK


def test_nothing_but_proof_or_acceptance_closes_what_a_check_opened() -> None:
    into_closed = {one.of: one.needs for one in RULES if one.to is S.CLOSED}
    into_proposed = [one for one in RULES if one.to is S.PROPOSED]

    assert into_closed == {(S.CHECKED,): (Need.GREEN_AGAIN,), (S.ACCEPTED,): ()}
    assert [one.needs for one in into_proposed] == [(Need.GREEN,)]
    assert {one.act for one in RULES if one.to is S.ACCEPTED} == {Act.ACCEPT}


@pytest.mark.parametrize(
    "borne",
    [
        Acceptance("", MONDAY + timedelta(days=9)),
        Acceptance("Dora", MONDAY),
        Acceptance("Dora", MONDAY + timedelta(days=2)),
        Acceptance("Dora", MONDAY + timedelta(days=400)),
        Acceptance("Dora", (MONDAY + timedelta(days=9)).replace(tzinfo=None)),
    ],
    ids=["no owner", "over", "over now", "too long", "no zone"],
)
def test_an_acceptance_has_an_owner_and_ends(borne: Acceptance) -> None:
    assert lacking(captured().to(S.CLASSIFIED).ticket, Act.ACCEPT, borne) is Need.EXPIRY


def test_an_accepted_fault_can_be_closed_and_is_still_borne() -> None:
    walk = captured().to(S.CLASSIFIED).do(Act.ACCEPT).say(Act.OBSERVE, FAILED).do(Act.CLOSE)

    assert walk.ticket.state is S.CLOSED
    assert walk.ticket.acceptance
    assert walk.ticket.acceptance.owner == "Dora"


def test_a_proposal_lapses_after_two_reminders_only() -> None:
    walk = reported().to(S.PROPOSED).do(Act.REMIND)
    assert lacking(walk.ticket, Act.LAPSE) is Need.REMINDED

    walk.do(Act.REMIND, Act.LAPSE)

    assert (walk.ticket.state, walk.ticket.validated_by) == (S.VALIDATED, "support-1")


def test_reminders_of_a_question_do_not_count_for_a_proposal() -> None:
    walk = reported().to(S.DIAGNOSED, but=NO_SOLUTION).do(Act.ASK, Act.REMIND, Act.REMIND)

    walk.do(Act.ANSWER).to(S.PROPOSED)

    assert lacking(walk.ticket, Act.LAPSE) is Need.REMINDED


def test_a_member_state_validates_what_a_check_found_there() -> None:
    walk = captured().to(S.PROPOSED)
    assert lacking(walk.ticket, Act.CONFIRM) is Need.NO_USER

    assert walk.do(Act.VALIDATE).ticket.state is S.VALIDATED


def test_what_no_member_state_has_a_part_in_is_confirmed_by_its_proof() -> None:
    walk = Walk().say(Act.CAPTURE, replace(FOUND, member_state="")).to(S.PROPOSED)

    assert walk.do(Act.CONFIRM).ticket.state is S.VALIDATED


@pytest.mark.parametrize(
    "act", [act for act in Act if any(Need.REASON in one.needs for one in RULES if one.act is act)]
)
def test_what_leads_back_or_aside_has_a_reason(act: Act) -> None:
    (source, *_) = next(one.of for one in RULES if one.act is act and Need.REASON in one.needs)
    walk = walked_to(source)
    if act is Act.LAPSE:
        walk.do(Act.REMIND, Act.REMIND)

    assert lacking(walk.ticket, act, why="  ") is Need.REASON


@pytest.mark.parametrize("number", [0, 1, 902])
def test_a_ticket_is_linked_to_another_one_only(number: int) -> None:
    walk = reported().to(S.CLASSIFIED).say(Act.ADOPT, Link(902))

    assert lacking(walk.ticket, Act.ADOPT, Link(number)) is Need.OTHER_TICKET


def test_what_is_not_linked_is_not_released() -> None:
    assert lacking(reported().ticket, Act.RELEASE, Link(7)) is Need.OTHER_TICKET


def test_only_the_third_level_is_escalated_to() -> None:
    walk = reported().to(S.DIAGNOSED, but=NO_SOLUTION)

    assert lacking(walk.ticket, Act.ESCALATE, Escalation(Role.PMO)) is Need.THIRD_LEVEL


@pytest.mark.parametrize(
    "intent",
    [
        Intent(Act.DETECT, Role.USER, " "),
        Intent(Act.DETECT, Role.USER, "fi", "x" * 20_001),
        Intent(Act.DETECT, Role.USER, "fi", evidence=("x",) * 10_001),
        Intent(Act.CONTACT, Role.END_USER, "fi", data=Words("x" * 20_001)),
    ],
    ids=["nobody", "long reason", "much evidence", "long text"],
)
def test_what_could_not_be_read_again_is_not_written(intent: Intent) -> None:
    with pytest.raises(UsageFault, match="shorter"):
        decide(TicketState(1), intent, at=MONDAY)


def test_an_act_says_what_it_has_to_say() -> None:
    with pytest.raises(HarnessFault, match="report says Case"):
        decide(TicketState(1), Intent(Act.REPORT, Role.USER, "fi"), at=MONDAY)


def test_no_event_is_earlier_than_the_one_before_it() -> None:
    walk = reported()

    event = decide(
        walk.ticket, fitting(walk.ticket, Act.IDENTIFY), at=MONDAY - timedelta(minutes=5)
    )

    assert event.at == walk.ticket.updated


def test_a_rejected_ticket_moves_from_one_master_to_another() -> None:
    first = solving(Walk(TicketState(900)).do(Act.REPORT)).do(Act.DEFINE)
    second = solving(Walk(TicketState(901)).do(Act.REPORT))
    walks = {1: reported().to(S.CLASSIFIED), 900: first, 901: second}
    run(walks, merge(walks[1].ticket, first.ticket, who="ann", why="one cause"))
    run(walks, inherit(first.ticket, [walks[1].ticket], who="ann"))
    walks[1].do(Act.COMMUNICATE, Act.REJECT)

    run(walks, merge(walks[1].ticket, second.ticket, who="ann", why="another cause"))

    assert walks[1].ticket.master == 901
    assert (first.ticket.links, second.ticket.links) == ((), (1,))


def run(walks: dict[int, Walk], orders: Collection[tuple[int, Intent]]) -> None:
    for number, intent in orders:
        walks[number].do(intent)


def test_a_resolution_is_taken_over_by_the_tickets_of_its_master_only() -> None:
    master = solving(Walk(TicketState(900)).do(Act.REPORT)).do(Act.DEFINE)
    children = [
        Walk(TicketState(number)).do(Act.REPORT).to(S.CLASSIFIED).say(Act.MERGE, Link(other))
        for number, other in ((1, 900), (2, 901))
    ]
    moved_on = Walk(TicketState(3)).do(Act.REPORT).to(S.CLASSIFIED).say(Act.MERGE, Link(900))
    moved_on.do(Act.INHERIT)

    orders = inherit(master.ticket, [one.ticket for one in (*children, moved_on)], who="ann")

    assert [number for number, _ in orders] == [1]


def test_what_cannot_be_a_master_is_refused() -> None:
    child, other = reported().to(S.CLASSIFIED), Walk(TicketState(2)).do(Act.REPORT)
    linked = Walk(TicketState(3)).do(Act.REPORT).to(S.CLASSIFIED).say(Act.MERGE, Link(2))
    closed = Walk(TicketState(4)).do(Act.REPORT).to_closure()
    head = Walk(TicketState(5)).do(Act.REPORT).to(S.CLASSIFIED).say(Act.ADOPT, Link(6))

    for one, master in ((child, child), (child, linked), (child, closed), (head, other)):
        with pytest.raises(UsageFault, match="nothing was changed"):
            merge(one.ticket, master.ticket, who="ann", why="one cause")
    with pytest.raises(UsageFault):
        split(child.ticket, who="ann", why="no")
    with pytest.raises(UsageFault):
        inherit(child.ticket, [], who="ann")
