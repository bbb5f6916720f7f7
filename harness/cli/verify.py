"""`oots verify`: one captured answer, judged offline by every check that needs no more."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from json import dumps
from pathlib import Path

from harness.captured import Captured, captured
from harness.checks import Check
from harness.errors import UsageFault
from harness.extensions import checks
from harness.model import CheckResult, Verdict
from harness.reports import views
from harness.reports.sheet import Sheet, sheet_for
from harness.reports.views import grouped
from harness.reports.words import EXIT, cut, number, plain
from harness.requirements import requirements
from harness.runner import run_captured
from harness.verdicts import Exit, exit_code

LONGEST = 240
_ORDER = (Verdict.FAILED, Verdict.BROKEN, Verdict.BLOCKED, Verdict.WARNED)
_BY_REASON = (Verdict.BROKEN, Verdict.BLOCKED)
_GREEN = (Verdict.PASSED, Verdict.NOT_APPLICABLE)

EPILOG = """\
examples:
  oots verify --body answer.xml --headers answer.headers --trust root.pem
  oots verify --body answer.xml --headers answer.headers --trust root.pem \\
    --query-url 'https://.../rest/search?queryId=...' --at 2026-11-21T12:00:00Z

The body must be the octets as received, for instance from
  curl -s -D answer.headers -o answer.xml -H 'Accept: application/x-ebrs+xml' URL
Nothing is fetched: what needs a live service is not applicable here.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The files, and as of when."""
    parser.epilog = EPILOG
    parser.add_argument(
        "--body", type=Path, required=True, metavar="FILE", help="the answer's body, unchanged"
    )
    parser.add_argument(
        "--headers",
        type=Path,
        required=True,
        metavar="FILE",
        help="its header fields, one `name: value` a line; a status line may come first",
    )
    parser.add_argument(
        "--trust",
        type=Path,
        metavar="PEM",
        help="root certificates of the environment (default: trust is not judged)",
    )
    parser.add_argument("--query-url", metavar="URL", help="the URL that was asked")
    parser.add_argument(
        "--at", metavar="INSTANT", help="judge as of this instant, ISO 8601 (default: now)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Judge, print, and answer the exit code."""
    return verify(
        arguments.body,
        arguments.headers,
        trust=arguments.trust,
        query_url=arguments.query_url,
        json=arguments.json,
        at=None if arguments.at is None else instant(arguments.at),
    )


def verify(  # noqa: PLR0913 -- one for each option
    body: Path,
    headers: Path,
    *,
    trust: Path | None,
    query_url: str | None,
    json: bool,
    at: datetime | None,
) -> int:
    """Judge one captured answer as of `at` (now, where None); raises `UsageFault`."""
    now = at or datetime.now(UTC)
    case = captured(body, headers, trust=trust, query_url=query_url, at=now)
    results = asyncio.run(judged(checks(), case))
    code = exit_code(result.verdict for result in results)
    text = _report(case, results, code) if json else _text(case, results, code)
    encoding = sys.stdout.encoding or "ascii"
    print(text.encode(encoding, "backslashreplace").decode(encoding))
    return code


def instant(text: str) -> datetime:
    """An instant of ISO 8601 with its zone; raises `UsageFault`."""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise UsageFault(
        "--at",
        expected="an instant with its time zone",
        seen=repr(text[:40]),
        remedy="write it like 2026-11-21T12:00:00Z",
    )


async def judged(asked: Sequence[Check], case: Captured) -> tuple[CheckResult, ...]:
    """Every check put to the captured answer."""
    return tuple([await run_captured(check, case.answer, case.exchange.id) for check in asked])


def _report(case: Captured, results: Sequence[CheckResult], code: Exit) -> str:
    answer = case.answer
    report = {
        "answer": case.exchange.peer,
        "at": answer.now.isoformat(),
        "service": answer.service,
        "kind": answer.specimen,
        "notes": case.notes,
        "exit": int(code),
        "verdict": EXIT[code],
        "results": [asdict(result) for result in results],
    }
    return dumps(report, indent=1)


