"""The lifecycle and the RACI matrix as a page for people: generated from the tables, never edited.

`tests` names the tests that exercise a process line (`3.5.8`) or a cell of the matrix (`3.5 User`);
what none exercises is loud.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from harness.desk import raci
from harness.desk.lifecycle import EXCEPTIONAL
from harness.desk.lines import LINES
from harness.desk.nouns import ENDED, Process, State, Step
from harness.desk.recurrence import TABLE
from harness.desk.rules import RULES, Rule, Turn

_FEW = 3
"""States that a rule is drawn from, each with an arrow of its own."""

Tests = Mapping[str, tuple[str, ...]]

_START = """\
# The lifecycle of a ticket

This page is generated from `rules.py`, `raci.py` and `recurrence.py`; change those, then run
`python -m suites.selftest.desk_page`. The source is the Service Desk offering, section by section:
`3.5.8` is line 8 of its section 3.5.
"""


def page(tests: Tests) -> str:
    """The whole page, in Markdown."""
    parts = (
        _START,
        _heading("The course", "Moves that leave a ticket where it is are in the tables below."),
        f"```mermaid\n{diagram()}```\n",
        _heading("Aside and back", "What starts in many places, or leads back, from each of them."),
        _table(("act", "from", "to", "by"), _aside_rows()),
        _heading("Who answers for what", "The matrix of section 2 of the offering."),
        _table(("process", *raci.Entity), map(_raci_row, Process)),
        "".join(f"* Our reading: {reading}.\n" for reading in raci.OURS.values()),
        _heading("Every process line, its acts and its tests", ""),
        _table(("line", "what it says", "acts", "tests"), _line_rows(tests)),
        _heading("Every cell of the matrix and its test", ""),
        _table(("process", "entity", "cell", "tests"), _cell_rows(tests)),
        _heading("Every move", "What a move needs besides its state and its role is in `needs`."),
        _table(("line", "act", "from", "to", "by", "needs"), map(_rule_row, RULES)),
        _heading("Where we had to choose", "Rules that the lines or the matrix do not give."),
        _table(("act", "resting on", "why"), map(_reading_row, filter(_chosen, RULES))),
        _heading(
            "What fails again", "Of all tickets with the fingerprint the open one comes first."
        ),
        _table(("as the desk knows it", "what becomes of it"), TABLE.items()),
    )
    return "\n".join(part for part in parts if part)


def diagram() -> str:
    """The course of a ticket as a Mermaid state diagram, one box a step."""
    return "".join(f"{line}\n" for line in _diagram())


def key(process: Process, who: raci.Entity) -> str:
    """What a cell of the matrix is called where its tests are named.

    >>> key(Process.INVESTIGATION, raci.Entity.USER)
    '3.5 User'
    """
    return f"{process} {who}"


def _diagram() -> Iterator[str]:
    yield "stateDiagram-v2"
    for step in Step:
        yield f'  state "{step.value} {step.label}" as STEP_{step.value} {{'
        for state in State:
            if state.step is step:
                yield f'    state "{state}" as {state.name}'
        yield "  }"
    yield f"  [*] --> {State.UNDETECTED.name}"
    for (source, to), acts in _edges().items():
        yield f"  {source.name} --> {to.name}: {', '.join(acts)}"
    for state, notes in _notes().items():
        yield f"  note right of {state.name}: {'; '.join(notes)}"
    for state in ENDED:
        yield f"  {state.name} --> [*]"


def _edges() -> dict[tuple[State, State], list[str]]:
    found: dict[tuple[State, State], list[str]] = {}
    for rule in RULES:
        for source in _drawn(rule):
            if isinstance(rule.to, State) and rule.to is not source:
                found.setdefault((source, rule.to), []).append(rule.act)
    return found


def _drawn(rule: Rule) -> tuple[State, ...]:
    """From where a rule is drawn; from many places it is noted where it leads."""
    if len(rule.of) <= _FEW:
        return rule.of
    return () if rule.act in EXCEPTIONAL else rule.of[:1]


def _notes() -> dict[State, list[str]]:
    found: dict[State, list[str]] = {}
    for rule in RULES:
        others = len(rule.of) - len(_drawn(rule))
        if others and isinstance(rule.to, State):
            found.setdefault(rule.to, []).append(f"{rule.act}, from {others} states")
    return found


def _aside_rows() -> Iterator[tuple[str, ...]]:
    """Every rule that is not drawn from each of its states."""
    for rule in RULES:
        leads_on = isinstance(rule.to, State) and set(rule.of) != {rule.to}
        if (leads_on and len(rule.of) > _FEW) or rule.to is Turn.BACK:
            yield rule.act, _joined(rule.of), _end(rule), _roles(rule)


def _raci_row(process: Process) -> tuple[str, ...]:
    return process.label, *(raci.cell(process, who) or "-" for who in raci.Entity)


def _line_rows(tests: Tests) -> Iterator[tuple[str, ...]]:
    for line, text in LINES.items():
        acts = dict.fromkeys(rule.act for rule in RULES if rule.line == line)
        yield line, text, _joined(acts), _named(tests.get(line, ()))


def _cell_rows(tests: Tests) -> Iterator[tuple[str, ...]]:
    for process in Process:
        for who in raci.Entity:
            found = tests.get(key(process, who), ())
            yield process.label, who, raci.cell(process, who) or "-", _named(found)


def _rule_row(rule: Rule) -> tuple[str, ...]:
    return rule.line, rule.act, _joined(rule.of), _end(rule), _roles(rule), "; ".join(rule.needs)


def _chosen(rule: Rule) -> bool:
    return bool(rule.reading)


def _reading_row(rule: Rule) -> tuple[str, ...]:
    return rule.act, rule.line, rule.reading


def _end(rule: Rule) -> str:
    return rule.to.value if isinstance(rule.to, Turn) else rule.to


def _roles(rule: Rule) -> str:
    return _joined(rule.by)


def _joined(words: Iterable[str]) -> str:
    return ", ".join(words)


def _named(tests: Iterable[str]) -> str:
    return "<br>".join(f"`{name}`" for name in tests) or "**none**"


def _heading(title: str, text: str) -> str:
    return f"## {title}\n\n{text}\n" if text else f"## {title}\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = tuple(head)
    lines = (names, ("---",) * len(names), *rows)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
