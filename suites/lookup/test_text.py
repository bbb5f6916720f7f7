"""The answer as a text: what trips readers of XML that are less careful than ours."""

from __future__ import annotations

from harness.checks import check, require
from harness.errors import NotApplicable
from harness.regrep import LARGEST
from harness.regrep_text import judge_ids, judge_references, judge_values
from harness.subjects.answer import Answer

LARGE = 5_000_000
"""Octets, our own figure: eight times the whole catalogue of the acceptance environment."""


@check("LOOK-49", verifies=("lookup.charset-agrees",), finds=("charset-other",))
def test_the_content_type_names_no_other_charset(answer: Answer) -> None:
    """Where the content type names a charset, it is the one that the text is in: UTF-8."""
    told = [
        parameter.partition("=")[2].strip(' "').lower()
        for value in answer.response.values("content-type")
        for parameter in value.split(";")[1:]
        if parameter.strip().lower().startswith("charset=")
    ]
    require(set(told) <= {"utf-8"}, "charset-other", expected="utf-8", seen=", ".join(told))


@check(
    "LOOK-50",
    verifies=("lookup.nothing-is-to-be-fetched",),
    finds=("instruction-present", "inclusion-present", "schema-location-present"),
)
def test_the_answer_has_its_reader_fetch_nothing(answer: Answer) -> None:
    """The text names no style sheet, no inclusion and no schema for its reader to fetch."""
    judge_references(_text(answer))


@check("LOOK-51", verifies=("lookup.values-are-whole",), finds=("value-interrupted",))
def test_no_comment_interrupts_a_value(answer: Answer) -> None:
    """No comment and no instruction stands within a value."""
    judge_values(_text(answer))


@check("LOOK-52", verifies=("lookup.ids-are-unique",), finds=("xml-id-repeated",))
def test_no_id_is_given_twice(answer: Answer) -> None:
    """No two elements have the same xml:id."""
    judge_ids(_text(answer))


@check("LOOK-56", verifies=("lookup.answers-are-handy",), finds=("answer-large",))
def test_an_answer_is_of_a_handy_size(answer: Answer) -> None:
    """An answer has at most 5 MB."""
    seen = len(answer.response.body)
    if not 0 < seen <= LARGEST:
        raise NotApplicable("the body is empty, or too large to be read; see LOOK-01")

    require(seen <= LARGE, "answer-large", expected=f"at most {LARGE} octets", seen=seen)


def _text(answer: Answer) -> bytes:
    """The body of an answer that can be read."""
    _ = answer.document
    return answer.response.body
