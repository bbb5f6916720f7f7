"""The page about the lifecycle is the generated one, and leaves nothing out."""

from __future__ import annotations

import re

from harness.desk.document import diagram, page
from harness.desk.lines import LINES
from harness.desk.nouns import State
from harness.desk.rules import RULES
from suites.selftest.desk_named import named
from suites.selftest.desk_page import PAGE, generated


def test_the_committed_page_is_the_generated_one() -> None:
    told = "run `python -m suites.selftest.desk_page`"

    assert PAGE.read_text("utf-8") == generated(), told


def test_no_line_and_no_cell_is_without_a_test() -> None:
    assert "**none**" not in generated()


def test_what_no_test_exercises_is_loud() -> None:
    assert page({}).count("**none**") == len(LINES) + 21


def test_every_test_that_the_page_names_is_there() -> None:
    folder = PAGE.parents[2] / "suites" / "selftest"

    for names in named().values():
        for name in names:
            file, _, test = name.partition("::")
            assert f"def {test}(" in (folder / file).read_text("utf-8")


def test_every_move_is_drawn_or_listed() -> None:
    text = page({})
    edges = re.findall(r"^  (\w+) --> (\w+): (.+)$", diagram(), re.MULTILINE)
    drawn = {(source, act) for source, _, acts in edges for act in acts.split(", ")}

    for rule in RULES:
        for source in rule.of:
            row = next(line for line in text.splitlines() if line.startswith(f"| {rule.line} |"))
            assert row
            moves = isinstance(rule.to, State) and rule.to is not source
            listed = f"| {rule.act} | {', '.join(rule.of)} |" in text
            assert (source.name, rule.act) in drawn or listed or not moves


def test_the_diagram_knows_every_state() -> None:
    named_states = re.findall(r'state ".+" as ([A-Z]\w+)$', diagram(), re.MULTILINE)

    assert named_states == [state.name for state in State]
