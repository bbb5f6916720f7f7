"""The seal of an answer as a check sees it: each part, or the name of the check that owns its flaw.

A part that cannot be had is `Unreachable` here, so that one flaw is reported by one check.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from harness import certificate_profile as profile
from harness import chain as paths
from harness import jades
from harness import protected_header as stated
from harness import signature as proof
from harness.chain import Chain
from harness.errors import Unreachable, Violation
from harness.jades import Header
from harness.model import HttpResponse

_BINDING = (
    ("SIG-39", profile.strong_keys),
    ("SIG-40", profile.authorities),
    ("SIG-42", profile.short_enough),
    ("SIG-43", profile.named),
    ("SIG-44", profile.understood),
)
"""Without these a path proves nothing, and the path builder of the library finds none."""


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
    def digest_text(self) -> str:
        """The digest that is stated, still encoded."""
        field = self.digest_field
        with _left_to("SIG-02", "the digest"):
            return jades.digest_text(field)

    @property
    def digest(self) -> bytes:
        """The digest that is stated."""
        text = self.digest_text
        with _left_to("SIG-26", "the digest"):
            return jades.digest_octets(text)

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
    def naming_header(self) -> Header:
        """The members of the protected header, which say in some way who signed."""
        header = self.header
        with _left_to("SIG-35", "the signer"):
            stated.names_its_signer(header)
        return header

    @property
    def chain(self) -> Chain:
        """The certificates."""
        header = self.naming_header
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
    def numbers(self) -> bytes:
        """The signature's octets, its numbers being within their range."""
        _ = self.key
        algorithm, signature = self.algorithm, self.full_signature
        with _left_to("SIG-29", "the signature"):
            return proof.in_range(algorithm, signature)

    @property
    def hashed_chain(self) -> Chain:
        """The certificates, each of them signed with a hash function that still binds."""
        chain = self.chain
        with _left_to("SIG-38", "the certificates"):
            profile.strong_hashes(chain)
        return chain

    @property
    def binding_chain(self) -> Chain:
        """The certificates, all of them such that a path over them proves something."""
        chain = self.hashed_chain
        for check, rule in _BINDING:
            with _left_to(check, "the certificates"):
                rule(chain)
        return chain

    def trusted_chain(self, anchors: bytes) -> Chain:
        """The certificates, with a path to one of the anchors, which are PEM."""
        chain = self.binding_chain
        with _left_to("SIG-17", "the certificates"):
            paths.trusted(chain, anchors)
        return chain

    def issued_at(self, now: datetime) -> float:
        """The signing time in seconds since 1970."""
        header, not_before = self.header, self.chain.leaf.not_valid_before_utc
        with _left_to("SIG-22", "the signing time"):
            return stated.issued_at(header, now=now, not_before=not_before)

    def hold(self) -> None:
        """Raise `Unreachable` unless the digest covers the body, and the signature the digest."""
        digest = self.digest
        with _left_to("SIG-03", "the digest"):
            jades.covers(digest, self.response.body)
        with _left_to("the check that reports it", "the signature"):
            proof.authentic(self.response)

    @property
    def signed_octets(self) -> bytes:
        """What is signed, as a verifier builds it; the digest among it can be used."""
        _ = self.digest
        protected, _ = self.segments
        return jades.signed_octets(protected, self.fields, self.response)
