"""What an answer made to cost time, memory or a traceback does instead: it is refused, and soon."""

from __future__ import annotations

import asyncio
import math
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from struct import pack
from time import process_time
from typing import Any, cast

import dns.message
import pytest

from harness import execution, jades, regrep
from harness.breaker import MOST_TIMEOUTS
from harness.checks import Check, catalogue
from harness.dns_message import DnsQuery, DnsReply
from harness.errors import TimedOut, Unreachable, Violation
from harness.freshness import MOST_DIRECTIVES, cache_control
from harness.model import (
    CheckResult,
    Environment,
    Exchange,
    HttpRequest,
    HttpResponse,
    NaptrRecord,
    Questions,
    Service,
    ServiceKey,
    Target,
    Verdict,
)
from harness.observatory import Observatory, Watch
from harness.record_lines import Malformed, exchange_facts, exchange_of, facts_of, line_of
from harness.reports import allure, junit
from harness.runner import Session
from harness.subjects.directory import Directory
from harness.subjects.zone import Zone
from mock_services import dns_server
from mock_services.dns_zone import NameServer
from suites.selftest.dns_world import world_of_zone
from suites.selftest.loopback import HOST, client, served
from suites.selftest.sample_records import exchange, record, result

NOW = datetime(2026, 9, 1, tzinfo=UTC)
KEY = ServiceKey("FI", Service.EB, Environment.ACC)
NOTHING = Questions("FI", "T3", "", "", None, None, None, ())
TARGET = Target("t", "{country}.example", ("127.0.0.1", 53), (KEY,), {KEY: NOTHING}, {}, None, {})
URL = "https://eb.example/rest/search"


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Generous for a slow machine, and far from what a quadratic reader takes."""
    began = process_time()
    yield
    assert process_time() - began < seconds


def test_very_many_directives_are_refused_at_once() -> None:
    line = ",".join(f"a{number}" for number in range(20_000))

    with within(1), pytest.raises(Violation, match="cache-control-malformed"):
        cache_control(line)


def test_as_many_directives_as_may_be_are_read() -> None:
    line = ",".join(f"a{number}" for number in range(MOST_DIRECTIVES))

    assert len(cache_control(line).directives) == MOST_DIRECTIVES


def test_very_many_repeated_members_are_told_at_once() -> None:
    members = ",".join(f'"{number % 5_000}":0' for number in range(10_000))

    with within(1), pytest.raises(Violation, match="header-member-repeated"):
        jades.protected_header(f"{{{members}}}".encode())


def test_a_signature_field_beyond_all_measure_is_not_decoded() -> None:
    with pytest.raises(Violation, match="signature-not-compact"):
        jades.segments("A" * jades.MOST_CHARACTERS + "..c2ln")


def test_a_flaw_is_remembered_as_a_success_is(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = b'{"once": 1, "once": 2}'
    with pytest.raises(Violation) as first:
        jades.protected_header(raw)
    monkeypatch.setattr(jades, "_DECODER", None)

    with pytest.raises(Violation) as second:
        jades.protected_header(raw)

    assert second.value is first.value


def response(inner: str, declared: str = "") -> bytes:
    uri = "urn:oasis:names:tc:ebxml-regrep:xsd:query:4.0"
    xsi = "http://www.w3.org/2001/XMLSchema-instance"
    names = f'xmlns:q="{uri}" xmlns:xsi="{xsi}" {declared}'
    return f"<q:QueryResponse {names}>{inner}</q:QueryResponse>".encode()


def test_a_document_crowded_with_namespaces_is_refused() -> None:
    crowd = " ".join(f'xmlns:n{number}="urn:{number}"' for number in range(5_000))
    typed = '<q:Slot xsi:type="n1:x"/>' * 5_000

    with within(5), pytest.raises(Violation, match="regrep-too-many-elements"):
        regrep.read(response(typed, crowd))


def test_namespaces_declared_again_and_again_side_by_side_are_read() -> None:
    body = response('<n:Any xmlns:n="urn:n"/>' * 500)

    assert regrep.read(body).status is None


@pytest.mark.parametrize("error", [ssl.SSLError("bad record"), OSError("no route")])
async def test_what_breaks_below_the_client_is_no_traceback(error: OSError) -> None:
    with pytest.raises(Unreachable, match="the connection broke"):
        async with client() as fetcher, fetcher._reaching("eb.example", bytearray()):
            raise error


def test_an_exchange_of_quotes_is_not_longer_than_its_base64() -> None:
    sent = exchange("x1", b'"\\' * 30_000)

    line = line_of("exchange", exchange_facts(sent))

    assert exchange_of(facts_of(line)) == sent
    assert len(line) < 100_000


@pytest.mark.parametrize("elapsed", [math.nan, math.inf, -1.0, 10**400])
def test_a_time_that_is_no_time_is_malformed(elapsed: float) -> None:
    facts = exchange_facts(exchange("x1")) | {"elapsed": elapsed}

    with pytest.raises(Malformed, match="elapsed"):
        exchange_of(facts)


class Subject:
    """A resolver and a fetcher that count what they are asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked = 0

    async def ask(self, query: DnsQuery) -> DnsReply:
        self.asked += 1
        raise self.error or Unreachable(query.name, why="refused")

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        self.asked += 1
        if self.error:
            raise self.error
        return HttpResponse(200, (), b"")


