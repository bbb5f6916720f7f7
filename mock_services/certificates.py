"""The building blocks of the mocks' certificates: names, extensions, keys, one signature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import MD5, SHA1, SHA256
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
"""The kinds of key that the mocks sign with."""

Extensions = tuple[tuple[x509.ExtensionType, bool], ...]

_POINTS = "http://commissign.pki.localhost/info"
_POLICY = x509.ObjectIdentifier("2.999.130.2.1.9.2")
"""Below 2.999, the arc that is set aside for examples."""

_WITH_SHA_256 = bytes.fromhex("2a864886f70d01010b")
"""The object identifier of RSA signatures over SHA-256 (RFC 8017)."""

_WEAK = {
    "sha1": (b"\x05", SHA1()),  # noqa: S303 -- a flaw for the judge to find
    "md5": (b"\x04", MD5()),  # noqa: S303 -- likewise
}
"""With the octet that tells each from RSA over SHA-256."""

_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True, slots=True, eq=False)
class Credential:
    """A key, the JWS algorithm it signs with, and its certificates: leaf first, root last."""

    algorithm: str
    key: SigningKey
    certificates: tuple[x509.Certificate, ...]


def certified(
    subject: x509.Name,
    key: SigningKey,
    *,
    issuer: tuple[x509.Name, SigningKey],
    validity: tuple[datetime, datetime],
    extensions: Extensions,
) -> x509.Certificate:
    """A certificate with a random serial.

    `issuer` is a name and the key that signs; each extension comes with whether it is critical.
    """
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity[0])
        .not_valid_after(validity[1])
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    edwards = isinstance(issuer[1], ed25519.Ed25519PrivateKey)
    return builder.sign(issuer[1], None if edwards else SHA256())


def weakened(
    certificate: x509.Certificate, algorithm: str, key: rsa.RSAPrivateKey
) -> x509.Certificate:
    """The certificate, signed by its issuer's key over SHA-1 or MD5, as no builder does any more.

    The names of the RSA algorithms differ in their last octet only, so that no length changes.
    """
    last, hashed = _WEAK[algorithm]
    tbs = certificate.tbs_certificate_bytes.replace(_WITH_SHA_256, _WITH_SHA_256[:-1] + last)
    signature = key.sign(tbs, PKCS1v15(), hashed)
    name = b"\x30\x0d\x06\x09" + _WITH_SHA_256[:-1] + last + b"\x05\x00"
    bits = _der(0x03, b"\x00" + signature)
    return x509.load_der_x509_certificate(_der(0x30, tbs + name + bits))


def _der(tag: int, content: bytes) -> bytes:
    return bytes((tag, 0x82)) + len(content).to_bytes(2, "big") + content


def new_key(algorithm: str) -> SigningKey:
    """A key for an algorithm of JWS; raises `ValueError` for one that is not known here."""
    match algorithm:
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case "ES384":
            return ec.generate_private_key(ec.SECP384R1())
        case "EdDSA" | "Ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case "RS256" | "PS256":
            return rsa.generate_private_key(65537, 2048)
    raise ValueError(f"the mock PKI has no key for the algorithm {algorithm!r}")


def distinguished_name(
    *,
    country: str | None = None,
    unit: str | None = None,
    organisation: str | None = None,
    common_name: str,
) -> x509.Name:
    """A name, its parts in the order in which the real ones have them."""
    parts = (
        (NameOID.COUNTRY_NAME, country),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.COMMON_NAME, common_name),
    )
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts if value])


def identifiers(key: SigningKey, issuer: SigningKey) -> Extensions:
    """By which key identifiers a certificate is found from below, and finds what is above."""
    return (
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), False),
    )


def usage(*names: str) -> x509.KeyUsage:
    """Key usages, by the names that `cryptography` gives them."""
    return x509.KeyUsage(**{name: name in names for name in _USAGES})


def policies() -> x509.CertificatePolicies:
    """What the certificate says of itself: that it is worth nothing."""
    notice = x509.UserNotice(None, "Do not trust this certificate. Test purpose only.")
    qualifiers: list[str | x509.UserNotice] = [f"{_POINTS}/cp/CPS.pdf", notice]
    return x509.CertificatePolicies([x509.PolicyInformation(_POLICY, qualifiers)])


def points(name: str, *, ocsp: bool) -> Extensions:
    """Where revocation and issuer would be found; `.localhost` cannot leave the machine."""
    issuer = x509.AccessDescription(
        AuthorityInformationAccessOID.CA_ISSUERS,
        x509.UniformResourceIdentifier(f"{_POINTS}/aia/{name}.crt"),
    )
    responder = x509.AccessDescription(
        AuthorityInformationAccessOID.OCSP,
        x509.UniformResourceIdentifier("http://ocsp-test.pki.localhost"),
    )
    revoked = x509.DistributionPoint(
        full_name=[x509.UniformResourceIdentifier(f"{_POINTS}/crl/{name}.crl")],
        relative_name=None,
        reasons=None,
        crl_issuer=None,
    )
    return (
        (x509.CRLDistributionPoints([revoked]), False),
        (x509.AuthorityInformationAccess([issuer, responder] if ocsp else [issuer]), False),
    )
