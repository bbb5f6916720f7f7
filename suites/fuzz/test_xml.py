"""Arbitrary bodies: a document or a violation; a changed body is never covered by its digest."""

from __future__ import annotations

import re

from hypothesis import assume, given
from hypothesis import strategies as st

from harness.checks import Check
from harness.errors import Violation
from harness.model import Verdict
from harness.regrep import Document, read
from harness.subjects.answer import Answer
from suites.fuzz.material import (
    FUZZ,
    PLACES,
    Spoiled,
    answers,
    changed,
    checks_of,
    spoiled,
    verdict_of,
)

TOKEN = re.compile(rb'<[^>]*>|"[^"]*"|[^<"]+')
COVERED = next(check for check in checks_of("answer") if "body-not-covered" in check.finds)
READABLE = next(check for check in checks_of("answer") if check.id == "LOOK-01")
TEXTS = st.text(max_size=20).map(lambda text: text.encode("utf-8", "replace"))
CHANGES = st.lists(
    st.tuples(st.integers(0, 10_000), st.sampled_from(("drop", "double", "swap", "write")), TEXTS),
    min_size=1,
    max_size=4,
)


def rewritten(body: bytes, changes: list[tuple[int, str, bytes]]) -> bytes:
    """A body with tags, values and texts of it dropped, doubled, swapped or replaced."""
    tokens = TOKEN.findall(body)
    for number, how, text in changes:
        at = number % len(tokens)
        match how:
            case "drop":
                tokens[at] = b""
            case "double":
                tokens[at] *= 2
            case "swap":
                other = (number * 7 + 3) % len(tokens)
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case "write":
                tokens[at] = b'"' + text + b'"' if tokens[at].startswith(b'"') else text
    return b"".join(tokens)


def parsed(body: bytes) -> Document | None:
    try:
        return read(body)
    except Violation:
        return None


@FUZZ
@given(st.binary(max_size=200) | TEXTS)
def test_any_octets_are_no_document(octets: bytes) -> None:
    assert parsed(octets) is None


@FUZZ
@given(st.sampled_from(answers()), PLACES)
def test_a_spoiled_body_is_a_document_or_a_violation(answer: Answer, places: list[Spoiled]) -> None:
    parsed(spoiled(answer.response.body, places))


@FUZZ
@given(st.sampled_from(checks_of("answer")), st.sampled_from(answers()), CHANGES)
def test_no_check_breaks_on_a_rewritten_document(
    check: Check, answer: Answer, changes: list[tuple[int, str, bytes]]
) -> None:
    body = rewritten(answer.response.body, changes)

    verdict, why = verdict_of(check, changed(answer, body=body))

    assert verdict is not Verdict.BROKEN, why


@FUZZ
@given(st.sampled_from(answers()), CHANGES)
def test_a_changed_body_is_never_covered_by_its_digest(
    answer: Answer, changes: list[tuple[int, str, bytes]]
) -> None:
    body = rewritten(answer.response.body, changes)
    assume(body != answer.response.body)

    verdict, why = verdict_of(COVERED, changed(answer, body=body))

    assert verdict is Verdict.FAILED, why


@FUZZ
@given(st.sampled_from(checks_of("answer", "lookup")), st.sampled_from(answers()), st.binary())
def test_no_octets_pass_for_an_answer(check: Check, answer: Answer, octets: bytes) -> None:
    other = changed(answer, body=octets)

    verdict, why = verdict_of(check, other)

    assert verdict is not Verdict.BROKEN, why
    assert verdict_of(READABLE, other)[0] is Verdict.FAILED
