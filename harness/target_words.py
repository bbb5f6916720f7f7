"""The forms of what a target file says: each a function that takes a text, or says why not.

Pure. `Unfit` is a `ValueError`: pydantic carries it to where the file and the line are known.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from harness.codelists import code_list

OTHER_CODES = {"EL": "GR", "UK": "GB"}
"""Codes of the European Union where ISO 3166-1, which names in DNS use, has another."""

LONGEST = 2000
"""Characters of any text."""

PLACE = "^([A-Z]{2}-)?(eb|dsd)(-(prod|acc|testing))?$"
"""Whom a base URL is for."""

_LONGEST_SEEN = 80
_ABBREVIATED = 3
_VARIABLE = re.compile("[A-Za-z_][A-Za-z0-9_]{0,127}")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_OURS = frozenset(
    {
        "accept",
        "accept-version",
        "connection",
        "content-length",
        "expect",
        "host",
        "if-modified-since",
        "if-none-match",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Header fields that are the harness's to send."""


class Unfit(ValueError):
    """A value that cannot be used; the three parts of what is said of it."""

    def __init__(self, *, expected: str, seen: str, remedy: str) -> None:
        super().__init__(f"expected {expected}, but saw {seen}; {remedy}")
        self.expected = expected
        self.seen = seen
        self.remedy = remedy


def printable(text: str) -> str:
    """A text on one line."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def shown(text: str) -> str:
    r"""A text as it is told: in quotes, on one line, not too long.

    >>> print(shown("a\nb"))
    'a\nb'
    """
    told = printable(text)
    return f"'{told}'" if len(told) <= _LONGEST_SEEN else f"'{told[:_LONGEST_SEEN]}…'"


def plain(text: str) -> str:
    """A text for people: something on one line."""
    if not text.strip() or not text.isprintable():
        raise Unfit(expected="a few words on one line", seen=shown(text), remedy="write a name")
    return text.strip()


def user(text: str) -> str:
    """The name of a user, as HTTP can carry it (RFC 7617)."""
    if ":" in plain(text):
        seen = shown(text)
        raise Unfit(expected="a name without a colon", seen=seen, remedy="write the name alone")
    return text


def word(known: Sequence[str]) -> Callable[[str], str]:
    """One of a closed list.

    >>> word(("prod", "acc"))("production")
    Traceback (most recent call last):
    ...
    harness.target_words.Unfit: expected prod or acc, but saw 'production'; did you mean prod?
    """

    def chosen(text: str) -> str:
        if text not in known:
            near = _near(text.lower(), known)
            usual = "acc" if "acc" in known else known[0]  # production is chosen, never suggested
            remedy = f"did you mean {near}?" if near else f"write {usual}, for instance"
            raise Unfit(expected=either(known), seen=shown(text), remedy=remedy)
        return text

    return chosen


def _near(text: str, known: Sequence[str]) -> str | None:
    """The word that is meant: one that this begins with, or that is spelled much like it."""
    begun = (each for each in known if text.startswith(each[:_ABBREVIATED]))
    alike = difflib.get_close_matches(text, known, 1, 0.5)
    return next(begun, None) if not alike else alike[0]


def either(words: Iterable[str]) -> str:
    """Words of which one is wanted: `a, b or c`."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def each_once(values: list[Any] | None) -> list[Any] | None:
    """A list without anything twice."""
    for number, value in enumerate(values or ()):
        if value in (values or ())[:number]:
            seen = shown(str(value)) if isinstance(value, str) else str(value)
            raise Unfit(
                expected="everything once", seen=f"{seen} twice", remedy="leave one of them out"
            )
    return values


def countries() -> tuple[str, ...]:
    """The countries of the OOTS by the codes of ISO 3166-1 (`GR`, not `EL`)."""
    codes = code_list("oots_country").codes - {"EU"}
    return tuple(sorted(OTHER_CODES.get(code, code) for code in codes))


def data_code(member_state: str) -> str:
    """The code of a country in data.

    >>> data_code("GR"), data_code("FI")
    ('EL', 'FI')
    """
    return next((data for data, iso in OTHER_CODES.items() if iso == member_state), member_state)


def member_state(text: str) -> str:
    """A country of the OOTS, by its code in DNS names."""
    if text in countries():
        return text
    other = OTHER_CODES.get(text.upper(), text.upper())
    remedy = f"use {other}" if other in countries() else f"known are {', '.join(countries())}"
    raise Unfit(
        expected="the code of a country by ISO 3166-1, in capitals",
        seen=shown(text),
        remedy=remedy,
    )


def variable(text: str) -> str:
    """The name of an environment variable; what is none might be a secret and is not shown."""
    if not _VARIABLE.fullmatch(text):
        raise Unfit(
            expected="the name of an environment variable, such as OOTS_TOKEN",
            seen="a text that is no such name",
            remedy="put the secret into a variable and its name here",
        )
    return text


def header_name(text: str) -> str:
    """The name of a header field that may be added to every request."""
    if not _TOKEN.fullmatch(text):
        remedy = "write a name such as X-Api-Token"
        raise Unfit(expected="the name of a header field", seen=shown(text), remedy=remedy)
    if text.lower() in _OURS:
        remedy = "leave it out: the harness sends it, or decides that it is not sent"
        raise Unfit(expected="a header field of your own", seen=shown(text), remedy=remedy)
    return text


def place(text: str) -> tuple[str | None, str | None, str | None]:
    """Whom a base URL is for: `eb`, `eb-acc`, `FI-eb` or `FI-eb-acc`; None where it is for all.

    >>> place("FI-eb"), place("dsd-acc")
    (('FI', 'eb', None), (None, 'dsd', 'acc'))
    """
    read = re.fullmatch(PLACE, text)
    if read is None:
        raise Unfit(
            expected="a service, such as eb, eb-acc or FI-eb-acc",
            seen=shown(text),
            remedy="write the Member State and the environment where the URL is for one only",
        )
    if read[1] is not None:
        member_state(read[1].rstrip("-"))
    return read[1] and read[1].rstrip("-"), read[2], read[4]


def path(text: str) -> str:
    """The name of a file."""
    is_text = text.encode("utf-8", "replace").decode() == text
    if not text.strip() or "\0" in text or not is_text:
        raise Unfit(expected="the name of a file", seen=shown(text), remedy="write its path")
    return text
