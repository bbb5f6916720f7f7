"""What a target file leaves open is learned, and judged by as if it had been given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import learning
from harness.checks import catalogue
from harness.dns_message import DnsQuery, DnsReply
from harness.errors import Unreachable
from harness.execution import now
from harness.learning import learned
from harness.model import (
    CheckResult,
    Exchange,
    HttpRequest,
    HttpResponse,
    Questions,
    Service,
    Target,
    Verdict,
)
from harness.observatory import Observatory
from harness.proving import session
from harness.regrep_document import Document, Framework, RegistryObject, Requirement, Slot
from harness.runner import Session, run
from harness.worth_asking import (
    FIRST_PROCEDURES,
    LONGEST,
    TEST_PROCEDURE,
    procedures,
    requirements,
    unused_procedure,
)
from mock_services.rehearsal import rehearsed

STATES = ("GR", "NL", "BE")
UNKNOWN = Questions("FI", None, None, None, None, None, None, ())
FOR_WHAT_A_USER_ENTERS = {"LOOK-48", "LOOK-67", "LOOK-80"}
"""Checks of what a directory asks its user for: only who knows the country can answer."""


def unheeded(_exchange: Exchange) -> None:
    """Where nothing is made of what was seen."""


def open_questions(target: Target) -> Target:
    """As a file leaves a target that says nothing but its countries."""
    return replace(
        target,
        questions={
            key: replace(UNKNOWN, country=asked.country) for key, asked in target.questions.items()
        },
    )


async def taught(
    states: Sequence[str] = STATES, fault: str | None = None, *, seen: list[Exchange] | None = None
) -> Session:
    """A session on the landscape in process, with nothing but what could be learned of it."""
    rehearsal = rehearsed(states, fault)
    opened = session(rehearsal, ([] if seen is None else seen).append)
    opened = replace(opened, target=open_questions(opened.target))
    return replace(opened, target=await learned(opened))


async def results(opened: Session, checks: Sequence[str] = ()) -> dict[str, CheckResult]:
    return {
        f"{check.id} {key}": await run(check, opened, key)
        for check in catalogue()
        if not checks or check.id in checks
        for key in opened.target.keys
        if key.service in check.services
    }


async def test_with_learned_questions_checks_end_as_with_those_that_were_given() -> None:
    told = await results(session(rehearsed(STATES, None), unheeded))

    found = await results(await taught())

    differ = {name for name in told if told[name].verdict != found[name].verdict}
    assert len(told) > 1000
    assert {name.partition(" ")[0] for name in differ} == FOR_WHAT_A_USER_ENTERS
    assert {name.partition(" ")[2] for name in differ} == {"NL-dsd-acc"}
    assert {found[name].verdict for name in differ} == {Verdict.NOT_APPLICABLE}


@pytest.mark.parametrize(
    ("fault", "check", "tag"),
    [
        ("two_lengths", "LOOK-87", "length-ambiguous"),
        ("root_without_tls", "DISC-03", "naptr-root-not-https"),
        ("incomplete_requirements_refused", "LOOK-75", "return-incomplete-refused"),
        ("evidence_type_elsewhere", "LOOK-21", "classification-malformed"),
    ],
)
async def test_a_fault_is_caught_with_learned_questions(fault: str, check: str, tag: str) -> None:
    found = await results(await taught(("NL",), fault), (check,))

    assert tag in {result.tag for result in found.values()}


async def test_the_flaw_of_a_broker_is_not_held_against_the_directory() -> None:
    opened = await taught(("NL",), "evidence_type_elsewhere")

    found = await results(opened, ("LOOK-07", "LOOK-64", "LOOK-21"))

    assert {result.check for result in found.values() if result.tag} == {"LOOK-21"}


async def test_what_was_given_is_kept() -> None:
    rehearsal = rehearsed(("NL",), None)
    given = {key: replace(asked, concepts=()) for key, asked in rehearsal.target.questions.items()}
    opened = session(rehearsal, unheeded)

    target = await learned(replace(opened, target=replace(opened.target, questions=given)))

    assert target.questions == given


async def test_nothing_is_asked_where_only_the_zone_is_under_test() -> None:
    seen: list[Exchange] = []
    opened = session(rehearsed(("NL",), None), seen.append)

    target = await learned(replace(opened, target=replace(opened.target, roles=("zone",))))

    assert target.questions == opened.target.questions
    assert not seen


async def test_a_service_that_is_not_under_test_is_not_asked() -> None:
    seen: list[Exchange] = []
    opened = session(rehearsed(("NL",), None), seen.append)
    keys = tuple(key for key in opened.target.keys if key.service is Service.DSD)
    alone = replace(open_questions(opened.target), keys=keys)

    target = await learned(replace(opened, target=alone))

    assert not seen
    assert {asked.evidence_type for asked in target.questions.values()} == {None}
    told = (await results(replace(opened, target=target), ("LOOK-07",)))["LOOK-07 NL-dsd-acc"]
    assert "an EB is not among the services: give evidence_type" in str(told.detail)


async def test_learning_is_bounded() -> None:
    seen: list[Exchange] = []

    await taught(("NL",), seen=seen)

    most = learning.MOST_REQUIREMENTS + learning.MOST_EVIDENCE_TYPES
    assert len(seen) <= most + learning.MOST_PROCEDURES + 4


class Nobody:
    """Neither a name server nor a directory."""

    def __init__(self) -> None:
        self.asked = 0

    async def ask(self, query: DnsQuery) -> DnsReply:
        raise Unreachable(query.name, why="no reply came")

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        self.asked += 1
        raise Unreachable(request.url, why="connection refused")


async def test_what_could_not_be_learned_is_named_by_its_key() -> None:
    nobody = Nobody()
    target = open_questions(rehearsed(("NL",), None).target)
    opened = Session(target, Observatory(nobody, nobody, now, unheeded))

    opened = replace(opened, target=await learned(opened))
    found = await results(opened, ("LOOK-07", "LOOK-74", "LOOK-76", "LOOK-40", "LOOK-43"))

    told = {name: str(result.detail) for name, result in found.items()}
    assert nobody.asked <= 16
    assert {result.verdict for result in found.values()} <= {
        Verdict.BLOCKED,
        Verdict.NOT_APPLICABLE,
    }
    assert told["LOOK-74 NL-eb-acc"].count("could not be learned: the EB did not answer (") == 1
    assert (
        "connection refused" in told["LOOK-07 NL-dsd-acc"]
        or "no reply" in told["LOOK-07 NL-dsd-acc"]
    )
    for name, key in (
        ("LOOK-74 NL-eb-acc", "procedure"),
        ("LOOK-07 NL-dsd-acc", "evidence_type"),
        ("LOOK-76 NL-eb-acc", "requirement"),
        ("LOOK-40 NL-eb-acc", "empty_procedure"),
        ("LOOK-40 NL-dsd-acc", "empty_evidence_type"),
        ("LOOK-43 NL-dsd-acc", "additional_input"),
    ):
        assert key in told[name].split(), told[name]


def shown(*named: tuple[str, str, tuple[str, ...]]) -> Document:
    """An answer with requirements: (identifier, country, procedures)."""
    listed = tuple(
        Requirement(identifier, (), (Framework("f", (), codes, (country,)),), ())
        for identifier, country, codes in named
    )
    slot = Slot("Requirement", None, None, None, (), listed, (), ())
    return Document("s", (), (RegistryObject("o", (slot,)),), ())


CODES = st.sampled_from(("00", "T1", "T2", "X1", "ZZ", "a" * (LONGEST + 1)))
CATALOGUES = st.lists(
    st.tuples(st.text(max_size=9), st.sampled_from(("FI", "SE")), st.lists(CODES).map(tuple))
).map(lambda named: shown(*named))


@given(CATALOGUES)
def test_a_procedure_without_requirements_is_none_of_those_that_have_some(found: Document) -> None:
    used = procedures(found, "FI")
    unused = unused_procedure(found, "FI")

    assert unused not in used
    assert unused in {*FIRST_PROCEDURES, TEST_PROCEDURE}
    assert TEST_PROCEDURE not in used[:-1]
    assert all(len(code) <= LONGEST for code in used)


@given(CATALOGUES, st.none() | st.text(min_size=1, max_size=9))
def test_what_is_known_is_asked_first_and_everything_once(
    found: Document, known: str | None
) -> None:
    asked = requirements(found, replace(UNKNOWN, requirement=known))

    assert known is None or asked[0] == known
    assert len(asked) == len(set(asked))
    assert {one.identifier for one in found.requirements} - {""} <= set(asked)
