"""Master files as the judge reads them: the same records as another reader, each with its line."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import dns.name
import dns.zone
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.adapters.zone_file import zone_text
from harness.errors import UsageFault
from harness.master_file import MOST_RECORDS, PlacedRecord, records
from harness.master_generate import MOST_GENERATED
from harness.master_tokens import LARGEST, MOST_TOKENS
from harness.zone_data import zone_data

APEX = "foo.eu."
HEAD = f"$TTL 60\n$ORIGIN {APEX}\n"
SOA = "@ SOA ns1 host 1 2 3 4 5\n"


def read(text: str) -> list[tuple[int, str]]:
    return [(record.line, str(record)) for record in records(text, "cs.zone")]


def refused(text: str) -> str:
    with pytest.raises(UsageFault) as told:
        zone_data(text, "cs.zone")
    assert len(str(told.value)) < 500
    return str(told.value)


def test_each_record_keeps_the_line_in_which_it_begins() -> None:
    text = """\
; a comment
$ORIGIN foo.eu.
$TTL 1h

@   IN SOA ns1 host ( 2026010101 ; serial
        7200 900
        1209600 300 )
    IN  NS ns1
ns1 300 IN A 127.0.0.1
    IN 400 AAAA ::1
x   NAPTR 100 10 "U" "" "!.*!https://x;y/!" . ; why
y   TXT "first

second;" ( third
  "fourth" )
