"""The control: checks that failed, asked again where they should be green, and by other ways.

The embedded reference is asked in the same process, over the same kind of network. Where it fails
too, the fault is not the subject's.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

from harness.checks import Check
from harness.model import (
    NAME_SERVER,
    REFERENCE,
    WITHOUT_PROXY,
    CheckResult,
    Control,
    Exchange,
    ServiceKey,
    Target,
    Verdict,
)
from harness.runner import Session, run

EXAMINED = frozenset({Verdict.FAILED, Verdict.WARNED})
"""The verdicts that are controlled on the reference; blocked ones only by other ways."""

MOST = 500
"""How many results are asked by another way; the reference is asked once for check and service."""

Sink = Callable[[Exchange], None]
Opened = Callable[[Target, Sink], AbstractAsyncContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Way:
    """A path to be tried, by what it is called, and how to go along it.

    `roles` are the parts that are reached by it: no question about a zone goes through a proxy.
    """

    path: str
    target: Target
    opened: Opened
    roles: tuple[str, ...] = ("zone", "directory")


def ways(target: Target, opened: Opened) -> tuple[Way, ...]:
    """Other ways to the same subject; perhaps none."""
    around: tuple[Way, ...] = ()
    if target.reach.proxy:
        direct = replace(target.reach, proxy=None, proxy_credentials=None)
        around = (Way(WITHOUT_PROXY, replace(target, reach=direct), opened, ("directory",)),)
    servers = target.other_nameservers if target.by_resolver else ()
    return (
        *around,
        *(
            Way(
                f"{NAME_SERVER} {host} port {port}",
                replace(target, nameserver=(host, port)),
                opened,
            )
            for host, port in servers
        ),
    )


async def controls(
    failed: Iterable[CheckResult], way: Way, *, checks: Mapping[str, Check], sink: Sink
) -> AsyncIterator[Control]:
    """Each failed check on one path; its exchanges go to `sink`, under names of that path."""
    results = _wanted(failed, way, checks)
    if not results:
        return
    prefix = f"{hashlib.sha256(way.path.encode()).hexdigest()[:4]}-"

    def taken_down(exchange: Exchange) -> None:
        sink(replace(exchange, id=f"{prefix}{exchange.id}"))

    async with way.opened(way.target, taken_down) as session:
        for result in results:
            ended = await run(checks[result.check], session, _key(result, way.target))
            evidence = tuple(f"{prefix}{each}" for each in ended.evidence)
            yield Control(way.path, replace(ended, evidence=evidence))


def _wanted(
    failed: Iterable[CheckResult], way: Way, checks: Mapping[str, Check]
) -> tuple[CheckResult, ...]:
    """What is asked there; the reference is sound, and has nothing to say about a block."""
    found = [result for result in failed if checks[result.check].role in way.roles]
    if way.path == REFERENCE:
        of_checks = [result for result in found if result.verdict in EXAMINED]
        found = list({(r.check, r.service): r for r in reversed(of_checks)}.values())
    return tuple(found[:MOST])


def _key(result: CheckResult, target: Target) -> ServiceKey:
    """The same subject there, or one of the same service."""
    alike = [key for key in target.keys if key.service == result.service]
    same = (result.member_state, result.environment)
    return next((k for k in alike if (k.member_state, k.environment) == same), alike[0])
