"""A run from end to end on the embedded landscape: the doctor, the checks, the control."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from harness.checks import Check
from harness.controls import ways
from harness.course import Plan, conduct
from harness.execution import open_session
from harness.extensions import checks
from harness.model import (
    NAME_SERVER,
    REFERENCE,
    WITHOUT_PROXY,
    Blame,
    CheckResult,
    Control,
    Environment,
    Exchange,
    Finding,
    Service,
    ServiceKey,
    Target,
    Verdict,
)
from harness.requirements import CURRENT_PROFILE
from mock_services.embedded import Embedded

KEY = ServiceKey("FI", Service.EB, Environment.ACC)
FATAL = Finding("dns-udp", "DNS over UDP", Blame.NETWORK, explains=("*",), fatal=True)


@dataclass(slots=True)
class Seen:
    """A witness who remembers."""

    exchanges: list[Exchange] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    results: list[CheckResult] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)

    def exchange(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)

    def finding(self, finding: Finding) -> None:
        self.findings.append(finding)

    def result(self, result: CheckResult) -> None:
        self.results.append(result)

    def control(self, control: Control) -> None:
        self.controls.append(control)


@pytest.fixture
def faulty() -> Iterator[Target]:
    embedded = Embedded()
    yield embedded.start(members=("FI",), fault="root_without_tls")
    embedded.stop()


@pytest.fixture
def reference() -> Iterator[Embedded]:
    embedded = Embedded()
    yield embedded
    embedded.stop()


def plan(target: Target, reference: Embedded, *ids: str) -> Plan:
    asked: tuple[Check, ...] = tuple(check for check in checks() if check.id in ids)
    return Plan(
        target,
        asked,
        (KEY,),
        CURRENT_PROFILE,
        reference=lambda: reference.start(members=("FI",), fault=None),
    )


async def test_what_failed_is_green_on_the_reference(faulty: Target, reference: Embedded) -> None:
    seen = Seen()

    await conduct(plan(faulty, reference, "DISC-03", "DISC-04"), seen)

    assert {result.check: result.verdict for result in seen.results} == {
        "DISC-03": Verdict.FAILED,
        "DISC-04": Verdict.PASSED,
    }
    (control,) = seen.controls
    assert (control.path, control.result.check) == (REFERENCE, "DISC-03")
    assert control.result.verdict is Verdict.PASSED
    assert {*control.result.evidence} <= {exchange.id for exchange in seen.exchanges}
    assert len({exchange.id for exchange in seen.exchanges}) == len(seen.exchanges)


async def test_nothing_is_controlled_where_nothing_failed(
    faulty: Target, reference: Embedded
) -> None:
    seen = Seen()

    await conduct(plan(faulty, reference, "DISC-04"), seen)

    assert not seen.controls


async def test_a_fatal_finding_ends_the_run_before_any_verdict(
    faulty: Target, reference: Embedded
) -> None:
    async def examine(_sink: object) -> AsyncGenerator[Finding, None]:
        yield FATAL

    seen = Seen()

    await conduct(replace(plan(faulty, reference, "DISC-04"), examine=examine), seen)

    assert seen.findings == [FATAL]
    assert not seen.results


async def test_only_the_pairs_that_are_named_are_asked(faulty: Target, reference: Embedded) -> None:
    seen = Seen()
    asked = plan(faulty, reference, "DISC-03", "DISC-04")

    await conduct(replace(asked, pairs=frozenset({("DISC-04", KEY)})), seen)

    assert [result.check for result in seen.results] == ["DISC-04"]


def test_the_ways_around_are_those_that_the_target_has(faulty: Target) -> None:
    behind = replace(
        faulty,
        by_resolver=True,
        other_nameservers=(("127.0.0.1", 53),),
        reach=replace(faulty.reach, proxy="http://127.0.0.1:8080"),
    )

    around, server = ways(behind, open_session)

    assert (around.path, around.target.reach.proxy) == (WITHOUT_PROXY, None)
    assert (around.roles, server.roles) == (("directory",), ("zone", "directory"))
    assert (server.path, server.target.nameserver) == (
        "name server 127.0.0.1 port 53",
        ("127.0.0.1", 53),
    )
    assert not ways(faulty, open_session)


async def test_what_is_blocked_for_no_known_reason_is_asked_by_another_way(
    faulty: Target, reference: Embedded
) -> None:
    assert faulty.nameserver
    seen, dead = Seen(), ("127.0.0.1", 1)
    lost = replace(
        faulty, nameserver=dead, by_resolver=True, other_nameservers=(faulty.nameserver,)
    )

    await conduct(plan(lost, reference, "DISC-03", "DISC-04", "LOOK-01"), seen)

    assert {result.verdict for result in seen.results} == {Verdict.BLOCKED}
    assert {(control.path[:11], control.result.check) for control in seen.controls} == {
        (NAME_SERVER, check) for check in ("DISC-03", "DISC-04", "LOOK-01")
    }


async def test_what_waits_for_a_failure_is_not_asked_again(
    faulty: Target, reference: Embedded
) -> None:
    assert faulty.nameserver
    seen = Seen()
    by_resolver = replace(faulty, by_resolver=True, other_nameservers=(faulty.nameserver,))

    await conduct(plan(by_resolver, reference, "DISC-03", "LOOK-01"), seen)

    assert [result.verdict for result in seen.results] == [Verdict.FAILED, Verdict.BLOCKED]
    assert {control.result.check for control in seen.controls} == {"DISC-03"}


async def test_the_time_is_told_by_the_clock_of_the_plan(
    faulty: Target, reference: Embedded
) -> None:
    seen, then = Seen(), datetime(2031, 1, 1, tzinfo=UTC)

    await conduct(replace(plan(faulty, reference, "DISC-03"), clock=lambda: then), seen)

    assert seen.controls
    assert {exchange.at for exchange in seen.exchanges} == {then}
