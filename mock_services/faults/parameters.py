"""Seeded faults of the seam: parameters. What a directory makes of the words of a question."""

from __future__ import annotations

from harness.model import HttpRequest
from mock_services.codelists import V2
from mock_services.faults import fault
from mock_services.faults.rewriting import (
    ELSEWHERE,
    EVIDENCE_TYPES,
    When,
    as_refusal,
    as_success,
    asking,
    both,
    changed,
    rewritten,
    saying,
    version_asked,
)
from mock_services.world import World

_REFUSED = saying("StatusType:Failure")
_LEVEL = asking("jurisdiction-admin-l2=ZZ999")
_REPEATED = saying("REPEATED_PARAMETER")
_UNKNOWN_PARAMETER = asking("no-such-parameter=")
_ODD = asking("x" * 100)
_DRAFT = both(asking("queryId=urn:oots:"), _REFUSED)
_NO_QUERY = saying("MISSING_PARAMETER: queryId")
_PROCEDURE_ONLY = asking("requirements-by-procedure", "procedure-id", without=("country-code",))
_COUNTRY_ONLY = both(
    asking("requirements-by-procedure", "country-code", without=("procedure-id",)),
    saying("StatusType:Success"),
)
_CATALOGUE = asking("requirements-by-procedure", without=("country-code", "procedure-id"))
_ALL_COUNTRIES = asking("requirement-id", without=("country-code",))
_FIRST_REQUIREMENT = r"(/requirements/)[^<]*"
_SPECIFIED = both(asking("specification=oots-edm:"), saying("StatusType:Success"))
_UNSPOKEN = asking("specification=oots-edm:v99.0")


def _malformed(request: HttpRequest, body: bytes) -> bool:
    return "country-code=Finland" in request.url and _REFUSED(request, body)


def _spelled(request: HttpRequest, _body: bytes) -> bool:
    return "queryId=urn%3a" in request.url


def _hidden(request: HttpRequest, _body: bytes) -> bool:
    return "queryId=%75" in request.url


def _several(request: HttpRequest, _body: bytes) -> bool:
    return any("," in text for name, text in request.headers if name.lower() == "accept-version")


def _with_code(world: World, code: str, *, when: When) -> World:
    return rewritten(world, "(:ERR:)[0-9]*", rf"\g<1>{code}", when=when)


@fault(caught_by={"LOOK-64": "version-list-refused"})
def several_versions_refused(world: World) -> World:
    """A question that leaves the choice between versions is refused."""
    return changed(world, as_refusal("EB:ERR:0003", "InvalidRequest"), when=_several)


@fault(caught_by={"LOOK-64": "version-list-other"})
def several_versions_answered_in_none(world: World) -> World:
    """A question that leaves the choice between versions is answered in one that is not named."""
    return rewritten(world, "oots-cs:v2.0", "oots-cs:v2.9", when=_several)


@fault(caught_by={"LOOK-65": "unknown-level-answered"})
def unknown_level_answered(world: World) -> World:
    """Under v1 a region that does not exist is answered with a Success."""
    return changed(world, as_success, when=_LEVEL)


@fault(caught_by={"LOOK-65": "unknown-level-other-code"})
def unknown_level_refused_as_empty(world: World) -> World:
    """Under v1 a region that does not exist is refused as if nothing had been found."""
    return _with_code(world, "0001", when=_LEVEL)


@fault(caught_by={"LOOK-68": "malformed-value-answered"})
def malformed_country_answered(world: World) -> World:
    """The name of a country in place of its code is answered with a Success."""
    return changed(world, as_success, when=_malformed)


@fault(caught_by={"LOOK-68": "malformed-value-other-code"})
def malformed_country_refused_as_attribute(world: World) -> World:
    """The name of a country in place of its code is refused with the code of another mistake."""
    return rewritten(
        rewritten(world, "EB:ERR:000[36]", "EB:ERR:0007", when=_malformed),
        "DSD:ERR:000[13]",
        "DSD:ERR:0006",
        when=_malformed,
    )


@fault(caught_by={"LOOK-69": "repeated-parameter-answered"})
def repeated_parameter_answered(world: World) -> World:
    """A question for two countries is answered with a Success."""
    return changed(world, as_success, when=_REPEATED)


