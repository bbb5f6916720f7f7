"""`oots runs`: the past runs of a folder."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.words import existing_name

if TYPE_CHECKING:
    from harness.past_runs import PastRun, Unreadable
    from harness.reports.sheet import Sheet

DEFAULT = Path("oots-report")
EPILOG = """\
The earliest comes first, what cannot be read last. `oots show RUN` shows one of
them again, and `oots diff RUN RUN` what changed between two.

examples:
  oots runs                 those in oots-report
  oots runs . --json        this folder and the folders in it
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which folder, in which form."""
    parser.epilog = EPILOG
    parser.add_argument(
        "folder",
        metavar="DIR",
        nargs="?",
        type=existing_name,
        help=f"a folder of runs (default: {DEFAULT})",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON array")


def run(arguments: argparse.Namespace) -> int:
    """Do it; answers the exit code."""
    import json
    import os
    import sys

    from harness.past_runs import facts, past_runs
    from harness.reports.sheet import sheet_for

    folder: Path = arguments.folder or DEFAULT
    missing = arguments.folder is None and not folder.exists()
    found = () if missing else past_runs(folder)
    if arguments.json:
        print(json.dumps([facts(each) for each in found], indent=1))
        return 0
    sheet, encoding = sheet_for(sys.stdout, os.environ), sys.stdout.encoding or "ascii"
    for line in _text(found, folder, sheet):
        print(line.encode(encoding, "backslashreplace").decode(encoding))
    return 0


def _text(found: tuple[PastRun | Unreadable, ...], folder: Path, sheet: Sheet) -> Iterator[str]:
    from harness.past_runs import PastRun
    from harness.reports.words import number, plain

    if not found:
        yield f"No runs in {plain(str(folder))}."
        yield "Every `oots run` keeps its record in a folder; name another with `oots runs DIR`."
        return
    for each in found:
        if isinstance(each, PastRun):
            yield from _run(each, sheet)
        else:
            yield plain(str(each.folder))
            yield from sheet.wrapped(f"  cannot be read: {each.why}", 4)
    yield ""
    yield f"{number(len(found), 'run')} (in {plain(str(folder))})"


def _run(each: PastRun, sheet: Sheet) -> Iterator[str]:
    from harness.model import Verdict
    from harness.reports.words import EXIT, SYMBOL, number, plain
    from harness.verdicts import Exit

    profile = f", {each.profile}" if each.profile else ""
    yield from sheet.wrapped(
        f"{each.run}  {each.started.astimezone(UTC):%Y-%m-%d %H:%M} UTC  {each.target}{profile}", 4
    )
    worst = next((verdict for verdict in SYMBOL if each.counts.get(verdict)), Verdict.PASSED)
    counts = ", ".join(f"{each.counts[v]:,} {v}" for v in SYMBOL if each.counts.get(v))
    stale = each.exit is Exit.FAILED and not each.counts.get(Verdict.FAILED)
    ended = f"{int(each.exit)} {'a waiver is stale' if stale else EXIT[each.exit]}"
    for line in sheet.wrapped(f"  {ended}: {counts or 'no results'}", 4):
        yield line.replace(ended, sheet.painted(ended, worst), 1)
    done, of = sum(each.counts.values()), each.planned
    amount = f"{done:,} of {number(of, 'result')}" if of else number(done, "result")
    for told in (
        None if each.complete else f"broken off after {amount}: {each.reason}",
        each.repeats and f"repeats {each.repeats}",
        each.fault and f"with the seeded fault {each.fault}",
        each.target_file and f"target file {each.target_file}",
        each.redacted and f"redacted for sharing: {', '.join(each.redacted)}",
    ):
        if told:
            yield from sheet.wrapped(f"  {told}", 4)
    if each.folder.name != each.run:
        yield f"  in {plain(str(each.folder))}"
