"""The requirements in an answer of an Evidence Broker, and why they exist."""

from __future__ import annotations

from harness.checks import check, require
from harness.codelists import code_list
from harness.lookup import REQUIREMENTS_QUERY, asked_for
from harness.model import Service, Specimen
from harness.regrep_rules import (
    REQUIREMENT_URI,
    UUID,
    frameworks,
    judge_codes,
    judge_form,
    requirements,
)
from harness.subjects.answer import Answer


@check(
    "LOOK-14",
    verifies=("lookup.requirement-uri",),
    finds=("requirement-uri-malformed",),
    services=(Service.EB,),
    on=(Specimen.CATALOGUE, Specimen.REQUIREMENTS, Specimen.EVIDENCE_TYPES),
)
def test_a_requirement_is_identified_by_its_uri_in_the_semantic_repository(answer: Answer) -> None:
    """A requirement's identifier is its URI in the Semantic Repository."""
    identifiers = [one.identifier for one in requirements(answer.document)]

    judge_form(identifiers, REQUIREMENT_URI, "requirement-uri-malformed")


@check(
    "LOOK-15",
    verifies=("lookup.requirement-has-a-framework",),
    finds=("framework-missing",),
    services=(Service.EB,),
    on=(Specimen.CATALOGUE, Specimen.REQUIREMENTS, Specimen.EVIDENCE_TYPES),
)
def test_a_requirement_names_a_reference_framework(answer: Answer) -> None:
    """Every requirement names at least one reference framework."""
    for one in requirements(answer.document):
        expected = f"a ReferenceFramework in {one.identifier}"
        require(one.frameworks, "framework-missing", expected=expected, seen="none")


@check(
    "LOOK-16",
    verifies=("lookup.framework-is-complete",),
    finds=("framework-id-malformed", "framework-without-procedure", "framework-without-country"),
    services=(Service.EB,),
    on=(Specimen.CATALOGUE, Specimen.REQUIREMENTS, Specimen.EVIDENCE_TYPES),
)
def test_a_reference_framework_is_complete(answer: Answer) -> None:
    """A reference framework has a UUID, a procedure and a jurisdiction."""
    found = frameworks(answer.document)

    judge_form([one.identifier for one in found], UUID, "framework-id-malformed")
    for one in found:
        where = f"in the reference framework {one.identifier}"
        expected = f"RelatedTo/Identifier {where}"
        require(one.procedures, "framework-without-procedure", expected=expected, seen="none")
        expected = f"Jurisdiction/AdminUnitLevel1 {where}"
        require(one.countries, "framework-without-country", expected=expected, seen="none")


@check(
    "LOOK-17",
    verifies=("lookup.procedure-code",),
    finds=("procedure-unknown",),
    services=(Service.EB,),
    on=(Specimen.CATALOGUE, Specimen.REQUIREMENTS, Specimen.EVIDENCE_TYPES),
)
def test_a_procedure_is_in_the_code_list(answer: Answer) -> None:
    """The procedures are in the code list Procedures, 00 among them."""
    codes = [code for one in frameworks(answer.document) for code in one.procedures]

    judge_codes(codes, code_list("procedures"), "procedure-unknown")


@check(
    "LOOK-18",
    verifies=("lookup.requirements-without-evidence-types",),
    finds=("evidence-types-unasked",),
    services=(Service.EB,),
    on=(Specimen.CATALOGUE, Specimen.REQUIREMENTS),
)
def test_the_requirements_query_gives_no_evidence_types(answer: Answer) -> None:
    """An answer to the requirements query holds no EvidenceTypeList."""
    asked_for(answer.request, REQUIREMENTS_QUERY)
    for one in requirements(answer.document):
        expected = f"no EvidenceTypeList in {one.identifier}"
        require(not one.lists, "evidence-types-unasked", expected=expected, seen=len(one.lists))
