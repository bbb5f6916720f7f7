"""`oots run`: start the landscape, put every check to every subject, record, file, report."""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.words import Once, chosen, existing_name, unknown
from harness.errors import UsageFault
from harness.requirements import CURRENT_PROFILE, PROFILES
from harness.verdicts import Exit

if TYPE_CHECKING:
    from harness.adapters.sqlite import SqliteDesk
    from harness.checks import Check
    from harness.execution import Selection
    from harness.model import CheckResult, Target
    from harness.ports import Landscape
    from harness.record import Record, RecordWriter

EPILOG = """\
examples:
  oots run                                      every Member State, environment acc
  oots run --member-state FI,GR --service dsd   two directories
  oots run --member-state FI --fault root_without_tls
                                                see what a failure looks like
  oots run --list-faults                        what can be seeded
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is asked, of whom, and where the files go."""
    parser.epilog = EPILOG
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
    listing = parser.add_mutually_exclusive_group()
    listing.add_argument(
        "--list-checks", action="store_true", help="list the selected checks and stop"
    )
    listing.add_argument("--list-faults", action="store_true", help="list the faults and stop")
    asked.add_argument(
        "--profile",
        metavar="PROFILE",
        default=CURRENT_PROFILE,
        help=f"the rule profile to judge by: {', '.join(PROFILES)} (default: %(default)s)",
    )
    whom = parser.add_argument_group("of whom")
    whom.add_argument(
        "--member-state",
        metavar="XX",
        action="append",
        default=[],
        help="only this Member State (ISO 3166-1 alpha-2; repeat or separate by commas)",
    )
    whom.add_argument(
        "--service", metavar="SERVICE", action="append", default=[], help="only eb or dsd"
    )
    whom.add_argument(
        "--environment",
        metavar="ENV",
        action="append",
        default=[],
        help="prod, acc or testing (default: acc)",
    )
    whom.add_argument(
        "--fault",
        metavar="NAME",
        action=Once,
        help="seed this fault in the landscape, to see it caught",
    )
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
    selection = _selection(arguments, checks(), landscape())
    if arguments.list_checks:
        asked = selection.questions(checks())
        return _list([(check.id, check.title) for check in asked], json=arguments.json)
    desk = None if arguments.no_tickets else _desk(arguments.desk)
    subjects, target = started(arguments.fault)
    try:
        out = _recorded(arguments, selection, target)
    finally:
        subjects.stop()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the views of what was recorded are made now
    return _reported(out, desk, json=arguments.json)


def _recorded(arguments: argparse.Namespace, selection: Selection, target: Target) -> Path:
    """Run, and record; answers the folder. What Ctrl-C leaves behind is whole and says so."""
    from harness.execution import now, planned
    from harness.extensions import checks
    from harness.provenance import header_facts, run_id, target_facts
    from harness.record import FILE, RecordWriter
    from harness.reports.summary import Progress

    asked, keys, begun = selection.questions(checks()), selection.keys(target), now()
    plan = planned(asked, keys)
    total = sum(plan.values())
    if not total:
        raise UsageFault(
            "oots run",
            expected="a selection with something in it",
            seen="no check for these subjects",
            remedy="widen --check, --chapter, --service, --member-state or --profile",
        )
    ident = run_id(begun, secrets.token_hex(3))
    out: Path = arguments.out or Path("oots-report") / ident
    with RecordWriter(out / FILE, now, overwrite=arguments.overwrite) as writer:
        writer.header(
            header_facts(
                ident,
                begun,
                target=target_facts(target),
                selection=asdict(selection),
                checks=checks(),
                fault=arguments.fault,
                planned={"results": total, "member_states": plan},
            )
        )
        with Progress(total, quiet=arguments.quiet) as progress:

            def report(result: CheckResult) -> None:
                writer.result(result)
                progress.step(result)

            try:
                asyncio.run(_execute(target, selection, writer, report))
            except KeyboardInterrupt:
                writer.close(complete=False, reason="interrupted")
            else:
                writer.close(complete=True)
    return out


