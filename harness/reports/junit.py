"""JUnit XML as GitLab and Jenkins read it: a test suite for each chapter, a case for each result.

It knows three ways of not passing: failed is a failure, blocked and broken are errors, not
applicable and waived are skipped. A warning passes, and says so in its output.
"""

from __future__ import annotations

import re
from collections import Counter

from lxml import etree

from harness.model import CheckResult, Verdict
from harness.record import Record
from harness.reports import views
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
    for name, counts in views.chapters(record).items():
        suite = etree.SubElement(root, "testsuite", name=_valid(name))
        _add_up(suite, counts)
        suite.set("timestamp", record.header["started"])
        for result in record.results:
            if result.chapter == name:
                _case(suite, record, result, paths.get(result.check))
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


def _case(suite: etree._Element, record: Record, result: CheckResult, path: str | None) -> None:
    who = views.subject(result)
    case = etree.SubElement(suite, "testcase")
    case.set("classname", _valid(f"{result.chapter}.{result.check}"))
    case.set("name", _valid(f"{result.check} {who}: {result.title}"))
    case.set("time", f"{_seconds(record, result):.3f}")
    if path:
        case.set("file", _valid(path.partition("::")[0]))
    properties = etree.SubElement(case, "properties")
    for name, value in (
        ("verdict", result.verdict),
        ("requirement", result.requirement),
        ("tag", result.tag),
    ):
        if value:
            etree.SubElement(properties, "property", name=name, value=_valid(value))
    if result.verdict in _ELEMENT:
        element = etree.SubElement(case, _ELEMENT[result.verdict], message=_valid(_message(result)))
        if element.tag != "skipped":
            element.set("type", _valid(result.tag or result.verdict))
            element.text = _valid(_story(record, result), _WHOLE)
    elif result.verdict is Verdict.WARNED:
        etree.SubElement(case, "system-out").text = _valid(_story(record, result), _WHOLE)


def _message(result: CheckResult) -> str:
    if result.tag:
        return f"{result.tag}: expected {result.expected}, seen {result.seen}"
    return f"{result.verdict}: {(result.detail or '').strip().rpartition(chr(10))[2]}"


def _story(record: Record, result: CheckResult) -> str:
    lines = (
        ("verdict", result.verdict),
        ("expected", result.expected),
        ("seen", result.seen),
        ("reason", result.detail),
        ("clause", result.clause),
        ("reproduce", views.reproduction(record, result)),
        ("evidence", ", ".join(result.evidence)),
    )
    return "\n".join(f"{name}: {shortened(value)}" for name, value in lines if value)


def _seconds(record: Record, result: CheckResult) -> float:
    """How long the exchanges took that a result rests on; they are shared between checks."""
    held = (record.exchanges.get(ident) for ident in result.evidence)
    return sum(exchange.elapsed for exchange in held if exchange)


def _note_an_early_end(root: etree._Element, record: Record) -> None:
    """A run that was broken off must not look like one that passed."""
    if record.complete:
        return
    suite = etree.SubElement(root, "testsuite", name="run", tests="1", errors="1")
    case = etree.SubElement(suite, "testcase", classname="run", name="the run comes to its end")
    error = etree.SubElement(case, "error", type="incomplete")
    error.set("message", _valid(views.sentence(record)))
    for total in ("tests", "errors"):
        root.set(total, str(int(root.get(total, "0")) + 1))


def _valid(text: str, most: int = LONGEST) -> str:
    """The text without what XML 1.0 cannot hold; control characters are shown."""
    return _INVALID.sub("\ufffd", plain(shortened(text, most), keep="\t\n"))
