"""The Commission's own signed answers, judged: a third opinion that neither judge nor mock wrote.

They lie beside the project and are not part of it; where they are absent, the tests say so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.captured import captured
from harness.checks import catalogue
from harness.cli.verify import judged
from harness.errors import Violation
from harness.lookup import DATA_SERVICES_QUERY
from harness.model import CheckResult, HttpResponse, Service, Specimen, Verdict
from harness.signature import verified
from harness.verdicts import Exit, exit_code

CAPTURES = Path(__file__).resolve().parents[3] / "shared" / "captures"
NAMES = ("eb_requirements_fr", "dsd_data_services_fi", "dsd_aucun_service_fr")
KINDS = {
    "eb_requirements_fr": (Service.EB, Specimen.REQUIREMENTS),
    "dsd_data_services_fi": (Service.DSD, Specimen.DATA_SERVICES),
    "dsd_aucun_service_fr": (Service.DSD, None),
}
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
"""Within the validity of the certificate that signed them: 2025-10-23 to 2027-10-23."""

pytestmark = pytest.mark.skipif(
    not CAPTURES.is_dir(),
    reason=f"the captured answers are no part of the project; they would be in {CAPTURES}",
)


def response(name: str) -> HttpResponse:
    files = CAPTURES / f"{name}.xml", CAPTURES / f"{name}.headers"
    return captured(*files, trust=None, query_url=None, at=AT).answer.response


async def failures(
    body: str, headers: str, *, trust: str = "root_acc.pem", at: datetime = AT
) -> dict[str, CheckResult]:
    case = captured(
        CAPTURES / f"{body}.xml",
        CAPTURES / f"{headers}.headers",
        trust=CAPTURES / trust,
        query_url=None,
        at=at,
    )
    results = await judged(catalogue(), case)
    return {r.check: r for r in results if r.verdict not in GREEN}


GREEN = (Verdict.PASSED, Verdict.NOT_APPLICABLE)


@pytest.mark.parametrize("name", NAMES)
def test_a_real_answer_is_verified_up_to_the_root_of_its_environment(name: str) -> None:
    signed = verified(response(name), anchors=(CAPTURES / "root_acc.pem").read_bytes(), now=AT)

    assert str(signed.chain).startswith("EC-OOTS-CS-ACC <- CommisSign - 2 test <- ")
    assert signed.fields == ("digest",)


@pytest.mark.parametrize("name", NAMES)
async def test_a_real_answer_has_no_failure_and_lacks_caching_headers(name: str) -> None:
    found = await failures(name, name)

    assert {result.verdict for result in found.values()} == {Verdict.WARNED}
    assert {result.chapter for result in found.values()} == {"caching"}
    assert exit_code(result.verdict for result in found.values()) is Exit.CONFORMANT


@pytest.mark.parametrize("name", NAMES)
def test_service_and_kind_are_found_out_from_the_content(name: str) -> None:
    files = CAPTURES / f"{name}.xml", CAPTURES / f"{name}.headers"

    answer = captured(*files, trust=None, query_url=None, at=AT).answer

    assert (answer.service, answer.specimen) == KINDS[name]


@pytest.mark.parametrize(
    ("query", "tags"),
    [
        ("urn:fdc:oots:dsd:ebxml-regrep:queries:no-such-query", {"unknown-query-other-code"}),
        (f"{DATA_SERVICES_QUERY}&country-code=FR", set()),
        (f"{DATA_SERVICES_QUERY}&country-code=FR&evidence-type-classification=x", set()),
    ],
    ids=["unknown", "incomplete", "complete"],
)
async def test_a_real_refusal_is_held_against_its_question(query: str, tags: set[str]) -> None:
    files = (CAPTURES / f"dsd_aucun_service_fr.{kind}" for kind in ("xml", "headers"))
    url = f"https://dsd.example/dsd/rest/search?queryId={query}"

    results = await judged(catalogue(), captured(*files, trust=None, query_url=url, at=AT))

    by_check = {result.check: result for result in results}
    failed = {r.tag for r in results if r.verdict is Verdict.FAILED} - {"specification-missing"}
    assert failed == tags
    for check in ("LOOK-07", "LOOK-40", "LOOK-43"):
        assert by_check[check].verdict is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize("name", NAMES)
async def test_the_root_of_production_vouches_for_none_of_them(name: str) -> None:
    found = await failures(name, name, trust="root_prod.pem")

    failed = {result.tag for result in found.values() if result.verdict is Verdict.FAILED}
    assert failed == {"chain-not-trusted"}
    assert found["SIG-17"].expected == "a path to European Commission Root CA - 2"


@pytest.mark.parametrize("name", NAMES)
async def test_swapped_header_files_are_noticed(name: str) -> None:
    other = NAMES[NAMES.index(name) - 1]

    found = await failures(name, other)

    failed = {result.tag for result in found.values() if result.verdict is Verdict.FAILED}
    assert failed == {"body-not-covered"}


async def test_after_the_certificate_has_expired_they_are_refused() -> None:
    found = await failures(*NAMES[:1] * 2, at=datetime(2027, 10, 24, tzinfo=UTC))

    failed = {result.tag for result in found.values() if result.verdict is Verdict.FAILED}
    assert failed == {"certificate-expired"}


def without(name: str) -> Callable[[HttpResponse], HttpResponse]:
    return lambda answer: replace(answer, headers=tuple(p for p in answer.headers if p[0] != name))


def turned(answer: HttpResponse) -> HttpResponse:
    return replace(answer, body=answer.body.replace(b"FI", b"FR").replace(b"EN", b"EM"))


@pytest.mark.parametrize(
    ("change", "tag"),
    [
        (turned, "body-not-covered"),
        (lambda answer: replace(answer, body=answer.body + b"\n"), "body-not-covered"),
        (lambda answer: replace(answer, body=answer.body[3:]), "body-not-covered"),
        (without("digest"), "digest-missing"),
        (without("oots-response-sig"), "signature-missing"),
    ],
    ids=["byte", "line", "start", "digest", "signature"],
)
def test_what_is_changed_in_a_real_answer_is_named(
    change: Callable[[HttpResponse], HttpResponse], tag: str
) -> None:
    answer = change(response("dsd_data_services_fi"))

    with pytest.raises(Violation) as found:
        verified(answer, anchors=(CAPTURES / "root_acc.pem").read_bytes(), now=AT)

    assert found.value.tag == tag


@pytest.mark.parametrize("name", NAMES)
def test_the_real_field_is_longer_than_proxies_take_as_installed(name: str) -> None:
    value = response(name).values("oots-response-sig")[0]

    assert len(f"oots-response-sig: {value}") == 8355
