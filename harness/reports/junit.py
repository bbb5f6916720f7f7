"""JUnit XML as GitLab and Jenkins read it: a test suite for each chapter, a case for each result.

It knows three ways of not passing: failed is a failure, blocked and broken are errors, not
applicable and waived are skipped. A warning passes, and says so in its output.
"""

from __future__ import annotations

import re
from collections import Counter

from lxml import etree

from harness.model import CheckResult, Finding, Verdict
from harness.record import Record
from harness.reports import views
from harness.reports.context import Context, context_of
from harness.reports.headline import sentence
from harness.reports.views import Counts
from harness.reports.words import LONGEST, plain, shortened

_WHOLE = 8 * LONGEST
_INVALID = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELEMENT = {
    Verdict.FAILED: "failure",
    Verdict.BLOCKED: "error",
    Verdict.BROKEN: "error",
    Verdict.NOT_APPLICABLE: "skipped",
    Verdict.WAIVED: "skipped",
}
_TOTAL = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def render(record: Record) -> bytes:
    """The document, UTF-8 with its declaration."""
    root = etree.Element("testsuites", name=_valid(f"oots {record.header['run']}"))
    _add_up(root, views.counts(record.results))
    paths = {entry["check"]: entry["path"] for entry in record.header["catalogue"]}
    beside = context_of(record)
    _doctor(root, record)
    for name, counts in views.chapters(record).items():
        suite = etree.SubElement(root, "testsuite", name=_valid(name))
        _add_up(suite, counts)
        suite.set("timestamp", record.header["started"])
        for result in record.results:
            if result.chapter == name:
                _case(suite, record, result, path=paths.get(result.check), beside=beside)
    _waivers(root, record)
    _note_an_early_end(root, record)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _add_up(element: etree._Element, counts: Counts) -> None:
    """Set the totals in JUnit's words; each result is in exactly one of them, or passed."""
    sums = Counter(dict.fromkeys(("tests", *_TOTAL.values()), 0))
    for verdict, number in counts.items():
        sums["tests"] += number
        if verdict in _ELEMENT:
            sums[_TOTAL[_ELEMENT[verdict]]] += number
    for total, number in sums.items():
        element.set(total, str(number))


def _case(
    suite: etree._Element,
    record: Record,
    result: CheckResult,
    *,
    path: str | None,
    beside: Context,
) -> None:
    who = views.subject(result)
    case = etree.SubElement(suite, "testcase")
    case.set("classname", _valid(f"{result.chapter}.{result.check}"))
    case.set("name", _valid(f"{result.check} {who}: {result.title}"))
    case.set("time", f"{_seconds(record, result):.3f}")
    if path:
        case.set("file", _valid(path.partition("::")[0]))
    properties = etree.SubElement(case, "properties")
    found = beside.attribution(result)
    for name, value in (
        ("verdict", result.verdict),
        ("requirement", result.requirement),
        ("tag", result.tag),
        ("source", result.source),
        ("blame", found and found.blame),
        ("repeat", beside.repeat(result)),
    ):
        if value:
            etree.SubElement(properties, "property", name=name, value=_valid(value))
    if result.verdict in _ELEMENT:
        element = etree.SubElement(case, _ELEMENT[result.verdict], message=_valid(_message(result)))
        if element.tag != "skipped":
            element.set("type", _valid(result.tag or result.verdict))
            element.text = _valid(_story(record, result, beside), _WHOLE)
    elif result.verdict is Verdict.WARNED or beside.repeat(result):
        story = _valid(_story(record, result, beside), _WHOLE)
        etree.SubElement(case, "system-out").text = story


def _message(result: CheckResult) -> str:
    if result.tag:
        terms = f"{result.detail}; " if result.verdict is Verdict.WAIVED and result.detail else ""
        return f"{terms}{result.tag}: expected {result.expected}, seen {result.seen}"
    return f"{result.verdict}: {(result.detail or '').strip().rpartition(chr(10))[2]}"


def _story(record: Record, result: CheckResult, beside: Context) -> str:
    found = beside.attribution(result)
    lines = (
        ("verdict", result.verdict),
        *(note for note in beside.notes(result) if note[0] != "evidence"),
        ("expected", result.expected),
        ("seen", result.seen),
        ("reason", result.detail),
        ("clause", result.clause),
        ("reproduce", views.reproduction(record, result)),
        ("by hand", beside.by_hand(result)),
        ("evidence", ", ".join((found or result).evidence)),
    )
    return "\n".join(f"{name}: {shortened(value)}" for name, value in lines if value)


def _seconds(record: Record, result: CheckResult) -> float:
    """How long the exchanges took that a result rests on; they are shared between checks."""
    held = (record.exchanges.get(ident) for ident in result.evidence)
    return sum(exchange.elapsed for exchange in held if exchange)


def _doctor(root: etree._Element, record: Record) -> None:
    """The doctor's probes as a suite: what keeps a run from being judged is an error of it."""
    if not record.findings:
        return
    found = record.findings
    suite = _suite_beside(
        root,
        "doctor",
        tests=len(found),
        errors=sum(finding.fatal for finding in found),
        skipped=sum(bool(finding.skipped) for finding in found),
    )
    for finding in found:
        name = _valid(f"{finding.probe}: {finding.title}")
        _probe(etree.SubElement(suite, "testcase", classname="doctor", name=name), finding)


def _probe(case: etree._Element, finding: Finding) -> None:
    if finding.skipped:
        etree.SubElement(case, "skipped", message=_valid(finding.skipped))
    if finding.whose is None:
        return
    if finding.fatal:
        message = _valid(f"{finding.whose}: {finding.seen}")
        etree.SubElement(case, "error", type=str(finding.whose), message=message)
    rows = (
        ("whose", finding.whose),
        ("expected", finding.expected),
        ("seen", finding.seen),
        ("fix", finding.fix),
    )
    told = "\n".join(f"{name}: {value}" for name, value in rows if value)
    etree.SubElement(case, "system-out").text = _valid(told, _WHOLE)


def _waivers(root: etree._Element, record: Record) -> None:
    """A stale waiver fails the run, so it fails here."""
    if not record.stale:
        return
    suite = _suite_beside(root, "waivers", tests=len(record.stale), failures=len(record.stale))
    for found in record.stale:
        name = _valid(f"the waiver of {found.waiver.what} is in force")
        case = etree.SubElement(suite, "testcase", classname="waivers", name=name)
        failure = etree.SubElement(case, "failure", type="stale", message=_valid(found.why))
        failure.text = _valid(found.waiver.terms)


def _suite_beside(root: etree._Element, name: str, **sums: int) -> etree._Element:
    """A suite of what is no check, counted in the totals."""
    suite = etree.SubElement(root, "testsuite", name=name)
    for total in ("tests", *_TOTAL.values()):
        suite.set(total, str(sums.get(total, 0)))
        root.set(total, str(int(root.get(total, "0")) + sums.get(total, 0)))
    return suite


def _note_an_early_end(root: etree._Element, record: Record) -> None:
    """A run that was broken off must not look like one that passed."""
    if record.complete:
        return
    suite = _suite_beside(root, "run", tests=1, errors=1)
    case = etree.SubElement(suite, "testcase", classname="run", name="the run comes to its end")
    error = etree.SubElement(case, "error", type="incomplete")
    error.set("message", _valid(sentence(record)))


def _valid(text: str, most: int = LONGEST) -> str:
    """The text without what XML 1.0 cannot hold; control characters are shown."""
    return _INVALID.sub("\ufffd", plain(shortened(text, most), keep="\t\n"))
