"""What the answers of a broker give to ask for: procedures, requirements, evidence types.

Pure. Each is given in the order in which to try; what only stands there for tests comes last.
"""

from __future__ import annotations

from collections import Counter

from harness.client import evidence_types
from harness.codelists import code_list
from harness.model import Questions
from harness.regrep_document import Document, Requirement

TEST_PROCEDURE = "00"
FIRST_PROCEDURES = ("R1", "S1", "T1", "T2", "T3", "U1", "U2", "U3", "V1", "V2", "W1", "X1", "X2")
"""Some of the code list of 2022, which every broker knows."""

LONGEST = 500
"""Characters of an identifier that is asked for; real ones have about a hundred."""

_FOR_TESTS = ("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff")


def procedures(catalogue: Document, country: str) -> tuple[str, ...]:
    """The procedures of a country, those with most requirements first; the one for tests last."""
    named = (code for one in catalogue.requirements for code in _codes(one, country))
    counted = Counter(filter(_is_askable, named))
    return tuple(sorted(counted, key=lambda code: (code == TEST_PROCEDURE, -counted[code], code)))


def unused_procedure(catalogue: Document, country: str) -> str | None:
    """A procedure that the broker knows, and that has no requirements in the country."""
    used = set(procedures(catalogue, country))
    others = {
        code
        for one in catalogue.requirements
        for framework in one.frameworks
        for code in framework.procedures
    }
    known = [code for code in sorted(others) if code in code_list("procedures").codes]
    return next((code for code in (*known, *FIRST_PROCEDURES) if code not in used), None)


def requirements(catalogue: Document, known: Questions) -> tuple[str, ...]:
    """The identifiers of requirements, in the order in which to ask for their evidence types.

    The one that is known comes first, then those of the country, then the others; those for tests
    come last.
    """
    named = {
        one.identifier: one
        for one in catalogue.requirements
        if one.identifier and _is_askable(one.identifier)
    }
    ranked = sorted(
        named,
        key=lambda each: (each.endswith(_FOR_TESTS), not _codes(named[each], known.country)),
    )
    return tuple(dict.fromkeys((*filter(None, [known.requirement]), *ranked)))


def classifications(shown: Document | None, country: str) -> tuple[str, ...]:
    """The evidence types of a country that an answer names; those for tests come last."""
    named = () if shown is None else evidence_types(shown)
    theirs = (each for each in named if f"/{country}/" in each and _is_askable(each))
    return tuple(sorted(theirs, key=lambda each: each.endswith(_FOR_TESTS)))


def _codes(requirement: Requirement, country: str) -> set[str]:
    """The procedures for which a country has a requirement."""
    return {
        code
        for framework in requirement.frameworks
        if country in framework.countries
        for code in framework.procedures
    }


def _is_askable(text: str) -> bool:
    return 0 < len(text) <= LONGEST
