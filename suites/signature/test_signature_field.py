"""The signature field and the form of the JWS in it."""

from __future__ import annotations

from harness import jades
from harness.checks import check
from harness.subjects.answer import Answer


@check(
    "SIG-04",
    verifies=("signature.answers-are-signed", "signature.refusals-are-signed"),
    finds=("signature-missing", "signature-repeated"),
)
def test_there_is_exactly_one_signature_field(answer: Answer) -> None:
    """Every answer, refusals included, carries exactly one signature."""
    jades.signature_field(answer.response)


@check(
    "SIG-05",
    verifies=("signature.compact-detached",),
    finds=("signature-not-compact", "signature-not-detached"),
)
def test_signature_is_compact_and_detached(answer: Answer) -> None:
    """The signature is a compact JWS with an empty payload segment."""
    jades.segments(answer.seal.field)


@check("SIG-06", verifies=("signature.base64url",), finds=("segment-not-base64url",))
def test_segments_are_base64url(answer: Answer) -> None:
    """Protected header and signature are base64url without padding."""
    for segment in answer.seal.segments:
        jades.octets_of(segment)


@check(
    "SIG-07",
    verifies=("signature.header-is-json",),
    finds=("header-not-json", "header-not-an-object", "header-member-repeated"),
)
def test_protected_header_is_a_json_object(answer: Answer) -> None:
    """The protected header is one JSON object without repeated members."""
    protected, _ = answer.seal.octets
    jades.protected_header(protected)


@check(
    "SIG-24",
    verifies=("signature.fits-through-proxies",),
    finds=("signature-too-long",),
    reading="header-size",
)
def test_signature_field_passes_through_caching_proxies(answer: Answer) -> None:
    """The signature field is short enough for caching proxies."""
    jades.fits_proxies(answer.seal.field, answer.reading("header-size"))
