"""The run as JSON lines: a header, every exchange and result as they come, a footer.

Each line reaches the operating system before the next is made, so a crash or Ctrl-C loses nothing
that was recorded. Without a footer a run was broken off, and its last line may be torn.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, BinaryIO, Self, cast

from harness.errors import UsageFault
from harness.files import unwritable
from harness.model import CheckResult, Control, Exchange, Finding, Verdict
from harness.ports import Clock
from harness.record_lines import (
    SCHEMA,
    Malformed,
    control_facts,
    control_of,
    exchange_facts,
    exchange_of,
    facts_of,
    finding_facts,
    finding_of,
    footer_of,
    header_of,
    instant_of,
    line_of,
    result_facts,
    result_of,
    waiver_of,
)
from harness.stored import StoredExchanges
from harness.verdicts import Exit, exit_code
from harness.waivers import Stale, Waiver, stale

FILE = "run.jsonl"
"""The name of a record in the folder of its run."""

LONGEST_LINE = 64 * 1024 * 1024
MOST_LINES = 1_000_000
_EXCHANGE = re.compile(rb'\{"kind":"exchange","id":"([!#-\[\]-~]{1,64})",.*\}\n', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Record:
    """A run as recorded. `footer` is None where it was broken off; `torn`: mid-line.

    `exchanges` are read from the file when they are looked at; there are none where they were not
    asked for. `findings` are the doctor's; `controls` are
    the same checks asked elsewhere after they failed.
    """

    header: Mapping[str, Any]
    exchanges: Mapping[str, Exchange]
    results: tuple[CheckResult, ...]
    footer: Mapping[str, Any] | None
    torn: bool
    findings: tuple[Finding, ...] = ()
    controls: tuple[Control, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything that was asked was put to the subjects."""
        return self.footer is not None and bool(self.footer["complete"])

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        """The waivers that were given."""
        return waivers_of(self.header)

    @property
    def stale(self) -> tuple[Stale, ...]:
        """The waivers that are to be renewed or removed: each of them fails the run."""
        return staleness(self.header, self.results, complete=self.complete)

    @property
    def exit(self) -> Exit:
        """What the run ended with, recomputed: a run broken off is never conformant."""
        verdicts = (result.verdict for result in self.results)
        return outcome(verdicts, complete=self.complete, stale=len(self.stale))


def outcome(verdicts: Iterable[Verdict], *, complete: bool, stale: int = 0) -> Exit:
    """The exit code of a run that was, or was not, carried to its end; `stale` waivers fail it.

    >>> outcome([Verdict.PASSED], complete=False).name
    'INTERRUPTED'
    >>> outcome([Verdict.FAILED], complete=False).name
    'FAILED'
    >>> outcome([Verdict.PASSED], complete=True, stale=1).name
    'FAILED'
    """
    code = Exit.FAILED if stale else exit_code(verdicts)
    return code if complete or code is Exit.FAILED else Exit.INTERRUPTED


def waivers_of(header: Mapping[str, Any]) -> tuple[Waiver, ...]:
    """The waivers that a header tells."""
    return tuple(map(waiver_of, header.get("waivers", ())))


def day_of(header: Mapping[str, Any]) -> date:
    """The day on which a run began, UTC: the one that a waiver's expiry is compared with."""
    return instant_of(header["started"]).astimezone(UTC).date()


def staleness(
    header: Mapping[str, Any], results: Iterable[CheckResult], *, complete: bool
) -> tuple[Stale, ...]:
    """The stale waivers of a run; one that was broken off only shows which have expired."""
    waivers = waivers_of(header)
    return stale(results if complete else (), waivers, day_of(header)) if waivers else ()


