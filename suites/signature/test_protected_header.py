"""The members of the protected header that say how, when and over what was signed."""

from __future__ import annotations

from harness import protected_header
from harness.checks import check
from harness.subjects.answer import Answer


@check("SIG-08", verifies=("signature.algorithm",), finds=("algorithm-not-allowed",))
def test_algorithm_is_allowed(answer: Answer) -> None:
    """The algorithm is EdDSA or ES256."""
    protected_header.algorithm(answer.seal.header)


@check(
    "SIG-09",
    verifies=("signature.payload-unencoded",),
    finds=("b64-missing", "b64-not-false"),
)
def test_payload_is_unencoded(answer: Answer) -> None:
    """The header says that what is signed is not base64url-encoded."""
    protected_header.unencoded(answer.seal.header)


@check(
    "SIG-10",
    verifies=("signature.critical-members",),
    finds=(
        "crit-missing",
        "crit-malformed",
        "crit-repeated",
        "crit-names-absent",
        "crit-not-understood",
        "crit-incomplete",
    ),
)
def test_critical_members_are_listed(answer: Answer) -> None:
    """The list of critical members names b64 and sigD, and nothing unknown or absent."""
    protected_header.critical(answer.seal.header)


@check(
    "SIG-11",
    verifies=("signature.http-headers-mechanism",),
    finds=("sigd-missing", "sigd-other-mechanism", "sigd-foreign-member"),
)
def test_header_fields_are_what_is_signed(answer: Answer) -> None:
    """The header names the mechanism HttpHeaders."""
    protected_header.mechanism(answer.seal.header)


@check(
    "SIG-12",
    verifies=("signature.signed-fields",),
    finds=(
        "pars-malformed",
        "pars-not-lower-case",
        "pars-repeated",
        "pars-without-digest",
        "pars-names-absent",
    ),
)
def test_digest_is_among_the_signed_fields(answer: Answer) -> None:
    """The digest field is signed, and every signed field is in the answer."""
    protected_header.signed_fields(answer.seal.mechanism, answer.response)


@check("SIG-13", verifies=("signature.key-in-x5c-only",), finds=("key-from-elsewhere",))
def test_no_key_comes_from_elsewhere(answer: Answer) -> None:
    """The header offers no key beside the certificates."""
    protected_header.carries_its_key(answer.seal.header)


@check(
    "SIG-22",
    verifies=("signature.signing-time",),
    finds=("iat-missing", "iat-malformed", "iat-in-the-future", "iat-before-certificate"),
)
def test_signing_time_is_plausible(answer: Answer) -> None:
    """The signing time is given, is not in the future, and the certificate was valid then."""
    not_before = answer.seal.chain.leaf.not_valid_before_utc
    protected_header.issued_at(answer.seal.header, now=answer.now, not_before=not_before)
