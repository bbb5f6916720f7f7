"""How a check is declared, how it says no, and the catalogue of all of them.

A check is an ordinary test function. The name of its one parameter says what it judges: `zone`,
`directory`, or `answer` (called once for each answer of the kinds named by `on`).
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, TypeVar

from harness.errors import HarnessFault, Violation
from harness.model import Service, Specimen
from harness.readings import Reading, readings
from harness.requirements import Requirement, requirements

CHAPTERS = ("discovery", "lookup", "signature", "caching")
SUBJECTS = ("zone", "directory", "answer")
SPECIMENS = {
    Service.EB: (
        Specimen.CATALOGUE,
        Specimen.REQUIREMENTS,
        Specimen.EVIDENCE_TYPES,
        Specimen.EMPTY,
        Specimen.UNKNOWN_QUERY,
    ),
    Service.DSD: (
        Specimen.DATA_SERVICES,
        Specimen.ADDITIONAL_INPUT,
        Specimen.EMPTY,
        Specimen.UNKNOWN_QUERY,
    ),
}
"""Which answers each service can be asked for."""

_ID = re.compile(r"[A-Z]{3,5}-[0-9]{2,3}")
_Function = TypeVar("_Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """One question put to a subject.

    `verifies` are requirement slugs, the first being the one its results are filed under; `finds`
    are the tags it may report; `on` the answers it looks at where its subject is `answer`;
    `reading` is the entry of the interpretation register that it asks its subject for;
    `optional` ones judge what a directory need not have, and need not apply to each; `of_server`
    ones how a name server answers, whatever its zone holds: a zone file says nothing about that.
    """

    id: str
    verifies: tuple[str, ...]
    finds: tuple[str, ...]
    services: tuple[Service, ...]
    on: tuple[Specimen, ...]
    function: Callable[..., Any]
    reading: str | None = None
    optional: bool = False
    of_server: bool = False

    def __repr__(self) -> str:
        return f"<Check {self.id}>"

    @property
    def title(self) -> str:
        """The first line of the docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0].rstrip(".")

    @property
    def chapter(self) -> str:
        """The folder of the suite it lies in."""
        return self.function.__module__.split(".")[-2]

    @property
    def role(self) -> str:
        """The part that it judges: `zone`, or `directory` with its answers."""
        return "zone" if self.subject == "zone" else "directory"

    @property
    def path(self) -> str:
        """Its pytest node id, relative to the suites' parent."""
        return f"{self.function.__module__.replace('.', '/')}.py::{self.function.__name__}"

    @property
    def subject(self) -> str:
        """What it judges: `zone`, `directory` or `answer`."""
        return _parameters(self.function)[0]

    @property
    def requirement(self) -> Requirement:
        """The requirement its results are filed under."""
        return requirements()[self.verifies[0]]

    @property
    def profiles(self) -> tuple[str, ...]:
        """The rule profiles that it belongs to: those of the requirement it is filed under."""
        return self.requirement.profiles

    @property
    def register(self) -> Reading | None:
        """The ambiguous clause that its verdict depends on.

        Its own, or that of its requirement where the readings differ in the keyword alone.
        """
        if self.reading is not None:
            return readings()[self.reading]
        weighed = self.requirement.register
        return readings()[weighed] if weighed and readings()[weighed].keywords else None


def check(  # noqa: PLR0913 -- what a check declares
    ident: str,
    *,
    verifies: tuple[str, ...],
    finds: tuple[str, ...],
    services: tuple[Service, ...] = tuple(Service),
    on: tuple[Specimen, ...] = (),
    reading: str | None = None,
    optional: bool = False,
    of_server: bool = False,
) -> Callable[[_Function], _Function]:
    """Declare a test function a check; it stays an ordinary function with an attribute `check`.

    `on` is left empty by a check that looks at every kind of answer, or not at answers; `optional`
    says that a subject to which it does not apply lacks nothing; `of_server`, that no content of a
    zone could make it fail.
    """

    def declare(function: _Function) -> _Function:
        kinds = on or tuple(kind for service in services for kind in SPECIMENS[service])
        asked = tuple(s for s in services if set(SPECIMENS[s]) & set(kinds))
        shown = tuple(dict.fromkeys(kinds))
        declared = Check(
            ident, verifies, finds, asked, shown, function, reading, optional, of_server
        )
        _refuse_mistakes(declared)
        function.check = declared  # type: ignore[attr-defined]
        return function

    return declare


def require(condition: object, tag: str, *, expected: object, seen: object) -> None:
    """Raise `Violation` unless the condition holds."""
    if not condition:
        raise Violation(tag, expected=expected, seen=seen)


@cache
def catalogue(package: str = "suites") -> tuple[Check, ...]:
    """Every check below a package, in the order of their ids within the order of the chapters."""
    found: dict[str, Check] = {}
    for module in _modules(importlib.import_module(package)):
        for value in vars(module).values():
            declared = getattr(value, "check", None)
            if not isinstance(declared, Check) or value.__module__ != module.__name__:
                continue
            if declared.id in found:
                raise HarnessFault(f"check id {declared.id} is declared twice: {declared.path}")
            found[declared.id] = declared
    return tuple(sorted(found.values(), key=lambda c: (CHAPTERS.index(c.chapter), c.id)))


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for chapter in CHAPTERS:
        folder = importlib.import_module(f"{package.__name__}.{chapter}")
        for entry in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
            if entry.name.rpartition(".")[2].startswith("test_"):
                yield importlib.import_module(entry.name)


@cache
def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)


def _refuse_mistakes(declared: Check) -> None:
    unknown = [slug for slug in declared.verifies if slug not in requirements()]
    parameters = _parameters(declared.function)
    problem = (
        f"requirement {unknown[0]} does not exist"
        if unknown
        else "it verifies nothing"
        if not declared.verifies
        else "it has no tag to find"
        if not declared.finds
        else "its id is not of the form ABCD-12"
        if not _ID.fullmatch(declared.id)
        else "it has no title"
        if not declared.title
        else f"its parameter must be one of {', '.join(SUBJECTS)}"
        if len(parameters) != 1 or parameters[0] not in SUBJECTS
        else "its requirements differ in severity"
        if len({requirements()[slug].severity for slug in declared.verifies}) > 1
        else f"reading {declared.reading} is not in the register"
        if declared.reading is not None and declared.reading not in readings()
        else None
    )
    if problem:
        raise HarnessFault(f"check {declared.id} in {declared.path}: {problem}")
