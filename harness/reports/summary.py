"""What a person reads in ten seconds at the end of a run: as wide as the terminal, worst first."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Self, TextIO

from harness.model import CheckResult, Verdict
from harness.record import Record
from harness.reports import views
from harness.reports.context import Context, context_of, stopped
from harness.reports.headline import amount, early, exit_words, mark, sentence
from harness.reports.sheet import Sheet, columns, sheet_for
from harness.reports.summary_context import doctor, labelled, provenance, stale, turned, waivers
from harness.reports.views import Finding, Reason
from harness.reports.words import SYMBOL, code, cut, number, plain
from harness.verdicts import Exit

MOST = 12
"""How many findings or reasons of one verdict are shown; the HTML report has them all."""

_CHAPTER = 14
_FIGURE = 9
"""Columns of the table of chapters."""

_REWRITE = 0.1
_ADD = 5.0
"""Seconds between two signs of progress, on a terminal and elsewhere."""

_SHORT = {Verdict.NOT_APPLICABLE: "n/a"}
_PLAIN = Sheet()
_TOLD_BY_EXIT = (Exit.CONFORMANT, Exit.FAILED)
"""The codes whose words add to the sentence above them."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What was made of a run: the files that are there, where, the incidents, and the exit code."""

    out: Path
    files: tuple[str, ...]
    tickets: tuple[str, ...]
    code: Exit


def render(
    record: Record,
    *,
    ended: Ended | None = None,
    sheet: Sheet = _PLAIN,
    encoding: str = "utf-8",
) -> str:
    """The summary; `ended` tells what was made of the run, `encoding` what can be shown."""
    beside = context_of(record)
    lines = (
        *_opening(record, sheet),
        *doctor(record, sheet),
        *_findings(record, Verdict.FAILED, sheet, beside=beside),
        *stale(record, sheet),
        *_reasons(record, Verdict.BROKEN, sheet, beside=beside),
        *_reasons(record, Verdict.BLOCKED, sheet, beside=beside),
        *_findings(record, Verdict.WARNED, sheet, beside=beside),
        *_findings(record, Verdict.WAIVED, sheet, beside=beside),
        *turned(record, sheet),
        *(() if stopped(record) else (*_chapters(record, sheet), *_members(record, sheet))),
        *_ambiguous(record, sheet),
        *waivers(record, sheet),
        *_verdict(record, sheet),
        *(_files(ended, sheet) if ended else ()),
        _exit(record, ended.code if ended else record.exit),
    )
    return "\n".join(lines).encode(encoding, "backslashreplace").decode(encoding)


def show(
    record: Record,
    stream: TextIO,
    *,
    environ: Mapping[str, str],
    ended: Ended | None = None,
) -> None:
    """Print the summary as the stream can show it."""
    sheet, encoding = sheet_for(stream, environ), stream.encoding or "ascii"
    stream.write(f"{render(record, ended=ended, sheet=sheet, encoding=encoding)}\n")


