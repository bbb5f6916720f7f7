"""The response signature: JAdES with a detached payload, mechanism `HttpHeaders`, in two fields.

What is signed is `BASE64URL(protected) "." "digest: " <value of the digest field>`, as recomputed
from answers of the acceptance environment; the digest in turn covers the bytes of the body.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding

from harness.model import Headers
from mock_services.pki import Credential, Leaf
from mock_services.world import Instance, SigningPolicy, World

if TYPE_CHECKING:
    from cryptography import x509

SIGNATURE_FIELD = "oots-response-sig"
DIGEST_FIELD = "digest"
MECHANISM = "http://uri.etsi.org/19182/HttpHeaders"


def _ecdsa(algorithm: SHA256 | SHA384) -> ec.ECDSA:
    """Deterministic (RFC 6979) where it can be had: equal answers then have equal bytes."""
    try:
        return ec.ECDSA(algorithm, deterministic_signing=True)
    except UnsupportedAlgorithm:  # an OpenSSL older than 3.2
        return ec.ECDSA(algorithm)


_ECDSA = {32: _ecdsa(SHA256()), 48: _ecdsa(SHA384())}
"""By the octets of one of the two numbers: ES256 and ES384 (RFC 7518, section 3.4)."""


@dataclass(slots=True)
class _Prepared:
    """A credential, and the protected header as last encoded: it changes once a second."""

    credential: Credential
    issued_at: int = -1
    protected: bytes = b""


class Signer:
    """Signs the answers of one world, each anew, as its signing policy says."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._prepared: dict[Instance, _Prepared] = {}

    def fields(self, instance: Instance, digest: str, others: Headers) -> Headers:
        """The two fields of an answer, from its digest: the body itself is not signed.

        `others` are its other fields, for policies that sign them.
        """
        named = (DIGEST_FIELD, digest)
        prepared = self._prepare(instance)
        protected = self._protected(prepared)
        payload = signed_fields(self._world.signing.parameters, (named, *others))
        signature = sign(prepared.credential, protected + b"." + payload)
        value = b".".join((protected, b"", base64url(signature)))
        return (SIGNATURE_FIELD, value.decode("ascii")), named

    def _prepare(self, instance: Instance) -> _Prepared:
        if instance not in self._prepared:
            choose = self._world.signing.credential
            credential = (
                choose(self._world.pki, instance)
                if choose
                else self._world.pki.credential(
                    instance.owner, instance.environment, Leaf(self._world.signing.algorithm)
                )
            )
            self._prepared[instance] = _Prepared(credential)
        return self._prepared[instance]

    def _protected(self, prepared: _Prepared) -> bytes:
        policy = self._world.signing
        issued_at = int(self._world.clock().timestamp()) - policy.age
        if issued_at != prepared.issued_at:
            header = protected_header(policy, prepared.credential, issued_at)
            prepared.protected = base64url(json.dumps(header, separators=(",", ":")).encode())
            prepared.issued_at = issued_at
        return prepared.protected


def digest_value(algorithm: str, body: bytes) -> str:
    """The value of the field `digest` in the form of RFC 3230.

    >>> digest_value("SHA-256", b"")
    'SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    function = {"SHA": "sha1"}.get(algorithm.upper(), algorithm.lower().replace("-", ""))
    hashed = hashlib.new(function, body, usedforsecurity=False).digest()
    return f"{algorithm}={b64encode(hashed).decode('ascii')}"


def signed_fields(names: tuple[str, ...], fields: Headers) -> bytes:
    """The fields named, one a line, names in lower case (TS 119 182-1, section 5.2.8.2).

    >>> signed_fields(("digest",), (("Digest", "SHA-256=x"),))
    b'digest: SHA-256=x'
    """
    values = {name.lower(): value for name, value in reversed(fields)}
    lines = (f"{name.lower()}: {values.get(name.lower(), '')}" for name in names)
    return "\n".join(lines).encode("latin-1")


def protected_header(
    policy: SigningPolicy, credential: Credential, issued_at: int
) -> dict[str, object]:
    """The protected header, its members in the order in which the Commission sends them."""
    leaf = credential.certificates[0]
    hashed = hashlib.sha512(leaf.public_bytes(Encoding.DER)).digest()
    chain = credential.certificates[: policy.chain]
    header: dict[str, object] = {
        "alg": policy.algorithm,
        "kid": b64encode(issuer_serial(leaf)).decode("ascii"),
        "x5t#o": {"digAlg": "S512", "digVal": base64url(hashed).decode("ascii")},
        "x5c": [b64encode(each.public_bytes(Encoding.DER)).decode("ascii") for each in chain],
        "typ": "jose",
        "b64": False,
        "iat": issued_at,
        "sigD": {"mId": MECHANISM, "pars": list(policy.parameters)},
        "crit": ["b64", "sigD"],
    }
    header.update(policy.members)
    return {name: value for name, value in header.items() if value is not None}


def issuer_serial(certificate: x509.Certificate) -> bytes:
    """IssuerSerial (RFC 5035, section 5) in DER: the issuer as directory name, then the serial."""
    name = _der(0x30, _der(0xA4, certificate.issuer.public_bytes()))
    serial = certificate.serial_number
    return _der(0x30, name + _der(0x02, serial.to_bytes(serial.bit_length() // 8 + 1, "big")))


def sign(credential: Credential, data: bytes) -> bytes:
    """The signature in the form of RFC 7518: two integers of fixed length for the ES algorithms."""
    key = credential.key
    match key:
        case ed25519.Ed25519PrivateKey():
            return key.sign(data)
        case ec.EllipticCurvePrivateKey():
            length = key.key_size // 8
            r, s = decode_dss_signature(key.sign(data, _ECDSA[length]))
            return r.to_bytes(length, "big") + s.to_bytes(length, "big")
        case rsa.RSAPrivateKey() if credential.algorithm == "PS256":
            return key.sign(data, padding.PSS(padding.MGF1(SHA256()), 32), SHA256())
        case rsa.RSAPrivateKey():
            return key.sign(data, padding.PKCS1v15(), SHA256())


def base64url(data: bytes) -> bytes:
    """Base64url without padding (RFC 7515, section 2).

    >>> base64url(b"?>")
    b'Pz4'
    """
    return urlsafe_b64encode(data).rstrip(b"=")


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:  # noqa: PLR2004 -- the short form of X.690, section 8.1.3.4
        return bytes((tag, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content
