"""Seeded faults of the seam: caching.

Policies say wrong things about keeping an answer; hooks spoil single fields or single requests.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus

from harness.model import HttpRequest, HttpResponse
from mock_services.faults import fault
from mock_services.world import World, set_header

_SOUND = "public, max-age=3600, stale-if-error=86400, no-transform"
_OF_200_ONLY = frozenset({"content-type", "content-length", "last-modified"})

_Field = str | None | Callable[[str], str]
_Condition = Callable[[HttpRequest, HttpResponse], bool]


def _told(world: World, cache_control: str) -> World:
    """A world whose successes carry this Cache-Control."""
    return replace(world, caching=replace(world.caching, cache_control=cache_control))


def _with(
    world: World, fields: Mapping[str, _Field], when: _Condition = lambda _, __: True
) -> World:
    """A world in whose responses fields are replaced, left out (None), or changed where present."""

    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        headers = response.headers
        for name, field in fields.items() if when(request, response) else ():
            old = response.header(name)
            value = field if not callable(field) else None if old is None else field(old)
            headers = set_header(headers, name, value)
        return replace(response, headers=headers)

    return world.with_wire(hook)


def _confirms(_: HttpRequest, response: HttpResponse) -> bool:
    return response.status == HTTPStatus.NOT_MODIFIED


def _asked(request: HttpRequest, name: str) -> str | None:
    """The value of a request field."""
    return {field.lower(): value for field, value in request.headers}.get(name.lower())


def _not_modified(response: HttpResponse) -> HttpResponse:
    """The 304 that stands for an answer."""
    kept = tuple(field for field in response.headers if field[0].lower() not in _OF_200_ONLY)
    answered = response.status == HTTPStatus.OK
    return HttpResponse(HTTPStatus.NOT_MODIFIED, kept, b"") if answered else response


def _date(change: Callable[[datetime], datetime]) -> Callable[[str], str]:
    """A change of a date, as a change of its text."""
    return lambda text: format_datetime(change(parsedate_to_datetime(text)), usegmt=True)


@fault(caught_by={"CACHE-01": "no-caching-headers"})
def no_caching_headers(world: World) -> World:
    """Answers carry no caching header of any kind, as is reported of the acceptance instance."""
    return _with(world, dict.fromkeys(("Cache-Control", "ETag", "Last-Modified", "Vary")))


@fault(caught_by={"CACHE-01": "pragma-only"})
def pragma_only(world: World) -> World:
    """The one header about caching is Pragma, which means nothing in a response."""
    return _with(no_caching_headers.apply(world), {"Pragma": "no-cache"})


@fault(caught_by={"CACHE-02": "no-explicit-freshness"})
def no_cache_control(world: World) -> World:
    """Answers can be revalidated, but do not say how long they stay fresh."""
    return _with(world, {"Cache-Control": None})


@fault(caught_by={"CACHE-02": "no-explicit-freshness"})
def public_without_lifetime(world: World) -> World:
    """Cache-Control allows keeping an answer and gives no time."""
    return _told(world, "public, stale-if-error=86400, no-transform")


@fault(caught_by={"CACHE-03": "cache-control-malformed"}, blocks=("CACHE-*",))
def directives_without_commas(world: World) -> World:
    """The directives of Cache-Control are separated by spaces."""
    return _told(world, _SOUND.replace(",", ""))


@fault(caught_by={"CACHE-03": "freshness-quoted"}, blocks=("CACHE-*",))
def quoted_max_age(world: World) -> World:
    """The argument of max-age is a quoted string."""
    return _told(world, _SOUND.replace("max-age=3600", 'max-age="3600"'))


@fault(caught_by={"CACHE-03": "freshness-not-a-number"}, blocks=("CACHE-*",))
def max_age_in_hours(world: World) -> World:
    """The argument of max-age has a unit."""
    return _told(world, _SOUND.replace("max-age=3600", "max-age=1h"))


@fault(caught_by={"CACHE-04": "directive-repeated"})
def two_lifetimes(world: World) -> World:
    """Cache-Control gives two different values of max-age."""
    return _told(world, f"{_SOUND}, max-age=60")


@fault(caught_by={"CACHE-04": "no-cache-with-freshness"})
def fresh_but_not_to_be_used(world: World) -> World:
    """Cache-Control gives a lifetime and, with no-cache, forbids using it."""
    return _told(world, f"{_SOUND}, no-cache")


@fault(caught_by={"CACHE-05": "lifetime-not-positive"})
def stale_from_the_start(world: World) -> World:
    """Successful answers are stale as soon as they are sent."""
    return _told(world, _SOUND.replace("max-age=3600", "max-age=0"))


@fault(caught_by={"CACHE-05": "lifetime-not-positive"})
def expired_long_ago(world: World) -> World:
    """Successful answers have no max-age and an Expires in the past."""
    told = _told(world, _SOUND.replace("max-age=3600, ", ""))
    return _with(told, {"Expires": "Thu, 01 Jan 2026 00:00:00 GMT"})


@fault(caught_by={"CACHE-06": "storing-forbidden"})
def storing_forbidden(world: World) -> World:
    """Successful answers are not to be stored."""
    return _told(world, f"{_SOUND}, no-store")


@fault(caught_by={"CACHE-06": "private-only"})
def private_answers(world: World) -> World:
    """Successful answers are for private caches only, so that no proxy keeps them."""
    return _told(world, _SOUND.replace("public", "private"))


@fault(caught_by={"CACHE-06": "cookie-set"})
def cookie_with_every_answer(world: World) -> World:
    """Every answer sets a session cookie."""
    return _with(world, {"Set-Cookie": "JSESSIONID=0123456789; Secure; HttpOnly"})


@fault(caught_by={"CACHE-07": "date-missing"})
def undated_answers(world: World) -> World:
    """Answers carry no Date."""
    return replace(world, caching=replace(world.caching, date=False))


@fault(caught_by={"CACHE-08": "clock-off"})
def clock_an_hour_ahead(world: World) -> World:
    """Date is one hour ahead of the time."""
    return _with(world, {"Date": _date(lambda date: date + timedelta(hours=1))})


@fault(caught_by={"CACHE-09": "date-malformed"}, blocks=("CACHE-11", "CACHE-17", "CACHE-18"))
def dates_in_another_form(world: World) -> World:
    """Last-Modified is written as in ISO 8601."""
    return _with(world, {"Last-Modified": "2026-01-01T00:00:00Z"})


@fault(
    caught_by={"CACHE-09": "etag-malformed"},
    blocks=("CACHE-10", "CACHE-16", "CACHE-19", "CACHE-20", "CACHE-24"),
)
def etag_without_quotes(world: World) -> World:
    """The entity tag lacks its quotation marks."""
    return _with(world, {"ETag": lambda tag: tag.strip('"')})


@fault(caught_by={"CACHE-09": "age-malformed"}, blocks=("CACHE-08", "CACHE-25", "CACHE-26"))
def negative_age(world: World) -> World:
    """Age is a negative number."""
    return _with(world, {"Age": "-5"})


@fault(caught_by={"CACHE-10": "etag-missing"})
def no_etag(world: World) -> World:
    """Answers carry no entity tag."""
    return replace(world, caching=replace(world.caching, etag=False))


@fault(caught_by={"CACHE-10": "etag-weak"})
def weak_etag(world: World) -> World:
    """The entity tag is weak although the signature binds every byte."""
    return _with(world, {"ETag": lambda tag: f"W/{tag}"})


@fault(caught_by={"CACHE-10": "last-modified-missing"})
def no_last_modified(world: World) -> World:
    """Answers do not say when they last changed."""
    return replace(world, caching=replace(world.caching, last_modified=False))


@fault(caught_by={"CACHE-11": "modified-after-date"})
def modified_in_ten_years(world: World) -> World:
    """Last-Modified lies ten years after Date."""
    return _with(world, {"Last-Modified": _date(lambda date: date + timedelta(days=3650))})


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
    return _told(world, _SOUND.replace(", no-transform", ""))


@fault(caught_by={"CACHE-14": "stale-not-offered"})
def nothing_when_the_origin_is_down(world: World) -> World:
    """A kept answer may not be used once it is stale, whatever happens to the origin."""
    return _told(world, _SOUND.replace("stale-if-error=86400, ", ""))


@fault(caught_by={"CACHE-14": "stale-forbidden"})
def stale_offered_and_forbidden(world: World) -> World:
    """Cache-Control offers stale answers and, with must-revalidate, forbids them."""
    return _told(world, f"{_SOUND}, must-revalidate")


@fault(caught_by={"CACHE-15": "refusal-kept-too-long"})
def refusals_kept_for_a_day(world: World) -> World:
    """A refusal stays fresh for a day."""
    day = "public, max-age=86400, no-transform"
    return replace(world, caching=replace(world.caching, refusal_cache_control=day))


@fault(
    caught_by={"CACHE-16": "no-304-for-etag", "CACHE-17": "no-304-for-date"},
    blocks=("CACHE-19", "CACHE-20"),
)
def conditions_ignored(world: World) -> World:
    """Conditional requests are answered in full."""
    return replace(world, caching=replace(world.caching, conditional=False))


def _precondition_failed(world: World, name: str) -> World:
    """A world where a condition that should get 304 gets 412, which is for other methods."""

    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        refused = _confirms(request, response) and _asked(request, name)
        return replace(response, status=412) if refused else response

    return world.with_wire(hook)


@fault(caught_by={"CACHE-16": "no-304-for-etag"}, blocks=("CACHE-19", "CACHE-20"))
def known_tag_is_an_error(world: World) -> World:
    """If-None-Match with the current tag is answered with 412."""
    return _precondition_failed(world, "If-None-Match")


@fault(caught_by={"CACHE-17": "no-304-for-date"})
def known_date_is_an_error(world: World) -> World:
    """If-Modified-Since with the current date is answered with 412."""
    return _precondition_failed(world, "If-Modified-Since")


@fault(caught_by={"CACHE-18": "date-outranks-etag"})
def date_outranks_the_tag(world: World) -> World:
    """If-Modified-Since is obeyed although If-None-Match is there and does not match."""

    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        known = _asked(request, "If-Modified-Since") in response.values("Last-Modified")
        return _not_modified(response) if known else response

    return world.with_wire(hook)


@fault(caught_by={"CACHE-19": "304-incomplete"})
def bare_304(world: World) -> World:
    """A 304 carries neither Cache-Control nor Vary."""
    return _with(world, {"Cache-Control": None, "Vary": None}, when=_confirms)


@fault(caught_by={"CACHE-20": "304-unsigned"})
def unsigned_304(world: World) -> World:
    """A 304 carries no signature."""
    return _with(world, {"oots-response-sig": None}, when=_confirms)


@fault(caught_by={"CACHE-20": "304-of-another-answer"})
def digest_of_nothing_in_a_304(world: World) -> World:
    """A 304 carries the digest of its own empty body, which a cache then stores."""
    empty = "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    return _with(world, {"digest": empty}, when=_confirms)


@fault(caught_by={"CACHE-21": "head-unlike-get"})
def head_without_tag(world: World) -> World:
    """HEAD is answered without the entity tag that GET has."""
    return _with(world, {"ETag": None}, when=lambda request, _: request.method == "HEAD")


@fault(caught_by={"CACHE-21": "head-unlike-get"})
def head_not_served(world: World) -> World:
    """HEAD is refused with status 405."""

    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return replace(response, status=405) if request.method == "HEAD" else response

    return world.with_wire(hook)


@fault(caught_by={"CACHE-22": "order-matters"})
def order_of_parameters_matters(world: World) -> World:
    """With the country first, the answer has other bytes."""

    def hook(request: HttpRequest, body: bytes) -> bytes:
        _, first, *others = request.url.split("&") if "&" in request.url else ("", "")
        return body + b"\n" if others and first.startswith("country-code=") else body

    return world.with_content(hook)


@fault(
    caught_by={"CACHE-23": "answer-unstable"},
    blocks=("CACHE-16", "CACHE-19", "CACHE-20", "CACHE-21", "CACHE-22"),
)
def answers_never_the_same(world: World) -> World:
    """The same question is answered with other bytes each time."""
    return world.with_content(lambda _, body: body + f"<!-- {secrets.token_hex(8)} -->".encode())


@fault(
    caught_by={"CACHE-23": "etag-unstable"},
    blocks=("CACHE-16", "CACHE-19", "CACHE-20", "CACHE-21"),
)
def tag_of_the_moment(world: World) -> World:
    """The entity tag changes with every answer though the bytes do not."""
    return _with(world, {"ETag": lambda _: f'"{secrets.token_hex(8)}"'})


@fault(caught_by={"CACHE-24": "etag-shared"})
def one_tag_for_everything(world: World) -> World:
    """All answers have the same entity tag, whatever their bytes."""
    shared = '"the-tag"'

    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return _not_modified(response) if _asked(request, "If-None-Match") == shared else response

    return _with(world, {"ETag": lambda _: shared}).with_wire(hook)


@fault(caught_by={"CACHE-25": "outlives-certificate"})
def fresh_beyond_the_certificate(world: World) -> World:
    """Answers stay fresh for decades, far beyond the certificate that signed them."""
    return _told(world, _SOUND.replace("max-age=3600", "max-age=2147483647"))


@fault(caught_by={"CACHE-26": "stale-on-arrival"})
def stale_on_arrival(world: World) -> World:
    """Answers come out of a cache in which they have outlived their freshness."""
    return _with(world, {"Age": "86400"})
