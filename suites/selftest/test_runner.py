"""How a check may end, each way shown once with a check made for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from harness.checks import Check, catalogue, require
from harness.dns_message import DnsQuery, DnsReply
from harness.errors import NotApplicable, Unreachable
from harness.model import (
    Environment,
    Exchange,
    HttpRequest,
    HttpResponse,
    Questions,
    Service,
    ServiceKey,
    Specimen,
    Target,
    Verdict,
)
from harness.observatory import Observatory
from harness.requirements import requirements
from harness.runner import Session, run
from harness.subjects.answer import Answer
from harness.subjects.directory import Directory
from harness.subjects.zone import Zone
from harness.verdicts import Exit, exit_code

KEY = ServiceKey("FI", Service.EB, Environment.ACC)
SHALL = next(r.slug for r in requirements().values() if r.severity is Verdict.FAILED)
SHOULD = next(r.slug for r in requirements().values() if r.severity is Verdict.WARNED)
QUESTIONS = Questions(
    "FI", "T3", "https://sr.example/r", "https://sr.example/e", None, None, None, ()
)


class Silent:
    """A resolver and a fetcher to which nobody answers."""

    async def ask(self, query: DnsQuery) -> DnsReply:
        raise Unreachable(query.name, why="no reply came")

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        raise Unreachable(request.url, why="connection refused")


class Constant(Silent):
    """A fetcher that gives one answer to everything, and counts."""

    def __init__(self) -> None:
        self.asked = 0

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        self.asked += 1
        return HttpResponse(200, (("x", "y"),), b"<a/>")


def session(fetcher: Silent, sink: list[Exchange] | None = None) -> Session:
    target = Target(
        name="test",
        template="{country}.{service}.v{major}.{environment}.example",
        nameserver=("192.0.2.1", 53),
        keys=(KEY,),
        questions={KEY: QUESTIONS},
        roots={KEY: "https://eb.example/"},
        tls_roots=None,
        trust_anchors={},
    )
    seen = [] if sink is None else sink
    return Session(
        target, Observatory(fetcher, fetcher, lambda: datetime(2026, 1, 1, tzinfo=UTC), seen.append)
    )


def a_check(function: Callable[[Any], Any], *, verifies: str = SHALL) -> Check:
    return Check("TEST-01", (verifies,), ("flaw",), tuple(Service), tuple(Specimen), function)


async def judged(function: Callable[[Any], Any], *, verifies: str = SHALL) -> tuple[Verdict, str]:
    result = await run(a_check(function, verifies=verifies), session(Constant()), KEY)
    return result.verdict, result.detail or result.tag or ""


async def test_a_check_that_observed_and_found_nothing_passes() -> None:
    async def check(directory: Directory) -> None:
        await directory.answer(Specimen.CATALOGUE)

    assert await judged(check) == (Verdict.PASSED, "")


async def test_a_violated_shall_fails() -> None:
    def check(answer: Answer) -> None:
        require(answer.response.status == 418, "flaw", expected=418, seen=answer.response.status)

    assert await judged(check) == (Verdict.FAILED, "flaw")


async def test_a_violated_should_warns() -> None:
    def check(answer: Answer) -> None:
        require(not answer.response.body, "flaw", expected="nothing", seen="something")

    assert await judged(check, verifies=SHOULD) == (Verdict.WARNED, "flaw")


async def test_no_evidence_is_no_pass() -> None:
    def check(zone: Zone) -> None:
        assert zone.key == KEY

    verdict, detail = await judged(check)

    assert verdict is Verdict.BROKEN
    assert "observed" in detail


async def test_a_failure_without_evidence_is_our_own_fault() -> None:
    def check(zone: Zone) -> None:
        require(zone.key != KEY, "flaw", expected="", seen="")

    assert (await judged(check))[0] is Verdict.BROKEN


async def test_an_undeclared_tag_is_our_own_fault() -> None:
    def check(answer: Answer) -> None:
        require(not answer.response.body, "another-flaw", expected="", seen="")

    verdict, detail = await judged(check)

    assert verdict is Verdict.BROKEN
    assert "another-flaw" in detail


@pytest.mark.parametrize("error", [ValueError("x"), AssertionError("x"), KeyError("x")])
async def test_any_other_exception_is_our_own_fault(error: Exception) -> None:
    def check(answer: Answer) -> None:
        raise error

    assert (await judged(check))[0] is Verdict.BROKEN


async def test_nothing_to_judge_is_not_applicable_with_its_reason() -> None:
    def check(answer: Answer) -> None:
        raise NotApplicable("the sky is blue")

    assert await judged(check) == (Verdict.NOT_APPLICABLE, "the sky is blue")


async def test_an_unreachable_subject_blocks_and_leaves_evidence_of_the_attempt() -> None:
    async def check(directory: Directory) -> None:
        await directory.answer(Specimen.CATALOGUE)

    exchanges: list[Exchange] = []
    result = await run(a_check(check), session(Silent(), exchanges), KEY)

    assert result.verdict is Verdict.BLOCKED
    assert "connection refused" in (result.detail or "")
    assert [exchange.response for exchange in exchanges] == [None]
    assert result.evidence == (exchanges[0].id,)


async def test_a_violation_in_one_answer_outranks_an_answer_that_could_not_be_had() -> None:
    def check(answer: Answer) -> None:
        if answer.specimen is Specimen.CATALOGUE:
            raise Unreachable("this one", why="it is shy")
        require(not answer.response.body, "flaw", expected="", seen="")

    assert await judged(check) == (Verdict.FAILED, "flaw")


async def test_the_same_question_is_asked_once_and_a_fresh_one_again() -> None:
    async def check(directory: Directory) -> None:
        first = await directory.answer(Specimen.CATALOGUE)
        assert first.request is not None
        await directory.send(first.request)
        await directory.send(first.request, fresh=True)

    fetcher = Constant()
    result = await run(a_check(check), session(fetcher), KEY)

    assert fetcher.asked == 2
    assert len(result.evidence) == 2


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ((), Exit.BLOCKED),
        ((Verdict.NOT_APPLICABLE,), Exit.BLOCKED),
        ((Verdict.PASSED, Verdict.WARNED, Verdict.NOT_APPLICABLE, Verdict.WAIVED), Exit.CONFORMANT),
        ((Verdict.PASSED, Verdict.BLOCKED), Exit.BLOCKED),
        ((Verdict.BLOCKED, Verdict.BROKEN), Exit.BROKEN),
        ((Verdict.BLOCKED, Verdict.BROKEN, Verdict.FAILED), Exit.FAILED),
    ],
)
def test_a_failure_is_never_hidden_by_its_neighbours(
    verdicts: tuple[Verdict, ...], code: Exit
) -> None:
    assert exit_code(verdicts) is code


def test_every_check_can_say_what_it_is() -> None:
    for check in catalogue():
        assert check.title
        assert check.chapter in check.path
        assert check.requirement.clause
