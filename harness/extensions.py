"""What is plugged in from outside the judge, by entry point: landscapes to test, suites to ask.

The judge names neither package, so that either can be replaced without touching it.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from harness.checks import Check, catalogue
from harness.errors import HarnessFault
from harness.ports import Landscape


def landscape(name: str = "embedded") -> Landscape:
    """A landscape by name, not started."""
    for entry in entry_points(group="oots.landscapes", name=name):
        made: Landscape = entry.load()()
        return made
    raise HarnessFault(
        f"no landscape called {name} is installed; install the package with `pip install .`"
    )


@cache
def checks() -> tuple[Check, ...]:
    """The checks of every installed suite, in the order of the chapters."""
    found = [check for e in entry_points(group="oots.suites") for check in catalogue(e.value)]
    if not found:
        raise HarnessFault("no suite is installed; install the package with `pip install .`")
    return tuple(found)
