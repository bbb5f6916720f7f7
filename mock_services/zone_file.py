"""Master files (RFC 1035, section 5): text to records and back.

Read are $ORIGIN, $TTL, comments, quoted strings, escapes and parentheses; refused, each with the
line it stands in, are other directives, classes and types, and names outside letters, digits,
hyphen and underscore. A wildcard is refused too: an entry of the discovery zone has a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from types import MappingProxyType

Datum = int | str | bytes
"""One field of RDATA: a number, a name or address, or (bytes) a character-string."""

_LONGEST_NAME, _LONGEST_STRING, _LONGEST_NUMBER, _LARGEST_OCTET = 254, 255, 10, 255
LARGEST = 8 * 1024 * 1024
"""The longest text that is read, in characters."""

_NAME, _TEXT, _U16, _U32, _IPV4, _IPV6 = "name", "text", "16 bits", "32 bits", "IPv4", "IPv6"
FIELDS = MappingProxyType(
    {
        "A": (_IPV4,),
        "AAAA": (_IPV6,),
        "CNAME": (_NAME,),
        "DNAME": (_NAME,),
        "NAPTR": (_U16, _U16, _TEXT, _TEXT, _TEXT, _NAME),
        "NS": (_NAME,),
        "SOA": (_NAME, _NAME, _U32, _U32, _U32, _U32, _U32),
        "TXT": (_TEXT,),
    }
)
"""The fields of each record type's RDATA; TXT repeats its one."""

