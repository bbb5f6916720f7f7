"""The parts of the exchange data model that both directories write: areas, evidence, concepts."""

from __future__ import annotations

from harness.model import Environment
from mock_services.codelists import V1
from mock_services.landscape import classification_uri, repository
from mock_services.member_state import Concept, EvidenceType, MemberState
from mock_services.regrep_writer import Element, texts, within


def area(
    state: MemberState, region: str | None, *, environment: Environment, version: str
) -> tuple[Element, ...]:
    """The country and, where there is one, its region: an admin unit in v1, a class since v2."""
    country = Element("sdg:AdminUnitLevel1", state.data_code)
    if region is None:
        return (country,)
    if version == V1:
        return (country, Element("sdg:AdminUnitLevel2", region))
    scheme = f"{repository(environment)}/codelists/{state.data_code}/regions"
    name = "sdg:AdditionalJurisdictionClassification"
    return (country, Element(name, region, (("listID", scheme),)))


def jurisdiction(state: MemberState) -> Element:
    """The whole of a Member State."""
    return within("sdg:Jurisdiction", Element("sdg:AdminUnitLevel1", state.data_code))


def evidence_type(
    state: MemberState, kind: EvidenceType, environment: Environment, *more: Element
) -> Element:
    """`sdg:EvidenceType`, as it stands in a list."""
    uri = classification_uri(environment, state, kind)
    return within(
        "sdg:EvidenceType",
        Element("sdg:EvidenceTypeClassification", uri),
        *texts("sdg:Title", kind.titles),
        *texts("sdg:Description", kind.descriptions),
        *more,
    )


def concept(
    asked: Concept, environment: Environment, *, name: str, value: str | None = None
) -> Element:
    """An attribute that is asked for or, with a value, one that was told."""
    listed = asked.type == "codelist"
    expression = f"{repository(environment)}/{asked.expression}" if listed else asked.expression
    scheme = (("schemeID", expression),) if listed else ()
    supported = () if value is None else (Element("sdg:StringValue", value),)
    return within(
        name,
        Element("sdg:Identifier", asked.id, scheme),
        Element("sdg:Type", asked.type),
        Element("sdg:ValueExpression", expression),
        *texts("sdg:Description", asked.descriptions),
        *(() if value is None else (within("sdg:SupportedValue", *supported),)),
    )
