"""`oots explain`: one check, for somebody who has to mend what it found."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from json import dumps

from harness.checks import Check
from harness.cli.listing import known, labelled, say
from harness.explain import Explanation, explanations
from harness.extensions import checks, landscape
from harness.model import FaultNote, Verdict
from harness.reports.words import plain
from harness.requirements import Requirement, requirements

EPILOG = """\
examples:
  oots explain DISC-03
  oots explain DISC-03 --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which check."""
    parser.epilog = EPILOG
    parser.add_argument("check", metavar="CHECK", help="the id of a check, such as DISC-03")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Tell what it asks, why, and what to do."""
    by_id = {check.id: check for check in checks()}
    remedy = "`oots run --list-checks` shows them all"
    check = by_id[known("CHECK", arguments.check, tuple(by_id), remedy=remedy)]
    text = explanations()[check.id]
    faults = tuple(note for note in landscape().faults() if check.id in note.caught_by)
    if arguments.json:
        print(dumps(_facts(check, text, faults), indent=1))
    else:
        say(_lines(check, text, faults))
    return 0


def _facts(check: Check, text: Explanation, faults: tuple[FaultNote, ...]) -> dict[str, object]:
    return {
        "check": check.id,
        "title": check.title,
        "requirements": [asdict(requirements()[slug]) for slug in check.verifies],
        "tags": list(check.finds),
        **asdict(text),
        "faults": {fault.name: fault.caught_by[check.id] for fault in faults},
        "reading": None if check.register is None else check.register.slug,
    }


def _lines(check: Check, text: Explanation, faults: tuple[FaultNote, ...]) -> Iterator[str]:
    """What to do first: it is what the reader came for."""
    yield from labelled(f"{check.id}  ", check.title, indent=len(check.id) + 2)
    yield from ("", *labelled("how to fix", text.fix))
    yield from ("", "a good answer", *_snippet(text.good), "", "a bad answer", *_snippet(text.bad))
    yield from ("", *labelled("why", text.why))
    for slug in check.verifies:
        entry = requirements()[slug]
        yield ""
        yield from labelled("required", f"{entry.statement} ({_force(entry)})")
        numbers = f" ({', '.join(entry.refs)})" if entry.refs else ""
        yield from labelled("written in", f"{entry.clause}{numbers} [{slug}]")
        if entry.reading:
            yield from labelled("judged", entry.reading)
    if check.register:
        register = check.register
        yield from ("", *labelled("reading", f"{register.question} Ours: {register.choice};"))
        yield from labelled("", f"`oots readings {register.slug}` tells the others.")
    yield ""
    for fault in faults:
        yield from labelled(
            "proved by", f"{fault.name}: {fault.title} ({fault.caught_by[check.id]})"
        )
    if faults:
        seen = f"oots run --member-state FI --check {check.id} --fault {faults[0].name}"
        yield "on the embedded landscape, to see this check fail:"
        yield f"{'':4}{seen}"  # in one line, to be copied


def _force(entry: Requirement) -> str:
    """The keyword, and what a violation ends as."""
    binding = entry.severity is Verdict.FAILED
    return f"{entry.keyword}: a violation is {'a failure' if binding else 'a warning'}"


def _snippet(text: str) -> list[str]:
    return [textwrap.indent(plain(line), "    ") for line in text.splitlines()]
