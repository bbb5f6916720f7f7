"""The directive $GENERATE of BIND: one line that stands for many. Pure, and bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from harness.errors import UsageFault
from harness.master_tokens import Entry, Token

MOST_GENERATED = 10_000
"""The most records that one line may stand for."""

_RANGE = re.compile(r"([0-9]{1,10})-([0-9]{1,10})(?:/([0-9]{1,10}))?")
_STEP = re.compile(r"\\.|\$\$|\$(?:\{([+-]?[0-9]{1,10})(?:,([0-9]{1,3})(?:,([doxX]))?)?\})?")
_WIDEST = 127


def generated(entry: Entry) -> Iterator[Entry]:
    """The entries that a $GENERATE line stands for; raises `UsageFault`."""
    if len(entry.tokens) < 4:  # noqa: PLR2004 -- the directive, a range, a name, a type
        raise _refusal(entry, "a range, a name, a type and its data")
    bounds = _RANGE.fullmatch(entry.tokens[1].text)
    if bounds is None:
        raise _refusal(entry, "a range such as 1-20 or 0-100/10")
    first, last, step = int(bounds[1]), int(bounds[2]), int(bounds[3] or 1)
    if step == 0 or first > last or (last - first) // step >= MOST_GENERATED:
        raise _refusal(entry, f"a range from a first to a last, of at most {MOST_GENERATED} steps")
    for counter in range(first, last + 1, step):
        tokens = tuple(_filled_in(entry, token, counter) for token in entry.tokens[2:])
        yield replace(entry, indented=False, tokens=tokens)


def _filled_in(entry: Entry, token: Token, counter: int) -> Token:
    """A word with the counter in place of each dollar sign; one behind a backslash stays."""

    def figure(found: re.Match[str]) -> str:
        if found[0].startswith("\\") or found[0] == "$$":
            return found[0].replace("$$", "$")
        width = int(found[2] or 0)
        value = counter + int(found[1] or 0)
        if width > _WIDEST or value < 0:
            raise _refusal(entry, f"a width to {_WIDEST} and numbers from 0")
        return format(value, found[3] or "d").zfill(width)

    text = _STEP.sub(figure, token.text)
    if "${" in text:
        raise _refusal(entry, "${offset,width,base} with the base d, o, x or X")
    return replace(token, text=text)


def _refusal(entry: Entry, expected: str) -> UsageFault:
    return entry.fault(
        expected=expected,
        seen=" ".join(token.source for token in entry.tokens),
        remedy="mend the directive, or write its records out",
    )
