"""Findings of the doctor as a person reads them: a line for what is well, a paragraph for the rest.

A run's summary can have the paragraphs too; see `troubles`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from harness.diagnosis import code
from harness.model import Blame, Finding, Verdict
from harness.reports.sheet import Sheet
from harness.reports.words import cut, listed, number
from harness.verdicts import Exit

LONGEST = 400
"""Characters of any one text."""

WHOSE = {
    Blame.SUBJECT: "the subject's: its operator has to mend it",
    Blame.CONFIGURATION: "yours: the target file, or this machine",
    Blame.NETWORK: "the network's: what lies between this machine and the subject",
    Blame.HARNESS: "the harness's own",
    Blame.TEXT: "the text's: it can be read in another way",
}
"""Whose a trouble is, for whoever reads what it is."""

_TITLE = 30
_LABEL = 10
_PLAIN = Sheet()


def lines(finding: Finding, sheet: Sheet = _PLAIN) -> Iterator[str]:
    """One finding: its mark and what was looked at, then what there is to say about it."""
    if finding.whose is not None:
        yield from trouble(finding, sheet)
        return
    mark = "--" if finding.skipped else "ok"
    told = f"not looked at: {finding.skipped}" if finding.skipped else finding.seen or ""
    head = f"{finding.title:{_TITLE}}" if told else finding.title
    first, *rest = sheet.wrapped(f"{mark}  {head}{cut(told, LONGEST)}", 4 + _TITLE)
    verdict = Verdict.NOT_APPLICABLE if finding.skipped else Verdict.PASSED
    yield first.replace(mark, sheet.painted(mark, verdict), 1)
    yield from rest


def trouble(finding: Finding, sheet: Sheet = _PLAIN) -> Iterator[str]:
    """A finding that is not well: expected, seen, whose it is, what to do, what it accounts for."""
    first, *rest = sheet.wrapped(f"!!  {finding.title}", 4)
    verdict = Verdict.FAILED if finding.fatal else Verdict.WARNED
    yield first.replace("!!", sheet.painted("!!", verdict), 1)
    yield from rest
    for label, text in (
        ("expected", finding.expected),
        ("seen", finding.seen),
        ("whose", WHOSE[finding.whose] if finding.whose else None),
        ("to do", finding.fix),
        ("stops" if finding.fatal else "explains", _reach(finding)),
    ):
        if text:
            shown = f"    {label + ':':{_LABEL}} {cut(text, LONGEST)}"
            yield from sheet.wrapped(shown, 5 + _LABEL)


def _reach(finding: Finding) -> str | None:
    """The checks that it accounts for, and on whom."""
    if not finding.explains or (finding.whose is Blame.SUBJECT and not finding.fatal):
        return None
    whom = f" on {', '.join(finding.subjects)}" if finding.subjects else ""
    return f"{', '.join(finding.explains)}{whom}"


def troubles(findings: Iterable[Finding], sheet: Sheet = _PLAIN) -> Iterator[str]:
    """The findings that are not well, for the summary of a run."""
    for finding in findings:
        if finding.whose is not None:
            yield from trouble(finding, sheet)


def closing(findings: Sequence[Finding], sheet: Sheet = _PLAIN) -> Iterator[str]:
    """The sum of it, and what it means for a run."""
    found = [finding for finding in findings if finding.whose]
    well = sum(finding.whose is None and not finding.skipped for finding in findings)
    skipped = sum(finding.skipped is not None for finding in findings)
    counts = f"{number(well, 'probe')} well, {skipped} not made, {number(len(found), 'trouble')}"
    whose = Counter(finding.whose for finding in found)
    told = listed([f"{times} of the {blame}" for blame, times in whose.items() if blame])
    yield from sheet.wrapped(f"{counts}{f': {told}' if found else ''}.")
    worst = code(findings)
    verdict = {Exit.CONFORMANT: Verdict.PASSED, Exit.FAILED: Verdict.WARNED}.get(worst)
    for line in sheet.wrapped(f"{MEANING[worst]} Exit code {int(worst)}."):
        yield sheet.painted(line, verdict or Verdict.FAILED)


MEANING = {
    Exit.CONFORMANT: "Nothing stands in the way of a run.",
    Exit.FAILED: "A run can judge; what the troubles explain is not held against the subject.",
    Exit.BLOCKED: "Mend this first: what it stops cannot be judged.",
    Exit.BROKEN: "The harness itself is at fault.",
}
"""What the exit code of the doctor says."""
