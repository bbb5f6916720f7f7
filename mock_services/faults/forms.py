"""Seeded faults of the seam: forms. Elements that do not belong there, or to another version."""

from __future__ import annotations

from mock_services.codelists import V1, V2
from mock_services.faults import fault
from mock_services.faults.rewriting import (
    CATALOGUE,
    ELSEWHERE,
    EVIDENCE_TYPES,
    UNKNOWN_QUERY,
    both,
    rewritten,
    version_asked,
)
from mock_services.world import World

_UNNAMED, _CURRENT = version_asked(None), version_asked(V2)
_LIST_END = "(?=</sdg:EvidenceTypeList>)"
_FRAMEWORK_COUNTRY = (
    r"(?<=</sdg:AdminUnitLevel1>)(?=\s*</sdg:Jurisdiction>\s*</sdg:ReferenceFramework>)"
)


@fault(caught_by={"LOOK-53": "answer-slot-other"})
def answer_with_another_slot(world: World) -> World:
    """An answer has a slot that no rule knows."""
    slot = (
        '<rim:Slot name="requestId"><rim:SlotValue>'
        f"<rim:Value>{ELSEWHERE}</rim:Value></rim:SlotValue></rim:Slot>"
    )
    return rewritten(world, "(?=<rs:Exception )", slot, when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-54": "specification-type-other"})
def version_as_any_value(world: World) -> World:
    """The version is a value of any type, not a string."""
    return rewritten(world, "rim:StringValueType", "rim:AnyValueType")


@fault(caught_by={"LOOK-57": "related-to-other"})
def framework_related_to_a_name(world: World) -> World:
    """What a framework is related to has a name beside its identifier."""
    return rewritten(
        world, "(?=</sdg:RelatedTo>)", '<sdg:Name lang="EN">T1</sdg:Name>', when=CATALOGUE
    )


@fault(caught_by={"LOOK-58": "match-type-other"})
def list_of_another_match_type(world: World) -> World:
    """A list of evidence types says how well they match."""
    return rewritten(
        world,
        _LIST_END,
        "<sdg:MatchType>Exact</sdg:MatchType>",
        when=both(EVIDENCE_TYPES, _CURRENT),
    )


@fault(caught_by={"LOOK-58": "match-type-other"})
def full_list_without_a_match(world: World) -> World:
    """A list with evidence types in it says that there are none."""
    return rewritten(
        world,
        _LIST_END,
        "<sdg:MatchType>NoMatch</sdg:MatchType>",
        when=both(EVIDENCE_TYPES, _CURRENT),
    )


@fault(caught_by={"LOOK-59": "evidence-types-without-country"})
def list_without_a_country(world: World) -> World:
    """A list of evidence types does not say where they are issued."""
    return rewritten(
        world,
        r"<sdg:Jurisdiction>(?:(?!</sdg:Jurisdiction>).)*</sdg:Jurisdiction>\s*"
        "(?=</sdg:EvidenceTypeList>)",
        "",
        when=both(EVIDENCE_TYPES, _CURRENT),
    )


@fault(caught_by={"LOOK-60": "evidence-type-with-distribution"})
def evidence_type_with_a_distribution(world: World) -> World:
    """An evidence type in a list says in what form it comes."""
    form = "<sdg:DistributedAs><sdg:Format>application/pdf</sdg:Format></sdg:DistributedAs>"
    return rewritten(world, "(?=</sdg:EvidenceType>)", form, when=EVIDENCE_TYPES)


@fault(caught_by={"LOOK-61": "v1-admin-level"})
def region_as_in_v1(world: World) -> World:
    """Under v2 a framework has its region as a level of administration."""
    level = "<sdg:AdminUnitLevel2>NL32</sdg:AdminUnitLevel2>"
    return rewritten(world, _FRAMEWORK_COUNTRY, level, when=both(CATALOGUE, _CURRENT), times=1)


@fault(caught_by={"LOOK-61": "v1-determination"})
def determination_as_in_v1(world: World) -> World:
    """Under v2 a data service says how the jurisdiction is determined."""
    return rewritten(
        world,
        r"(?=<sdg:AuthenticationLevelOfAssurance>[^<]*</sdg:AuthenticationLevelOfAssurance>\s*"
        r"</sdg:DataServiceEvidenceType>\s*</rim:SlotValue>\s*</rim:Slot>\s*</rim:RegistryObject>)",
        "<sdg:EvidenceProviderJurisdictionDetermination>"
        "<sdg:JurisdictionLevel>NUTS1</sdg:JurisdictionLevel>"
        "</sdg:EvidenceProviderJurisdictionDetermination>",
        when=_CURRENT,
    )


@fault(caught_by={"LOOK-61": "v1-evidence-type-jurisdiction"})
def evidence_type_with_a_jurisdiction(world: World) -> World:
    """Under v2 the jurisdiction stands in the evidence type, as it did under v1."""
    return rewritten(
        world,
        "(?=</sdg:EvidenceType>)",
        "<sdg:Jurisdiction><sdg:AdminUnitLevel1>EU</sdg:AdminUnitLevel1></sdg:Jurisdiction>",
        when=both(EVIDENCE_TYPES, _CURRENT),
    )


@fault(caught_by={"LOOK-62": "v2-jurisdiction-class"})
def region_as_in_v2(world: World) -> World:
    """Under v1 a framework has its region as a classification."""
    region = (
        "<sdg:AdditionalJurisdictionClassification>NL32</sdg:AdditionalJurisdictionClassification>"
    )
    return rewritten(world, _FRAMEWORK_COUNTRY, region, when=_UNNAMED)


@fault(caught_by={"LOOK-62": "v2-match-type"})
def match_type_as_in_v2(world: World) -> World:
    """Under v1 a list says that nothing matches."""
    return rewritten(world, _LIST_END, "<sdg:MatchType>NoMatch</sdg:MatchType>", when=_UNNAMED)


@fault(caught_by={"LOOK-62": "v2-list-jurisdiction"})
def jurisdiction_as_in_v2(world: World) -> World:
    """Under v1 the jurisdiction stands in the list, as it does under v2."""
    return rewritten(
        world,
        _LIST_END,
        "<sdg:Jurisdiction><sdg:AdminUnitLevel1>EL</sdg:AdminUnitLevel1></sdg:Jurisdiction>",
        when=_UNNAMED,
    )


@fault(caught_by={"LOOK-63": "v1-names-version"})
def first_version_named(world: World) -> World:
    """Answers in v1.0, asked for by name, name it."""
    slot = (
        '<rim:Slot name="SpecificationIdentifier">'
        "<rim:SlotValue><rim:Value>oots-cs:v1.0</rim:Value></rim:SlotValue></rim:Slot>"
    )
    return rewritten(world, "(<query:QueryResponse [^>]*>)", rf"\1{slot}", when=version_asked(V1))
