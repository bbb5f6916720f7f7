"""The pure rules of discovery: names, selection, the restricted regexp, what a root leads to."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.discovery import (
    content,
    entry,
    instance,
    is_host_name,
    mixed_case,
    port_of,
    query_name,
    root_text,
    same_name,
    select,
    service_root,
    spelling_flaw,
    usable_roots,
)
from harness.dns_message import DnsQuery, DnsReply, ResourceRecord
from harness.errors import Violation
from harness.model import Environment, NaptrRecord, Service, ServiceKey
from mock_services.world import TEMPLATE

TEXTS = st.text() | st.text("!.*https:/@[]%#?1a")
RECORDS = st.builds(
    NaptrRecord,
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from(["u", "U", "", "S", "uS"]),
    st.sampled_from(["", "x-oots:eb"]),
    TEXTS | TEXTS.map(lambda text: f"!.*!{text}!"),
    st.sampled_from([".", "a.example."]),
)


def record(regexp: str, **changes: object) -> NaptrRecord:
    fields = {"order": 100, "preference": 10, "flags": "U", "service": "", **changes}
    return NaptrRecord(regexp=regexp, **fields)  # type: ignore[arg-type]


def reply(*answer: ResourceRecord, name: str = "a.example", rcode: str = "NOERROR") -> DnsReply:
    return DnsReply(
        query=DnsQuery(name, "NAPTR"),
        peer="",
        request=b"",
        wire=b"",
        elapsed=0.0,
        rcode=rcode,
        flags=frozenset(),
        question=name,
        edns=None,
        answer=answer,
        authority=(),
        additional=(),
    )


def naptr(name: str) -> ResourceRecord:
    return ResourceRecord(name, 60, "NAPTR", "", record("!.*!https://a.example!"))


def alias(name: str, target: str) -> ResourceRecord:
    return ResourceRecord(name, 60, "CNAME", target)


def test_the_template_is_filled_in_in_lower_case() -> None:
    key = ServiceKey("GR", Service.DSD, Environment.TESTING)

    assert query_name(TEMPLATE, key, 2) == "gr.dsd.v2.cs.testing.oots.tech.ec.europa.eu"


LONG = f"https://a.example/{'x' * 232}"
"""With the pattern and the delimiters, 255 octets."""


@pytest.mark.parametrize(
    ("regexp", "tag"),
    [
        ("", "naptr-regexp-empty"),
        ("!", "naptr-regexp-malformed"),
        ("!.*!", "naptr-regexp-malformed"),
        ("!!.*!https://a.example!", "naptr-regexp-malformed"),
        ("!.*!https://a.example", "naptr-regexp-malformed"),
        ("!.*!https://a.example!!", "naptr-regexp-malformed"),
        ("!.*!https://[::1!", "naptr-regexp-malformed"),
        ("https://a.example", "naptr-regexp-malformed"),
        ("!.*!https://a.example!x", "naptr-regexp-malformed"),
        (f"!.*!{LONG}x", "naptr-regexp-cut-off"),
        (f"!.*!{LONG}", "naptr-regexp-malformed"),
        ("!^.*$!https://a.example!", "naptr-regexp-anchored"),
        ("!^.*!https://a.example!", "naptr-regexp-anchored"),
        ("#.*#https://a.example#", "naptr-regexp-delimiter"),
        ("/.*/https:\\/\\/a.example/", "naptr-regexp-delimiter"),
        ("1.*1https://a.example1", "naptr-regexp-delimiter"),
        ("i^.*$ihttps://a.exampleii", "naptr-regexp-delimiter"),
        ("!.*!https://a.example!i", "naptr-regexp-flag"),
        ("!.*!https://a.example/x\\!y!", "naptr-regexp-escape"),
        ("!.*!https://a.example/x\\y!", "naptr-regexp-escape"),
        ("!^(.*)$!https://\\1.example!", "naptr-regexp-back-reference"),
        ("!.*!https://a.example/\\9!", "naptr-regexp-back-reference"),
    ],
)
def test_every_other_regexp_than_the_restricted_form_is_named(regexp: str, tag: str) -> None:
    with pytest.raises(Violation) as found:
        service_root(record(regexp))

    assert found.value.tag == tag


def test_a_regexp_may_fill_its_character_string() -> None:
    regexp = f"!.*!{LONG}!"

    assert len(regexp) == 255
    assert root_text(record(regexp)) == LONG


@pytest.mark.parametrize("uri", ["https://a.example", "https://a.example/dsd/", "http://a", ""])
def test_the_uri_is_read_once_and_as_it_stands(uri: str) -> None:
    assert root_text(record(f"!.*!{uri}!")) == uri
    assert service_root(record(f"!.*!{uri}!")).geturl() == uri


@given(RECORDS)
def test_whatever_a_record_holds_it_is_read_or_a_violation(naptr: NaptrRecord) -> None:
    roots = usable_roots([naptr])

    for root in roots:
        host = root.hostname or ""
        assert isinstance(is_host_name(host), bool)
        assert port_of(root) is None or 0 < (port_of(root) or 0) <= 65535
        assert instance(root) == instance(root._replace(path=f"{root.path}/"))
        assert spelling_flaw(root_text(naptr)) is None or root_text(naptr)


@given(st.lists(RECORDS, max_size=6))
def test_the_first_usable_record_is_selected_whatever_the_order_of_the_answer(
    records: list[NaptrRecord],
) -> None:
    usable = [r for r in records if r.flags in ("u", "U") and not r.service]

    chosen = select(records)

    assert (chosen is None) == (not usable)
    if chosen:
        assert chosen in usable
        assert all((chosen.order, chosen.preference) <= (r.order, r.preference) for r in usable)


@given(
    st.lists(RECORDS, max_size=6).flatmap(lambda rs: st.tuples(st.just(rs), st.permutations(rs)))
)
def test_selection_does_not_depend_on_the_order_of_the_answer(
    answers: tuple[list[NaptrRecord], list[NaptrRecord]],
) -> None:
    one, other = (select(records) for records in answers)

    assert (one is None) == (other is None)
    if one and other:
        assert (one.order, one.preference, one.regexp) == (
            other.order,
            other.preference,
            other.regexp,
        )


@pytest.mark.parametrize(("low", "high"), [(0, 65535), (0, 1), (65534, 65535)])
def test_the_ends_of_the_range_of_order_and_preference_count(low: int, high: int) -> None:
    first = record("!.*!https://a.example!", order=low, preference=high)
    second = record("!.*!https://b.example!", order=high, preference=low)
    third = record("!.*!https://c.example!", order=high, preference=high)

    assert select([third, second, first]) == first
    assert select([third, second]) == second


def test_order_comes_before_preference() -> None:
    far = record("", order=1, preference=2)

    assert (
        select([record("", order=2, preference=1), far, record("", order=1, preference=3)]) == far
    )


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ((naptr("A.Example."),), 1),
        ((naptr("b.example."),), 0),
        ((alias("a.example.", "b.example."), naptr("b.example."), naptr("a.other.")), 1),
        ((alias("a.example.", "b.example."), naptr("a.example.")), 0),
        ((alias("a.example.", "b.example."), alias("b.example.", "a.example.")), 0),
        ((), 0),
    ],
)
def test_only_records_of_the_name_or_its_alias_are_the_entry(
    answer: tuple[ResourceRecord, ...], found: int
) -> None:
    assert len(entry(reply(*answer))) == found


def test_replies_agree_whatever_the_order_case_and_ttl_of_their_records() -> None:
    one = ResourceRecord("a.example.", 60, "TXT", '"1"')
    two = ResourceRecord("A.example.", 59, "TXT", '"2"')

    assert content(reply(one, two)) == content(reply(two, one, name="A.EXAMPLE"))
    assert content(reply(one)) != content(reply(one, one))
    assert content(reply()) != content(reply(rcode="NXDOMAIN"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example", "https://A.EXAMPLE:443/", True),
        ("https://a.example/eb", "https://a.example/eb/", True),
        ("https://a.example/eb", "https://a.example/dsd", False),
        ("https://a.example/eb", "https://a.example/EB", False),
        ("https://a.example", "https://a.example:8443", False),
        ("https://a.example", "https://b.example", False),
    ],
)
def test_an_instance_is_told_by_host_port_and_path(one: str, other: str, *, same: bool) -> None:
    assert (instance(urlsplit(one)) == instance(urlsplit(other))) is same


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1"])
def test_a_port_that_cannot_be_is_none(port: str) -> None:
    assert port_of(urlsplit(f"https://a.example:{port}/")) is None


@pytest.mark.parametrize(
    "host", ["-a.example", "a..example", "a_b.example", "192.0.2.1", "ä.eu", "a b"]
)
def test_what_dns_cannot_hold_is_no_host_name(host: str) -> None:
    assert not is_host_name(host)


@pytest.mark.parametrize("char", [" ", '"', "<", "\\", "^", "`", "{", "|", "}", "\n", "\0"])
def test_characters_that_no_uri_holds_are_found(char: str) -> None:
    assert spelling_flaw(f"https://a.example/{char}/") == ("naptr-root-character", char)


@pytest.mark.parametrize("char", ["é", "Ω", "\\xff", "\u2028"])
def test_characters_beyond_ascii_are_named(char: str) -> None:
    assert spelling_flaw(f"https://a.example/{char}/") == ("naptr-root-not-ascii", char)


@pytest.mark.parametrize("part", ["%", "%4", "%zz", "%%41"])
def test_percent_signs_that_encode_nothing_are_found(part: str) -> None:
    flaw = spelling_flaw(f"https://a.example/{part}")

    assert flaw
    assert flaw[0] == "naptr-root-percent-encoding"


@given(st.from_regex(r"[a-z]{2}\.(eb|dsd)\.v[0-9]\.[a-z.]{1,20}", fullmatch=True))
def test_mixed_case_is_the_same_name_in_other_letters(name: str) -> None:
    mixed = mixed_case(name)

    assert mixed != name
    assert same_name(mixed) == same_name(name)
