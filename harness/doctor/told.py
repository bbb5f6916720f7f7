"""What a probe has to tell, before it is a finding: the words that all probes share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from harness.model import Blame, ServiceKey
from harness.observatory import Watch

ZONE = ("DISC-*",)
"""The checks of the entries in DNS."""

DIRECTORIES = ("LOOK-*", "SIG-*", "CACHE-*")
"""The checks of what directories answer."""

_FEW = 4
_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60


class Skipped(Exception):
    """The probe cannot be made, or has nothing to look at; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A finding without its name; the fields are those of `harness.model.Finding`.

    `about` is added to the title where it is about one of several.
    """

    seen: str
    whose: Blame | None = None
    expected: str | None = None
    fix: str | None = None
    explains: tuple[str, ...] = ()
    fatal: bool = False
    watch: Watch | None = None
    subjects: tuple[str, ...] = ()
    about: str = ""


def span(seconds: float) -> str:
    """A length of time in the two units that matter.

    >>> span(0.4), span(75), span(7_260), span(864_000)
    ('0 s', '1 min 15 s', '2 h 1 min', '10 days')
    """
    whole = round(abs(seconds))
    days, hours, minutes = whole // _DAY, whole // _HOUR, whole // _MINUTE
    if days > 1:
        return f"{days} days"
    if hours:
        return f"{hours} h {minutes % _MINUTE} min"
    return f"{minutes} min {whole % _MINUTE} s" if minutes else f"{whole} s"


def days(left: timedelta) -> str:
    """How many whole days are left.

    >>> days(timedelta(days=1, hours=3)), days(timedelta(days=12))
    ('1 day', '12 days')
    """
    return f"{left.days} day{'s' * (left.days != 1)}"


def few(texts: Iterable[object]) -> str:
    """Some of several things, and how many more there are.

    >>> few(["a", "b"]), few("abcdef")
    ('a, b', 'a, b, c, d and 2 more')
    """
    words = list(dict.fromkeys(map(str, texts)))
    rest = len(words) - _FEW
    return ", ".join(words[:_FEW]) + (f" and {rest} more" if rest > 0 else "")


def count(number: int, noun: str) -> str:
    """A number and its noun.

    >>> count(1, "server"), count(2, "server")
    ('1 server', '2 servers')
    """
    return f"{number} {noun}{'s' * (number != 1)}"


def ids(chapter: str, first: int, last: int) -> tuple[str, ...]:
    """The checks of a chapter from one number to another.

    >>> ids("LOOK", 88, 90)
    ('LOOK-88', 'LOOK-89', 'LOOK-90')
    """
    return tuple(f"{chapter}-{number:02}" for number in range(first, last + 1))


def whom(keys: Iterable[ServiceKey]) -> tuple[str, ...]:
    """The services as a finding names them."""
    return tuple(dict.fromkeys(map(str, keys)))
