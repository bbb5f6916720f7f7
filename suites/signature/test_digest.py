"""The digest field, which ties the signature to the body."""

from __future__ import annotations

from harness import jades
from harness.checks import check
from harness.subjects.answer import Answer


@check(
    "SIG-01",
    verifies=("signature.one-digest-field",),
    finds=("digest-missing", "digest-repeated"),
)
def test_there_is_exactly_one_digest_field(answer: Answer) -> None:
    """The answer states the digest of its body exactly once."""
    jades.digest_field(answer.response)


@check(
    "SIG-02",
    verifies=("signature.digest-is-sha-256",),
    finds=("digest-other-algorithm", "digest-malformed"),
)
def test_digest_is_one_sha_256(answer: Answer) -> None:
    """The digest is one SHA-256 in padded base64."""
    jades.digest_octets(answer.seal.digest_field)


@check("SIG-03", verifies=("signature.digest-covers-body",), finds=("body-not-covered",))
def test_digest_covers_the_body(answer: Answer) -> None:
    """The digest is the one of the body that was received."""
    jades.covers(answer.seal.digest, answer.response.body)
