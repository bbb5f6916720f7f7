"""How much memory a run takes, by how many exchanges it makes: it is not to grow with them.

The landscape is served by another process, and each run is made by a process of its own, whose
peak is the kernel's figure. Run with `pytest suites/benchmarks/test_memory.py -s`.
"""

from __future__ import annotations

import asyncio
import resource
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from harness.execution import execute, now, open_session
from harness.extensions import checks
from harness.model import Environment, Exchange, Target
from harness.record import FILE, RecordWriter, read
from harness.reports import junit
from suites.benchmarks.landscape_apart import apart, only
from suites.benchmarks.test_overhead import header

SIZES = (7, 14, 27)
"""How many Member States, in acceptance; after these, all of them in every environment."""

ALLOWED = 16
"""Megabytes that three times as many exchanges may add, when the caches are nearly full."""


@dataclass(frozen=True, slots=True)
class Peak:
    """Of one run, in megabytes: its record, its process, and that after a report was made."""

    exchanges: int
    record: float
    resident: float
    reported: float


def measured(pipe: Connection, target: Target, folder: Path) -> None:
    """Run, then report, in this process."""
    number = asyncio.run(_run(target, folder))
    resident = _resident()
    junit.render(read(folder))
    pipe.send(Peak(number, (folder / FILE).stat().st_size / 1e6, resident, _resident()))


async def _run(target: Target, folder: Path) -> int:
    number = 0
    with RecordWriter(folder / FILE, now, overwrite=True) as writer:
        writer.header(header(target))

        def sink(exchange: Exchange) -> None:
            nonlocal number
            number += 1
            writer.exchange(exchange)

        async with open_session(target, sink) as session:
            await execute(session, checks(), target.keys, report=writer.result)
    return number


def _resident() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def peak(target: Target, folder: Path) -> Peak:
    """The figures of a run in a process of its own."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=measured, args=(there, target, folder))
    process.start()
    try:
        assert here.poll(250), "the run did not end"
        found: Peak = here.recv()
    finally:
        process.join(10)
        process.kill()
    return found


def test_memory_does_not_grow_with_the_run(tmp_path: Path) -> None:
    found = []
    with apart() as served:
        members = tuple(dict.fromkeys(key.member_state for key in served.keys))
        sizes = [only(served, *members[:size]) for size in SIZES]
        for target in (*sizes, only(served, *members, environments=tuple(Environment))):
            one = peak(target, tmp_path)
            found.append(one)
            print(
                f"\n{len(target.keys):3} subjects, {one.exchanges:6,} exchanges, "
                f"record {one.record:6.1f} MB: peak {one.resident:4.0f} MB, "
                f"after a report {one.reported:4.0f} MB",
                end="",
            )

    assert found[-1].resident - found[-2].resident <= ALLOWED
