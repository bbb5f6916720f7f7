"""The response signature as a whole: one cryptographic rule, and all rules in their order.

Who only wants to know whether an answer may be believed calls `verified`; the checks call the rules
one by one, each its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from harness import chain as paths
from harness import jades
from harness import protected_header as stated
from harness.chain import Chain
from harness.errors import Violation
from harness.model import HttpResponse

_ES256 = ECDSA(SHA256())
_HALF = 32
"""Octets of r, and of s."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a verified signature tells: who signed, when (seconds since 1970), which fields."""

    chain: Chain
    issued_at: float
    fields: tuple[str, ...]


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


def verified(response: HttpResponse, *, anchors: bytes, now: datetime) -> Signed:
    """The signature, every rule applied in its order; raises the first `Violation` met.

    `anchors` is PEM; `now` has a time zone.
    """
    jades.covers(jades.digest_octets(jades.digest_field(response)), response.body)
    protected, sealed = jades.segments(jades.signature_field(response))
    header, signature = jades.header_of(protected), jades.octets_of(sealed)
    algorithm = stated.algorithm(header)
    stated.unencoded(header)
    stated.critical(header)
    fields = stated.signed_fields(stated.mechanism(header), response)
    chain = paths.chain_of(header)
    paths.ordered(chain)
    paths.trusted(chain, anchors)
    paths.valid_at(chain, now)
    paths.may_sign(chain)
    paths.matches_thumbprints(header, chain)
    not_before = chain.leaf.not_valid_before_utc
    issued_at = stated.issued_at(header, now=now, not_before=not_before)
    signed = jades.signed_octets(protected, fields, response)
    genuine(paths.fits(algorithm, chain), jades.full_length(algorithm, signature), signed)
    return Signed(chain, issued_at, fields)
