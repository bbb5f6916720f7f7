"""Questions put to the mock directories as functions, and their answers taken apart with lxml."""

from __future__ import annotations

from lxml import etree

from harness.lookup import CURRENT, DATA_SERVICES_QUERY, Query, search_request
from harness.model import Environment, Questions, Service, ServiceKey
from mock_services import data_service_directory, evidence_broker
from mock_services.landscape import questions, world_of
from mock_services.member_state_file import member_state
from mock_services.world import Instance, World

NS = {
    "query": "urn:oasis:names:tc:ebxml-regrep:xsd:query:4.0",
    "rim": "urn:oasis:names:tc:ebxml-regrep:xsd:rim:4.0",
    "rs": "urn:oasis:names:tc:ebxml-regrep:xsd:rs:4.0",
    "sdg": "http://data.europa.eu/p4s",
}
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
ZERO = "00000000-0000-0000-0000-000000000000"
SR = "https://sr.acc.oots.tech.ec.europa.eu"
UNKNOWN_UUID = "12345678-1234-1234-1234-123456789abc"
WORLD = world_of("AT", "BE", "DE", "FI", "GR", "NL")


def instance_of(member: str, service: Service, world: World = WORLD) -> Instance:
    return next(
        each
        for each in world.instances
        if member in each.serves and (each.service, each.environment) == (service, Environment.ACC)
    )


def asked_of(member: str, service: Service = Service.DSD) -> Questions:
    return questions(WORLD, ServiceKey(member, service, Environment.ACC))


def bytes_of(instance: Instance, query: Query, version: str | None = CURRENT) -> bytes:
    respond = {
        Service.EB: evidence_broker.respond,
        Service.DSD: data_service_directory.respond,
    }[instance.service]
    return respond(WORLD, instance, search_request(instance.root(443), query, version=version))


def eb(
    query: str, *parameters: tuple[str, str], version: str | None = CURRENT, member: str = "FI"
) -> etree._Element:
    body = bytes_of(instance_of(member, Service.EB), Query(query, parameters), version)
    return etree.fromstring(body)


def dsd(
    *parameters: tuple[str, str],
    version: str | None = CURRENT,
    member: str = "FI",
    query: str = DATA_SERVICES_QUERY,
) -> etree._Element:
    body = bytes_of(instance_of(member, Service.DSD), Query(query, parameters), version)
    return etree.fromstring(body)


def code_of(document: etree._Element) -> str | None:
    found = document.find("rs:Exception", NS)
    return None if found is None else found.get("code")


def texts_of(document: etree._Element, path: str) -> list[str | None]:
    return [each.text for each in document.iterfind(path, NS)]


def asking(member: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """The parameters of the question that is answered by a DSD:ERR:0005."""
    asked = asked_of(member)
    assert asked.additional_input
    return (
        ("evidence-type-classification", asked.additional_input),
        ("country-code", asked.country),
    )


REQUIREMENT = ("requirement-id", f"{SR}/requirements/{ZERO}")
FINLAND = ("country-code", "FI")
DIPLOMA = next(kind for kind in member_state("FI").evidence_types if kind.key == "diploma")
EVIDENCE = (
    "evidence-type-classification",
    f"{SR}/evidencetypeclassifications/FI/{DIPLOMA.id}",
)
