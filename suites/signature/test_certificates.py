"""The certificates that come with the signature, and who vouches for them."""

from __future__ import annotations

from harness import certificate_profile as profile
from harness import chain
from harness.checks import check
from harness.errors import NotApplicable
from harness.model import Environment, Specimen
from harness.subjects.answer import Answer
from harness.subjects.directory import Directory


@check(
    "SIG-14",
    verifies=("signature.certificates-readable",),
    finds=("x5c-missing", "x5c-malformed", "certificate-unreadable"),
)
def test_certificates_can_be_read(answer: Answer) -> None:
    """The header carries certificates that can be read."""
    chain.chain_of(answer.seal.naming_header)


@check("SIG-15", verifies=("signature.key-fits-algorithm",), finds=("key-does-not-fit",))
def test_key_fits_the_algorithm(answer: Answer) -> None:
    """The signer's key is of the kind that the algorithm needs."""
    chain.fits(answer.seal.algorithm, answer.seal.chain)


@check("SIG-16", verifies=("signature.certificates-in-order",), finds=("chain-out-of-order",))
def test_certificates_are_in_order(answer: Answer) -> None:
    """Each certificate is followed by its issuer's."""
    chain.ordered(answer.seal.hashed_chain)


@check(
    "SIG-17",
    verifies=("signature.path-to-anchor",),
    finds=("chain-not-trusted",),
    reading="national-certificates",
)
def test_path_leads_to_a_trust_anchor(answer: Answer) -> None:
    """A certification path leads from the signer to a trust anchor of the environment."""
    anchors = answer.anchors
    if anchors is None:
        raise NotApplicable("no trust anchor given")
    match answer.reading("national-certificates"):
        case "commission-root":
            anchors = chain.of_the_commission(anchors)
            if not anchors:
                raise NotApplicable("no root of the European Commission is among the anchors")
        case "national-root":
            raise NotApplicable("no national root is known")
    chain.trusted(answer.seal.binding_chain, anchors)


@check(
    "SIG-18",
    verifies=("signature.certificates-valid-now",),
    finds=("certificate-expired", "certificate-not-yet-valid"),
)
def test_certificates_are_valid_now(answer: Answer) -> None:
    """Every certificate is within its validity."""
    chain.valid_at(answer.seal.chain, answer.now)


@check("SIG-37", verifies=("signature.certificates-once",), finds=("certificate-repeated",))
def test_each_certificate_is_sent_once(answer: Answer) -> None:
    """No certificate is sent twice."""
    profile.each_once(answer.seal.chain)


@check(
    "SIG-38",
    verifies=("signature.strong-hashes",),
    finds=("certificate-weak-hash",),
)
def test_certificates_are_signed_over_a_strong_hash(answer: Answer) -> None:
    """Every certificate was signed over SHA-256 or better."""
    profile.strong_hashes(answer.seal.chain)


@check("SIG-39", verifies=("signature.strong-keys",), finds=("issuer-weak-key",))
def test_issuers_have_strong_keys(answer: Answer) -> None:
    """Every issuer's key is strong."""
    profile.strong_keys(answer.seal.chain)


@check(
    "SIG-40",
    verifies=("signature.issuers-are-authorities",),
    finds=("issuer-not-an-authority", "issuer-may-not-certify"),
)
def test_issuers_are_authorities(answer: Answer) -> None:
    """Every issuer is an authority that may certify."""
    profile.authorities(answer.seal.chain)


@check("SIG-42", verifies=("signature.path-length",), finds=("path-too-long",))
def test_path_is_no_longer_than_its_authorities_allow(answer: Answer) -> None:
    """The path is no longer than its authorities allow."""
    profile.short_enough(answer.seal.chain)


@check("SIG-43", verifies=("signature.permitted-names",), finds=("name-not-permitted",))
def test_names_are_within_their_constraints(answer: Answer) -> None:
    """Every name is one that the issuers above may certify."""
    profile.named(answer.seal.chain)


@check(
    "SIG-44",
    verifies=("signature.extensions-understood",),
    finds=("critical-extension-unknown",),
)
def test_critical_extensions_are_known(answer: Answer) -> None:
    """No certificate has a critical extension that no verifier knows."""
    profile.understood(answer.seal.chain)


@check(
    "SIG-45",
    verifies=("signature.certificates-last",),
    finds=("certificate-expires-soon",),
)
def test_no_certificate_expires_soon(answer: Answer) -> None:
    """No certificate is about to expire."""
    if answer.seal.chain.not_after < answer.now:
        raise NotApplicable("one has expired already; see SIG-18")
    profile.lasts(answer.seal.chain, answer.now)


@check(
    "SIG-25",
    verifies=("signature.one-environment",),
    finds=("trusted-in-another-environment",),
)
async def test_production_and_the_rest_do_not_trust_each_other(directory: Directory) -> None:
    """The trust anchors of production vouch for production's signers, and for no other."""
    production = directory.key.environment is Environment.PROD
    others = {
        name: anchors
        for name, anchors in directory.target.trust_anchors.items()
        if (name is Environment.PROD) is not production
    }
    if not others:
        raise NotApplicable("no trust anchors from the other side of production are known")
    answer = await directory.answer(Specimen.UNKNOWN_QUERY)
    chain.trusted_by_no_other(answer.seal.chain, others)
