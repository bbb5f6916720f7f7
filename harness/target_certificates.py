"""The certificates and keys that a target file names: read, and refused where they cannot serve.

What is taken is written out anew: what stands around the certificates in a file is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from warnings import catch_warnings, simplefilter

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.utils import CryptographyDeprecationWarning

from harness.target_words import Unfit, printable

LARGEST = 4 * 1024 * 1024
"""Bytes of a file; the roots of a whole system have a quarter of a megabyte."""

_BEGIN, _END = b"-----BEGIN", b"-----END"
_KEY = b"PRIVATE KEY-----"
_WRONG = (ValueError, TypeError, UnsupportedAlgorithm)


def trust_anchors(pem: bytes, at: datetime) -> bytes:
    """The certificates of a file, each of which is valid still; raises `Unfit`."""
    found = certificates(pem)
    for each in found:
        _unexpired(each, at)
    return _written(found)


def authorities(pem: bytes, at: datetime) -> bytes:
    """The certificates of a file, some of which are valid still; raises `Unfit`."""
    found = certificates(pem)
    if all(each.not_valid_after_utc <= at for each in found):
        _unexpired(found[0], at)
    return _written(found)


def judge_client(pem: bytes, at: datetime) -> None:
    """Raise `Unfit` where a client certificate cannot be read, or has expired."""
    _unexpired(certificates(pem)[0], at)


def client_certificate(pem: bytes, key: bytes, password: str | None, *, at: datetime) -> bytes:
    """A certificate with its chain, and then its key as it was; raises `Unfit`."""
    found = certificates(pem)
    _unexpired(found[0], at)
    secret, block = _private_key(key, password)
    if _public(secret) != _public(found[0]):
        raise Unfit(
            expected="the key of the certificate",
            seen=f"the key of another one than {name_of(found[0])}",
            remedy="give the key that the certificate was issued for, and the certificate first",
        )
    return _written(found) + block


def certificates(pem: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates in a file, in their order; raises `Unfit` where there is none."""
    expected = "certificates in PEM"
    if not pem.strip():
        raise Unfit(expected=expected, seen="an empty file", remedy="is it the right file?")
    if b"-----BEGIN CERTIFICATE-----" not in pem:
        is_key = _KEY in pem
        remedy = "a file in DER becomes PEM by: openssl x509 -inform der -in FILE -out FILE.pem"
        raise Unfit(
            expected=expected,
            seen="a private key alone" if is_key else "no -----BEGIN CERTIFICATE----- in it",
            remedy="give the file of the certificate" if is_key else remedy,
        )
    try:
        with catch_warnings():
            simplefilter("ignore", CryptographyDeprecationWarning)
            return tuple(x509.load_pem_x509_certificates(pem))
    except _WRONG as error:
        seen = f"one that cannot be read ({_why(error)})"
        remedy = "fetch the file again; openssl x509 -in FILE -text shows what can be read"
        raise Unfit(expected=expected, seen=seen, remedy=remedy) from None


def name_of(certificate: x509.Certificate) -> str:
    """The subject of a certificate."""
    try:
        return printable(certificate.subject.rfc4514_string()) or "a certificate without a name"
    except _WRONG:
        return "a certificate whose name cannot be read"


def _unexpired(certificate: x509.Certificate, at: datetime) -> None:
    end = certificate.not_valid_after_utc
    if end <= at:
        raise Unfit(
            expected="a certificate that is valid still",
            seen=f"{name_of(certificate)}, which expired on {end:%Y-%m-%d} (this machine's clock"
            f" says {at:%Y-%m-%d})",
            remedy="give its successor, or set the clock right",
        )


def _private_key(pem: bytes, password: str | None) -> tuple[PrivateKeyTypes, bytes]:
    """The one private key of a file, and its block."""
    block = _key_block(pem)
    secret = None if password is None else password.encode()
    try:
        with catch_warnings():
            simplefilter("ignore", CryptographyDeprecationWarning)
            return load_pem_private_key(block, secret), block
    except TypeError:  # as `cryptography` tells it
        given = password is not None
        raise Unfit(
            expected="a password for the key" if not given else "no password for this key",
            seen="none" if not given else "one, though the key is not encrypted",
            remedy='write key_password = { env = "NAME" }' if not given else "leave it out",
        ) from None
    except (ValueError, UnsupportedAlgorithm) as error:
        is_wrong = password is not None
        raise Unfit(
            expected="the password of the key" if is_wrong else "a private key in PEM",
            seen="one that does not open it"
            if is_wrong
            else f"one that cannot be read ({_why(error)})",
            remedy="try it with: openssl pkey -in FILE -noout",
        ) from None


def _key_block(pem: bytes) -> bytes:
    blocks = [
        _BEGIN + part.partition(_END)[0] + _END + part.partition(_END)[2].split(b"\n")[0]
        for part in pem.split(_BEGIN)[1:]
        if _KEY in part.split(b"\n", 1)[0]
    ]
    if len(blocks) != 1:
        raise Unfit(
            expected="one private key in PEM",
            seen=f"{len(blocks) or 'none'}",
            remedy="give the file that has -----BEGIN PRIVATE KEY----- in it",
        )
    return blocks[0].strip() + b"\n"


def _public(holder: PrivateKeyTypes | x509.Certificate) -> bytes:
    try:
        return holder.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except _WRONG as error:
        raise Unfit(
            expected="a key of a kind that TLS uses",
            seen=f"another ({_why(error)})",
            remedy="give an RSA, EC or Ed25519 key and its certificate",
        ) from None


def _written(found: Sequence[x509.Certificate]) -> bytes:
    return b"".join(each.public_bytes(Encoding.PEM) for each in found)


def _why(error: Exception) -> str:
    text = printable(str(error)) or type(error).__name__
    return text if len(text) <= 120 else f"{text[:120]}…"  # noqa: PLR2004 -- one line
