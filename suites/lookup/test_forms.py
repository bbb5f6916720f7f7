"""Rules of structure that depend on the interface version, or hold in both."""

from __future__ import annotations

from harness.checks import check, require
from harness.errors import NotApplicable
from harness.model import Service, Specimen
from harness.regrep_forms import DISTRIBUTIONS, OF_V1, judge_absent, within
from harness.regrep_rules import NO_MATCH, V1, lists, refusal, requirements, version
from harness.subjects.answer import Answer

REQUIREMENTS = (Specimen.CATALOGUE, Specimen.REQUIREMENTS, Specimen.EVIDENCE_TYPES)
STRING = "rim:StringValueType"


@check("LOOK-53", verifies=("lookup.no-other-slot",), finds=("answer-slot-other",))
def test_an_answer_has_no_other_slot(answer: Answer) -> None:
    """An answer has no slot of its own but SpecificationIdentifier."""
    others = [slot.name for slot in answer.document.slots if slot.name != "SpecificationIdentifier"]

    require(not others, "answer-slot-other", expected="SpecificationIdentifier", seen=others)


@check(
    "LOOK-54", verifies=("lookup.specification-is-a-string",), finds=("specification-type-other",)
)
def test_the_version_is_a_string_value(answer: Answer) -> None:
    """The value of the slot SpecificationIdentifier is a rim:StringValueType."""
    named = answer.document.specifications
    if not named:
        raise NotApplicable("the answer names no version; see LOOK-08")
    for slot in named:
        seen = slot.value_type
        require(seen == STRING, "specification-type-other", expected=STRING, seen=seen)


@check("LOOK-55", verifies=("lookup.one-exception",), finds=("several-exceptions",))
def test_a_refusal_gives_one_reason(answer: Answer) -> None:
    """A refusal holds one Exception."""
    refusal(answer.document)
    seen = [refused.code for refused in answer.document.refusals]

    require(len(seen) == 1, "several-exceptions", expected="one Exception", seen=seen)


@check(
    "LOOK-57",
    verifies=("lookup.related-to",),
    finds=("related-to-other",),
    services=(Service.EB,),
    on=REQUIREMENTS,
)
def test_what_a_framework_is_related_to_is_identified_and_no_more(answer: Answer) -> None:
    """RelatedTo holds an Identifier and nothing else."""
    requirements(answer.document)
    inner = within(answer.document, "sdg:RelatedTo")
    if not inner:
        raise NotApplicable("nothing is related to a procedure; see LOOK-16")

    others = [name for name in inner if name != "sdg:Identifier"]
    require(not others, "related-to-other", expected="sdg:Identifier", seen=", ".join(others))


@check(
    "LOOK-58",
    verifies=("lookup.match-type",),
    finds=("match-type-other",),
    services=(Service.EB,),
    on=(Specimen.EVIDENCE_TYPES,),
)
def test_the_only_match_type_is_no_match(answer: Answer) -> None:
    """Where a list names a MatchType, it is NoMatch, and the list is empty."""
    for one in lists(answer.document):
        right = one.match_type is None or (one.match_type == NO_MATCH and not one.evidence_types)
        expected = f"none, or {NO_MATCH} in a list without evidence types"
        require(right, "match-type-other", expected=expected, seen=one.match_type)


@check(
    "LOOK-59",
    verifies=("lookup.evidence-types-say-where",),
    finds=("evidence-types-without-country",),
    services=(Service.EB,),
    on=(Specimen.EVIDENCE_TYPES,),
)
def test_evidence_types_say_where_they_are_issued(answer: Answer) -> None:
    """A list of evidence types has a jurisdiction; under v1 each evidence type has it instead."""
    earlier = version(answer.document) == V1
    for one in lists(answer.document):
        each = bool(one.evidence_types) and all(kind.countries for kind in one.evidence_types)
        told = one.countries or (earlier and each)
        expected = f"a Jurisdiction in the list {one.identifier}"
        require(told, "evidence-types-without-country", expected=expected, seen="none")


@check(
    "LOOK-60",
    verifies=("lookup.evidence-type-without-distribution",),
    finds=("evidence-type-with-distribution",),
    services=(Service.EB,),
    on=(Specimen.EVIDENCE_TYPES,),
)
def test_an_evidence_type_does_not_say_how_it_is_distributed(answer: Answer) -> None:
    """An EvidenceType names no distribution: that is the data service's to say."""
    lists(answer.document)

    judge_absent(answer.document, DISTRIBUTIONS, "the Data Service Directory says it")


@check(
    "LOOK-61",
    verifies=("lookup.v2-without-v1-forms",),
    finds=("v1-admin-level", "v1-determination", "v1-evidence-type-jurisdiction"),
)
def test_an_answer_of_v2_has_no_form_of_v1(answer: Answer) -> None:
    """Under v2 an answer has no form that belongs to v1."""
    if version(answer.document) == V1:
        raise NotApplicable("the answer is one of v1")

    judge_absent(answer.document, OF_V1, "it is of v1")
