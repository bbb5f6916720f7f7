"""Zone transfers: a whole zone becomes a file, anything else is told, and nothing is endless."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from dnslib import QTYPE, RCODE, RR, DNSHeader, DNSRecord  # type: ignore[import-untyped]

from harness.adapters import transfer
from harness.adapters.transfer import Transfer, master_text, transferred
from harness.adapters.zone_file import target_of
from harness.cli.main import main
from harness.cli.zone import _place
from harness.errors import Unreachable, UsageFault
from harness.master_file import records
from mock_services.dns_server import serve
from mock_services.landscape import world_of
from mock_services.zone_text import APEX
from suites.selftest.dns_world import world_of_zone

Script = Callable[[DNSRecord], Sequence[bytes]]
"""What a server sends for a query: pieces of its stream, after which the connection ends."""

AT = datetime(2026, 9, 1, tzinfo=UTC)
ZONE = "foo.eu."
SOA = "foo.eu. 60 IN SOA ns1.foo.eu. host.foo.eu. 7 2 3 4 5"
NAPTR = 'x.foo.eu. 60 IN NAPTR 100 10 "U" "" "!.*!https://x.eu/!" .'
TXT = 'y.foo.eu. 60 IN TXT "a;b" "c d"'


@contextmanager
def serving(script: Script, *, hold: bool = False) -> Iterator[tuple[str, int]]:
    """A name server on loopback that answers one query; `hold` keeps the connection open."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        try:
            connection, _ = listening.accept()
        except OSError:
            return  # nobody came
        with connection:
            size = int.from_bytes(connection.recv(2), "big")
            try:
                for piece in script(DNSRecord.parse(connection.recv(size))):
                    connection.sendall(piece)
                if hold:
                    connection.recv(1)
            except OSError:
                return  # the client has had enough

    thread = Thread(target=answer)
    thread.start()
    try:
        yield listening.getsockname()[:2]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def framed(message: DNSRecord) -> bytes:
    wire = bytes(message.pack())
    return len(wire).to_bytes(2, "big") + wire


def reply(query: DNSRecord, *texts: str, rcode: int = RCODE.NOERROR, ident: int = 0) -> bytes:
    found = [record for text in texts for record in RR.fromZone(text)]
    header = DNSHeader(id=ident or query.header.id, qr=1, aa=1, rcode=rcode)
    return framed(DNSRecord(header, questions=query.questions, rr=found))


def fetched(script: Script, *, hold: bool = False, patience: float = 5.0) -> Transfer:
    with serving(script, hold=hold) as place:
        return asyncio.run(transferred(place, ZONE, patience=patience))


def refusal(script: Script, *, hold: bool = False, patience: float = 5.0) -> str:
    with pytest.raises(Unreachable) as told:
        fetched(script, hold=hold, patience=patience)
    return str(told.value)


@pytest.mark.parametrize(
    "script",
    [
        lambda query: [reply(query, SOA, NAPTR, TXT, SOA)],
        lambda query: [reply(query, SOA), reply(query, NAPTR, TXT), reply(query, SOA)],
        lambda query: [bytes([octet]) for octet in reply(query, SOA, NAPTR, TXT, SOA)],
    ],
    ids=["one message", "three messages", "octet by octet"],
)
def test_a_transfer_becomes_a_file_that_is_read_back(script: Script) -> None:
    found = fetched(script, hold=True)

    text = master_text(found, AT)
    assert (found.zone, found.serial, len(found.records)) == (ZONE, 7, 3)
    assert [str(record) for record in records(text, "fetched")] == [SOA, NAPTR, TXT]
    assert text.startswith("; foo.eu. as transferred from the name server 127.0.0.1 port ")
    assert "serial 7" in text.splitlines()[1]


def test_the_question_is_one_for_a_transfer() -> None:
    asked: list[DNSRecord] = []

    def script(query: DNSRecord) -> Sequence[bytes]:
        asked.append(query)
        return [reply(query, SOA, SOA)]

    fetched(script)

    assert (asked[0].q.qtype, str(asked[0].q.qname)) == (QTYPE.AXFR, ZONE)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (lambda query: [reply(query, rcode=RCODE.REFUSED)], "allow the transfer to 127.0.0.1"),
        (lambda query: [reply(query, rcode=RCODE.NOTAUTH)], "name the owner of its SOA record"),
        (lambda query: [reply(query, rcode=RCODE.NOTIMP)], "it answers NOTIMP"),
        (lambda query: [reply(query)], "without an SOA record"),
        (lambda query: [reply(query, NAPTR, SOA)], "without an SOA record"),
        (lambda query: [], "the connection ended before the transfer"),
        (lambda query: [reply(query, SOA, NAPTR)], "the connection ended before the transfer"),
        (lambda query: [reply(query, SOA, NAPTR, SOA)[:-9]], "the connection ended before"),
        (lambda query: [reply(query, SOA, ident=query.header.id ^ 1)], "to another query"),
        (lambda query: [reply(query, SOA, NAPTR.replace("foo.eu", "b.eu"))], "x.b.eu."),
        (lambda query: [reply(query, SOA, SOA, NAPTR)], "records after the end of the zone"),
        (lambda query: [b"\x00\x04abcd"], "cannot be read"),
        (lambda query: [b"\x00\x00"], "cannot be read"),
    ],
)
def test_what_is_no_whole_transfer_is_told(script: Script, told: str) -> None:
    said = refusal(script)

    assert said.startswith("the name server 127.0.0.1 port ")
    assert told in said


