"""Content codings (RFC 9110, section 8.4): a body as it was before it was compressed.

The judge asks for none; this is for the one question what happens when a client does.
"""

from __future__ import annotations

import zlib

from harness.errors import Violation
from harness.model import HttpResponse

LARGEST = 50_000_000
"""Octets of an uncoded body, as of a body on the wire; more is not unpacked."""

_ANY_CONTAINER = zlib.MAX_WBITS + 32
_CODINGS = ("gzip", "x-gzip", "deflate")


def named(response: HttpResponse) -> str:
    """The codings as the answer names them."""
    return response.header("content-encoding") or "no content coding"


def undone(response: HttpResponse) -> bytes:
    """The body without its codings; raises `Violation` with the tag `coding-not-undone`."""
    codings = (response.header("content-encoding") or "identity").lower().split(",")
    body = response.body
    for coding in reversed([each.strip() for each in codings]):
        if coding in _CODINGS:
            body = _inflated(body, coding)
        elif coding not in ("identity", ""):
            raise _flaw("one of the codings that were offered", coding)
    return body


def _inflated(body: bytes, coding: str) -> bytes:
    engine = zlib.decompressobj(_ANY_CONTAINER)
    try:
        octets = engine.decompress(body, LARGEST)
    except zlib.error as broken:
        raise _flaw(f"a body in the coding {coding}", str(broken)) from None
    if not engine.eof or engine.unused_data:
        raise _flaw(f"one complete body in the coding {coding}", f"{len(octets)} octets of it")
    return octets


def _flaw(expected: str, seen: str) -> Violation:
    return Violation("coding-not-undone", expected=expected, seen=seen)
