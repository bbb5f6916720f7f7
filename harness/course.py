"""A run from end to end: the doctor first, then the checks, then the control of what failed.

Everything is handed to the witness as it comes, so that whatever breaks a run off loses nothing.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from harness.attribution import is_explained, waits_for
from harness.checks import Check
from harness.controls import EXAMINED, Sink, Way, controls, ways
from harness.diagnosis import is_hopeless
from harness.execution import execute, now, open_session
from harness.model import (
    REFERENCE,
    CheckResult,
    Control,
    Exchange,
    Finding,
    ServiceKey,
    Target,
    Verdict,
)
from harness.ports import Clock
from harness.presence import Presence
from harness.runner import Session


class Witness(Protocol):
    """Who takes down what a run brings to light, such as the writer of its record."""

    def exchange(self, exchange: Exchange) -> None:
        """One message and its answer."""
        ...

    def finding(self, finding: Finding) -> None:
        """What a probe of the doctor found out."""
        ...

    def result(self, result: CheckResult) -> None:
        """How a check ended."""
        ...

    def control(self, control: Control) -> None:
        """How a check that had failed ended elsewhere."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run. `pairs` leaves out all but these checks on these subjects, by id and key.

    `examine` is the doctor and `learn` completes what a target can be asked; None: neither is
    needed. `reference` starts the embedded reference, which nothing but a control needs. `clock` is
    what checks and controls tell the time by.
    """

    target: Target
    checks: Sequence[Check]
    keys: Sequence[ServiceKey]
    profile: str
    reference: Callable[[], Target]
    examine: Callable[[Sink], AsyncGenerator[Finding, None]] | None = None
    learn: Callable[[Session], Awaitable[Target]] | None = None
    pairs: frozenset[tuple[str, ServiceKey]] | None = None
    clock: Clock = now


async def conduct(plan: Plan, witness: Witness) -> None:
    """Do it; ends early where the doctor finds that nothing can be judged."""
    findings = await _examined(plan, witness)
    if is_hopeless(findings, plan.target, plan.keys):
        return
    failed: list[CheckResult] = []

    def report(result: CheckResult) -> None:
        witness.result(result)
        blocked = result.verdict is Verdict.BLOCKED and not is_explained(result, findings)
        if blocked or result.verdict in EXAMINED:
            failed.append(result)

    presence = Presence()

    def taken_down(exchange: Exchange) -> None:
        witness.exchange(exchange)
        presence.note(exchange)

    opened = partial(open_session, profile=plan.profile, clock=plan.clock)
    async with opened(plan.target, taken_down) as session:
        target = await plan.learn(session) if plan.learn else plan.target
        taught = replace(session, target=target)
        await execute(taught, plan.checks, plan.keys, report=report, pairs=plan.pairs)
    for finding in presence.findings() if plan.examine else ():
        witness.finding(finding)
    paths = ways(target, opened)
    red = {result.check for result in failed if result.verdict in EXAMINED}
    if red:
        paths = (Way(REFERENCE, plan.reference(), opened), *paths)
    open_questions = [result for result in failed if not red & set(waits_for(result))]
    await _control(open_questions, paths, plan.checks, witness)


async def _examined(plan: Plan, witness: Witness) -> tuple[Finding, ...]:
    """What the doctor finds, taken down as it comes."""
    if plan.examine is None:
        return ()
    findings = []
    async with aclosing(plan.examine(witness.exchange)) as found:
        async for finding in found:
            findings.append(finding)
            witness.finding(finding)
    return tuple(findings)


async def _control(
    failed: Sequence[CheckResult], paths: Iterable[Way], checks: Iterable[Check], witness: Witness
) -> None:
    by_id = {check.id: check for check in checks}
    for way in paths:
        async for control in controls(failed, way, checks=by_id, sink=witness.exchange):
            witness.control(control)