class RecordWriter:
    """Writes one record; left by an exception, it says what broke it off.

    A record that is there already is kept: two runs never share a file, and tickets cite it.
    `overwrite` replaces it.

    Raises `UsageFault` where the file cannot be made or grow; what was written stays readable.
    """

    def __init__(self, path: Path, clock: Clock, *, overwrite: bool = False) -> None:
        self._path = path
        self._clock = clock
        self._verdicts: Counter[Verdict] = Counter()
        self._header: Mapping[str, Any] = {}
        self._waivable: frozenset[str] = frozenset()
        self._covered: list[CheckResult] = []
        self._ended = False
        self._spoilt: OSError | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = _opened(path, overwrite=overwrite)
        except OSError as cause:
            taken = isinstance(cause, FileExistsError) and path.is_file()
            raise (_taken(path) if taken else unwritable(path, cause)) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        if not self._ended and self._spoilt is None:
            self.close(complete=kind is None, reason=_reason(kind))
        self._file.close()

    def header(self, facts: Mapping[str, object]) -> None:
        """Write what was asked, by which rules, of whom; see `harness.provenance`."""
        self._header = facts
        self._waivable = frozenset(name for each in waivers_of(facts) for name in each.checks)
        self._write("header", {"schema": SCHEMA, **facts})

    def exchange(self, exchange: Exchange) -> None:
        """Write an exchange, as it was made."""
        self._write("exchange", exchange_facts(exchange))

    def result(self, result: CheckResult) -> None:
        """Write a result; its evidence is written already."""
        self._verdicts[result.verdict] += 1
        if result.check in self._waivable:
            self._covered.append(result)
        self._write("result", result_facts(result))

    def finding(self, finding: Finding) -> None:
        """Write what a probe of the doctor found out; its evidence is written already."""
        self._write("finding", finding_facts(finding))

    def control(self, control: Control) -> None:
        """Write how a check that failed ended elsewhere; its evidence is written already."""
        self._write("control", control_facts(control))

    def close(self, *, complete: bool, reason: str | None = None) -> None:
        """Write the footer and see it to the disk; `reason` tells why a run is not complete."""
        stale = len(staleness(self._header, self._covered, complete=complete))
        facts = {
            "complete": complete,
            "reason": reason,
            "counts": {verdict: self._verdicts[verdict] for verdict in Verdict},
            "exit": outcome(self._verdicts.elements(), complete=complete, stale=stale),
            "ended": self._clock().isoformat(),
        }
        self._write("footer", facts)
        self._ended = True
        try:
            os.fsync(self._file.fileno())
        except OSError as cause:
            if self._path.is_file():  # a pipe or a device has no disk to reach
                raise unwritable(self._path, cause) from None
        self._file.close()

    def _write(self, kind: str, facts: Mapping[str, object]) -> None:
        if self._spoilt is not None:
            raise unwritable(self._path, self._spoilt)
        rest = memoryview(line_of(kind, facts))
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as cause:
            self._spoilt = cause
            raise unwritable(self._path, cause) from None


def read(path: Path, *, exchanges: bool = True) -> Record:
    """The record of a folder or a file; raises `UsageFault` naming the line that is not as written.

    The torn last line of a run that was broken off is left out. `exchanges=False` skips the bytes
    of the exchanges, which are most of a record.
    """
    file = path / FILE if path.is_dir() else path
    reading = _Reading(exchanges, file if file.is_file() else None)
    try:
        with file.open("rb") as source:
            while line := source.readline(LONGEST_LINE + 1):
                reading.take(line)
        return reading.record()
    except OSError as cause:
        seen = (cause.strerror or str(cause)).lower()
        raise _unreadable(str(file), "a record of a run", seen) from None
    except Malformed as flaw:
        raise _unreadable(
            f"{file}, line {max(reading.line, 1)}", flaw.expected, flaw.seen
        ) from None


