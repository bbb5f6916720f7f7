"""The judge's reader of answers: what it reads, what it refuses, and that nothing upsets it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.checks import Check, catalogue
from harness.errors import NotApplicable, Unreachable, Violation
from harness.lookup import REQUIREMENTS_QUERY, Query, search_request
from harness.model import HttpResponse, Service, Specimen, Verdict
from harness.regrep import DEEPEST, LARGEST, Document, read
from harness.regrep_rules import (
    CLASSIFICATION_URI,
    FAILURE,
    PARTY_SCHEME,
    REQUIREMENT_URI,
    SUCCESS,
    UUID,
    V1,
    Form,
    judge_form,
    judge_refused,
    objects,
    refusal,
    requirements,
    version,
)
from harness.runner import run_captured
from harness.subjects.answer import Answer

CAPTURES = Path(__file__).resolve().parents[3] / "shared" / "captures"
CAPTURED = ("eb_requirements_fr", "dsd_data_services_fi", "dsd_aucun_service_fr")
NOW = datetime(2026, 9, 1, tzinfo=UTC)
QUERY = "urn:oasis:names:tc:ebxml-regrep:xsd:query:4.0"
RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:4.0"
SDG = "http://data.europa.eu/p4s"
ZEROS = "00000000-0000-0000-0000-000000000000"
SMALL = f"""<?xml version="1.0" encoding="UTF-8"?>
<q:QueryResponse xmlns:q="{QUERY}" xmlns:r="{RIM}" xmlns:p4s="{SDG}"
  xmlns:i="http://www.w3.org/2001/XMLSchema-instance" status="{SUCCESS}">
 <r:RegistryObjectList><r:RegistryObject id="urn:uuid:{ZEROS}"><r:Slot name="Requirement">
  <r:SlotValue i:type="r:AnyValueType"><p4s:Requirement>
   <p4s:Identifier>https://sr.oots.tech.ec.europa.eu/requirements/{ZEROS}</p4s:Identifier>
   <p4s:Name lang="EN">Test</p4s:Name>
   <p4s:ReferenceFramework><p4s:Identifier>{ZEROS}</p4s:Identifier>
    <p4s:Title lang="EN">Law</p4s:Title>
    <p4s:RelatedTo><p4s:Identifier>00</p4s:Identifier></p4s:RelatedTo>
    <p4s:Jurisdiction><p4s:AdminUnitLevel1>EL</p4s:AdminUnitLevel1></p4s:Jurisdiction>
   </p4s:ReferenceFramework>
  </p4s:Requirement></r:SlotValue>
 </r:Slot></r:RegistryObject></r:RegistryObjectList>
