"""The text of an answer, the forms of the versions, and the questions that provoke refusals."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codelists import error_codes
from harness.errors import NotApplicable, Unreachable, Violation
from harness.lookup import DATA_SERVICES_QUERY, Askable, Query, askable, question
from harness.model import HttpRequest, Service
from harness.provocations import (
    coded_refusals,
    foreign,
    malformed,
    odd,
    repeated,
    spellings,
    with_unknown_parameter,
    wrong_value,
)
from harness.regrep import MOST, read
from harness.regrep_document import Document
from harness.regrep_forms import OF_V1, OF_V2, judge_absent, within
from harness.regrep_rules import found, judge_readable
from harness.regrep_text import judge_ids, judge_references, judge_values
from suites.selftest.directory_questions import asked_of

NAMES = (
    'xmlns:query="urn:oasis:names:tc:ebxml-regrep:xsd:query:4.0"'
    ' xmlns:sdg="http://data.europa.eu/p4s"'
)


def answer(content: str, before: str = "", attributes: str = "") -> bytes:
    root = f"<query:QueryResponse {NAMES} {attributes}>{content}</query:QueryResponse>"
    return (before + root).encode()


@pytest.mark.parametrize(
    ("body", "tag"),
    [
        (answer("", before='<?xml-stylesheet href="x"?>'), "instruction-present"),
        (answer("<?php x ?>"), "instruction-present"),
        (
            answer('<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///"/>'),
            "inclusion-present",
        ),
        (
            answer(
                "",
                attributes='xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
                ' i:noNamespaceSchemaLocation="x"',
            ),
            "schema-location-present",
        ),
    ],
)
def test_what_would_be_fetched_is_named(body: bytes, tag: str) -> None:
    with pytest.raises(Violation) as flaw:
        judge_references(body)

    assert flaw.value.tag == tag


@pytest.mark.parametrize("inner", ["a<!-- x -->b", "<!-- x -->b", "a<?x y?>"])
def test_a_comment_in_a_value_is_named(inner: str) -> None:
    with pytest.raises(Violation, match="value-interrupted"):
        judge_values(answer(f"<sdg:Identifier>{inner}</sdg:Identifier>"))


def test_a_comment_between_elements_harms_nobody() -> None:
    body = answer("\n<!-- x -->\n<sdg:Identifier><![CDATA[a]]></sdg:Identifier>\n", "<!-- y -->")

    judge_values(body)
    judge_references(body)
    judge_ids(body)


def test_an_id_given_twice_is_named_and_can_be_read() -> None:
    body = answer('<sdg:A xml:id="a"/><sdg:B xml:id="a"/>')

    with pytest.raises(Violation, match="xml-id-repeated"):
        judge_ids(body)
    assert read(body).nesting == {
        ("query:QueryResponse", "sdg:A"),
        ("query:QueryResponse", "sdg:B"),
    }


def test_very_many_elements_are_too_many() -> None:
    with pytest.raises(Violation, match="regrep-too-many-elements"):
        read(answer("<sdg:A/>" * MOST))


@given(st.binary(max_size=200) | st.text('<>/!-?a "=&;[]').map(answer))
def test_no_text_makes_the_judges_stumble(body: bytes) -> None:
    for judge in (judge_references, judge_values, judge_ids):
        with suppress(Violation, Unreachable):
            judge(body)


def test_what_cannot_be_read_gets_the_tag_it_is_asked_for_under() -> None:
    with pytest.raises(Violation) as flaw:
        judge_readable(b"<html>", "odd-text-breaks-answer")

    assert (flaw.value.tag, "regrep-not-xml" in flaw.value.seen) == ("odd-text-breaks-answer", True)


def test_the_forms_of_a_version_are_found_wherever_they_stand() -> None:
    nesting = frozenset({("sdg:EvidenceType", "sdg:Jurisdiction"), ("sdg:X", "sdg:Y")})
    document = Document(None, (), None, (), nesting)

    judge_absent(document, OF_V2, "it is of v2")
    with pytest.raises(Violation, match="v1-evidence-type-jurisdiction"):
        judge_absent(document, OF_V1, "it is of v1")
    assert within(document, "sdg:X") == ("sdg:Y",)
    assert found(document) == frozenset()


@given(
    st.builds(
        Query,
        st.just(DATA_SERVICES_QUERY),
        st.lists(st.tuples(st.sampled_from("abc"), st.text())).map(tuple),
    )
)
def test_every_spelling_asks_the_same(query: Query) -> None:
    for url in spellings("https://a.example/dsd/", query):
        assert question(HttpRequest("GET", url, ())) == query


def provoked(service: Service, questions: Askable) -> list[str]:
    each = (*malformed(service, questions), *odd(service, questions), *foreign(service, questions))
    return [code for one in (*each, repeated(service, questions)) for code in one.codes]


@pytest.mark.parametrize("member", ["NL", "GR"])
@pytest.mark.parametrize("service", list(Service))
def test_every_code_that_is_provoked_is_one_of_the_service(member: str, service: Service) -> None:
    codes = provoked(service, askable(asked_of(member, service)))

    assert codes
    assert set(codes) <= set(error_codes())
    assert all(code.startswith(f"{service.upper()}:") for code in codes)


def test_one_question_more_is_put_where_attributes_are_asked_for() -> None:
    assert len(coded_refusals(Service.DSD, askable(asked_of("NL")))) == 3
    assert len(coded_refusals(Service.DSD, askable(asked_of("FI")))) == 2
    with pytest.raises(NotApplicable):
        wrong_value(askable(asked_of("FI")))


def test_an_unknown_parameter_stands_last() -> None:
    query = with_unknown_parameter(Service.EB, askable(asked_of("NL", Service.EB)))

    assert query.parameters[-1] == ("no-such-parameter", "1")
