"""A copy of a run to pass on: no name is left in it, and it still reads."""

from __future__ import annotations

import json
import os
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import dns.message
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cli.main import main
from harness.errors import UsageFault
from harness.model import Exchange, Verdict
from harness.pseudonyms import PUBLIC, Pseudonyms, Redaction
from harness.record import FILE, Record, RecordWriter, read
from harness.record_lines import waiver_facts
from harness.shared_record import share
from suites.selftest.crafted_certificates import holder
from suites.selftest.sample_records import (
    CLOCK,
    FAILED,
    NOW,
    WAIVER,
    controlled,
    header,
    result,
)

BOTH = tuple(Redaction)
HOST, OTHER, ADDRESS, SIX = "eb.ministry.test", "ns1.ministry.test", "192.0.2.7", "2001:db8::7"
PERSON, AGENT = "Ministry of Silly Walks", "Keha v. 2.0"
NAMES = ("ministry", ADDRESS, "2001:db8", "silly walks", "keha", "lovelace", "intranet")


def http(body: str, *fields: str, ident: str = "x1") -> Exchange:
    head = "\r\n".join(("HTTP/1.1 200", *fields))
    back = quote(f"https://{HOST}/", safe="")
    asked = f"GET /eb/?back={back} HTTP/1.1\r\nHost: {HOST}:8443\r\n\r\n".encode()
    answered = f"{head}\r\n\r\n{body}".encode()
    return Exchange(ident, "https", f"{HOST}:8443", NOW, 0.1, asked, answered, None)


def dns_exchange(ident: str = "x2") -> Exchange:
    query = dns.message.make_query(HOST, "NAPTR")
    reply = dns.message.make_response(query)
    regexp = f'100 10 "U" "" "!.*!https://{HOST}:8443/eb/!" .'
    reply.answer.append(dns.rrset.from_text(f"{HOST}.", 300, "IN", "NAPTR", regexp))
    return Exchange(ident, "dns/udp", HOST, NOW, 0.1, query.to_wire(), reply.to_wire(), None)


def sealed() -> str:
    """A signature header with a certificate in it."""
    der = holder(f"{PERSON} seal").der
    protected = json.dumps({"alg": "ES256", "x5c": [b64encode(der).decode()]})
    return urlsafe_b64encode(protected.encode()).decode().rstrip("=") + "..c2ln"


BODY = (
    '<a xmlns="http://www.w3.org/2001/XMLSchema"><sdg:AccessService>'
    f"<sdg:Name lang='EN'>{AGENT}</sdg:Name><x>https://{HOST}/</x></sdg:AccessService>"
    f"<n>{AGENT.upper()}</n><i>{SIX}</i><u>urn:oasis:names:tc:ebxml-regrep:xsd:rs:4.0</u></a>"
)
EXCHANGES = (
    http(BODY, f"oots-response-sig: {sealed()}", f"X-Code: {b64encode(HOST.encode()).decode()}"),
    dns_exchange(),
    http(HOST, "Transfer-Encoding: chunked", ident="x3"),
    Exchange("x4", "https", "intranet:443", NOW, 0.1, b"GET / HTTP/1.1\r\nHost: intranet\r\n\r\n",
             f"HTTP/1.1 200\r\n\r\n\xff{HOST}".encode("latin-1"), None),
    Exchange("x5", "dns/udp", OTHER, NOW, 3.0, OTHER.encode(), None,
             f"the name server {ADDRESS} port 53: no reply"),
    Exchange("x6", "file", "zone", NOW, 0.1, b"zone", f"$ORIGIN ministry.test.\neb A {ADDRESS}\n"
             .encode(), None),
    Exchange("x7", "tls", f"{HOST}:8443", NOW, 0.1, f"ClientHello to {HOST}:8443".encode(),
             f"TLSv1.3\nCN={HOST},O={PERSON}\n{HOST.encode().hex()}".encode(), None),
)  # fmt: skip


def recorded(folder: Path) -> Record:
    failure = replace(
        result("DISC-03", "FI", Verdict.FAILED, **FAILED),
        seen=f"https://{HOST}:8443/eb/ at {ADDRESS} of {PERSON}, not intranet:443",
        detail=f"{HOST.upper()}. is served by [{SIX}]; see {OTHER}",
        source="/home/ministry/cs.ministry.test.zone, line 12",
        evidence=tuple(each.id for each in EXCHANGES),
    )
    facts = header(
        target={
            "name": PERSON,
            "template": "{country}.{service}.cs.ministry.test",
            "reached": {"nameserver": f"{ADDRESS} port 53", "file": "/home/ministry/oots.toml",
                        "roots": {"FI-eb-acc": f"https://{HOST}:8443/eb/"}},
        },
        target_file="/home/ministry/oots.toml",
        waivers=[waiver_facts(WAIVER)],
        note={"more": [f"by {PERSON}"]},
    )  # fmt: skip
    with RecordWriter(folder / FILE, lambda: NOW) as writer:
        writer.header(facts)
        for each in EXCHANGES:
            writer.exchange(each)
        writer.finding(replace(CLOCK, seen=f"{ADDRESS} says so", evidence=("x1",)))
        writer.result(failure)
        path = f"name server {ADDRESS} port 53"
        writer.control(
            replace(controlled(failure, path, Verdict.PASSED), result=replace(failure, evidence=()))
        )
    return read(folder)


