"""What the landscape can be asked: each question gives the answer that it promises."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import etree

from harness.lookup import (
    REQUIREMENTS_QUERY,
    Query,
    data_services_query,
    search_request,
    specimen_query,
)
from harness.model import Environment, HttpRequest, Service, ServiceKey, Specimen
from mock_services import data_service_directory, evidence_broker
from mock_services.landscape import member_state_codes, questions, world_of
from mock_services.world import Instance, World
from suites.selftest.directory_questions import NS, code_of

ASKING = {"AT", "BE", "NL"}
KEYS = [
    ServiceKey(code, service, environment)
    for code in member_state_codes()
    for service in Service
    for environment in Environment
]
RESPOND: dict[Service, Callable[[World, Instance, HttpRequest], bytes]] = {
    Service.EB: evidence_broker.respond,
    Service.DSD: data_service_directory.respond,
}


@pytest.fixture(scope="module")
def world() -> World:
    return world_of()


def instance_of(world: World, key: ServiceKey) -> Instance:
    """The one instance that holds the data of a key."""
    (found,) = (
        each
        for each in world.instances
        if key.member_state in each.serves
        and (each.service, each.environment) == (key.service, key.environment)
    )
    return found


def answer(world: World, key: ServiceKey, query: Query) -> etree._Element:
    instance = instance_of(world, key)
    request = search_request(instance.root(world.port), query)
    return etree.fromstring(RESPOND[key.service](world, instance, request))


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_a_question_gives_the_answer_that_it_promises(world: World, key: ServiceKey) -> None:
    asked = questions(world, key)

    if key.service is Service.EB:
        found = answer(world, key, specimen_query(key.service, Specimen.REQUIREMENTS, asked))
        procedures = found.findall(".//sdg:RelatedTo/sdg:Identifier", NS)
        assert {each.text for each in procedures} == {asked.procedure}
        assert {each.text for each in found.iterfind(".//sdg:AdminUnitLevel1", NS)} == {
            asked.country
        }
        found = answer(world, key, specimen_query(key.service, Specimen.EVIDENCE_TYPES, asked))
        assert len(found.findall(".//rim:RegistryObject", NS)) == 1
        assert found.findtext(".//sdg:Requirement/sdg:Identifier", "", NS) == asked.requirement
        assert found.find(".//sdg:EvidenceTypeList/sdg:EvidenceType", NS) is not None
        empty = "EB:ERR:0001"
    else:
        found = answer(world, key, specimen_query(key.service, Specimen.DATA_SERVICES, asked))
        assert code_of(found) is None
        assert found.find(".//sdg:AccessService", NS) is not None
        empty = "DSD:ERR:0001"
        assert (asked.additional_input is not None) == (key.member_state in ASKING)
        if asked.additional_input:
            wanted = specimen_query(key.service, Specimen.ADDITIONAL_INPUT, asked)
            assert code_of(answer(world, key, wanted)) == "DSD:ERR:0005"
            told = data_services_query(asked.additional_input, asked.country, asked.concepts)
            assert code_of(answer(world, key, told)) is None
    found = answer(world, key, specimen_query(key.service, Specimen.EMPTY, asked))
    assert code_of(found) == empty
    found = answer(world, key, specimen_query(key.service, Specimen.UNKNOWN_QUERY, asked))
    assert code_of(found) in {"EB:ERR:0007", "DSD:ERR:0004"}


@pytest.mark.parametrize("environment", Environment)
def test_identifiers_are_those_of_the_real_repository_of_the_environment(
    world: World, environment: Environment
) -> None:
    asked = questions(world, ServiceKey("GR", Service.DSD, environment))

    host = "https://sr." if environment is Environment.PROD else "https://sr.acc."
    assert asked.country == "EL"
    assert str(asked.requirement).startswith(f"{host}oots.tech.ec.europa.eu/requirements/")
    assert str(asked.evidence_type).startswith(
        f"{host}oots.tech.ec.europa.eu/evidencetypeclassifications/EL/"
    )


def test_the_catalogue_has_the_size_of_the_real_one(world: World) -> None:
    key = ServiceKey("FI", Service.EB, Environment.ACC)
    request = search_request("https://query.cs.acc.localhost/eb/", Query(REQUIREMENTS_QUERY, ()))

    body = evidence_broker.respond(world, instance_of(world, key), request)

    document = etree.fromstring(body)
    assert 550_000 <= len(body) <= 700_000
    assert 45 <= len(document.findall(".//sdg:Requirement", NS)) <= 55
    frameworks = document.findall(".//sdg:ReferenceFramework", NS)
    assert 650 <= len(frameworks) <= 750
    for framework in frameworks:
        assert len(framework.findall("sdg:RelatedTo", NS)) == 1
        assert len(framework.findall("sdg:Jurisdiction", NS)) == 1
    assert len({each.findtext("sdg:Identifier", "", NS) for each in frameworks}) == len(frameworks)


def test_a_national_catalogue_holds_the_frameworks_of_its_member_state_only(world: World) -> None:
    found = answer(
        world, ServiceKey("EE", Service.EB, Environment.ACC), Query(REQUIREMENTS_QUERY, ())
    )

    assert {each.text for each in found.iterfind(".//sdg:AdminUnitLevel1", NS)} == {"EE"}
