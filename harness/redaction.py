"""Secrets kept out of what is written: every form in which a text may travel is replaced.

The forms: as it is, in any case; percent-encoded, in whole or in part; escaped for JSON or XML; and
in base64, alone or within a longer text, as a password is in Basic credentials (RFC 7617). What is
compressed is not looked into.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeAlias

from harness.model import CheckResult, Exchange, Reach

MASK = "(secret)"
"""What stands where a secret stood."""

LEAST = 4
"""Characters below which a text is no secret: it would be found wherever one looks."""

_LEAST_CORE = 8
"""Characters of base64 that cannot be there by chance."""

_CUT = "…"
"""What `harness.errors` puts where it cuts a long text."""

Octets: TypeAlias = bytes
"""What `bytes` means, where a method is called so."""

_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")


class Scrubber:
    """Replaces some texts, in every form of theirs, by a mask; without texts it changes nothing.

    Texts of fewer than `LEAST` characters are left alone.
    """

    def __init__(self, texts: Iterable[str], *, mask: str = MASK) -> None:
        chosen = sorted({text for text in texts if len(text) >= LEAST}, key=len, reverse=True)
        self._mask: Octets = mask.encode()
        self._texts = tuple(chosen)
        self._plain = _Forms.of(form for text in chosen for form in _plain_forms(text))
        self._latin = _Forms.of(form for text in chosen for form in _latin_forms(text))
        self._encoded = [_escaped(text.encode()) for text in chosen]
        self._cores = tuple(dict.fromkeys(core for text in chosen for core in _cores(text)))

    def __bool__(self) -> bool:
        """Whether there is anything to replace."""
        return bool(self._texts)

    def text(self, text: str) -> str:
        """A text without the secrets, nor the beginning of one where it was cut."""
        if not self._texts:
            return text
        clean = self._scrubbed(text.encode("utf-8", "surrogatepass"))
        return self._uncut(clean.decode("utf-8", "surrogatepass"))

    def bytes(self, data: Octets) -> Octets:
        """Octets without the secrets, whether in UTF-8 or in latin-1."""
        if not self._texts:
            return data
        return self._latin.replaced(self._scrubbed(data), self._mask)

    def exchange(self, exchange: Exchange) -> Exchange:
        """An exchange without the secrets in what was sent, received, or said of it."""
        if not self._texts:
            return exchange
        return replace(
            exchange,
            peer=self.text(exchange.peer),
            request=self.bytes(exchange.request),
            response=None if exchange.response is None else self.bytes(exchange.response),
            error=self._if_any(exchange.error),
        )

    def result(self, result: CheckResult) -> CheckResult:
        """A result without the secrets in what was expected, seen, or said of it."""
        if not self._texts:
            return result
        return replace(
            result,
            expected=self._if_any(result.expected),
            seen=self._if_any(result.seen),
            detail=self._if_any(result.detail),
            source=self._if_any(result.source),
        )

    def _if_any(self, text: str | None) -> str | None:
        return None if text is None else self.text(text)

    def _scrubbed(self, data: Octets) -> Octets:
        data = self._plain.replaced(data, self._mask)
        if b"%" in data:
            for pattern in self._encoded:
                data = pattern.sub(self._mask, data)
        for core in self._cores:
            at = data.find(core)
            while at >= 0:
                start, end = _run(data, at, at + len(core))
                data = data[:start] + self._mask + data[end:]
                at = data.find(core, start + len(self._mask))
        return data

    def _uncut(self, text: str) -> str:
        """Where a text was cut in the middle of a secret, its beginning is replaced as well."""
        head, cut, tail = text.rpartition(_CUT)
        if not cut:
            return text
        for secret in self._texts:
            for size in range(len(secret) - 1, LEAST - 1, -1):
                if head.endswith(secret[:size]):
                    return f"{head[:-size]}{self._mask.decode()}{cut}{tail}"
        return text


def secrets_of(reach: Reach) -> tuple[str, ...]:
    """Every text of a target that must not be shown, for a `Scrubber`."""
    credentials = reach.proxy_credentials or ""
    named = (credentials, credentials.partition(":")[2], reach.client_key_password or "")
    return tuple(dict.fromkeys(filter(None, (*reach.secrets, *named))))


@dataclass(frozen=True, slots=True)
class _Forms:
    """Some octets, wanted in any case of their letters; the longest are looked for first."""

    lower: tuple[bytes, ...]

    @classmethod
    def of(cls, forms: Iterable[bytes]) -> _Forms:
        return cls(tuple(sorted({form.lower() for form in forms}, key=len, reverse=True)))

    def replaced(self, data: bytes, mask: bytes) -> bytes:
        """Most data holds none of them, and to find that out is quick."""
        for form in self.lower:
            if form in data.lower():
                data = re.sub(re.escape(form), lambda _: mask, data, flags=re.IGNORECASE)
        return data


def _plain_forms(text: str) -> Iterator[bytes]:
    """The text as it is, as a form of HTML writes it, and as JSON and XML do."""
    yield text.encode()
    yield text.replace(" ", "+").encode()
    yield json.dumps(text)[1:-1].encode()
    yield json.dumps(text, ensure_ascii=False)[1:-1].encode()
    yield html.escape(text, quote=False).encode()
    yield html.escape(text).encode()


def _latin_forms(text: str) -> Iterator[bytes]:
    """The text as a header field may carry it, where that is another form."""
    if not text.isascii():
        with suppress(UnicodeEncodeError):
            yield text.encode("latin-1")


def _escaped(octets: bytes) -> re.Pattern[bytes]:
    """A pattern of octets of which each may be percent-encoded, and a blank be a plus."""
    each = (
        b"(?:%s|%%%02x%s)" % (re.escape(bytes([octet])), octet, rb"|\+" * (octet == ord(" ")))
        for octet in octets
    )
    return re.compile(b"".join(each), re.IGNORECASE)


def _cores(text: str) -> Iterator[bytes]:
    """What is in base64 wherever the text is in what was encoded, in both alphabets."""
    octets = text.encode()
    for before in range(3):
        whole = b64encode(b"\0" * before + octets).rstrip(b"=")
        spared = (before * 8 + 5) // 6  # characters that hold a bit of what comes before
        rest = (before + len(octets)) % 3  # the last character may hold bits of what follows
        core = whole[spared : len(whole) - bool(rest)]
        if len(core) >= _LEAST_CORE:
            yield core
            yield core.translate(bytes.maketrans(b"+/", b"-_"))
    alone = b64encode(octets)
    if len(alone) < 2 * _LEAST_CORE:
        yield alone


def _run(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the base64 that a core stands in begins and ends."""
    while start and data[start - 1] in _BASE64:
        start -= 1
    while end < len(data) and data[end] in _BASE64:
        end += 1
    while end < len(data) and data[end] == ord("="):
        end += 1
    return start, end
