"""The mutation of the checks: what is changed, and that the living program changes with it."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from suites.mutation.mutants import Mutant, mutants, mutated
from suites.mutation.planting import CannotBePlanted, Garden
from suites.mutation.trial import in_a_fork

SOURCE = '''
"""A module."""
from __future__ import annotations
from functools import cache, wraps
from harness.checks import require
from harness.errors import Violation

MOST = 10

class Answer:
    """An answer."""
    size: int = 3

    @property
    def long(self) -> bool:
        """Whether it is long."""
        return self.size >= MOST

@cache
def judge(size: int, *, plain: bool = False) -> str:
    """Judge 1 thing."""
    expected = f"at most {MOST + 1}"
    if size > MOST and not plain:
        raise Violation("too-long", expected=expected, seen=size + 1)
    require(size != 5, "five", expected="not 5", seen=5 + 0)
    return "sound" if size in (1, 2) else "odd"

def silent(name: str) -> None:
    """Raise what others make."""
    raise _flaw(name)

def _flaw(name: str) -> Violation:
    return Violation(name, expected="", seen=2)
'''
KINDS = frozenset({"require", "raise", "compare", "bool", "not", "constant"})


def found(*kinds: str) -> list[str]:
    return [each.change for each in mutants(SOURCE, "m", kinds=frozenset(kinds))]


def test_each_kind_is_found_where_a_verdict_depends_on_it() -> None:
    assert found("require") == [
        "require(size != 5, 'five', expected='not 5', seen=5 + 0)"[:80]
        + (" -> require(True, 'five', expected='not 5', seen=5 + 0)")
    ]
    assert [change.partition(" -> ")[2] for change in found("raise")] == ["pass", "pass"]
    assert found("not") == ["not plain -> plain"]
    assert found("bool") == ["size > MOST and (not plain) -> size > MOST or not plain"]
    assert found("compare") == [
        "self.size >= MOST -> self.size > MOST",
        "size > MOST -> size >= MOST",
        "size != 5 -> True",
        "size != 5 -> False",
        "size in (1, 2) -> True",
        "size in (1, 2) -> False",
    ]


def test_what_only_explains_or_declares_is_left_alone() -> None:
    assert found("constant") == [
        "10 -> 11",
        "10 -> 9",
        "5 -> 6",
        "5 -> 4",
        "1 -> 2",
        "1 -> 0",
        "2 -> 3",
        "2 -> 1",
    ]


def test_every_mutant_has_a_key_of_its_own_that_outlives_a_change_elsewhere() -> None:
    keys = [each.key for each in mutants(SOURCE, "m", kinds=KINDS)]
    moved = [each.key for each in mutants(f"\n\n{SOURCE}\nMORE = 1\n", "m", kinds=KINDS)]

    assert len(set(keys)) == len(keys)
    assert moved[: len(keys)] == keys


def test_a_mutant_differs_from_its_source_in_one_place() -> None:
    for mutant in mutants(SOURCE, "m", kinds=KINDS):
        text = ast.unparse(mutated(SOURCE, mutant))

        assert text not in ast.unparse(ast.parse(SOURCE))


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[ModuleType]:
    """The source as a living module."""
    path = tmp_path / "ground.py"
    path.write_text(SOURCE)
    spec = importlib.util.spec_from_file_location("harness.ground", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["harness.ground"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["harness.ground"]


def of_change(change: str) -> Mutant:
    return next(
        each for each in mutants(SOURCE, "harness.ground", kinds=KINDS) if change in each.change
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("size != 5 -> True", "odd"),
        ("require(size", "odd"),
        ("size in (1, 2) -> True", "five: expected not 5, seen 5"),
    ],
)
def test_who_imported_a_function_earlier_runs_the_mutant(
    planted: ModuleType, change: str, said: str
) -> None:
    judge, garden = planted.judge, Garden.of(("harness.ground",))

    def told(mutant: Mutant) -> str:
        garden.plant(mutant)
        try:
            answer: str = judge(5)
        except Exception as error:  # noqa: BLE001 -- it is told
            return str(error)
        return answer

    assert in_a_fork(told, of_change(change)) == said


def test_a_method_behind_a_property_and_a_constant_are_changed_too(planted: ModuleType) -> None:
    garden, answer = Garden.of(("harness.ground",)), planted.Answer()
    answer.size = 10

    def told(mutant: Mutant) -> str:
        garden.plant(mutant)
        return str(answer.long)

    assert answer.long
    assert in_a_fork(told, of_change("self.size >= MOST")) == "False"
    assert in_a_fork(told, of_change("10 -> 11")) == "False"
    assert in_a_fork(told, of_change("10 -> 9")) == "True"


def test_what_does_not_live_on_cannot_be_planted(planted: ModuleType) -> None:
    garden = Garden.of(("harness.ground",))
    del garden.functions["harness.ground", "silent"]

    with pytest.raises(CannotBePlanted):
        garden.plant(of_change("raise _flaw"))
