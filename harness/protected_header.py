"""What the protected header of a signature says: how, when and over which fields was signed.

The members are those of JAdES (ETSI TS 119 182-1) and JWS (RFC 7515). Each rule looks at one
concern and raises `Violation`; certificates are the business of `harness.chain`.
"""

from __future__ import annotations

from datetime import datetime
from math import inf

from harness.errors import Violation
from harness.jades import DIGEST_FIELD, OCTETS, Header
from harness.model import HttpResponse

MECHANISM = "http://uri.etsi.org/19182/HttpHeaders"
SKEW = 60.0
"""Seconds by which a signer's clock may run ahead of ours; our own choice."""

MUST_BE_CRITICAL = ("b64", "sigD")
DAY = 86_400.0
COMPACT = "JOSE"
"""What `typ` says of a JWS in compact form (RFC 7515, section 4.1.9); case does not matter."""

UNDERSTOOD = frozenset({*MUST_BE_CRITICAL, "sigX5ts", "x5t#o"})
"""What is evaluated: thumbprints by `harness.chain`; `sigT` is not, and so is not understood."""

_FOREIGN_TO_HEADERS = ("hashM", "hashV", "ctys")
_KEYS_FROM_ELSEWHERE = ("jwk", "jku", "x5u")
_NAMES_THE_SIGNER = ("x5t#S256", "x5c", "sigX5ts", "x5t#o")
_VOLATILE = frozenset(
    {
        "age",
        "alt-svc",
        "cache-control",
        "connection",
        "content-encoding",
        "content-length",
        "date",
        "etag",
        "expires",
        "keep-alive",
        "last-modified",
        "server",
        "set-cookie",
        "strict-transport-security",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "vary",
        "via",
        "warning",
        "x-cache",
    }
)
"""Fields that proxies and gateways add, leave out or write anew (RFC 9110, 7.6; RFC 9111)."""

_ENDLESS = (inf, -inf)


def algorithm(header: Header, reading: str = "eddsa-only") -> str:
    """The signature algorithm, one of those that the Common Services may use.

    `reading` is of `eddsa-name`: RFC 9864 gives EdDSA on this curve the name Ed25519.
    """
    named = header.get("alg")
    if named == "Ed25519" and reading == "either-name":
        return "EdDSA"
    if not isinstance(named, str) or named not in OCTETS:
        raise _flaw("algorithm-not-allowed", " or ".join(OCTETS), _member(header, "alg"))
    return named


def unencoded(header: Header) -> None:
    """The payload is signed as it is: `b64` is there and is false (TS 119 182-1, 5.1.10)."""
    if "b64" not in header:
        raise _flaw("b64-missing", "b64: false", "no b64")
    if header["b64"] is not False:
        raise _flaw("b64-not-false", "b64: false", _member(header, "b64"))


def critical(header: Header) -> None:
    """`crit` lists what a verifier must understand, and nothing it cannot (RFC 7515, 4.1.11)."""
    if "crit" not in header:
        raise _flaw("crit-missing", "crit: a list with b64 and sigD", "no crit")
    names = _texts(header["crit"])
    seen = _member(header, "crit")
    if not names:
        raise _flaw("crit-malformed", "a list of member names, not empty", seen)
    if len(set(names)) != len(names):
        raise _flaw("crit-repeated", "each name once", seen)
    if not set(names) <= header.keys():
        raise _flaw("crit-names-absent", "names of members of this header", seen)
    if not set(names) <= UNDERSTOOD:
        raise _flaw("crit-not-understood", f"some of {', '.join(sorted(UNDERSTOOD))}", seen)
    if not {name for name in MUST_BE_CRITICAL if name in header} <= set(names):
        raise _flaw("crit-incomplete", "b64 and sigD among the names", seen)


def mechanism(header: Header) -> Header:
    """The member `sigD`, which says that HTTP header fields are signed (TS 119 182-1, 5.2.8)."""
    stated = header.get("sigD")
    if not isinstance(stated, dict):
        raise _flaw("sigd-missing", "sigD: an object", _member(header, "sigD"))
    if stated.get("mId") != MECHANISM:
        raise _flaw("sigd-other-mechanism", MECHANISM, _member(stated, "mId"))
    foreign = [name for name in _FOREIGN_TO_HEADERS if name in stated]
    if foreign:
        raise _flaw("sigd-foreign-member", "mId and pars", f"also {', '.join(foreign)}")
    return stated


