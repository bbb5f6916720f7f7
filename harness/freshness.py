"""How long an answer may be kept, and how that is asked again: the rules of RFC 9111 and RFC 9110.

What is read here is read for a shared cache. A function that judges raises `Violation`; one that
only reads for another check raises `NotApplicable` where a field is absent and `Unreachable`
where it cannot be read, naming the check that reports it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from harness import jades
from harness.chain import chain_of
from harness.errors import NotApplicable, Unreachable, Violation
from harness.model import NO_STATUS, HttpResponse

CACHING_FIELDS = ("cache-control", "expires", "etag", "last-modified")
"""The fields by which a response says how it may be kept; `Pragma` is none (RFC 9111, 5.4)."""

SECONDS = ("max-age", "s-maxage", "stale-if-error", "stale-while-revalidate")
"""The response directives whose argument is delta-seconds (RFC 9111, 5.2.2; RFC 5861)."""

FOREVER = 2**31
"""What a cache takes for a number too large for it (RFC 9111, section 1.2.2)."""

MOST_DIRECTIVES = 100
"""Directives of one answer; all that are registered are some fifteen."""

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = r'"((?:[\t !\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t -\x7e\x80-\xff])*)"'
_DIRECTIVE = re.compile(rf"({_WORD})(?:=(?:({_WORD})|{_QUOTED}))?")
_GAP = re.compile(r"[ \t,]*")
_DIGITS = re.compile(r"[0-9]+")
_ENTITY_TAG = re.compile(r'(W/)?"([!\x23-\x7e\x80-\xff]*)"')
_DAYS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(
    rf"(?:{_DAYS}), ([0-9]{{2}}) ({'|'.join(_MONTHS)}) ([0-9]{{4}})"
    r" ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)


@dataclass(frozen=True, slots=True)
class Directive:
    """One cache directive; `name` is in lower case, `quoted` says how its argument was written."""

    name: str
    argument: str | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class CacheControl:
    """The directives of a response in the order sent, repeated and unknown ones included."""

    directives: tuple[Directive, ...] = ()

    def __contains__(self, name: str) -> bool:
        return any(directive.name == name for directive in self.directives)

    def named(self, *names: str) -> tuple[Directive, ...]:
        """The directives of these names, in the order sent."""
        return tuple(directive for directive in self.directives if directive.name in names)

    @property
    def private(self) -> bool:
        """Whether all of it is for one user; `private="field"` is about fields (5.2.2.7)."""
        return any(directive.argument is None for directive in self.named("private"))

    def seconds(self, name: str) -> int | None:
        """The argument of the first directive of a name as a number; None where there is none."""
        found = self.named(name)
        return delta_seconds(found[0].argument or "") if found else None


@dataclass(frozen=True, slots=True)
class EntityTag:
    """A validator (RFC 9110, section 8.8.3); `opaque` is what stands between the quotes."""

    opaque: str
    weak: bool


def cache_control(*lines: str) -> CacheControl:
    """Read the lines of a `Cache-Control` field (RFC 9111, section 5.2; lists: RFC 9110, 5.6.1).

    Raises `Violation` with the tag `cache-control-malformed`.

    >>> [d.name for d in cache_control("Public, max-age=60", 'x="a, b"').directives]
    ['public', 'max-age', 'x']
    """
    text = ",".join(lines)
    found: list[Directive] = []
    place = _gap(text)
    while place < len(text):
        directive = _DIRECTIVE.match(text, place)
        end = _gap(text, directive.end()) if directive else place
        if not directive or ("," not in text[directive.end() : end] and end != len(text)):
            expected = "directives, each a token or token=argument, separated by commas"
            raise Violation("cache-control-malformed", expected=expected, seen=text)
        if len(found) == MOST_DIRECTIVES:
            expected = f"at most {MOST_DIRECTIVES} directives"
            raise Violation("cache-control-malformed", expected=expected, seen="more")
        name, token, quoted = directive.groups()
        found.append(Directive(name.lower(), token or quoted, quoted is not None))
        place = end
    return CacheControl(tuple(found))


def _gap(text: str, place: int = 0) -> int:
    """Where the white space and the commas from a place on end."""
    gap = _GAP.match(text, place)
    return gap.end() if gap else place


def require_numbers(control: CacheControl) -> None:
    """Every directive of time has its number, as a token (RFC 9111, 5.2.2.1 and 5.2.2.10).

    Raises `Violation` with the tag `freshness-quoted` or `freshness-not-a-number`.
    """
    for directive in control.named(*SECONDS):
        if directive.quoted:
            seen = f'{directive.name}="{directive.argument}"'
            raise Violation("freshness-quoted", expected=f"{directive.name}=<seconds>", seen=seen)
        if delta_seconds(directive.argument or "") is None:
            seen = f"{directive.name}={directive.argument}"
            raise Violation("freshness-not-a-number", expected="a number of seconds", seen=seen)


def delta_seconds(text: str) -> int | None:
    """A number of seconds (RFC 9111, section 1.2.2); None where it is none.

    >>> delta_seconds("3600"), delta_seconds("99999999999999"), delta_seconds("-1")
    (3600, 2147483648, None)
    """
    if not _DIGITS.fullmatch(text):
        return None
    digits = text.lstrip("0") or "0"
    return FOREVER if len(digits) > len(str(FOREVER)) else min(int(digits), FOREVER)


def http_date(text: str) -> datetime | None:
    """An IMF-fixdate, the one form that may be sent (RFC 9110, section 5.6.7); None otherwise.

    >>> http_date("Sun, 06 Nov 1994 08:49:37 GMT").isoformat()
    '1994-11-06T08:49:37+00:00'
    >>> http_date("0")
    """
    parts = _DATE.fullmatch(text)
    if not parts:
        return None
    day, month, year, hour, minute, second = parts.groups()
    leap = min(int(second), 59) if second == "60" else int(second)
    number = _MONTHS.index(month) + 1
    try:
        return datetime(int(year), number, int(day), int(hour), int(minute), leap, tzinfo=UTC)
    except ValueError:
        return None


def entity_tag(text: str) -> EntityTag:
    """Read an entity tag; raises `Violation` with the tag `etag-malformed`.

    >>> entity_tag('W/"a"')
    EntityTag(opaque='a', weak=True)
    """
    parts = _ENTITY_TAG.fullmatch(text)
    if not parts:
        raise Violation("etag-malformed", expected='"<characters>" or W/"<characters>"', seen=text)
    return EntityTag(parts[2], weak=parts[1] is not None)


def names(field: str | None) -> tuple[str, ...]:
    """The members of a field that lists names, in lower case.

    >>> names("Accept, , Accept-Version")
    ('accept', 'accept-version')
    """
    members = (member.strip(" \t").lower() for member in (field or "").split(","))
    return tuple(member for member in members if member)


def answered(response: HttpResponse) -> HttpResponse:
    """A response with the status of every answer; raises `NotApplicable` for any other."""
    if response.status not in (HTTPStatus.OK, NO_STATUS):
        raise NotApplicable(f"caching is judged on answers with status 200, not {response.status}")
    return response


def judged(response: HttpResponse) -> HttpResponse:
    """An answer that says anything about caching; raises `NotApplicable` for any other."""
    if not any(answered(response).values(name) for name in CACHING_FIELDS):
        raise NotApplicable("there are no caching headers at all; see CACHE-01")
    return response


def directives(response: HttpResponse) -> CacheControl:
    """What `Cache-Control` says, for checks that do not own its form; empty where it is absent."""
    try:
        control = cache_control(*judged(response).values("cache-control"))
        require_numbers(control)
    except Violation as malformed:
        raise Unreachable("Cache-Control", why=f"{malformed.tag}; see CACHE-03") from None
    return control


def stated(response: HttpResponse) -> CacheControl:
    """What `Cache-Control` says where it is there; raises `NotApplicable` where it is not."""
    if not judged(response).values("cache-control"):
        raise NotApplicable("there is no Cache-Control to judge; see CACHE-02")
    return directives(response)


def lifetime(response: HttpResponse) -> int | None:
    """Seconds of freshness: s-maxage, else max-age, else Expires less Date (RFC 9111, 4.2.1).

    None where nothing explicit is said, and a cache would have to guess.
    """
    control = directives(response)
    for name in ("s-maxage", "max-age"):
        if name in control:
            return control.seconds(name)
    if not response.values("expires"):
        return None
    kept = moment(response, "expires") - moment(response, "date")
    return max(0, int(kept.total_seconds()))


def age(response: HttpResponse) -> int:
    """The value of `Age` (RFC 9111, section 5.1); 0 where it is absent."""
    text = response.header("age")
    seconds = 0 if text is None else delta_seconds(text)
    if seconds is None:
        raise Unreachable("Age", why="it is not a number of seconds; see CACHE-09")
    return seconds


def moment(response: HttpResponse, name: str) -> datetime:
    """The value of a field that is a date."""
    text = judged(response).header(name)
    if text is None:
        raise NotApplicable(f"there is no {name.title()} to judge")
    value = http_date(text)
    if value is None:
        raise Unreachable(name.title(), why="it is not an HTTP date; see CACHE-09")
    return value


def etag(response: HttpResponse) -> EntityTag:
    """The entity tag."""
    text = judged(response).header("etag")
    if text is None:
        raise NotApplicable("there is no ETag to judge; see CACHE-10")
    try:
        return entity_tag(text)
    except Violation:
        raise Unreachable("ETag", why="it is not an entity tag; see CACHE-09") from None


def certificate_ends(response: HttpResponse) -> datetime:
    """When the certificate that signed an answer ceases to be valid; nothing of it is judged."""
    try:
        protected, _ = jades.segments(jades.signature_field(response))
        chain = chain_of(jades.protected_header(jades.octets_of(protected)))
    except Violation:
        reason = "there is no signing certificate to compare with; see the chapter signature"
        raise NotApplicable(reason) from None
    return chain.leaf.not_valid_after_utc
