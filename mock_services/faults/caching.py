"""Seeded faults of the seam: caching. What single answers say about being kept is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mock_services.faults import fault
from mock_services.faults.keeping import SOUND, date_changed, told, with_fields
from mock_services.world import World


@fault(caught_by={"CACHE-01": "no-caching-headers"})
def no_caching_headers(world: World) -> World:
    """Answers carry no caching header of any kind, as is reported of the acceptance instance."""
    return with_fields(world, dict.fromkeys(("Cache-Control", "ETag", "Last-Modified", "Vary")))


@fault(caught_by={"CACHE-01": "pragma-only"})
def pragma_only(world: World) -> World:
    """The one header about caching is Pragma, which means nothing in a response."""
    return with_fields(no_caching_headers.apply(world), {"Pragma": "no-cache"})


@fault(caught_by={"CACHE-02": "no-explicit-freshness"})
def no_cache_control(world: World) -> World:
    """Answers can be revalidated, but do not say how long they stay fresh."""
    return with_fields(world, {"Cache-Control": None})


@fault(caught_by={"CACHE-02": "no-explicit-freshness"})
def public_without_lifetime(world: World) -> World:
    """Cache-Control allows keeping an answer and gives no time."""
    return told(world, "public, stale-if-error=86400, no-transform")


@fault(caught_by={"CACHE-03": "cache-control-malformed"}, blocks=("CACHE-*",))
def directives_without_commas(world: World) -> World:
    """The directives of Cache-Control are separated by spaces."""
    return told(world, SOUND.replace(",", ""))


@fault(caught_by={"CACHE-03": "freshness-quoted"}, blocks=("CACHE-*",))
def quoted_max_age(world: World) -> World:
    """The argument of max-age is a quoted string."""
    return told(world, SOUND.replace("max-age=3600", 'max-age="3600"'))


@fault(caught_by={"CACHE-03": "freshness-not-a-number"}, blocks=("CACHE-*",))
def max_age_in_hours(world: World) -> World:
    """The argument of max-age has a unit."""
    return told(world, SOUND.replace("max-age=3600", "max-age=1h"))


@fault(caught_by={"CACHE-04": "directive-repeated"})
def two_lifetimes(world: World) -> World:
    """Cache-Control gives two different values of max-age."""
    return told(world, f"{SOUND}, max-age=60")


@fault(caught_by={"CACHE-04": "no-cache-with-freshness"})
def fresh_but_not_to_be_used(world: World) -> World:
    """Cache-Control gives a lifetime and, with no-cache, forbids using it."""
    return told(world, f"{SOUND}, no-cache")


@fault(caught_by={"CACHE-05": "lifetime-not-positive"})
def stale_from_the_start(world: World) -> World:
    """Successful answers are stale as soon as they are sent."""
    return told(world, SOUND.replace("max-age=3600", "max-age=0"))


@fault(caught_by={"CACHE-05": "lifetime-not-positive"})
def expired_long_ago(world: World) -> World:
    """Successful answers have no max-age and an Expires in the past."""
    spoken = told(world, SOUND.replace("max-age=3600, ", ""))
    return with_fields(spoken, {"Expires": "Thu, 01 Jan 2026 00:00:00 GMT"})


@fault(caught_by={"CACHE-06": "storing-forbidden"})
def storing_forbidden(world: World) -> World:
    """Successful answers are not to be stored."""
    return told(world, f"{SOUND}, no-store")


@fault(caught_by={"CACHE-06": "private-only"})
def private_answers(world: World) -> World:
    """Successful answers are for private caches only, so that no proxy keeps them."""
    return told(world, SOUND.replace("public", "private"))


@fault(caught_by={"CACHE-06": "cookie-set"})
def cookie_with_every_answer(world: World) -> World:
    """Every answer sets a session cookie."""
    return with_fields(world, {"Set-Cookie": "JSESSIONID=0123456789; Secure; HttpOnly"})


@fault(caught_by={"CACHE-07": "date-missing"})
def undated_answers(world: World) -> World:
    """Answers carry no Date."""
    return replace(world, caching=replace(world.caching, date=False))


@fault(caught_by={"CACHE-08": "clock-off"})
def clock_an_hour_ahead(world: World) -> World:
    """Date is one hour ahead of the time."""
    return with_fields(world, {"Date": date_changed(lambda date: date + timedelta(hours=1))})


@fault(caught_by={"CACHE-09": "date-malformed"}, blocks=("CACHE-11", "CACHE-17", "CACHE-18"))
def dates_in_another_form(world: World) -> World:
    """Last-Modified is written as in ISO 8601."""
    return with_fields(world, {"Last-Modified": "2026-01-01T00:00:00Z"})


@fault(
    caught_by={"CACHE-09": "etag-malformed"},
    blocks=("CACHE-10", "CACHE-16", "CACHE-19", "CACHE-20", "CACHE-24"),
)
def etag_without_quotes(world: World) -> World:
    """The entity tag lacks its quotation marks."""
    return with_fields(world, {"ETag": lambda tag: tag.strip('"')})


@fault(caught_by={"CACHE-09": "age-malformed"}, blocks=("CACHE-08", "CACHE-25", "CACHE-26"))
def negative_age(world: World) -> World:
    """Age is a negative number."""
    return with_fields(world, {"Age": "-5"})


@fault(caught_by={"CACHE-10": "etag-missing"})
def no_etag(world: World) -> World:
    """Answers carry no entity tag."""
    return replace(world, caching=replace(world.caching, etag=False))


@fault(caught_by={"CACHE-10": "etag-weak"})
def weak_etag(world: World) -> World:
    """The entity tag is weak although the signature binds every byte."""
    return with_fields(world, {"ETag": lambda tag: f"W/{tag}"})


@fault(caught_by={"CACHE-10": "last-modified-missing"})
def no_last_modified(world: World) -> World:
    """Answers do not say when they last changed."""
    return replace(world, caching=replace(world.caching, last_modified=False))


@fault(caught_by={"CACHE-11": "modified-after-date"})
def modified_in_ten_years(world: World) -> World:
    """Last-Modified lies ten years after Date."""
    return with_fields(
        world, {"Last-Modified": date_changed(lambda date: date + timedelta(days=3650))}
    )


@fault(caught_by={"CACHE-12": "vary-without-accept-version"})
def versions_not_kept_apart(world: World) -> World:
    """Vary does not name Accept-Version: a proxy mixes up the interface versions."""
    return replace(world, caching=replace(world.caching, vary="Accept"))


@fault(caught_by={"CACHE-12": "vary-on-everything"})
def vary_on_everything(world: World) -> World:
    """Vary is an asterisk: no proxy may use the answer again."""
    return replace(world, caching=replace(world.caching, vary="*"))


@fault(caught_by={"CACHE-13": "transformation-allowed"})
def transformation_allowed(world: World) -> World:
    """Proxies may change the bytes that the digest covers."""
    return told(world, SOUND.replace(", no-transform", ""))


@fault(caught_by={"CACHE-14": "stale-not-offered"})
def nothing_when_the_origin_is_down(world: World) -> World:
    """A kept answer may not be used once it is stale, whatever happens to the origin."""
    return told(world, SOUND.replace("stale-if-error=86400, ", ""))


@fault(caught_by={"CACHE-14": "stale-forbidden"})
def stale_offered_and_forbidden(world: World) -> World:
    """Cache-Control offers stale answers and, with must-revalidate, forbids them."""
    return told(world, f"{SOUND}, must-revalidate")


@fault(caught_by={"CACHE-15": "refusal-kept-too-long"})
def refusals_kept_for_a_day(world: World) -> World:
    """A refusal stays fresh for a day."""
    day = "public, max-age=86400, no-transform"
    return replace(world, caching=replace(world.caching, refusal_cache_control=day))


@fault(caught_by={"CACHE-25": "outlives-certificate"})
def fresh_beyond_the_certificate(world: World) -> World:
    """Answers stay fresh for decades, far beyond the certificate that signed them."""
    return told(world, SOUND.replace("max-age=3600", "max-age=2147483647"))


@fault(caught_by={"CACHE-26": "stale-on-arrival"})
def stale_on_arrival(world: World) -> World:
    """Answers come out of a cache in which they have outlived their freshness."""
    return with_fields(world, {"Age": "86400"})


@fault(caught_by={"CACHE-15": "refusal-kept-too-long"})
def refusals_kept_a_second_too_long(world: World) -> World:
    """A refusal stays fresh for five minutes and a second."""
    kept = "public, max-age=301, no-transform"
    return replace(world, caching=replace(world.caching, refusal_cache_control=kept))


@fault(caught_by={"CACHE-09": "date-malformed"})
def expires_zero(world: World) -> World:
    """Expires is 0, which every cache has to take for a time in the past."""
    return with_fields(world, {"Expires": "0"})


@fault(caught_by={"CACHE-08": "clock-off"})
def clock_two_minutes_ahead(world: World) -> World:
    """Date is two minutes ahead of the time."""
    return with_fields(world, {"Date": date_changed(lambda date: date + timedelta(minutes=2))})


@fault(caught_by={"CACHE-27": "obsolete-field"})
def warning_with_every_answer(world: World) -> World:
    """Every answer carries the withdrawn field Warning."""
    return with_fields(world, {"Warning": '110 - "Response is Stale"'})
