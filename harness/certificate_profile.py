"""What the certificates of a signature are like: the rules of RFC 5280 that make a path binding.

Each rule looks at one concern of a chain in the order of `x5c`, is kept by chain where no time is
asked for, and raises `Violation`. A certificate that names itself as its issuer vouches for nothing
and is only judged by its key. Whether a path leads to an anchor is the business of `harness.chain`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from harness.chain import Chain, name_of
from harness.errors import Violation

SMALLEST_RSA = 2048
"""Bits; our own figure, as that of most profiles in use."""

SOON = timedelta(days=30)
"""How long before its end a certificate ought to have been renewed: our own figure."""

LONGEST_LIFE = timedelta(days=1096)
"""Three years: our own figure; the acceptance environment's lives for two."""

_STRONG = frozenset({"sha256", "sha384", "sha512", "sha3-256", "sha3-384", "sha3-512"})
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_ELSEWHERE = frozenset(
    {
        ExtendedKeyUsageOID.SERVER_AUTH,
        ExtendedKeyUsageOID.CLIENT_AUTH,
        ExtendedKeyUsageOID.CODE_SIGNING,
        ExtendedKeyUsageOID.TIME_STAMPING,
        ExtendedKeyUsageOID.OCSP_SIGNING,
    }
)
"""Purposes that have nothing to do with the signature of an answer."""

_SIGNERS_OF_THE_COMMISSION = "EC-OOTS-CS"


@lru_cache(maxsize=256)
def sound(chain: Chain) -> None:
    """Every rule without which a path proves nothing, in their order."""
    for rule in (strong_hashes, strong_keys, authorities, short_enough, named, understood, leaf):
        rule(chain)


@lru_cache(maxsize=256)
def strong_hashes(chain: Chain) -> None:
    """Each certificate was signed over SHA-256 or better: collisions forge certificates."""
    for certificate in _issued(chain):
        try:
            hashed = certificate.signature_hash_algorithm
        except UnsupportedAlgorithm:
            seen = certificate.signature_algorithm_oid.dotted_string
        else:
            if hashed is None or hashed.name in _STRONG:
                continue
            seen = hashed.name
        raise _flaw("certificate-weak-hash", "SHA-256 or better", certificate, seen)


@lru_cache(maxsize=256)
def strong_keys(chain: Chain) -> None:
    """Each issuer's key is as strong as the signer's; that one is judged with the algorithm."""
    for certificate in chain.certificates[1:]:
        match certificate.public_key():
            case rsa.RSAPublicKey(key_size=size) if size >= SMALLEST_RSA:
                continue
            case ec.EllipticCurvePublicKey(curve=curve) if isinstance(curve, _CURVES):
                continue
            case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey():
                continue
            case other:
                seen = f"{getattr(other, 'key_size', '')} bits, {type(other).__name__}"
        expected = f"RSA of {SMALLEST_RSA} bits or more, P-256 or better"
        raise _flaw("issuer-weak-key", expected, certificate, seen)


@lru_cache(maxsize=256)
def authorities(chain: Chain) -> None:
    """Each issuer is an authority that may certify (RFC 5280, 4.2.1.3 and 4.2.1.9)."""
    for certificate in filter(_is_issued, chain.certificates[1:]):
        if not _is_authority(certificate):
            raise _flaw("issuer-not-an-authority", "basicConstraints with cA", certificate, "none")
        usage = _extension(certificate, x509.KeyUsage)
        if usage is None or not usage.key_cert_sign:
            seen = "no keyUsage" if usage is None else str(usage)
            raise _flaw("issuer-may-not-certify", "keyUsage with keyCertSign", certificate, seen)


@lru_cache(maxsize=256)
def short_enough(chain: Chain) -> None:
    """No issuer has more authorities below it than it may (RFC 5280, 4.2.1.9)."""
    for place, certificate in enumerate(chain.certificates[1:]):
        stated = _extension(certificate, x509.BasicConstraints)
        most = stated.path_length if stated else None
        below = sum(map(_is_issued, chain.certificates[1 : place + 1]))
        if most is not None and below > most:
            raise _flaw("path-too-long", f"at most {most} below", certificate, f"{below}")


@lru_cache(maxsize=256)
def named(chain: Chain) -> None:
    """Each subject is within what the issuers above may certify (RFC 5280, 4.2.1.10).

    Directory names are judged; other names have no part in this signature.
    """
    for place, above in enumerate(chain.certificates[1:], 1):
        limits = _extension(above, x509.NameConstraints)
        if limits is None:
            continue
        permitted = _subtrees(limits.permitted_subtrees)
        excluded = _subtrees(limits.excluded_subtrees)
        for below in filter(_is_issued, chain.certificates[:place]):
            within = not permitted or any(_under(below.subject, tree) for tree in permitted)
            if not within or any(_under(below.subject, tree) for tree in excluded):
                seen = below.subject.rfc4514_string()
                raise _flaw("name-not-permitted", "a name within its constraints", above, seen)


