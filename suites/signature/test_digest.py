"""The digest field, which ties the signature to the body."""

from __future__ import annotations

from dataclasses import replace

from harness import content_coding, jades
from harness.checks import check, require
from harness.lookup import KNOWN_RESULT
from harness.subjects.answer import Answer
from harness.subjects.directory import Directory

CODINGS = "gzip, deflate"


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
    finds=("digest-malformed", "digest-other-algorithm", "digest-weak-beside", "digest-list"),
    reading="digest-list",
)
def test_digest_is_one_sha_256(answer: Answer) -> None:
    """The digest is one SHA-256."""
    listed = answer.reading("digest-list") == "list-with-sha-256"
    jades.digest_text(answer.seal.digest_field, listed=listed)


@check("SIG-03", verifies=("signature.digest-covers-body",), finds=("body-not-covered",))
def test_digest_covers_the_body(answer: Answer) -> None:
    """The digest is the one of the body that was received."""
    jades.covers(answer.seal.digest, answer.response.body)


@check(
    "SIG-26",
    verifies=("signature.digest-spelling",),
    finds=(
        "digest-whitespace",
        "digest-base64url",
        "digest-unpadded",
        "digest-not-base64",
        "digest-length",
    ),
)
def test_digest_is_spelled_in_base64(answer: Answer) -> None:
    """The digest is 32 octets in padded base64."""
    jades.digest_octets(answer.seal.digest_text)


@check("SIG-27", verifies=("signature.other-digests",), finds=("other-digest-wrong",))
def test_no_other_digest_contradicts_the_body(answer: Answer) -> None:
    """Whatever other field gives a digest of the body, it is the right one."""
    jades.other_digests(answer.response)


@check(
    "SIG-28",
    verifies=("signature.digest-and-coding",),
    finds=("digest-of-other-octets", "coding-not-undone"),
    reading="digest-content-coding",
)
async def test_digest_survives_a_content_coding(directory: Directory) -> None:
    """The digest still is the body's where the client takes compressed answers."""
    plain = await directory.answer(KNOWN_RESULT[directory.key.service])
    plain.seal.hold()
    request = plain.request
    assert request is not None
    offered = (*request.headers, ("Accept-Encoding", CODINGS))
    answer = await directory.send(replace(request, headers=offered))
    coded = answer.response.body
    uncoded = content_coding.undone(answer.response)
    as_sent = directory.reading("digest-content-coding") == "as-sent"
    require(
        jades.is_of(answer.seal.digest, coded if as_sent else uncoded),
        "digest-of-other-octets",
        expected=f"the digest of the {'octets as sent' if as_sent else 'uncoded body'}",
        seen=f"{answer.response.header('digest')} with {content_coding.named(answer.response)}",
    )
