"""`oots coverage`: requirement, checks, faults; what is untested, and why."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from json import dumps

from harness.cli.listing import known, labelled, say
from harness.coverage import Row, State, markdown, numbered, rows, unproven
from harness.extensions import checks, landscape
from harness.reports.words import number
from harness.requirements import requirements
from harness.verdicts import Exit

EPILOG = """\
examples:
  oots coverage                       every requirement; exit code 1 when one is open
  oots coverage --ref D03             where a number of the list of requirements is verified
  oots coverage --markdown            the table that is kept in fixtures/coverage.md
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is shown, and how."""
    parser.epilog = EPILOG
    parser.add_argument(
        "--ref", metavar="NUMBER", help="only what has this number, such as D03, O6 or 4.2-keys"
    )
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print one JSON object")
    shape.add_argument("--markdown", action="store_true", help="print a table")


def run(arguments: argparse.Namespace) -> int:
    """Show it; exit code 1 when a requirement has neither a check nor a reason."""
    faults = landscape().faults()
    table = rows(requirements().values(), checks(), faults)
    if arguments.ref is not None:
        table = _of(table, arguments.ref)
    shown = dict.fromkeys(check for row in table for check in row.checks)
    untried = unproven(shown, faults)
    if arguments.json:
        print(dumps({"requirements": [r.facts() for r in table], "unproven": untried}, indent=1))
    elif arguments.markdown:
        print(markdown(table), end="")
    else:
        say(_lines(table, untried))
    return Exit.FAILED if any(row.state is State.OPEN for row in table) else Exit.CONFORMANT


def _of(table: Sequence[Row], ref: str) -> tuple[Row, ...]:
    refs = sorted({number for row in table for number in row.requirement.refs})
    return numbered(table, known("--ref", ref, refs, remedy="`oots coverage --json` has them all"))


def _lines(table: Sequence[Row], untried: Sequence[tuple[str, str]]) -> Iterator[str]:
    for row in table:
        numbers = f"  ({', '.join(row.requirement.refs)})" if row.requirement.refs else ""
        yield f"{row.requirement.slug}{numbers}"
        for check, names in row.faults:
            yield from labelled(f"  {check}: ", ", ".join(names) or "no fault proves it")
        if not row.checks:
            yield from labelled(f"  {row.state}: ", row.requirement.not_tested or "no reason given")
    yield ""
    if untried:
        told = ", ".join(f"{check} {tag}" for check, tag in untried)
        yield from labelled(f"Without a fault ({len(untried)}): ", told, indent=2)
    counts = (f"{sum(row.state is state for row in table)} {state}" for state in State)
    yield f"{number(len(table), 'requirement')}: {', '.join(counts)}"
