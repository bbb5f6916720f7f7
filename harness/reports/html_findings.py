"""The sections of the HTML report about what was found, and about what was not judged and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.model import CheckResult, Verdict
from harness.record import Record
from harness.reports import evidence, views
from harness.reports.context import Context
from harness.reports.html_readings import explanation
from harness.reports.html_tables import table
from harness.reports.markup import Html, el, join
from harness.reports.views import Finding, Reason
from harness.reports.words import SYMBOL, cut, number
from harness.reproduction import target_file

LONGEST_VALUE = 800
LONGEST_EVIDENCE = 2_000
MOST_EVIDENCE = 60
"""How many findings show their exchanges: a page must open, and run.jsonl has them all."""

MOST_FINDINGS = 200
MOST_REASONS = 60


def findings_section(
    record: Record, verdicts: Sequence[Verdict], beside: Context, *, anchor: str, title: str
) -> Html:
    """One article a finding; said in words where there is none."""
    found = [finding for verdict in verdicts for finding in views.findings(record, verdict)]
    return el(
        "section",
        el("h2", title, id=f"{anchor}-title"),
        *(
            _finding(record, finding, place, beside=beside)
            for place, finding in enumerate(found[:MOST_FINDINGS])
        ),
        _more(len(found) - MOST_FINDINGS),
        None if found else el("p", "None.", class_="nothing"),
        aria_labelledby=f"{anchor}-title",
        id=anchor,
        tabindex="-1",
    )


def _finding(record: Record, finding: Finding, place: int, *, beside: Context) -> Html:
    first = finding.first
    ident = f"{first.verdict}-{place}"
    count = len({views.subject(result) for result in finding.results})
    return el(
        "article",
        el(
            "p",
            _badge(first.verdict),
            f" {first.keyword}, {number(count, 'subject')}",
            class_="mark",
        ),
        el("h3", el("span", first.check, class_="id"), " ", first.title, id=ident),
        _compared(finding),
        el("dl", *_facts(record, finding, beside), class_="facts wide"),
        explanation(record, first),
        _exchanges(record, finding) if place < MOST_EVIDENCE else None,
        aria_labelledby=ident,
        class_=f"finding {first.verdict}",
    )


def _compared(finding: Finding) -> Html:
    first = finding.first
    return el(
        "dl",
        el("div", el("dt", "Expected"), el("dd", _value(first.expected))),
        el("div", el("dt", _seen(finding)), el("dd", _value(first.seen))),
        class_="compared",
    )


def _seen(finding: Finding) -> str:
    return f"Seen on {views.subject(finding.first)}" if finding.varied else "Seen"


def _value(text: str | None) -> Html:
    return el("code", cut(text or "-", LONGEST_VALUE))


def _facts(record: Record, finding: Finding, beside: Context) -> Iterator[Html]:
    first = finding.first
    rows = (
        *_notes(first, beside),
        ("Finding", el("code", first.tag or "-")),
        ("Written in", f"{first.clause} ({first.requirement})"),
        ("Subjects", views.subjects(finding.results)),
        ("Readings", views.under_readings(first)),
        ("Detail", first.detail and cut(first.detail, LONGEST_VALUE)),
        ("Reproduce", _command(views.reproduction(record, first))),
        ("By hand", _by_hand(first, beside)),
    )
    for name, value in rows:
        if value:
            yield el("div", el("dt", name), el("dd", value))


def _notes(result: CheckResult, beside: Context) -> Iterator[tuple[str, str | Html]]:
    """Whose it is in bold, then why; and the other notes."""
    for label, text in beside.notes(result):
        word, _, why = text.partition(": ")
        whose = label == "whose"
        yield label.capitalize(), join(el("strong", word), ": ", why) if whose else text


def _by_hand(result: CheckResult, beside: Context) -> Html | None:
    line = beside.by_hand(result)
    return _command(line) if line else None


def _command(text: str) -> Html:
    """A command that wraps between its words only, and can be copied."""
    words = (join(el("span", word), " ") for word in text.split(" "))
    return el("code", *words, class_="command")


def _exchanges(record: Record, finding: Finding) -> Html | None:
    first = finding.first
    held = [record.exchanges[i] for i in first.evidence if i in record.exchanges]
    if not held:
        return None
    shown = held[-2:]
    total = number(len(held), "exchange")
    title = f"Evidence on {views.subject(first)}: {total}"
    if len(shown) < len(held):
        title = f"{title}, the last {len(shown)} shown"
    return el(
        "details",
        el("summary", title),
        *(el("pre", evidence.text(exchange, LONGEST_EVIDENCE), tabindex="0") for exchange in shown),
        class_="evidence",
    )


def unjudged_section(record: Record, beside: Context) -> Html:
    """Blocked, broken, not applicable, not tested: apart, each with its reasons."""
    parts = (
        (Verdict.BROKEN, "The harness itself failed; please report it with the record."),
        (Verdict.BLOCKED, "The subject could not be reached or observed: nobody's failure yet."),
        (Verdict.NOT_APPLICABLE, "There was nothing to judge on these subjects."),
    )
    return el(
        "section",
        el("h2", "Not judged", id="not-judged-title"),
        *(_unjudged(record, verdict, meaning, beside=beside) for verdict, meaning in parts),
        el("h3", "Not tested"),
        _not_tested(record),
        aria_labelledby="not-judged-title",
        id="not-judged",
    )


def _unjudged(record: Record, verdict: Verdict, meaning: str, *, beside: Context) -> Html:
    found = views.reasons(record, verdict)
    total = sum(len(reason.results) for reason in found)
    heading = el("h3", f"{verdict.capitalize()}: {total:,}")
    if not found:
        return join(heading, el("p", "None.", class_="nothing"))
    content = table(
        f"{verdict.replace(' ', '-')}-reasons",
        f"Reasons why results are {verdict}",
        ("Reason", "Results", "Checks and subjects"),
        body=(_reason(record, reason, beside) for reason in found[:MOST_REASONS]),
    )
    return join(heading, el("p", meaning), content, _more(len(found) - MOST_REASONS))


def _reason(record: Record, reason: Reason, beside: Context) -> Html:
    who = views.subjects(reason.results)
    which = ", ".join(reason.checks)
    told = f"{number(len(reason.checks), 'check')}, {_subject_count(reason)}"
    return el(
        "tr",
        el(
            "th",
            cut(reason.text, LONGEST_VALUE),
            *(
                el("p", label.capitalize(), ": ", text, class_="note")
                for label, text in _notes(reason.results[0], beside)
            ),
            _again(record, reason),
            scope="row",
            class_="reason",
        ),
        el("td", f"{len(reason.results):,}", class_="number", data_label="Results"),
        el("td", el("details", el("summary", told), el("p", which), el("p", who), _whole(reason))),
    )


def _again(record: Record, reason: Reason) -> Html | None:
    """How to see it again, where somebody's own target was asked."""
    if target_file(record.header) is None:
        return None
    return el("p", "Reproduce: ", _command(views.cause(record, reason)), class_="note")


