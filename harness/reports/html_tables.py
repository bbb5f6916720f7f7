"""The tables of the HTML report: by chapter, by Member State, by check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.model import CheckResult, Verdict
from harness.record import Record
from harness.reports import views
from harness.reports.markup import Html, el, join
from harness.reports.views import Counts, Share
from harness.reports.words import SYMBOL, code, name


def chapter_section(record: Record) -> Html:
    """How many results of each verdict, by chapter."""
    rows = views.chapters(record)
    columns = _columns(views.counts(record.results))
    body = (_counted(title, row, columns) for title, row in rows.items())
    sums = _counted("All", views.total(rows.values()), columns)
    heads = ("Chapter", *(verdict.capitalize() for verdict in columns), "Results")
    return _section(
        "chapters",
        "Chapters",
        table("by-chapter", "Results by chapter and verdict", heads, body=body, foot=sums),
    )


def member_section(record: Record) -> Html:
    """The worst verdict of each Member State in each chapter, and how often it was given.

    Where the run was broken off before a Member State was finished, no cell of it is green.
    """
    rows, lacking = views.members(record), views.unfinished(record)
    chapters = views.chapters(record)
    nothing = {chapter: views.counts(()) for chapter in chapters}
    heads = ("Member State", *(chapter.capitalize() for chapter in chapters))
    body = (
        el(
            "tr",
            _named(who, lacking.get(who)),
            *(_cell(cell, done=who not in lacking) for cell in rows.get(who, nothing).values()),
        )
        for who in sorted({*rows, *lacking}, key=name)
    )
    caption = "The worst verdict of each Member State by chapter, and on how many results"
    return _section(
        "member-states",
        "Member States",
        table("by-member-state", caption, heads, body=body),
    )


def checks_section(record: Record) -> Html:
    """Every check that was asked, with its requirement and its results; folded."""
    by_check: dict[str, list[CheckResult]] = {}
    for result in record.results:
        by_check.setdefault(result.check, []).append(result)
    columns = _columns(views.counts(record.results))
    body = (_check(results, columns) for _, results in sorted(by_check.items()))
    heads = ("Check", "Requirement", *(verdict.capitalize() for verdict in columns))
    summary = el("summary", f"All {len(by_check):,} checks that were asked")
    content = table("by-check", "Results by check and verdict", heads, body=body)
    return _section("checks", "Checks", el("details", summary, content))


def _columns(counts: Counts) -> tuple[Verdict, ...]:
    always = (Verdict.PASSED, Verdict.FAILED)
    return tuple(verdict for verdict in counts if counts[verdict] or verdict in always)


def _counted(title: str, row: Counts, columns: Sequence[Verdict]) -> Html:
    figures = (_number(row[verdict], verdict) for verdict in columns)
    whole = el("td", f"{sum(row.values()):,}", class_="number")
    return el("tr", el("th", title.capitalize(), scope="row"), *figures, whole)


def _number(count: int, verdict: Verdict) -> Html:
    style = verdict.replace(" ", "-") if count else "none"
    return el("td", f"{count:,}", class_=f"number {style}")


def _named(who: str, lacking: Share | None) -> Html:
    shown = el("span", code(who), class_="code") if name(who) != who else None
    state = None
    if lacking:
        state = f"not finished, {lacking}" if lacking.done else "not asked"
        state = join(" ", el("span", state, class_="lacking"))
    return el("th", name(who), " ", shown, state, scope="row")


def _cell(counts: Counts, *, done: bool) -> Html:
    worst = views.worst(counts)
    if worst is None:
        return el("td", "not asked", class_="none")
    if not done and worst in views.GREEN:
        return el("td", f"{sum(counts.values()):,} so far", class_="none")
    judged = sum(counts.values()) - counts[Verdict.NOT_APPLICABLE]
    count = f"{counts[worst]:,}" if worst is not Verdict.PASSED else f"{judged:,}"
    mark = el("span", SYMBOL[worst], aria_hidden="true", class_="symbol")
    return el("td", mark, " ", f"{count} {worst}", class_=f"cell {worst.replace(' ', '-')}")


def _check(results: Sequence[CheckResult], columns: Sequence[Verdict]) -> Html:
    first = results[0]
    counts = views.counts(results)
    return el(
        "tr",
        el("th", el("span", first.check, class_="id"), " ", first.title, scope="row"),
        el("td", first.requirement, " ", el("span", first.keyword, class_="code")),
        *(_number(counts[verdict], verdict) for verdict in columns),
    )


def _section(anchor: str, title: str, content: Html) -> Html:
    heading = el("h2", title, id=f"{anchor}-title")
    return el("section", heading, content, aria_labelledby=f"{anchor}-title", id=anchor)


def table(
    label: str,
    caption: str,
    heads: Sequence[str],
    *,
    body: Iterable[Html],
    foot: Html | None = None,
) -> Html:
    """A table in a region of its own that can be scrolled sideways, also by keyboard."""
    content = el(
        "table",
        el("caption", caption, id=f"{label}-caption"),
        el("thead", el("tr", *(el("th", head, scope="col") for head in heads))),
        el("tbody", *body),
        foot and el("tfoot", foot),
    )
    return el(
        "div",
        content,
        class_=f"scroll {label}",
        role="region",
        tabindex="0",
        aria_labelledby=f"{label}-caption",
    )
