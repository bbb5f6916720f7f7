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
        (b"\r\n0\r\n\r\n", "chunk-malformed"),
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


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        (b"2\r\nab\r", "2 octets in a chunk"),
        (b"2\r\nab\r\n", "a last chunk"),
        (b"2\r\nab\r\n0\r\n", "an empty line at the end"),
    ],
)
def test_what_is_missing_at_the_end_is_told(body: bytes, missing: str) -> None:
    with pytest.raises(Violation) as found:
        judge_frame(CHUNKED + body, "GET")

    assert found.value.expected == missing


def test_sixty_octets_of_what_cannot_be_read_are_shown() -> None:
    line = b"0123456789" * 7

    with pytest.raises(Violation) as found:
        judge_frame(line + b"\r\n\r\n", "GET")
    assert (found.value.tag, found.value.seen) == ("status-line-malformed", line[:60].decode())


@pytest.mark.parametrize(
    ("lengths", "tag"),
    [
        (("2",), None),
        (("2", "2"), None),
        (("2", "3"), "length-ambiguous"),
        (("1",), "body-too-long"),
        (("3",), "body-cut-short"),
        (("two", "two"), "length-malformed"),
    ],
)
def test_a_length_may_be_told_twice_but_not_differently(
    lengths: tuple[str, ...], tag: str | None
) -> None:
    lines = "".join(f"Content-Length: {each}\r\n" for each in lengths)

    assert tag_of(HEAD + lines.encode() + b"\r\nab") == tag
