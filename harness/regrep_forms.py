"""The forms of one interface version that the other does not have, and must not be sent: data.

v2 moved the jurisdiction from the evidence type to its list, replaced the levels of administration
by classifications, and left out how a v1 client was asked where the evidence provider is.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.errors import Violation
from harness.regrep_document import Document

ANYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Nesting:
    """An element within another, or anywhere, and the tag under which it is reported."""

    outer: str
    inner: str
    tag: str

    def __str__(self) -> str:
        return self.inner if self.outer == ANYWHERE else f"{self.outer}/{self.inner}"


OF_V1 = (
    Nesting(ANYWHERE, "sdg:AdminUnitLevel2", "v1-admin-level"),
    Nesting(ANYWHERE, "sdg:AdminUnitLevel3", "v1-admin-level"),
    Nesting(ANYWHERE, "sdg:EvidenceProviderJurisdictionDetermination", "v1-determination"),
    Nesting("sdg:EvidenceType", "sdg:Jurisdiction", "v1-evidence-type-jurisdiction"),
)
OF_V2 = (
    Nesting(ANYWHERE, "sdg:AdditionalJurisdictionClassification", "v2-jurisdiction-class"),
    Nesting("sdg:EvidenceTypeList", "sdg:MatchType", "v2-match-type"),
    Nesting("sdg:EvidenceTypeList", "sdg:MatchDescription", "v2-match-type"),
    Nesting("sdg:EvidenceTypeList", "sdg:Jurisdiction", "v2-list-jurisdiction"),
)
DISTRIBUTIONS = (
    Nesting("sdg:EvidenceType", "sdg:Distribution", "evidence-type-with-distribution"),
    Nesting("sdg:EvidenceType", "sdg:DistributedAs", "evidence-type-with-distribution"),
)


def judge_absent(document: Document, forms: tuple[Nesting, ...], why: str) -> None:
    """Raise `Violation` for the first form that is there; `why` says where it belongs."""
    for form in forms:
        for outer, inner in document.nesting:
            if inner == form.inner and form.outer in (ANYWHERE, outer):
                raise Violation(form.tag, expected=f"no {form}: {why}", seen=f"{outer}/{inner}")


def within(document: Document, outer: str) -> tuple[str, ...]:
    """The names of the elements within all elements of a name, in the order of the alphabet."""
    return tuple(sorted(inner for name, inner in document.nesting if name == outer))