@lru_cache(maxsize=256)
def understood(chain: Chain) -> None:
    """No certificate has a critical extension that no verifier knows (RFC 5280, 4.2)."""
    for certificate in _issued(chain):
        for extension in certificate.extensions:
            if extension.critical and isinstance(extension.value, x509.UnrecognizedExtension):
                seen = extension.oid.dotted_string
                raise _flaw("critical-extension-unknown", "known extensions", certificate, seen)


@lru_cache(maxsize=256)
def leaf(chain: Chain) -> None:
    """The signer is no authority itself: its key would then vouch for other signers too."""
    if _is_authority(chain.leaf):
        raise _flaw("signer-is-an-authority", "an end entity", chain.leaf, "cA")


@lru_cache(maxsize=256)
def fit_for_answers(chain: Chain, reading: str) -> None:
    """The signer's certificate is not for something else (RFC 5280, 4.2.1.12).

    `reading` is of `leaf-certificate`.
    """
    purposes = _extension(chain.leaf, x509.ExtendedKeyUsage)
    seen = ", ".join(each.dotted_string for each in purposes or ())
    if purposes is not None and set(purposes) <= _ELSEWHERE:
        expected = "no extended key usage, or one for signatures"
        raise _flaw("certificate-for-another-purpose", expected, chain.leaf, seen)
    ours = name_of(chain.leaf).startswith(_SIGNERS_OF_THE_COMMISSION)
    if reading == "common-services-only" and not ours:
        expected = f"a name that begins with {_SIGNERS_OF_THE_COMMISSION}"
        raise _flaw("certificate-for-another-purpose", expected, chain.leaf, "another")


@lru_cache(maxsize=256)
def names_revocation(chain: Chain) -> None:
    """The signer's certificate says where it would be told that it is revoked."""
    access = _extension(chain.leaf, x509.AuthorityInformationAccess)
    asked = any(each.access_method == AuthorityInformationAccessOID.OCSP for each in access or ())
    if not asked and _extension(chain.leaf, x509.CRLDistributionPoints) is None:
        expected = "CRL distribution points, or the address of an OCSP responder"
        raise _flaw("revocation-not-named", expected, chain.leaf, "neither")


@lru_cache(maxsize=256)
def lives_reasonably(chain: Chain) -> None:
    """The signer's certificate is not valid for longer than a key should be in use."""
    life = chain.leaf.not_valid_after_utc - chain.leaf.not_valid_before_utc
    if life > LONGEST_LIFE:
        expected = f"at most {LONGEST_LIFE.days} days"
        raise _flaw("certificate-lives-too-long", expected, chain.leaf, f"{life.days} days")


@lru_cache(maxsize=256)
def each_once(chain: Chain) -> None:
    """No certificate is sent twice: all of it travels with every answer."""
    for place, certificate in enumerate(chain.certificates):
        if certificate in chain.certificates[:place]:
            raise _flaw("certificate-repeated", "each once", certificate, "twice")


def lasts(chain: Chain, now: datetime) -> None:
    """No certificate is about to expire; that none has expired is not judged here."""
    left = chain.not_after - now
    if timedelta(0) <= left < SOON:
        ends = min(chain.certificates, key=lambda each: each.not_valid_after_utc)
        seen = f"{left.days} days"
        raise _flaw("certificate-expires-soon", f"at least {SOON.days} days", ends, seen)


def _flaw(tag: str, expected: str, certificate: x509.Certificate, seen: str) -> Violation:
    return Violation(tag, expected=expected, seen=f"{name_of(certificate)}: {seen}")


def _issued(chain: Chain) -> Iterator[x509.Certificate]:
    return filter(_is_issued, chain.certificates)


def _is_issued(certificate: x509.Certificate) -> bool:
    """Whether another vouches for it; a root names itself (RFC 5280, 3.2: self-issued)."""
    return certificate.issuer != certificate.subject


def _is_authority(certificate: x509.Certificate) -> bool:
    stated = _extension(certificate, x509.BasicConstraints)
    return stated is not None and stated.ca


_Kind = TypeVar("_Kind", bound=x509.ExtensionType)


def _extension(certificate: x509.Certificate, kind: type[_Kind]) -> _Kind | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


_Rdns = tuple[frozenset[tuple[str, str]], ...]


def _subtrees(names: list[x509.GeneralName] | None) -> list[_Rdns]:
    found = (each.value for each in names or () if isinstance(each, x509.DirectoryName))
    return [_rdns(each) for each in found]


def _under(name: x509.Name, tree: _Rdns) -> bool:
    return _rdns(name)[: len(tree)] == tree


def _rdns(name: x509.Name) -> _Rdns:
    """The parts of a name, to be compared without regard to case (RFC 5280, 7.1)."""
    return tuple(
        frozenset((each.oid.dotted_string, str(each.value).casefold()) for each in part)
        for part in name.rdns
    )