class _Reading:
    """What has been read of a record so far."""

    def __init__(
        self,
        exchanges: bool,  # noqa: FBT001 -- private, one caller
        file: Path | None,
    ) -> None:
        self.line = 0
        self._bodies = exchanges
        self._file = file
        self._next = 0
        self._places: dict[str, int] = {}
        self._header: Mapping[str, Any] | None = None
        self._footer: Mapping[str, Any] | None = None
        self._exchanges: dict[str, Exchange] = {}
        self._known: set[str] = set()
        self._results: list[CheckResult] = []
        self._findings: list[Finding] = []
        self._controls: list[Control] = []
        self._torn = False

    def take(self, line: bytes) -> None:
        """Take the next line; raises `Malformed`."""
        self.line += 1
        place, self._next = self._next, self._next + len(line)
        if len(line) > LONGEST_LINE or self.line > MOST_LINES:
            limits = f"at most {MOST_LINES} lines of at most {LONGEST_LINE} bytes"
            raise Malformed(limits, "more")
        if self._footer is not None:
            raise Malformed("nothing after the footer", line[:40])
        skipped = None if self._bodies or self._header is None else _EXCHANGE.fullmatch(line)
        if skipped:
            return self._know(skipped[1].decode())
        try:
            facts = facts_of(line)
        except Malformed:
            if self._header is None and _CUT_OFF.fullmatch(line):
                raise Malformed("a header", _HEADLESS) from None
            if line.endswith(b"\n") or self._header is None:
                raise
            self._torn = True
            return None
        return self._sort(facts, place)

    def _sort(self, facts: dict[str, Any], place: int) -> None:
        kind = facts.get("kind")
        if (kind == "header") != (self._header is None):
            raise Malformed("one header, in the first line", kind)
        match kind:
            case "header":
                self._header = header_of(facts)
            case "exchange":
                exchange = exchange_of(facts)
                self._know(exchange.id)
                if self._bodies and self._file:
                    self._places[exchange.id] = place
                elif self._bodies:  # a pipe is read once
                    self._exchanges[exchange.id] = exchange
            case "result":
                result = result_of(facts)
                self._results.append(result)
                self._evidenced(result.evidence)
            case "finding":
                finding = finding_of(facts)
                self._findings.append(finding)
                self._evidenced(finding.evidence)
            case "control":
                control = control_of(facts)
                self._controls.append(control)
                self._evidenced(control.result.evidence)
            case "footer":
                self._footer = self._agreeing(footer_of(facts))
            case _:
                raise Malformed("a header, exchange, finding, result, control or footer", kind)

    def record(self) -> Record:
        """All of it; raises `Malformed` where there is no header."""
        if self._header is None:
            raise Malformed("a header", "an empty file")
        held = MappingProxyType(self._exchanges)
        return Record(
            self._header,
            StoredExchanges(self._file, self._places) if self._file else held,
            tuple(self._results),
            self._footer,
            self._torn,
            tuple(self._findings),
            tuple(self._controls),
        )

    def _know(self, ident: str) -> None:
        if ident in self._known:
            raise Malformed("each exchange once", ident)
        self._known.add(ident)

    def _evidenced(self, evidence: Iterable[str]) -> None:
        lost = set(evidence) - self._known
        if lost:
            raise Malformed("evidence that is recorded above its result", min(lost))

    def _agreeing(self, footer: Mapping[str, Any]) -> Mapping[str, Any]:
        counted = Counter(result.verdict for result in self._results)
        if any(counted[verdict] != footer["counts"].get(verdict, 0) for verdict in Verdict):
            raise Malformed(f"the counts of {len(self._results)} results", footer["counts"])
        return footer


_CUT_OFF = re.compile(rb'\{"kind":"header",[^\n]*')
_HEADLESS = "a record that was cut off before its first line was whole"


def _opened(path: Path, *, overwrite: bool) -> BinaryIO:
    return cast("BinaryIO", path.open("wb" if overwrite else "xb", buffering=0))


def _reason(kind: type[BaseException] | None) -> str | None:
    if kind is None:
        return None
    return "interrupted" if issubclass(kind, KeyboardInterrupt) else f"ended by {kind.__name__}"


def _taken(path: Path) -> UsageFault:
    return UsageFault(
        str(path),
        expected="a folder without a record",
        seen="the record of an earlier run, or of one that is under way",
        remedy="choose another --out, or give --overwrite",
    )


def _unreadable(where: str, expected: str, seen: str) -> UsageFault:
    return UsageFault(
        where, expected=expected, seen=seen, remedy="name a folder or run.jsonl that oots run wrote"
    )