class Progress:
    """How far a run has come: one line that is rewritten on a terminal, else a line now and then.

    A dumb terminal cannot rewrite, and gets lines. `clock` answers seconds that only grow.
    """

    def __init__(
        self,
        total: int,
        *,
        quiet: bool,
        stream: TextIO | None = None,
        clock: Callable[[], float] = monotonic,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._total = total
        self._stream = None if quiet else stream or sys.stderr
        self._terminal = (
            self._stream is not None and self._stream.isatty() and environ.get("TERM") != "dumb"
        )
        self._environ = environ
        self._clock = clock
        self._began = self._last = clock()
        self._done = self._failed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was."""
        if self._stream and self._terminal:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def step(self, result: CheckResult) -> None:
        """Count a result, and show where the run is if it is time to."""
        self._done += 1
        self._failed += result.verdict is Verdict.FAILED
        now = self._clock()
        if self._stream and now - self._last >= (_REWRITE if self._terminal else _ADD):
            self._last = now
            line = self._line(now - self._began, f"{result.chapter}, {views.subject(result)}")
            line = line[: columns(self._stream, self._environ) - 1]
            self._stream.write(f"\r{line}\x1b[K" if self._terminal else f"{line}\n")
            self._stream.flush()

    def _line(self, seconds: float, where: str) -> str:
        part = 100 * self._done // max(self._total, 1)
        text = f"{self._done:,} of {self._total:,} ({part} %), {self._failed:,} failed"
        return f"{text}, {seconds:.0f} s: {plain(where)}"


def _opening(record: Record, sheet: Sheet) -> Iterator[str]:
    checks = len({result.check for result in record.results})
    yield from sheet.wrapped(f"Run {record.header['run']} of {record.header['target']['name']}", 2)
    if record.header.get("fault"):
        yield from sheet.wrapped(f"with the seeded fault {record.header['fault']}", 2)
    left_out = record.header.get("left_out", [])
    if left_out:
        profile = record.header["selection"].get("profile")
        told = f"by the rule profile {profile}, which leaves out {number(len(left_out), 'check')}"
        yield from sheet.wrapped(told, 2)
    yield from provenance(record, sheet)
    if stopped(record):
        yield from sheet.wrapped(early(record), 2)
        return
    who = number(len({result.member_state for result in record.results}), "Member State")
    yield from sheet.wrapped(f"{amount(record)} of {number(checks, 'check')} for {who}", 2)


def _findings(record: Record, verdict: Verdict, sheet: Sheet, *, beside: Context) -> Iterator[str]:
    found = views.findings(record, verdict)
    if not found:
        return
    yield from _heading(verdict, sum(len(finding.results) for finding in found), sheet)
    for finding in found[:MOST]:
        yield from _finding(record, finding, sheet, beside=beside)
        if finding is not found[-1]:
            yield ""
    yield from _more(len(found) - MOST, "finding")


def _finding(record: Record, finding: Finding, sheet: Sheet, *, beside: Context) -> Iterator[str]:
    first = finding.first
    shown = f"{views.subject(first)}; others differ" if finding.varied else None
    yield sheet.line(f"  {first.check}  {first.tag or ''}: {_few(finding.results)}")
    yield from sheet.wrapped(f"    {first.title}", 4)
    for label, value in (
        ("expected", first.expected),
        ("seen", first.seen),
        ("shown", shown),
        *beside.notes(first),
        ("reason", first.detail),
        ("clause", first.clause),
        ("readings", views.under_readings(first)),
        ("explain", f"oots explain {first.check}" if views.explanation(record, first) else None),
    ):
        yield from labelled(label, value, sheet)
    yield f"    reproduce: {plain(views.reproduction(record, first))}"
    yield from _by_hand(first, beside)


def _by_hand(result: CheckResult, beside: Context) -> Iterator[str]:
    """The command for `dig` or `curl`, in one line, so that it can be copied."""
    line = beside.by_hand(result)
    if line:
        yield f"    by hand:   {plain(line)}"


def _reasons(record: Record, verdict: Verdict, sheet: Sheet, *, beside: Context) -> Iterator[str]:
    found = views.reasons(record, verdict)
    if not found:
        return
    yield from _heading(verdict, sum(len(reason.results) for reason in found), sheet)
    for reason in found[:MOST]:
        yield from _reason(record, reason, sheet, beside=beside)
    yield from _more(len(found) - MOST, "reason")


def _reason(record: Record, reason: Reason, sheet: Sheet, *, beside: Context) -> Iterator[str]:
    count = number(len(reason.results), "result")
    yield from sheet.wrapped(f"  {count}: {cut(reason.text, 240)}", 4)
    shown = ", ".join(reason.checks[:8]) + (", ..." if len(reason.checks) > 8 else "")  # noqa: PLR2004
    yield from sheet.wrapped(f"    {shown} on {_few(reason.results)}", 4)
    for label, value in beside.notes(reason.results[0]):
        yield from labelled(label, value, sheet)
    yield f"    reproduce: {plain(views.cause(record, reason))}"
    yield from _by_hand(reason.results[0], beside)


def _chapters(record: Record, sheet: Sheet) -> Iterator[str]:
    rows = views.chapters(record)
    sums = views.total(rows.values())
    columns = [v for v in sums if sums[v] or v in (Verdict.PASSED, Verdict.FAILED)]
    lines = (*rows.items(), ("all", sums))
    yield ""
    if _CHAPTER + _FIGURE * len(columns) > sheet.width:
        for title, row in lines:
            told = ", ".join(f"{row[v]:,} {_SHORT.get(v, v)}" for v in columns if row[v])
            yield from sheet.wrapped(f"{title}: {told or 'none'}", 2)
        return
    heads = "".join(f"{_SHORT.get(verdict, verdict):>{_FIGURE}}" for verdict in columns)
    yield f"{'Chapter':{_CHAPTER}}{heads}"
    for title, row in lines:
        figures = (f"{row[verdict]:,}" if row[verdict] else "-" for verdict in columns)
        shown = plain(title)[:_CHAPTER]
        yield f"{shown:{_CHAPTER}}" + "".join(f"{figure:>{_FIGURE}}" for figure in figures)


def _members(record: Record, sheet: Sheet) -> Iterator[str]:
    """Member States by the worst that was found of each, with how often; the green ones last.

    Of whom not everything was asked is told apart, and is never among the green ones.
    """
    lacking = views.unfinished(record)
    alike: dict[str, list[str]] = {}
    for who, cells in views.members(record).items():
        row = views.total(cells.values())
        worst = views.worst(row) or Verdict.NOT_APPLICABLE
        times = "" if worst in views.GREEN else f" ({row[worst]:,})"
        if times or who not in lacking:
            alike.setdefault(worst, []).append(f"{code(who)}{times}")
    for who, share in lacking.items():
        name, times = ("not finished", f" ({share.short})") if share.done else ("not asked", "")
        alike.setdefault(name, []).append(f"{code(who)}{times}")
    yield ""
    yield "Member States"
    for verdict in (
        *(verdict for verdict in SYMBOL if verdict in alike),
        "not finished",
        "not asked",
    ):
        mark = verdict if isinstance(verdict, Verdict) else None
        for line in sheet.wrapped(f"  {verdict:14}{', '.join(alike.get(verdict, ()))}", 16):
            if verdict in alike:
                yield line.replace(verdict, sheet.painted(verdict, mark), 1)


def _ambiguous(record: Record, sheet: Sheet) -> Iterator[str]:
    found = dict.fromkeys(result.check for result in views.ambiguous(record.results))
    if found:
        yield ""
        told = f"Would end otherwise under another reading of the text: {', '.join(sorted(found))}"
        yield from sheet.wrapped(f"{told} (oots readings)", 2)


def _verdict(record: Record, sheet: Sheet) -> Iterator[str]:
    yield ""
    for line in sheet.wrapped(sentence(record)):
        yield sheet.painted(line, mark(record))


def _exit(record: Record, ended: Exit) -> str:
    """The code, with its words unless the verdict above says them already."""
    if ended is not record.exit:
        return f"Exit code {int(ended)}: {_UNMADE}."
    told = f": {exit_words(record)}" if record.exit in _TOLD_BY_EXIT else ""
    return f"Exit code {int(record.exit)}{told}."


_UNMADE = "not everything that was to be written could be"


def _files(ended: Ended, sheet: Sheet) -> Iterator[str]:
    if ended.tickets:
        known = ", ".join(ended.tickets[:8]) + (", ..." if len(ended.tickets) > 8 else "")  # noqa: PLR2004
        yield from sheet.wrapped(f"Incidents: {known} (oots desk list)", 2)
    told = ", ".join(ended.files)
    where = f"Files in {plain(str(ended.out))}:"  # is copied, and so never broken
    one_line = len(where) + 1 + len(told) <= sheet.width
    yield from [f"{where} {told}"] if one_line else [where, *sheet.wrapped(f"  {told}", 2)]


def _heading(verdict: Verdict, count: int, sheet: Sheet) -> Iterator[str]:
    yield ""
    yield sheet.painted(f"{verdict.upper()} ({count:,})", verdict)


def _more(count: int, noun: str) -> Iterator[str]:
    if count > 0:
        yield f"  and {number(count, 'more ' + noun)}: see report.html or --json"


def _few(results: tuple[CheckResult, ...]) -> str:
    names = list(dict.fromkeys(views.subject(result) for result in results))
    if len(names) <= 3:  # noqa: PLR2004 -- as many as fit beside a tag
        return ", ".join(names)
    return f"{names[0]}, {names[1]} ... ({len(names)} subjects)"
