"""The member `kid`: in the form that JAdES gives it, the issuer and serial of a certificate.

A `kid` of any other form is a name that only its maker understands, and is not judged.
"""

from __future__ import annotations

from base64 import b64decode
from functools import lru_cache

from cryptography import x509

from harness.chain import Chain
from harness.errors import Violation
from harness.jades import Header

LONGEST = 4096
"""Octets of an encoded `IssuerSerial`; our own figure, several times what any name takes."""

_SEQUENCE, _DIRECTORY_NAME, _INTEGER = 0x30, 0xA4, 0x02
_SHORT = 0x80


def is_the_signers(header: Header, chain: Chain) -> bool:
    """Whether `kid` is an `IssuerSerial` (RFC 5035, section 5); it is then the signer's."""
    stated = header.get("kid")
    if not isinstance(stated, str) or len(stated) > LONGEST:
        return False
    return _is_of(stated, chain)


@lru_cache(maxsize=256)
def _is_of(stated: str, chain: Chain) -> bool:
    try:
        octets = b64decode(stated, validate=True)
    except ValueError:
        return False
    if not is_issuer_serial(octets):
        return False
    expected = issuer_serial(chain.leaf)
    if octets != expected:
        raise Violation(
            "kid-of-another-certificate", expected=expected.hex(), seen=f"kid: {octets.hex()}"
        )
    return True


def issuer_serial(certificate: x509.Certificate) -> bytes:
    """What identifies a certificate: its issuer as a directory name, then its serial; in DER."""
    name = _wrapped(_DIRECTORY_NAME, certificate.issuer.public_bytes())
    number = certificate.serial_number
    octets = number.to_bytes(number.bit_length() // 8 + 1, signed=True)
    serial = _wrapped(_INTEGER, octets)
    return _wrapped(_SEQUENCE, _wrapped(_SEQUENCE, name) + serial)


def is_issuer_serial(octets: bytes) -> bool:
    """Whether octets have that form: a sequence of a sequence and of a whole number.

    >>> is_issuer_serial(bytes.fromhex("3005" "3000" "020101"))
    True
    >>> is_issuer_serial(b"key-1")
    False
    """
    outer = _element(octets)
    if outer is None or outer[0] != _SEQUENCE or outer[2]:
        return False
    names = _element(outer[1])
    serial = _element(names[2]) if names else None
    if names is None or serial is None:
        return False
    return (names[0], serial[0], serial[2]) == (_SEQUENCE, _INTEGER, b"")


def _element(octets: bytes) -> tuple[int, bytes, bytes] | None:
    """Tag, content and what follows, of one DER element; None where it is none."""
    if len(octets) < 2:  # noqa: PLR2004 -- a tag and a length
        return None
    start, length = 2, octets[1]
    if length >= _SHORT:
        start += length - _SHORT
        length = int.from_bytes(octets[2:start])
    if start + length > len(octets):
        return None
    return octets[0], octets[start : start + length], octets[start + length :]


def _wrapped(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < _SHORT:
        return bytes((tag, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((tag, _SHORT | len(octets))) + octets + content
