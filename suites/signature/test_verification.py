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
    signature.genuine(seal.key, seal.full_signature, seal.signed_octets)
