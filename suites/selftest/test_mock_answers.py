"""What the mock directories answer: each query under both versions, and the dialogue."""

from __future__ import annotations

import pytest
from lxml import etree

from harness.lookup import EVIDENCE_TYPES_QUERY, REQUIREMENTS_QUERY
from harness.model import Service
from mock_services.codelists import V1, V2
from mock_services.member_state_file import member_state
from suites.selftest.directory_questions import (
    EVIDENCE,
    FINLAND,
    NS,
    REQUIREMENT,
    SR,
    UNKNOWN_UUID,
    WORLD,
    asked_of,
    asking,
    code_of,
    dsd,
    eb,
    texts_of,
)


def test_requirements_come_without_evidence_types() -> None:
    document = eb(REQUIREMENTS_QUERY)

    assert len(document.findall(".//rim:RegistryObject", NS)) > 1
    assert document.find(".//sdg:EvidenceTypeList", NS) is None


def test_evidence_types_come_as_one_requirement_whatever_the_country() -> None:
    for parameters in ((REQUIREMENT,), (REQUIREMENT, FINLAND)):
        document = eb(EVIDENCE_TYPES_QUERY, *parameters)

        assert len(document.findall(".//rim:RegistryObject", NS)) == 1
        assert len(document.findall(".//sdg:Requirement", NS)) == 1
    assert texts_of(document, ".//sdg:AdminUnitLevel1") == ["FI", "FI"]


def test_the_country_of_greece_is_el() -> None:
    document = eb(EVIDENCE_TYPES_QUERY, REQUIREMENT, ("country-code", "EL"), member="GR")

    assert set(texts_of(document, ".//sdg:AdminUnitLevel1")) == {"EL"}


def test_several_lists_are_alternatives_and_a_list_may_hold_several_types() -> None:
    last = ("requirement-id", f"{SR}/requirements/ffffffff-ffff-ffff-ffff-ffffffffffff")

    document = eb(EVIDENCE_TYPES_QUERY, last, FINLAND)

    (listed,) = document.findall(".//sdg:EvidenceTypeList", NS)
    assert len(listed.findall("sdg:EvidenceType", NS)) == 2


def test_the_jurisdiction_moves_from_the_type_to_its_list_with_version_two() -> None:
    old = eb(EVIDENCE_TYPES_QUERY, REQUIREMENT, FINLAND, version=V1)
    new = eb(EVIDENCE_TYPES_QUERY, REQUIREMENT, FINLAND, version=V2)

    assert old.find(".//sdg:EvidenceType/sdg:Jurisdiction", NS) is not None
    assert old.find(".//sdg:EvidenceTypeList/sdg:Jurisdiction", NS) is None
    assert new.find(".//sdg:EvidenceType/sdg:Jurisdiction", NS) is None
    assert new.find(".//sdg:EvidenceTypeList/sdg:Jurisdiction", NS) is not None


def test_what_cannot_be_proved_is_a_no_match_in_version_two_and_empty_in_version_one() -> None:
    key = next(each.requirement for each in member_state("FI").lists if not each.evidence_types)
    wanted = ("requirement-id", f"{SR}/requirements/{WORLD.landscape.requirement(key).id}")

    new = eb(EVIDENCE_TYPES_QUERY, wanted, FINLAND)

    assert texts_of(new, ".//sdg:EvidenceTypeList/sdg:MatchType") == ["NoMatch"]
    assert new.find(".//sdg:EvidenceTypeList/sdg:MatchDescription", NS) is not None
    assert new.find(".//sdg:EvidenceType", NS) is None
    assert code_of(eb(EVIDENCE_TYPES_QUERY, wanted, FINLAND, version=V1)) == "EB:ERR:0001"


def test_incomplete_frameworks_come_only_when_they_are_asked_for() -> None:
    code = next(
        state.data_code
        for state in WORLD.landscape.member_states
        if state.owned(Service.EB) is None and any(each.incomplete for each in state.frameworks)
    )
    country = ("country-code", code)

    def frameworks(*parameters: tuple[str, str]) -> int:
        found = eb(REQUIREMENTS_QUERY, country, *parameters)
        return len(found.findall(".//sdg:ReferenceFramework", NS))

    assert frameworks() == frameworks(("return-incomplete", "false"))
    assert frameworks(("return-incomplete", "true")) > frameworks()


def test_a_regional_framework_is_written_as_each_version_has_it() -> None:
    wanted = (("procedure-id", "V1"), ("country-code", "AT"))

    old = eb(REQUIREMENTS_QUERY, *wanted, version=V1, member="AT")
    new = eb(REQUIREMENTS_QUERY, *wanted, version=V2, member="AT")

    assert set(texts_of(old, ".//sdg:AdminUnitLevel2")) == {"AT1"}
    classified = new.findall(".//sdg:AdditionalJurisdictionClassification", NS)
    assert {each.text for each in classified} == {"AT1"}
    assert {each.get("listID") for each in classified} == {f"{SR}/codelists/AT/regions"}


