"""Who answers for what: every cell of the matrix is lived by the moves, and the scope is data."""

from __future__ import annotations

import pytest

from harness.desk import raci
from harness.desk.document import key
from harness.desk.lifecycle import MOVES, NotResponsible, move
from harness.desk.nouns import THIRD_LEVEL, Act, Process, Role, State
from harness.desk.raci import Entity, Hearing, Notice, Part, cell, entity, notified, responsible
from harness.desk.rules import RULES, Rule
from harness.desk.scope import (
    ACCESS_POINTS,
    COMMON_SERVICES,
    ENVIRONMENTS,
    MONITORED,
    ScopeTable,
    Support,
    Topic,
    suggestion,
)
from suites.selftest.desk_named import exercises, named

PRINTED = {
    Process.DETECTION: ("RA", "CI", ""),
    Process.REGISTRATION: ("CI", "RA", ""),
    Process.CLASSIFICATION: ("", "RA", ""),
    Process.INVESTIGATION: ("RC", "RA", "I"),
    Process.RESOLUTION: ("C", "RA", "RC"),
    Process.CLOSURE: ("I", "RA", ""),
    Process.MONITORING: ("", "RA", "CI"),
}
"""Section 2 of the offering, row by row: User, Support Team, Technical Office."""

CELLS = [
    (process, who, letters)
    for process, row in PRINTED.items()
    for who, letters in zip(Entity, row, strict=True)
]
EACH_CELL = pytest.mark.parametrize(
    ("process", "who", "letters"), CELLS, ids=[f"{process} {who}" for process, who, _ in CELLS]
)
EVERY_CELL = [key(process, who) for process, who, _ in CELLS]


def rules_of(process: Process) -> list[Rule]:
    return [rule for rule in RULES if rule.process is process]


def hearings(process: Process, who: Entity) -> set[Hearing]:
    """Why anybody of an entity hears of what others do in a process, beyond being spoken to."""
    return {
        notice.hearing
        for rule in rules_of(process)
        for actor in rule.by
        if entity(actor) is not who
        for notice in notified(rule, actor)
        if entity(notice.role) is who and notice.hearing is not Hearing.ADDRESSED
    }


@exercises(*EVERY_CELL)
@EACH_CELL
def test_a_cell_is_as_it_is_printed(process: Process, who: Entity, letters: str) -> None:
    assert cell(process, who) == "".join(sorted(letters, key="RACI".index))


@exercises(*EVERY_CELL)
@EACH_CELL
def test_who_is_responsible_has_a_move_and_who_is_not_needs_a_reading(
    process: Process, who: Entity, letters: str
) -> None:
    theirs = [rule for rule in rules_of(process) if who in map(entity, rule.by)]

    if "R" in letters:
        assert theirs
    else:
        assert not [rule.act for rule in theirs if not rule.reading]


@exercises(*EVERY_CELL)
@EACH_CELL
def test_who_is_consulted_or_informed_hears_of_the_result_and_nobody_else_does(
    process: Process, who: Entity, letters: str
) -> None:
    heard = hearings(process, who)
    others_act = any(entity(actor) is not who for rule in rules_of(process) for actor in rule.by)

    if "C" in letters and others_act:
        assert Hearing.CONSULTED in heard or addressed_instead(process, who)
    elif "I" in letters and others_act:
        assert heard == {Hearing.INFORMED}
    else:
        assert heard == set()


def addressed_instead(process: Process, who: Entity) -> bool:
    """Whether every result of a process is said to the entity outright."""
    results = [rule for rule in rules_of(process) if rule.act in raci.RESULTS[process]]
    others = [(rule, by) for rule in results for by in rule.by if entity(by) is not who]
    return all(
        who in {entity(one.role) for one in notified(rule, by) if one.hearing is Hearing.ADDRESSED}
        for rule, by in others
    )


@exercises(*EVERY_CELL)
@EACH_CELL
def test_a_move_of_somebody_else_is_refused(process: Process, who: Entity, letters: str) -> None:
    for rule in rules_of(process):
        strangers = [role for role in Role if entity(role) is who and role not in rule.by]
        for role in strangers:
            with pytest.raises(NotResponsible, match="nothing was changed"):
                move(1, rule.of[0], act=rule.act, role=role)
    assert ("R" in letters) == any(
        responsible(process, role) for role in Role if entity(role) is who
    )


@pytest.mark.parametrize("process", Process)
def test_exactly_one_is_accountable(process: Process) -> None:
    owners = [who for who in Entity if Part.ACCOUNTABLE in raci.MATRIX[process][who]]

    assert owners == [raci.accountable(process)]
    assert Part.RESPONSIBLE in raci.MATRIX[process][owners[0]]


