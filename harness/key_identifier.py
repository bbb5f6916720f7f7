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
_LONG = 0x80
"""The bit of a length that has octets of its own (X.690, section 8.1.3.5)."""


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
    outer = _element(_SEQUENCE, octets)
    if outer is None or outer[1]:
        return False
    names = _element(_SEQUENCE, outer[0])
    serial = _element(_INTEGER, names[1]) if names else None
    return serial is not None and not serial[1]


def _element(tag: int, octets: bytes) -> tuple[bytes, bytes] | None:
    """The content of the DER element of that tag, and what follows; None where there is none."""
    start, length = 2, int.from_bytes(octets[1:2])
    if length & _LONG:
        start += length ^ _LONG
        length = int.from_bytes(octets[2:start])
    end = start + length
    content = octets[start:end]
    return (content, octets[end:]) if octets[:end] == _wrapped(tag, content) else None


def _wrapped(tag: int, content: bytes) -> bytes:
    """A DER element: there is one spelling of each length."""
    length = len(content)
    if length < _LONG:
        return bytes((tag, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((tag, _LONG | len(octets))) + octets + content
