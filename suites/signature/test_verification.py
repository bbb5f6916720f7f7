"""The signature itself."""

from __future__ import annotations

from harness import jades, signature
from harness.checks import check
from harness.subjects.answer import Answer


@check("SIG-21", verifies=("signature.length",), finds=("signature-length",))
def test_signature_has_its_length(answer: Answer) -> None:
    """The signature has 64 octets."""
    jades.full_length(answer.seal.algorithm, answer.seal.signature)


@check("SIG-23", verifies=("signature.verifies",), finds=("signature-wrong",))
def test_signature_verifies(answer: Answer) -> None:
    """The signature verifies over the header and the signed fields."""
    seal = answer.seal
    signature.genuine(seal.key, seal.numbers, seal.signed_octets)


@check(
    "SIG-29",
    verifies=("signature.numbers-in-range",),
    finds=("signature-out-of-range",),
    reading="high-s",
)
def test_numbers_of_the_signature_are_in_range(answer: Answer) -> None:
    """The numbers of the signature are such as a signer can have made."""
    seal = answer.seal
    _ = seal.key  # of another kind than the algorithm: the octets would be read wrongly
    signature.in_range(seal.algorithm, seal.full_signature, answer.reading("high-s"))
