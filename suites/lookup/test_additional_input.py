"""The dialogue of DSD:ERR:0005: the directory asks the user for more, and then answers."""

from __future__ import annotations

from harness.checks import check, require
from harness.client import concepts_asked, data_services
from harness.codelists import code_list
from harness.errors import NotApplicable
from harness.lookup import asked_as, data_services_query
from harness.model import Service, Specimen
from harness.regrep_document import Concept, Slot
from harness.regrep_rules import (
    ADDITIONAL_INPUT,
    CLASSIFICATION_URI,
    CODELIST_URI,
    CONCEPT_TYPES,
    HTTPS_URI,
    SET,
    UUID,
    V1,
    judge_codes,
    judge_form,
    judge_refused,
    refusal,
    version,
)
from harness.subjects.answer import Answer
from harness.subjects.directory import Directory

SERVICE = "DataServiceEvidenceType"
CONCEPTS = "UserRequestedClassificationConcepts"


@check(
    "LOOK-43",
    verifies=("lookup.additional-input-is-asked-for",),
    finds=("additional-input-answered", "additional-input-other-code"),
    services=(Service.DSD,),
    on=(Specimen.ADDITIONAL_INPUT,),
    optional=True,
)
def test_attributes_that_are_missing_are_asked_for(answer: Answer) -> None:
    """A question that leaves out what the user must add is refused with DSD:ERR:0005."""
    asked_as(answer.specimen)
    tags = ("additional-input-answered", "additional-input-other-code")
    judge_refused(answer.document, (ADDITIONAL_INPUT,), tags)


@check(
    "LOOK-44",
    verifies=("lookup.additional-input-slots",),
    finds=("additional-input-slot-missing", "additional-input-slot-other"),
    services=(Service.DSD,),
    on=(Specimen.ADDITIONAL_INPUT,),
    optional=True,
)
def test_the_exception_has_the_two_slots_and_no_other(answer: Answer) -> None:
    """A DSD:ERR:0005 has the slots of the data service and of the concepts, and no other."""
    names = [str(slot.name) for slot in _slots(answer)]
    expected = f"{SERVICE} and {CONCEPTS}"
    missing = {SERVICE, CONCEPTS} - set(names)
    seen = ", ".join(names)
    require(not missing, "additional-input-slot-missing", expected=expected, seen=seen)
    require(len(names) == 2, "additional-input-slot-other", expected=expected, seen=seen)


@check(
    "LOOK-45",
    verifies=("lookup.additional-input-data-service",),
    finds=("asked-service-type-other", "asked-service-missing", "asked-service-with-access"),
    services=(Service.DSD,),
    on=(Specimen.ADDITIONAL_INPUT,),
    optional=True,
)
def test_the_slot_of_the_data_service_says_what_is_asked_about(answer: Answer) -> None:
    """The data service of a DSD:ERR:0005 is one element, and does not name its access service."""
    for slot in _named(answer, SERVICE):
        kind = "rim:AnyValueType"
        require(
            slot.value_type == kind, "asked-service-type-other", expected=kind, seen=slot.value_type
        )
        one = f"sdg:{SERVICE}"
        seen = slot.content
        require(seen == (one,), "asked-service-missing", expected=f"one {one}", seen=seen)
        access = [
            one.party.identifier for held in slot.data_services for one in held.access_services
        ]
        expected = "no AccessService"
        require(not access, "asked-service-with-access", expected=expected, seen=access)


@check(
    "LOOK-46",
    verifies=("lookup.additional-input-collection",),
    finds=("concepts-not-a-set", "concepts-missing"),
    services=(Service.DSD,),
    on=(Specimen.ADDITIONAL_INPUT,),
    optional=True,
)
def test_the_concepts_are_a_set(answer: Answer) -> None:
    """The concepts of a DSD:ERR:0005 are a collection, a set, of at least one."""
    for slot in _named(answer, CONCEPTS):
        seen = (slot.value_type, slot.collection_type)
        kind = ("rim:CollectionValueType", SET)
        require(seen == kind, "concepts-not-a-set", expected=kind, seen=seen)
        expected = "at least one EvidenceProviderClassification"
        require(slot.concepts, "concepts-missing", expected=expected, seen=slot.content)


@check(
    "LOOK-47",
    verifies=("lookup.additional-input-concept",),
    finds=("concept-id-malformed", "concept-type-unknown", "concept-with-value"),
    services=(Service.DSD,),
    on=(Specimen.ADDITIONAL_INPUT,),
    optional=True,
)
def test_a_concept_says_what_is_to_be_entered(answer: Answer) -> None:
    """A concept has a UUID and a type, and does not say yet which values are supported."""
    concepts = _concepts(answer)

    judge_form([one.identifier for one in concepts], UUID, "concept-id-malformed")
    for one in concepts:
        expected = " or ".join(CONCEPT_TYPES)
        require(one.type in CONCEPT_TYPES, "concept-type-unknown", expected=expected, seen=one.type)
        held = one.supported_values
        require(not held, "concept-with-value", expected="no SupportedValue", seen=held)


