"""Seeded faults: each a function from World to World that names the checks that catch it."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from types import MappingProxyType

from mock_services.world import World

SEAMS = (
    "zone",
    "roots",
    "name_server",
    "aliases",
    "overview",
    "dnssec",
    "envelope",
    "content",
    "refusals",
    "dialogue",
    "xml",
    "forms",
    "parameters",
    "http",
    "framing",
    "tls",
    "digest",
    "signature",
    "protected_header",
    "certificates",
    "certificate_profile",
    "occasions",
    "caching",
    "revalidation",
)


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """One flaw. `caught_by` maps check ids to the tag each must report.

    `blocks` are patterns of check ids that cannot observe anything under this fault (an answer
    that cannot be read hides what is in it); every other check must stay green.
    """

    apply: Callable[[World], World]
    caught_by: Mapping[str, str]
    blocks: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Fault {self.name}>"

    @property
    def name(self) -> str:
        """The function's name."""
        return self.apply.__name__

    @property
    def title(self) -> str:
        """The first line of the docstring."""
        return (inspect.getdoc(self.apply) or "").partition("\n")[0].rstrip(".")

    def blinds(self, check: str) -> bool:
        """Whether a check may end blocked under this fault."""
        return any(fnmatchcase(check, pattern) for pattern in self.blocks)


def fault(
    *, caught_by: Mapping[str, str], blocks: tuple[str, ...] = ()
) -> Callable[[Callable[[World], World]], Fault]:
    """Declare a function a seeded fault."""

    def declare(apply: Callable[[World], World]) -> Fault:
        return Fault(apply, MappingProxyType(dict(caught_by)), blocks)

    return declare


@cache
def faults() -> Mapping[str, Fault]:
    """Every fault by name, in the order of the seams and, within one, of the file."""
    found: dict[str, Fault] = {}
    for seam in SEAMS:
        for value in vars(importlib.import_module(f"{__name__}.{seam}")).values():
            if isinstance(value, Fault):
                if value.name in found:
                    raise ValueError(f"two faults are called {value.name}")
                found[value.name] = value
    return MappingProxyType(found)
