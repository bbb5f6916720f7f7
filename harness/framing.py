"""The frame of an HTTP/1.1 response (RFC 9112), judged on the octets as they came.

Libraries read leniently and tell little: what a message is, where it ends, and whether two readers
would agree on both, is decided here.
"""

from __future__ import annotations

import re

from harness.errors import Violation

LARGEST_CHUNK_LINE = 1024
SINGLE = (b"content-type", b"content-length", b"date", b"etag", b"last-modified", b"expires")
"""Fields that have one value, and so stand once (RFC 9110, section 5.3)."""

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [\t -~\x80-\xff]*)?")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t -~\x80-\xff]*)")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})(?:[ \t]*;[\t -~]*)?")
_BODILESS = frozenset({204, 304})

_Fields = list[tuple[bytes, bytes]]


def split(octets: bytes) -> tuple[bytes, bytes]:
    r"""The head of the final response with its empty line, and what follows; interim ones go.

    >>> split(b"HTTP/1.1 103 x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nbody")
    (b'HTTP/1.1 200 OK\r\n\r\n', b'body')
    """
    while True:
        head, end, rest = octets.partition(b"\r\n\r\n")
        if not (end and re.match(rb"HTTP/1\.1 1[0-9]{2}", head)):
            return head + end, rest
        octets = rest


def judge_head(octets: bytes) -> None:
    """Raise `Violation`: `field-folded` or `field-repeated`; both can be read, but not by all."""
    _, *lines = split(octets)[0].split(b"\r\n")
    names = [line.partition(b":")[0].lower() for line in lines]
    for line in lines:
        if line.startswith((b" ", b"\t")):
            raise Violation("field-folded", expected="each field on one line", seen=_shown(line))
    for name in SINGLE:
        if names.count(name) > 1:
            seen = f"{_shown(name)}, {names.count(name)} times"
            raise Violation("field-repeated", expected="each field once", seen=seen)


def judge_frame(octets: bytes, method: str) -> None:
    """Raise `Violation` where the message cannot be read, or does not end where it says.

    `octets` are all that came, up to the end of the message or of the connection. The tags:
    `status-line-malformed`, `field-malformed`, `length-malformed`, `length-ambiguous`,
    `chunk-malformed`, `body-cut-short`, `body-too-long`.
    """
    head, body = split(octets)
    if not head.endswith(b"\r\n\r\n"):
        raise Violation("body-cut-short", expected="a complete head", seen=f"{len(octets)} octets")
    first, *lines = head[:-4].split(b"\r\n")
    told = _STATUS_LINE.fullmatch(first)
    if told is None:
        expected = "HTTP/1.1, a status, a phrase"
        raise Violation("status-line-malformed", expected=expected, seen=_shown(first))
    fields = _fields(lines)
    if method == "HEAD" or int(told[1]) in _BODILESS:
        _judge_length(0, body)
    else:
        _judge_body(fields, body)


def _judge_body(fields: _Fields, body: bytes) -> None:
    codings = [value.lower() for name, value in fields if name == b"transfer-encoding"]
    lengths = [value for name, value in fields if name == b"content-length"]
    if codings and lengths:
        raise Violation("length-ambiguous", expected="one way to tell the length", seen="two")
    if codings:
        if codings != [b"chunked"]:
            seen = _shown(b", ".join(codings))
            raise Violation("length-ambiguous", expected="Transfer-Encoding: chunked", seen=seen)
        _judge_chunks(body)
    elif lengths:
        stated = set(lengths)
        if len(stated) > 1:
            seen = _shown(b", ".join(lengths))
            raise Violation("length-ambiguous", expected="one Content-Length", seen=seen)
        length = stated.pop()
        if not _LENGTH.fullmatch(length):
            expected = "Content-Length: <digits>"
            raise Violation("length-malformed", expected=expected, seen=_shown(length))
        _judge_length(int(length), body)


def _judge_length(length: int, body: bytes) -> None:
    expected, seen = f"{length} octets of body", len(body)
    if seen < length:
        raise Violation("body-cut-short", expected=expected, seen=seen)
    if seen > length:
        raise Violation("body-too-long", expected=expected, seen=seen)


def _judge_chunks(body: bytes) -> None:
    at = 0
    while True:
        end = body.find(b"\r\n", at, at + LARGEST_CHUNK_LINE)
        if end < 0:
            if len(body) - at >= LARGEST_CHUNK_LINE:
                raise Violation("chunk-malformed", expected="a size", seen=_shown(body[at:]))
            raise Violation("body-cut-short", expected="a last chunk", seen="the end")
        size = _CHUNK.fullmatch(body[at:end])
        if size is None:
            expected = "the size of a chunk, in hexadecimal digits"
            raise Violation("chunk-malformed", expected=expected, seen=_shown(body[at:end]))
        length = int(size[1], 16)
        if not length:
            return _judge_trailer(body[end + 2 :])
        at = end + 2 + length
        if len(body) < at + 2:
            raise Violation("body-cut-short", expected=f"{length} octets in a chunk", seen="fewer")
        if body[at : at + 2] != b"\r\n":
            expected = f"the end of a line after the {length} octets of a chunk"
            raise Violation("chunk-malformed", expected=expected, seen=_shown(body[at : at + 2]))
        at += 2


def _judge_trailer(rest: bytes) -> None:
    """Fields perhaps, then an empty line, then nothing."""
    while True:
        line, end, rest = rest.partition(b"\r\n")
        if not end:
            raise Violation("body-cut-short", expected="an empty line at the end", seen="none")
        if not line:
            return _judge_length(0, rest)
        _fields([line])


def _fields(lines: list[bytes]) -> _Fields:
    """Names in lower case; a folded line belongs to the field before it."""
    found: _Fields = []
    for line in lines:
        if line.startswith((b" ", b"\t")) and found:
            continue
        field = _FIELD.fullmatch(line)
        if field is None:
            expected = "name, colon, value"
            raise Violation("field-malformed", expected=expected, seen=_shown(line))
        found.append((field[1].lower(), field[2].strip(b" \t")))
    return found


def _shown(octets: bytes) -> str:
    return octets[:60].decode("latin-1")
