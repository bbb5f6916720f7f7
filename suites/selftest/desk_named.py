"""Which test exercises which process line and which cell of the matrix: told where the test is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from harness.desk.document import Tests

_NAMED: dict[str, list[str]] = {}
_Test = TypeVar("_Test", bound=Callable[..., object])


def exercises(*keys: str) -> Callable[[_Test], _Test]:
    """Say which lines or cells a test exercises."""

    def noted(test: _Test) -> _Test:
        file = test.__module__.rpartition(".")[2]
        for key in keys:
            _NAMED.setdefault(key, []).append(f"{file}.py::{test.__name__}")
        return test

    return noted


def named() -> Tests:
    """Every test that is named so far; those of a module once it is imported."""
    return {key: tuple(names) for key, names in _NAMED.items()}