</q:QueryResponse>""".encode()
BOMB = (
    "<!DOCTYPE a [<!ENTITY e0 'e'>"
    + "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 12))
    + "]><a b='&e11;'>&e11;</a>"
).encode()


def wrapped(content: str) -> bytes:
    return f'<QueryResponse xmlns="{QUERY}" xmlns:rim="{RIM}">{content}</QueryResponse>'.encode()


def captured(name: str) -> bytes:
    if not CAPTURES.is_dir():
        pytest.skip(f"the answers that the Commission signed are not at {CAPTURES}")
    return (CAPTURES / f"{name}.xml").read_bytes()


def judged(check: Check, body: bytes, service: Service | None = None) -> Verdict:
    answer = Answer(None, service, None, HttpResponse(200, (), body), None, NOW)
    return asyncio.run(run_captured(check, answer, "x1")).verdict


ANSWER_CHECKS = [c for c in catalogue() if c.chapter == "lookup" and c.subject == "answer"]


@pytest.mark.parametrize(
    ("body", "tag"),
    [
        (b"", "regrep-not-xml"),
        (b"<html><br></html>", "regrep-not-xml"),
        (b"\0", "regrep-not-xml"),
        (b"<x:a/>", "regrep-not-xml"),
        (SMALL[:-1], "regrep-not-xml"),
        (SMALL + SMALL, "regrep-not-xml"),
        (SMALL.replace(b"UTF-8", b"ISO-8859-1"), "regrep-not-utf8"),
        (SMALL.decode().encode("utf-16"), "regrep-not-utf8"),
        (SMALL.replace(b"Test", b"\xe9"), "regrep-not-utf8"),
        (b"<!DOCTYPE a><a/>", "regrep-doctype"),
        (b"<!DOCTYPE a SYSTEM 'file:///etc/hostname'><a/>", "regrep-doctype"),
        (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]><a>&b;</a>", "regrep-doctype"),
        (BOMB, "regrep-doctype"),
        (SMALL + b" " * LARGEST, "regrep-too-large"),
        (wrapped("<a>" * DEEPEST + "</a>" * DEEPEST), "regrep-too-deep"),
        (wrapped("<a>" * 9999 + "</a>" * 9999), "regrep-too-deep"),
        (b"<a/>", "regrep-not-a-query-response"),
        (b"<QueryResponse/>", "regrep-not-a-query-response"),
        (SMALL.replace(b"query:4.0", b"query:3.0"), "regrep-not-a-query-response"),
    ],
)
def test_what_cannot_be_read_is_named(body: bytes, tag: str) -> None:
    with pytest.raises(Violation) as found:
        read(body)

    assert found.value.tag == tag


def test_names_are_bound_by_namespace_and_not_by_prefix() -> None:
    other = SMALL.replace(b"p4s:", b"oots:").replace(b"xmlns:p4s", b"xmlns:oots")
    default = SMALL.replace(b"q:", b"").replace(b"xmlns:q=", b"xmlns=")

    assert read(SMALL) == read(other) == read(default)
    assert read(SMALL).requirements[0].frameworks[0].countries == ("EL",)


def test_another_namespace_under_a_usual_prefix_is_not_read() -> None:
    foreign = read(SMALL.replace(SDG.encode(), b"http://data.europa.eu/other"))

    assert foreign.requirements == ()
    assert foreign.objects is not None
    assert foreign.objects[0].slots[0].content == ("{http://data.europa.eu/other}Requirement",)


@pytest.mark.parametrize("within", ["<!-- x -->", "<?x y?>", "<![CDATA[]]>"])
def test_an_identifier_is_not_cut_by_what_stands_in_it(within: str) -> None:
    cut = SMALL.replace(b"<p4s:Identifier>00<", f"<p4s:Identifier>0{within}0<".encode())

    assert read(cut) == read(SMALL)


def test_the_type_of_a_value_is_resolved_where_it_stands() -> None:
    local = SMALL.replace(b' i:type="r:Any', f' xmlns:z="{RIM}" i:type="z:Any'.encode())
    unbound = SMALL.replace(b'i:type="r:Any', b'i:type="nowhere:Any')

    assert read(local) == read(SMALL)
    assert objects(read(unbound))[0].slots[0].value_type == "nowhere:AnyValueType"


def test_an_answer_is_read_once_and_cannot_be_changed() -> None:
    again = bytes(bytearray(SMALL))

    assert read(again) is read(SMALL)
    assert isinstance(hash(read(SMALL)), int)


def test_a_document_without_the_slot_is_in_v1() -> None:
    assert version(read(SMALL)) == V1


@pytest.mark.parametrize(
    ("value", "form", "right"),
    [
        (ZEROS, UUID, True),
        ("ffffffff-ffff-ffff-ffff-ffffffffffff", UUID, True),
        (f"{ZEROS}\n", UUID, False),
        (f"https://sr.oots.tech.ec.europa.eu/requirements/{ZEROS}", REQUIREMENT_URI, True),
        (f"https://sr.oots.tech.europa.eu/requirements/{ZEROS}", REQUIREMENT_URI, False),
        (f"http://sr.oots.tech.ec.europa.eu/requirements/{ZEROS}", REQUIREMENT_URI, False),
        (
            f"https://sr.acc.oots.tech.ec.europa.eu/evidencetypeclassifications/EU/{ZEROS}",
            CLASSIFICATION_URI,
            True,
        ),
        ("urn:oasis:names:tc:ebcore:partyid-type:unregistered:FI", PARTY_SCHEME, True),
        ("urn:cef.eu:names:identifier:EAS:0088", PARTY_SCHEME, True),
        ("urn:cef.eu:names:identifier:EAS:", PARTY_SCHEME, False),
        (None, UUID, False),
    ],
)
def test_identifiers_have_their_forms(value: str | None, form: Form, *, right: bool) -> None:
    if right:
        judge_form([value], form, "malformed")
        return
    with pytest.raises(Violation):
        judge_form([value], form, "malformed")


def test_what_a_hollow_answer_lacks_is_blocked_and_not_passed() -> None:
    hollow = Document(SUCCESS, (), (), ())
    mute = Document(FAILURE, (), None, ())

    with pytest.raises(Unreachable, match="LOOK-07"):
        requirements(hollow)
    with pytest.raises(Unreachable, match="LOOK-06"):
        refusal(mute)
    with pytest.raises(Unreachable, match="LOOK-06"):
        judge_refused(mute, ("EB:ERR:0001",), ("answered", "other-code"))
    with pytest.raises(NotApplicable):
        objects(mute)


@pytest.mark.parametrize("name", CAPTURED)
def test_a_real_answer_is_green_on_every_check_that_applies(name: str) -> None:
    body = captured(name)
    headers = (("content-type", "application/x-ebrs+xml"),)
    answer = Answer(None, None, None, HttpResponse(200, headers, body), None, NOW)

    verdicts = {c.id: asyncio.run(run_captured(c, answer, "x1")) for c in ANSWER_CHECKS}

    assert {r.verdict for r in verdicts.values()} == {Verdict.PASSED, Verdict.NOT_APPLICABLE}
    assert sum(r.verdict is Verdict.PASSED for r in verdicts.values()) >= 10


def test_a_real_answer_to_another_question_is_seen() -> None:
    body = captured("eb_requirements_fr")
    check = next(c for c in ANSWER_CHECKS if c.id == "LOOK-31")
    tags = []
    for procedure, country in (("00", "FR"), ("00", "FI"), ("T3", "FR")):
        query = Query(REQUIREMENTS_QUERY, (("procedure-id", procedure), ("country-code", country)))
        request = search_request("https://eb.example", query)
        response = HttpResponse(200, (), body)
        answer = Answer(Specimen.REQUIREMENTS, Service.EB, request, response, None, NOW)
        tags.append(asyncio.run(run_captured(check, answer, "x1")).tag)

    assert tags == [None, "other-country", "other-procedure"]


@given(st.binary() | st.binary().map(lambda octets: b"<?xml version='1.0'?>" + octets))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        tag = "" if read(body) else "nothing"
    except Violation as refused:
        tag = refused.tag

    assert not tag or tag.startswith("regrep-")


SPLICES = st.tuples(
    st.floats(0, 1, exclude_max=True),
    st.integers(0, 400),
    st.binary(max_size=6)
    | st.sampled_from(
        [b"<sdg:Requirement/>", b"<rim:Slot/>", b"<rs:Exception/>", b"</sdg:Title>", b"lang", b'"']
    ),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(st.sampled_from(CAPTURED), st.lists(SPLICES, min_size=1, max_size=4))
def test_no_damage_to_a_real_answer_breaks_a_check(
    name: str, splices: list[tuple[float, int, bytes]]
) -> None:
    body = captured(name)
    for at, length, octets in splices:
        start = int(at * len(body))
        body = body[:start] + octets + body[start + length :]

    for check in ANSWER_CHECKS:
        assert judged(check, body) is not Verdict.BROKEN


ELEMENTS = st.sampled_from(
    ["Requirement", "DataServiceEvidenceType", "ReferenceFramework", "EvidenceTypeList",
     "AccessService", "Publisher", "Identifier", "DistributedAs"]
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_no_real_answer_with_an_element_less_breaks_a_check(data: st.DataObject) -> None:
    body = captured(data.draw(st.sampled_from(CAPTURED)))
    name = data.draw(ELEMENTS).encode()
    body = body.replace(b"<sdg:" + name, b"<sdg:x" + name).replace(
        b"</sdg:" + name, b"</sdg:x" + name
    )

    for check in ANSWER_CHECKS:
        assert judged(check, body, data.draw(st.sampled_from([None, *Service]))) is not (
            Verdict.BROKEN
        )
