"""Master files (RFC 1035, section 5), second half: entries to records, each with its line. Pure.

The grammar is our own, so that every record keeps its line and every refusal says how to mend it;
the data of a record is read by dnspython. $INCLUDE is refused, $GENERATE is bounded. Where servers
differ in what they make of a flaw, such as a missing TTL, nothing is guessed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.ttl

from harness.errors import UsageFault
from harness.master_generate import generated
from harness.master_tokens import LARGEST, Entry, Token, entries, refusal

MOST_RECORDS = 50_000

_IN = dns.rdataclass.IN
_LONGEST_TTL = (1 << 31) - 1
_LARGEST_16_BITS = 65_535
_LONGEST_STRING = 255
_TTL = re.compile(r"[0-9]+|(?:[0-9]+[wdhms])+", re.IGNORECASE)
_CLASSES = ("IN", "CH", "HS", "CS")
_FIELDS = MappingProxyType(
    {
        "A": ("address",),
        "AAAA": ("address",),
        "CNAME": ("name",),
        "DNAME": ("name",),
        "NS": ("name",),
        "MX": ("preference", "name"),
        "NAPTR": ("order", "preference", "flags", "services", "regexp", "replacement"),
        "PTR": ("name",),
        "SOA": ("mname", "rname", "serial", "refresh", "retry", "expire", "minimum"),
        "SRV": ("priority", "weight", "port", "target"),
    }
)
"""The fields of the types that are told of by name; all others are left to dnspython."""

_UNREADABLE = (dns.exception.DNSException, ValueError, TypeError, OverflowError, UnicodeError)


@dataclass(frozen=True, slots=True)
class PlacedRecord:
    """A record of class IN, its owner absolute, and the line in which it begins."""

    name: dns.name.Name
    ttl: int
    rdata: dns.rdata.Rdata
    line: int

    @property
    def rdtype(self) -> str:
        """Its type by its mnemonic."""
        return dns.rdatatype.to_text(self.rdata.rdtype)

    def __str__(self) -> str:
        return f"{self.name} {self.ttl} IN {self.rdtype} {self.rdata}"


@dataclass(frozen=True, slots=True)
class _Context:
    """What an entry inherits from those above it; `ttl` is that of $TTL, `last` the last stated."""

    origin: dns.name.Name | None
    ttl: int | None = None
    last: int | None = None
    owner: dns.name.Name | None = None


def records(text: str, file: str, *, origin: str | None = None) -> tuple[PlacedRecord, ...]:
    r"""The records of a master file in its order; raises `UsageFault` that names file and line.

    `origin` is what names without a final dot are relative to until $ORIGIN says otherwise.

    >>> [(r.line, str(r)) for r in records("$TTL 60\na TXT x\n  A 192.0.2.1", "z", origin="b.")]
    [(2, 'a.b. 60 IN TXT "x"'), (3, 'a.b. 60 IN A 192.0.2.1')]
    """
    if len(text) > LARGEST:
        raise too_large(file)
    context = _Context(None if origin is None else dns.name.from_text(origin))
    found: list[PlacedRecord] = []
    for entry in entries(text, file):
        if entry.tokens[0].text.startswith("$") and not entry.tokens[0].quoted:
            context, made = _directed(entry, context)
        else:
            made = (_record(entry, context),)
        for record, stated in made:
            last = stated if stated is not None else context.last
            context = replace(context, owner=record.name, last=last)
            found.append(record)
        if len(found) > MOST_RECORDS:
            raise _too_many(file, entry.line)
    return tuple(found)


def too_large(file: str) -> UsageFault:
    """The refusal of a file that is longer than any zone of Common Services."""
    return UsageFault(
        file,
        expected=f"a master file of at most {LARGEST // 1024 // 1024} MB",
        seen="a longer one",
        remedy="name the file of the discovery zone alone",
    )


_Made = tuple[PlacedRecord, int | None]
"""A record, and the TTL that its entry states."""


def _directed(entry: Entry, context: _Context) -> tuple[_Context, Sequence[_Made]]:
    """What a directive changes for those below it, and the records that it stands for."""
    words = [token.text for token in entry.tokens]
    match [words[0].upper(), *words[1:]]:
        case ["$ORIGIN", name]:
            return replace(context, origin=_name(entry, name, context.origin)), ()
        case ["$TTL", ttl]:
            return replace(context, ttl=_seconds(entry, ttl)), ()
        case ["$GENERATE", *_]:
            return context, [_record(each, context) for each in generated(entry)]
        case ["$INCLUDE", *_]:
            raise entry.fault(
                expected="one file that holds all of the zone",
                seen=" ".join(words),
                remedy="have it written out, for example by"
                " `named-compilezone -o whole.zone NAME FILE`, and judge that",
            )
    raise entry.fault(
        expected="$ORIGIN with a name, $TTL with a time, or $GENERATE",
        seen=" ".join(words),
        remedy="mend or remove the directive",
    )


def _record(entry: Entry, context: _Context) -> _Made:
    tokens = list(entry.tokens)
    owner = context.owner if entry.indented else _owner(entry, tokens.pop(0), context)
    if owner is None:
        raise entry.fault(
            expected="a name at the beginning of the first record",
            seen="white space",
            remedy="begin the line with the name that the record is about",
        )
    stated = _stated_ttl(entry, tokens)
    rdtype = _rdtype(entry, tokens)
    ttl = next((each for each in (stated, context.ttl, context.last) if each is not None), None)
    if ttl is None:
        raise entry.fault(
            expected="a TTL in the record, or $TTL above it",
            seen=f"neither for {owner} {rdtype}",
            remedy="write for example `$TTL 3600` as the first line:"
            " name servers differ in what they take instead",
        )
    rdata = _rdata(entry, rdtype, tokens, context.origin)
    return PlacedRecord(owner, ttl, rdata, entry.line), stated


def _owner(entry: Entry, token: Token, context: _Context) -> dns.name.Name:
    if token.quoted:
        raise entry.fault(
            expected="a name at the beginning of the line",
            seen=token.source,
            remedy="write the name without quotes; a line that goes on with the record above it"
            " needs parentheses around it",
        )
    return _name(entry, token.text, context.origin)


def _stated_ttl(entry: Entry, tokens: list[Token]) -> int | None:
    """The TTL, which stands before or behind the class or not at all; both are taken away."""
    ttl, classed = None, False
    while tokens and not tokens[0].quoted:
        word = tokens[0].text.upper()
        if ttl is None and _TTL.fullmatch(word):
            ttl = _seconds(entry, word)
        elif not classed and word in _CLASSES:
            classed = True
            if word != "IN":
                raise entry.fault(
                    expected="the class IN", seen=word, remedy="only the Internet is judged here"
                )
        else:
            break
        tokens.pop(0)
    return ttl


def _rdtype(entry: Entry, tokens: list[Token]) -> str:
    word = tokens.pop(0).source if tokens else ""
    try:
        rdtype = dns.rdatatype.from_text(word)
    except _UNREADABLE:
        rdtype = None
    if rdtype is not None and not dns.rdatatype.is_metatype(rdtype):
        return dns.rdatatype.to_text(rdtype)
    near = difflib.get_close_matches(word.upper(), ("NAPTR", "DNSKEY", "RRSIG", *_FIELDS), 1)
    first = entry.tokens[0].text
    lost = not entry.indented and (first.upper() in _FIELDS or _TTL.fullmatch(first))
    raise entry.fault(
        expected="a type of record, such as NAPTR",
        seen=word or "the end of the entry",
        remedy="begin the line with white space where the name above it is meant"
        if lost
        else f"write {near[0] if near else 'the type'} there",
    )


def _rdata(
    entry: Entry, rdtype: str, tokens: Sequence[Token], origin: dns.name.Name | None
) -> dns.rdata.Rdata:
    _refuse_fields(entry, rdtype, tokens)
    data = " ".join(token.source for token in tokens)
    try:
        return dns.rdata.from_text(_IN, rdtype, data, origin or dns.name.empty, relativize=False)
    except _UNREADABLE as flaw:
        seen = f"{data or 'nothing'}: {flaw or type(flaw).__name__}"
    raise entry.fault(
        expected=f"the data of a record of type {rdtype}", seen=seen, remedy="mend the record"
    )


def _refuse_fields(entry: Entry, rdtype: str, tokens: Sequence[Token]) -> None:
    """Say by their names which fields are amiss, where the type is one of the usual."""
    names = _FIELDS.get(rdtype)
    if names is None or (tokens and tokens[0].text == r"\#"):
        return
    if len(tokens) != len(names):
        raise entry.fault(
            expected=f"{len(names)} fields in a record of type {rdtype}: {', '.join(names)}",
            seen=f"{len(tokens)}: {' '.join(token.source for token in tokens) or 'none'}",
            remedy="put each text into quotes, an empty one too, and write a dot for no name"
            if rdtype == "NAPTR"
            else "mend the record",
        )
    for name, token in zip(names, tokens, strict=True):
        _refuse_field(entry, rdtype, name, token)


def _refuse_field(entry: Entry, rdtype: str, name: str, token: Token) -> None:
    if name in ("order", "preference", "priority", "weight", "port"):
        number = token.text if token.text.isdecimal() and not token.quoted else ""
        if not number or len(number) > _MOST_DIGITS or int(number) > _LARGEST_16_BITS:
            raise entry.fault(
                expected=f"a number from 0 to {_LARGEST_16_BITS} as the {name} of {rdtype}",
                seen=token.source,
                remedy="mend it: some name servers refuse such a record, others load a larger"
                " number as another one",
            )
    if name in ("flags", "services", "regexp") and _octets(token.text) > _LONGEST_STRING:
        raise entry.fault(
            expected=f"at most {_LONGEST_STRING} octets in the {name} of a NAPTR",
            seen=f"{_octets(token.text)} octets",
            remedy="shorten it: it is one character-string",
        )
    if name in ("name", "mname", "rname", "replacement", "target") and token.quoted:
        raise entry.fault(
            expected=f"a name as the {name} of a record of type {rdtype}",
            seen=token.source,
            remedy="write it without quotes",
        )


_MOST_DIGITS = 10
_ESCAPE = re.compile(r"\\(?:[0-9]{3}|.)", re.DOTALL)


def _octets(text: str) -> int:
    """How long a text with escapes is; one that escapes an octet is one."""
    return len(_ESCAPE.sub("x", text).encode())


def _name(entry: Entry, text: str, origin: dns.name.Name | None) -> dns.name.Name:
    try:
        name = dns.name.from_text(text, origin)
    except _UNREADABLE as flaw:
        seen = f"{text}: {flaw}"
    else:
        if name.is_absolute():
            return name
        raise entry.fault(
            expected="a name with a final dot, or $ORIGIN above it",
            seen=text,
            remedy="write `$ORIGIN` and the name of the zone, with a final dot, as the first line",
        )
    raise entry.fault(
        expected="a name: labels of at most 63 octets, 255 octets in all",
        seen=seen,
        remedy="mend it",
    )


def _seconds(entry: Entry, text: str) -> int:
    try:
        seconds = dns.ttl.from_text(text)
    except _UNREADABLE:
        seconds = _LONGEST_TTL + 1
    if seconds > _LONGEST_TTL:
        raise entry.fault(
            expected=f"a TTL from 0 to {_LONGEST_TTL} s (RFC 2181, section 8)",
            seen=text,
            remedy="mend it: a larger one counts as 0",
        )
    return seconds


def _too_many(file: str, line: int) -> UsageFault:
    return refusal(
        file,
        line,
        expected=f"at most {MOST_RECORDS} records",
        seen="more",
        remedy="name the file of the discovery zone alone",
    )