def signed_fields(stated: Header, response: HttpResponse) -> tuple[str, ...]:
    """The names in `sigD.pars`: lower case, each once, present in the answer, one of them `digest`.

    That the digest field itself is present is the business of `digest_field`.
    """
    names = _texts(stated.get("pars"))
    seen = _member(stated, "pars")
    if names is None:
        raise _flaw("pars-malformed", "a list of field names", seen)
    if any(name != name.lower() for name in names):
        raise _flaw("pars-not-lower-case", "names in lower case", seen)
    if len(set(names)) != len(names):
        raise _flaw("pars-repeated", "each name once", seen)
    if DIGEST_FIELD not in names:
        raise _flaw("pars-without-digest", "digest among the names", seen)
    absent = [n for n in names if n != DIGEST_FIELD and not response.values(n)]
    if absent:
        raise _flaw("pars-names-absent", "fields of this answer", f"no field {', '.join(absent)}")
    return names


def survives_proxies(fields: tuple[str, ...]) -> None:
    """None of the signed fields is one that a proxy on the way may change."""
    changing = [name for name in fields if name in _VOLATILE]
    if changing:
        raise _flaw("pars-volatile-field", "fields that stay as they are", ", ".join(changing))


def stated_type(header: Header) -> None:
    """`typ`, where it is there, says that this is a compact JWS (RFC 7515, section 4.1.9)."""
    stated = header.get("typ", COMPACT)
    if not isinstance(stated, str) or stated.upper() != COMPACT:
        raise _flaw("typ-other", COMPACT, _member(header, "typ"))


def no_content_type(header: Header) -> None:
    """`cty` is left out where `sigD` says what is signed (TS 119 182-1, 5.1.3)."""
    if "cty" in header and "sigD" in header:
        raise _flaw("cty-beside-sigd", "no cty", _member(header, "cty"))


def one_signing_time(header: Header) -> None:
    """The time is told by `iat` alone, not by `sigT`, which it replaced, as well."""
    if "sigT" in header:
        raise _flaw("signing-time-twice", "iat alone", _member(header, "sigT"))


def names_its_signer(header: Header) -> None:
    """One of the members that tell which certificate signed is there (TS 119 182-1, 5.1.7)."""
    if not any(name in header for name in _NAMES_THE_SIGNER):
        expected = f"one of {', '.join(_NAMES_THE_SIGNER)}"
        raise _flaw("signer-not-identified", expected, f"only {', '.join(header)}")


def carries_its_key(header: Header, reading: str) -> None:
    """The key comes with `x5c` alone: a key given or pointed to otherwise is nobody's.

    `reading` is of `key-from-elsewhere`.
    """
    if reading == "ignored":
        return
    found = [name for name in _KEYS_FROM_ELSEWHERE if name in header]
    if found:
        raise _flaw(
            "key-from-elsewhere", "the certificates in x5c only", f"also {', '.join(found)}"
        )


def recent(issued: float, *, now: datetime, vouched_since: datetime, reading: str) -> None:
    """The signing time is not from before all of the path was valid, or from before yesterday.

    `reading` is of `iat-age`; `vouched_since` is when the last certificate became valid, which is
    not judged where it lies ahead.
    """
    yesterday = now.timestamp() - DAY
    since = vouched_since.timestamp() if vouched_since <= now else issued
    earliest = max(since, yesterday) if reading == "within-a-day" else since
    if issued < earliest:
        raise _flaw("signed-too-long-ago", f"at least {earliest:.0f}", str(issued))


def issued_at(header: Header, *, now: datetime, not_before: datetime) -> float:
    """The signing time in seconds since 1970: not ahead of us, not before its certificate.

    `not_before` is when the signer's certificate became valid; that it has, is not judged here.
    """
    if "iat" not in header:
        raise _flaw("iat-missing", "iat: a number of seconds", "no iat")
    stated = header["iat"]
    if isinstance(stated, bool) or not isinstance(stated, int | float) or stated in _ENDLESS:
        raise _flaw("iat-malformed", "a number of seconds since 1970", _member(header, "iat"))
    if stated > now.timestamp() + SKEW:
        raise _flaw("iat-in-the-future", f"at most {now.timestamp() + SKEW:.0f}", f"{stated}")
    if stated < not_before.timestamp() <= now.timestamp():
        raise _flaw("iat-before-certificate", f"at least {not_before.timestamp():.0f}", f"{stated}")
    return stated


def _flaw(tag: str, expected: str, seen: str) -> Violation:
    return Violation(tag, expected=expected, seen=seen)


def _texts(value: object) -> tuple[str, ...] | None:
    """A JSON list of strings; None for anything else."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return None
    return tuple(value)


def _member(header: Header, name: str) -> str:
    return f"{name}: {header[name]!r}" if name in header else f"no {name}"
