"""The rules of RFC 9111 and RFC 9110 that an answer's caching is judged by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.checks import catalogue
from harness.errors import NotApplicable, Unreachable, Violation
from harness.freshness import (
    FOREVER,
    Directive,
    EntityTag,
    age,
    cache_control,
    certificate_ends,
    delta_seconds,
    directives,
    entity_tag,
    http_date,
    lifetime,
    moment,
    names,
    require_numbers,
    stated,
)
from harness.model import NO_STATUS, HttpResponse
from harness.subjects.answer import Answer

T = TypeVar("T")
DATE = "Sat, 21 Nov 2026 20:10:00 GMT"
TOKENS = st.text("abcdefghijklmnopqrstuvwxyzABC0123456789-_!#$%&'*+.^`|~", min_size=1)
QUOTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"\\'))
LATIN = st.text(st.characters(max_codepoint=255))


def response(*fields: tuple[str, str], status: int = 200) -> HttpResponse:
    return HttpResponse(status, fields, b"")


def read_or_refused(read: Callable[[str], T], text: str, tag: str) -> T | None:
    """What a text is read as, None where it is refused with the tag."""
    try:
        return read(text)
    except Violation as refused:
        if refused.tag != tag:
            raise
        return None


@settings(deadline=None)
@given(st.lists(st.tuples(TOKENS, st.none() | TOKENS | QUOTABLE.map(lambda t: f'"{t}"'))))
def test_what_is_written_by_the_grammar_is_read_back(
    written: list[tuple[str, str | None]],
) -> None:
    line = " , ,".join(name if value is None else f"{name}={value}" for name, value in written)

    read = cache_control(line).directives

    assert [directive.name for directive in read] == [name.lower() for name, _ in written]
    assert [directive.argument for directive in read] == [
        value.strip('"') if value and directive.quoted else value
        for directive, (_, value) in zip(read, written, strict=True)
    ]


@settings(deadline=None)
@given(LATIN)
def test_any_text_is_read_or_refused(text: str) -> None:
    read = read_or_refused(cache_control, text, "cache-control-malformed")

    assert read is None or all(directive.name for directive in read.directives)


@pytest.mark.parametrize(
    "line",
    [
        "public max-age=60",
        "max-age = 60",
        'x="open',
        "max-age=",
        "=60",
        "public; max-age=60",
        'x="a"b',
        "päblic",
        "public\x00",
    ],
)
def test_a_malformed_line_is_refused(line: str) -> None:
    with pytest.raises(Violation, match="cache-control-malformed"):
        cache_control(line)


def test_a_long_line_without_an_end_is_refused_at_once() -> None:
    line = 'public, x="' + "\\a " * 100_000

    with pytest.raises(Violation, match="cache-control-malformed"):
        cache_control(line)


def test_a_comma_within_quotes_separates_nothing() -> None:
    read = cache_control('no-cache="Set-Cookie, Age", public')

    assert read.directives == (
        Directive("no-cache", "Set-Cookie, Age", quoted=True),
        Directive("public"),
    )


def test_two_field_lines_are_one_list_in_which_nothing_is_dropped() -> None:
    read = cache_control("max-age=60, unheard-of=x", "max-age=120")

    assert [directive.argument for directive in read.named("max-age")] == ["60", "120"]
    assert "unheard-of" in read


@pytest.mark.parametrize(
    ("line", "tag"),
    [
        ('max-age="60"', "freshness-quoted"),
        ("s-maxage=1.5", "freshness-not-a-number"),
        ("stale-if-error", "freshness-not-a-number"),
        ("max-age=-1", "freshness-not-a-number"),
    ],
)
def test_a_lifetime_is_a_bare_number(line: str, tag: str) -> None:
    with pytest.raises(Violation) as refused:
        require_numbers(cache_control(line))

    assert refused.value.tag == tag


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=10**5000))
def test_seconds_stop_where_a_cache_stops_counting(number: int) -> None:
    with_zeros = f"{'0' * 3}{number:x}".translate(str.maketrans("abcdef", "123456"))

    assert delta_seconds(with_zeros) == min(int(with_zeros[:5000]), FOREVER)


@settings(deadline=None)
@given(LATIN.filter(lambda text: not (text.isascii() and text.isdigit())))
def test_what_is_no_number_is_no_number_of_seconds(text: str) -> None:
    assert delta_seconds(text) is None


@settings(deadline=None)
@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(9999, 12, 31)))  # noqa: DTZ001 -- given its zone below
def test_an_instant_survives_being_written_as_an_http_date(naive: datetime) -> None:
    instant = naive.replace(microsecond=0, tzinfo=UTC)

    assert http_date(format_datetime(instant, usegmt=True)) == instant


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "-1",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "2026-11-21T20:10:00Z",
        "Sat, 31 Feb 2026 20:10:00 GMT",
        "Sat, 21 Nov 2026 20:10:00 +0000",
        "Sat, 21 Nov 2026 20:10:00 GMT, Sat, 21 Nov 2026 20:10:00 GMT",
        "Sat, 21 Nov 0000 20:10:00 GMT",
        "",
    ],
)
def test_other_forms_are_no_http_date(text: str) -> None:
    assert http_date(text) is None


def test_a_leap_second_is_a_second() -> None:
    assert http_date("Sat, 31 Dec 2016 23:59:60 GMT") == datetime(
        2016, 12, 31, 23, 59, 59, tzinfo=UTC
    )


@settings(deadline=None)
@given(LATIN)
def test_an_entity_tag_is_read_or_refused(text: str) -> None:
    tag = read_or_refused(entity_tag, text, "etag-malformed")

    assert tag is None or text == f'{"W/" * tag.weak}"{tag.opaque}"'


@pytest.mark.parametrize("text", ["abc", '"a', 'w/"a"', '"a" ', '"a", "b"', '"a b"', "W/"])
def test_a_malformed_tag_is_refused(text: str) -> None:
    with pytest.raises(Violation, match="etag-malformed"):
        entity_tag(text)


def test_the_empty_tag_is_a_tag() -> None:
    assert entity_tag('""') == EntityTag("", weak=False)


@pytest.mark.parametrize(
    ("control", "seconds"),
    [
        ("s-maxage=10, max-age=60", 10),
        ("max-age=60, s-maxage=10", 10),
        ("max-age=60", 60),
        ("max-age=60, max-age=120", 60),
        ("public", 300),
        ("max-age=0", 0),
    ],
)
def test_s_maxage_outranks_max_age_which_outranks_expires(control: str, seconds: int) -> None:
    expires = "Sat, 21 Nov 2026 20:15:00 GMT"
    answer = response(("Cache-Control", control), ("Expires", expires), ("Date", DATE))

    assert lifetime(answer) == seconds


def test_an_expiry_in_the_past_leaves_no_lifetime() -> None:
    past = format_datetime(datetime(2026, 11, 21, tzinfo=UTC), usegmt=True)

    assert lifetime(response(("Expires", past), ("Date", DATE))) == 0


def test_no_lifetime_is_told_apart_from_a_lifetime_of_nothing() -> None:
    assert lifetime(response(("ETag", '"a"'))) is None


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_expires_counts_from_date(offset: int, kept: int) -> None:
    date = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=offset)
    fields = (
        ("Date", format_datetime(date, usegmt=True)),
        ("Expires", format_datetime(date + timedelta(seconds=kept), usegmt=True)),
    )

    assert lifetime(response(*fields)) == kept


@pytest.mark.parametrize(
    ("fields", "owner"),
    [
        ((("Cache-Control", "max-age 60"),), "CACHE-03"),
        ((("Cache-Control", 'max-age="60"'),), "CACHE-03"),
        ((("Expires", "0"), ("Date", DATE)), "CACHE-09"),
        ((("Expires", DATE), ("Date", "now")), "CACHE-09"),
    ],
)
def test_what_cannot_be_read_is_left_to_the_check_that_owns_it(
    fields: tuple[tuple[str, str], ...], owner: str
) -> None:
    with pytest.raises(Unreachable, match=owner):
        lifetime(response(*fields))


def test_an_answer_without_any_caching_header_is_left_to_the_first_check() -> None:
    bare = response(("Vary", "Accept-Version"), ("Pragma", "no-cache"), ("Date", DATE))

    for judge in (directives, stated, lifetime):
        with pytest.raises(NotApplicable, match="CACHE-01"):
            judge(bare)
    with pytest.raises(NotApplicable, match="CACHE-01"):
        moment(bare, "date")


def judged(check: str, *fields: tuple[str, str], status: int = 200) -> str | None:
    """The tag that a check finds in an answer of these fields."""
    function = next(each.function for each in catalogue() if each.id == check)
    answer = Answer(None, None, None, response(*fields, status=status), None, datetime.now(UTC))
    try:
        function(answer)
    except Violation as found:
        return found.tag
    return None


@pytest.mark.parametrize(
    ("control", "tag"),
    [
        ("private, max-age=60", "private-only"),
        ('private="set-cookie", private', "private-only"),
        ('private="set-cookie", max-age=60', None),
    ],
)
def test_fields_that_are_private_do_not_make_an_answer_private(
    control: str, tag: str | None
) -> None:
    assert judged("CACHE-06", ("Cache-Control", control)) == tag


def test_a_field_that_is_private_does_not_spare_the_lifetime() -> None:
    private = ("Cache-Control", 'public, private="set-cookie"')

    assert judged("CACHE-02", private) == "no-explicit-freshness"


def test_a_date_is_missed_where_all_caching_headers_are() -> None:
    assert judged("CACHE-07") == "date-missing"
    assert judged("CACHE-07", ("Date", DATE)) is None


def test_a_date_is_not_missed_in_a_capture_without_its_status_line() -> None:
    with pytest.raises(NotApplicable, match="status line"):
        judged("CACHE-07", status=NO_STATUS)


def test_a_status_other_than_200_is_not_judged() -> None:
    with pytest.raises(NotApplicable, match="not 500"):
        directives(response(("Cache-Control", "max-age=60"), status=500))


def test_an_absent_cache_control_says_nothing_but_cannot_be_judged() -> None:
    tagged = response(("ETag", '"a"'))

    assert directives(tagged).directives == ()
    with pytest.raises(NotApplicable, match="CACHE-02"):
        stated(tagged)


def test_age_is_nothing_where_it_is_absent_and_unreadable_where_it_is_no_number() -> None:
    assert age(response()) == 0
    assert age(response(("Age", "7"))) == 7
    with pytest.raises(Unreachable, match="CACHE-09"):
        age(response(("Age", "7"), ("Age", "8")))


@settings(deadline=None)
@given(st.lists(TOKENS))
def test_names_are_listed_in_lower_case(listed: list[str]) -> None:
    assert names(",\t".join(listed)) == tuple(name.lower() for name in listed)


@pytest.mark.parametrize("field", [None, "", "..", "a.b.c", "e30..", "W10..", "x" * 10_000])
def test_a_signature_that_cannot_be_read_is_nothing_to_compare_with(field: str | None) -> None:
    fields = () if field is None else (("oots-response-sig", field),)

    with pytest.raises(NotApplicable, match="signature"):
        certificate_ends(response(*fields))