_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_ESCAPE = re.compile(r"\\(?:([0-9]{3})|(.))")
_SPECIAL = re.compile(rb"[^ !#-\[\]-~]")
_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\f]+|;[^\n]*)
      | (?P<break>\n)
      | (?P<bracket>[()])
      | "(?P<quoted>(?:[^"\\\n]|\\.)*)"
      | (?P<word>(?:[^ \t\r\n\f;()"\\]|\\.)+)
      | (?P<odd>.)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Record:
    """One resource record of class IN; names are absolute, in the case they are written in."""

    name: str
    ttl: int
    rdtype: str
    rdata: tuple[Datum, ...]


class UnreadableZone(ValueError):
    """Text that is no master file; says in which line, what was expected and what was seen."""

    def __init__(self, line: int, *, expected: str, seen: str) -> None:
        super().__init__(f"zone file, line {line}: expected {expected}, but saw {seen[:80]!r}")
        self.line = line


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry: its tokens, and whether it begins with white space (the owner is as before)."""

    line: int
    indented: bool
    tokens: tuple[_Token, ...]

    def fault(self, expected: str, seen: str) -> UnreadableZone:
        return UnreadableZone(self.line, expected=expected, seen=seen)


@dataclass(frozen=True, slots=True)
class _Context:
    """What an entry inherits from the ones before it."""

    origin: str | None = None
    ttl: int | None = None
    owner: str | None = None


def read_zone(text: str) -> tuple[Record, ...]:
    r"""The records of a master file, in order; raises `UnreadableZone`.

    >>> read_zone('$ORIGIN example.\n@ 60 TXT "a b" c')
    (Record(name='example.', ttl=60, rdtype='TXT', rdata=(b'a b', b'c')),)
    """
    if len(text) > LARGEST:
        raise UnreadableZone(1, expected=f"at most {LARGEST} characters", seen=str(len(text)))
    context, records = _Context(), []
    for entry in _entries(text):
        if entry.tokens[0].text.startswith("$") and not entry.indented:
            context = _directive(entry, context)
        else:
            record = _record(entry, context)
            records.append(record)
            context = _Context(context.origin, context.ttl, record.name)
    return tuple(records)


def write_zone(records: Iterable[Record]) -> str:
    """The records as a master file of absolute names, one line each.

    >>> print(write_zone([Record("a.", 5, "NAPTR", (1, 2, b"U", b"", b"!.*!x:!", "."))]), end="")
    a. 5 IN NAPTR 1 2 "U" "" "!.*!x:!" .
    """
    return "".join(
        f"{record.name} {record.ttl} IN {record.rdtype} {' '.join(map(_shown, record.rdata))}\n"
        for record in records
    )


def _entries(text: str) -> Iterator[_Entry]:
    begun, indented = 1, False
    tokens: list[_Token] = []
    for line, kind, found in _scanned(text):
        if kind == "break":
            if tokens:
                yield _Entry(begun, indented, tuple(tokens))
            tokens, begun, indented = [], line + 1, False
        elif kind == "blank":
            indented = indented or (not tokens and not found.startswith(";"))
        else:
            tokens.append(_Token(found, kind == "quoted"))
    if tokens:
        yield _Entry(begun, indented, tuple(tokens))


def _scanned(text: str) -> Iterator[tuple[int, str, str]]:
    """Line, kind and text of each token; what breaks a line within parentheses is left out."""
    line, opened = 1, 0
    for match in _TOKEN.finditer(text):
        kind, found = match.lastgroup or "", match[match.lastgroup or 0]
        if kind == "odd":
            whole = "a closing quote, or a character after a backslash"
            raise UnreadableZone(line, expected=whole, seen=text[match.start() :])
        if kind == "bracket":
            if (found == "(") == bool(opened):
                raise UnreadableZone(line, expected="parentheses in pairs", seen=found)
            opened = line if found == "(" else 0
        elif not (opened and kind in ("break", "blank")):
            yield line, kind, found
        line += kind == "break"
    if opened:
        raise UnreadableZone(opened, expected="a closing parenthesis", seen="the end of the text")


def _directive(entry: _Entry, context: _Context) -> _Context:
    match [token.text for token in entry.tokens]:
        case ["$ORIGIN", name]:
            return _Context(_name(entry, name, context.origin), context.ttl, context.owner)
        case ["$TTL", ttl]:
            return _Context(context.origin, _number(entry, ttl, 31), context.owner)
    raise entry.fault("$ORIGIN <name> or $TTL <seconds>", " ".join(t.text for t in entry.tokens))


def _record(entry: _Entry, context: _Context) -> Record:
    tokens = list(entry.tokens)
    if entry.indented:
        if context.owner is None:
            raise entry.fault("the name of an owner before it", "white space")
        owner = context.owner
    else:
        owner = _name(entry, tokens.pop(0).text, context.origin)
    ttl = context.ttl
    while tokens and (tokens[0].text.isdecimal() or tokens[0].text.upper() == "IN"):
        word = tokens.pop(0).text
        ttl = ttl if word.upper() == "IN" else _number(entry, word, 31)
    if not tokens or tokens[0].text.upper() not in FIELDS:
        raise entry.fault(f"a type of {', '.join(FIELDS)}", tokens[0].text if tokens else "its end")
    if ttl is None:
        raise entry.fault("a TTL here or in $TTL before", "none")
    rdtype = tokens.pop(0).text.upper()
    return Record(owner, ttl, rdtype, tuple(_rdata(entry, rdtype, tokens, context.origin)))


def _rdata(entry: _Entry, rdtype: str, tokens: list[_Token], origin: str | None) -> Iterator[Datum]:
    kinds = FIELDS[rdtype] * len(tokens) if rdtype == "TXT" else FIELDS[rdtype]
    if len(tokens) != len(kinds) or not tokens:
        raise entry.fault(f"{max(1, len(kinds))} fields of {rdtype}", f"{len(tokens)} fields")
    for kind, token in zip(kinds, tokens, strict=True):
        if token.quoted and kind != _TEXT:
            raise entry.fault(f"a field of the kind: {kind}, unquoted", f'"{token.text}"')
        yield _datum(entry, kind, token.text, origin)


def _datum(entry: _Entry, kind: str, text: str, origin: str | None) -> Datum:
    try:
        match kind:
            case "name":
                return _name(entry, text, origin)
            case "text":
                return _string(entry, text)
            case "IPv4":
                return str(IPv4Address(text))
            case "IPv6":
                return str(IPv6Address("" if "%" in text else text))
    except AddressValueError:
        raise entry.fault(f"an {kind} address", text) from None
    return _number(entry, text, int(kind.partition(" ")[0]))


def _name(entry: _Entry, text: str, origin: str | None) -> str:
    if text == ".":
        return text
    if text == "@" or not text.endswith("."):
        if origin is None:
            raise entry.fault("an absolute name, or $ORIGIN before it", text)
        text = origin if text == "@" else f"{text}.{origin.lstrip('.')}"
    if len(text) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, text[:-1].split("."))):
        raise entry.fault("a name of letters, digits, '-' and '_' (labels of 63, 254 in all)", text)
    return text


def _number(entry: _Entry, text: str, bits: int) -> int:
    if not (
        text.isascii()
        and text.isdecimal()
        and len(text) <= _LONGEST_NUMBER
        and int(text) < 1 << bits
    ):
        raise entry.fault(f"a number from 0 to {(1 << bits) - 1}", text)
    return int(text)


def _string(entry: _Entry, text: str) -> bytes:
    parts, end = [], 0
    for match in _ESCAPE.finditer(text):
        if match[1] and int(match[1]) > _LARGEST_OCTET:
            raise entry.fault("an escape from \\000 to \\255", match[0])
        escaped = bytes([int(match[1])]) if match[1] else _octets(match[2])
        parts += [_octets(text[end : match.start()]), escaped]
        end = match.end()
    value = b"".join((*parts, _octets(text[end:])))
    if len(value) > _LONGEST_STRING:
        raise entry.fault("a character-string of at most 255 octets", f"{len(value)} octets")
    return value


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _shown(datum: Datum) -> str:
    if isinstance(datum, bytes):
        return f'"{_SPECIAL.sub(_escaped, datum).decode("ascii")}"'
    return str(datum)


def _escaped(match: re.Match[bytes]) -> bytes:
    byte = match[0]
    return b"\\" + byte if byte in (b'"', b"\\") else b"\\%03d" % byte[0]
