"""What is not said about caching is not judged, and what is said is read to the last digit."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harness import freshness
from harness.errors import NotApplicable, Unreachable, Violation
from harness.model import NO_STATUS, HttpResponse

KEPT = ("Cache-Control", "max-age=60")
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
AT = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


def answer(*fields: tuple[str, str], status: int = 200) -> HttpResponse:
    return HttpResponse(status, fields, b"")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("00000000000000000007", 7),
        ("1000000000", 10**9),
        ("2147483647", 2**31 - 1),
        ("2147483648", 2**31),
        ("2147483649", 2**31),
        ("10000000000", 2**31),
        ("", None),
    ],
)
def test_seconds_are_read_up_to_the_end_of_time(text: str, seconds: int | None) -> None:
    assert freshness.delta_seconds(text) == seconds


@pytest.mark.parametrize("of", [freshness.etag, lambda r: freshness.moment(r, "date")])
def test_a_field_that_is_not_there_is_not_judged(of) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    with pytest.raises(NotApplicable, match="there is no"):
        of(answer(KEPT))


@pytest.mark.parametrize(
    ("of", "fields"),
    [
        (freshness.etag, (("ETag", "x"),)),
        (lambda r: freshness.moment(r, "date"), (("Date", "today"),)),
        (freshness.age, (("Age", "old"),)),
    ],
)
def test_a_field_that_cannot_be_read_blocks(of, fields) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    with pytest.raises(Unreachable, match="see CACHE-09"):
        of(answer(KEPT, *fields))


def test_a_field_that_can_be_read_is_read() -> None:
    response = answer(KEPT, ("ETag", 'W/"x"'), ("Date", DATE), ("Age", "7"))

    assert freshness.etag(response) == freshness.EntityTag("x", weak=True)
    assert freshness.moment(response, "date") == AT
    assert freshness.age(response) == 7
    assert freshness.age(answer(KEPT)) == 0


@pytest.mark.parametrize("status", [200, NO_STATUS])
def test_caching_is_judged_on_answers(status: int) -> None:
    response = answer(KEPT, status=status)

    assert freshness.judged(response) is response


@pytest.mark.parametrize("status", [199, 201, 304, 404])
def test_caching_is_judged_on_nothing_else(status: int) -> None:
    with pytest.raises(NotApplicable, match="status 200"):
        freshness.judged(answer(KEPT, status=status))


def test_an_answer_without_any_caching_field_is_left_to_its_own_check() -> None:
    with pytest.raises(NotApplicable, match="CACHE-01"):
        freshness.judged(answer())
    with pytest.raises(NotApplicable, match="CACHE-02"):
        freshness.stated(answer(("ETag", '"x"')))


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ((("Cache-Control", "max-age=60, s-maxage=7"),), 7),
        ((("Cache-Control", "max-age=60"), ("Expires", DATE), ("Date", DATE)), 60),
        ((("Expires", "Sun, 06 Nov 1994 08:50:37 GMT"), ("Date", DATE)), 60),
        ((("Expires", "Sun, 06 Nov 1994 08:48:37 GMT"), ("Date", DATE)), 0),
        ((("ETag", '"x"'),), None),
    ],
)
def test_a_lifetime_is_what_is_said_first(
    fields: tuple[tuple[str, str], ...], seconds: int | None
) -> None:
    assert freshness.lifetime(answer(*fields)) == seconds


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Sun, 06 Nov 1994 08:49:60 GMT", AT.replace(second=59)),
        ("Sun, 06 Nov 1994 08:49:61 GMT", None),
        ("Sun, 06 Jan 1994 08:49:37 GMT", AT.replace(month=1)),
        ("Sun, 06 Dec 1994 08:49:37 GMT", AT.replace(month=12)),
        ("Sun, 31 Nov 1994 08:49:37 GMT", None),
    ],
)
def test_a_date_is_read_to_the_second(text: str, at: datetime | None) -> None:
    assert freshness.http_date(text) == at


def test_a_hundred_directives_are_read_and_no_more() -> None:
    many = [f"x{number}" for number in range(101)]

    assert len(freshness.cache_control(*many[:100]).directives) == 100
    with pytest.raises(Violation) as found:
        freshness.cache_control(*many)
    assert found.value.tag == "cache-control-malformed"
    assert (found.value.expected, found.value.seen) == ("at most 100 directives", "more")


@pytest.mark.parametrize("text", ["no-store", ", ,\tno-store", "no-store ,", " no-store\t, "])
def test_gaps_around_directives_are_skipped(text: str) -> None:
    assert freshness.cache_control(text).directives == (freshness.Directive("no-store"),)
