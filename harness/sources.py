"""From a result about the zone to the line of the zone file that it is about: a pure function.

What a check looked at is in its evidence: the names it asked for and the records it saw. What it
held against them is in `expected` and `seen`. The line is that of the record which both tell of;
where no record is the flaw, that of the nearest thing, and the text says what that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import dns.name
from dns.rdtypes.ANY.CNAME import CNAME
from dns.rdtypes.ANY.DNAME import DNAME
from dns.rdtypes.ANY.NS import NS
from dns.rdtypes.ANY.SOA import SOA
from dns.rdtypes.IN.NAPTR import NAPTR

from harness.discovery import same_name
from harness.master_file import PlacedRecord
from harness.master_tokens import printable
from harness.model import CheckResult, Exchange
from harness.zone_data import ZoneData
from harness.zone_entries import without_final_dot
from harness.zone_evidence import Evidence, Question, evidence_of

MOST_LINES = 6
"""How many lines are named."""

_PIECES = re.compile(r", |; | -> | in | for ")
_NAMES = re.compile(r"[A-Za-z0-9_*.-]+")
_SHORTEST = 4
"""Letters that a text has to have before it counts that another one holds it."""

_PART_OF_A_SIGNATURE = 40
"""Letters of a signature by which it is known."""

_ENTRIES = ("NAPTR", "CNAME", "DNAME")

Records = Sequence[PlacedRecord]


def source(zones: ZoneData, result: CheckResult, exchanges: Iterable[Exchange]) -> str:
    """The line, or the lines, of a zone file that a result about the zone comes from.

    `exchanges` are those that the result rests on.
    """
    found = _Search(zones, result, evidence_of(zones, exchanges))
    expected, seen = result.expected or "", result.seen or ""
    return (
        found.signature(seen)
        or found.named(expected)
        or found.matching(seen)
        or found.named(seen)
        or found.matching(expected)
        or found.nearest()
    )


@dataclass(frozen=True, slots=True)
class _Search:
    """One result, what it rests on, and the file; each method is one way to a line."""

    zones: ZoneData
    result: CheckResult
    evidence: Evidence

    def signature(self, text: str) -> str | None:
        """The signature whose beginning the text is."""
        return self._at(
            [
                record
                for record in self.evidence.records
                if record.rdtype == "RRSIG"
                and len(text) >= _PART_OF_A_SIGNATURE
                and str(record.rdata).startswith(text)
            ]
        )

    def named(self, text: str) -> str | None:
        """What stands at a name that was asked for and that the text mentions."""
        mentioned = {same_name(word) for word in _NAMES.findall(text)}
        asked = [each for each in self.evidence.asked if same_name(str(each.name)) in mentioned]
        if not asked:
            return None
        return self._at(self._held(asked)) or self._missing(asked[-1])

    def matching(self, text: str) -> str | None:
        """The records of the evidence of which something is what the text says."""
        pieces = set(_PIECES.split(text))
        for section in (self.evidence.seen, self.evidence.beside):
            scores = {record: _score(record, text, pieces) for record in section}
            best = max(scores.values(), default=0)
            if best:
                return self._at(self._own([r for r in scores if scores[r] == best]))
        return None

    def nearest(self) -> str:
        """What was looked at, entries first, or else the beginning of the zone."""
        seen = self.evidence.seen
        entries = [record for record in seen if record.rdtype in _ENTRIES]
        names = [each.name for each in self.evidence.asked]
        soas = [self.zones.soas[apex] for apex in map(self.zones.apex, names) if apex]
        ways = (entries, seen, self._held(self.evidence.asked), soas)
        return next(filter(None, map(self._at, ways)), self.zones.file)

    def _held(self, asked: Iterable[Question]) -> Records:
        """What the file has for questions, or an alias, or a wildcard of another type."""
        names = [(self.zones.answering(each.name), each) for each in asked]
        return (
            [r for name, each in names for r in self.zones.of(name, each.rdtype)]
            or [r for name, _ in names for r in self.zones.of(name, "CNAME")]
            or [
                record
                for name, each in names
                if name != each.name
                for records in self.zones.at(name).values()
                for record in records
            ]
        )

    def _own(self, records: Records) -> Records:
        """Those that are the subject's own entries, if any are."""
        result = self.result
        labels = {result.member_state, result.service, result.environment}
        own = [r for r in records if {each.lower() for each in labels} <= _labels(r.name)]
        return own or records

    def _missing(self, asked: Question) -> str:
        """Where a record would have to stand, or who relies on it."""
        file, name = self.zones.file, same_name(str(asked.name))
        slip = without_final_dot(self.zones, name)
        if slip is not None:
            return f"{file}, line {slip.line}: {slip.name} stands there, is a final dot missing?"
        leading = self._at(self._own([r for r in self.zones if name in _led_to(r)]))
        if leading:
            return f"{leading}, leading to {name}"
        apex = self.zones.apex(asked.name)
        if apex is None:
            return f"{file}: no zone in it holds {name}"
        begins = f"its zone {apex} begins in line {self.zones.soas[apex].line}"
        return f"{file}: no {asked.rdtype} record of {name}; {begins}"

    def _at(self, records: Records) -> str | None:
        if not records:
            return None
        lines = sorted({record.line for record in records})
        named = _in_words(lines)
        return f"{self.zones.file}, {named}{self._unlike_served(records)}"

    def _unlike_served(self, records: Records) -> str:
        """Whether a name server was asked for these and gave something else."""
        answering = self.zones.answering
        asked = {(answering(each.name), each.rdtype) for each in self.evidence.asked if each.served}
        known = set(self.evidence.records)
        other = any((r.name, r.rdtype) in asked and r not in known for r in records)
        return " (the name server gives something else)" if other else ""


