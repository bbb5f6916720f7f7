"""What changed between two runs, as a person reads it: worst first, alike together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from harness.comparison import Change, Comparison, Direction
from harness.model import CheckResult, Verdict
from harness.record import Record
from harness.reports.context import Context, context_of
from harness.reports.sheet import Sheet
from harness.reports.summary_context import labelled
from harness.reports.views import reproduction, subject
from harness.reports.words import SYMBOL, cut, listed, number, plain

MOST = 20
"""How many groups of one direction are shown; JSON has every change."""

_FEW, _MANY = 3, 8
_COLOUR = {
    Direction.WORSE: Verdict.FAILED,
    Direction.BETTER: Verdict.PASSED,
    Direction.OTHERWISE: Verdict.WARNED,
    Direction.NEW: Verdict.WARNED,
    Direction.GONE: Verdict.WARNED,
}


def render(of: Comparison, *, sheet: Sheet) -> str:
    """The comparison, fit for a terminal."""
    beside = context_of(of.after)
    lines = [*_runs(of, sheet), *_settings(of, sheet)]
    for direction in Direction:
        changes = [change for change in of.changes if change.direction is direction]
        lines += _direction(of, direction, changes, sheet=sheet, beside=beside)
    return "\n".join((*lines, "", *_end(of, sheet)))


def sentence(of: Comparison) -> str:
    """What it comes to, and because of what."""
    if not of.changes:
        return "Nothing changed."
    if not of.worse:
        return f"{number(len(of.changes), 'result')} changed, none for the worse."
    followed = sum(change.follows is not None for change in of.worse)
    causes = Counter(change.cause for change in of.worse if change.follows is None)
    told = ", ".join(f"{count:,} {cause}" for cause, count in causes.most_common())
    others = f", {followed:,} of them because others did" if followed else ""
    why = f"; why: {told}" if told else ""
    got = number(len(of.worse), "result got worse or fails", "results got worse or fail")
    return f"{got} anew{others}{why}."


def _runs(of: Comparison, sheet: Sheet) -> Iterator[str]:
    for word, record in (("before", of.before), ("after", of.after)):
        header = record.header
        broken_off = "" if record.complete else ", broken off"
        told = f"{header['run']} of {header['target']['name']}, {_count(record)}{broken_off}"
        yield from sheet.wrapped(f"{word + ':':8} {told}", 9)
    if of.is_repeat:
        left_out = f"; {of.left_out:,} others were not asked again" if of.left_out else ""
        yield from sheet.wrapped(
            f"The later run only repeats what failed in the earlier{left_out}."
        )


def _count(record: Record) -> str:
    return number(len(record.results), "result")


def _settings(of: Comparison, sheet: Sheet) -> Iterator[str]:
    yield ""
    if not of.settings:
        yield from sheet.wrapped("The same was asked, by the same rules, of the same target.")
        return
    yield "What differs besides the answers"
    for each in of.settings:
        yield from sheet.wrapped(f"  {each.name}: {each.before} -> {each.after}", 4)


def _direction(
    of: Comparison,
    direction: Direction,
    changes: list[Change],
    *,
    sheet: Sheet,
    beside: Context,
) -> Iterator[str]:
    if not changes:
        return
    yield ""
    yield sheet.painted(f"{direction.upper()} ({len(changes):,})", _COLOUR[direction])
    groups = _groups(change for change in changes if change.follows is None)
    for group in groups[:MOST]:
        yield from _group(of, group, sheet, beside=beside)
    if len(groups) > MOST:
        yield f"  and {number(len(groups) - MOST, 'more change')}: see --json"
    yield from _followers([change for change in changes if change.follows], sheet)


def _groups(changes: Iterable[Change]) -> list[list[Change]]:
    """Changes that are alike, of several subjects; failures first."""
    together: dict[tuple[object, ...], list[Change]] = {}
    for change in changes:
        check = change.result.check if change.before and change.after else None
        alike = (check, _state(change.before), _state(change.after), change.cause, change.why)
        together.setdefault(alike, []).append(change)
    order = list(SYMBOL)
    return sorted(together.values(), key=lambda group: order.index(group[0].result.verdict))


def _group(of: Comparison, group: list[Change], sheet: Sheet, *, beside: Context) -> Iterator[str]:
    first = group[0]
    checks = list(dict.fromkeys(change.result.check for change in group))
    named = checks[0] if len(checks) == 1 else number(len(checks), "check")
    way = f"{_state(first.before)} -> {_state(first.after)}"
    whom = _subjects([change.result for change in group])
    yield from sheet.wrapped(f"  {named}  {way}: {whom}", 4)
    if len(checks) > 1:
        shown = ", ".join(checks[:_MANY]) + (", ..." if len(checks) > _MANY else "")
        yield from sheet.wrapped(f"    {shown}", 4)
        yield from labelled("why", f"{first.cause}: {first.why}", sheet)
        return
    yield from sheet.wrapped(f"    {first.result.title}", 4)
    yield from labelled("why", f"{first.cause}: {first.why}", sheet)
    yield from _seen("before", first.before, sheet)
    yield from _seen("after", first.after, sheet)
    if first.worse and first.after:
        yield from _again(of, first.after, beside)


def _again(of: Comparison, result: CheckResult, beside: Context) -> Iterator[str]:
    """The commands, in one line each, so that they can be copied."""
    yield f"    reproduce: {plain(reproduction(of.after, result))}"
    by_hand = beside.by_hand(result)
    if by_hand:
        yield f"    by hand:   {plain(by_hand)}"


def _state(result: CheckResult | None) -> str:
    if result is None:
        return "not asked"
    return f"{result.verdict} {result.tag}" if result.tag else str(result.verdict)


def _seen(label: str, result: CheckResult | None, sheet: Sheet) -> Iterator[str]:
    if result is None or not (result.seen or result.detail):
        return
    said = f"seen {cut(result.seen, 160)}" if result.seen else result.detail
    expected = f"expected {cut(result.expected, 80)}, " if result.seen and result.expected else ""
    yield from labelled(label, f"{expected}{said}", sheet)


def _followers(changes: list[Change], sheet: Sheet) -> Iterator[str]:
    """Blocks that came or went with another check, in a line for each way."""
    together: dict[tuple[str, str, str], list[Change]] = {}
    for change in changes:
        alike = (change.follows or "", _state(change.before), _state(change.after))
        together.setdefault(alike, []).append(change)
    for (check, before, after), group in together.items():
        count = number(len(group), "result")
        checks = number(len({change.result.check for change in group}), "check")
        told = f"  {count} of {checks}  {before} -> {after}: follow from {check}"
        yield from sheet.wrapped(f"{told} ({group[0].cause})", 4)


def _subjects(results: list[CheckResult]) -> str:
    names = list(dict.fromkeys(subject(result) for result in results))
    few = ", ".join(names[:_FEW])
    return few if len(names) <= _FEW else f"{few} and {len(names) - _FEW:,} more"


def _end(of: Comparison, sheet: Sheet) -> Iterator[str]:
    same = sum(of.unchanged.values())
    told = [f"{of.unchanged[v]:,} {v}" for v in SYMBOL if of.unchanged.get(v)]
    yield from sheet.wrapped(f"Unchanged: {number(same, 'result')}{_of(told)}.")
    yield from sheet.wrapped(sentence(of))


def _of(told: list[str]) -> str:
    return f" ({listed(told)})" if told else ""
