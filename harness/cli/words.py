"""Words that a user gives for one of a closed list, and the refusal of any other."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Sequence
from pathlib import Path

from harness.errors import UsageFault

NAMES_OF_OTHERS = {"EL": "GR", "UK": "GB"}
"""Codes of the European Union where ISO 3166-1 has another; DNS names use ISO's."""


def chosen(
    option: str, given: Sequence[str], known: Sequence[str], *, upper: bool = False
) -> tuple[str, ...]:
    """Words repeated or separated by commas, each once, in the order given; () when none is given.

    Raises `UsageFault` for a word that is not known, and where an option was given without one.
    """
    words = [word.strip() for text in given for word in text.split(",")]
    for word in words:
        spelled = word.upper() if upper else word.lower()
        if spelled not in known:
            raise unknown(option, word, known, f"known are {_some(known)}")
    return tuple(dict.fromkeys(word.upper() if upper else word.lower() for word in words))


def unknown(option: str, word: str, known: Sequence[str], remedy: str) -> UsageFault:
    """The refusal of a word, with the nearest known one."""
    other = NAMES_OF_OTHERS.get(word.upper())
    near = [other] if other in known else difflib.get_close_matches(word, known, 1, 0.5)
    return UsageFault(
        option,
        expected=f"a known word{f', such as {near[0]}' if near else ''}",
        seen=repr(word) if word else "an empty one",
        remedy=remedy,
    )


def existing_name(text: str) -> Path:
    """A path that is not the empty string, for argparse."""
    if not text:
        raise argparse.ArgumentTypeError("a path is expected, but an empty word was given")
    return Path(text)


class Once(argparse.Action):
    """An option that may be given once: a second value would silently replace the first."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        """Store the value, or refuse it."""
        if getattr(namespace, self.dest) is not None:
            parser.error(f"{option_string} may be given once, but was given twice")
        setattr(namespace, self.dest, values)


_FEW = 30


def _some(known: Sequence[str]) -> str:
    few = ", ".join(known[:_FEW])
    return few if len(known) <= _FEW else f"{few} and {len(known) - _FEW} more"
