"""What a signed answer carries, taken apart and judged: the digest field and the signature field.

JAdES `HttpHeaders` (ETSI TS 119 182-1, 5.2.8.2) over a detached compact JWS (RFC 7515, RFC 7797).
Each rule looks at one concern, takes what the rule before it yields, and raises `Violation`. What
the protected header says is judged in `harness.protected_header`.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from binascii import a2b_base64
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256, sha512
from json import JSONDecoder
from types import MappingProxyType
from typing import NoReturn

from harness.errors import Violation
from harness.model import HttpResponse
from harness.remembered import remembered

DIGEST_FIELD = "digest"
DIGEST_OCTETS = 32
WANTED = "SHA-256"
WEAK = frozenset({"MD5", "SHA", "UNIXSUM", "UNIXCKSUM", "CRC32C", "ADLER32"})
"""Algorithms of RFC 3230 and its registry that a forger need not break."""

_MISSPELLED = (
    ("digest-whitespace", re.compile(r"\s")),
    ("digest-base64url", re.compile("[-_]")),
    ("digest-unpadded", re.compile("^[0-9A-Za-z+/]{43}$")),
)
"""How a digest can be spelled wrongly, the likeliest first."""

_OTHER_DIGESTS = frozenset({"content-digest", "repr-digest"})
_STRUCTURED = re.compile(r"(?i)(sha-256|sha-512)=:([^:]*):")
_FUNCTIONS = MappingProxyType({"sha-256": sha256, "sha-512": sha512})
SIGNATURE_FIELD = "oots-response-sig"
OCTETS = MappingProxyType({"ES256": 64, "EdDSA": 64})
"""How long a signature of each algorithm is."""

LONGEST_FIELD = MappingProxyType(
    {"over-16384-warns": 16_384, "over-8190-fails": 8_190, "over-4000-warns": 4_000}
)
"""Octets of the signature field, name included, by the readings of `header-size`."""

MOST_CHARACTERS = 65_536
"""Of a signature field that is taken apart at all; with three certificates it has some 5000."""

MOST_NESTING = 100
"""Lists and objects in a protected header; the real one has four."""

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


def digest_text(field: str, *, listed: bool = False) -> str:
    """The SHA-256 in the field, still encoded (RFC 3230, section 4.3.2; names in any case).

    One digest is expected; `listed` takes it out of a list of several.

    >>> digest_text("sha-256=47DEQpj8")
    '47DEQpj8'
    """
    entries = [entry.strip(" \t").partition("=") for entry in field.split(",")]
    names = [name.strip().upper() for name, _, _ in entries]
    if not all(equals for _, equals, _ in entries):
        raise _flaw("digest-malformed", "SHA-256=<base64>", field)
    if WANTED not in names:
        raise _flaw("digest-other-algorithm", "SHA-256=<base64>", field)
    if not listed and (weak := [name for name in names if name in WEAK]):
        raise _flaw("digest-weak-beside", "SHA-256 alone", f"also {', '.join(weak)}")
    if len(names) > 1 and not listed:
        raise _flaw("digest-list", "one digest", field)
    name, _, text = entries[names.index(WANTED)]
    return text if name == name.strip() else f" {text}"  # a space before the equals sign, told on


def digest_octets(text: str) -> bytes:
    """The 32 octets of a digest in base64, which has one spelling only (RFC 4648, section 4).

    >>> digest_octets("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=").hex()[:8]
    'e3b0c442'
    """
    octets = _unpacked(text)
    if octets is None:
        tag = next((tag for tag, sort in _MISSPELLED if sort.search(text)), "digest-not-base64")
        raise _flaw(tag, "padded base64 of 32 octets, and nothing else", text)
    if len(octets) != DIGEST_OCTETS:
        raise _flaw("digest-length", f"{DIGEST_OCTETS} octets", f"{len(octets)} octets: {text}")
    return octets


def other_digests(response: HttpResponse) -> tuple[str, ...]:
    """The fields of RFC 9530 that state a digest of the body too; each that we can tell is right.

    `Repr-Digest` is that of the body as well, because an answer is a whole representation.
    """
    found = tuple(pair for pair in response.headers if pair[0].lower() in _OTHER_DIGESTS)
    for name, value in found:
        for label, stated in _STRUCTURED.findall(value):
            computed = b64encode(_FUNCTIONS[label.lower()](response.body).digest()).decode()
            if stated != computed:
                raise _flaw("other-digest-wrong", f"{label}=:{computed}:", f"{name}: {stated}")
    return tuple(name for name, _ in found)


def is_of(digest: bytes, body: bytes) -> bool:
    """Whether the digest is the body's."""
    return digest == sha256(body).digest()


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
    if len(field) > MOST_CHARACTERS:
        expected = f"at most {MOST_CHARACTERS} characters"
        raise _flaw("signature-not-compact", expected, f"{len(field)} characters")
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


@remembered(256)  # every check of a signature asks for the same two
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


@remembered(64)  # every check of a signature asks for it, sound or not
def protected_header(raw: bytes) -> Header:
    """The JWS protected header: one JSON object in UTF-8 that names no member twice."""
    if raw.count(b"[") + raw.count(b"{") > MOST_NESTING:
        seen = "one with more lists and objects than that"
        raise _flaw("header-not-json", f"a JSON object with at most {MOST_NESTING} parts", seen)
    try:
        header = _DECODER.decode(raw.decode("utf-8"))
    except (ValueError, RecursionError) as unreadable:
        raise _flaw(
            "header-not-json", "a JSON object in UTF-8", f"{_opening(raw)} ({unreadable})"
        ) from None
    if not isinstance(header, dict):
        raise _flaw("header-not-an-object", "a JSON object", _opening(raw))
    return MappingProxyType(header)


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


def fits_proxies(value: str, reading: str) -> None:
    """The signature field, name included, passes through proxies; `reading` is of `header-size`."""
    octets, most = len(f"{SIGNATURE_FIELD}: {value}"), LONGEST_FIELD[reading]
    if octets > most:
        raise _flaw("signature-too-long", f"at most {most} octets", f"{octets} octets")


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
        often = Counter(name for name, _ in pairs)
        twice = sorted(name for name, times in often.items() if times > 1)
        raise _flaw("header-member-repeated", "each member once", ", ".join(twice))
    return members


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


_DECODER = JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_number)


def _opening(raw: bytes) -> str:
    return raw[:40].decode("utf-8", "backslashreplace")
