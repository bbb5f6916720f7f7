"""What TDD 3.7 asks of TLS: versions, and the profile of the server's certificate.

Nothing is negotiated here: `TlsSeen` is what an adapter saw when it greeted a server. The hello of
an outdated version is built by hand, because today's TLS libraries no longer send one.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import lru_cache
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from harness.errors import NotApplicable, Unreachable, Violation
from harness.model import TlsSeen

OUTDATED = "TLSv1.1"
"""The newest version that must not be spoken any more."""

LONGEST_VALIDITY = timedelta(days=398)
CURVES = ("secp256r1", "secp384r1", "secp521r1")
SMALLEST_RSA = 2048

_TLS_1_1 = 0x0302
_HANDSHAKE, _SERVER_HELLO = 22, 2
_SUITES = (0xC014, 0xC013, 0xC00A, 0xC009, 0x0039, 0x0033, 0x0035, 0x002F, 0x000A)
"""The commonest cipher suites that TLS 1.1 has, ephemeral ones first."""


def outdated_hello(host: str, random: bytes) -> bytes:
    """A ClientHello of TLS 1.1 (RFC 4346, section 7.4.1.2); `random` are 32 octets."""
    name = host.encode("ascii")
    suites = b"".join(struct.pack(">H", each) for each in _SUITES)
    extensions = _extension(0, _sized(2, b"\0" + _sized(2, name)))
    extensions += _extension(10, _sized(2, struct.pack(">3H", 23, 24, 25)))
    extensions += _extension(11, _sized(1, b"\0"))
    body = struct.pack(">H", _TLS_1_1) + random + b"\0"
    body += _sized(2, suites) + b"\x01\x00" + _sized(2, extensions)
    message = b"\x01" + _sized(3, body)
    return struct.pack(">BH", _HANDSHAKE, 0x0301) + _sized(2, message)


def is_taken(answer: bytes) -> bool:
    """Whether a server's first octets are a ServerHello: it goes along with what was offered."""
    return answer[:1] == bytes([_HANDSHAKE]) and answer[5:6] == bytes([_SERVER_HELLO])


def certificate(seen: TlsSeen) -> x509.Certificate:
    """The server's certificate; raises `Unreachable` where it cannot be read."""
    try:
        return _certificate(seen.certificate)
    except ValueError as error:
        raise Unreachable("the server's certificate", why=f"it cannot be read: {error}") from None


_certificate = lru_cache(x509.load_der_x509_certificate)


def judge_names(seen: TlsSeen, host: str) -> None:
    """Raise `Violation`: `tls-names-missing`, or `tls-host-not-named` among its names."""
    found = certificate(seen).extensions
    try:
        names = found.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        expected = f"subjectAltName with {host}"
        raise Violation("tls-names-missing", expected=expected, seen="none") from None
    dns = names.get_values_for_type(x509.DNSName)
    addresses = [str(each) for each in names.get_values_for_type(x509.IPAddress)]
    right = (
        _address(host) in addresses if _address(host) else any(_named(host, each) for each in dns)
    )
    if not right:
        seen_names = ", ".join((*dns, *addresses))
        raise Violation("tls-host-not-named", expected=host, seen=seen_names)


def _named(host: str, name: str) -> bool:
    """Whether a name, its first label perhaps a star, is the host's (RFC 6125, section 6.4.3).

    >>> _named("a.b.example", "*.b.example"), _named("a.b.example", "*.example")
    (True, False)
    """
    first, _, rest = name.lower().partition(".")
    own, _, domain = host.lower().partition(".")
    return rest == domain and (first == own or (first == "*" and fnmatchcase(own, "?*")))


def _address(host: str) -> str | None:
    try:
        return str(ip_address(host))
    except ValueError:
        return None


def judge_usage(seen: TlsSeen) -> None:
    """Raise `Violation` for a use that is missing, or one that is forbidden."""
    found = certificate(seen).extensions
    try:
        usage = found.get_extension_for_class(x509.KeyUsage).value
        signs = usage.digital_signature
    except x509.ExtensionNotFound:
        signs = False
    if not signs:
        expected = "key usage digitalSignature"
        raise Violation("tls-digital-signature-missing", expected=expected, seen="none")
    try:
        purposes = list(found.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        purposes = []
    told = ", ".join(each.dotted_string for each in purposes) or "none"
    if ExtendedKeyUsageOID.SERVER_AUTH not in purposes:
        expected = "extended key usage serverAuth"
        raise Violation("tls-server-auth-missing", expected=expected, seen=told)
    if ExtendedKeyUsageOID.CLIENT_AUTH in purposes:
        expected = "no extended key usage clientAuth"
        raise Violation("tls-client-auth-allowed", expected=expected, seen=told)


def judge_validity(seen: TlsSeen, now: datetime) -> None:
    """Raise `Violation`: `tls-certificate-not-valid-now` or `tls-certificate-long-lived`."""
    found = certificate(seen)
    since, until = found.not_valid_before_utc, found.not_valid_after_utc
    span = f"{since.isoformat()} to {until.isoformat()}"
    if not since <= now <= until:
        expected = f"valid at {now.isoformat()}"
        raise Violation("tls-certificate-not-valid-now", expected=expected, seen=span)
    if until - since > LONGEST_VALIDITY:
        expected = f"at most {LONGEST_VALIDITY.days} days"
        raise Violation("tls-certificate-long-lived", expected=expected, seen=span)


def judge_key(seen: TlsSeen) -> None:
    """Raise `Violation` with the tag `tls-key-weak`."""
    expected = f"a key on {', '.join(CURVES)}, of Ed25519 or Ed448, or RSA of {SMALLEST_RSA} bits"
    key = certificate(seen).public_key()
    match key:
        case ec.EllipticCurvePublicKey() if key.curve.name in CURVES:
            return
        case rsa.RSAPublicKey() if key.key_size >= SMALLEST_RSA:
            return
        case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey():
            return
        case ec.EllipticCurvePublicKey():
            told = key.curve.name
        case rsa.RSAPublicKey():
            told = f"RSA, {key.key_size} bits"
        case _:
            told = type(key).__name__
    raise Violation("tls-key-weak", expected=expected, seen=told)


def heard(seen: TlsSeen | None) -> TlsSeen:
    """What a greeting found; raises `NotApplicable` where the server declined it."""
    if seen is None:
        raise NotApplicable("the server declined the greeting")
    return seen


def told(seen: TlsSeen | None) -> Iterator[str]:
    """What a greeting found, as lines for the record."""
    if seen is None:
        yield "declined"
        return
    yield seen.version
    yield seen.cipher
    if seen.certificate:
        yield x509.load_der_x509_certificate(seen.certificate).subject.rfc4514_string()
        yield seen.certificate.hex()


def _extension(kind: int, data: bytes) -> bytes:
    return struct.pack(">H", kind) + _sized(2, data)


def _sized(octets: int, data: bytes) -> bytes:
    return len(data).to_bytes(octets, "big") + data
