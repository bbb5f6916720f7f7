"""The certificates that come with a signature: who signed, and who vouches for it.

The path builder of `cryptography` is not used: it enforces the profile of the web's PKI, which the
sealing certificates of a Member State need not follow. What is found is kept by chain and anchors,
so that a thousand answers of one signer cost one path. No list of revocations is fetched.
"""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256, sha384, sha512
from itertools import pairwise
from types import MappingProxyType
from warnings import catch_warnings

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning

from harness.errors import UsageFault, Violation
from harness.jades import Header
from harness.model import Environment

LONGEST_CHAIN = 8
_UNUSABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
_DIGESTS = MappingProxyType({"S256": sha256, "S384": sha384, "S512": sha512})
"""The hash functions of thumbprints, by the names that JAdES headers give them."""


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """The certificates of `x5c` as they came: the signer's first.

    `not_before` and `not_after` bound the time in which all of them are valid; `key` is the
    signer's, None where it is of no kind that the Common Services sign with.
    """

    certificates: tuple[x509.Certificate, ...]
    der: bytes
    key: EllipticCurvePublicKey | Ed25519PublicKey | None
    not_before: datetime
    not_after: datetime

    @property
    def leaf(self) -> x509.Certificate:
        """The signer's certificate."""
        return self.certificates[0]

    def __str__(self) -> str:
        return " <- ".join(name_of(certificate) for certificate in self.certificates)


def chain_of(header: Header) -> Chain:
    """The certificates in the member `x5c` (RFC 7515, section 4.1.6), read."""
    if "x5c" not in header:
        raise Violation("x5c-missing", expected="x5c: a list of certificates", seen="no x5c")
    texts = header["x5c"]
    if (
        not isinstance(texts, list)
        or not 1 <= len(texts) <= LONGEST_CHAIN
        or not all(isinstance(text, str) for text in texts)
    ):
        raise Violation(
            "x5c-malformed", expected=f"a list of 1 to {LONGEST_CHAIN} strings", seen=texts
        )
    return _read(tuple(texts))


@lru_cache(maxsize=256)
def _read(texts: tuple[str, ...]) -> Chain:
    certificates = tuple(_certificate(number, text) for number, text in enumerate(texts, 1))
    key = certificates[0].public_key()
    return Chain(
        certificates,
        certificates[0].public_bytes(Encoding.DER),
        key if isinstance(key, EllipticCurvePublicKey | Ed25519PublicKey) else None,
        max(certificate.not_valid_before_utc for certificate in certificates),
        min(certificate.not_valid_after_utc for certificate in certificates),
    )


def _certificate(number: int, text: str) -> x509.Certificate:
    """One certificate, with the parts that are decoded late decoded now."""
    try:
        with catch_warnings(action="ignore", category=CryptographyDeprecationWarning):
            certificate = x509.load_der_x509_certificate(b64decode(text, validate=True))
        _ = certificate.extensions, certificate.public_key(), name_of(certificate)
        _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except _UNUSABLE as unreadable:
        raise Violation(
            "certificate-unreadable",
            expected="base64 of a DER certificate",
            seen=f"certificate {number} of x5c: {text[:40]}… ({unreadable})",
        ) from None
    return certificate


@lru_cache(maxsize=256)
def ordered(chain: Chain) -> None:
    """Each certificate is followed by the one of its issuer."""
    for below, above in pairwise(chain.certificates):
        if not _issued(below, above):
            raise Violation(
                "chain-out-of-order",
                expected="each certificate issued by the one that follows it",
                seen=f"{name_of(below)}, then {name_of(above)}",
            )