def _text(case: Captured, results: Sequence[CheckResult], code: Exit) -> str:
    return "\n".join(_lines(case, results, code, sheet_for(sys.stdout, os.environ)))


def _lines(
    case: Captured, results: Sequence[CheckResult], code: Exit, sheet: Sheet
) -> Iterator[str]:
    yield from _opening(case, sheet)
    for verdict in _ORDER:
        found = [result for result in results if result.verdict is verdict]
        if found:
            yield ""
            yield f"{verdict.upper()} ({len(found)})"
        if verdict in _BY_REASON:
            yield from _reasons(found, sheet)
        else:
            for result in found:
                yield from _finding(result, sheet)
    yield from _ambiguous(results, sheet)
    yield ""
    for verdict in _GREEN:
        yield from _folded(verdict, [r for r in results if r.verdict is verdict], sheet)
    counts = Counter(result.verdict for result in results)
    told = ", ".join(f"{counts[v]} {v}" for v in (*_ORDER, *_GREEN) if counts[v])
    yield ""
    yield from sheet.wrapped(f"{number(len(results), 'check')}: {told}")
    unjudged = "" if case.answer.anchors else "; the signer was not judged (no --trust)"
    yield from sheet.wrapped(f"Exit code {int(code)}: {EXIT[code]}{unjudged}.")


def _opening(case: Captured, sheet: Sheet) -> Iterator[str]:
    answer = case.answer
    yield from sheet.wrapped(f"One answer, judged offline: {case.exchange.peer}", 2)
    what = f"{answer.service}, {answer.specimen or 'of a kind that its content does not tell'}"
    if answer.service is None:
        what = answer.specimen or "its content tells neither its service nor its kind"
    instant = f"as of {answer.now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    yield from sheet.wrapped(f"  {what}; {instant}", 4)
    for text in case.notes:
        yield from sheet.wrapped(f"  note: {text}", 4)


def _finding(result: CheckResult, sheet: Sheet) -> Iterator[str]:
    yield plain(f"  {result.check}  {result.tag or ''}".rstrip())
    yield from sheet.wrapped(f"    {result.title}", 4)
    told = (
        ("expected", result.expected),
        ("seen", result.seen),
        ("clause", f"{result.clause} ({result.keyword})"),
    )
    for label, text in told:
        if text:
            yield from sheet.wrapped(f"    {label + ':':10} {cut(text, LONGEST)}", 15)
    reading = requirements()[result.requirement].reading
    if reading:
        yield from sheet.wrapped(f"    reading:   {reading}", 15)


def _ambiguous(results: Sequence[CheckResult], sheet: Sheet) -> Iterator[str]:
    """Results that rest on how an ambiguous clause is read (`oots readings`)."""
    found = views.ambiguous(results)
    if found:
        yield ""
        yield f"DEPENDS ON A READING ({len(found)})"
    for result in found:
        yield from sheet.wrapped(f"  {result.check}  {views.under_readings(result)}", 11)


def _reasons(results: Sequence[CheckResult], sheet: Sheet) -> Iterator[str]:
    """Results that could not be had, together with those that share their reason."""
    for reason in grouped(results):
        count = number(len(reason.results), "check")
        yield from sheet.wrapped(f"  {count}: {cut(reason.text, LONGEST)}", 4)
        yield from sheet.wrapped(f"    {', '.join(reason.checks)}", 4)


def _folded(verdict: Verdict, results: Sequence[CheckResult], sheet: Sheet) -> Iterator[str]:
    """Results that need no attention, together with those that share their reason."""
    reasons: dict[str, list[str]] = {}
    for result in results:
        reasons.setdefault(result.detail or "as required", []).append(result.check)
    if reasons:
        yield f"{verdict} ({len(results)})"
    for reason, names in sorted(reasons.items(), key=lambda entry: -len(entry[1])):
        count = number(len(names), "check")
        yield from sheet.wrapped(f"  {count}, {reason}: {', '.join(names)}", 4)
