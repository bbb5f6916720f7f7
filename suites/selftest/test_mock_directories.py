"""The mock directories as functions: every error, both versions, the bytes, odd questions."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from harness.lookup import DATA_SERVICES_QUERY, EVIDENCE_TYPES_QUERY, REQUIREMENTS_QUERY, Query
from harness.model import HttpRequest, Service
from mock_services import data_service_directory, evidence_broker, semantic_repository
from mock_services.codelists import V1, V2, error_codes
from mock_services.regrep_writer import Element, success
from suites.selftest.directory_questions import (
    DIPLOMA,
    EVIDENCE,
    FINLAND,
    NS,
    REQUIREMENT,
    SR,
    UNKNOWN_UUID,
    WORLD,
    XSI_TYPE,
    ZERO,
    asked_of,
    asking,
    bytes_of,
    code_of,
    dsd,
    eb,
    instance_of,
)

EB_REFUSALS = [
    (REQUIREMENTS_QUERY, (("procedure-id", "X9"), FINLAND), "EB:ERR:0001"),
    (REQUIREMENTS_QUERY, (("country-code", "SE"),), "EB:ERR:0001"),
    (REQUIREMENTS_QUERY, (("country-code", "DE"),), "EB:ERR:0001"),
    (REQUIREMENTS_QUERY, (("country-code", "EU"),), "EB:ERR:0001"),
    (EVIDENCE_TYPES_QUERY, (REQUIREMENT, ("country-code", "NO")), "EB:ERR:0001"),
    (
        EVIDENCE_TYPES_QUERY,
        (("requirement-id", f"{SR}/requirements/{UNKNOWN_UUID}"),),
        "EB:ERR:0002",
    ),
    (
        EVIDENCE_TYPES_QUERY,
        (("requirement-id", f"https://sr.oots.tech.ec.europa.eu/requirements/{ZERO}"),),
        "EB:ERR:0002",
    ),
    (EVIDENCE_TYPES_QUERY, (FINLAND,), "EB:ERR:0003"),
    (EVIDENCE_TYPES_QUERY, (("requirement-id", ZERO),), "EB:ERR:0003"),
    (EVIDENCE_TYPES_QUERY, (REQUIREMENT, ("requirement", "x")), "EB:ERR:0003"),
    (REQUIREMENTS_QUERY, (FINLAND, FINLAND), "EB:ERR:0003"),
    (REQUIREMENTS_QUERY, (("country-code", ""),), "EB:ERR:0003"),
    (REQUIREMENTS_QUERY, (("Country-Code", "FI"),), "EB:ERR:0003"),
    (REQUIREMENTS_QUERY, (("return-incomplete", "yes"),), "EB:ERR:0003"),
    (REQUIREMENTS_QUERY, (FINLAND, ("queryId", REQUIREMENTS_QUERY)), "EB:ERR:0003"),
    (REQUIREMENTS_QUERY, (FINLAND, ("jurisdiction-admin-l2", "FI1")), "EB:ERR:0003"),
    (REQUIREMENTS_QUERY, (("procedure-id", "Z1"),), "EB:ERR:0005"),
    (REQUIREMENTS_QUERY, (("procedure-id", "0"),), "EB:ERR:0005"),
    (REQUIREMENTS_QUERY, (("country-code", "GR"),), "EB:ERR:0006"),
    (REQUIREMENTS_QUERY, (("country-code", "fi"),), "EB:ERR:0006"),
    (REQUIREMENTS_QUERY.replace("urn:fdc:", "urn:"), (), "EB:ERR:0007"),
    (DATA_SERVICES_QUERY, (), "EB:ERR:0007"),
]


@pytest.mark.parametrize(("query", "parameters", "code"), EB_REFUSALS)
def test_the_evidence_broker_refuses_with_the_code_of_the_mistake(
    query: str, parameters: tuple[tuple[str, str], ...], code: str
) -> None:
    document = eb(query, *parameters)

    assert code_of(document) == code


DSD_REFUSALS = [
    ((EVIDENCE, ("country-code", "SE")), "DSD:ERR:0001"),
    ((EVIDENCE, FINLAND, ("specification", "oots-edm:v9.0")), "DSD:ERR:0001"),
    (
        (
            ("evidence-type-classification", EVIDENCE[1].replace(DIPLOMA.id, UNKNOWN_UUID)),
            FINLAND,
        ),
        "DSD:ERR:0002",
    ),
    ((EVIDENCE,), "DSD:ERR:0003"),
    ((FINLAND,), "DSD:ERR:0003"),
    ((EVIDENCE, FINLAND, FINLAND), "DSD:ERR:0003"),
    ((EVIDENCE, ("country-code", "XX")), "DSD:ERR:0003"),
    ((EVIDENCE, ("country-code", "GR")), "DSD:ERR:0003"),
    ((("evidence-type-classification", DIPLOMA.id), FINLAND), "DSD:ERR:0003"),
    ((EVIDENCE, FINLAND, ("specification", "v2.0")), "DSD:ERR:0003"),
    ((EVIDENCE, FINLAND, ("colour", "blue")), "DSD:ERR:0003"),
    ((EVIDENCE, FINLAND, (UNKNOWN_UUID, "blue")), "DSD:ERR:0003"),
    ((EVIDENCE, FINLAND, ("jurisdiction-admin-l2", "FI1")), "DSD:ERR:0003"),
]


@pytest.mark.parametrize(("parameters", "code"), DSD_REFUSALS)
def test_the_data_service_directory_refuses_with_the_code_of_the_mistake(
    parameters: tuple[tuple[str, str], ...], code: str
) -> None:
    document = dsd(*parameters)

    assert code_of(document) == code


def test_an_unknown_query_of_the_data_service_directory_is_refused_as_such() -> None:
    assert code_of(dsd(FINLAND, query=REQUIREMENTS_QUERY)) == "DSD:ERR:0004"


def test_the_query_id_itself_is_mandatory() -> None:
    for service, code in ((Service.EB, "EB:ERR:0003"), (Service.DSD, "DSD:ERR:0003")):
        instance = instance_of("FI", service)
        module = evidence_broker if service is Service.EB else data_service_directory
        for tail in ("", "?", "?country-code=FI"):
            request = HttpRequest("GET", f"{instance.root(443)}rest/search{tail}", ())

            assert code_of(etree.fromstring(module.respond(WORLD, instance, request))) == code


def test_every_error_code_is_reached_with_its_type_and_severity() -> None:
    austria = asking("AT")
    concept = asked_of("AT").concepts[0][0]
    reached = [
        *(eb(query, *parameters) for query, parameters, _ in EB_REFUSALS),
        eb(REQUIREMENTS_QUERY, FINLAND, ("jurisdiction-admin-l2", "FI9"), version=V1),
        *(dsd(*parameters) for parameters, _ in DSD_REFUSALS),
        dsd(FINLAND, query=REQUIREMENTS_QUERY),
        dsd(*austria, member="AT"),
        dsd(*austria, (concept, "nowhere"), member="AT"),
    ]

    assert {code_of(document) for document in reached} == set(error_codes())
    for document in reached:
        (refusal,) = document.findall("rs:Exception", NS)
        known = error_codes()[refusal.attrib["code"]]
        assert refusal.attrib[XSI_TYPE] == known.exception
        assert refusal.attrib["severity"] == known.severity
        assert refusal.attrib["message"] == known.message
        assert refusal.attrib["detail"]
        assert document.attrib["status"].endswith(":Failure")
        assert document.find("rim:RegistryObjectList", NS) is None


def test_only_additional_input_has_a_severity_of_its_own() -> None:
    severities = {code: error.severity for code, error in error_codes().items()}

    special = severities.pop("DSD:ERR:0005")
    assert special.endswith("codes:ErrorSeverity:DSDErrorResponse:AdditionalInput")
    assert set(severities.values()) == {"urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"}


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("oots-cs:v2.0", "oots-cs:v2.0"),
        ("oots-cs:v1.0", None),
        (None, None),
        ("oots-cs:v9.0, oots-cs:v2.0;q=0.5", "oots-cs:v2.0"),
        ("oots-cs:v1.0, oots-cs:v2.0", None),
    ],
)
@pytest.mark.parametrize("service", Service)
def test_the_version_asked_for_decides_the_shape(
    service: Service, asked: str | None, named: str | None
) -> None:
    for parameters in ((FINLAND,), (("unheard-of", "x"),)):
        query = Query(
            REQUIREMENTS_QUERY if service is Service.EB else DATA_SERVICES_QUERY, parameters
        )
        document = etree.fromstring(bytes_of(instance_of("FI", service), query, asked))

        found = document.findall("rim:Slot[@name='SpecificationIdentifier']", NS)
        assert [each.findtext("rim:SlotValue/rim:Value", "", NS) for each in found] == (
            [named] if named else []
        )


def test_a_version_that_is_not_spoken_is_refused_and_the_refusal_is_in_the_current_one() -> None:
    for document, code in (
        (eb(REQUIREMENTS_QUERY, version="oots-cs:v7.0"), "EB:ERR:0003"),
        (dsd(EVIDENCE, FINLAND, version="nonsense"), "DSD:ERR:0003"),
        (dsd(EVIDENCE, FINLAND, version=""), "DSD:ERR:0003"),
    ):
        assert code_of(document) == code
        assert document.findtext("rim:Slot/rim:SlotValue/rim:Value", "", NS) == V2


def test_version_one_knows_the_levels_of_a_jurisdiction_and_version_two_does_not() -> None:
    level = ("jurisdiction-admin-l2", "FI1")

    assert code_of(eb(REQUIREMENTS_QUERY, FINLAND, level, version=V1)) is None
    assert code_of(eb(EVIDENCE_TYPES_QUERY, REQUIREMENT, FINLAND, level, version=V1)) is None
    assert code_of(dsd(EVIDENCE, FINLAND, level, version=V1)) is None
    assert code_of(eb(REQUIREMENTS_QUERY, FINLAND, level, version=V2)) == "EB:ERR:0003"


@pytest.mark.parametrize(
    "parameters",
    [
        (FINLAND, ("jurisdiction-admin-l2", "SE1")),
        (FINLAND, ("jurisdiction-admin-l3", "FI1")),
        (("jurisdiction-admin-l2", "FI1"),),
    ],
)
def test_an_unknown_level_is_refused_under_version_one(
    parameters: tuple[tuple[str, str], ...],
) -> None:
    assert code_of(eb(REQUIREMENTS_QUERY, *parameters, version=V1)) == "EB:ERR:0004"


def test_the_same_question_has_the_same_bytes_however_it_is_encoded() -> None:
    instance = instance_of("FI", Service.DSD)
    plain = f"queryId={DATA_SERVICES_QUERY}&{EVIDENCE[0]}={EVIDENCE[1]}&country-code=FI"
    encoded = plain.replace(":", "%3A").replace("/", "%2F")

    bodies = {
        data_service_directory.respond(
            WORLD, instance, HttpRequest("GET", f"{instance.root(443)}rest/search?{query}", ())
        )
        for query in (plain, encoded)
    }

    assert len(bodies) == 1


def test_an_answer_is_laid_out_as_the_real_ones_are() -> None:
    body = bytes_of(
        instance_of("FI", Service.EB), Query(REQUIREMENTS_QUERY, (("procedure-id", "X9"),))
    )

    lines = body.decode().splitlines()
    assert body.endswith(b">\n")
    assert lines[0] == '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    assert lines[1].startswith("<query:QueryResponse xmlns:lcm=")
    assert "xmlns:xsi" not in lines[1]
    assert lines[2] == '    <rim:Slot name="SpecificationIdentifier">'
    assert lines[7].startswith('    <rs:Exception xmlns:xsi="http')
    positions = [lines[7].index(f" {name}=") for name in ("xsi:type", "code", "detail", "message")]
    assert positions == sorted(positions)
    assert lines[7].endswith('ErrorSeverityType:Error"/>')


@given(text=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1))
def test_any_text_survives_being_written(text: str) -> None:
    body = success(V2, "Requirement", (("x", Element("sdg:Name", text, (("lang", text),))),))

    (name,) = etree.fromstring(body).findall(".//sdg:Name", NS)
    assert (name.text, name.get("lang")) == (text, text)


_NAMES = st.sampled_from(
    ["queryId", "country-code", "procedure-id", "requirement-id", "specification", UNKNOWN_UUID]
)
_VALUES = st.sampled_from(
    [REQUIREMENTS_QUERY, EVIDENCE_TYPES_QUERY, DATA_SERVICES_QUERY, "FI", "00"]
)


@settings(max_examples=200)
@given(
    query=st.one_of(
        st.text(st.characters(codec="ascii", exclude_characters="#")),
        st.lists(st.tuples(_NAMES, st.one_of(_VALUES, st.text(max_size=20)))).map(
            lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
        ),
    ),
    version=st.one_of(st.none(), st.sampled_from([V1, V2]), st.text(max_size=20)),
)
def test_no_question_is_too_odd_for_an_answer(query: str, version: str | None) -> None:
    headers = () if version is None else (("ACCEPT-VERSION", version),)
    for service, module in (
        (Service.EB, evidence_broker),
        (Service.DSD, data_service_directory),
    ):
        instance = instance_of("FI", service)
        request = HttpRequest("GET", f"{instance.root(443)}rest/search?{query}", headers)

        document = etree.fromstring(module.respond(WORLD, instance, request))

        assert document.attrib["status"].rpartition(":")[2] in {"Success", "Failure"}


@pytest.mark.parametrize("query", ["&".join(f"p{n}=1" for n in range(100)), "a=" + "b" * 9000])
def test_a_question_of_excessive_length_is_refused(query: str) -> None:
    instance = instance_of("FI", Service.EB)
    request = HttpRequest("GET", f"{instance.root(443)}rest/search?{query}", ())

    assert code_of(etree.fromstring(evidence_broker.respond(WORLD, instance, request))) == (
        "EB:ERR:0003"
    )


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (f"/requirements/{ZERO}", "identifier", f"{SR}/requirements/{ZERO}"),
        (f"/evidencetypeclassifications/FI/{DIPLOMA.id}", "country", "FI"),
        ("/codelists/Procedures", "name", "Procedures"),
        ("/codelists/NL/municipalities", "name", "NL/municipalities"),
        ("/codelists/AT/regions", "codes", {"AT1": "AT1", "AT13": "AT13"}),
    ],
)
def test_the_semantic_repository_tells_what_an_identifier_stands_for(
    path: str, key: str, value: object
) -> None:
    request = HttpRequest("GET", f"https://sr.acc.localhost{path}", ())

    found = semantic_repository.respond(WORLD, request)

    assert found is not None
    assert found.status == 200
    assert json.loads(found.body)[key] == value


@pytest.mark.parametrize(
    "url",
    [
        "https://sr.acc.localhost/",
        f"https://sr.acc.localhost/requirements/{UNKNOWN_UUID}",
        f"https://sr.acc.localhost/evidencetypeclassifications/SE/{DIPLOMA.id}",
        "https://sr.acc.localhost/codelists/none",
        "https://sr.acc.localhost/codelists/SE/regions",
        "https://sr.acc.localhost/a/b/c/d",
        f"https://query.cs.acc.localhost/requirements/{ZERO}",
    ],
)
def test_the_semantic_repository_knows_nothing_else(url: str) -> None:
    assert semantic_repository.respond(WORLD, HttpRequest("GET", url, ())) is None
