"""Seeded faults of the seam: dialogue. What a DSD:ERR:0005 asks, and what follows it, is wrong."""

from __future__ import annotations

import re

from harness.model import HttpRequest
from mock_services.faults import fault
from mock_services.faults.rewriting import as_refusal, as_success, changed, rewritten, saying
from mock_services.world import World

_ADDITIONAL_INPUT = saying("DSD:ERR:0005")
_ASKED = r'<rim:Slot name="DataServiceEvidenceType">\s*<rim:SlotValue '
_CONCEPT = r"<sdg:EvidenceProviderClassification>\s*"
_NAMED_BY_A_UUID = re.compile(r"[?&][0-9a-f]{8}-[0-9a-f-]{27}=")


def _follow_up(request: HttpRequest, _body: bytes) -> bool:
    return _NAMED_BY_A_UUID.search(request.url) is not None


@fault(caught_by={"LOOK-43": "additional-input-answered"})
def additional_input_not_awaited(world: World) -> World:
    """A question that leaves out attributes is answered with a Success."""
    return changed(world, as_success, when=_ADDITIONAL_INPUT)


@fault(caught_by={"LOOK-43": "additional-input-other-code"})
def additional_input_refused_as_empty(world: World) -> World:
    """A question that leaves out attributes is refused as if nothing had been found."""
    return changed(
        world,
        lambda body: as_refusal("DSD:ERR:0001", "ObjectNotFound")(as_success(body)),
        when=_ADDITIONAL_INPUT,
    )


@fault(caught_by={"LOOK-44": "additional-input-slot-missing"})
def additional_input_without_concepts(world: World) -> World:
    """A DSD:ERR:0005 does not say which attributes are missing."""
    return rewritten(
        world, '<rim:Slot name="UserRequestedClassificationConcepts">.*</rim:Slot>', ""
    )


@fault(caught_by={"LOOK-44": "additional-input-slot-other"})
def additional_input_with_a_third_slot(world: World) -> World:
    """A DSD:ERR:0005 has a third slot, as published samples have."""
    return rewritten(world, "(?=</rs:Exception>)", '<rim:Slot name="JurisdictionDetermination"/>')


@fault(caught_by={"LOOK-45": "asked-service-type-other"})
def asked_service_of_another_type(world: World) -> World:
    """A DSD:ERR:0005 says that the slot of its data service holds a string."""
    return rewritten(world, f"({_ASKED}[^>]*rim:)Any", r"\1String", when=_ADDITIONAL_INPUT)


@fault(caught_by={"LOOK-45": "asked-service-missing"})
def asked_service_left_out(world: World) -> World:
    """A DSD:ERR:0005 does not say what it asks about."""
    return rewritten(
        world,
        "<sdg:DataServiceEvidenceType>.*?</sdg:DataServiceEvidenceType>",
        "",
        when=_ADDITIONAL_INPUT,
    )


@fault(caught_by={"LOOK-45": "asked-service-with-access"})
def asked_service_with_access(world: World) -> World:
    """A DSD:ERR:0005 gives away the access service before it has been told enough."""
    return rewritten(
        world,
        "(?=</sdg:DataServiceEvidenceType>)",
        "<sdg:AccessService><sdg:Identifier>AP</sdg:Identifier></sdg:AccessService>",
        when=_ADDITIONAL_INPUT,
    )


@fault(caught_by={"LOOK-46": "concepts-not-a-set"})
def concepts_in_a_bag(world: World) -> World:
    """The concepts of a DSD:ERR:0005 are a bag, not a set."""
    return rewritten(world, "CollectionType:Set", "CollectionType:Bag")


@fault(caught_by={"LOOK-46": "concepts-missing"})
def concepts_left_out(world: World) -> World:
    """The set of concepts of a DSD:ERR:0005 is empty."""
    return rewritten(world, "<rim:Element [^>]*>.*</rim:Element>", "", when=_ADDITIONAL_INPUT)


@fault(caught_by={"LOOK-47": "concept-id-malformed"})
def concept_without_a_uuid(world: World) -> World:
    """A concept is identified by a name."""
    return rewritten(
        world, rf"({_CONCEPT}<sdg:Identifier[^>]*>)", r"\1concept-", when=_ADDITIONAL_INPUT
    )


@fault(caught_by={"LOOK-47": "concept-type-unknown"})
def concept_type_with_a_capital(world: World) -> World:
    """The type of a concept is written as in published samples, with a capital."""
    return rewritten(world, "<sdg:Type>[^<]*", "<sdg:Type>Codelist", when=_ADDITIONAL_INPUT)