def test_every_cell_has_a_test() -> None:
    assert all(named()[name] for name in EVERY_CELL)


def test_the_results_of_a_process_are_acts_of_it() -> None:
    for process, acts in raci.RESULTS.items():
        assert set(acts) <= {rule.act for rule in rules_of(process)}


def heard_by(act: Act, state: State, actor: Role, holder: Role | None = None) -> set[Notice]:
    return set(notified(MOVES[state][act].rule, actor, holder=holder))


def test_the_user_hears_of_the_registration_of_what_monitoring_found() -> None:
    heard = heard_by(Act.NOTIFY, State.REGISTERED, Role.SUPPORT)

    assert heard == {Notice(Role.USER, Hearing.ADDRESSED)}


def test_a_closure_informs_the_user() -> None:
    heard = heard_by(Act.CLOSE, State.CHECKED, Role.SUPPORT)

    assert heard == {Notice(Role.USER, Hearing.INFORMED)}


@pytest.mark.parametrize("team", THIRD_LEVEL)
def test_an_escalation_is_said_to_the_team_that_gets_it(team: Role) -> None:
    heard = heard_by(Act.ESCALATE, State.DIAGNOSED, Role.SUPPORT, team)

    assert heard == {Notice(team, Hearing.ADDRESSED), Notice(Role.USER, Hearing.CONSULTED)}


def test_a_question_that_is_routed_is_said_to_the_pmo_and_to_the_user() -> None:
    heard = heard_by(Act.ROUTE, State.CLASSIFIED, Role.SUPPORT, Role.PMO)

    assert Notice(Role.PMO, Hearing.ADDRESSED) in heard
    assert Notice(Role.USER, Hearing.CONSULTED) in heard


def test_what_monitoring_captures_reaches_the_technical_office_and_the_desk() -> None:
    heard = heard_by(Act.CAPTURE, State.UNDETECTED, Role.MONITORING)

    assert heard == {
        Notice(Role.SUPPORT, Hearing.ADDRESSED),
        Notice(Role.TECHNICAL_OFFICE, Hearing.CONSULTED),
    }


@pytest.mark.parametrize("act", [Act.NOTE, Act.OBSERVE, Act.ADOPT, Act.PRIORITISE, Act.VERIFY])
def test_what_moves_nothing_is_told_to_nobody(act: Act) -> None:
    assert heard_by(act, State.DIAGNOSING, Role.SUPPORT) == set()


def test_nobody_hears_of_one_move_twice_or_is_consulted_on_their_own() -> None:
    for rule in RULES:
        for actor in rule.by:
            heard = notified(rule, actor, holder=Role.NETWORK)
            roles = [one.role for one in heard]
            own = [one for one in heard if entity(one.role) is entity(actor)]
            assert len(roles) == len(set(roles))
            assert {one.hearing for one in own} <= {Hearing.ADDRESSED}


@pytest.mark.parametrize("table", [ACCESS_POINTS, COMMON_SERVICES], ids=lambda one: one.title)
def test_a_lost_mark_is_unknown_and_nothing_is_made_up(table: ScopeTable) -> None:
    marks = {question: {ours, others} for question, ours, others in table.rows}
    pki = marks.pop("Certificates", {Support.WITH_EDELIVERY_PKI})

    assert pki == {Support.WITH_EDELIVERY_PKI}
    assert all(found == {Support.UNKNOWN} for found in marks.values())
    assert list(marks) == [
        *("Specifications", "Deployment", "Configuration", "Connectivity"),
        "Bugs and Troubleshooting",
    ]
    assert table.support("Weather", sample=True) is None


def test_the_words_of_the_offering_and_of_the_public_page_are_there() -> None:
    assert {topic for topic in Topic if topic.of_the_pmo} == {
        *(Topic.PROJECT, Topic.TESTING, Topic.SIMULATOR, Topic.PROJECTATHON)
    }
    assert {topic for topic in Topic if topic.restricted} == {Topic.SECURITY, Topic.VULNERABILITY}
    assert list(ENVIRONMENTS) == ["PROD", "ACC", "TRAINING", "PROJ", "UAT"]
    assert len(MONITORED) == 3


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("A vulnerability in the simulator", Topic.VULNERABILITY),
        ("How do I enrol in the testing services?", Topic.TESTING),
        ("Planned downtime of our gateway", Topic.MAINTENANCE),
        ("A new certificate, please", Topic.CERTIFICATE),
        ("The NAPTR record is wrong", None),
        ("", None),
    ],
)
def test_a_topic_is_suggested_by_a_word_that_is_named(text: str, topic: Topic | None) -> None:
    found = suggestion(text)

    assert (found and found[0]) == topic
    assert not found or found[1] in text
