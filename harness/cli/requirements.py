"""`oots requirements`: the catalogue of what is required, of whom, and by which text."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from json import dumps

from harness.cli.listing import labelled, say
from harness.reports.words import number
from harness.requirements import PROFILES, ROLES, Requirement, requirements
from harness.verdicts import SEVERITY

EPILOG = """\
examples:
  oots requirements --chapter caching --keyword shall
  oots requirements --role client --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The filters; each may be given once, and all have to hold."""
    parser.epilog = EPILOG
    chapters = tuple(dict.fromkeys(entry.chapter for entry in requirements().values()))
    parser.add_argument("--role", choices=ROLES, help="whom it binds")
    parser.add_argument("--chapter", choices=chapters, help="what it is about")
    parser.add_argument("--profile", choices=PROFILES, help="the rule profile it belongs to")
    parser.add_argument("--keyword", choices=tuple(SEVERITY), help="how strongly it binds")
    parser.add_argument("--json", action="store_true", help="print one JSON array")


def run(arguments: argparse.Namespace) -> int:
    """List what is left after the filters."""
    found = [entry for entry in requirements().values() if _wanted(entry, arguments)]
    if arguments.json:
        print(dumps([asdict(entry) for entry in found], indent=1))
    else:
        say(
            [line for entry in found for line in _told(entry)] + [number(len(found), "requirement")]
        )
    return 0


def _wanted(entry: Requirement, arguments: argparse.Namespace) -> bool:
    return (
        arguments.role in (None, entry.role)
        and arguments.chapter in (None, entry.chapter)
        and arguments.keyword in (None, entry.keyword)
        and (arguments.profile is None or arguments.profile in entry.profiles)
    )


def _told(entry: Requirement) -> Iterator[str]:
    judged = f", judged as {entry.judged_as}" if entry.judged_as else ""
    yield entry.slug
    yield from labelled("", entry.statement, indent=2)
    numbers = f"; {', '.join(entry.refs)}" if entry.refs else ""
    yield from labelled(
        "", f"{entry.keyword}{judged}, {entry.role}: {entry.clause}{numbers}", indent=2
    )
    if entry.not_tested:
        yield from labelled("", f"not tested: {entry.not_tested}", indent=2)
    yield ""