$ORIGIN sub
z.bar.eu. A 127.0.0.2
z   TYPE65534 \\# 1 aa
"""

    assert read(text) == [
        (5, "foo.eu. 3600 IN SOA ns1.foo.eu. host.foo.eu. 2026010101 7200 900 1209600 300"),
        (8, "foo.eu. 3600 IN NS ns1.foo.eu."),
        (9, "ns1.foo.eu. 300 IN A 127.0.0.1"),
        (10, "ns1.foo.eu. 400 IN AAAA ::1"),
        (11, 'x.foo.eu. 3600 IN NAPTR 100 10 "U" "" "!.*!https://x;y/!" .'),
        (12, 'y.foo.eu. 3600 IN TXT "first\\010\\010second;" "third" "fourth"'),
        (17, "z.bar.eu. 3600 IN A 127.0.0.2"),
        (18, "z.sub.foo.eu. 3600 IN TYPE65534 \\# 1 aa"),
    ]


def test_lines_end_as_they_do_elsewhere() -> None:
    text = f"{HEAD}a A 127.0.0.1\r\n\r\nb A 127.0.0.1\r\n"

    assert [line for line, _ in read(text)] == [3, 5]


def test_a_ttl_is_stated_or_that_of_the_directive_or_the_last_one() -> None:
    before = "a.eu. 7 A 127.0.0.1\nb.eu. A 127.0.0.1\nb.eu. A 127.0.0.2\n"
    text = f"{before}$TTL 1m30s\nc.eu. 8 A 127.0.0.1\nd.eu. A 127.0.0.1"

    assert [record.ttl for record in records(text, "z")] == [7, 7, 7, 8, 90]


def test_one_line_may_stand_for_many_records() -> None:
    text = f'{HEAD}$GENERATE 8-12/2 h${{1,3}} 5 IN NAPTR $ 10 U "" !.*!https://h$$/! .\n'

    assert read(text) == [
        (3, f'h{number + 1:03}.foo.eu. 5 IN NAPTR {number} 10 "U" "" "!.*!https://h$/!" .')
        for number in (8, 10, 12)
    ]


def test_the_output_of_dig_is_a_zone_file() -> None:
    """A transfer that was printed has its SOA record at both ends."""
    text = f"; <<>> DiG <<>> AXFR\n{HEAD}{SOA}a 60 IN A 127.0.0.1\n{SOA};; Query time: 1 msec\n"

    zones = zone_data(text, "cs.zone")

    assert [str(apex) for apex in zones.soas] == [APEX]
    assert zones.soas[dns.name.from_text(APEX)].line == 4


def test_several_zones_may_stand_in_one_file() -> None:
    text = f"{HEAD}{SOA}a A 127.0.0.1\n$ORIGIN bar.\n{SOA}a A 127.0.0.2\n"

    zones = zone_data(text, "cs.zone")

    assert {str(apex): soa.line for apex, soa in zones.soas.items()} == {"foo.eu.": 3, "bar.": 6}


def test_a_file_without_an_origin_is_read_under_a_given_one() -> None:
    (record,) = records("a 5 A 127.0.0.1", "z", origin="given.eu.")

    assert str(record.name) == "a.given.eu."


NAPTR = 'x NAPTR 100 10 "U" "" "!.*!https://x.eu/!" .'
UNCLOSED = NAPTR.replace('!" .', "! .")
LONG = f'x NAPTR 1 1 "U" "" "!.*!https://{"x" * 250}!" .'

FLAWS: dict[str, tuple[str, int | None, str]] = {
    "an order of 17 bits": (NAPTR.replace("100", "65536"), 1, "65535"),
    "a negative preference": (NAPTR.replace("10 ", "-1 "), 1, "preference of NAPTR"),
    "a field too few": (NAPTR.removesuffix(" ."), 1, "6 fields"),
    "a field too many": (f"{NAPTR} .", 1, "6 fields"),
    "a text without quotes and with a semicolon": (NAPTR.replace('"!', "!;"), 1, "6 fields"),
    "a replacement in quotes": (NAPTR.replace('!" .', '!" "."'), 1, "without quotes"),
    "a regexp that is too long": (LONG, 1, "255 octets"),
    "quotes of a word processor": (NAPTR.replace('"U"', "\u201cU\u201d"), 1, "word processor"),
    "a name beyond ASCII": (f"\u00e4{NAPTR}", 1, "xn--"),
    "a space that is none": (NAPTR.replace(" 10 ", "\u00a010 "), 1, "NO-BREAK".lower()),
    "a type that is mistyped": (NAPTR.replace("NAPTR", "NAPRT"), 1, "write NAPTR"),
    "an address that is none": ("x A 1.2.3", 1, "1.2.3"),
    "another class": ("x CH TXT a", 1, "class IN"),
    "a TTL of 32 bits": ("x 2147483648 A 127.0.0.1", 1, "2147483647"),
    "an empty label": ("x..y A 127.0.0.1", 1, "x..y"),
    "a label that is too long": (f"{'x' * 64} A 127.0.0.1", 1, "63 octets"),
    "an unknown directive": ("$UNICODE x", 1, "$ORIGIN"),
    "an include": ("$INCLUDE other.zone", 1, "named-compilezone"),
    "no closing quote": ('x TXT "abc\ny A 127.0.0.1\n', 1, "closing quotation mark"),
    "a quote that closes in another line": ('x TXT "ab\ny TXT "c"\n', 1, "own line"),
    "a quote that makes two records one": (
        f"{UNCLOSED}\n{UNCLOSED}\n",
        1,
        "is a quote missing?",
    ),
    "no closing parenthesis": ("x (TXT a\ny A 127.0.0.1\n", 1, "parenthesis that none closes"),
    "no opening parenthesis": ("x TXT a )\n", 1, "parenthesis that none opens"),
    "a backslash at the end of a line": ("x TXT a\\\n", 1, "backslash"),
    "a control character": ("x TXT a\x07b", 1, "U+0007"),
    "a record outside every zone": ("x.bar. A 127.0.0.1", 1, "a name in the zone foo.eu."),
    "a second SOA record": (SOA.replace("1", "2", 1), 1, "another than in line 3"),
    "a record beside an alias": ("x CNAME y\nx A 127.0.0.1", 2, "CNAME record in line 4"),
    "two aliases of one name": ("x CNAME y\nx CNAME z", 2, "CNAME record in line 4"),
    "a name in quotes": ('"x" A 127.0.0.1', 1, "without quotes"),
    "more than can be generated": ("$GENERATE 0-99999 x$ A 127.0.0.1", 1, str(MOST_GENERATED)),
    "an endless step": ("$GENERATE 0-9/0 x$ A 127.0.0.1", 1, "range"),
    "a width beyond measure": ("$GENERATE 0-9 x${0,999} A 127.0.0.1", 1, "width"),
    "words without end": (f"x TXT {'a ' * MOST_TOKENS}", 1, "words"),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flaw_is_told_with_its_line_and_what_to_do(flaw: str) -> None:
    text, line, hint = FLAWS[flaw]

    told = refused(f"{HEAD}{SOA}{text}")

    assert told.startswith(f"cs.zone, line {3 + (line or 0)}: expected ")
    assert ", but saw " in told
    assert hint in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\ufeff" + HEAD + SOA, "line 1: expected plain text, but saw a byte order mark"),
        (SOA, "line 1: expected a name with a final dot, or $ORIGIN above it, but saw @"),
        (f"$ORIGIN foo.eu.\n{SOA}", "line 2: expected a TTL in the record, or $TTL above it"),
        (f"{HEAD} A 127.0.0.1", "line 3: expected a name at the beginning of the first record"),
        (f"{HEAD}A 127.0.0.1", "begin the line with white space where the name above it is meant"),
        (f"{HEAD}a A 127.0.0.1\n", "expected the SOA record with which a zone begins"),
        ("; nothing\n", "saw no record at all"),
    ],
)
def test_what_a_file_lacks_is_told(text: str, told: str) -> None:
    assert told in refused(text)


def test_sizes_are_bounded(tmp_path: Path) -> None:
    large = tmp_path / "large.zone"
    large.write_bytes(b";" * (LARGEST + 1))
    many = HEAD + "".join(f"$GENERATE 1-{MOST_GENERATED} x{n}-$ A 127.0.0.1\n" for n in range(6))

    with pytest.raises(UsageFault, match="at most 16 MB"):
        zone_text(large)
    with pytest.raises(UsageFault, match=f"at most {MOST_RECORDS} records"):
        records(many, "z")


def test_an_octet_that_is_not_utf_8_is_kept_in_texts(tmp_path: Path) -> None:
    file = tmp_path / "latin.zone"
    file.write_bytes(f'{HEAD}; für\nx TXT "für"\n'.encode("latin-1"))

    text = zone_text(file)

    assert read(text) == [(4, 'x.foo.eu. 60 IN TXT "f\\252r"')]


@pytest.mark.parametrize("name", ["gone.zone", "."])
def test_a_file_that_cannot_be_read_is_told(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageFault, match=re.escape(str(tmp_path / name))):
        zone_text(tmp_path / name)


LABELS = st.text("abcXYZ019-_", min_size=1, max_size=6)
NAMES = st.one_of(
    LABELS,
    st.lists(LABELS, min_size=1, max_size=3).map(".".join),
    LABELS.map(lambda label: f"{label}.{APEX}"),
    st.just("@"),
)
TEXTS = st.one_of(
    st.text('ab;()! \\"\t$é', max_size=12).map(
        lambda text: '"{}"'.format(text.replace("\\", "\\\\").replace('"', '\\"'))
    ),
    st.text("abc!:/", min_size=1, max_size=8),
    st.just('"\\065\\000"'),
)
U16 = st.integers(0, 65535).map(str)
DATA = st.one_of(
    st.tuples(st.just("A"), st.ip_addresses(v=4).map(str)),
    st.tuples(st.just("AAAA"), st.ip_addresses(v=6).map(str)),
    st.tuples(st.sampled_from(["NS", "PTR"]), NAMES),
    st.tuples(st.just("MX"), U16, NAMES),
    st.tuples(st.just("TXT"), TEXTS, TEXTS),
    st.tuples(st.just("NAPTR"), U16, U16, TEXTS, TEXTS, TEXTS, NAMES),
    st.tuples(st.just("TYPE700"), st.just("\\#"), st.just("2"), st.just("beef")),
)
BREAKS = st.sampled_from([" ", "  ", "\t", " ; a comment\n", "\n", '\n\n ; "\n  '])


@dataclass(frozen=True)
class Written:
    """An entry as text, and how many lines stand in it."""

    text: str
    record: bool


@st.composite
def entry(draw: st.DrawFn) -> Written:
    kind = draw(st.sampled_from(["record"] * 5 + ["blank", "comment", "origin", "ttl"]))
    match kind:
        case "blank":
            return Written(draw(st.sampled_from(["", "   ", "\t"])), record=False)
        case "comment":
            return Written(draw(st.sampled_from([";", "  ; x", '; "('])), record=False)
        case "origin":
            return Written(f"$ORIGIN {draw(LABELS)}.{APEX}", record=False)
        case "ttl":
            return Written(f"$TTL {draw(st.sampled_from(['5', '1h', '1w2d']))}", record=False)
    ttl, head = draw(st.sampled_from(["", "30", "2h"])), draw(st.sampled_from(["", "IN"]))
    prefix = [each for each in draw(st.permutations([ttl, head])) if each]
    data = draw(DATA)
    owner = draw(st.one_of(NAMES, st.just("")))
    if draw(st.booleans()):
        gaps = [draw(BREAKS) for _ in data[1:]]
        rest = "".join(f"{gap}{word}" for gap, word in zip(gaps, data[1:], strict=True))
        words = " ".join([*prefix, data[0], f"({rest} )"])
    else:
        words = " ".join([*prefix, *data])
    return Written(f"{owner} {words}{draw(st.sampled_from(['', ' ; x', ' ']))}", record=True)


@given(st.lists(entry(), max_size=12))
def test_another_reader_finds_the_same_records(entries: list[Written]) -> None:
    begun = HEAD + SOA
    text = begun + "".join(f"{each.text}\n" for each in entries)
    lines, at = [], begun.count("\n") + 1
    for each in entries:
        if each.record:
            lines.append(at)
        at += each.text.count("\n") + 1

    found = records(text, "cs.zone")

    other = dns.zone.from_text(text, origin=APEX, relativize=False, check_origin=False)
    assert [record.line for record in found[1:]] == lines
    assert {(record.name, record.rdata) for record in found} == {
        (name, rdata) for name, rdataset in other.iterate_rdatasets() for rdata in rdataset
    }
    ttls = Counter((record.name, record.rdata.rdtype) for record in found)
    for record in found:
        if ttls[record.name, record.rdata.rdtype] == 1:  # the other reader gives sets one TTL
            assert other.find_rdataset(record.name, record.rdata.rdtype).ttl == record.ttl


@given(st.text('ab.@$\\"();\n\t \r01', max_size=60) | st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    told = "cs.zone, line "
    found: tuple[PlacedRecord, ...] = ()
    try:
        found = records(text, "cs.zone", origin=APEX)
    except UsageFault as refusal:
        told = str(refusal)

    assert told.startswith("cs.zone, line ")
    assert all(1 <= record.line <= text.count("\n") + 1 for record in found)
