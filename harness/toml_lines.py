"""Where in a TOML text each key stands: `tomllib` tells what a text says, not where it says it.

The text is one that `tomllib` has read, so that nothing is refused here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

Path = tuple[str | int, ...]
"""The names that lead to a key; the number of a table follows the name of its array."""

_TOKEN = re.compile(
    r'''(?P<text>"""(?:[^\\]|\\.)*?"""\"{0,2}|\'\'\'.*?\'\'\'\'{0,2}'''
    r"""|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
    r"""|(?P<comment>\#[^\n]*)|(?P<open>[\[{])|(?P<close>[\]}])|(?P<end>\n)|(?P<equals>=)"""
    r"""|(?P<other>[^"'\#\[\]{}\n=]+)""",
    re.DOTALL,
)


def key_lines(text: str) -> dict[Path, int]:
    r"""The line of each key and of each table's heading, the first being 1.

    >>> key_lines('a = [\n1]\n[b]\nc.d = 1\n[[e]]\n[[e]]\nf = "#"')[("e", 1, "f")]
    7
    """
    found: dict[Path, int] = {}
    arrays: dict[Path, int] = {}
    table: Path = ()
    for line, words in _statements(text):
        if words.startswith("["):
            table = _heading(words, arrays)
            for end in range(1, len(table) + 1):
                found.setdefault(table[:end], line)
        else:
            path = table
            for name in _names(words):
                path = (*path, name)
                found.setdefault(path, line)
    return found


def line_of(lines: Mapping[Path, int], path: Path) -> int | None:
    """The line of a key, or of the nearest that holds it; None where none does.

    >>> line_of({("a",): 3}, ("a", 0, "b")), line_of({("a", "b"): 3}, ("a", 0, "b"))
    (3, 3)
    """
    named = tuple(name for name in path if isinstance(name, str))
    for way in (path, named):
        if way in lines:
            return lines[way]
    return line_of(lines, path[:-1]) if path else None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each heading, and the key of each pair, with the line on which it begins."""
    line, depth, words, begun = 1, 0, "", 0
    is_value = False
    for token in _TOKEN.finditer(text.replace("\r\n", "\n")):
        kind, piece = token.lastgroup, token[0]
        if kind == "end" and (depth == 0 or not is_value):
            if words.strip() and not is_value:
                yield begun, words.strip()
            words, depth, is_value = "", 0, False
        elif kind == "equals" and not is_value and not words.lstrip().startswith("["):
            yield begun, words.strip()
            is_value = True
        elif is_value:
            depth += {"open": 1, "close": -1}.get(str(kind), 0)
        elif kind != "comment":
            begun = begun if words.strip() else line
            words += piece
        line += piece.count("\n")
    if words.strip() and not is_value:
        yield begun, words.strip()


def _heading(words: str, arrays: dict[Path, int]) -> Path:
    """The table that a heading begins; each `[[x]]` begins the next of its array."""
    is_array = words.startswith("[[")
    path: Path = ()
    names = _names(words.strip("[] \t"))
    for number, name in enumerate(names, 1):
        path = (*path, name)
        if is_array and number == len(names):
            arrays[path] = arrays.get(path, -1) + 1
        if path in arrays:
            path = (*path, arrays[path])
    return path


def _names(dotted: str) -> tuple[str, ...]:
    """The names in a dotted key."""
    names: list[str] = []
    held: object = tomllib.loads(f"{dotted} = 0")
    while isinstance(held, dict):
        ((name, held),) = held.items()
        names.append(name)
    return tuple(names)
