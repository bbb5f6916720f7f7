"""What the listing commands share: lines that fit a terminal, and words with the nearest known."""

from __future__ import annotations

import difflib
import sys
import textwrap
from collections.abc import Iterable, Sequence

from harness.errors import UsageFault
from harness.reports.words import plain

WIDTH = 80


def say(lines: Iterable[str]) -> None:
    """Print lines as the output can show them."""
    encoding = sys.stdout.encoding or "ascii"
    text = "\n".join(lines)
    print(text.encode(encoding, "backslashreplace").decode(encoding))


def labelled(label: str, text: str, *, indent: int = 12) -> list[str]:
    """A label and its text, the text in a column of its own."""
    first = f"{label:{indent}}"
    return textwrap.wrap(
        f"{first}{plain(text)}",
        WIDTH,
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
        break_long_words=False,
    )


def known(option: str, word: str, words: Sequence[str], *, remedy: str) -> str:
    """The known word that is meant, whatever its case; raises `UsageFault`."""
    spelled = {one.casefold(): one for one in words}
    if word.casefold() in spelled:
        return spelled[word.casefold()]
    near = difflib.get_close_matches(word.casefold(), list(spelled), 1, 0.5)
    raise UsageFault(
        option,
        expected=f"a known word{f', such as {spelled[near[0]]}' if near else ''}",
        seen=repr(word[:60]),
        remedy=remedy,
    )
