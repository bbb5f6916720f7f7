"""What is under test decides what is asked, and of whom: the roles of a target."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from harness.checks import Check, catalogue
from harness.errors import Unreachable
from harness.execution import Selection, execute, in_roles, planned
from harness.model import CheckResult, HttpRequest, HttpResponse, Target, TlsGreeting, TlsSeen
from harness.observatory import Observatory
from harness.proving import resolver_of
from harness.runner import Session
from mock_services.landscape import world_of
from mock_services.rehearsal import Rehearsal, still

EVERYTHING = Selection((), (), (), (), ())
SOME = tuple(check for check in catalogue() if check.id in ("DISC-01", "LOOK-01", "SIG-01"))


@dataclass
class Listening:
    """A client that takes down whom it was to ask, and asks nobody."""

    asked: list[str] = field(default_factory=list)

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request.url)
        raise Unreachable(request.url, why="nobody is asked here")

    async def greet(self, greeting: TlsGreeting) -> TlsSeen | None:
        self.asked.append(greeting.host)
        raise Unreachable(greeting.host, why="nobody is asked here")


def results(
    roles: tuple[str, ...], checks: Sequence[Check]
) -> tuple[list[CheckResult], Listening, Target]:
    rehearsal = Rehearsal(still(world_of("NL")), ("NL",))
    target = replace(rehearsal.target, roles=roles)
    client, found = Listening(), list[CheckResult]()
    seen = Observatory(
        resolver_of(rehearsal), client, rehearsal.clock, lambda _exchange: None, greeter=client
    )
    asyncio.run(execute(Session(target, seen), checks, target.keys, report=found.append))
    return found, client, target


def test_with_the_zone_alone_under_test_nothing_is_sent_to_a_directory() -> None:
    found, client, target = results(("zone",), catalogue())

    assert not client.asked
    assert {result.chapter for result in found} == {"discovery"}
    assert planned(catalogue(), target.keys, target=target) == {"NL": len(found)}


def test_with_the_directory_alone_under_test_the_zone_is_not_judged() -> None:
    found, client, target = results(("directory",), SOME)

    assert client.asked
    assert "discovery" not in {result.chapter for result in found}
    assert planned(SOME, target.keys, target=target) == {"NL": len(found)}


@pytest.mark.parametrize(
    ("roles", "subjects"),
    [
        (("zone",), {"zone"}),
        (("directory",), {"directory", "answer"}),
        (("zone", "directory"), {"zone", "directory", "answer"}),
        ((), set()),
    ],
)
def test_roles_choose_among_the_checks(roles: tuple[str, ...], subjects: set[str]) -> None:
    _, _, target = results(roles, ())

    chosen = EVERYTHING.questions(catalogue(), target)

    assert {check.subject for check in chosen} == subjects
    assert chosen == tuple(c for c in EVERYTHING.questions(catalogue()) if c.subject in subjects)


def test_without_a_target_every_check_is_listed() -> None:
    assert in_roles(catalogue(), None) == catalogue()
    assert Counter(check.role for check in catalogue()).keys() == {"zone", "directory"}