def _whole(reason: Reason) -> Html | None:
    """What stood above the last line, which is the reason: a trace, where the harness broke."""
    detail = (reason.results[0].detail or "").strip()
    return el("pre", cut(detail, LONGEST_EVIDENCE), tabindex="0") if "\n" in detail else None


def _subject_count(reason: Reason) -> str:
    return number(len({views.subject(result) for result in reason.results}), "subject")


def _not_tested(record: Record) -> Html:
    entries = record.header["not_tested"]
    if not entries:
        return el("p", "Every requirement that is known has a check.", class_="nothing")
    rows = (
        el(
            "tr",
            el("th", entry["requirement"], scope="row"),
            el("td", entry["reason"], data_label="Why no check can tell"),
            el("td", entry["clause"], data_label="Written in"),
        )
        for entry in entries
    )
    heads = ("Requirement", "Why no check can tell", "Written in")
    return table("not-tested", "Requirements that no check covers", heads, body=rows)


def _badge(verdict: Verdict) -> Html:
    mark = el("span", SYMBOL[verdict], aria_hidden="true")
    return el("strong", mark, f" {verdict.capitalize()}", class_=f"badge {verdict}")


def _more(count: int) -> Html | None:
    return el("p", f"{count:,} more are in run.jsonl.") if count > 0 else None
