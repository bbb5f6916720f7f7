"""The commands that repeat an exchange: put to `dig` and `curl`, compared with what was seen."""

from __future__ import annotations

import asyncio
import shlex
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread

import dns.message
import pytest

from harness.execution import Selection, execute, open_session
from harness.extensions import checks
from harness.model import CheckResult, Environment, Exchange, Service, Target
from harness.provenance import target_facts
from harness.reproduction import AUTHORITY, Way, command, way_of
from mock_services.embedded import Embedded
from suites.selftest.sample_records import NOW

NOWHERE = Way(None, {})
ON_LOOPBACK = Way(("127.0.0.1", 5300), {"eb.test": "127.0.0.1"}, private_ca=True)


def needed(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


@dataclass(frozen=True)
class Seen:
    target: Target
    exchanges: tuple[Exchange, ...]
    results: tuple[CheckResult, ...]

    @property
    def way(self) -> Way:
        return way_of({"target": target_facts(self.target)}, self.exchanges)


@pytest.fixture(scope="module")
def seen() -> Iterator[Seen]:
    """A landscape that still serves, and what a run saw of Finland in it."""
    embedded = Embedded()
    target = embedded.start(members=("FI",), fault=None)
    try:
        yield asyncio.run(run_on(target))
    finally:
        embedded.stop()


async def run_on(target: Target) -> Seen:
    exchanges: list[Exchange] = []
    results: list[CheckResult] = []
    some = tuple(c.id for c in checks() if c.chapter == "discovery" or c.id.endswith("-01"))
    everything = Selection(("FI",), tuple(Service), (Environment.ACC,), some, ())
    async with open_session(target, exchanges.append) as session:
        asked, keys = everything.questions(checks()), everything.keys(target)
        await execute(session, asked, keys, report=results.append)
    return Seen(target, tuple(exchanges), tuple(results))


def run(line: str, cwd: Path) -> bytes:
    words = shlex.split(line)
    needed(words[0])
    done = subprocess.run(words, cwd=cwd, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("protocol", ["dns/udp", "dns/tcp"])
def test_dig_sees_what_the_check_saw(protocol: str, seen: Seen, tmp_path: Path) -> None:
    alike = [e for e in seen.exchanges if e.protocol == protocol and e.response]

    for exchange in (*alike[:3], *alike[-3:]):
        line = command(exchange, seen.way)
        assert line is not None
        told = run(line, tmp_path).decode()

        assert exchange.response is not None
        reply = dns.message.from_wire(exchange.response)
        words = " ".join(told.split())
        for rrset in reply.answer:
            assert all(" ".join(rdata.to_text().split()) in words for rdata in rrset), line
        assert f"status: {dns.rcode.to_text(reply.rcode())}" in told


def test_curl_gets_what_the_check_got(seen: Seen, tmp_path: Path) -> None:
    assert seen.target.tls_roots
    (tmp_path / AUTHORITY).write_bytes(seen.target.tls_roots)
    answered = [e for e in seen.exchanges if e.protocol == "https" and e.response]
    plain = [e for e in answered if b"\r\nTransfer-Encoding" not in (e.response or b"")]

    for exchange in (plain[0], plain[1], plain[-1]):
        line = command(exchange, seen.way)
        assert line is not None
        head, _, body = run(line, tmp_path).partition(b"\r\n\r\n")

        was_head, _, was_body = (exchange.response or b"").partition(b"\r\n\r\n")
        assert (head.split(b"\r\n")[0], body) == (was_head.split(b"\r\n")[0], was_body)


class Listener:
    """Answers each query with itself, and keeps it."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(20)
        self.query = b""
        self.thread = Thread(target=self.answer)
        self.thread.start()

    def answer(self) -> None:
        self.query, whom = self.socket.recvfrom(4096)
        self.socket.sendto(self.query[:2] + b"\x80" + self.query[3:], whom)
        self.socket.close()


@pytest.mark.parametrize(
    "query",
    [
        dns.message.make_query("fi.eb.test", "NAPTR", use_edns=0, payload=1232),
        dns.message.make_query("FI.eB.test", "NAPTR", use_edns=0, payload=512, want_dnssec=True),
        dns.message.make_query("+tcp.test", "SOA", use_edns=False),
        dns.message.make_query("a\\032b.-x.test", "A", use_edns=False, flags=0),
        dns.message.make_query(".", "DNSKEY", use_edns=0, payload=4096),
        dns.message.make_query("ns.test", "TYPE65280", use_edns=0, payload=1232),
    ],
    ids=lambda query: str(query.question[0].name),
)
def test_dig_asks_exactly_what_was_asked(query: dns.message.Message, tmp_path: Path) -> None:
    needed("dig")
    listener = Listener()
    port = listener.socket.getsockname()[1]
    asked = Exchange("x1", "dns/udp", "", NOW, 0.0, query.to_wire(), None, None)

    line = command(asked, Way(("127.0.0.1", port), {}))

    assert line is not None
    subprocess.run([*shlex.split(line), "+tries=1"], capture_output=True, timeout=30, check=False)
    listener.thread.join(30)
    assert listener.query[2:] == query.to_wire()[2:]


def http(request: bytes, protocol: str = "https") -> Exchange:
    return Exchange("x1", protocol, "eb.test", NOW, 0.0, request, b"HTTP/1.1 200\r\n\r\n", None)


def test_a_request_is_written_out_as_it_was_sent() -> None:
    asked = http(
        b"GET /eb?a=[1]&b=it's HTTP/1.1\r\nHost: eb.test:8443\r\nAccept: a/b\r\nX-Empty: \r\n\r\n"
    )

    assert command(asked, ON_LOOPBACK) == (
        "curl -sSi --http1.1 --resolve eb.test:8443:127.0.0.1 --cacert YOUR-CA.pem --globoff"
        " --user-agent '' --header 'Accept: a/b' --header 'X-Empty;'"
        """ 'https://eb.test:8443/eb?a=[1]&b=it'"'"'s'"""
    )


def test_a_way_around_is_told_by_name_and_without_what_is_secret() -> None:
    asked = http(
        b"HEAD /a/../b HTTP/1.1\r\nHost: u:pw@eb.test\r\nAuthorization: Bearer tok\r\n"
        b"Cookie: id=tok\r\nX-API-Key: tok\r\n\r\n"
    )
    way = replace(ON_LOOPBACK, proxy="http://me:tok@proxy.test:3128", client_certificate=True)

    line = command(asked, way)

    assert line is not None
    assert "tok" not in line
    assert "pw" not in line
    assert "--proxy proxy.test:3128" in line
    assert "--cert YOUR-CLIENT-CERTIFICATE.pem" in line
    assert "--head " in line
    assert "--path-as-is" in line
    assert "--resolve" not in line


@pytest.mark.parametrize(
    ("asked", "way"),
    [
        (http(b"\x16\x03\x01", "tls"), ON_LOOPBACK),
        (http(b"overview", "file"), ON_LOOPBACK),
        (http(b"GET /a HTTP/1.1\r\n\r\n"), ON_LOOPBACK),
        (http(b"GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), ON_LOOPBACK),
        (http(b"POST /a HTTP/1.1\r\nHost: a\r\n\r\nbody"), ON_LOOPBACK),
        (http(b"GET http://x HTTP/1.1\r\nHost: a\r\n\r\n"), ON_LOOPBACK),
        (http(b"\xff\xfe"), ON_LOOPBACK),
        (http(b"GET /%s HTTP/1.1\r\nHost: a\r\n\r\n" % (b"a" * 9_000)), ON_LOOPBACK),
        (http(b"fi.eb.test NAPTR", "dns/udp"), NOWHERE),
        (http(b"one two three", "dns/udp"), ON_LOOPBACK),
        (http(b"", "dns/udp"), ON_LOOPBACK),
    ],
    ids=lambda value: str(getattr(value, "request", ""))[:40],
)
def test_where_there_is_no_command_there_is_none(asked: Exchange, way: Way) -> None:
    assert command(asked, way) is None


def test_a_question_that_nobody_answered_is_put_to_the_server_that_its_error_names() -> None:
    why = "the name server 127.0.0.7 port 5301: no reply over udp within 3 s"
    asked = Exchange("x1", "dns/udp", "fi.test", NOW, 3.0, b"fi.test NAPTR", None, why)

    assert command(asked, ON_LOOPBACK) == ("dig @127.0.0.7 -p 5301 -t NAPTR -q fi.test +ignore")


def test_a_reply_that_was_cut_short_is_not_asked_for_again_over_tcp() -> None:
    query = dns.message.make_query("fi.test", "NAPTR")
    wire = query.to_wire()
    asked = Exchange(
        "x1", "dns/udp", "fi.test", NOW, 0.0, wire, wire[:2] + b"\x82" + wire[3:], None
    )

    over = {
        p: str(command(replace(asked, protocol=p), ON_LOOPBACK)) for p in ("dns/udp", "dns/tcp")
    }

    assert ("+ignore" in over["dns/udp"], "+tcp" in over["dns/udp"]) == (True, False)
    assert ("+ignore" in over["dns/tcp"], "+tcp" in over["dns/tcp"]) == (False, True)