def test_a_server_that_falls_silent_is_not_waited_for() -> None:
    said = refusal(lambda query: [reply(query, SOA)], hold=True, patience=0.05)

    assert "within 0.05 s" in said
    assert "whether TCP port" in said


def test_a_server_that_is_not_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = taken.getsockname()[:2]

    with pytest.raises(Unreachable, match="Connection refused; a transfer needs TCP port"):
        asyncio.run(transferred(place, ZONE))


@pytest.mark.parametrize("limit", ["MOST_RECORDS", "LARGEST"])
def test_a_zone_without_end_is_given_up(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, limit, 40)

    def endless(query: DNSRecord) -> Iterator[bytes]:
        yield reply(query, SOA)
        while True:
            yield reply(query, NAPTR)

    assert "the most that is taken" in refusal(endless)  # type: ignore[arg-type]


async def test_the_mock_name_server_refuses() -> None:
    server = await serve(world_of_zone())
    try:
        with pytest.raises(Unreachable, match="it answers REFUSED"):
            await transferred((server.host, server.port), "cs.acc.oots.tech.ec.europa.eu")
    finally:
        await server.close()


def command(*words: str) -> int:
    return main(["zone", "fetch", *words])


def whole_landscape(query: DNSRecord) -> Sequence[bytes]:
    lines = world_of("GR").zone.splitlines()
    soa = next(line for line in lines if line.startswith(APEX))
    within = [line for line in lines if line.split()[0].endswith(APEX)]
    return [reply(query, *within), reply(query, soa)]


def test_the_command_writes_a_file_that_can_be_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "oots.zone"

    with serving(whole_landscape) as (host, port):
        code = command("--nameserver", f"{host}:{port}", "--zone", APEX, "--out", str(out))

    assert code == 0
    assert capsys.readouterr().out == f"{out}: 19 records of {APEX}, serial 1\n"
    assert {key.member_state for key in target_of(out).keys} == {"GR"}
    assert [path.name for path in out.parent.iterdir()] == ["oots.zone"]


def test_the_command_tells_a_refusal_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "oots.zone"

    with serving(lambda query: [reply(query, rcode=RCODE.REFUSED)]) as (host, port):
        code = command("--nameserver", f"{host}:{port}", "--zone", ZONE, "--out", str(out))

    assert code == 3
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "REFUSED" in told
    assert not out.exists()


def test_the_command_replaces_a_file_only_when_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "oots.zone"
    out.write_text("mine")
    words = ("--zone", ZONE, "--out", str(out))

    assert command("--nameserver", "127.0.0.1:1", *words) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert out.read_text() == "mine"
    with serving(lambda query: [reply(query, SOA, SOA)]) as (host, port):
        assert command("--nameserver", f"{host}:{port}", *words, "--overwrite") == 0
    assert SOA in out.read_text()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--nameserver", ""),
        ("--nameserver", "192.0.2.1:0"),
        ("--nameserver", "192.0.2.1:65536"),
        ("--nameserver", "192.0.2.1:dns"),
        ("--nameserver", ":53"),
        ("--zone", "a..b"),
        ("--zone", "x" * 64),
    ],
)
def test_a_place_or_a_name_that_cannot_be_is_refused(
    option: str, value: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = {"--nameserver": "127.0.0.1:1", "--zone": ZONE, "--out": str(tmp_path / "z")}
    words[option] = value

    assert command(*(word for pair in words.items() for word in pair)) == 2

    assert f"oots: {option}: expected" in capsys.readouterr().err


def test_a_place_is_an_address_and_perhaps_a_port() -> None:
    assert _place("ns.example") == ("ns.example", 53)
    assert _place("[2001:db8::7]:5353") == ("2001:db8::7", 5353)
    with pytest.raises(UsageFault):
        _place("[2001:db8::7]:")