@fault(caught_by={"LOOK-47": "concept-with-value"})
def concept_with_a_value(world: World) -> World:
    """A concept already has a value."""
    return rewritten(
        world,
        "(?=</sdg:EvidenceProviderClassification>)",
        "<sdg:SupportedValue/>",
        when=_ADDITIONAL_INPUT,
    )


@fault(caught_by={"LOOK-48": "follow-up-refused"})
def follow_up_is_refused(world: World) -> World:
    """The attributes that were asked for are refused when they come."""
    return changed(world, as_refusal("DSD:ERR:0006", "InvalidRequest"), when=_follow_up)


@fault(caught_by={"LOOK-67": "wrong-attribute-answered"})
def wrong_attribute_answered(world: World) -> World:
    """An attribute with a value that it cannot have is answered with a Success."""
    return changed(world, as_success, when=saying("DSD:ERR:0006"))


@fault(caught_by={"LOOK-67": "wrong-attribute-other-code"})
def wrong_attribute_refused_as_malformed(world: World) -> World:
    """An attribute with a value that it cannot have is refused as a malformed question."""
    return rewritten(world, "DSD:ERR:0006", "DSD:ERR:0003")


@fault(caught_by={"LOOK-78": "asked-service-id-malformed"})
def asked_service_without_a_uuid(world: World) -> World:
    """The data service of a DSD:ERR:0005 is identified by a name."""
    return rewritten(
        world,
        r"(<sdg:DataServiceEvidenceType>\s*<sdg:Identifier>)",
        r"\1service-",
        when=_ADDITIONAL_INPUT,
    )


@fault(caught_by={"LOOK-78": "asked-service-classification-malformed"})
def asked_service_elsewhere(world: World) -> World:
    """The data service of a DSD:ERR:0005 has the URI of some other thing."""
    return rewritten(world, "/evidencetypeclassifications/", "/things/", when=_ADDITIONAL_INPUT)


@fault(caught_by={"LOOK-78": "asked-service-assurance-unknown"})
def asked_service_of_no_assurance(world: World) -> World:
    """The level of assurance in a DSD:ERR:0005 is in no list."""
    return rewritten(
        world,
        "(<sdg:AuthenticationLevelOfAssurance>)[^<]*",
        r"\1Medium",
        when=_ADDITIONAL_INPUT,
    )


@fault(caught_by={"LOOK-79": "concept-description-missing"})
def concept_not_described(world: World) -> World:
    """A concept does not say what it means."""
    return rewritten(
        world,
        r"(</sdg:ValueExpression>).*?(?=</sdg:EvidenceProviderClassification>)",
        r"\1",
        when=_ADDITIONAL_INPUT,
    )


@fault(caught_by={"LOOK-79": "concept-scheme-missing"})
def concept_without_a_code_list(world: World) -> World:
    """A concept of type codelist names no code list."""
    return rewritten(world, ' schemeID="https:[^"]*"', "", when=_ADDITIONAL_INPUT)


@fault(caught_by={"LOOK-79": "concept-scheme-malformed"})
def concept_of_a_foreign_code_list(world: World) -> World:
    """A concept names a code list that the Semantic Repository does not have."""
    return rewritten(
        world,
        ' schemeID="https:[^"]*"',
        ' schemeID="https://codes.example/1"',
        when=_ADDITIONAL_INPUT,
    )


@fault(caught_by={"LOOK-79": "concept-expression-malformed"})
def concept_with_a_bare_expression(world: World) -> World:
    """A concept of type codelist does not say where its codes are."""
    return rewritten(
        world, "(<sdg:ValueExpression>)[^<]*", r"\1municipalities", when=_ADDITIONAL_INPUT
    )


_TOLD = r"(<sdg:ClassificationConcept>\s*<sdg:Identifier[^>]*>)"


@fault(caught_by={"LOOK-80": "told-concept-id-malformed"})
def told_concept_without_a_uuid(world: World) -> World:
    """An attribute that is repeated is identified by a name."""
    return rewritten(world, _TOLD, r"\1concept-", when=_follow_up)


@fault(caught_by={"LOOK-80": "told-concept-type-unknown"})
def told_concept_of_another_type(world: World) -> World:
    """An attribute that is repeated is of a type that does not exist."""
    return rewritten(world, "<sdg:Type>[^<]*", "<sdg:Type>number", when=_follow_up)


@fault(caught_by={"LOOK-80": "told-concept-without-value"})
def told_concept_without_value(world: World) -> World:
    """An attribute is repeated without its value."""
    return rewritten(world, "<sdg:SupportedValue>.*?</sdg:SupportedValue>", "", when=_follow_up)
