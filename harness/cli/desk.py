"""`oots desk`: the incidents that failed checks were filed as."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from harness.cli.words import existing_name
from harness.errors import UsageFault

if TYPE_CHECKING:
    from harness.desk.ticket import Ticket

WIDTH = 80
RECENT = 20
"""How many occurrences and events are shown; JSON has them all."""
EPILOG = """\
The desk is the file $OOTS_DESK, else oots/desk.sqlite3 below $XDG_STATE_HOME,
else ~/.local/state/oots/desk.sqlite3.

examples:
  oots desk list
  oots desk show 1
  oots desk show INC-000001 --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do at the desk."""
    parser.epilog = EPILOG
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    listed = acts.add_parser("list", help="list the tickets", description="List the tickets.")
    shown = acts.add_parser("show", help="show one ticket", description="Show one ticket.")
    shown.add_argument("number", metavar="N", help="its number: 1 or INC-000001")
    for act, form in ((listed, "a JSON array"), (shown, "a JSON object")):
        act.add_argument("--json", action="store_true", help=f"print {form}")
        act.add_argument("--desk", metavar="FILE", type=existing_name, help="another desk")


def run(arguments: argparse.Namespace) -> int:
    """Do it; answers the exit code."""
    from harness.adapters.sqlite import SqliteDesk, default_path

    path = arguments.desk or default_path()
    if arguments.desk and not path.exists():
        raise UsageFault(
            "--desk",
            expected="the file of a desk",
            seen=f"no file {path}",
            remedy="leave --desk out for your own desk, or name one that `oots run` made",
        )
    desk = SqliteDesk(path)
    if arguments.act == "list":
        tickets = desk.tickets()
        print(_array(tickets) if arguments.json else "\n".join(_table(tickets, path)))
    else:
        ticket = _found(desk.tickets(), arguments.number, path)
        print(_object(ticket) if arguments.json else "\n".join(_page(ticket)))
    return 0


def _found(tickets: tuple[Ticket, ...], text: str, path: Path) -> Ticket:
    from harness.desk.ticket import serial

    wanted = serial(text)
    for ticket in tickets:
        if ticket.serial == wanted:
            return ticket
    known = f"{tickets[0].number} to {tickets[-1].number}" if tickets else "no ticket at all"
    raise UsageFault(
        "oots desk show",
        expected=f"the number of a ticket on {path}, which has {known}",
        seen=repr(text),
        remedy="see `oots desk list`",
    )


def _table(tickets: tuple[Ticket, ...], path: Path) -> Iterator[str]:
    if not tickets:
        yield f"No incidents on {path}."
        yield "A check that fails in `oots run` is filed here; see one with"
        yield "  oots run --member-state FI --fault root_without_tls"
        return
    yield "number      step            status  where             runs  last seen"
    for ticket in tickets:
        parts = ticket.fingerprint
        where = f"{parts.member_state} {parts.environment} {parts.component}"
        step = f"{ticket.step} {ticket.step_name}"
        yield (
            f"{ticket.number:10}  {step:14}  {ticket.status:6}  {where:16}"
            f"  {len(ticket.runs):4}  {ticket.last_seen:%Y-%m-%d %H:%M}"
        )
        yield _cut(f"            {parts.check} {parts.tag}")


def _page(ticket: Ticket) -> Iterator[str]:
    parts = ticket.fingerprint
    step = f"step {ticket.step} {ticket.step_name}"
    yield f"{ticket.number}  {ticket.type}, {ticket.status}, at {step}"
    yield from wrap(ticket.title, WIDTH)
    yield ""
    rows = (
        ("where", f"{parts.member_state}, environment {parts.environment}, {parts.component}"),
        ("check", f"{parts.check} reports {parts.tag}"),
        ("requirement", ticket.requirement),
        ("clause", ticket.clause),
        ("expected", ticket.expected),
        ("seen", ticket.seen),
        *([("whose", f"{ticket.blame}: {ticket.why}")] if ticket.blame else []),
        ("first seen", f"{ticket.first_seen:%Y-%m-%d %H:%M:%S} UTC"),
        ("last seen", f"{ticket.last_seen:%Y-%m-%d %H:%M:%S} UTC"),
        ("fingerprint", parts.text),
    )
    for name, value in rows:
        yield from _row(name, value)
    yield ""
    earlier = len(ticket.occurrences[:-RECENT])
    yield f"occurrences{f' (and {earlier} earlier ones)' if earlier else ''}"
    for occurrence in ticket.occurrences[-RECENT:]:
        evidence = " ".join(occurrence.evidence) or "none"
        yield from _row(f"  {occurrence.service}", f"run {occurrence.run}, exchanges {evidence}")
    yield ""
    earlier = len(ticket.history[:-RECENT])
    yield f"history, UTC{f' (and {earlier} earlier entries)' if earlier else ''}"
    for event in ticket.history[-RECENT:]:
        yield from _row("", f"{event.at:%Y-%m-%d %H:%M:%S}  {event.act}: {event.note}")


def _row(name: str, value: str) -> list[str]:
    return wrap(
        value,
        WIDTH,
        initial_indent=f"{name:13}",
        subsequent_indent=" " * 13,
        break_on_hyphens=False,
    ) or [name]


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def _array(tickets: tuple[Ticket, ...]) -> str:
    import json

    from harness.desk.ticket import facts

    return json.dumps([facts(ticket) for ticket in tickets], indent=2, ensure_ascii=False)


def _object(ticket: Ticket) -> str:
    import json

    from harness.desk.ticket import facts

    return json.dumps(facts(ticket), indent=2, ensure_ascii=False)