def _issued(below: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(above)
    except (*_UNUSABLE, InvalidSignature):
        return False
    return True


@lru_cache(maxsize=256)
def trusted(chain: Chain, anchors: bytes) -> None:
    """A path leads from the signer's certificate to one of the anchors (RFC 5280, section 6).

    `anchors` is PEM. Here a path is signatures; what its certificates say of themselves, and when,
    is judged by `valid_at` and by `harness.certificate_profile`, each flaw by its own name. A root
    that is sent along vouches for nothing, and is left out; an anchor is a name and a key.
    """
    roots = roots_of(anchors)
    between = [each for each in chain.certificates[1:] if not _issued(each, each)]
    if _reaches(chain.leaf, between, roots):
        return
    expected = f"a path to {', '.join(name_of(root) for root in roots)}"
    raise Violation(
        "chain-not-trusted", expected=expected, seen=f"{chain}; {_astray(chain, roots)}"
    )


def _reaches(
    leaf: x509.Certificate, between: list[x509.Certificate], roots: tuple[x509.Certificate, ...]
) -> bool:
    """Whether signature by signature the way leads up to a root."""
    below = leaf
    for above in between:
        if any(_issued(below, root) for root in roots):
            return True
        if not _issued(below, above):
            return False
        below = above
    return any(_issued(below, root) for root in roots)


def _astray(chain: Chain, roots: tuple[x509.Certificate, ...]) -> str:
    """Why a chain leads to none of the anchors."""
    last = chain.certificates[-1]
    namesakes = [root for root in roots if root.subject == last.issuer]
    if not namesakes:
        issuer = last.issuer.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        name = str(issuer[0].value) if issuer else last.issuer.rfc4514_string() or "(no name)"
        return f"it ends at {name}, which is no trust anchor given"
    if not any(_issued(last, root) for root in namesakes):
        return (
            "the trust anchor has the same name, another key: is it the anchor of this environment?"
        )
    return "a certificate on the way was not issued by the next"


def of_the_commission(anchors: bytes) -> bytes:
    """Those of the anchors that are roots of the European Commission, as PEM, perhaps none."""
    ours = (root for root in roots_of(anchors) if "European Commission" in name_of(root))
    return b"".join(root.public_bytes(Encoding.PEM) for root in ours)


def summit(chain: Chain) -> x509.Name:
    """The name under which the last certificate was issued: that of the root, sent or not."""
    return chain.certificates[-1].issuer


@lru_cache(maxsize=32)
def roots_of(anchors: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM text; raises `UsageFault` where it holds none that can be read."""
    try:
        roots = tuple(x509.load_pem_x509_certificates(anchors))
        _ = [(root.extensions, root.public_key(), name_of(root)) for root in roots]
    except _UNUSABLE as unreadable:
        raise UsageFault(
            "the trust anchors",
            expected="one or more certificates in PEM form",
            seen=f"{len(anchors)} octets ({unreadable})".replace("\n", " "),
            remedy="give the root certificates of the environment",
        ) from None
    return roots


def trusted_by_no_other(chain: Chain, others: Mapping[Environment, bytes]) -> None:
    """None of these other environments' anchors vouches for the signer; `others` is in PEM."""
    for environment, anchors in others.items():
        if _vouched(chain, anchors):
            raise Violation(
                "trusted-in-another-environment",
                expected=f"no path to an anchor of {environment}",
                seen=f"{chain} ends at one",
            )


def _vouched(chain: Chain, anchors: bytes) -> bool:
    try:
        trusted(chain, anchors)
    except Violation:
        return False
    return True


def valid_at(chain: Chain, now: datetime) -> None:
    """Every certificate is within its validity."""
    for certificate in chain.certificates:
        if now > certificate.not_valid_after_utc:
            raise _outside("certificate-expired", certificate, now)
        if now < certificate.not_valid_before_utc:
            raise _outside("certificate-not-yet-valid", certificate, now)


def _outside(tag: str, certificate: x509.Certificate, now: datetime) -> Violation:
    since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    expected = f"{since:%Y-%m-%dT%H:%M:%SZ} to {until:%Y-%m-%dT%H:%M:%SZ}"
    seen = f"{name_of(certificate)} used at {now:%Y-%m-%dT%H:%M:%SZ}"
    return Violation(tag, expected=expected, seen=seen)


@lru_cache(maxsize=256)
def may_sign(chain: Chain) -> None:
    """The signer's key is meant for digital signatures (RFC 5280, section 4.2.1.3)."""
    try:
        usage = chain.leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        raise Violation(
            "key-usage-missing",
            expected="keyUsage with digitalSignature or nonRepudiation",
            seen="no keyUsage",
        ) from None
    if not (usage.digital_signature or usage.content_commitment):
        raise Violation(
            "key-usage-not-signature",
            expected="keyUsage with digitalSignature or nonRepudiation",
            seen="keyUsage with neither",
        )


def fits(algorithm: str, chain: Chain) -> EllipticCurvePublicKey | Ed25519PublicKey:
    """The signer's key, of the kind that the algorithm asks for (RFC 7518, 3.4; RFC 8037, 3.1)."""
    match algorithm, chain.key:
        case "ES256", EllipticCurvePublicKey(curve=SECP256R1()) as key:
            return key
        case "EdDSA", Ed25519PublicKey() as key:
            return key
    kind = type(chain.leaf.public_key()).__name__
    raise Violation("key-does-not-fit", expected=f"a key for {algorithm}", seen=f"{kind} in x5c")


def matches_thumbprints(header: Header, chain: Chain) -> tuple[str, ...]:
    """The thumbprints that the header gives, by name; each is of the signer's certificate."""
    if "x5t" in header:
        raise Violation("thumbprint-sha1", expected="x5t#o or x5t#S256", seen="x5t, which is SHA-1")
    stated = tuple(name for name in ("x5t#o", "x5t#S256", "sigX5ts") if name in header)
    for name in stated:
        label, value = _thumbprint(name, header[name])
        computed = _leaf_digest(label, chain)
        if value != computed:
            raise Violation("thumbprint-mismatch", expected=computed, seen=f"{name}: {value}")
    return stated


@lru_cache(maxsize=256)
def _leaf_digest(label: str, chain: Chain) -> str:
    return urlsafe_b64encode(_DIGESTS[label](chain.der).digest()).rstrip(b"=").decode()


def _thumbprint(name: str, stated: object) -> tuple[str, str]:
    """The hash function's name and the value that a member of the header states.

    `sigX5ts` is a list of them, the signer's first (TS 119 182-1, 5.2.2).
    """
    first = stated[0] if isinstance(stated, list) and stated else stated
    members = first if isinstance(first, dict) else {"digAlg": "S256", "digVal": first}
    label, value = members.get("digAlg"), members.get("digVal")
    fitting = isinstance(first, dict) is (name != "x5t#S256")
    fitting = fitting and (first is not stated) is (name == "sigX5ts")
    if fitting and isinstance(value, str) and isinstance(label, str) and label in _DIGESTS:
        return label, value
    raise Violation(
        "thumbprint-malformed",
        expected=f"digAlg one of {', '.join(_DIGESTS)} and digVal, or base64url for x5t#S256",
        seen=f"{name}: {stated!r}",
    )


def name_of(certificate: x509.Certificate) -> str:
    """The common name of a certificate's subject, or the whole subject."""
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string() or "(no name)"
