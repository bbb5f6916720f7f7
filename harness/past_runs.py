"""Past runs of a folder, each told by the first and the last line of its record.

A record that cannot be read is told as such, and keeps no other from being listed.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from harness.errors import UsageFault
from harness.model import Verdict
from harness.record import FILE, LONGEST_LINE, read
from harness.record_lines import Malformed, facts_of, footer_of, header_of, instant_of
from harness.repetition import repeated_run
from harness.reproduction import target_file
from harness.verdicts import Exit

MOST = 10_000
"""How many folders are looked into."""

_TAIL = 64 * 1024
"""A footer is much shorter than this."""

_FOOTER = b'{"kind":"footer"'


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run. `reason` says why it is not complete; `planned` is None where that is not told."""

    folder: Path
    run: str
    started: datetime
    target: str
    target_file: str | None
    profile: str | None
    fault: str | None
    repeats: str | None
    redacted: tuple[str, ...]
    counts: Mapping[Verdict, int]
    planned: int | None
    complete: bool
    reason: str | None
    exit: Exit


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that is not as the harness writes it; `why` is one line."""

    folder: Path
    why: str


def past_runs(folder: Path) -> tuple[PastRun | Unreadable, ...]:
    """The runs of a folder and of the folders in it, the earliest first; unreadable ones last.

    Raises `UsageFault` where the folder itself cannot be looked into.
    """
    found = [_past_run(file) for file in _records(folder)]
    runs = sorted((r for r in found if isinstance(r, PastRun)), key=lambda r: (r.started, r.run))
    return (*runs, *(each for each in found if isinstance(each, Unreadable)))


def _records(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted(entry.path for entry in os.scandir(folder) if entry.is_dir())
    except OSError as cause:
        raise UsageFault(
            str(folder),
            expected="a folder of runs",
            seen=(cause.strerror or str(cause)).lower(),
            remedy="name the folder that --out names, or the one above it",
        ) from None
    for place in (folder, *map(Path, entries[:MOST])):
        if os.path.lexists(place / FILE):
            yield place / FILE


def _past_run(file: Path) -> PastRun | Unreadable:
    try:
        if not file.is_file():
            return Unreadable(file.parent, f"{FILE} is no file")
        with file.open("rb") as source:
            header = header_of(facts_of(source.readline(LONGEST_LINE)))
            source.seek(max(0, source.seek(0, os.SEEK_END) - _TAIL))
            return _told(file, header, _footer(source.read(_TAIL)))
    except OSError as cause:
        return Unreadable(file.parent, (cause.strerror or str(cause)).lower())
    except Malformed as flaw:
        return Unreadable(file.parent, f"line 1: expected {flaw.expected}, but saw {flaw.seen}")
    except (UsageFault, ValueError) as flaw:
        return Unreadable(file.parent, str(flaw))


def _footer(tail: bytes) -> Mapping[str, Any] | None:
    """The footer that a record ends with; None where it was broken off."""
    last = tail.rstrip(b"\n").rpartition(b"\n")[2]
    whole = tail.endswith(b"\n") and last.startswith(_FOOTER)
    return footer_of(facts_of(last)) if whole else None


def _told(file: Path, header: Mapping[str, Any], footer: Mapping[str, Any] | None) -> PastRun:
    complete, ended, counts, reason = _ended(file, footer)
    return PastRun(
        folder=file.parent,
        run=header["run"],
        started=instant_of(header["started"]),
        target=header["target"]["name"],
        target_file=target_file(header),
        profile=header["selection"].get("profile"),
        fault=header.get("fault"),
        repeats=repeated_run(header),
        redacted=tuple(header.get("redacted", ())),
        counts=counts,
        planned=(header.get("planned") or {}).get("results"),
        complete=complete,
        reason=reason,
        exit=ended,
    )


def _ended(
    file: Path, footer: Mapping[str, Any] | None
) -> tuple[bool, Exit, Mapping[Verdict, int], str | None]:
    """Whether it was carried to its end, with which exit code, and how many results of each kind.

    A run that was broken off is counted line by line.
    """
    if footer:
        counts = {Verdict(verdict): count for verdict, count in footer["counts"].items()}
        return footer["complete"], Exit(footer["exit"]), counts, footer["reason"]
    record = read(file, exchanges=False)
    counts = Counter(result.verdict for result in record.results)
    return False, record.exit, counts, "it was killed, or is under way"


def facts(each: PastRun | Unreadable) -> dict[str, Any]:
    """A run as plain values, for JSON."""
    if isinstance(each, Unreadable):
        return {"folder": str(each.folder), "unreadable": each.why}
    names = ("run", "target", "target_file", "profile", "fault", "repeats", "redacted")
    told = {name: getattr(each, name) for name in names}
    return {
        "folder": str(each.folder),
        **told,
        "started": each.started.isoformat(),
        "counts": {verdict: each.counts.get(verdict, 0) for verdict in Verdict},
        "planned": each.planned,
        "complete": each.complete,
        "reason": each.reason,
        "exit": each.exit,
    }
