"""Where a message ends, to the octet."""

from __future__ import annotations

import pytest

from harness.errors import Violation
from harness.framing import judge_frame, judge_head

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def tag_of(octets: bytes, method: str = "GET") -> str | None:
    try:
        judge_frame(octets, method)
    except Violation as found:
        return found.tag
    return None


@pytest.mark.parametrize(
    ("body", "tag"),
    [
        (b"2\r\nabXX0\r\n\r\n", "chunk-malformed"),
        (b"2\r\nab\rX0\r\n\r\n", "chunk-malformed"),
        (b"2\r\nab", "body-cut-short"),
        (b"2\r\nab\r", "body-cut-short"),
        (b"2\r\nab\r\n", "body-cut-short"),
        (b"2\r\nab\r\n0\r\n", "body-cut-short"),
        (b"2\r\nab\r\n0\r\n\r\n", None),
        (b"1" * 1023, "body-cut-short"),
        (b"1" * 1024, "chunk-malformed"),
        (b"2;" + b"x" * 1020 + b"\r\nab\r\n0\r\n\r\n", None),
        (b"2;" + b"x" * 1021 + b"\r\nab\r\n0\r\n\r\n", "chunk-malformed"),
        (b"2\r\nab\r\n1023;" + b"x" * 10, "body-cut-short"),
    ],
)
def test_chunks_end_where_they_say(body: bytes, tag: str | None) -> None:
    assert tag_of(CHUNKED + body) == tag


@pytest.mark.parametrize(
    ("octets", "tag"),
    [
        (b"HTTP/1.1 200 OK", "body-cut-short"),
        (b"HTTP/1.1 204 \r\n\r\n", None),
        (b"HTTP/1.1 304 \r\n\r\n", None),
        (b"HTTP/1.1 304 \r\n\r\nx", "body-too-long"),
        (b"HTTP/1.1 305 \r\n\r\nx", None),
        (
            HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "length-ambiguous",
        ),
        (HEAD + b"\tfolded\r\n\r\n", "field-malformed"),
        (HEAD + b"X: 1\r\n\tfolded\r\n\r\n", None),
    ],
)
def test_a_head_decides_what_follows(octets: bytes, tag: str | None) -> None:
    assert tag_of(octets) == tag


@pytest.mark.parametrize(
    ("lines", "sound"),
    [
        (b"ETag: 1\r\n", True),
        (b"ETag: 1\r\netag: 1\r\n", False),
        (b"Vary: 1\r\nVary: 1\r\n", True),
        (b"X: 1\r\n\t2\r\n", False),
    ],
)
def test_a_field_of_one_value_stands_once(lines: bytes, sound: bool) -> None:  # noqa: FBT001 -- a column
    try:
        judge_head(HEAD + lines + b"\r\n")
    except Violation:
        assert not sound
    else:
        assert sound
