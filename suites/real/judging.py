"""A target put to the checks over the path that a run takes, and what its results come to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from harness.checks import Check, catalogue
from harness.execution import execute, open_session
from harness.model import CheckResult, Environment, Exchange, ServiceKey, Target, Verdict
from suites.real.servers import Server

ALL = catalogue()
ZONE = tuple(check for check in ALL if check.subject == "zone")
DIRECTORY = tuple(check for check in ALL if check.subject != "zone")

SEVERE = frozenset({Verdict.FAILED, Verdict.WARNED})
GREEN = frozenset({Verdict.PASSED, Verdict.NOT_APPLICABLE})

Tags = frozenset[tuple[str, str]]


def served(target: Target, *servers: Server, anchors: Sequence[str] = ()) -> Target:
    """The target as it is reached by real name servers and no other."""
    first, *others = (each.address for each in servers)
    return replace(
        target, nameserver=first, other_nameservers=tuple(others), zone_anchors=tuple(anchors)
    )


def judged(
    target: Target,
    checks: Sequence[Check] = ZONE,
    *,
    keys: Sequence[ServiceKey] = (),
    sink: Callable[[Exchange], None] = lambda _exchange: None,
) -> tuple[CheckResult, ...]:
    """Every check on the subjects of the environment for acceptance, or on others."""
    results: list[CheckResult] = []

    async def judge() -> None:
        async with open_session(target, sink) as session:
            await execute(session, checks, keys or in_acceptance(target), report=results.append)

    asyncio.run(judge())
    return tuple(results)


def in_acceptance(target: Target) -> tuple[ServiceKey, ...]:
    """The subjects of one environment."""
    return tuple(key for key in target.keys if key.environment is Environment.ACC)


def tags(results: Iterable[CheckResult]) -> Tags:
    """What was found wrong, and by which check."""
    return frozenset((each.check, str(each.tag)) for each in results if each.verdict in SEVERE)


def checks_that(verdict: Verdict, results: Iterable[CheckResult]) -> frozenset[str]:
    """The checks that ended so on any subject."""
    return frozenset(each.check for each in results if each.verdict is verdict)


def said(results: Iterable[CheckResult]) -> tuple[str, ...]:
    """All that is not green, a line each."""
    return tuple(
        f"{each.check} {each.member_state}-{each.service}-{each.environment} {each.verdict}"
        f" {each.tag or ''}: {each.detail or f'expected {each.expected}, seen {each.seen}'}"
        for each in results
        if each.verdict not in GREEN
    )