@check(
    "LOOK-48",
    verifies=("lookup.follow-up-is-answered",),
    finds=("follow-up-refused",),
    services=(Service.DSD,),
    optional=True,
)
async def test_the_question_with_the_attributes_is_answered(directory: Directory) -> None:
    """The same question with the attributes asked for finds the data service."""
    questions = directory.questions
    first = await directory.answer(Specimen.ADDITIONAL_INPUT)
    concepts = concepts_asked(first.document)
    values = dict(questions.concepts)
    if not concepts or not set(concepts) <= set(values):
        raise NotApplicable("it is not known what to enter for what the answer asks")
    second = await data_services(directory, str(questions.additional_input), values=values)
    refused = second.document.refusal
    expected = "a success"
    require(not refused, "follow-up-refused", expected=expected, seen=refused and refused.code)


@check(
    "LOOK-78",
    verifies=("lookup.asked-service-is-identified",),
    finds=(
        "asked-service-id-malformed",
        "asked-service-classification-malformed",
        "asked-service-assurance-unknown",
    ),
    services=(Service.DSD,),
    on=(Specimen.ADDITIONAL_INPUT,),
    optional=True,
)
def test_the_data_service_that_asks_is_identified_like_any_other(answer: Answer) -> None:
    """The data service of a DSD:ERR:0005 has a UUID, a classification and a level of assurance."""
    asked = [one for slot in _named(answer, SERVICE) for one in slot.data_services]
    if not asked:
        raise NotApplicable("the slot holds no data service; see LOOK-45")
    judge_form([one.identifier for one in asked], UUID, "asked-service-id-malformed")
    tag = "asked-service-classification-malformed"
    judge_form([one.classification for one in asked], CLASSIFICATION_URI, tag)
    levels = [one.assurance for one in asked]
    judge_codes(levels, code_list("levels_of_assurance"), "asked-service-assurance-unknown")


@check(
    "LOOK-79",
    verifies=("lookup.concept-is-explained",),
    finds=(
        "concept-description-missing",
        "concept-scheme-missing",
        "concept-scheme-malformed",
        "concept-expression-malformed",
    ),
    services=(Service.DSD,),
    on=(Specimen.ADDITIONAL_INPUT,),
    optional=True,
)
def test_a_concept_says_what_it_means_and_where_its_codes_are(answer: Answer) -> None:
    """A concept is described; one of type codelist names its code list, and where that is."""
    concepts = _concepts(answer)
    for one in concepts:
        expected = f"a Description of {one.identifier}"
        require(one.descriptions, "concept-description-missing", expected=expected, seen="none")
    for one in concepts:
        if one.type == "codelist":
            expected = CODELIST_URI.name
            require(one.scheme, "concept-scheme-missing", expected=expected, seen="no schemeID")
            judge_form([one.scheme], CODELIST_URI, "concept-scheme-malformed")
            judge_form([one.expression], HTTPS_URI, "concept-expression-malformed")


@check(
    "LOOK-80",
    verifies=("lookup.told-attributes-are-repeated",),
    finds=("told-concept-id-malformed", "told-concept-type-unknown", "told-concept-without-value"),
    services=(Service.DSD,),
    optional=True,
)
async def test_what_was_told_is_repeated_with_its_value(directory: Directory) -> None:
    """Where the answer to the second question repeats the attributes, it gives their values."""
    questions = directory.questions
    if questions.additional_input is None:
        raise NotApplicable("no data service is known that asks for more attributes")
    query = data_services_query(questions.additional_input, questions.country, questions.concepts)
    services = (await directory.ask(query)).document.data_services
    told = [
        concept
        for service in services
        for one in service.access_services
        for publisher in one.publishers
        for concept in publisher.concepts
    ]
    if not told:
        raise NotApplicable("the answer repeats no attribute")
    judge_form([one.identifier for one in told], UUID, "told-concept-id-malformed")
    for one in told:
        expected = " or ".join(CONCEPT_TYPES)
        known = one.type in CONCEPT_TYPES
        require(known, "told-concept-type-unknown", expected=expected, seen=one.type)
        expected = f"a SupportedValue of {one.identifier}"
        held = one.supported_values
        require(held, "told-concept-without-value", expected=expected, seen="none")


def _slots(answer: Answer) -> tuple[Slot, ...]:
    """The slots of a DSD:ERR:0005; raises `NotApplicable` for any other answer."""
    refused = refusal(answer.document)
    if refused.code != ADDITIONAL_INPUT:
        raise NotApplicable(f"the answer is no {ADDITIONAL_INPUT}")
    if version(answer.document) == V1:
        raise NotApplicable("under v1 the slots may be others")
    return refused.slots


def _named(answer: Answer, name: str) -> tuple[Slot, ...]:
    found = tuple(slot for slot in _slots(answer) if slot.name == name)
    if not found:
        raise NotApplicable(f"the exception has no slot {name}")
    return found


def _concepts(answer: Answer) -> tuple[Concept, ...]:
    found = tuple(concept for slot in _slots(answer) for concept in slot.concepts)
    if not found:
        raise NotApplicable("the exception holds no concept")
    return found
