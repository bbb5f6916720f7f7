"""What the summary says beside the verdicts: the doctor, waivers, what a repeat turned."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model import CheckResult, Finding, Verdict
from harness.record import Record, day_of
from harness.repetition import turned as turned_results
from harness.reports.context import doctor as doctor_told
from harness.reports.context import repeat_told, stops, troubles, waivers_told
from harness.reports.sheet import Sheet
from harness.reports.views import subject
from harness.reports.words import cut, listed

MOST = 12
"""How many entries of one kind are shown."""

LONGEST = 240


def labelled(label: str, value: str | None, sheet: Sheet) -> Iterator[str]:
    """A value beside its label, wrapped; of several lines the last, nothing for None."""
    if value:
        last = value.strip().rpartition("\n")[2]
        yield from sheet.wrapped(f"    {label + ':':10} {cut(last, LONGEST)}", 15)


def provenance(record: Record, sheet: Sheet) -> Iterator[str]:
    """What the run repeats, and what was taken out of its record."""
    repeated = repeat_told(record)
    if repeated:
        yield from sheet.wrapped(f"which {repeated}", 2)
    redacted = record.header.get("redacted", ())
    if redacted:
        yield from sheet.wrapped(f"redacted for sharing: {listed(redacted)}", 2)


def doctor(record: Record, sheet: Sheet) -> Iterator[str]:
    """The doctor's findings: one line where all is well."""
    found, told = troubles(record), doctor_told(record)
    if told is None:
        return
    yield ""
    if not found:
        yield f"Doctor: {told}"
        return
    yield sheet.painted(f"DOCTOR ({told})", Verdict.FAILED if found[0].fatal else Verdict.WARNED)
    for finding in found[:MOST]:
        yield from _finding(record, finding, sheet)
    yield from _more(len(found) - MOST)


def _finding(record: Record, finding: Finding, sheet: Sheet) -> Iterator[str]:
    stopped = stops(record, finding)
    yield from sheet.wrapped(f"  {finding.probe}: {finding.title}", 4)
    for label, value in (
        ("whose", f"{finding.whose}{f'; {stopped}' if stopped else ''}"),
        ("expected", finding.expected),
        ("seen", finding.seen),
        ("fix", finding.fix),
        ("evidence", ", ".join(finding.evidence[:8])),
    ):
        yield from labelled(label, value, sheet)


def stale(record: Record, sheet: Sheet) -> Iterator[str]:
    """The waivers that fail the run."""
    found = record.stale
    if not found:
        return
    yield ""
    yield sheet.painted(f"STALE WAIVERS ({len(found):,})", Verdict.FAILED)
    for each in found[:MOST]:
        waiver = each.waiver
        yield from sheet.wrapped(f"  {waiver.what}: {each.why}", 4)
        yield from labelled("reason", waiver.reason, sheet)
        yield from labelled("owner", f"{waiver.owner}, ticket {waiver.ticket}", sheet)
        expired = waiver.expired(day_of(record.header))
        renew = "renew it or " if expired else ""
        yield from labelled("fix", f"{renew}take it out of the file of waivers", sheet)
    yield from _more(len(found) - MOST)


def turned(record: Record, sheet: Sheet) -> Iterator[str]:
    """What is green on repeat and was not: never silently."""
    found = turned_results(record)
    if not found:
        return
    together: dict[tuple[str, Verdict, Verdict], list[CheckResult]] = {}
    for result, was in found:
        together.setdefault((result.check, was, result.verdict), []).append(result)
    yield ""
    yield sheet.painted(f"GREEN ON REPEAT ({len(found):,})", Verdict.WARNED)
    for (check, was, now), results in list(together.items())[:MOST]:
        names = list(dict.fromkeys(subject(result) for result in results))
        few = ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")  # noqa: PLR2004 -- as many as fit
        yield from sheet.wrapped(f"  {check}  was {was}, {now} now: {few}", 4)
    yield from _more(len(together) - MOST)


def waivers(record: Record, sheet: Sheet) -> Iterator[str]:
    """How many waivers were given, and what became of them."""
    told = waivers_told(record)
    if told:
        yield ""
        yield from sheet.wrapped(f"Waivers: {told}", 2)


def _more(count: int) -> Iterator[str]:
    if count > 0:
        yield f"  and {count:,} more: see report.html or --json"
