"""Asking whether a kept answer still holds: conditional requests (RFC 9110, section 13)."""

from __future__ import annotations

from harness.checks import check, require
from harness.freshness import etag, moment
from harness.subjects.directory import Directory
from suites.caching.asking import ask, confirmed, first, settled

NO_SUCH_TAG = '"no-answer-has-this-tag"'
COMPLETE = ("Cache-Control", "Content-Location", "Date", "ETag", "Expires", "Vary")
"""What a 304 repeats of the 200 (RFC 9110, section 15.4.5)."""

CONSTANT = ("Cache-Control", "ETag", "Vary")
"""Those of them that do not move with the clock."""


@check("CACHE-16", verifies=("caching.etag-is-honoured",), finds=("no-304-for-etag",))
async def test_an_unchanged_answer_is_confirmed_by_its_tag(directory: Directory) -> None:
    """If-None-Match with the current ETag is answered with 304."""
    before = await first(directory)
    etag(before)
    tag = before.header("etag") or ""
    response = await ask(directory, headers=(("If-None-Match", tag),))
    if response.status != 304:
        await settled(directory, before)
    require(response.status == 304, "no-304-for-etag", expected=304, seen=response.status)


@check("CACHE-17", verifies=("caching.date-is-honoured",), finds=("no-304-for-date",))
async def test_an_unchanged_answer_is_confirmed_by_its_date(directory: Directory) -> None:
    """If-Modified-Since with the current Last-Modified is answered with 304."""
    before = await first(directory)
    moment(before, "last-modified")
    modified = before.header("last-modified") or ""
    response = await ask(directory, headers=(("If-Modified-Since", modified),))
    require(response.status == 304, "no-304-for-date", expected=304, seen=response.status)


@check("CACHE-18", verifies=("caching.etag-outranks-date",), finds=("date-outranks-etag",))
async def test_the_tag_outranks_the_date(directory: Directory) -> None:
    """If-Modified-Since is ignored beside If-None-Match."""
    before = await first(directory)
    moment(before, "last-modified")
    modified = before.header("last-modified") or ""
    both = (("If-None-Match", NO_SUCH_TAG), ("If-Modified-Since", modified))
    response = await ask(directory, headers=both)
    require(
        response.status == 200,
        "date-outranks-etag",
        expected="200, for the tag does not match",
        seen=response.status,
    )


@check("CACHE-19", verifies=("caching.not-modified-is-complete",), finds=("304-incomplete",))
async def test_a_304_repeats_the_caching_fields(directory: Directory) -> None:
    """A 304 carries the caching fields that the 200 carries."""
    before = await first(directory)
    etag(before)
    after = await confirmed(directory, before)
    for name in COMPLETE:
        if before.values(name):
            same = name not in CONSTANT or before.header(name) == after.header(name)
            require(
                after.values(name) and same,
                "304-incomplete",
                expected=f"{name}: {before.header(name)}",
                seen=f"{name}: {after.header(name)}" if after.values(name) else f"no {name}",
            )


@check(
    "CACHE-20",
    verifies=("caching.not-modified-is-signed",),
    finds=("304-unsigned", "304-of-another-answer"),
)
async def test_a_304_carries_the_signature(directory: Directory) -> None:
    """A 304 carries the digest of the answer that it confirms, and a signature."""
    before = await first(directory)
    etag(before)
    after = await confirmed(directory, before)
    for name in ("digest", "oots-response-sig"):
        if before.values(name):
            require(after.values(name), "304-unsigned", expected=name, seen=f"no {name}")
    require(
        before.header("digest") == after.header("digest"),
        "304-of-another-answer",
        expected=before.header("digest"),
        seen=after.header("digest"),
    )
