"""The desk in a file: SQLite, one transaction for all that a run files, safe for several processes.

A write begins with BEGIN IMMEDIATE, so that what was read under it still holds when it is
committed; a failure has one ticket because its fingerprint is a unique key.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from harness.attribution import Attribution, Key, key
from harness.desk.filing import NOT_LOOKED_AT, incidents
from harness.desk.fingerprint import Fingerprint, fingerprint
from harness.desk.ticket import (
    INCIDENT,
    OCCURRED,
    OPEN,
    REGISTERED,
    REGISTRATION,
    Event,
    Occurrence,
    Ticket,
    number,
    title,
)
from harness.errors import HarnessFault, UsageFault
from harness.model import CheckResult

VERSION = 1
"""Of the schema; kept in the file as `user_version`."""

APPLICATION = 0x4F4F5453
"""`OOTS`: tells a desk from any other SQLite file, kept in the file as `application_id`."""

PATIENCE = 30.0
"""Seconds to wait for another process that is writing."""

ELSEWHERE = "choose another file with OOTS_DESK"
REMEDIES = {
    sqlite3.SQLITE_BUSY: "wait until the other process has finished, then file again",
    sqlite3.SQLITE_CORRUPT: "restore it from a copy, or move it away and begin a new one",
    sqlite3.SQLITE_FULL: "free some space, or choose another file with OOTS_DESK",
}
"""What to do, by SQLite's primary result code."""

_SCHEMA = """
CREATE TABLE ticket (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  fingerprint TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL, environment TEXT NOT NULL, member_state TEXT NOT NULL,
  component TEXT NOT NULL, "check" TEXT NOT NULL, tag TEXT NOT NULL,
  type TEXT NOT NULL, step INTEGER NOT NULL, status TEXT NOT NULL, title TEXT NOT NULL,
  expected TEXT NOT NULL, seen TEXT NOT NULL, clause TEXT NOT NULL, requirement TEXT NOT NULL,
  first_seen TEXT NOT NULL, last_seen TEXT NOT NULL
);
CREATE TABLE occurrence (
  ticket INTEGER NOT NULL REFERENCES ticket, run TEXT NOT NULL, service TEXT NOT NULL,
  at TEXT NOT NULL, evidence TEXT NOT NULL,
  PRIMARY KEY (ticket, run, service)
);
CREATE TABLE event (
  ticket INTEGER NOT NULL REFERENCES ticket,
  at TEXT NOT NULL, act TEXT NOT NULL, note TEXT NOT NULL
);
CREATE INDEX event_of ON event (ticket);
"""

_WHOSE = """
CREATE TABLE IF NOT EXISTS attribution (
  ticket INTEGER PRIMARY KEY REFERENCES ticket,
  blame TEXT NOT NULL, why TEXT NOT NULL, evidence TEXT NOT NULL
)
"""
"""A table of its own, so that older desks stay readable, and newer ones for older releases."""


def default_path(environ: Mapping[str, str] = os.environ) -> Path:
    """`$OOTS_DESK`, else a file below `$XDG_STATE_HOME`, else one below `~/.local/state`."""
    if environ.get("OOTS_DESK"):
        return Path(environ["OOTS_DESK"])
    state = environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(state):  # noqa: PTH117 -- the XDG text: a relative path is to be ignored
        try:
            state = str(Path.home() / ".local" / "state")
        except RuntimeError as cause:
            raise UsageFault(
                "the desk",
                expected="a home folder to keep it in",
                seen=str(cause),
                remedy="set OOTS_DESK to a file that can be written",
            ) from None
    return Path(state) / "oots" / "desk.sqlite3"


