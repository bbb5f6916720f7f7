"""What one cell of the kill matrix costs in process: one check, one fault, one subject."""

from __future__ import annotations

import asyncio
from time import perf_counter

from harness.checks import catalogue
from harness.proving import session
from harness.runner import run
from mock_services.faults import faults
from mock_services.rehearsal import rehearsed

MEMBERS = ("NL",)
EVERY = 8
"""Every eighth fault is enough for an average."""


async def _row(seeded: str | None) -> int:
    opened = session(rehearsed(MEMBERS, seeded), lambda _: None)
    cells = 0
    for check in catalogue():
        for key in opened.target.keys:
            if key.service in check.services:
                await run(check, opened, key)
                cells += 1
    return cells


def test_a_cell_takes_five_milliseconds_at_most_on_average() -> None:
    asyncio.run(_row(None))  # the keys of the test PKI are made once in a process
    chosen = list(faults())[::EVERY]

    began = perf_counter()
    cells = sum(asyncio.run(_row(name)) for name in chosen)
    each = (perf_counter() - began) / cells * 1000

    print(f"\n{cells} cells of {len(chosen)} faults: {each:.2f} ms a cell; wanted: 5 ms or less")
    assert cells