def test_no_name_is_left_in_any_file_of_the_copy(tmp_path: Path) -> None:
    recorded(tmp_path / "run")

    assert main(["share", str(tmp_path / "run"), "--out", str(tmp_path / "copy")]) == 0

    files = [path for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert len(files) > 4
    for path in files:
        text = path.read_text("utf-8").lower()
        assert [name for name in NAMES if name in text] == [], path.name
        assert b64encode(HOST.encode()).decode().lower() not in text
        assert HOST.encode().hex() not in text


def test_the_copy_reads_and_comes_to_the_same(tmp_path: Path) -> None:
    before = recorded(tmp_path / "run")

    share(tmp_path / "run", tmp_path / "copy", BOTH, overwrite=False)

    after = read(tmp_path / "copy")
    assert after.header["redacted"] == ["hosts", "participants"]
    assert (after.exit, after.footer) == (before.exit, before.footer)
    assert [(r.check, r.verdict, r.tag, r.member_state, r.evidence) for r in after.results] == [
        (r.check, r.verdict, r.tag, r.member_state, r.evidence) for r in before.results
    ]
    assert set(after.exchanges) == set(before.exchanges)
    assert len(after.controls) == len(after.findings) == len(after.waivers) == 1


def test_a_name_has_the_same_stand_in_wherever_it_stands(tmp_path: Path) -> None:
    recorded(tmp_path / "run")
    share(tmp_path / "run", tmp_path / "copy", BOTH, overwrite=False)

    of = read(tmp_path / "copy")

    (stand_in,) = re.findall(r"https://(host-\d+\.example):8443/eb/", str(of.results[0].seen))
    assert of.exchanges["x1"].peer == f"{stand_in}:8443"
    assert f"Host: {stand_in}:8443".encode() in of.exchanges["x1"].request
    assert f"{stand_in}." in str(of.results[0].detail)
    assert of.exchanges["x2"].peer == stand_in
    assert of.header["target"]["reached"]["roots"]["FI-eb-acc"] == f"https://{stand_in}:8443/eb/"
    body = of.exchanges["x1"].response or b""
    assert len(re.findall(rb"participant-\d+", body)) == 2
    assert len(set(re.findall(rb"participant-\d+", body))) == 1


def test_what_says_nothing_about_anybody_stays(tmp_path: Path) -> None:
    recorded(tmp_path / "run")
    share(tmp_path / "run", tmp_path / "copy", BOTH, overwrite=False)

    of = read(tmp_path / "copy")

    body = of.exchanges["x1"].response or b""
    assert b'xmlns="http://www.w3.org/2001/XMLSchema"' in body
    assert b"urn:oasis:names:tc:ebxml-regrep:xsd:rs:4.0" in body
    assert of.results[0].member_state == "FI"
    assert of.header["catalogue"] == header()["catalogue"]
    assert of.header["target_file"] == "target.toml"


def test_what_cannot_be_rewritten_gives_way_to_its_length_and_digest(tmp_path: Path) -> None:
    before = recorded(tmp_path / "run")
    made = share(tmp_path / "run", tmp_path / "copy", BOTH, overwrite=False)

    of = read(tmp_path / "copy")

    wire = before.exchanges["x2"].response or b""
    assert of.exchanges["x2"].response == (
        f"[DNS message withheld: {len(wire)} bytes, SHA-256 {sha256(wire).hexdigest()}]".encode()
    )
    for ident in ("x3", "x4", "x6"):
        assert b"withheld" in (of.exchanges[ident].response or b""), ident
    assert made.withheld >= 5


@pytest.mark.parametrize(
    ("redaction", "gone", "kept"),
    [(Redaction.HOSTS, HOST, PERSON), (Redaction.PARTICIPANTS, PERSON, HOST)],
)
def test_each_kind_can_be_taken_out_alone(
    redaction: Redaction, gone: str, kept: str, tmp_path: Path
) -> None:
    recorded(tmp_path / "run")
    share(tmp_path / "run", tmp_path / "copy", [redaction], overwrite=False)

    text = (tmp_path / "copy" / FILE).read_text("utf-8")
    assert gone not in text
    assert kept in text


def test_a_run_that_was_broken_off_can_be_shared(tmp_path: Path) -> None:
    recorded(tmp_path / "run")
    octets = (tmp_path / "run" / FILE).read_bytes()
    (tmp_path / "run" / FILE).write_bytes(octets[: octets.rindex(b'{"kind":"footer"') + 9])

    share(tmp_path / "run", tmp_path / "copy", BOTH, overwrite=False)

    of = read(tmp_path / "copy")
    assert (of.complete, len(of.results)) == (False, 1)


def test_a_copy_of_a_copy_holds_no_more(tmp_path: Path) -> None:
    recorded(tmp_path / "run")
    share(tmp_path / "run", tmp_path / "a", [Redaction.HOSTS], overwrite=False)
    share(tmp_path / "a", tmp_path / "b", [Redaction.PARTICIPANTS], overwrite=False)

    text = (tmp_path / "b" / FILE).read_text("utf-8").lower()

    assert [name for name in NAMES if name in text] == []
    assert read(tmp_path / "b").header["redacted"] == ["hosts", "participants"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["share", "run"], "--out"),
        (["share", "run", "--out", "run"], "a folder of its own"),
        (["share", "run", "--out", "taken"], "give --overwrite"),
        (["share", "run", "--out", "new", "--redact", "names"], "participants"),
        (["share", "nothing", "--out", "new"], "no such file"),
        (["share", "spoilt", "--out", "new"], "line 1"),
        (["share", "run", "--out", "run/run.jsonl"], "move the file away"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_shared_is_refused_in_a_line_and_leaves_nothing(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("run", "taken"):
        recorded(tmp_path / name)
    (tmp_path / "spoilt").mkdir()
    (tmp_path / "spoilt" / FILE).write_text("{}\n")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    code = main(words)

    told = capsys.readouterr().err
    assert code == 2
    assert said in told
    assert told.count("\n") == 1
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_a_copy_that_cannot_be_finished_is_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(tmp_path / "run")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)

    with pytest.raises(UsageFault, match="no space left"):
        share(tmp_path / "run", tmp_path / "copy", BOTH, overwrite=False)

    assert list((tmp_path / "copy").iterdir()) == []


LABELS = st.from_regex(r"[a-z][a-z0-9-]{3,10}[a-z]", fullmatch=True)
HOSTS = st.lists(LABELS, min_size=3, max_size=5).map(".".join)
SURROUNDINGS = st.sampled_from(
    [
        "https://{}/a?b=c",
        "https://user:pw@{}:8443",
        "the host {} is not reached",
        "ends with {}.",
        "({}), [{}] and '{}'",
        "*.{}",
        "_443._tcp.{}",
        "mailto:someone@{}",
        "a%2F{}%2Fb",
        "{}:53",
        "x={};y",
        "<a>{}</a>",
        "DNS:{},DNS:www.{}",
        "1 10 {}",
    ]
)


@given(HOSTS, SURROUNDINGS, st.sampled_from([str.upper, str.lower, str.title]))
def test_a_host_is_found_wherever_it_stands(
    host: str, around: str, spelled: Callable[[str], str]
) -> None:
    names = Pseudonyms(BOTH)
    names.learn_text(f"https://{host}/")
    text = around.replace("{}", spelled(host))

    shown = names.text(text)

    assert host not in shown.lower()
    assert ".".join(host.split(".")[1:]) not in shown.lower()
    assert "host-" in shown


@given(HOSTS, st.sampled_from([b64encode, urlsafe_b64encode]))
def test_a_host_that_is_encoded_is_found_too(host: str, encode: Callable[[bytes], bytes]) -> None:
    names = Pseudonyms(BOTH)
    names.learn_text(f"https://{host}/")
    code = encode(f"https://{host}/".encode()).decode()

    assert code.rstrip("=") not in names.text(f"X-Code: {code}")
    assert host.encode().hex() not in names.text(f"X-Code: {host.encode().hex()}")


@given(st.ip_addresses(), st.sampled_from(["at {}", "{} port 53", "[{}]", "{}, {}", "a={};"]))
def test_an_address_is_found_wherever_it_stands(address: object, around: str) -> None:
    text = around.replace("{}", str(address))

    shown = Pseudonyms(BOTH).text(text)

    assert str(address) not in shown
    assert "address-1.example" in shown


@pytest.mark.parametrize(
    "text",
    [
        *(f"http://{host}/x" for host in sorted(PUBLIC)),
        "suites/discovery/test_one.py::test_a",
        "08:30:00",
        "tdd-2.0 and oots-cs:v2.0.1",
        "status.xml is not here",
        "SHA-256 " + "ab" * 32,
        'ETag: "dqaiI+R9BITg9/2VMWAj7KgDIC/4/4BgNAkWKbVhc+M="',
        "urn:uuid:64ea7e30-0f63-587b-9186-68c8e21fb534",
        "requirements-by-procedure-and-jurisdiction",
    ],
)
def test_what_is_no_name_stays_as_it_was(text: str) -> None:
    names = Pseudonyms(BOTH)
    names.learn_text(f"https://{HOST}/")
    names.learn_participant(PERSON)

    assert names.text(text) == text


@given(st.text(max_size=200))
def test_any_text_can_be_rewritten(text: str) -> None:
    names = Pseudonyms(BOTH)
    names.learn_text(text)
    names.learn_participant(text)

    once = names.text(text)

    assert isinstance(once, str)
