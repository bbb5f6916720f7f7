"""The evidence types that prove a requirement, as an Evidence Broker lists them."""

from __future__ import annotations

from harness.checks import check, require
from harness.lookup import EVIDENCE_TYPES_QUERY, asked_for
from harness.model import Service, Specimen
from harness.regrep_rules import (
    CLASSIFICATION_URI,
    NO_MATCH,
    UUID,
    classifications,
    judge_form,
    lists,
    objects,
    requirements,
)
from harness.subjects.answer import Answer


@check(
    "LOOK-19",
    verifies=("lookup.one-requirement-with-evidence-types",),
    finds=("evidence-types-several-objects", "evidence-type-list-missing"),
    services=(Service.EB,),
    on=(Specimen.EVIDENCE_TYPES,),
)
def test_the_evidence_types_query_gives_one_requirement_with_lists(answer: Answer) -> None:
    """An answer to the evidence types query holds one RegistryObject, with EvidenceTypeLists."""
    asked_for(answer.request, EVIDENCE_TYPES_QUERY)
    seen = len(objects(answer.document))

    require(seen == 1, "evidence-types-several-objects", expected="1 RegistryObject", seen=seen)
    for one in requirements(answer.document):
        expected = f"an EvidenceTypeList in {one.identifier}"
        require(one.lists, "evidence-type-list-missing", expected=expected, seen="none")


@check(
    "LOOK-20",
    verifies=("lookup.evidence-type-list",),
    finds=("evidence-type-list-id-malformed", "evidence-type-missing"),
    services=(Service.EB,),
    on=(Specimen.EVIDENCE_TYPES,),
)
def test_a_list_has_a_uuid_and_evidence_types(answer: Answer) -> None:
    """An EvidenceTypeList has a UUID and an EvidenceType, unless it says NoMatch."""
    found = lists(answer.document)

    judge_form([one.identifier for one in found], UUID, "evidence-type-list-id-malformed")
    for one in found:
        held = one.evidence_types or one.match_type == NO_MATCH
        expected = f"an EvidenceType, or MatchType {NO_MATCH}, in the list {one.identifier}"
        require(held, "evidence-type-missing", expected=expected, seen=one.match_type or "neither")


@check(
    "LOOK-21",
    verifies=("lookup.classification-uri",),
    finds=("classification-malformed",),
    on=(Specimen.EVIDENCE_TYPES, Specimen.DATA_SERVICES),
)
def test_an_evidence_type_is_identified_by_its_uri_in_the_semantic_repository(
    answer: Answer,
) -> None:
    """An EvidenceTypeClassification is a URI of the Semantic Repository with a country code."""
    judge_form(classifications(answer.document), CLASSIFICATION_URI, "classification-malformed")
