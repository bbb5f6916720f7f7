"""Seeded faults of the seam: refusals. Their form is wrong, or another one was due."""

from __future__ import annotations

import re

from harness.model import HttpRequest
from mock_services.faults import fault
from mock_services.faults.rewriting import (
    UNKNOWN_QUERY,
    as_refusal,
    as_success,
    changed,
    rewritten,
    saying,
)
from mock_services.world import World

_ADDITIONAL_INPUT = saying("DSD:ERR:0005")
_INCOMPLETE = saying("MISSING_PARAMETER")
_ASKED = r'<rim:Slot name="DataServiceEvidenceType">\s*<rim:SlotValue '
_CONCEPT = r"<sdg:EvidenceProviderClassification>\s*"
_NAMED_BY_A_UUID = re.compile(r"[?&][0-9a-f]{8}-[0-9a-f-]{27}=")


def _follow_up(request: HttpRequest, _body: bytes) -> bool:
    return _NAMED_BY_A_UUID.search(request.url) is not None


@fault(caught_by={"LOOK-05": "success-with-exception"})
def refusal_called_a_success(world: World) -> World:
    """A refusal has the status Success."""
    return rewritten(world, "StatusType:Failure", "StatusType:Success", when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-06": "failure-with-list"})
def refusal_with_a_list(world: World) -> World:
    """A refusal has a list of objects, if an empty one."""
    return rewritten(world, "(?=<rs:Exception )", "<rim:RegistryObjectList/>")


@fault(caught_by={"LOOK-06": "failure-without-exception"}, blocks=("LOOK-*",))
def refusal_without_an_exception(world: World) -> World:
    """A refusal does not say why."""
    return rewritten(world, "<rs:Exception [^>]*>", "", when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-35": "code-missing"}, blocks=("LOOK-*",))
def code_left_out(world: World) -> World:
    """A refusal has no error code."""
    return rewritten(world, ' code="[^"]*"', "", when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-35": "code-unknown"}, blocks=("LOOK-*",))
def code_of_no_list(world: World) -> World:
    """A refusal has an error code that is in no list."""
    return rewritten(world, ":ERR:[0-9]*", ":ERR:0099", when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-36": "exception-type-missing"})
def exception_type_left_out(world: World) -> World:
    """An exception has no type."""
    return rewritten(world, ' xsi:type="rs:[^"]*"', "", when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-36": "exception-type-other"})
def exception_type_of_another_code(world: World) -> World:
    """An exception has the type of another code."""
    return rewritten(world, '"rs:InvalidRequest', '"rs:ObjectNotFound', when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-37": "severity-missing"})
def severity_left_out(world: World) -> World:
    """An exception has no severity."""
    return rewritten(world, ' severity="[^"]*"', "")


@fault(caught_by={"LOOK-37": "severity-other"})
def severity_is_a_bare_word(world: World) -> World:
    """The severity of an exception is the word of an old draft."""
    return rewritten(world, ' severity="[^"]*"', ' severity="FAILURE"', when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-37": "severity-other"})
def additional_input_called_an_error(world: World) -> World:
    """A DSD:ERR:0005 has the severity of an error."""
    return rewritten(
        world,
        ' severity="[^"]*"',
        ' severity="urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"',
        when=_ADDITIONAL_INPUT,
    )


@fault(caught_by={"LOOK-38": "message-missing"})
def message_left_out(world: World) -> World:
    """An exception has no message."""
    return rewritten(world, ' message="[^"]*"', "", when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-39": "unknown-query-answered"})
def unknown_query_answered(world: World) -> World:
    """A query that does not exist is answered with a Success."""
    return changed(world, as_success, when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-39": "unknown-query-other-code"})
def unknown_query_refused_as_malformed(world: World) -> World:
    """A query that does not exist is refused as a malformed one."""
    return rewritten(world, ":ERR:[0-9]*", ":ERR:0003", when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-40": "empty-result-answered"})
def empty_result_is_a_success(world: World) -> World:
    """Where nothing is found, the answer is a Success with nothing in it."""
    return changed(world, as_success, when=saying(":ERR:0001"))


@fault(caught_by={"LOOK-40": "empty-result-other-code"})
def empty_result_refused_as_unknown(world: World) -> World:
    """Where nothing is found, the answer is that what was asked for does not exist."""
    return rewritten(world, ":ERR:0001", ":ERR:0002")


@fault(caught_by={"LOOK-41": "incomplete-query-answered"})
def incomplete_query_answered(world: World) -> World:
    """A query without a mandatory parameter is answered with a Success."""
    return changed(world, as_success, when=_INCOMPLETE)


@fault(caught_by={"LOOK-41": "incomplete-query-other-code"})
def incomplete_query_refused_as_unknown(world: World) -> World:
    """A query without a mandatory parameter is refused with the code of another mistake."""
    return rewritten(world, ":ERR:0003", ":ERR:0006", when=_INCOMPLETE)


@fault(caught_by={"LOOK-42": "unknown-value-answered"})
def unknown_value_answered(world: World) -> World:
    """What does not exist is answered with a Success."""
    return changed(world, as_success, when=saying(":ERR:0002"))


@fault(caught_by={"LOOK-42": "unknown-value-other-code"})
def unknown_value_refused_as_empty(world: World) -> World:
    """What does not exist is refused as if nothing had been found for it."""
    return rewritten(world, ":ERR:0002", ":ERR:0001")


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
