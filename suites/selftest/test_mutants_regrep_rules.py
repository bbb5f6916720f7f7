"""Answers that contradict themselves, and which of several values a finding is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness import regrep_forms, regrep_rules, regrep_text
from harness.errors import NotApplicable, Unreachable, Violation
from harness.regrep_document import Document, Refusal, Slot
from harness.regrep_rules import FAILURE, SUCCESS

SEVERITY = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"
REFUSAL = Refusal(
    type="rs:ObjectNotFoundExceptionType",
    code="DSD:ERR:0001",
    severity=SEVERITY,
    message="none",
    detail=None,
    slots=(),
)
FOUND = Document(status=SUCCESS, slots=(), objects=(), refusals=())
REFUSED = replace(FOUND, status=FAILURE, objects=None, refusals=(REFUSAL,))
BARE = replace(REFUSED, refusals=())
"""A failure that does not say which."""

TORN = replace(REFUSED, status=SUCCESS)
"""A success that holds an exception."""


def named(value: str | None) -> Slot:
    return Slot("SpecificationIdentifier", None, None, value, (), (), (), ())


def test_of_several_versions_the_first_that_is_given_counts() -> None:
    slots = (named(None), named("oots-cs:v2.0"), named("oots-cs:v3.0"))

    assert regrep_rules.version(replace(FOUND, slots=slots)) == "oots-cs:v2.0"
    assert regrep_rules.version(FOUND) == "oots-cs:v1.0"


@pytest.mark.parametrize("code", ["DSD:ERR:9999", None])
def test_a_code_that_is_not_known_blocks_what_depends_on_it(code: str | None) -> None:
    document = replace(REFUSED, refusals=(replace(REFUSAL, code=code),))

    with pytest.raises(Unreachable, match=f"{code} is not known; see LOOK-35"):
        regrep_rules.error(document)


@pytest.mark.parametrize("document", [REFUSED, TORN])
def test_an_exception_is_a_refusal_whatever_the_status_says(document: Document) -> None:
    regrep_rules.judge_refused(document, ("DSD:ERR:0001",), ("success", "other"))

    with pytest.raises(Violation, match="other: expected DSD:ERR:0002, seen DSD:ERR:0001"):
        regrep_rules.judge_refused(document, ("DSD:ERR:0002",), ("success", "other"))
    with pytest.raises(Violation, match="refused: expected a success, seen DSD:ERR:0001"):
        regrep_rules.judge_found(document, "refused")
    with pytest.raises(NotApplicable, match="is a refusal"):
        regrep_rules.objects(document)


def test_a_failure_without_an_exception_is_none_that_can_be_judged_further() -> None:
    with pytest.raises(Violation, match="refused: expected a success, seen a Failure"):
        regrep_rules.judge_found(BARE, "refused")
    with pytest.raises(NotApplicable, match="is a refusal"):
        regrep_rules.objects(BARE)
    with pytest.raises(Unreachable, match="see LOOK-06"):
        regrep_rules.judge_refused(BARE, ("DSD:ERR:0001",), ("success", "other"))


def test_a_success_is_no_refusal_and_has_no_code() -> None:
    regrep_rules.judge_found(FOUND, "refused")

    assert not regrep_rules.judge_code(FOUND, ("type", "severity", "message"))
    assert regrep_rules.judge_code(REFUSED, ("type", "severity", "message"))
    with pytest.raises(Violation, match="success: expected DSD:ERR:0001, seen urn"):
        regrep_rules.judge_refused(FOUND, ("DSD:ERR:0001",), ("success", "other"))
    with pytest.raises(Unreachable, match="the success holds none"):
        regrep_rules.objects(FOUND)


@pytest.mark.parametrize(("outer", "shown"), [("*", "sdg:b"), ("sdg:a", "sdg:a/sdg:b")])
def test_a_form_is_shown_with_the_element_around_it_where_that_matters(
    outer: str, shown: str
) -> None:
    form = regrep_forms.Nesting(outer, "sdg:b", "tag")
    document = replace(FOUND, nesting=frozenset({("sdg:a", "sdg:b")}))

    with pytest.raises(Violation) as found:
        regrep_forms.judge_absent(document, (form,), "why")
    assert (found.value.expected, found.value.seen) == (f"no {shown}: why", "sdg:a/sdg:b")


def test_the_identifier_that_is_repeated_is_the_one_that_is_named() -> None:
    with pytest.raises(Violation, match="xml-id-repeated: expected each xml:id once, seen b"):
        regrep_text.judge_ids(b'<x xml:id="a"><x xml:id="b"/><x xml:id="b"/></x>')
    regrep_text.judge_ids(b'<x xml:id="a"><x xml:id="b"/></x>')
