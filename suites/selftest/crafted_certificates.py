"""Certificates with keys made for the test: sound ones, or whatever else is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA224, SHA256
from cryptography.hazmat.primitives.serialization import Encoding

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

Key = EllipticCurvePrivateKey | Ed25519PrivateKey | rsa.RSAPrivateKey
Extensions = tuple[tuple[x509.ExtensionType, bool], ...]

AUTHORITY = x509.BasicConstraints(ca=True, path_length=None)
POINTS = x509.CRLDistributionPoints(
    [
        x509.DistributionPoint(
            [x509.UniformResourceIdentifier("http://crl.example/1.crl")], None, None, None
        )
    ]
)


@dataclass(frozen=True, slots=True)
class Holder:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def holder(  # noqa: PLR0913 -- each is something a certificate can get wrong
    name: str,
    issuer: Holder | None = None,
    *,
    key: Key | None = None,
    authority: bool = True,
    usage: bool | None = True,
    basic: x509.BasicConstraints | None = AUTHORITY,
    extensions: Extensions = ((POINTS, False),),
    hashed: SHA224 | SHA256 = SHA256(),  # noqa: B008 -- it has no state
    validity: tuple[datetime, datetime] = (NOW - timedelta(100), NOW + timedelta(100)),
) -> Holder:
    """A new certificate, its own issuer where none is given; `usage` None leaves key usage out."""
    key = key or generate_private_key(SECP256R1())
    signer = issuer.key if issuer else key
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity[0])
        .not_valid_after(validity[1])
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    if authority:
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = builder.add_extension(identifier, critical=False)
        if basic is not None:
            builder = builder.add_extension(basic, critical=True)
    if usage is not None:
        builder = builder.add_extension(_usage(signing=usage, authority=authority), critical=True)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    edwards = isinstance(signer, Ed25519PrivateKey)
    return Holder(builder.sign(signer, None if edwards else hashed), key)


def _usage(*, signing: bool, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signing and not authority,
        content_commitment=signing and not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=not signing and not authority,
        key_cert_sign=authority and signing,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


@cache
def root(name: str) -> Holder:
    """A root, made once for each name."""
    return holder(name)


@cache
def issuer(name: str) -> Holder:
    """An issuer below a root."""
    return holder(f"issuer below {name}", root(name))


@cache
def signer(name: str = "test root") -> tuple[Holder, ...]:
    """A path from a signer up to a root, as `x5c` has it."""
    return (holder("signer", issuer(name), authority=False), issuer(name), root(name))


def below(name: str, **how: object) -> tuple[Holder, ...]:
    """A path whose issuer, below the root, is made otherwise."""
    top = root("test root")
    middle = holder(name, top, **how)  # type: ignore[arg-type]
    return (holder("signer", middle, authority=False), middle, top)


def anchors(name: str = "test root") -> bytes:
    """A root as PEM."""
    return root(name).certificate.public_bytes(Encoding.PEM)


def issuer_serial(certificate: x509.Certificate) -> bytes:
    """`IssuerSerial` in DER, for names so short that every length is one octet."""
    name = certificate.issuer.public_bytes()
    number = certificate.serial_number
    serial = number.to_bytes(number.bit_length() // 8 + 1)
    names = bytes((0x30, len(name) + 2, 0xA4, len(name))) + name
    content = names + bytes((0x02, len(serial))) + serial
    assert len(content) < 128
    return bytes((0x30, len(content))) + content
