"""What else a cache goes by: dates, validators, `Vary`, and the time a signature has left."""

from __future__ import annotations

from datetime import timedelta

from harness.checks import check, require
from harness.errors import NotApplicable
from harness.freshness import (
    age,
    answered,
    certificate_ends,
    delta_seconds,
    entity_tag,
    etag,
    http_date,
    judged,
    lifetime,
    moment,
    names,
)
from harness.model import NO_STATUS
from harness.subjects.answer import Answer
from harness.subjects.directory import Directory
from suites.caching.asking import SUCCESSES, query, refused

TOLERANCE = timedelta(seconds=60)
"""How far a server's clock may be from ours: our own figure."""


@check("CACHE-07", verifies=("caching.date-is-sent",), finds=("date-missing",))
def test_an_answer_is_dated(answer: Answer) -> None:
    """The answer is dated."""
    response = answered(answer.response)
    if response.status == NO_STATUS:
        raise NotApplicable("it was captured without its status line, and maybe other fields")
    date = response.header("date")
    require(date is not None, "date-missing", expected="Date", seen="no Date")


@check("CACHE-08", verifies=("caching.date-is-right",), finds=("clock-off",))
async def test_the_clock_of_the_server_is_right(directory: Directory) -> None:
    """The server's clock is right."""
    answer = await directory.ask(query(directory), fresh=True)
    date = moment(answer.response, "date")
    if age(answer.response):
        raise NotApplicable("the answer comes out of a cache, and its Date is from before")
    require(
        abs(answer.now - date) <= TOLERANCE,
        "clock-off",
        expected=f"within {TOLERANCE.total_seconds():.0f} s of {answer.now:%Y-%m-%d %H:%M:%S} UTC",
        seen=f"{date:%Y-%m-%d %H:%M:%S} UTC",
    )


@check(
    "CACHE-09",
    verifies=(
        "caching.dates-are-well-formed",
        "caching.etag-is-well-formed",
        "caching.age-is-well-formed",
    ),
    finds=("date-malformed", "etag-malformed", "age-malformed"),
)
def test_dates_and_tags_are_well_formed(answer: Answer) -> None:
    """Date, Expires, Last-Modified, ETag and Age are well-formed."""
    response = judged(answer.response)
    for name in ("Date", "Expires", "Last-Modified"):
        text = response.header(name)
        require(
            text is None or http_date(text),
            "date-malformed",
            expected=f"{name}: <day>, <dd> <month> <yyyy> <hh>:<mm>:<ss> GMT",
            seen=text,
        )
    seconds, tag = response.header("age"), response.header("etag")
    require(
        seconds is None or delta_seconds(seconds) is not None,
        "age-malformed",
        expected="Age: <seconds>",
        seen=seconds,
    )
    if tag is not None:
        entity_tag(tag)


@check(
    "CACHE-10",
    verifies=("caching.validators-are-offered", "caching.etag-is-strong"),
    finds=("etag-missing", "etag-weak", "last-modified-missing"),
)
def test_an_answer_can_be_revalidated(answer: Answer) -> None:
    """The answer carries a strong ETag and Last-Modified."""
    response = judged(answer.response)
    tag = response.header("etag")
    require(tag is not None, "etag-missing", expected="a strong ETag", seen="no ETag")
    require(not etag(response).weak, "etag-weak", expected="a strong ETag", seen=tag)
    require(
        response.values("last-modified"),
        "last-modified-missing",
        expected="Last-Modified",
        seen="no Last-Modified",
    )


@check(
    "CACHE-11",
    verifies=("caching.modified-before-date",),
    finds=("modified-after-date",),
)
def test_the_last_change_was_before_the_answer(answer: Answer) -> None:
    """Last-Modified is not later than Date."""
    modified, date = moment(answer.response, "last-modified"), moment(answer.response, "date")
    require(
        modified <= date,
        "modified-after-date",
        expected=f"not after {answer.response.header('date')}",
        seen=answer.response.header("last-modified"),
    )


@check(
    "CACHE-12",
    verifies=("caching.vary-names-accept-version", "caching.vary-is-not-everything"),
    finds=("vary-without-accept-version", "vary-on-everything"),
)
def test_versions_are_kept_apart_by_caches(answer: Answer) -> None:
    """Vary names Accept-Version, and is not an asterisk."""
    sent = judged(answer.response).header("vary")
    listed = names(sent)
    require("*" not in listed, "vary-on-everything", expected="names of fields", seen=sent)
    require(
        "accept-version" in listed,
        "vary-without-accept-version",
        expected="Vary: Accept-Version",
        seen=sent or "no Vary",
    )


@check(
    "CACHE-25",
    verifies=("caching.certificate-outlasts-freshness",),
    finds=("outlives-certificate",),
)
def test_an_answer_does_not_outlive_the_certificate_that_signed_it(answer: Answer) -> None:
    """The answer does not stay fresh beyond the validity of its signing certificate."""
    seconds = lifetime(answer.response)
    ends = certificate_ends(answer.response)
    if seconds is None or ends < answer.now:
        raise NotApplicable("no freshness, or no valid certificate, to compare; see CACHE-02")
    left = int((ends - answer.now).total_seconds())
    require(
        seconds - age(answer.response) <= left,
        "outlives-certificate",
        expected=f"at most {left} s",
        seen=f"{seconds} s",
    )


@check(
    "CACHE-26", verifies=("caching.fresh-on-arrival",), finds=("stale-on-arrival",), on=SUCCESSES
)
def test_a_success_is_fresh_on_arrival(answer: Answer) -> None:
    """A successful answer is still fresh when it arrives."""
    seconds = lifetime(answer.response)
    if not seconds or refused(answer):
        raise NotApplicable("no success that stays fresh; see CACHE-02 and CACHE-05")
    old = age(answer.response)
    expected = f"an Age below {seconds} s"
    require(old < seconds, "stale-on-arrival", expected=expected, seen=f"{old} s")
