"""A mutant in the living program: its code takes the place of the code that is there.

Functions keep their identity, so that whoever imported one, or decorated it, runs the mutant too.
"""

from __future__ import annotations

import ast
import gc
import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from suites.mutation.mutants import Mutant, mutated

_KEPT = frozenset({"checks", "requirements", "readings", "extensions", "codelists"})
"""Modules whose caches hold data of files, which no mutant changes."""


class CannotBePlanted(Exception):
    """The mutant is in code that does not live on after its module was loaded."""


@dataclass(frozen=True, slots=True)
class Garden:
    """The modules, their sources as loaded, and every function that is alive in them."""

    sources: dict[str, str]
    functions: dict[tuple[str, str], list[FunctionType]]

    @classmethod
    def of(cls, modules: tuple[str, ...]) -> Garden:
        """Look around; all that is to be mutated has been imported."""
        paths = {_path(sys.modules[name]): name for name in modules}
        functions: dict[tuple[str, str], list[FunctionType]] = {}
        for one in gc.get_objects():
            if type(one) is FunctionType and one.__code__.co_filename in paths:
                name = paths[one.__code__.co_filename]
                functions.setdefault((name, one.__code__.co_qualname), []).append(one)
        return cls({name: Path(path).read_text("utf-8") for path, name in paths.items()}, functions)

    def plant(self, mutant: Mutant) -> None:
        """Change the program, for good; raises `CannotBePlanted`."""
        statement = mutated(self.sources[mutant.module], mutant)
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            self._swap(mutant, statement)
        else:
            _rebind(sys.modules[mutant.module], mutant.place, statement)
        _forget()

    def _swap(self, mutant: Mutant, statement: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        code = _compiled(statement, mutant)
        alive = self.functions.get((mutant.module, mutant.place), [])
        if not alive or any(each.__code__.co_freevars != code.co_freevars for each in alive):
            raise CannotBePlanted(mutant.place)
        for function in alive:
            function.__code__ = code


def _compiled(statement: ast.FunctionDef | ast.AsyncFunctionDef, mutant: Mutant) -> CodeType:
    statement.decorator_list = []
    future = ast.parse("from __future__ import annotations").body
    whole = compile(ast.Module([*future, statement], []), _path(sys.modules[mutant.module]), "exec")
    return next(
        const.replace(co_qualname=mutant.place)
        for const in whole.co_consts
        if isinstance(const, CodeType) and const.co_name == statement.name
    )


def _rebind(module: ModuleType, name: str, statement: ast.stmt) -> None:
    """Give a constant its new value here and wherever it was imported."""
    old = vars(module)[name]
    exec(compile(ast.Module([statement], []), _path(module), "exec"), vars(module))  # noqa: S102 -- our own source, changed
    for other in tuple(sys.modules.values()):
        if other.__name__.startswith(("harness.", "suites.")) and vars(other).get(name) is old:
            setattr(other, name, vars(module)[name])


def _forget() -> None:
    """Empty the caches of the judge: what they hold was computed by the sound program."""
    for cached in _caches():
        cached.cache_clear()


@cache
def _caches() -> tuple[Any, ...]:
    return tuple(_cached())


def _cached() -> Iterator[Any]:
    for name, module in tuple(sys.modules.items()):
        if name.startswith("harness.") and name.rpartition(".")[2] not in _KEPT:
            yield from (one for one in vars(module).values() if hasattr(one, "cache_clear"))


def _path(module: ModuleType) -> str:
    path = inspect.getsourcefile(module)
    assert path
    return path