def _score(record: PlacedRecord, text: str, pieces: set[str]) -> int:
    """How well a text tells of a record: something in it is the text, a piece of it, or in it."""
    facets = {printable(facet) for facet in _facets(record)}
    if text in facets:
        return 3
    if facets & pieces:
        return 2
    return int(any(len(facet) >= _SHORTEST and facet in text for facet in facets))


def _facets(record: PlacedRecord) -> Iterator[str]:
    """What a check may say of a record, each as it would write it."""
    yield f"{record.ttl} s"
    yield str(record.rdata)
    match record.rdata:
        case NAPTR() as naptr:
            yield from _facets_of_naptr(naptr)
        case SOA() as soa:
            yield f"{soa.minimum} s"
        case CNAME() | DNAME() | NS() as alias:
            yield same_name(str(alias.target))


def _facets_of_naptr(naptr: NAPTR) -> Iterator[str]:
    """An empty flag or regexp is a flaw, and told as `none`; an empty service is none."""
    flags, service, regexp = map(_text, (naptr.flags, naptr.service, naptr.regexp))
    yield f"{naptr.order} {naptr.preference}"
    yield str(naptr.replacement)
    yield flags
    yield regexp
    if service:
        yield service
    if not (flags and regexp):
        yield "none"
    root = _root(regexp)
    yield root
    try:
        parts = urlsplit(root)
    except ValueError:
        return
    yield from (parts.geturl(), parts.netloc, parts.path)


def _root(regexp: str) -> str:
    """The URI in a regexp, whatever stands around it."""
    return regexp.removeprefix("!.*!").removesuffix("!")


def _led_to(record: PlacedRecord) -> tuple[str, ...]:
    """The names that a record leads to."""
    match record.rdata:
        case CNAME() | DNAME() | NS() as alias:
            return (same_name(str(alias.target)),)
        case NAPTR() as naptr:
            try:
                host = urlsplit(_root(_text(naptr.regexp))).hostname
            except ValueError:
                host = None
            return same_name(host or ""), same_name(str(naptr.replacement))
    return ()


def _labels(name: dns.name.Name) -> set[str]:
    return set(same_name(str(name)).split("."))


def _text(octets: bytes) -> str:
    """A character-string as `harness.adapters.dns` shows it."""
    return octets.decode("utf-8", "backslashreplace")


def _in_words(lines: Sequence[int]) -> str:
    """Lines of a file, the first few.

    >>> _in_words([3]), _in_words([3, 5]), _in_words(range(1, 10))
    ('line 3', 'lines 3 and 5', 'lines 1, 2, 3, 4, 5, 6 and 3 more')
    """
    if len(lines) == 1:
        return f"line {lines[0]}"
    if len(lines) > MOST_LINES:
        return f"lines {', '.join(map(str, lines[:MOST_LINES]))} and {len(lines) - MOST_LINES} more"
    return f"lines {', '.join(map(str, lines[:-1]))} and {lines[-1]}"
