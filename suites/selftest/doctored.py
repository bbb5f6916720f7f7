"""A landscape for the doctor to look at, and what it finds there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from harness.consultation import findings
from harness.execution import now
from harness.model import Environment, Exchange, Finding, Reach, Target
from mock_services.embedded import Embedded

HASTE = Reach(dns_timeout=0.7, connect_timeout=1.0, total_timeout=2.0)
"""Patience that a loaded machine with two cores still keeps to, on loopback."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the doctor found, and the exchanges that it made."""

    findings: tuple[Finding, ...]
    exchanges: tuple[Exchange, ...]

    @property
    def troubles(self) -> tuple[Finding, ...]:
        """The findings that are not well."""
        return tuple(finding for finding in self.findings if finding.whose)

    def of(self, probe: str) -> Finding:
        """The only finding of a probe."""
        (found,) = (finding for finding in self.findings if finding.probe == probe)
        return found


def narrowed(target: Target) -> Target:
    """The same target in one environment, asked in haste."""
    keys = tuple(key for key in target.keys if key.environment is Environment.ACC)
    return replace(target, keys=keys, reach=HASTE)


def started(embedded: Embedded, *members: str, fault: str | None = None) -> Target:
    """A landscape that runs, in one environment."""
    return narrowed(embedded.start(members=members or ("FI",), fault=fault))


async def looked(
    target: Target, *, clock: Callable[[], datetime] = now, patience: float = 9.0
) -> Seen:
    """All that the doctor finds."""
    exchanges: list[Exchange] = []
    found = findings(target, exchanges.append, clock=clock, patience=patience)
    return Seen(tuple([finding async for finding in found]), tuple(exchanges))


def look(target: Target, *, clock: Callable[[], datetime] = now, patience: float = 9.0) -> Seen:
    """The same, in a loop of its own."""
    return asyncio.run(looked(target, clock=clock, patience=patience))
