"""The certificates that come with the signature, and who vouches for them."""

from __future__ import annotations

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
    chain.chain_of(answer.seal.header)


@check("SIG-15", verifies=("signature.key-fits-algorithm",), finds=("key-does-not-fit",))
def test_key_fits_the_algorithm(answer: Answer) -> None:
    """The signer's key is of the kind that the algorithm needs."""
    chain.fits(answer.seal.algorithm, answer.seal.chain)


@check("SIG-16", verifies=("signature.certificates-in-order",), finds=("chain-out-of-order",))
def test_certificates_are_in_order(answer: Answer) -> None:
    """Each certificate is followed by its issuer's."""
    chain.ordered(answer.seal.chain)


@check("SIG-17", verifies=("signature.path-to-anchor",), finds=("chain-not-trusted",))
def test_path_leads_to_a_trust_anchor(answer: Answer) -> None:
    """A certification path leads from the signer to a trust anchor of the environment."""
    if answer.anchors is None:
        raise NotApplicable("no trust anchor given")
    chain.trusted(answer.seal.chain, answer.anchors)


@check(
    "SIG-18",
    verifies=("signature.certificates-valid-now",),
    finds=("certificate-expired", "certificate-not-yet-valid"),
)
def test_certificates_are_valid_now(answer: Answer) -> None:
    """Every certificate is within its validity."""
    chain.valid_at(answer.seal.chain, answer.now)


@check(
    "SIG-19",
    verifies=("signature.key-usage",),
    finds=("key-usage-missing", "key-usage-not-signature"),
)
def test_key_may_sign(answer: Answer) -> None:
    """The signer's certificate is meant for digital signatures."""
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
