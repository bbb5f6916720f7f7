"""The caching fields of an origin (RFC 9111), and its conditional answers (RFC 9110)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

from harness.model import Headers, HttpRequest
from mock_services.world import CachingPolicy

_ENTITY_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
KEPT_BY_304 = frozenset(
    {"digest", "oots-response-sig", "cache-control", "etag", "vary", "date", "expires"}
)
"""What a 304 repeats: RFC 9110, section 15.4.5, and the signature, which caches update with it."""


def caching_fields(
    policy: CachingPolicy, digest: str, *, refusal: bool, published: datetime, now: datetime
) -> Headers:
    """Cache-Control, ETag, Last-Modified, Vary and Date, as far as the policy has them.

    `digest` is that of the body, in base64, and makes a strong ETag; `published` is when the data
    last changed.
    """
    fields = (
        ("Cache-Control", policy.refusal_cache_control if refusal else policy.cache_control),
        ("ETag", f'"{digest}"' if policy.etag else None),
        ("Last-Modified", http_date(published) if policy.last_modified else None),
        ("Vary", policy.vary),
        ("Date", http_date(now) if policy.date else None),
    )
    return tuple((name, value) for name, value in fields if value is not None)


def is_unchanged(request: HttpRequest, fields: Headers) -> bool:
    """Whether a 304 answers the request; If-None-Match wins over If-Modified-Since.

    >>> is_unchanged(HttpRequest("GET", "/", (("If-None-Match", 'W/"a"'),)), (("ETag", '"a"'),))
    True
    """
    asked = {name.lower(): value for name, value in request.headers}
    if asked.keys().isdisjoint(("if-none-match", "if-modified-since")):
        return False
    known = {name.lower(): value for name, value in fields}
    if (tags := asked.get("if-none-match")) is not None:
        return tags.strip() == "*" or known.get("etag") in _ENTITY_TAG.findall(tags)
    since, changed = _instant(asked.get("if-modified-since")), _instant(known.get("last-modified"))
    return since is not None and changed is not None and changed <= since


def not_modified_fields(fields: Headers) -> Headers:
    """The fields that a 304 carries; Last-Modified only where there is no ETag."""
    names = {name.lower() for name, _ in fields}
    kept = KEPT_BY_304 if "etag" in names else KEPT_BY_304 | {"last-modified"}
    return tuple((name, value) for name, value in fields if name.lower() in kept)


def http_date(at: datetime) -> str:
    """An IMF-fixdate (RFC 9110, section 5.6.7).

    >>> http_date(datetime(2026, 11, 21, 20, 10, tzinfo=UTC))
    'Sat, 21 Nov 2026 20:10:00 GMT'
    """
    return _date(int(at.timestamp()))


@lru_cache(maxsize=64)
def _date(seconds: int) -> str:
    """Kept, because a busy server writes the same second thousands of times."""
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)


def _instant(text: str | None) -> datetime | None:
    """A date of HTTP; one that cannot be read, or has no zone, is ignored (section 13.1.3)."""
    try:
        at = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return at if at.tzinfo else None