@fault(caught_by={"LOOK-69": "repeated-parameter-other-code"})
def repeated_parameter_refused_as_empty(world: World) -> World:
    """A question for two countries is refused as if nothing had been found."""
    return _with_code(world, "0001", when=_REPEATED)


@fault(caught_by={"LOOK-70": "unknown-parameter-counts"})
def unknown_parameter_answered_with_nothing(world: World) -> World:
    """A parameter that no query has makes an answer empty."""
    return changed(world, as_success, when=_UNKNOWN_PARAMETER)


@fault(caught_by={"LOOK-70": "unknown-parameter-other-code"})
def unknown_parameter_refused_as_empty(world: World) -> World:
    """A parameter that no query has is refused as if nothing had been found."""
    return _with_code(world, "0001", when=_UNKNOWN_PARAMETER)


@fault(caught_by={"LOOK-71": "odd-text-breaks-answer"})
def long_text_breaks_the_answer(world: World) -> World:
    """A very long text is answered with a page for people."""
    return changed(world, lambda _body: b"<html>Internal error", when=_ODD)


@fault(caught_by={"LOOK-71": "odd-text-breaks-answer"})
def markup_breaks_the_answer(world: World) -> World:
    """A text with markup in it is repeated in the answer as it came."""
    return rewritten(world, ' detail="', ' detail="<a b="c">', when=asking("<a b="))


@fault(caught_by={"LOOK-71": "odd-text-answered"})
def long_text_answered(world: World) -> World:
    """A very long text is answered with a Success."""
    return changed(world, as_success, when=_ODD)


@fault(caught_by={"LOOK-71": "odd-text-other-code"})
def long_text_refused_as_empty(world: World) -> World:
    """A very long text is refused as if nothing had been found."""
    return _with_code(world, "0001", when=_ODD)


@fault(caught_by={"LOOK-72": "foreign-query-answered"})
def draft_query_answered(world: World) -> World:
    """A query id of the drafts is answered with a Success."""
    return changed(world, as_success, when=_DRAFT)


@fault(caught_by={"LOOK-72": "foreign-query-other-code"})
def draft_query_refused_as_malformed(world: World) -> World:
    """A query id of the drafts is refused as a malformed question."""
    return _with_code(world, "0003", when=_DRAFT)


@fault(caught_by={"LOOK-94": "missing-query-answered"})
def missing_query_answered(world: World) -> World:
    """A request without a query is answered with a Success."""
    return changed(world, as_success, when=_NO_QUERY)


@fault(caught_by={"LOOK-94": "missing-query-other-code"})
def missing_query_refused_as_empty(world: World) -> World:
    """A request without a query is refused as if nothing had been found."""
    return _with_code(world, "0001", when=_NO_QUERY)


@fault(caught_by={"LOOK-73": "spelling-refused"})
def encoded_uri_refused(world: World) -> World:
    """A URI that is percent-encoded in lower case is not recognised."""
    refused = changed(world, as_refusal("EB:ERR:0003", "InvalidRequest"), when=_eb(_spelled))
    return changed(refused, as_refusal("DSD:ERR:0003", "InvalidRequest"), when=_dsd(_spelled))


@fault(caught_by={"LOOK-73": "spelling-other-answer"})
def encoded_letters_answered_otherwise(world: World) -> World:
    """Letters that are percent-encoded make another question."""
    other = rewritten(world, _FIRST_REQUIREMENT, rf"\1{ELSEWHERE}", when=_hidden)
    pattern = r"(<sdg:DataServiceEvidenceType>\s*<sdg:Identifier>)[^<]*"
    return rewritten(other, pattern, rf"\1{ELSEWHERE}", when=_hidden)


def _eb(when: When) -> When:
    return both(when, asking("oots:eb:"))


def _dsd(when: When) -> When:
    return both(when, asking("oots:dsd:"))


@fault(caught_by={"LOOK-74": "procedure-ignored"})
def procedure_ignored(world: World) -> World:
    """A procedure without a country finds the requirements of another procedure as well."""
    return rewritten(
        world, r"(<sdg:RelatedTo>\s*<sdg:Identifier>)[^<]*", r"\1X11", when=_PROCEDURE_ONLY
    )


