"""What `Cache-Control` says: whether, how long and by whom an answer may be kept."""

from __future__ import annotations

from harness.checks import check, require
from harness.errors import NotApplicable
from harness.freshness import (
    CACHING_FIELDS,
    FOREVER,
    answered,
    cache_control,
    directives,
    judged,
    lifetime,
    require_numbers,
    stated,
)
from harness.subjects.answer import Answer
from suites.caching.asking import REFUSALS, SUCCESSES, refused

LONGEST_REFUSAL = {"five-minutes": 300, "not-at-all": 0, "like-a-success": FOREVER}
"""Seconds, by the readings of `refusal-freshness`: our own figures."""


@check(
    "CACHE-01",
    verifies=("caching.headers-are-set",),
    finds=("no-caching-headers", "pragma-only"),
)
def test_an_answer_carries_caching_headers(answer: Answer) -> None:
    """The answer carries caching headers."""
    response = answered(answer.response)
    sent = [name for name in CACHING_FIELDS if response.values(name)]
    expected = "Cache-Control, with ETag or Last-Modified"
    pragma = response.header("pragma")
    require(sent or pragma is None, "pragma-only", expected=expected, seen=f"Pragma: {pragma}")
    require(sent, "no-caching-headers", expected=expected, seen="none of them")


@check(
    "CACHE-02",
    verifies=("caching.freshness-is-explicit",),
    finds=("no-explicit-freshness",),
)
def test_an_answer_says_how_long_it_stays_fresh(answer: Answer) -> None:
    """The answer says how long it stays fresh."""
    control = directives(answer.response)
    if "no-store" in control or control.private:
        raise NotApplicable("the answer is not to be stored; see CACHE-06")
    require(
        lifetime(answer.response) is not None,
        "no-explicit-freshness",
        expected="s-maxage, max-age or Expires",
        seen=answer.response.header("cache-control") or "no Cache-Control and no Expires",
    )


@check(
    "CACHE-03",
    verifies=("caching.control-is-well-formed",),
    finds=("cache-control-malformed", "freshness-quoted", "freshness-not-a-number"),
)
def test_cache_control_is_well_formed(answer: Answer) -> None:
    """Cache-Control is well-formed."""
    lines = judged(answer.response).values("cache-control")
    if not lines:
        raise NotApplicable("there is no Cache-Control to judge; see CACHE-02")
    require_numbers(cache_control(*lines))


@check(
    "CACHE-04",
    verifies=("caching.directives-agree",),
    finds=("directive-repeated", "no-cache-with-freshness"),
)
def test_the_directives_do_not_contradict_each_other(answer: Answer) -> None:
    """The directives of Cache-Control do not contradict each other."""
    control = stated(answer.response)
    sent = answer.response.header("cache-control")
    said: dict[str, set[str | None]] = {}
    for directive in control.directives:
        said.setdefault(directive.name, set()).add(directive.argument)
    for name, arguments in said.items():
        require(len(arguments) == 1, "directive-repeated", expected=f"{name} once", seen=sent)
    forbids = any(found.argument is None for found in control.named("no-cache"))
    require(
        not (forbids and lifetime(answer.response)),
        "no-cache-with-freshness",
        expected="either no-cache or a freshness lifetime",
        seen=sent,
    )


@check(
    "CACHE-05",
    verifies=("caching.freshness-is-positive",),
    finds=("lifetime-not-positive",),
    on=SUCCESSES,
)
def test_a_success_stays_fresh_for_some_time(answer: Answer) -> None:
    """A successful answer stays fresh for some time."""
    seconds = lifetime(answer.response)
    if seconds is None or refused(answer):
        raise NotApplicable("no success that says how long it stays fresh; see CACHE-02")
    seen = f"{seconds} s"
    require(seconds > 0, "lifetime-not-positive", expected="more than 0 s", seen=seen)


@check(
    "CACHE-06",
    verifies=("caching.shared-caches-may-store",),
    finds=("storing-forbidden", "private-only", "cookie-set"),
    on=SUCCESSES,
)
def test_shared_caches_may_store_a_success(answer: Answer) -> None:
    """Shared caches may store a successful answer."""
    control = directives(answer.response)
    if refused(answer):
        raise NotApplicable("a refusal need not be stored")
    sent = answer.response.header("cache-control")
    cookies = answer.response.values("set-cookie")
    require("no-store" not in control, "storing-forbidden", expected="no no-store", seen=sent)
    require(not control.private, "private-only", expected="no private", seen=sent)
    require(not cookies, "cookie-set", expected="no Set-Cookie", seen=f"{len(cookies)} of them")


@check(
    "CACHE-13",
    verifies=("caching.bytes-are-kept",),
    finds=("transformation-allowed",),
)
def test_proxies_are_told_to_keep_the_bytes(answer: Answer) -> None:
    """Proxies are told not to transform the answer."""
    control = stated(answer.response)
    sent = answer.response.header("cache-control")
    require("no-transform" in control, "transformation-allowed", expected="no-transform", seen=sent)


@check(
    "CACHE-14",
    verifies=("caching.stale-is-allowed-on-error",),
    finds=("stale-not-offered", "stale-forbidden"),
    on=SUCCESSES,
)
def test_a_success_may_be_used_when_the_origin_is_down(answer: Answer) -> None:
    """A successful answer may be used a while longer when its origin is down."""
    control = stated(answer.response)
    if refused(answer):
        raise NotApplicable("a refusal need not outlive its freshness")
    sent = answer.response.header("cache-control")
    require(
        control.named("stale-if-error", "stale-while-revalidate"),
        "stale-not-offered",
        expected="stale-if-error or stale-while-revalidate",
        seen=sent,
    )
    require(
        not control.named("must-revalidate", "proxy-revalidate", "s-maxage"),
        "stale-forbidden",
        expected="no must-revalidate, proxy-revalidate or s-maxage beside it",
        seen=sent,
    )


@check(
    "CACHE-15",
    verifies=("caching.refusals-are-short-lived",),
    finds=("refusal-kept-too-long",),
    on=REFUSALS,
    reading="refusal-freshness",
)
def test_a_refusal_is_not_kept_for_long(answer: Answer) -> None:
    """A refusal is not kept for long."""
    seconds = lifetime(answer.response)
    if seconds is None or not refused(answer):
        raise NotApplicable("no refusal that says how long it stays fresh; see CACHE-02")
    most = LONGEST_REFUSAL[answer.reading("refusal-freshness")]
    require(
        seconds <= most,
        "refusal-kept-too-long",
        expected=f"at most {most} s",
        seen=f"{seconds} s",
    )


@check(
    "CACHE-27",
    verifies=("caching.no-obsolete-fields",),
    finds=("obsolete-field",),
    reading="obsolete-caching-rfc",
)
def test_no_withdrawn_field_is_sent(answer: Answer) -> None:
    """The answer carries no Warning."""
    sent = judged(answer.response).header("warning")
    known = answer.reading("obsolete-caching-rfc") == "rfc-7234"
    require(known or sent is None, "obsolete-field", expected="no Warning", seen=f"Warning: {sent}")
