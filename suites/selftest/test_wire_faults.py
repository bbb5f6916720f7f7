"""The faults of framing and of TLS on real sockets: what the rehearsal shows is what happens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from harness.checks import catalogue
from harness.execution import open_session
from harness.model import CheckResult, Environment, Exchange, Reach, Service, ServiceKey, Verdict
from harness.runner import run
from mock_services.embedded import Embedded
from mock_services.faults import Fault, faults, framing, tls

KEY = ServiceKey("FI", Service.EB, Environment.ACC)
CHECKS = tuple(check for check in catalogue() if check.id in {f"LOOK-{n}" for n in range(86, 94)})
PLAIN = next(check for check in catalogue() if check.id == "LOOK-01")
PATIENT = Reach()
GREEN = (Verdict.PASSED, Verdict.NOT_APPLICABLE)


def seeded(module: object) -> list[Fault]:
    return [value for value in vars(module).values() if isinstance(value, Fault)]


@pytest.fixture
def landscape() -> Iterator[Embedded]:
    embedded = Embedded()
    yield embedded
    embedded.stop()


async def judged(
    landscape: Embedded,
    fault: str | None,
    *,
    exchanges: list[Exchange] | None = None,
    reach: Reach = PATIENT,
) -> dict[str, CheckResult]:
    target = replace(landscape.start(members=("FI",), fault=fault), reach=reach)
    sink = [] if exchanges is None else exchanges
    async with open_session(target, sink.append) as session:
        return {check.id: await run(check, session, KEY) for check in (*CHECKS, PLAIN)}


async def test_a_sound_server_is_green_and_what_it_showed_is_kept(landscape: Embedded) -> None:
    exchanges: list[Exchange] = []

    results = await judged(landscape, None, exchanges=exchanges)

    assert {result.verdict for result in results.values()} == {Verdict.PASSED}
    shown = {each.response for each in exchanges if each.protocol == "tls"}
    assert any(each and each.startswith(b"TLSv1.3\nTLS_") for each in shown)
    assert b"declined" in shown


@pytest.mark.parametrize("fault", [*seeded(framing), *seeded(tls)], ids=lambda each: each.name)
async def test_a_fault_of_the_wire_is_seen_over_sockets_as_it_is_rehearsed(
    landscape: Embedded, fault: Fault
) -> None:
    hurried = Reach(total_timeout=0.3)

    results = await judged(landscape, fault.name, reach=PATIENT if fault.caught_by else hurried)

    assert {r.check: r.tag for r in results.values() if r.tag} == dict(fault.caught_by)
    for result in results.values():
        if not result.tag:
            allowed = (*GREEN, Verdict.BLOCKED) if fault.blinds(result.check) else GREEN
            assert result.verdict in allowed, f"{result.check}: {result.detail}"
    assert fault.caught_by or results["LOOK-01"].verdict is Verdict.BLOCKED


def test_a_fault_that_catches_nothing_says_what_it_blocks() -> None:
    mute = [fault for fault in faults().values() if not fault.caught_by]

    assert mute
    assert all(fault.blocks for fault in mute)


async def test_the_octets_that_broke_off_are_kept_as_evidence(landscape: Embedded) -> None:
    exchanges: list[Exchange] = []

    results = await judged(landscape, "length_too_long", exchanges=exchanges)

    found = results["LOOK-87"]
    evidence = {each.id: each for each in exchanges}[found.evidence[-1]]
    assert b"Content-Length: 99999999" in (evidence.response or b"")
    assert "see LOOK-87" in str(results["LOOK-01"].detail)
