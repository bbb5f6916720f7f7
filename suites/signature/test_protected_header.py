"""The members of the protected header that say how, when and over what was signed."""

from __future__ import annotations

from harness import protected_header
from harness.checks import check
from harness.subjects.answer import Answer


@check(
    "SIG-08",
    verifies=("signature.algorithm",),
    finds=("algorithm-not-allowed",),
    reading="eddsa-name",
)
def test_algorithm_is_allowed(answer: Answer) -> None:
    """The algorithm is EdDSA or ES256."""
    protected_header.algorithm(answer.seal.header, answer.reading("eddsa-name"))


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


@check(
    "SIG-13",
    verifies=("signature.key-in-x5c-only",),
    finds=("key-from-elsewhere",),
    reading="key-from-elsewhere",
)
def test_no_key_comes_from_elsewhere(answer: Answer) -> None:
    """The header offers no key beside the certificates."""
    protected_header.carries_its_key(answer.seal.header, answer.reading("key-from-elsewhere"))


@check(
    "SIG-22",
    verifies=("signature.signing-time",),
    finds=("iat-missing", "iat-malformed", "iat-in-the-future", "iat-before-certificate"),
)
def test_signing_time_is_plausible(answer: Answer) -> None:
    """The signing time is given, is not in the future, and the certificate was valid then."""
    not_before = answer.seal.chain.leaf.not_valid_before_utc
    protected_header.issued_at(answer.seal.header, now=answer.now, not_before=not_before)


@check("SIG-30", verifies=("signature.type",), finds=("typ-other",))
def test_type_is_that_of_a_compact_signature(answer: Answer) -> None:
    """The type that the header states is JOSE."""
    protected_header.stated_type(answer.seal.header)


@check("SIG-31", verifies=("signature.no-content-type",), finds=("cty-beside-sigd",))
def test_no_content_type_stands_beside_the_mechanism(answer: Answer) -> None:
    """The header states no content type beside the mechanism."""
    protected_header.no_content_type(answer.seal.header)


@check("SIG-32", verifies=("signature.one-signing-time",), finds=("signing-time-twice",))
def test_signing_time_is_stated_once(answer: Answer) -> None:
    """The header states one signing time."""
    protected_header.one_signing_time(answer.seal.header)


@check("SIG-33", verifies=("signature.survives-proxies",), finds=("pars-volatile-field",))
def test_no_signed_field_is_changed_by_proxies(answer: Answer) -> None:
    """No field is signed that proxies change."""
    protected_header.survives_proxies(answer.seal.fields)


@check(
    "SIG-34",
    verifies=("signature.signed-recently",),
    finds=("signed-too-long-ago",),
    reading="iat-age",
)
def test_signing_time_is_not_too_long_ago(answer: Answer) -> None:
    """The signing time is not from before all the certificates were valid."""
    protected_header.recent(
        answer.seal.issued_at(answer.now),
        now=answer.now,
        vouched_since=answer.seal.chain.not_before,
        reading=answer.reading("iat-age"),
    )


@check("SIG-35", verifies=("signature.signer-is-named",), finds=("signer-not-identified",))
def test_signer_is_named(answer: Answer) -> None:
    """The header says which certificate signed."""
    protected_header.names_its_signer(answer.seal.header)