async def _execute(
    target: Target,
    selection: Selection,
    writer: RecordWriter,
    report: Callable[[CheckResult], None],
) -> None:
    from harness.execution import execute, open_session
    from harness.extensions import checks

    asked, keys = selection.questions(checks()), selection.keys(target)

    async with open_session(target, writer.exchange, profile=selection.profile) as session:
        await execute(session, asked, keys, report=report)


def _reported(out: Path, desk: SqliteDesk | None, *, json: bool) -> int:
    """Everything that is a view of the record; what is shown does not depend on what is written."""
    from harness.record import read
    from harness.reports import allure, html, json_report, junit, summary, write

    record = read(out)
    tickets = _filed(desk, record) if desk else ()
    if json:
        print(json_report.render(record))
    else:
        summary.show(record, sys.stdout, environ=os.environ, out=out, tickets=tickets)
    sys.stdout.flush()
    try:
        write(out / "junit.xml", junit.render(record))
        write(out / "report.html", html.render(record))
        allure.write(record, out / "allure-results")
    except UsageFault as unwritten:
        print(f"oots: {unwritten}", file=sys.stderr)
        return record.exit or Exit.USAGE
    return record.exit


def _desk(path: Path | None) -> SqliteDesk:
    """The desk, opened before anything is asked; raises `UsageFault` where it cannot be used."""
    from harness.adapters.sqlite import SqliteDesk, default_path

    desk = SqliteDesk(path or default_path())
    desk.tickets()
    return desk


def _filed(desk: SqliteDesk, record: Record) -> tuple[str, ...]:
    from harness.desk.filing import incidents

    found = incidents(record.results)
    if not found:
        return ()
    at = datetime.fromisoformat(record.header["started"])
    return desk.file_all(found, run=record.header["run"], at=at)


def started(
    fault: str | None, *, dns_port: int = 0, https_port: int = 0, zone: str | None = None
) -> tuple[Landscape, Target]:
    """The landscape, serving; port 0 is any free one."""
    from harness.extensions import landscape

    subjects = landscape()
    known = [note.name for note in subjects.faults()]
    if fault is not None and fault not in known:
        raise unknown("--fault", fault, known, "oots run --list-faults shows them all")
    try:
        return subjects, subjects.start(
            members=(), fault=fault, dns_port=dns_port, https_port=https_port, zone=zone
        )
    except ValueError as error:
        raise UsageFault(
            "--zone",
            expected="a master file (RFC 1035)",
            seen=str(error),
            remedy="mend that line, or start from the file `zone` that `oots mock` writes",
        ) from None
    except OSError as error:
        raise UsageFault(
            "the landscape",
            expected="a port that is free",
            seen=str(error),
            remedy="choose other ports, or leave the choice to the kernel",
        ) from error


def _selection(
    arguments: argparse.Namespace, known: Sequence[Check], subjects: Landscape
) -> Selection:
    from harness.checks import CHAPTERS
    from harness.execution import Selection
    from harness.model import Environment, Service

    return Selection(
        member_states=chosen(
            "--member-state", arguments.member_state, subjects.members(), upper=True
        ),
        services=tuple(map(Service, chosen("--service", arguments.service, tuple(Service)))),
        environments=tuple(
            map(
                Environment,
                chosen("--environment", arguments.environment or ["acc"], tuple(Environment)),
            )
        ),
        checks=chosen("--check", arguments.check, tuple(check.id for check in known), upper=True),
        chapters=chosen("--chapter", arguments.chapter, CHAPTERS),
        profile=_profile(arguments.profile),
    )


def _profile(word: str) -> str:
    if word not in PROFILES:
        raise unknown("--profile", word, PROFILES, f"known are {', '.join(PROFILES)}")
    return word


def _list(entries: Sequence[tuple[str, str]], *, json: bool) -> int:
    from json import dumps

    wide = max((len(name) for name, _ in entries), default=0)
    told = [{"name": name, "title": title} for name, title in entries]
    lines = [f"{name:{wide}}  {title}" for name, title in entries]
    print(dumps(told, indent=2, ensure_ascii=False) if json else "\n".join(lines))
    return Exit.CONFORMANT
