"""The four ways in which a run departs from its path, told in the order in which they occur.

Asked wrongly -> `UsageFault`; nothing to judge here -> `NotApplicable`; the subject could not be
reached or observed -> `Unreachable`; its own answer was compared and found wanting -> `Violation`.
What the harness itself gets wrong is a `HarnessFault`. Nothing else crosses a module boundary.
"""

from __future__ import annotations


class UsageFault(Exception):
    """The user's options or files cannot be used: exit code 2, one line, no traceback.

    `where` names the option or the file (with line, where one is known).
    """

    def __init__(self, where: str, *, expected: str, seen: str, remedy: str) -> None:
        super().__init__(_line(f"{where}: expected {expected}, but saw {seen}; {remedy}"))


class NotApplicable(Exception):
    """The check has nothing to judge on this subject; the text is the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(_text(reason))


class Unreachable(Exception):
    """The subject could not be reached or observed: blocked, nobody's failure yet."""

    def __init__(self, what: str, *, why: str) -> None:
        self.what = _text(what)
        self.why = _text(why)
        super().__init__(f"{self.what}: {self.why}")


class TimedOut(Unreachable):
    """Nothing came in time: an origin that never answers is not waited for again and again."""


class Unframed(Unreachable):
    """Octets came that are no sound HTTP/1.1 message: LOOK-87 judges them, all else is blocked."""

    def __init__(self, what: str, *, why: str, octets: bytes) -> None:
        super().__init__(what, why=why)
        self.octets = octets


class Violation(Exception):
    """The subject's own answer departs from a requirement; `tag` names how."""

    def __init__(self, tag: str, *, expected: object, seen: object) -> None:
        self.tag = tag
        self.expected = _text(expected)
        self.seen = _text(seen)
        super().__init__(f"{tag}: expected {self.expected}, seen {self.seen}")


class HarnessFault(Exception):
    """The harness itself cannot go on: exit code 4; the text says what and what to do."""


_LONGEST = 400


def _said(value: object) -> str:
    """A value in words: no quotes around texts, no brackets around several.

    >>> _said(("a", ["b", 1])), _said([]), _said(None)
    ('a, b, 1', 'none', 'none')
    """
    match value:
        case str() | int() | float():
            return format(value)
        case None:
            return "none"
        case list() | tuple() | set() | frozenset():
            return ", ".join(map(_said, value)) or "none"
    return repr(value)


def _line(text: str) -> str:
    r"""A text on one printable line.

    >>> print(_line("a\r\nb"))
    a\r\nb
    """
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _text(value: object) -> str:
    """A value as one short printable line; control characters are shown, not obeyed."""
    line = _line(_said(value))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}… ({len(line)} characters)"
