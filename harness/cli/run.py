"""`oots run`: put every check to every subject, record, control what failed, file, report."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.run_order import Order, order_of
from harness.cli.run_record import recorded
from harness.cli.subjects import add_whom, reached, selection, whom
from harness.cli.words import Once, existing_name
from harness.errors import UsageFault
from harness.requirements import CURRENT_PROFILE, PROFILES
from harness.verdicts import Exit

if TYPE_CHECKING:
    from harness.adapters.sqlite import SqliteDesk
    from harness.model import Target
    from harness.pseudonyms import Redaction
    from harness.record import Record

SHARED = "shared"
"""The folder, in that of a run, of the copy without names."""

EPILOG = """\
examples:
  oots run                                      every Member State, environment acc
  oots run --member-state FI,GR --service dsd   two directories
  oots run --member-state FI --fault root_without_tls
                                                see what a failure looks like
  oots run --list-faults                        what can be seeded
  oots run --target oots.toml                   your own system (see `oots init`)
  oots run --target oots.toml --plan            what it would be asked, without asking
  oots run --target oots.toml --failed LAST     what failed in the run in that folder, again
  oots run --zone-file cs.zone                  a zone before it is published

a file for --waivers, in which each failure that somebody answers for has a table:
  [[waiver]]
  check = "DISC-03"            # or tag = "naptr-root-not-https", or both
  member_state = "FI"          # the scope: leave out what it is not limited to
  service = "eb"
  environment = "acc"
  reason = "The load balancer moves to TLS in October."
  owner = "Ada Lovelace, DVV"
  expires = 2026-10-31         # the last day on which it holds
  ticket = "INC-000012"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is asked, of whom, and where the files go."""
    parser.epilog = EPILOG
    _add_asked(parser)
    add_whom(parser)
    _add_files(parser)


def _add_asked(parser: argparse.ArgumentParser) -> None:
    asked = parser.add_argument_group("what is asked")
    asked.add_argument(
        "--check", metavar="ID", action="append", default=[], help="only this check, e.g. DISC-03"
    )
    asked.add_argument(
        "--chapter",
        metavar="NAME",
        action="append",
        default=[],
        help="only this chapter: discovery, lookup, signature or caching",
    )
    asked.add_argument(
        "--profile",
        metavar="PROFILE",
        action=Once,
        help=f"the rule profile to judge by: {', '.join(PROFILES)} (default: {CURRENT_PROFILE},"
        " or what the target file says)",
    )
    asked.add_argument(
        "--failed",
        metavar="RUN",
        type=existing_name,
        action=Once,
        help="only what failed, was blocked or broke in this run; the new run says that it repeats",
    )
    asked.add_argument(
        "--waivers",
        metavar="FILE",
        type=existing_name,
        action=Once,
        help="failures that somebody answers for until a day, in TOML",
    )
    asked.add_argument(
        "--no-doctor", action="store_true", help="with --target: do not look at the way first"
    )
    listing = parser.add_mutually_exclusive_group()
    listing.add_argument(
        "--list-checks", action="store_true", help="list the selected checks and stop"
    )
    listing.add_argument("--list-faults", action="store_true", help="list the faults and stop")
    listing.add_argument(
        "--plan", action="store_true", help="list every exchange that would happen, and stop"
    )


def _add_files(parser: argparse.ArgumentParser) -> None:
    files = parser.add_argument_group("what comes out")
    files.add_argument(
        "--out",
        metavar="DIR",
        type=existing_name,
        help="folder for the record and the reports (default: oots-report/<run id>)",
    )
    files.add_argument(
        "--overwrite", action="store_true", help="replace the record that --out already holds"
    )
    files.add_argument(
        "--json", action="store_true", help="print one JSON object instead of the summary"
    )
    files.add_argument("--quiet", action="store_true", help="show no progress")
    files.add_argument(
        "--redact",
        metavar="WHAT",
        action="append",
        default=[],
        help=f"write a second copy into the folder {SHARED} beside the record, to be passed on:"
        " without hosts, participants, or both (`hosts,participants`)",
    )
    files.add_argument(
        "--desk",
        metavar="FILE",
        type=existing_name,
        help="the desk that failures are filed on (default: see `oots desk --help`)",
    )
    files.add_argument("--no-tickets", action="store_true", help="file no incidents")


def run(arguments: argparse.Namespace) -> int:
    """Do it; answers the exit code."""
    from harness.extensions import checks, landscape

    if arguments.list_faults:
        notes = landscape().faults()
        return _list([(note.name, note.title) for note in notes], json=arguments.json)
    about = whom(arguments, landscape())
    chosen = selection(arguments, checks(), about)
    if arguments.list_checks:
        asked = chosen.questions(checks(), about.target)
        return _list([(check.id, check.title) for check in asked], json=arguments.json)
    arguments.redact = _redactions(arguments.redact)
    order = order_of(arguments, about, chosen)
    desk = None if arguments.no_tickets or arguments.plan else _desk(arguments.desk)
    with reached(about, arguments.fault) as target:
        if arguments.plan:
            return _planned(order, target, json=arguments.json)
        out = recorded(arguments, order, target)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the views of what was recorded are made now
    return _reported(arguments, out, desk)


def _redactions(given: Sequence[str]) -> tuple[Redaction, ...]:
    from harness.cli.words import chosen
    from harness.pseudonyms import Redaction

    return tuple(map(Redaction, chosen("--redact", given, tuple(Redaction))))


def _planned(order: Order, target: Target, *, json: bool) -> int:
    from harness.learning import learned
    from harness.plan import planned_exchanges
    from harness.reports.plan import facts, text

    checks = order.checks(target)
    is_of_zone = all(check.subject == "zone" for check in checks)
    plan = planned_exchanges(
        target,
        checks,
        keys=order.keys(target),
        profile=order.selection.profile,
        prepare=None if order.about.embedded or is_of_zone else learned,
    )
    if json:
        from json import dumps

        print(dumps(facts(plan, rate=target.reach.rate), indent=1, ensure_ascii=False))
    else:
        print(text(plan, rate=target.reach.rate), end="")
    return Exit.CONFORMANT


def _reported(arguments: argparse.Namespace, out: Path, desk: SqliteDesk | None) -> int:
    """Everything that is a view of the record; what is shown comes last, and tells what is there.

    What cannot be filed or written takes nothing away from what is shown.
    """
    from harness.record import FILE, read
    from harness.reports import json_report, summary
    from harness.reports.files import written

    record = read(out)
    tickets, unfiled = _filed(desk, record) if desk else ((), None)
    files, unwritten = written(record, out)
    unshared = None if unwritten else _share(arguments, out)
    troubles = [trouble for trouble in (unfiled, unwritten, unshared) if trouble]
    code = (record.exit or Exit.USAGE) if troubles else record.exit
    if arguments.json:
        print(json_report.render(record))
    else:
        ended = summary.Ended(out, (FILE, *files), tickets, code)
        summary.show(record, sys.stdout, environ=os.environ, ended=ended)
    sys.stdout.flush()
    for trouble in troubles:
        print(f"oots: {trouble}", file=sys.stderr)
    return code


def _share(arguments: argparse.Namespace, out: Path) -> UsageFault | None:
    """Write the copy without names, where one is wanted; answers why it could not be."""
    if not arguments.redact:
        return None
    from harness.record import read
    from harness.reports.files import write_reports
    from harness.shared_record import share

    copy = out / SHARED
    try:
        share(out, copy, arguments.redact, overwrite=arguments.overwrite)
        write_reports(read(copy), copy)
    except UsageFault as unwritten:
        return unwritten
    print(f"A copy for sharing is in {copy}; look into it first.", file=sys.stderr)
    return None


def _desk(path: Path | None) -> SqliteDesk:
    """The desk, made before anything is asked; raises `UsageFault` where it cannot be used."""
    from harness.adapters.sqlite import SqliteDesk, default_path

    desk = SqliteDesk(path or default_path())
    desk.make()
    return desk


def _filed(desk: SqliteDesk, record: Record) -> tuple[tuple[str, ...], UsageFault | None]:
    """The incidents, and why they could not be filed."""
    from harness.attribution import attributions

    at = datetime.fromisoformat(record.header["started"])
    whose = attributions(record)
    try:
        return desk.file_all(
            record.results, run=record.header["run"], at=at, attributions=whose
        ), None
    except UsageFault as unfiled:
        return (), unfiled


def _list(entries: Sequence[tuple[str, str]], *, json: bool) -> int:
    from json import dumps

    wide = max((len(name) for name, _ in entries), default=0)
    told = [{"name": name, "title": title} for name, title in entries]
    lines = [f"{name:{wide}}  {title}" for name, title in entries]
    print(dumps(told, indent=2, ensure_ascii=False) if json else "\n".join(lines))
    return Exit.CONFORMANT
