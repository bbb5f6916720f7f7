"""Arbitrary signatures: what is not the genuine one is never taken for sound, breaks nothing."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from harness.jades import SIGNATURE_FIELD
from harness.model import Verdict
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

GREEN = frozenset({Verdict.PASSED, Verdict.NOT_APPLICABLE})
CHECKS = checks_of("answer", "signature")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
MEMBERS = ("alg", "kid", "x5t#o", "x5c", "typ", "b64", "iat", "sigD", "crit", "exp", "sigT", "jku")


def value_of(answer: Answer) -> str:
    (value,) = answer.response.values(SIGNATURE_FIELD)
    return value


def with_value(answer: Answer, value: str) -> Answer:
    kept = tuple(f for f in answer.response.headers if f[0].lower() != SIGNATURE_FIELD)
    return changed(answer, headers=(*kept, (SIGNATURE_FIELD, value)))


def assert_never_sound(answer: Answer, value: str) -> None:
    """Some check of the chapter objects; those before it do not break."""
    for check in CHECKS:
        verdict, why = verdict_of(check, with_value(answer, value))
        assert verdict is not Verdict.BROKEN, why
        if verdict not in GREEN:
            return
    raise AssertionError(f"taken for sound: {value[:200]}")


def header_of(answer: Answer) -> dict[str, Any]:
    segment = value_of(answer).partition(".")[0]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    return found


def encoded(header: dict[str, Any]) -> str:
    text = json.dumps(header, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return urlsafe_b64encode(text).rstrip(b"=").decode("ascii")


def test_the_signatures_that_are_changed_are_sound_ones() -> None:
    verdicts = {
        verdict_of(check, answer)[0]
        for answer in answers()
        for check in CHECKS
        if answer.specimen in check.on
    }

    assert verdicts <= GREEN


@FUZZ
@given(st.sampled_from(answers()), st.text(st.characters(max_codepoint=255), max_size=200))
def test_any_text_is_no_signature(answer: Answer, value: str) -> None:
    assume(value.strip() != value_of(answer))

    assert_never_sound(answer, value)


@FUZZ
@given(st.sampled_from(answers()), PLACES)
def test_a_spoiled_signature_is_no_signature(answer: Answer, places: list[Spoiled]) -> None:
    value = spoiled(value_of(answer).encode(), places).decode("latin-1")
    assume(value.strip() != value_of(answer))

    assert_never_sound(answer, value)


@FUZZ
@given(st.sampled_from(answers()), st.sampled_from(MEMBERS), VALUES)
def test_a_signature_over_another_header_is_no_signature(
    answer: Answer, member: str, value: Any
) -> None:
    header = header_of(answer)
    assume(header.get(member, ()) != value)
    _, payload, signature = value_of(answer).split(".")

    assert_never_sound(answer, f"{encoded({**header, member: value})}.{payload}.{signature}")


@FUZZ
@given(st.sampled_from(answers()), st.binary(max_size=200), st.binary(max_size=80))
def test_any_octets_as_header_and_as_signature_are_no_signature(
    answer: Answer, header: bytes, signature: bytes
) -> None:
    parts = (urlsafe_b64encode(part).rstrip(b"=").decode() for part in (header, signature))

    assert_never_sound(answer, "..".join(parts))
