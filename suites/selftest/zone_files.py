"""Zone files for tests: written, judged as a target, and the results looked through."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from harness.adapters.zone_file import target_of
from harness.checks import Check, catalogue
from harness.execution import execute, open_session
from harness.model import CheckResult, Environment, Exchange, Target, Verdict
from mock_services.world import World

STATES = ("GR", "NL")
CHECKS = tuple(check for check in catalogue() if check.role == "zone")

FLAWED = (Verdict.FAILED, Verdict.WARNED, Verdict.BROKEN)


def target_in(folder: Path, world: World, states: Sequence[str] = STATES) -> Target:
    """The zone of a world as a file, with the overview of that world."""
    file = folder / "cs.zone"
    file.write_text(world.zone, encoding="utf-8")
    target = target_of(
        file, member_states=states, environments=(Environment.ACC,), overview=world.overview
    )
    return replace(target, zone_file="cs.zone")


def judged(
    target: Target,
    *,
    checks: Sequence[Check] = CHECKS,
    exchanges: list[Exchange] | None = None,
) -> list[CheckResult]:
    """What the checks say of a target, over real sockets where it has any."""
    results: list[CheckResult] = []
    seen: list[Exchange] = [] if exchanges is None else exchanges

    async def judge() -> None:
        async with open_session(target, seen.append) as session:
            await execute(session, checks, target.keys, report=results.append)

    asyncio.run(judge())
    return results


def flaws(results: Sequence[CheckResult]) -> dict[str, str]:
    """The tags of what is not green, by check."""
    return {each.check: each.tag or str(each.detail) for each in results if each.verdict in FLAWED}


def lines_in(source: str) -> set[int]:
    """The lines that a source names."""
    named = re.sub(r" and [0-9]+ more", "", source.partition("line")[2])
    return {int(number) for number in re.findall(r"[0-9]+", named)}
