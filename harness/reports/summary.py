"""What a person reads in ten seconds at the end of a run: 80 columns, ASCII, worst first."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from time import monotonic
from typing import Self, TextIO

from harness.model import CheckResult, Verdict
from harness.record import Record
from harness.reports import views
from harness.reports.views import Finding, Reason
from harness.reports.words import EXIT, SYMBOL, code, cut, number, plain

WIDTH = 80
MOST = 12
"""How many findings or reasons of one verdict are shown; the HTML report has them all."""

_REWRITE = 0.1
_ADD = 5.0
"""Seconds between two signs of progress, on a terminal and elsewhere."""

_STYLE = {
    Verdict.FAILED: "1;31",
    Verdict.BROKEN: "1;35",
    Verdict.BLOCKED: "1;34",
    Verdict.WARNED: "1;33",
    Verdict.WAIVED: "1;36",
    Verdict.PASSED: "1;32",
}
_SHORT = {Verdict.NOT_APPLICABLE: "n/a"}


def render(
    record: Record,
    *,
    out: Path | None = None,
    tickets: tuple[str, ...] = (),
    colour: bool = False,
    encoding: str = "utf-8",
) -> str:
    """The summary; `out` is where the files are, `encoding` what the output can show."""
    lines = (
        *_opening(record),
        *_findings(record, Verdict.FAILED, colour=colour),
        *_reasons(record, Verdict.BROKEN, colour=colour),
        *_reasons(record, Verdict.BLOCKED, colour=colour),
        *_findings(record, Verdict.WARNED, colour=colour),
        *_findings(record, Verdict.WAIVED, colour=colour),
        *_chapters(record),
        *_members(record, colour=colour),
        *_verdict(record, colour=colour),
        *_files(out, tickets),
        f"Exit code {int(record.exit)}: {EXIT[record.exit]}.",
    )
    return "\n".join(lines).encode(encoding, "backslashreplace").decode(encoding)


def show(
    record: Record,
    stream: TextIO,
    *,
    environ: Mapping[str, str],
    out: Path | None,
    tickets: tuple[str, ...] = (),
) -> None:
    """Print the summary as the stream can show it."""
    colour = wants_colour(terminal=stream.isatty(), environ=environ)
    encoding = stream.encoding or "ascii"
    text = render(record, out=out, tickets=tickets, colour=colour, encoding=encoding)
    stream.write(f"{text}\n")


class Progress:
    """How far a run has come: one line that is rewritten on a terminal, else a line now and then.

    `clock` answers seconds that only grow.
    """

    def __init__(
        self,
        total: int,
        *,
        quiet: bool,
        stream: TextIO | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._total = total
        self._stream = None if quiet else stream or sys.stderr
        self._terminal = self._stream is not None and self._stream.isatty()
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
            self._stream.write(f"\r{line}\x1b[K" if self._terminal else f"{line}\n")
            self._stream.flush()

    def _line(self, seconds: float, where: str) -> str:
        part = 100 * self._done // max(self._total, 1)
        text = f"{self._done:,} of {self._total:,} ({part} %), {self._failed:,} failed"
        return f"{text}, {seconds:.0f} s: {plain(where)}"[: WIDTH - 1]


def wants_colour(*, terminal: bool, environ: Mapping[str, str]) -> bool:
    """Whether colour is welcome: on a terminal that has it, unless NO_COLOR is set.

    >>> wants_colour(terminal=True, environ={"NO_COLOR": "1", "TERM": "xterm"})
    False
    """
    return terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def _opening(record: Record) -> Iterator[str]:
    checks = len({result.check for result in record.results})
    yield f"Run {record.header['run']} of {record.header['target']['name']}"
    if record.header.get("fault"):
        yield f"with the seeded fault {record.header['fault']}"
    who = {result.member_state for result in record.results}
    yield (
        f"{number(len(record.results), 'result')} of {number(checks, 'check')}"
        f" for {number(len(who), 'Member State')}"
    )


def _findings(record: Record, verdict: Verdict, *, colour: bool) -> Iterator[str]:
    found = views.findings(record, verdict)
    if not found:
        return
    yield from _heading(verdict, sum(len(finding.results) for finding in found), colour=colour)
    for finding in found[:MOST]:
        yield from _finding(record, finding)
        if finding is not found[-1]:
            yield ""
    yield from _more(len(found) - MOST, "finding")


def _finding(record: Record, finding: Finding) -> Iterator[str]:
    first = finding.first
    yield _line(f"  {first.check}  {first.tag or ''}: {_few(finding.results)}")
    yield _line(f"    {first.title}")
    differing = f"  (differs; this is {views.subject(first)})" if finding.varied else ""
    yield from _labelled("expected", first.expected)
    yield from _labelled("seen", f"{first.seen}{differing}" if first.seen else None)
    yield from _labelled("reason", first.detail)
    yield from _labelled("clause", first.clause)
    yield f"    reproduce: {plain(views.reproduction(record, first))}"


def _reasons(record: Record, verdict: Verdict, *, colour: bool) -> Iterator[str]:
    found = views.reasons(record, verdict)
    if not found:
        return
    yield from _heading(verdict, sum(len(reason.results) for reason in found), colour=colour)
    for reason in found[:MOST]:
        yield from _reason(record, reason)
    yield from _more(len(found) - MOST, "reason")


def _reason(record: Record, reason: Reason) -> Iterator[str]:
    yield from _wrapped(f"  {number(len(reason.results), 'result')}: {cut(reason.text, 240)}", 4)
    shown = ", ".join(reason.checks[:8]) + (", ..." if len(reason.checks) > 8 else "")  # noqa: PLR2004
    yield from _wrapped(f"    {shown} on {_few(reason.results)}", 4)
    yield f"    reproduce: {plain(views.reproduction(record, reason.results[0]))}"


def _chapters(record: Record) -> Iterator[str]:
    rows = views.chapters(record)
    sums = views.total(rows.values())
    columns = [v for v in sums if sums[v] or v in (Verdict.PASSED, Verdict.FAILED)]
    yield ""
    yield f"{'Chapter':14}" + "".join(f"{_SHORT.get(v, v):>9}" for v in columns)
    for title, row in (*rows.items(), ("all", sums)):
        figures = (f"{row[verdict]:,}" if row[verdict] else "-" for verdict in columns)
        yield f"{plain(title)[:14]:14}" + "".join(f"{figure:>9}" for figure in figures)


def _members(record: Record, *, colour: bool) -> Iterator[str]:
    """Member States by the worst that was found of each, with how often; the green ones last."""
    alike: dict[Verdict, list[str]] = {}
    for who, cells in views.members(record).items():
        row = views.total(cells.values())
        worst = views.worst(row) or Verdict.NOT_APPLICABLE
        times = "" if worst in views.GREEN else f" ({row[worst]:,})"
        alike.setdefault(worst, []).append(f"{code(who)}{times}")
    yield ""
    yield "Member States"
    for verdict in SYMBOL:
        for line in _wrapped(f"  {verdict:14}{', '.join(alike.get(verdict, ()))}", 16):
            if verdict in alike:
                yield line.replace(verdict, _painted(verdict, verdict, colour=colour), 1)


def _verdict(record: Record, *, colour: bool) -> Iterator[str]:
    found = views.worst(views.counts(record.results))
    yield ""
    for line in textwrap.wrap(plain(views.sentence(record)), WIDTH):
        yield _painted(line, found, colour=colour)


def _files(out: Path | None, tickets: tuple[str, ...]) -> Iterator[str]:
    if tickets:
        known = ", ".join(tickets[:8]) + (", ..." if len(tickets) > 8 else "")  # noqa: PLR2004
        yield from _wrapped(f"Incidents: {known} (oots desk list)", 2)
    if out:
        yield f"Files in {plain(str(out))}: report.html, junit.xml, run.jsonl, allure-results"


def _heading(verdict: Verdict, count: int, *, colour: bool) -> Iterator[str]:
    yield ""
    yield _painted(f"{verdict.upper()} ({count:,})", verdict, colour=colour)


def _more(count: int, noun: str) -> Iterator[str]:
    if count > 0:
        yield f"  and {number(count, 'more ' + noun)}: see report.html or --json"


def _few(results: tuple[CheckResult, ...]) -> str:
    names = list(dict.fromkeys(views.subject(result) for result in results))
    if len(names) <= 3:  # noqa: PLR2004 -- as many as fit beside a tag
        return ", ".join(names)
    return f"{names[0]}, {names[1]} ... ({len(names)} subjects)"


def _labelled(label: str, value: str | None) -> Iterator[str]:
    if value:
        last = value.strip().rpartition("\n")[2]
        yield from _wrapped(f"    {label + ':':10} {cut(last, 240)}", 15)


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(plain(text), WIDTH, subsequent_indent=" " * indent, break_on_hyphens=False)


def _line(text: str) -> str:
    shown = plain(text)
    return shown if len(shown) <= WIDTH else f"{shown[: WIDTH - 3]}..."


def _painted(text: str, verdict: Verdict | None, *, colour: bool) -> str:
    style = _STYLE.get(verdict) if verdict and colour else None
    return f"\x1b[{style}m{text}\x1b[0m" if style else text
