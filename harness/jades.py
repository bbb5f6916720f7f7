"""What a signed answer carries, taken apart and judged: the digest field and the signature field.

JAdES `HttpHeaders` (ETSI TS 119 182-1, 5.2.8.2) over a detached compact JWS (RFC 7515, RFC 7797).
Each rule looks at one concern, takes what the rule before it yields, and raises `Violation`. What
the protected header says is judged in `harness.protected_header`.
"""

from __future__ import annotations

from base64 import b64decode, b64encode, urlsafe_b64encode
from binascii import a2b_base64
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from json import JSONDecoder
from types import MappingProxyType
from typing import NoReturn

from harness.errors import Violation
from harness.model import HttpResponse

DIGEST_FIELD = "digest"
DIGEST_OCTETS = 32
SIGNATURE_FIELD = "oots-response-sig"
OCTETS = MappingProxyType({"ES256": 64, "EdDSA": 64})
"""How long a signature of each algorithm is."""

LONGEST_FIELD = 16_384
"""Octets of the signature field that the documented settings of caching proxies let through."""

_TO_BASE64 = bytes.maketrans(b"-_+/=", b"+/!!!")
"""To the ordinary alphabet; what is of that alphabet only, to what no alphabet has."""

Header = Mapping[str, object]


def digest_field(response: HttpResponse) -> str:
    """The value of the one `digest` field."""
    match response.values(DIGEST_FIELD):
        case (value,):
            return value
        case ():
            raise _flaw("digest-missing", "one digest field", "none")
        case several:
            raise _flaw("digest-repeated", "one digest field", " | ".join(several))


def digest_octets(field: str) -> bytes:
    """The digest that the field states (RFC 3230, section 4.3.2): 32 octets of SHA-256.

    >>> digest_octets("SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=").hex()[:8]
    'e3b0c442'
    """
    algorithm, equals, text = field.partition("=")
    if equals and algorithm.upper() != "SHA-256":
        raise _flaw("digest-other-algorithm", "SHA-256=<base64>", field)
    octets = _unpacked(text)
    if octets is None or len(octets) != DIGEST_OCTETS:
        raise _flaw("digest-malformed", "SHA-256=<base64 of 32 octets>, and nothing else", field)
    return octets


def covers(digest: bytes, body: bytes) -> None:
    """The digest is the body's."""
    computed = sha256(body).digest()
    if digest != computed:
        expected = f"{b64encode(computed).decode()}, the digest of the body ({len(body)} octets)"
        seen = f"{b64encode(digest).decode()} in the header field digest"
        raise _flaw("body-not-covered", expected, seen)


def signature_field(response: HttpResponse) -> str:
    """The value of the one `oots-response-sig` field."""
    match response.values(SIGNATURE_FIELD):
        case (value,):
            return value
        case ():
            raise _flaw("signature-missing", f"one {SIGNATURE_FIELD} field", "none")
        case several:
            raise _flaw(
                "signature-repeated", f"one {SIGNATURE_FIELD} field", f"{len(several)} of them"
            )


def segments(field: str) -> tuple[str, str]:
    """Protected header and signature of a compact JWS whose payload is detached.

    >>> segments("eyJ9..c2ln")
    ('eyJ9', 'c2ln')
    """
    match field.split("."):
        case [protected, "", signature]:
            return protected, signature
        case [_, payload, _]:
            seen = f"a payload of {len(payload)} characters"
            raise _flaw("signature-not-detached", "an empty payload segment", seen)
        case parts:
            raise _flaw(
                "signature-not-compact", "<header>..<signature>", f"{len(parts)} segment(s)"
            )


def octets_of(segment: str) -> bytes:
    """The octets of a base64url segment, which has one spelling only (RFC 7515, section 2).

    >>> octets_of("c2ln")
    b'sig'
    """
    raw = segment.encode("ascii", "replace")
    try:
        octets = a2b_base64(raw.translate(_TO_BASE64) + b"=" * (-len(raw) % 4), strict_mode=True)
    except ValueError:
        octets = None
    spare = len(raw) % 4
    if octets is None or (spare and _last(octets) != raw[-spare:]):
        raise _flaw("segment-not-base64url", "base64url without padding", segment)
    return octets


def _last(octets: bytes) -> bytes:
    """How the octets that do not fill a group are spelled, their spare bits being zero."""
    return urlsafe_b64encode(octets[-(len(octets) % 3) :]).rstrip(b"=")


def protected_header(raw: bytes) -> Header:
    """The JWS protected header: one JSON object in UTF-8 that names no member twice."""
    try:
        header = _DECODER.decode(raw.decode("utf-8"))
    except (ValueError, RecursionError) as unreadable:
        raise _flaw(
            "header-not-json", "a JSON object in UTF-8", f"{_opening(raw)} ({unreadable})"
        ) from None
    if not isinstance(header, dict):
        raise _flaw("header-not-an-object", "a JSON object", _opening(raw))
    return MappingProxyType(header)


@lru_cache(maxsize=256)
def header_of(segment: str) -> Header:
    """The protected header of a segment; a signer sends the same one for a second, or for days."""
    return protected_header(octets_of(segment))


def signed_octets(protected: str, fields: tuple[str, ...], response: HttpResponse) -> bytes:
    """What the signature is computed over: the header as sent, a dot, one line for each field.

    >>> answer = HttpResponse(200, (("Digest", "SHA-256=abc="),), b"")
    >>> signed_octets("eyJ9", ("digest",), answer)
    b'eyJ9.digest: SHA-256=abc='
    """
    lines = "\n".join(f"{name}: {', '.join(response.values(name))}" for name in fields)
    return f"{protected}.{lines}".encode("latin-1", "replace")


def full_length(algorithm: str, signature: bytes) -> bytes:
    """The signature: r and s of 32 octets each (RFC 7518, 3.4), or R and S (RFC 8037, 3.1)."""
    if len(signature) != OCTETS[algorithm]:
        raise _flaw("signature-length", f"{OCTETS[algorithm]} octets", f"{len(signature)} octets")
    return signature


def fits_proxies(value: str) -> None:
    """The signature field, name included, passes through proxies that are set up as documented."""
    octets = len(f"{SIGNATURE_FIELD}: {value}")
    if octets >= LONGEST_FIELD:
        raise _flaw("signature-too-long", f"fewer than {LONGEST_FIELD} octets", f"{octets} octets")


def _flaw(tag: str, expected: str, seen: str) -> Violation:
    return Violation(tag, expected=expected, seen=seen)


def _unpacked(text: str) -> bytes | None:
    """The octets of strict base64; None for any other spelling of them."""
    try:
        octets = b64decode(text, validate=True)
    except ValueError:
        return None
    return octets if b64encode(octets).decode() == text else None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise _flaw("header-member-repeated", "each member once", ", ".join(twice))
    return members


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


_DECODER = JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_number)


def _opening(raw: bytes) -> str:
    return raw[:40].decode("utf-8", "backslashreplace")
