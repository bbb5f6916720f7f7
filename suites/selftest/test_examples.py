"""The examples in the docstrings are run: what a reader tries must come out as it is written."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest

import harness
import mock_services


def modules(package: ModuleType) -> Iterator[str]:
    for entry in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not entry.ispkg:
            yield entry.name


@pytest.mark.parametrize("name", [*modules(harness), *modules(mock_services)])
def test_the_examples_of_a_module_come_out_as_written(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))

    assert failed == 0


def test_the_rules_of_discovery_have_examples() -> None:
    _, tried = doctest.testmod(importlib.import_module("harness.discovery"))

    assert tried > 5
