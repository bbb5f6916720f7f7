"""The signer's own certificate: what it is for, and how the header points to it."""

from __future__ import annotations

from harness import certificate_profile as profile
from harness import chain, key_identifier
from harness.checks import check
from harness.errors import NotApplicable
from harness.subjects.answer import Answer


@check(
    "SIG-19",
    verifies=("signature.key-usage",),
    finds=("key-usage-missing", "key-usage-not-signature"),
)
def test_key_may_sign(answer: Answer) -> None:
    """The signer's certificate is meant for signatures."""
    chain.may_sign(answer.seal.chain)


@check(
    "SIG-20",
    verifies=("signature.thumbprints",),
    finds=("thumbprint-sha1", "thumbprint-malformed", "thumbprint-mismatch"),
)
def test_thumbprints_are_the_signers(answer: Answer) -> None:
    """A thumbprint in the header is the one of the signer's certificate."""
    if not chain.matches_thumbprints(answer.seal.header, answer.seal.chain):
        raise NotApplicable("the header gives no thumbprint")


@check("SIG-36", verifies=("signature.kid",), finds=("kid-of-another-certificate",))
def test_key_identifier_is_the_signers(answer: Answer) -> None:
    """A key identifier in the form of issuer and serial is the signer's."""
    if not key_identifier.is_the_signers(answer.seal.header, answer.seal.chain):
        raise NotApplicable("no kid that names an issuer and a serial")


@check("SIG-41", verifies=("signature.signer-is-an-end-entity",), finds=("signer-is-an-authority",))
def test_signer_is_no_authority(answer: Answer) -> None:
    """The signer's certificate is no authority's."""
    profile.leaf(answer.seal.chain)


@check("SIG-46", verifies=("signature.revocation-is-named",), finds=("revocation-not-named",))
def test_revocation_can_be_asked_for(answer: Answer) -> None:
    """The signer's certificate says where its revocation would be told."""
    profile.names_revocation(answer.seal.chain)


@check(
    "SIG-47",
    verifies=("signature.certificate-purpose",),
    finds=("certificate-for-another-purpose",),
    reading="leaf-certificate",
)
def test_certificate_is_meant_for_signing_answers(answer: Answer) -> None:
    """The signer's certificate is not meant for something else."""
    profile.fit_for_answers(answer.seal.chain, answer.reading("leaf-certificate"))


@check(
    "SIG-48",
    verifies=("signature.certificate-life",),
    finds=("certificate-lives-too-long",),
)
def test_certificate_does_not_live_too_long(answer: Answer) -> None:
    """The signer's certificate is valid for no more than three years."""
    profile.lives_reasonably(answer.seal.chain)
