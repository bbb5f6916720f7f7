"""The table of moves, and what it promises: whatever is done to a ticket, it can be closed."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from harness.desk.decide import Intent, choices
from harness.desk.lifecycle import (
    EXCEPTIONAL,
    MOVES,
    IllegalMove,
    NotInThisState,
    NotResponsible,
    Unmet,
    legal,
    move,
    way,
)
from harness.desk.lines import LINES
from harness.desk.log import line, verify, verify_lines
from harness.desk.nouns import (
    ENDED,
    OPEN,
    SETTLED,
    THIRD_LEVEL,
    Act,
    Need,
    Role,
    State,
    Step,
)
from harness.desk.payload import (
    PAYLOADS,
    Escalation,
    Link,
    Payload,
)
from harness.desk.rules import RULES, Turn
from harness.desk.state import advance, fold, state_facts, state_of
from harness.errors import HarnessFault
from suites.selftest.desk_moves import (
    ASKED,
    FAILED,
    FOUND,
    GREEN,
    NO_SOLUTION,
    NOT_RUN,
    PASSED,
    RED,
    Walk,
    captured,
    fitting,
    refused,
    reported,
    solving,
)
from suites.selftest.desk_named import named

S = State


# The table


@pytest.mark.parametrize("state", State)
def test_every_combination_of_act_and_role_is_in_the_table_or_refused_in_words(
    state: State,
) -> None:
    for act, role in product(Act, Role):
        told = refusal(state, act, role)

        assert (told is None) == (act in legal(state, role))
        if isinstance(told, NotResponsible):
            assert f"expected {act} by " in str(told)
            assert any(one.label in str(told) for one in MOVES[state][act].rule.by)
        elif told:
            assert isinstance(told, NotInThisState)
            assert act not in MOVES[state]
            assert {one for one, _ in told.legal} == set(MOVES[state])
            assert all(one.act in str(told) for one in MOVES[state].values() if not one.rule.quiet)


def refusal(state: State, act: Act, role: Role) -> IllegalMove | None:
    try:
        move(1, state, act=act, role=role)
    except IllegalMove as told:
        return told
    return None


def test_a_refusal_says_where_what_by_whom_and_what_to_do() -> None:
    walk = reported().to(S.PROPOSED)

    told = refused(walk.ticket, Intent(Act.CLOSE, Role.NETWORK, "net"))

    assert str(told) == (
        "ticket 1 at step 5, Resolution (waiting for validation): expected reject, validate or"
        " write by the User; lapse, confirm or accept by the Support Team, but saw close by the"
        " Network Team; the Network Team can do note here; nothing was changed"
    ).replace("reject, validate", "validate, reject")


@pytest.mark.parametrize("state", State)
def test_every_state_is_reached_and_reaches_its_end(state: State) -> None:
    reached = way(S.UNDETECTED, [state], by=tuple(Role), but=())
    end = way(state, ENDED, by=tuple(Role), but=set(EXCEPTIONAL) - {Act.TURN_AWAY})

    assert reached is not None
    assert end is not None


@pytest.mark.parametrize("act", Act)
def test_every_act_has_a_rule_and_a_kind_of_saying(act: Act) -> None:
    assert [one for one in RULES if one.act is act]
    assert PAYLOADS[act]


def test_states_are_listed_step_by_step() -> None:
    steps = [state.step for state in State]

    assert steps == sorted(steps)
    assert set(steps) == set(Step)
    assert not set(OPEN) & set(SETTLED)


_DESK, _USER = {Role.SUPPORT}, {Role.USER}
ACTORS = {
    **dict.fromkeys(("3.2.1", "3.2.2", "3.5.5", "3.6.3"), _USER),
    "3.5.8": set(THIRD_LEVEL),
    "3.8.1": {Role.MONITORING},
    "3.8.2": {Role.MONITORING},
}
"""Who acts by the text of a process line; in all others it is the Support Team."""


@pytest.mark.parametrize("text", LINES)
def test_who_acts_is_who_the_line_names(text: str) -> None:
    for found in (one for one in RULES if one.line == text):
        assert set(found.by) == ACTORS.get(text, _DESK), found.act


@pytest.mark.parametrize("text", LINES)
def test_every_process_line_is_a_rule_and_has_a_test(text: str) -> None:
    assert [one for one in RULES if one.line == text]
    assert named()[text]


def test_a_rule_that_no_line_gives_says_on_what_it_rests() -> None:
    assert not [one.act for one in RULES if one.line not in LINES and not one.reading]
    assert not [one.act for one in RULES if one.to is Turn.BACK and not one.reading]


# The fold


def test_a_fold_goes_on_where_it_stopped() -> None:
    walk = captured().to_closure()

    for cut in range(1, len(walk.events)):
        state = fold(walk.events[:cut])
        for event in walk.events[cut:]:
            state = advance(state_of(state_facts(state)), event)
        assert state == walk.ticket


def test_a_history_with_a_gap_is_no_history() -> None:
    walk = reported().to(S.CLASSIFIED)

    for wrong in (walk.events[1:], walk.events[:1] + walk.events[2:], walk.events[::-1]):
        with pytest.raises(HarnessFault, match="oots desk audit"):
            fold(wrong)


def test_what_can_be_done_is_told_with_what_is_lacking() -> None:
    walk = solving(captured()).do(Act.DEFINE)

    told = {option.act: option for option in choices(walk.ticket)}

    assert told[Act.COMMUNICATE].lacks is Need.GREEN
    assert told[Act.DEFINE].lacks is None
    escalated = reported().to(S.DIAGNOSED, but=NO_SOLUTION).do(Act.ESCALATE)
    assert {one.act: one.by for one in choices(escalated.ticket)}[Act.FIX] == (Role.NETWORK,)


ANY_SAID: dict[Act, st.SearchStrategy[Payload]] = {
    Act.OBSERVE: st.sampled_from([FAILED, PASSED, NOT_RUN]),
    Act.VERIFY: st.sampled_from([GREEN, RED]),
    Act.ESCALATE: st.sampled_from([Escalation(role) for role in Role]),
    Act.ADOPT: st.builds(Link, st.integers(0, 3)),
    Act.RELEASE: st.builds(Link, st.integers(0, 3)),
    Act.MERGE: st.builds(Link, st.integers(0, 3)),
    Act.REPORT: st.just(ASKED),
    Act.CAPTURE: st.just(FOUND),
}


class Desk(RuleBasedStateMachine):
    """Random moves by random roles on one ticket, and a log of what was allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.walk = Walk()

    @initialize(act=st.sampled_from([Act.DETECT, Act.REPORT, Act.CAPTURE, Act.CONTACT]))
    def begin(self, act: Act) -> None:
        self.walk.do(act)

    @rule(
        act=st.sampled_from(Act),
        role=st.sampled_from(Role),
        why=st.sampled_from(["", "because"]),
        hours=st.floats(0, 90),
        data=st.data(),
    )
    def anybody_tries_anything(
        self, act: Act, role: Role, why: str, *, hours: float, data: st.DataObject
    ) -> None:
        before, events = state_facts(self.walk.ticket), len(self.walk.events)
        said = data.draw(ANY_SAID[act]) if act in ANY_SAID else fitting(self.walk.ticket, act).data
        told = self._tried(Intent(act, role, f"{role}-2", why, data=said), hours)

        if told:
            assert state_facts(self.walk.ticket) == before
            assert len(self.walk.events) == events
            assert isinstance(told, Unmet) or act not in legal(told.state, role)
        else:
            assert self.walk.events[-1].role is role
            assert len(self.walk.events) == events + 1

    def _tried(self, intent: Intent, hours: float) -> IllegalMove | None:
        try:
            self.walk.do(intent, hours=hours)
        except IllegalMove as told:
            return told
        return None

    @precondition(lambda self: self.walk.ticket.state not in ENDED)
    @rule(data=st.data())
    def somebody_does_what_is_possible(self, data: st.DataObject) -> None:
        able = [one.act for one in choices(self.walk.ticket) if one.lacks is None]
        able = [act for act in able if self._fits(act)]
        self.walk.do(data.draw(st.sampled_from(able)))

    def _fits(self, act: Act) -> bool:
        ticket = self.walk.ticket
        if act is Act.VERIFY:
            return ticket.of_a_check
        return act is not Act.RELEASE or bool(ticket.links)

    @invariant()
    def the_fold_of_the_log_is_the_state(self) -> None:
        if self.walk.events:
            assert fold(self.walk.events) == self.walk.ticket

    @invariant()
    def the_chain_holds(self) -> None:
        assert verify(self.walk.chain) is None

    def teardown(self) -> None:
        """Wherever it came to, it can be closed; and no octet of its history can be changed."""
        self.walk.to_closure()
        written = [line(one) for one in self.walk.chain]
        assert verify_lines(written, self.walk.chain[-1].head) is None
        for place, octets in enumerate(written):
            at = (7 * place + 3) % len(octets)
            changed = octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1 :]
            broken = verify_lines([*written[:place], changed, *written[place + 1 :]])
            assert broken is not None
            assert broken.position == place + 1


TestDesk = Desk.TestCase
TestDesk.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
