"""The seal of an answer as a check sees it: each part, or the name of the check that owns its flaw.

A part that cannot be had is `Unreachable` here, so that one flaw is reported by one check.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from harness import chain as paths
from harness import jades
from harness import protected_header as stated
from harness.chain import Chain
from harness.errors import Unreachable, Violation
from harness.jades import Header
from harness.model import HttpResponse


@contextmanager
def _left_to(check: str, what: str) -> Iterator[None]:
    """Leave a flaw to the check that owns it."""
    try:
        yield
    except Violation as found:
        raise Unreachable(what, why=f"{found.tag}; see {check}") from None


@dataclass(frozen=True, slots=True)
class Seal:
    """The digest and the signature of one response; every property may raise `Unreachable`."""

    response: HttpResponse

    @property
    def digest_field(self) -> str:
        """The value of the digest field."""
        with _left_to("SIG-01", "the digest field"):
            return jades.digest_field(self.response)

    @property
    def digest(self) -> bytes:
        """The digest that is stated."""
        field = self.digest_field
        with _left_to("SIG-02", "the digest"):
            return jades.digest_octets(field)

    @property
    def field(self) -> str:
        """The value of the signature field."""
        with _left_to("SIG-04", "the signature field"):
            return jades.signature_field(self.response)

    @property
    def segments(self) -> tuple[str, str]:
        """Protected header and signature, still encoded."""
        field = self.field
        with _left_to("SIG-05", "the signature's segments"):
            return jades.segments(field)

    @property
    def octets(self) -> tuple[bytes, bytes]:
        """Protected header and signature, decoded."""
        protected, signature = self.segments
        with _left_to("SIG-06", "the signature's octets"):
            return jades.octets_of(protected), jades.octets_of(signature)

    @property
    def signature(self) -> bytes:
        """The signature's octets."""
        return self.octets[1]

    @property
    def header(self) -> Header:
        """The members of the protected header."""
        protected, _ = self.octets
        with _left_to("SIG-07", "the protected header"):
            return jades.protected_header(protected)

    @property
    def algorithm(self) -> str:
        """The signature algorithm."""
        header = self.header
        with _left_to("SIG-08", "the signature algorithm"):
            return stated.algorithm(header)

    @property
    def mechanism(self) -> Header:
        """The members of `sigD`."""
        header = self.header
        with _left_to("SIG-11", "the member sigD"):
            return stated.mechanism(header)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the signed fields."""
        mechanism = self.mechanism
        with _left_to("SIG-12", "the signed fields"):
            return stated.signed_fields(mechanism, self.response)

    @property
    def chain(self) -> Chain:
        """The certificates."""
        header = self.header
        with _left_to("SIG-14", "the certificates"):
            return paths.chain_of(header)

    @property
    def key(self) -> EllipticCurvePublicKey | Ed25519PublicKey:
        """The signer's public key."""
        algorithm, chain = self.algorithm, self.chain
        with _left_to("SIG-15", "the signer's key"):
            return paths.fits(algorithm, chain)

    @property
    def full_signature(self) -> bytes:
        """The signature's octets, as many as there must be."""
        algorithm, signature = self.algorithm, self.signature
        with _left_to("SIG-21", "the signature"):
            return jades.full_length(algorithm, signature)

    @property
    def signed_octets(self) -> bytes:
        """What is signed, as a verifier builds it; the digest among it can be used."""
        _ = self.digest
        protected, _ = self.segments
        return jades.signed_octets(protected, self.fields, self.response)
