"""The mock Data Service Directory: who can give a type of evidence, and what it must be told first.

A pure function from a request to a document (TDD 3.1.4). Some data services are told only to a
client that answers a DSD:ERR:0005: with each concept asked for, or under v1 with a NUTS code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from harness.model import Environment, HttpRequest
from mock_services.codelists import COUNTRIES, V1, V2, codelists
from mock_services.landscape import Landscape, classification_uri, repository
from mock_services.member_state import (
    AccessPoint,
    Concept,
    Context,
    DataService,
    EvidenceType,
    MemberState,
)
from mock_services.member_state_file import identifier
from mock_services.query import (
    UUID,
    Asked,
    Form,
    Refused,
    answer_version,
    asked,
    parameters,
    query_id,
)
from mock_services.regrep_writer import Element, collection, slot, success, texts, within
from mock_services.sdg import concept, jurisdiction
from mock_services.world import Instance, World

DATA_SERVICES = (
    "urn:fdc:oots:dsd:ebxml-regrep:queries:dataservices-by-evidencetype-and-jurisdiction"
)
EMPTY, NO_EVIDENCE_TYPE, MALFORMED, NO_QUERY, ADDITIONAL_INPUT, BAD_VALUE = (
    f"DSD:ERR:000{number}" for number in range(1, 7)
)
_MANDATORY = ("evidence-type-classification", "country-code")
_V1_ONLY = (
    "jurisdiction-admin-l2",
    "jurisdiction-admin-l3",
    "jurisdiction-context-id",
    "evidence-type-id",
    "EvidenceProviderClassification",
)
FORMS: Mapping[str, Form] = MappingProxyType(
    {
        V1: Form(_MANDATORY, ("specification", *_V1_ONLY), open_ended=True),
        V2: Form(_MANDATORY, ("specification",), open_ended=True),
    }
)
_CLASSIFICATION = re.compile(rf"https?://\S+/evidencetypeclassifications/[A-Z]{{2}}/{UUID.pattern}")
_SPECIFICATION = re.compile(r"oots-edm:v[0-9]+\.[0-9]+")
_STRUCTURED = {"application/xml", "application/json"}
_UNREGISTERED = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:"
_KEPT_ANSWERS = 4096


def respond(world: World, instance: Instance, request: HttpRequest) -> bytes:
    """The body of the answer; it always comes with HTTP status 200."""
    return _body(world.landscape, instance, asked(request))


@lru_cache(maxsize=_KEPT_ANSWERS)
def _body(landscape: Landscape, instance: Instance, question: Asked) -> bytes:
    try:
        found = _found(landscape, instance, question)
    except Refused as refused:
        return refused.document(answer_version(question))
    return success(answer_version(question), "DataServiceEvidenceType", (found,))


def _found(landscape: Landscape, instance: Instance, question: Asked) -> tuple[str, Element]:
    """The data service, and the UUID of its registry object: the same at every call."""
    version = answer_version(question)
    if query_id(question, malformed=MALFORMED) != DATA_SERVICES:
        raise Refused(NO_QUERY)
    given = parameters(question, FORMS[version], malformed=MALFORMED)
    _refuse_malformed(given, version)
    offer = _offer(landscape, instance, given, version=version)
    told = _told(offer, given)
    points = _access_points(offer, given)
    return identifier(instance.owner, instance.environment, *given.values()), within(
        "sdg:DataServiceEvidenceType",
        *_head(offer, *texts("sdg:Description", offer.kind.descriptions)),
        *(_access_service(offer, each, told) for each in points),
        *_tail(offer, told),
    )


@dataclass(frozen=True, slots=True)
class _Offer:
    """The data service that a query is about, and how an answer writes it."""

    state: MemberState
    kind: EvidenceType
    service: DataService
    environment: Environment
    version: str


_Told = tuple[tuple[Concept, str], ...]
"""What the client has told: concepts, each with its value."""


def _refuse_malformed(given: Mapping[str, str], version: str) -> None:
    if given["country-code"] not in codelists()[COUNTRIES[version]].codes:
        raise Refused(MALFORMED, "BAD_VALUE: country-code")
    for name, form in (
        ("evidence-type-classification", _CLASSIFICATION),
        ("specification", _SPECIFICATION),
    ):
        if name in given and not form.fullmatch(given[name]):
            raise Refused(MALFORMED, f"BAD_VALUE: {name}")


def _offer(
    landscape: Landscape, instance: Instance, given: Mapping[str, str], *, version: str
) -> _Offer:
    """The data service in the country asked about; the evidence type may be there without one."""
    state, kind = _classified(
        landscape, instance.environment, given["evidence-type-classification"]
    )
    here = state.data_code == given["country-code"] and state.code in instance.serves
    if not here or kind.service is None:
        raise Refused(EMPTY)
    return _Offer(state, kind, kind.service, instance.environment, version)


def _classified(
    landscape: Landscape, environment: Environment, uri: str
) -> tuple[MemberState, EvidenceType]:
    for state in landscape.member_states:
        for kind in state.evidence_types:
            if uri.endswith(kind.id) and uri == classification_uri(environment, state, kind):
                return state, kind
    raise Refused(NO_EVIDENCE_TYPE)


def _access_points(offer: _Offer, given: Mapping[str, str]) -> tuple[AccessPoint, ...]:
    """Those that speak the version of the data model asked for; all where none is asked for."""
    wanted = given.get("specification")
    points = offer.service.access_points
    found = tuple(each for each in points if wanted is None or wanted in each.specifications)
    if not found:
        raise Refused(EMPTY)
    return found


def _told(offer: _Offer, given: Mapping[str, str]) -> _Told:
    """What the client has told; raises `Refused` where it is wrong, or not yet enough."""
    concepts = {each.id: each for each in offer.service.asks}
    answers = {name.lower(): value for name, value in given.items() if UUID.fullmatch(name)}
    for name, value in answers.items():
        if name not in concepts:
            raise Refused(MALFORMED, "UNKNOWN_PARAMETER")
        if not concepts[name].accepts(value):
            raise Refused(BAD_VALUE, f"BAD_VALUE: {name}")
    located = _located(offer, given)
    if not located and len(answers) < len(concepts):
        raise Refused(ADDITIONAL_INPUT, None, *_slots(offer))
    return tuple((concepts[name], value) for name, value in answers.items())


def _located(offer: _Offer, given: Mapping[str, str]) -> bool:
    """Whether a v1 client has told where the evidence provider is; raises `Refused` if wrongly."""
    context = offer.service.jurisdiction
    for name, accepted in (
        ("jurisdiction-admin-l2", offer.state.nuts),
        ("jurisdiction-admin-l3", offer.state.lau),
        ("jurisdiction-context-id", (context.id,) if context else ()),
        ("evidence-type-id", (offer.service.id,)),
    ):
        if name in given and given[name] not in accepted:
            raise Refused(BAD_VALUE, f"BAD_VALUE: {name}")
    return context is not None and "jurisdiction-admin-l2" in given


def _slots(offer: _Offer) -> Iterator[Element]:
    """What a DSD:ERR:0005 carries: the service without its access points, and what is asked."""
    asked_about = within("sdg:DataServiceEvidenceType", *_head(offer), _assurance(offer))
    yield slot("DataServiceEvidenceType", "AnyValueType", asked_about)
    if offer.version == V1 and offer.service.jurisdiction:
        determination = _determination(offer.service.jurisdiction)
        yield slot("JurisdictionDetermination", "AnyValueType", determination)
    wanted = (_classification(offer, each) for each in offer.service.asks)
    yield collection("UserRequestedClassificationConcepts", *wanted)


def _head(offer: _Offer, *descriptions: Element) -> tuple[Element, ...]:
    """What identifies the evidence; a DSD:ERR:0005 must not describe it (R-EDM-REQ-S021)."""
    return (
        Element("sdg:Identifier", offer.service.id),
        Element(
            "sdg:EvidenceTypeClassification",
            classification_uri(offer.environment, offer.state, offer.kind),
        ),
        *texts("sdg:Title", offer.kind.titles),
        *descriptions,
        *(_distribution(offer, media_type) for media_type in offer.service.formats),
    )


def _distribution(offer: _Offer, media_type: str) -> Element:
    """A structured one conforms to a data model, which v1 called a distribution."""
    folder = "distributions" if offer.version == V1 else "datamodels"
    model = f"{repository(offer.environment)}/{folder}/{offer.kind.key}-1.0.0"
    return within(
        "sdg:DistributedAs",
        Element("sdg:Format", media_type),
        *(Element("sdg:Language", language) for language in offer.state.languages),
        *((Element("sdg:ConformsTo", model),) if media_type in _STRUCTURED else ()),
    )


def _access_service(offer: _Offer, point: AccessPoint, told: _Told) -> Element:
    scheme = (("schemeID", f"{_UNREGISTERED}{offer.state.data_code}"),)
    publisher, country = (
        offer.service.publisher,
        Element("sdg:AdminUnitLevel1", offer.state.data_code),
    )
    concepts = () if offer.version == V1 else told
    return within(
        "sdg:AccessService",
        Element("sdg:Identifier", point.id, scheme),
        *texts("sdg:Name", (("EN", point.name),)),
        *(Element("sdg:ConformsTo", each) for each in point.specifications),
        within(
            "sdg:Publisher",
            Element("sdg:Identifier", publisher.id, scheme),
            *texts("sdg:Name", (("EN", publisher.name),)),
            within("sdg:Address", country),
            jurisdiction(offer.state),
            *(
                concept(each, offer.environment, name="sdg:ClassificationConcept", value=value)
                for each, value in concepts
            ),
        ),
    )


def _tail(offer: _Offer, told: _Told) -> Iterator[Element]:
    """Under v1 the answer repeats how the evidence provider was determined."""
    if offer.version == V1:
        if offer.service.jurisdiction:
            yield _determination(offer.service.jurisdiction)
        for each, value in told:
            yield _classification(offer, each, value)
    yield _assurance(offer)


def _classification(offer: _Offer, asked_for: Concept, value: str | None = None) -> Element:
    name = "sdg:EvidenceProviderClassification"
    return concept(asked_for, offer.environment, name=name, value=value)


def _determination(context: Context) -> Element:
    return within(
        "sdg:EvidenceProviderJurisdictionDetermination",
        Element("sdg:JurisdictionContextId", context.id),
        *texts("sdg:JurisdictionContext", context.names),
        Element("sdg:JurisdictionLevel", context.level),
    )


def _assurance(offer: _Offer) -> Element:
    return Element("sdg:AuthenticationLevelOfAssurance", offer.service.level_of_assurance)
