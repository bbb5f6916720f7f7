"""The response signature as a whole: one cryptographic rule, and all rules in their order.

Who only wants to know whether an answer may be believed calls `verified`; the checks call the rules
one by one, each its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from harness import certificate_profile as profile
from harness import chain as paths
from harness import jades, key_identifier
from harness import protected_header as rules
from harness.chain import Chain
from harness.errors import Violation
from harness.jades import Header
from harness.model import HttpResponse

_ES256 = ECDSA(SHA256())
_HALF = 32
"""Octets of r, and of s."""

_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of the group on P-256 (FIPS 186-5)."""

_ED25519 = 2**252 + 27742317777372353535851937790883648493
"""The order of the group on Curve25519 (RFC 8032, section 5.1)."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a verified signature tells: who signed, when (seconds since 1970), which fields."""

    chain: Chain
    issued_at: float
    fields: tuple[str, ...]


def in_range(algorithm: str, signature: bytes, reading: str = "either") -> bytes:
    """The signature, its numbers being such as a signer can have made; it has its full length.

    ES256: 0 < r, s < n (FIPS 186-5); EdDSA: S < L (RFC 8032, section 5.1.7), or else everybody
    could make a second signature out of the first. `reading` is of `high-s`.
    """
    if algorithm == "EdDSA":
        _bounded("S", int.from_bytes(signature[_HALF:], "little"), below=_ED25519)
        return signature
    r, s = int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:])
    _bounded("r", r, least=1, below=_P256)
    _bounded("s", s, least=1, below=_P256 // 2 + 1 if reading == "low-only" else _P256)
    return signature


def _bounded(name: str, number: int, *, below: int, least: int = 0) -> None:
    if not least <= number < below:
        expected = f"{least:x} <= {name} < {below:x}"
        raise Violation("signature-out-of-range", expected=expected, seen=f"{number:x}")


def genuine(
    key: EllipticCurvePublicKey | Ed25519PublicKey, signature: bytes, signed: bytes
) -> None:
    """The key made this signature over these octets; ES256 is r and s side by side."""
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, signed)
        else:
            r, s = (int.from_bytes(half) for half in (signature[:_HALF], signature[_HALF:]))
            key.verify(encode_dss_signature(r, s), signed, _ES256)
    except InvalidSignature:
        _, _, fields = signed.partition(b".")
        raise Violation(
            "signature-wrong",
            expected="a signature by the key in x5c over the header and the signed fields",
            seen=f"one that does not verify over the header and {fields.decode('latin-1')}",
        ) from None


@dataclass(frozen=True, slots=True, eq=False)
class Stated:
    """What a protected header states, as far as that can be judged without the answer."""

    header: Header
    algorithm: str
    mechanism: Header
    chain: Chain
    key: EllipticCurvePublicKey | Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Authentic:
    """What a signature that fits its own certificate comes with."""

    digest: bytes
    fields: tuple[str, ...]
    stated: Stated


@lru_cache(maxsize=256)
def stated_in(protected: str) -> Stated:
    """The protected header, read and judged; a signer sends the same one for a second, or days."""
    header = jades.protected_header(jades.octets_of(protected))
    algorithm = rules.algorithm(header)
    rules.unencoded(header)
    rules.critical(header)
    mechanism = rules.mechanism(header)
    rules.names_its_signer(header)
    chain = paths.chain_of(header)
    return Stated(header, algorithm, mechanism, chain, paths.fits(algorithm, chain))


@lru_cache(maxsize=256)
def believable(stated: Stated, anchors: bytes) -> None:
    """The signer that a protected header names is one to believe, whatever the time is."""
    header, chain = stated.header, stated.chain
    rules.carries_its_key(header, "refused")
    profile.sound(chain)
    profile.fit_for_answers(chain, "any-below-the-anchor")
    paths.ordered(chain)
    paths.trusted(chain, anchors)
    paths.may_sign(chain)
    paths.matches_thumbprints(header, chain)
    key_identifier.is_the_signers(header, chain)


def authentic(response: HttpResponse) -> Authentic:
    """The signature, which fits the certificate that it comes with.

    That the certificate may be believed is another matter, and that the digest is the body's is
    one more; raises the first `Violation` met.
    """
    digest = jades.digest_octets(jades.digest_text(jades.digest_field(response)))
    protected, sealed = jades.segments(jades.signature_field(response))
    stated, signature = stated_in(protected), jades.octets_of(sealed)
    fields = rules.signed_fields(stated.mechanism, response)
    algorithm = stated.algorithm
    numbers = in_range(algorithm, jades.full_length(algorithm, signature))
    genuine(stated.key, numbers, jades.signed_octets(protected, fields, response))
    return Authentic(digest, fields, stated)


def stays_authentic(response: HttpResponse, tag: str) -> None:
    """The same for an answer that was come by in some other way; every flaw has that one tag."""
    try:
        authentic(response)
    except Violation as flaw:
        seen = f"{flaw.tag}: {flaw.seen}"
        raise Violation(tag, expected="a signature that verifies", seen=seen) from None


def verified(response: HttpResponse, *, anchors: bytes, now: datetime) -> Signed:
    """The signature, every binding rule applied; raises the first `Violation` met.

    `anchors` is PEM; `now` has a time zone. What a `should` asks for is left to the checks.
    """
    found = authentic(response)
    jades.covers(found.digest, response.body)
    jades.other_digests(response)
    believable(found.stated, anchors)
    chain = found.stated.chain
    paths.valid_at(chain, now)
    not_before = chain.leaf.not_valid_before_utc
    issued_at = rules.issued_at(found.stated.header, now=now, not_before=not_before)
    return Signed(chain, issued_at, found.fields)