class SqliteDesk:
    """A `TicketDesk` in one file, which is made when a run that may file is begun, or files."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def make(self) -> None:
        """Make the file where it is not there; raises `UsageFault` where it cannot be used."""
        with self._writing():
            pass

    def file(self, result: CheckResult, *, run: str, at: datetime) -> str:
        """Register a failure, or add the occurrence to its ticket; answers the ticket's number."""
        filed = self.file_all([result], run=run, at=at)
        if not filed:
            raise HarnessFault(f"only failures are filed, not {result.verdict}")
        return filed[0]

    def file_all(
        self,
        results: Iterable[CheckResult],
        *,
        run: str,
        at: datetime,
        attributions: Mapping[Key, Attribution] = NOT_LOOKED_AT,
    ) -> tuple[str, ...]:
        """File all failures of a run, or none; answers the numbers of their tickets, each once.

        Those that are not the subject's are left out. A run that is filed again adds nothing.
        Raises `UsageFault` where the file cannot be used.
        """
        failures = incidents(results, attributions)
        if not failures:
            return ()
        at = at.astimezone(UTC)
        with self._writing() as desk:
            desk.execute(_WHOSE)
            serials = [_filed(desk, failure, run, at) for failure in failures]
            for serial, failure in zip(serials, failures, strict=True):
                _attribute(desk, serial, attributions.get(key(failure)))
        return tuple(number(serial) for serial in dict.fromkeys(serials))

    def tickets(self) -> tuple[Ticket, ...]:
        """Every ticket, by number."""
        return self._read("SELECT * FROM ticket ORDER BY serial")

    def ticket(self, serial: int) -> Ticket | None:
        """One ticket; None where there is none of that number."""
        found = self._read("SELECT * FROM ticket WHERE serial = ?", serial)
        return found[0] if found else None

    def _read(self, query: str, *values: int) -> tuple[Ticket, ...]:
        with _told(self._path):
            if not self._path.exists():
                return ()
            with self._connected() as desk:
                desk.execute("BEGIN")
                if not _is_desk(desk, self._path):
                    return ()
                return tuple(_ticket(desk, row) for row in desk.execute(query, values).fetchall())

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """The desk within one transaction, which is undone if anything goes wrong."""
        with _told(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._connected() as desk:
                desk.execute("BEGIN")
                _is_desk(desk, self._path)
                desk.execute("COMMIT")
                with suppress(sqlite3.OperationalError):  # another process may be doing the same,
                    desk.execute("PRAGMA journal_mode = WAL")  # and it is a matter of speed only
                desk.execute("BEGIN IMMEDIATE")
                if not _is_desk(desk, self._path):
                    _furnish(desk)
                yield desk
                desk.execute("COMMIT")

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, timeout=PATIENCE, isolation_level=None)
        with closing(connection) as desk:
            desk.row_factory = sqlite3.Row
            yield desk


def _is_desk(desk: sqlite3.Connection, path: Path) -> bool:
    """Whether the file is a desk of this version, or else still empty; raises `UsageFault`.

    It is asked within a transaction, so that the three answers belong together.
    """
    (application,) = desk.execute("PRAGMA application_id").fetchone()
    (version,) = desk.execute("PRAGMA user_version").fetchone()
    (tables,) = desk.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application == APPLICATION and version > VERSION:
        raise _refused(path, f"version {version}", "use the newer oots that made it")
    if application != APPLICATION and tables:
        raise _refused(path, "an SQLite file of something else", ELSEWHERE)
    return bool(application == APPLICATION)


def _furnish(desk: sqlite3.Connection) -> None:
    """Make an empty file a desk."""
    for statement in _SCHEMA.split(";"):
        desk.execute(statement)
    desk.execute(f"PRAGMA application_id = {APPLICATION}")
    desk.execute(f"PRAGMA user_version = {VERSION}")


def _filed(desk: sqlite3.Connection, result: CheckResult, run: str, at: datetime) -> int:
    """Register one failure; answers the serial number of its ticket."""
    parts, now = fingerprint(result), at.isoformat()
    known = desk.execute(
        "SELECT serial FROM ticket WHERE fingerprint = ?", (parts.text,)
    ).fetchone()
    serial = int(known["serial"]) if known else _registered(desk, result, parts, now)
    seen_before = desk.execute(
        "SELECT count(*) FROM occurrence WHERE ticket = ? AND run = ?", (serial, run)
    ).fetchone()[0]
    added = desk.execute(
        "INSERT INTO occurrence VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (serial, run, result.service, now, json.dumps(result.evidence)),
    )
    if added.rowcount and not seen_before:
        act = OCCURRED if known else REGISTERED
        desk.execute("INSERT INTO event VALUES (?, ?, ?, ?)", (serial, now, act, f"run {run}"))
        desk.execute(
            "UPDATE ticket SET title = ?, expected = ?, seen = ?, clause = ?, requirement = ?,"
            " last_seen = max(last_seen, ?) WHERE serial = ?",
            (*_told_by(result), now, serial),
        )
    return serial


