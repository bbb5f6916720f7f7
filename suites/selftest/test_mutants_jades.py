"""How much of a signature field is taken apart, to the character, and what is said of the rest."""

from __future__ import annotations

import pytest

from harness import jades
from harness.errors import Violation

NESTED = b"[" * 99 + b"]" * 99


def flaw_of(raw: bytes) -> Violation:
    with pytest.raises(Violation) as caught:
        jades.protected_header(raw)
    return caught.value


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("SHA-256=abc=", "abc="),
        ("sha-256=abc=", "abc="),
        ("SHA-256=abc=\t ", "abc="),
        ("SHA-256= abc=", " abc="),
        ("SHA-256 =abc=", " abc="),
    ],
)
def test_space_around_a_field_is_not_of_the_digest_and_space_within_is(
    field: str, text: str
) -> None:
    assert jades.digest_text(field) == text


def test_a_signature_field_of_65536_characters_is_taken_apart_and_no_longer_one() -> None:
    longest = "e" * 65_533 + "..c"

    assert jades.segments(longest) == ("e" * 65_533, "c")
    with pytest.raises(Violation, match="signature-not-compact: expected at most 65536"):
        jades.segments(f"{longest}c")


def test_a_protected_header_has_a_hundred_lists_and_objects_and_no_more() -> None:
    assert "a" in jades.protected_header(b'{"a":' + NESTED + b"}")
    with pytest.raises(Violation, match="header-not-json: expected a JSON object with at most 100"):
        jades.protected_header(b'[{"a":' + NESTED + b"}]")


def test_of_the_members_those_are_named_that_are_repeated() -> None:
    found = flaw_of(b'{"a": 1, "b": 2, "b": 3, "c": 4, "c": 5, "c": 6}')

    assert (found.tag, found.seen) == ("header-member-repeated", "b, c")


def test_of_what_is_no_header_forty_octets_are_shown() -> None:
    found = flaw_of(b'"' + b"0123456789" * 9 + b'"')

    assert (found.tag, found.seen) == ("header-not-an-object", '"' + ("0123456789" * 9)[:39])
