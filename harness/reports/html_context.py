"""The sections of the HTML report beside the verdicts: doctor, waivers, what a repeat turned."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model import CheckResult, Finding, Verdict
from harness.record import Record
from harness.repetition import turned
from harness.reports.context import doctor, stops, troubles, waiver_states
from harness.reports.html_tables import table
from harness.reports.markup import Html, el
from harness.reports.views import subject
from harness.reports.words import cut
from harness.waivers import Waiver

LONGEST = 800
MOST = 200


def sections(record: Record) -> Iterator[tuple[str, str, Html]]:
    """Anchor, title and content of each section that this record has something for."""
    if record.findings:
        yield "doctor", "Doctor", _doctor(record)
    if record.waivers:
        yield "waivers", "Waivers", _waivers(record)
    if turned(record):
        yield "repeated", "Green on repeat", _turned(record)


def _doctor(record: Record) -> Html:
    found = troubles(record)
    return _section(
        "doctor",
        "Doctor",
        el("p", f"{doctor(record)}."),
        *(_trouble(record, finding, place) for place, finding in enumerate(found[:MOST])),
        _probes(record) if len(record.findings) > len(found) else None,
    )


def _trouble(record: Record, finding: Finding, place: int) -> Html:
    stopped = stops(record, finding)
    rows = (
        ("How to fix it", finding.fix),
        ("Evidence", ", ".join(finding.evidence)),
        ("Explains", ", ".join(finding.explains)),
    )
    facts = (el("div", el("dt", name), el("dd", text)) for name, text in rows if text)
    ident = f"trouble-{place}"
    return el(
        "article",
        el(
            "p",
            el("strong", f"{finding.whose}", class_="badge"),
            stopped and f": {stopped}",
            class_="mark",
        ),
        el("h3", el("span", finding.probe, class_="id"), " ", finding.title, id=ident),
        el(
            "dl",
            *(
                el("div", el("dt", name), el("dd", el("code", cut(text or "-", LONGEST))))
                for name, text in (("Expected", finding.expected), ("Seen", finding.seen))
            ),
            class_="compared",
        ),
        el("dl", *facts, class_="facts wide"),
        aria_labelledby=ident,
        class_=f"finding {'failed' if finding.fatal else 'warned'}",
    )


def _probes(record: Record) -> Html:
    rows = (
        el(
            "tr",
            el("th", el("span", finding.probe, class_="id"), scope="row"),
            el("td", finding.title),
            el("td", f"not made: {finding.skipped}" if finding.skipped else "well"),
        )
        for finding in record.findings
        if not finding.whose
    )
    content = table(
        "by-probe", "Probes that found nothing wrong", ("Probe", "Looked at", "Found"), body=rows
    )
    return el("details", el("summary", "The other probes"), content)


def _waivers(record: Record) -> Html:
    rows = (_waiver(waiver, state) for waiver, state in waiver_states(record)[:MOST])
    heads = ("Waived", "In this run", "Until", "Owner and ticket", "Reason")
    told = (
        "A waived failure is shown and does not fail the run. A stale waiver, which has expired or"
        " whose failure is gone, does."
    )
    content = table("by-waiver", "Every waiver that was given", heads, body=rows)
    return _section("waivers", "Waivers", el("p", told), content)


def _waiver(waiver: Waiver, state: str) -> Html:
    return el(
        "tr",
        el("th", waiver.what, scope="row"),
        el("td", state, class_=_style(Verdict.FAILED if state.startswith("stale") else None)),
        el("td", str(waiver.expires), class_="number"),
        el("td", f"{waiver.owner}, {waiver.ticket}"),
        el("td", waiver.reason),
    )


def _style(verdict: Verdict | None) -> str | None:
    return f"cell wrapped {verdict}" if verdict else None


def _turned(record: Record) -> Html:
    found = turned(record)
    told = (
        f"This run puts again what was not green in run {record.header['repeats']['run']}. These"
        " are green now: the first answer stays on record, and a second try does not undo it."
    )
    rows = (_turn(result, was) for result, was in found[:MOST])
    heads = ("Check", "Subject", "Was", "Is now")
    content = table("by-repeat", "What is green on repeat", heads, body=rows)
    return _section("repeated", "Green on repeat", el("p", told), content)


def _turn(result: CheckResult, was: Verdict) -> Html:
    return el(
        "tr",
        el("th", el("span", result.check, class_="id"), " ", result.title, scope="row"),
        el("td", subject(result)),
        el("td", was, class_=f"cell {was}"),
        el("td", result.verdict, class_=f"cell {result.verdict.replace(' ', '-')}"),
    )


def _section(anchor: str, title: str, *content: Html | None) -> Html:
    heading = el("h2", title, id=f"{anchor}-title")
    return el("section", heading, *content, aria_labelledby=f"{anchor}-title", id=anchor)
