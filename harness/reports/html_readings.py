"""What the HTML report says beside the verdicts: how to mend what is wrong, how else to read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.model import CheckResult
from harness.record import Record
from harness.reports import views
from harness.reports.html_tables import table
from harness.reports.markup import Html, el
from harness.reports.words import number

_PARTS = (("why", "Why it matters"), ("fix", "How to fix it"))
_SNIPPETS = (("good", "A good answer"), ("bad", "A bad answer"))


def explanation(record: Record, result: CheckResult) -> Html | None:
    """The text of `oots explain`, folded; None in records of earlier releases."""
    told = views.explanation(record, result)
    if told is None:
        return None
    return el(
        "details",
        el("summary", "Why it matters, and how to fix it"),
        *(el("p", el("strong", f"{title}: "), str(told.get(part, ""))) for part, title in _PARTS),
        *_snippets(told),
        class_="explanation",
    )


def _snippets(told: Mapping[str, object]) -> Iterator[Html]:
    for part, title in _SNIPPETS:
        yield el("p", el("strong", title))
        yield el("pre", str(told.get(part, "")), tabindex="0")


def profile(record: Record) -> str | None:
    """The rule profile, and how many checks it leaves out; None in records of earlier releases."""
    name = record.header["selection"].get("profile")
    if not name:
        return None
    left_out = len(record.header.get("left_out", []))
    return f"profile {name}" + (f"; {number(left_out, 'check')} left out" if left_out else "")


def readings_section(record: Record) -> Html:
    """The checks that depend on an ambiguous clause, with their verdict under each reading."""
    found = views.readings(record)
    heading = el("h2", "Readings", id="readings-title")
    if not found:
        nothing = el("p", "No result depends on how a clause is read.", class_="nothing")
        return _section(heading, nothing)
    intro = "A clause that can be read in several ways is judged by our choice; beside it stands"
    questions = {entry["reading"]: entry for entry in record.header.get("readings", ())}
    asked = {entry["check"]: entry.get("reading") for entry in record.header["catalogue"]}
    body = (
        _row(result, count, questions.get(asked.get(result.check), {})) for result, count in found
    )
    heads = ("Check", "Question", "Results", "Our choice, then the other readings")
    content = table("by-reading", "Verdicts under each reading", heads, body=body)
    return _section(heading, el("p", f"{intro} what each other reading would say."), content)


def _row(result: CheckResult, count: int, entry: dict[str, object]) -> Html:
    return el(
        "tr",
        el("th", el("span", result.check, class_="id"), scope="row"),
        el("td", str(entry.get("question", "-"))),
        el("td", f"{count:,}", class_="number"),
        el("td", views.under_readings(result)),
    )


def _section(*parts: Html) -> Html:
    return el("section", *parts, aria_labelledby="readings-title", id="readings")