def observatory(subject: Subject, kept: list[Exchange] | None = None) -> Observatory:
    sink = [] if kept is None else kept
    return Observatory(subject, subject, lambda: NOW, sink.append)


async def ask_often(seen: Observatory, times: int) -> None:
    for number in range(times):
        with pytest.raises(Unreachable):
            await seen.fetch(HttpRequest("GET", f"{URL}?{number}", ()), Watch())


async def test_an_origin_that_never_answers_is_waited_for_twice() -> None:
    subject = Subject(TimedOut("eb.example", why="no answer"))
    kept: list[Exchange] = []
    await ask_often(observatory(subject, kept), 5)

    assert subject.asked == len(kept) == MOST_TIMEOUTS


async def test_an_origin_that_refuses_is_asked_again() -> None:
    subject = Subject(Unreachable("eb.example", why="refused"))
    await ask_often(observatory(subject), 5)

    assert subject.asked == 5


async def test_an_origin_that_has_answered_is_waited_for_again() -> None:
    subject = Subject()
    seen = observatory(subject)
    await seen.fetch(HttpRequest("GET", URL, ()), Watch())
    subject.error = TimedOut("eb.example", why="no answer")
    await ask_often(seen, 5)

    assert subject.asked == 6


async def test_a_name_server_that_never_answers_is_waited_for_twice() -> None:
    subject = Subject(TimedOut("the name server", why="no reply"))
    seen = observatory(subject)
    for number in range(5):
        with pytest.raises(Unreachable):
            await seen.resolve(DnsQuery(f"n{number}.example", "NAPTR"), Watch())

    assert subject.asked == MOST_TIMEOUTS


@pytest.mark.parametrize("url", ["https://[foo", "https://[::1/", ""])
async def test_a_url_that_cannot_be_taken_apart_is_recorded(url: str) -> None:
    kept: list[Exchange] = []
    subject = Subject(Unreachable(url, why="it cannot be asked"))

    with pytest.raises(Unreachable):
        await observatory(subject, kept).fetch(HttpRequest("GET", url, ()), Watch())

    assert len(kept) == 1


@pytest.fixture
def led(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The regexp of the one record of the zone."""
    regexps: list[str] = []

    async def naptr(_zone: Zone) -> NaptrRecord:
        return NaptrRecord(100, 10, "U", "", regexps[0])

    monkeypatch.setattr(Zone, "naptr", naptr)
    return regexps


def directory() -> Directory:
    return Directory(KEY, TARGET, observatory(Subject()), Watch())


@pytest.mark.parametrize("uri", ["https:////[foo", "https:///eb", "https:eb.example"])
async def test_a_root_without_a_host_leads_nowhere(led: list[str], uri: str) -> None:
    led.append(f"!.*!{uri}!")

    with pytest.raises(Unreachable, match="names no host"):
        await directory().root()


async def test_a_root_is_asked_as_it_is_spelled(led: list[str]) -> None:
    led.append("!.*!HTTPS://EB.example/a?!")

    assert await directory().root() == "https://EB.example/a?"


async def test_a_root_with_a_port_that_cannot_be_is_not_greeted(led: list[str]) -> None:
    led.append("!.*!https://eb.example:99999/!")

    with pytest.raises(Unreachable, match="no port that exists"):
        await directory().greet()


class Deaf:
    """A client's end of a connection that takes nothing of what is written to it."""

    def __init__(self) -> None:
        self.transport = self
        self.aborted = False

    def write(self, _octets: bytes) -> None:
        pass

    def close(self) -> None:
        pass

    async def drain(self) -> None:
        await asyncio.Event().wait()

    async def wait_closed(self) -> None:
        await asyncio.Event().wait()

    def abort(self) -> None:
        self.aborted = True


async def test_a_client_that_takes_no_reply_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns_server, "IDLE", 0.01)
    query = dns.message.make_query("example.", "SOA").to_wire()
    reader, writer = asyncio.StreamReader(), Deaf()
    reader.feed_data(pack("!H", len(query)) + query)
    connections: set[Any] = set()

    await dns_server._connected(
        NameServer(world_of_zone()), connections, reader, cast("Any", writer)
    )

    assert writer.aborted
    assert not connections


async def test_many_requests_at_once_are_all_answered() -> None:
    async with served() as here:
        asked = f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode() * 99
        last = f"GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()

        heard = await here.talk(asked + last)

    assert heard.count(b"HTTP/1.1 200") == 100


def test_reports_for_other_tools_cut_long_texts() -> None:
    long = "x" * 1_000_000
    found = result("LOOK-01", "FI", Verdict.FAILED, tag="a", expected=long, seen=long, detail=long)
    run = replace(record(), results=(found,))

    assert len(junit.render(run)) < 60_000
    assert all(len(text) < 60_000 for _, text in allure.files(run))


async def test_subjects_take_turns_though_none_of_them_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def judged(check: Check, _session: Session, key: ServiceKey) -> CheckResult:
        return result(check.id, key.member_state, Verdict.PASSED)

    monkeypatch.setattr(execution, "run", judged)
    checks = [check for check in catalogue() if check.id in ("LOOK-01", "CACHE-02")]
    keys = (KEY, replace(KEY, member_state="DE"))
    told: list[str] = []

    await execution.execute(
        Session(TARGET, observatory(Subject())),
        checks,
        keys,
        report=lambda found: told.append(found.member_state),
    )

    assert told == ["FI", "DE", "FI", "DE"]