@fault(caught_by={"LOOK-74": "country-ignored"})
def country_ignored(world: World) -> World:
    """A country without a procedure finds the requirements of another country as well."""
    return rewritten(
        world,
        r"(<sdg:Jurisdiction>\s*<sdg:AdminUnitLevel1>)[^<]*",
        r"\1LI",
        when=_COUNTRY_ONLY,
    )


@fault(caught_by={"LOOK-74": "procedure-only-lacks"})
def procedure_finds_too_little(world: World) -> World:
    """A procedure without a country finds none of what it finds with one."""
    return rewritten(world, _FIRST_REQUIREMENT, rf"\1{ELSEWHERE}", when=_PROCEDURE_ONLY)


@fault(caught_by={"LOOK-74": "country-only-lacks"})
def country_finds_too_little(world: World) -> World:
    """A country without a procedure finds none of what it finds with one."""
    return rewritten(world, _FIRST_REQUIREMENT, rf"\1{ELSEWHERE}", when=_COUNTRY_ONLY)


@fault(caught_by={"LOOK-74": "catalogue-lacks"})
def catalogue_finds_too_little(world: World) -> World:
    """The catalogue has none of what is found for a procedure and a country."""
    return rewritten(world, _FIRST_REQUIREMENT, rf"\1{ELSEWHERE}", when=_CATALOGUE)


@fault(caught_by={"LOOK-75": "return-incomplete-refused"})
def incomplete_requirements_refused(world: World) -> World:
    """A question for incomplete requirements is refused."""
    return changed(
        world, as_refusal("EB:ERR:0003", "InvalidRequest"), when=asking("return-incomplete=true")
    )


@fault(caught_by={"LOOK-75": "return-incomplete-lacks"})
def only_incomplete_requirements(world: World) -> World:
    """A question for incomplete requirements finds these alone."""
    return rewritten(
        world, _FIRST_REQUIREMENT, rf"\1{ELSEWHERE}", when=asking("return-incomplete=true")
    )


@fault(caught_by={"LOOK-76": "without-country-refused"})
def evidence_types_of_all_countries_refused(world: World) -> World:
    """A question for the evidence types of all countries is refused."""
    return changed(world, as_refusal("EB:ERR:0003", "InvalidRequest"), when=_ALL_COUNTRIES)


@fault(caught_by={"LOOK-76": "without-country-lacks"})
def evidence_types_of_other_countries_only(world: World) -> World:
    """A question for the evidence types of all countries leaves one out."""
    return rewritten(
        world,
        r"(<sdg:EvidenceTypeList>\s*<sdg:Identifier>)[^<]*",
        rf"\1{ELSEWHERE}",
        when=_ALL_COUNTRIES,
    )


@fault(caught_by={"LOOK-77": "specification-refused"})
def specification_refused(world: World) -> World:
    """A question for a version that is spoken is refused."""
    return changed(world, as_refusal("DSD:ERR:0001", "ObjectNotFound"), when=_SPECIFIED)


@fault(caught_by={"LOOK-77": "specification-ignored"})
def specification_ignored(world: World) -> World:
    """A question for one version is answered with access services of another."""
    return rewritten(
        world, "<sdg:ConformsTo>oots-edm:[^<]*", "<sdg:ConformsTo>oots-edm:v9.9", when=_SPECIFIED
    )


@fault(caught_by={"LOOK-77": "unknown-specification-answered"})
def unspoken_specification_answered(world: World) -> World:
    """A question for a version that nobody speaks is answered with a Success."""
    return changed(world, as_success, when=_UNSPOKEN)


@fault(caught_by={"LOOK-77": "unknown-specification-other-code"})
def unspoken_specification_refused_as_unknown(world: World) -> World:
    """A question for a version that nobody speaks is refused as if the evidence did not exist."""
    return _with_code(world, "0002", when=_UNSPOKEN)


@fault(caught_by={"LOOK-81": "reference-unknown"})
def evidence_type_that_leads_nowhere(world: World) -> World:
    """The broker names an evidence type that the country's directory does not know."""
    return rewritten(
        world,
        "(/evidencetypeclassifications/../)[^<]*",
        rf"\1{ELSEWHERE}",
        when=both(EVIDENCE_TYPES, version_asked(V2)),
    )
