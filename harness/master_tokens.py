"""Master files (RFC 1035, section 5.1), first half: text to entries, each with its line. Pure.

Comments, parentheses and quotes end here. What is in the way of reading on is a `UsageFault` that
names file and line, says what servers would stumble over, and how to mend it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from harness.errors import UsageFault

LARGEST = 16 * 1024 * 1024
"""The longest master file that is read, in octets."""

MOST_TOKENS = 4_096
"""The most words of one entry: no record needs as many."""

_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r]++|;[^\n]*+)
      | (?P<break>\n)
      | (?P<bracket>[()])
      | (?P<quoted>"(?:[^"\\]++|\\.)*+")
      | (?P<word>(?:[^ \t\r\n;()"\\]++|\\[^\n])++)
      | (?P<odd>.)""",
    re.VERBOSE | re.DOTALL,
)
_NEWLINE = re.compile(r"\\\n|(\\.)|\n", re.DOTALL)
_NOT_PLAIN = re.compile(r"[^!-~]")
_BYTE_ORDER_MARK = "\ufeff"
_QUOTES = "\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb"


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an entry with its escapes; `quoted` where it stood between quotation marks."""

    text: str
    quoted: bool

    @property
    def source(self) -> str:
        r"""As it is written on one line: a line break in a quoted text becomes `\010`."""
        if not self.quoted:
            return self.text
        text = _NEWLINE.sub(lambda found: found[1] or r"\010", self.text)
        return f'"{text}"'


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: where it begins, its words, and whether it begins with white space.

    `indented` entries are about the owner before them. `until` is the line in which it ends.
    """

    file: str
    line: int
    until: int
    indented: bool
    tokens: tuple[Token, ...]

    def fault(self, *, expected: str, seen: str, remedy: str) -> UsageFault:
        """The refusal of this entry."""
        if any("\n" in token.text for token in self.tokens):
            remedy = f"{remedy} (a quoted text runs to line {self.until}: is a quote missing?)"
        return refusal(self.file, self.line, expected=expected, seen=seen, remedy=remedy)


def refusal(file: str, line: int, *, expected: str, seen: str, remedy: str) -> UsageFault:
    """The refusal of a line of a master file; what was seen is shown on one line, cut short."""
    shown = printable(seen)
    cut = shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}..."
    return UsageFault(f"{file}, line {line}", expected=expected, seen=cut, remedy=remedy)


_LONGEST_SHOWN = 160


def printable(text: str) -> str:
    """A text on one line: control characters are shown, not obeyed."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def entries(text: str, file: str) -> Iterator[Entry]:
    r"""The entries of a master file, in order; raises `UsageFault`.

    >>> [(e.line, [t.text for t in e.tokens]) for e in entries("a (b ; one\n c)\n\nd", "z")]
    [(1, ['a', 'b', 'c']), (4, ['d'])]
    """
    if text.startswith(_BYTE_ORDER_MARK):
        raise refusal(
            file,
            1,
            expected="plain text",
            seen="a byte order mark",
            remedy="save the file as UTF-8 without it: name servers take it for a part of a name",
        )
    begun, indented = 1, False
    tokens: list[Token] = []
    line = 1
    for line, kind, found in _scanned(text, file):
        match kind:
            case "break":
                if tokens:
                    yield Entry(file, begun, line, indented, tuple(tokens))
                tokens, begun, indented = [], line + 1, False
            case "blank":
                indented = indented or (not tokens and not found.startswith(";"))
            case _:
                tokens.append(_token(file, line, kind, found))
                if len(tokens) > MOST_TOKENS:
                    raise _too_long(file, begun)
    if tokens:
        yield Entry(file, begun, line, indented, tuple(tokens))


def _scanned(text: str, file: str) -> Iterator[tuple[int, str, str]]:
    """Line, kind and text of each token; within parentheses a line break is white space."""
    line, depth, opened, spanning = 1, 0, 0, 0
    for match in _TOKEN.finditer(text):
        kind, found = match.lastgroup or "", match[0]
        if kind == "odd":
            raise _odd(file, line, found, spanning)
        if kind == "bracket":
            depth += 1 if found == "(" else -1
            opened = line if (found, depth) == ("(", 1) else opened
            if depth < 0:
                raise _unpaired(file, line, "a closing parenthesis that none opens")
        elif not (depth and kind in ("break", "blank")):
            yield line, kind, found
        if "\n" in found:
            spanning = line if kind == "quoted" else spanning
            line += found.count("\n")
    if depth:
        raise _unpaired(file, opened, "an opening parenthesis that none closes")


def _token(file: str, line: int, kind: str, found: str) -> Token:
    if kind == "quoted":
        return Token(found[1:-1], quoted=True)
    strange = _NOT_PLAIN.search(found)
    if strange is None:
        return Token(found, quoted=False)
    char = strange[0]
    what = f"U+{ord(char):04X} ({unicodedata.name(char, 'a control character').lower()})"
    remedy = (
        'write the plain quotation mark " instead: a word processor has changed it'
        if char in _QUOTES
        else "write a name in its ASCII form (xn--...), and put any other text into quotes"
    )
    raise refusal(file, line, expected="ASCII characters", seen=f"{what} in {found}", remedy=remedy)


def _odd(file: str, line: int, found: str, spanning: int) -> UsageFault:
    """What cannot be read on from; `spanning` is where a quoted text before it runs on, or 0."""
    if found == '"':
        return refusal(
            file,
            spanning or line,
            expected="a closing quotation mark",
            seen="a quoted text that runs into the lines below it",
            remedy="close it in its own line",
        )
    return refusal(
        file,
        line,
        expected="a character after the backslash",
        seen="the end of the line",
        remedy=r"write \\ for a backslash, and parentheses to go on in the next line",
    )


def _unpaired(file: str, line: int, seen: str) -> UsageFault:
    return refusal(
        file,
        line,
        expected="parentheses in pairs",
        seen=seen,
        remedy="add the other one; a parenthesis in a text needs quotes around the text",
    )


def _too_long(file: str, line: int) -> UsageFault:
    return refusal(
        file,
        line,
        expected=f"at most {MOST_TOKENS} words in one entry",
        seen="more",
        remedy="look for a parenthesis that is not closed",
    )
