"""Arbitrary octets off a connection, arbitrary header fields: never a traceback, never a pass."""

from __future__ import annotations

from pathlib import Path

from hypothesis import assume, given
from hypothesis import strategies as st

from harness.adapters.in_process import DirectFetcher
from harness.captured import header_fields
from harness.checks import Check
from harness.errors import Unreachable, UsageFault
from harness.model import Headers, HttpRequest, HttpResponse, Verdict
from harness.subjects.answer import Answer
from suites.fuzz.material import (
    FUZZ,
    PLACES,
    Spoiled,
    answers,
    at_once,
    changed,
    checks_of,
    spoiled,
    verdict_of,
)

REQUEST = HttpRequest("GET", "https://eb.localhost/rest/search?a=1", (("Accept", "*/*"),))
SOUND = b'HTTP/1.1 200 OK\r\nETag: "x"\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'
PLAIN = b"HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 5\r\n\r\nabcde"
SENT = {name for answer in answers() for name, _ in answer.response.headers}
OTHERS = {"Age", "Content-Encoding", "Content-Digest", "Expires", "Pragma", "Set-Cookie", "Warning"}
NAMES = sorted(SENT | OTHERS)
LATIN = st.text(st.characters(max_codepoint=255), max_size=60)
DATES = st.datetimes().map(lambda at: at.strftime("%a, %d %b %Y %H:%M:%S GMT"))
TOKENS = st.text("abcmax-age=stw0123456789,;\"'/*W \t:", max_size=40)
FIELDS = st.tuples(st.sampled_from(NAMES), LATIN | TOKENS | DATES)


def with_fields(answer: Answer, fields: Headers) -> Answer:
    """An answer in which fields are replaced by others of their name, which may repeat."""
    names = {name.lower() for name, _ in fields}
    kept = tuple(f for f in answer.response.headers if f[0].lower() not in names)
    return changed(answer, headers=(*kept, *fields))


def fetched(octets: bytes) -> HttpResponse | None:
    try:
        return at_once(DirectFetcher(lambda _: octets).fetch(REQUEST))
    except Unreachable:
        return None


def test_the_octets_that_are_spoiled_are_sound_ones() -> None:
    bodies = [response.body for response in map(fetched, (SOUND, PLAIN)) if response]

    assert bodies == [b"abc", b"abcde"]


@FUZZ
@given(st.binary(max_size=200))
def test_any_octets_off_a_connection_are_a_response_or_none(octets: bytes) -> None:
    assert fetched(octets) is None or octets.startswith(b"HTTP/1.")


@FUZZ
@given(st.sampled_from((SOUND, PLAIN)), PLACES)
def test_a_spoiled_response_is_a_response_or_none(sound: bytes, places: list[Spoiled]) -> None:
    response = fetched(spoiled(sound, places))

    assert response is None or 100 <= response.status <= 599


@FUZZ
@given(
    st.sampled_from(checks_of("answer")),
    st.sampled_from(answers()),
    st.lists(FIELDS, min_size=1, max_size=3),
)
def test_no_check_breaks_on_any_header_field(
    check: Check, answer: Answer, fields: list[tuple[str, str]]
) -> None:
    verdict, why = verdict_of(check, with_fields(answer, tuple(fields)))

    assert verdict is not Verdict.BROKEN, why


@FUZZ
@given(
    st.sampled_from(answers()),
    st.sampled_from(("digest", "oots-response-sig")),
    LATIN | TOKENS,
)
def test_an_answer_whose_signed_fields_were_replaced_is_never_sound(
    answer: Answer, name: str, value: str
) -> None:
    assume(value.strip() != (answer.response.header(name) or "").strip())
    other = with_fields(answer, ((name, value),))

    verdicts = (verdict_of(check, other)[0] for check in checks_of("answer", "signature"))
    assert any(verdict not in {Verdict.PASSED, Verdict.NOT_APPLICABLE} for verdict in verdicts)


@FUZZ
@given(st.binary(max_size=200) | PLACES.map(lambda places: spoiled(PLAIN, places)))
def test_any_file_of_header_fields_is_read_or_refused_in_one_line(octets: bytes) -> None:
    try:
        status, fields = header_fields(Path("fields"), octets)
    except UsageFault as fault:
        told = str(fault)
    else:
        told = ""
        assert fields
        assert status is None or 100 <= status <= 599

    assert "\n" not in told
