"""`oots run`: start the landscape, put every check to every subject, record, file, report."""

from __future__ import annotations

import argparse
import asyncio
import difflib
import os
import secrets
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import UsageFault

if TYPE_CHECKING:
    from harness.checks import Check
    from harness.execution import Selection
    from harness.model import CheckResult, ServiceKey, Target
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
    asked.add_argument("--list-checks", action="store_true", help="list the checks and stop")
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
        "--fault", metavar="NAME", help="seed this fault in the landscape, to see it caught"
    )
    whom.add_argument("--list-faults", action="store_true", help="list the faults and stop")
    files = parser.add_argument_group("what comes out")
    files.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        help="folder for the record and the reports (default: oots-report/<run id>)",
    )
    files.add_argument(
        "--json", action="store_true", help="print one JSON object instead of the summary"
    )
    files.add_argument("--quiet", action="store_true", help="show no progress")
    files.add_argument(
        "--desk", metavar="FILE", type=Path, help="the desk that failures are filed on"
    )
    files.add_argument("--no-tickets", action="store_true", help="file no incidents")


def run(arguments: argparse.Namespace) -> int:
    """Do it; answers the exit code."""
    from harness.extensions import checks, landscape

    if arguments.list_checks:
        return _print(f"{check.id:9} {check.title}" for check in checks())
    if arguments.list_faults:
        return _print(f"{note.name:34} {note.title}" for note in landscape().faults())
    selection = _selection(arguments, checks(), landscape())
    subjects, target = started(arguments.fault)
    try:
        out = _recorded(arguments, selection, target)
    finally:
        subjects.stop()
    return _reported(arguments, out)


def _recorded(arguments: argparse.Namespace, selection: Selection, target: Target) -> Path:
    """Run, and record; answers the folder. What Ctrl-C leaves behind is whole and says so."""
    from harness.execution import now
    from harness.extensions import checks
    from harness.provenance import header_facts, run_id, target_facts
    from harness.record import FILE, RecordWriter
    from harness.reports.summary import Progress

    asked, keys, begun = selection.questions(checks()), selection.keys(target), now()
    total = sum(key.service in check.services for check in asked for key in keys)
    if not total:
        raise UsageFault(
            "oots run",
            expected="a selection with something in it",
            seen="no check for these subjects",
            remedy="widen --check, --chapter, --service or --member-state",
        )
    ident = run_id(begun, secrets.token_hex(3))
    out: Path = arguments.out or Path("oots-report") / ident
    with RecordWriter(out / FILE, now) as writer:
        writer.header(
            header_facts(
                ident,
                begun,
                target=target_facts(target),
                selection=asdict(selection),
                checks=checks(),
                fault=arguments.fault,
            )
        )
        with Progress(total, quiet=arguments.quiet) as progress:

            def report(result: CheckResult) -> None:
                writer.result(result)
                progress.step(result)

            try:
                asyncio.run(_execute(target, asked, keys, writer, report))
            except KeyboardInterrupt:
                writer.close(complete=False, reason="interrupted")
            else:
                writer.close(complete=True)
    return out


async def _execute(
    target: Target,
    asked: Sequence[Check],
    keys: Sequence[ServiceKey],
    writer: RecordWriter,
    report: Callable[[CheckResult], None],
) -> None:
    from harness.execution import execute, open_session

    async with open_session(target, writer.exchange) as session:
        await execute(session, asked, keys, report=report)


def _reported(arguments: argparse.Namespace, out: Path) -> int:
    """Everything that is a view of the record."""
    from harness.record import read
    from harness.reports import allure, html, json_report, junit, summary

    record = read(out)
    tickets = () if arguments.no_tickets else _filed(arguments.desk, record)
    _written(out / "junit.xml", junit.render(record))
    _written(out / "report.html", html.render(record))
    allure.write(record, out / "allure-results")
    if arguments.json:
        print(json_report.render(record))
    else:
        summary.show(record, sys.stdout, environ=os.environ, out=out, tickets=tickets)
    return record.exit


def _filed(desk: Path | None, record: Record) -> tuple[str, ...]:
    from harness.adapters.sqlite import SqliteDesk, default_path
    from harness.desk.filing import incidents

    found = incidents(record.results)
    if not found:
        return ()
    at = datetime.fromisoformat(record.header["started"])
    return SqliteDesk(desk or default_path()).file_all(found, run=record.header["run"], at=at)


def _written(path: Path, content: str | bytes) -> None:
    try:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise UsageFault(
            str(path),
            expected="a file that can be written",
            seen=error.strerror or str(error),
            remedy="choose another --out",
        ) from error


def started(
    fault: str | None, *, dns_port: int = 0, https_port: int = 0
) -> tuple[Landscape, Target]:
    """The landscape, serving; port 0 is any free one."""
    from harness.extensions import landscape

    subjects = landscape()
    known = [note.name for note in subjects.faults()]
    if fault is not None and fault not in known:
        raise _unknown("--fault", fault, known, "oots run --list-faults shows them all")
    try:
        return subjects, subjects.start(
            members=(), fault=fault, dns_port=dns_port, https_port=https_port
        )
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
        member_states=_words(
            "--member-state", arguments.member_state, subjects.members(), upper=True
        ),
        services=tuple(map(Service, _words("--service", arguments.service, tuple(Service)))),
        environments=tuple(
            map(
                Environment,
                _words("--environment", arguments.environment or ["acc"], tuple(Environment)),
            )
        ),
        checks=_words("--check", arguments.check, tuple(check.id for check in known), upper=True),
        chapters=_words("--chapter", arguments.chapter, CHAPTERS),
    )


def _words(
    option: str, given: Sequence[str], known: Sequence[str], *, upper: bool = False
) -> tuple[str, ...]:
    """Words of a closed list, repeated or separated by commas, each once, in the order given."""
    words = [word.strip() for text in given for word in text.split(",") if word.strip()]
    words = [word.upper() if upper else word.lower() for word in words]
    for word in words:
        if word not in known:
            raise _unknown(option, word, list(known), f"known are {', '.join(known)}")
    return tuple(dict.fromkeys(words))


def _unknown(option: str, word: str, known: list[str], remedy: str) -> UsageFault:
    near = difflib.get_close_matches(word, known, 1, 0.5)
    return UsageFault(
        option,
        expected=f"a known word{f', such as {near[0]}' if near else ''}",
        seen=repr(word),
        remedy=remedy,
    )


def _print(lines: Iterable[str]) -> int:
    print("\n".join(lines))
    return 0