def test_a_region_narrows_the_requirements_under_version_one() -> None:
    state = member_state("AT")
    elsewhere = ("jurisdiction-admin-l2", state.nuts[1])
    wanted = (("procedure-id", "V1"), ("country-code", "AT"))

    document = eb(REQUIREMENTS_QUERY, *wanted, elsewhere, version=V1, member="AT")

    assert code_of(document) == "EB:ERR:0001"


def test_access_services_are_filtered_by_the_data_model_asked_for() -> None:
    everything = dsd(EVIDENCE, FINLAND)
    narrowed = dsd(EVIDENCE, FINLAND, ("specification", "oots-edm:v2.0"))

    identifiers = ".//sdg:AccessService/sdg:Identifier"
    assert texts_of(everything, identifiers) == ["AP_FI_01", "AP_FI_02"]
    assert texts_of(narrowed, identifiers) == ["AP_FI_02"]
    scheme = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:FI"
    assert {each.get("schemeID") for each in everything.iterfind(identifiers, NS)} == {scheme}


@pytest.mark.parametrize("member", ["AT", "BE", "NL"])
@pytest.mark.parametrize("version", [V1, V2])
def test_the_dialogue_asks_and_is_answered(member: str, version: str) -> None:
    wanted, concepts = asking(member), asked_of(member).concepts

    refused = dsd(*wanted, version=version, member=member)
    granted = dsd(*wanted, *concepts, version=version, member=member)

    asked = refused.findall(".//rim:Element/sdg:EvidenceProviderClassification", NS)
    assert [each.findtext("sdg:Identifier", "", NS) for each in asked] == [c for c, _ in concepts]
    assert code_of(refused) == "DSD:ERR:0005"
    assert code_of(granted) is None
    told = texts_of(granted, ".//sdg:SupportedValue/sdg:StringValue")
    assert set(told) == {value for _, value in concepts}
    assert refused.find(".//sdg:SupportedValue", NS) is None


def test_version_two_carries_two_slots_in_a_request_for_more_and_version_one_three() -> None:
    common = ["DataServiceEvidenceType", "UserRequestedClassificationConcepts"]
    for version, expected in (
        (V1, [common[0], "JurisdictionDetermination", common[1]]),
        (V2, common),
    ):
        document = dsd(*asking("AT"), version=version, member="AT")

        slots = document.findall("rs:Exception/rim:Slot", NS)
        assert [each.get("name") for each in slots] == expected
        value = slots[-1].find("rim:SlotValue", NS)
        assert value is not None
        assert value.get("collectionType") == "urn:oasis:names:tc:ebxml-regrep:CollectionType:Set"
        about = document.find(".//sdg:DataServiceEvidenceType", NS)
        assert about is not None
        assert {etree.QName(child).localname for child in about} == {
            "Identifier",
            "EvidenceTypeClassification",
            "Title",
            "DistributedAs",
            "AuthenticationLevelOfAssurance",
        }


def test_an_answer_that_is_only_half_given_is_asked_for_again() -> None:
    document = dsd(*asking("AT"), asked_of("AT").concepts[0], member="AT")

    assert code_of(document) == "DSD:ERR:0005"


@pytest.mark.parametrize(
    ("member", "value"), [("NL", "9999"), ("BE", "perhaps"), ("AT", "AT-99"), ("AT", "AT1")]
)
def test_a_value_that_does_not_answer_the_question_is_refused(member: str, value: str) -> None:
    concept = asked_of(member).concepts[0][0]

    assert code_of(dsd(*asking(member), (concept, value), member=member)) == "DSD:ERR:0006"


def test_a_version_one_client_may_answer_with_a_region_instead() -> None:
    refused = dsd(*asking("AT"), version=V1, member="AT")
    context = refused.findtext(".//sdg:JurisdictionContextId", "", NS)
    service = refused.findtext(".//sdg:DataServiceEvidenceType/sdg:Identifier", "", NS)
    assert context
    assert service
    told = (
        ("jurisdiction-admin-l2", "AT1"),
        ("evidence-type-id", service),
        ("jurisdiction-context-id", context),
    )

    granted = dsd(*asking("AT"), *told, version=V1, member="AT")

    assert code_of(granted) is None
    assert texts_of(granted, ".//sdg:JurisdictionLevel") == ["NUTS1"]
    for name, value in (("jurisdiction-admin-l2", "DE1"), ("evidence-type-id", UNKNOWN_UUID)):
        wrong = dsd(*asking("AT"), (name, value), version=V1, member="AT")
        assert code_of(wrong) == "DSD:ERR:0006"


def test_data_models_were_called_distributions_before() -> None:
    for version, folder in ((V1, "distributions"), (V2, "datamodels")):
        document = dsd(EVIDENCE, FINLAND, version=version)

        models = texts_of(document, ".//sdg:DistributedAs/sdg:ConformsTo")
        assert models == [f"{SR}/{folder}/diploma-1.0.0"]