def _attribute(desk: sqlite3.Connection, serial: int, found: Attribution | None) -> None:
    """Note whose it is; what an earlier run found out stays where nobody looked again."""
    if found:
        values = (serial, found.blame, _storable(found.why), json.dumps(found.evidence))
        desk.execute("INSERT OR REPLACE INTO attribution VALUES (?, ?, ?, ?)", values)


def _registered(desk: sqlite3.Connection, result: CheckResult, parts: Fingerprint, now: str) -> int:
    """A new ticket."""
    values = (
        *(parts.text, parts.version, parts.environment, parts.member_state),
        *(parts.component, parts.check, parts.tag),
        *(INCIDENT, REGISTRATION, OPEN),
        *(*_told_by(result), now, now),
    )
    marks = ", ".join("?" * len(values))
    made = desk.execute(f"INSERT INTO ticket VALUES (NULL, {marks})", values)  # noqa: S608 -- question marks only
    if made.lastrowid is None:
        raise HarnessFault("SQLite gave a new ticket no number")
    return made.lastrowid


def _told_by(result: CheckResult) -> tuple[str, str, str, str, str]:
    """Title, expected, seen, clause and requirement, as text that SQLite can hold.

    A record from elsewhere may hold a lone surrogate, which has no UTF-8.
    """
    told = (title(result), result.expected, result.seen, result.clause, result.requirement)
    first, second, third, fourth, fifth = map(_storable, told)
    return first, second, third, fourth, fifth


def _storable(text: str | None) -> str:
    return (text or "").encode("utf-8", "backslashreplace").decode()


def _whose(desk: sqlite3.Connection, serial: int) -> tuple[str | None, str | None]:
    """Blame and reasoning; nothing on desks of earlier releases."""
    known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'attribution'"
    if desk.execute(known).fetchone() is None:
        return None, None
    told = "SELECT blame, why FROM attribution WHERE ticket = ?"
    found = desk.execute(told, (serial,)).fetchone()
    return (found["blame"], found["why"]) if found else (None, None)


def _ticket(desk: sqlite3.Connection, row: sqlite3.Row) -> Ticket:
    serial, at = row["serial"], datetime.fromisoformat
    names = ("version", "environment", "member_state", "component", "check", "tag")
    occurrences = desk.execute(
        "SELECT * FROM occurrence WHERE ticket = ? ORDER BY rowid", (serial,)
    )
    events = desk.execute("SELECT * FROM event WHERE ticket = ? ORDER BY rowid", (serial,))
    blame, why = _whose(desk, serial)
    return Ticket(
        serial=serial,
        type=row["type"],
        step=row["step"],
        status=row["status"],
        title=row["title"],
        fingerprint=Fingerprint(*(row[name] for name in names)),
        expected=row["expected"],
        seen=row["seen"],
        clause=row["clause"],
        requirement=row["requirement"],
        first_seen=at(row["first_seen"]),
        last_seen=at(row["last_seen"]),
        occurrences=tuple(
            Occurrence(o["run"], o["service"], at(o["at"]), tuple(json.loads(o["evidence"])))
            for o in occurrences
        ),
        history=tuple(Event(at(e["at"]), e["act"], e["note"]) for e in events),
        blame=blame,
        why=why,
    )


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in one line what is wrong with the file, whatever SQLite or the system calls it."""
    try:
        yield
    except OSError as cause:
        raise _refused(path, (cause.strerror or str(cause)).lower(), ELSEWHERE) from None
    except sqlite3.Error as cause:
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        raise _refused(path, str(cause), REMEDIES.get(code, ELSEWHERE)) from None


def _refused(path: Path, seen: str, remedy: str) -> UsageFault:
    expected = f"a desk of version {VERSION} that can be read and written"
    return UsageFault(f"the desk {path}", expected=expected, seen=seen, remedy=remedy)
