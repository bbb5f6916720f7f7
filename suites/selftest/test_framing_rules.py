"""The frame of a message: what is sound, what is not, and what no octets can make stumble."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import Violation
from harness.framing import judge_frame, judge_head, split

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SOUND = [
    HEAD + b"Content-Length: 2\r\n\r\nab",
    HEAD + b"content-length: 0\r\n\r\n",
    HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nab",
    HEAD + b"Server: x\r\n\r\nas long as the connection lasts",
    CHUNKED + b"2\r\nab\r\n0\r\n\r\n",
    CHUNKED + b"a;x=1\r\n0123456789\r\n0\r\nDigest: x\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"Content-Length: 1\r\n\r\na",
    b"HTTP/1.1 304 \r\nETag: x\r\n\r\n",
    HEAD + b"X: 1\r\n 2\r\nContent-Length: 0\r\n\r\n",
]
FLAWED = [
    (b"", "body-cut-short"),
    (HEAD, "body-cut-short"),
    (b"HTTP/2 200\r\n\r\n", "status-line-malformed"),
    (b"HTTP/1.1 2000 OK\r\n\r\n", "status-line-malformed"),
    (HEAD + b"X Y: 1\r\n\r\n", "field-malformed"),
    (HEAD + b"X: a\x00b\r\n\r\n", "field-malformed"),
    (HEAD + b" folded: first\r\n\r\n", "field-malformed"),
    (HEAD + b"Content-Length: +2\r\n\r\nab", "length-malformed"),
    (HEAD + b"Content-Length: 2, 2\r\n\r\nab", "length-malformed"),
    (HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", "length-ambiguous"),
    (
        HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "length-ambiguous",
    ),
    (HEAD + b"Transfer-Encoding: gzip\r\n\r\n", "length-ambiguous"),
    (HEAD + b"Content-Length: 3\r\n\r\nab", "body-cut-short"),
    (HEAD + b"Content-Length: 1\r\n\r\nab", "body-too-long"),
    (CHUNKED + b"2\r\nab\r\n", "body-cut-short"),
    (CHUNKED + b"5\r\nab", "body-cut-short"),
    (CHUNKED + b"0\r\n", "body-cut-short"),
    (CHUNKED + b"2\r\nabc\r\n0\r\n\r\n", "chunk-malformed"),
    (CHUNKED + b"0x2\r\nab\r\n0\r\n\r\n", "chunk-malformed"),
    (CHUNKED + b"1" * 2000, "chunk-malformed"),
    (CHUNKED + b"0\r\n\r\nmore", "body-too-long"),
    (b"HTTP/1.1 204 \r\n\r\nbody", "body-too-long"),
]


@pytest.mark.parametrize("octets", SOUND)
def test_a_sound_message_is_accepted(octets: bytes) -> None:
    judge_frame(octets, "GET")


@pytest.mark.parametrize(("octets", "tag"), FLAWED)
def test_an_unsound_message_is_refused_by_the_name_of_its_flaw(octets: bytes, tag: str) -> None:
    with pytest.raises(Violation) as found:
        judge_frame(octets, "GET")

    assert found.value.tag == tag


def test_an_answer_to_head_tells_a_length_and_has_no_body() -> None:
    told = HEAD + b"Content-Length: 5\r\n\r\n"

    judge_frame(told, "HEAD")
    with pytest.raises(Violation, match="body-too-long"):
        judge_frame(told + b"12345", "HEAD")


@pytest.mark.parametrize(
    ("lines", "tag"),
    [
        (b"X: 1\r\n 2\r\n", "field-folded"),
        (b"X: 1\r\n\t2\r\n", "field-folded"),
        (b"ETag: a\r\nX: 1\r\netag: b\r\n", "field-repeated"),
    ],
)
def test_a_head_that_can_be_read_in_two_ways_is_refused(lines: bytes, tag: str) -> None:
    with pytest.raises(Violation) as found:
        judge_head(HEAD + lines + b"\r\n")

    assert found.value.tag == tag


def test_fields_that_may_be_lists_may_stand_twice() -> None:
    judge_head(HEAD + b"Vary: a\r\nVary: b\r\n\r\n")


@given(st.binary(max_size=200) | st.binary(max_size=80).map(lambda tail: CHUNKED + tail))
def test_no_octets_make_the_judge_stumble(octets: bytes) -> None:
    for judge in (judge_head, lambda each: judge_frame(each, "GET")):
        with suppress(Violation):
            judge(octets)


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=5), st.binary(max_size=60))
def test_what_is_framed_rightly_is_accepted(chunks: list[bytes], body: bytes) -> None:
    parts = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)

    judge_frame(CHUNKED + parts + b"0\r\n\r\n", "GET")
    judge_frame(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body, "GET")


@given(st.binary(max_size=60), st.integers(1, 59))
def test_what_is_cut_is_noticed(body: bytes, kept: int) -> None:
    whole = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    cut = whole[: min(kept, len(whole) - 1)]

    with pytest.raises(Violation):
        judge_frame(cut, "GET")
    assert split(whole)[1] == body
