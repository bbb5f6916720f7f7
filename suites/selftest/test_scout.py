"""The scout: how far a way leads, where it ends, and what it shows to whom."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from harness.adapters.scout import SocketScout
from harness.errors import Unreachable
from harness.model import Blame, Exchange, HttpRequest, HttpResponse, Reach, Service, Target
from harness.observatory import Observatory, Watch
from harness.scouting import End, Errand, Step, Trace
from mock_services.embedded import Embedded
from mock_services.http_message import framed
from mock_services.pki import pki
from mock_services.troubles import planted
from mock_services.troubles.backstage import LOOPBACK
from mock_services.troubles.forgery import Forger
from mock_services.troubles.places import (
    black_hole,
    for_known_clients,
    nothing_there,
    site,
    without_tls,
)
from mock_services.troubles.proxies import Proxy, intercepting
from suites.selftest.doctored import HASTE, look, started
from suites.selftest.loopback import HOST, served
from suites.selftest.test_doctor_file import pem

SECRET = "s3cret-of-the-subject"
GUARDED = replace(HASTE, headers=(("X-Key", SECRET),), secrets=(SECRET,))


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    embedded = Embedded()
    yield started(embedded)
    embedded.stop()


def oots(request: HttpRequest) -> HttpResponse:
    return framed(
        request, HttpResponse(200, (("Content-Type", "application/x-ebrs+xml"),), b"<a/>")
    )


def scout(reach: Reach = HASTE, roots: bytes | None = None) -> SocketScout:
    return SocketScout(reach, roots=roots or pki().tls_root)


def errand(port: int, **changes: object) -> Errand:
    asked = HttpRequest("GET", f"https://{HOST}:{port}/eb/rest/search", (("Accept", "a"),))
    whole = Errand(host=HOST, port=port, address=LOOPBACK, request=asked)
    return replace(whole, **changes)  # type: ignore[arg-type]


async def test_a_way_that_leads_to_an_answer_has_it() -> None:
    async with served(oots) as here:
        trace = await scout().go(errand(here.port))

    assert trace.failed is None
    assert trace.answer is not None
    assert (trace.answer.status, trace.answer.body) == (200, b"<a/>")
    assert (trace.protocol, trace.version) == ("https", "TLSv1.3")
    assert trace.received is not None
    assert trace.received.startswith(b"HTTP/1.1 200")


async def test_a_way_without_a_question_shows_the_certificate() -> None:
    async with served(oots) as here:
        trace = await scout(roots=Forger("Other").root).go(
            errand(here.port, request=None, trusting=True, name="nobody.invalid")
        )

    assert trace.failed is None
    assert trace.shown is not None
    assert trace.answer is None
    assert b"nobody.invalid" in trace.sent
    assert trace.protocol == "tls"


async def test_a_certificate_that_does_not_verify_ends_the_way() -> None:
    async with served(oots) as here:
        trace = await scout(roots=Forger("Other").root).go(errand(here.port))

    assert (trace.failed, trace.end) == (Step.TLS, End.MISTRUSTED)
    assert trace.answer is None
    assert trace.received is None
    assert "unable to get local issuer" in str(trace.error)


@pytest.mark.parametrize(
    ("body", "end"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", None),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab", None),
        (b"HTTP/1.1 200 OK\r\n", End.CUT),
        (b"nonsense\r\n\r\n", End.FOREIGN),
        (b"", End.CUT),
    ],
)
async def test_an_odd_answer_is_taken_as_far_as_it_came(body: bytes, end: End | None) -> None:
    async with raw(body) as port:
        trace = await scout().go(errand(port))

    assert trace.end is end
    assert (trace.answer is None) is (end is not None)


def raw(octets: bytes) -> _Raw:
    return _Raw(octets)


class _Raw:
    """A TLS server that sends some octets and hangs up."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    async def __aenter__(self) -> int:
        self._server = await asyncio.start_server(
            self._answer, LOOPBACK, 0, ssl=pki().server_context((HOST,))
        )
        return int(self._server.sockets[0].getsockname()[1])

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(self._octets)
        writer.close()

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()


def went(target: Target, **changes: object) -> Trace:
    """The way to the first base URL of a target."""
    root = next(iter(target.roots.values()))
    port = int(root.rpartition(":")[2].partition("/")[0])
    asked = replace(errand(port, host=LOOPBACK), **changes)  # type: ignore[arg-type]
    return asyncio.run(SocketScout(target.reach, roots=target.tls_roots).go(asked))


def test_each_end_of_a_way_has_its_name(target: Target) -> None:
    with planted(target, nothing_there) as troubled:
        assert (went(troubled).failed, went(troubled).end) == (Step.CONNECTION, End.REFUSED)
    with planted(target, black_hole) as troubled:
        assert (went(troubled).failed, went(troubled).end) == (Step.TLS, End.SILENT)
    with planted(target, without_tls) as troubled:
        assert (went(troubled).failed, went(troubled).end) == (Step.TLS, End.FOREIGN)
    with planted(target, site(oots), Proxy(wants="a:b")) as troubled:
        declined = went(troubled)
        assert (declined.failed, declined.end) == (Step.PROXY, End.DECLINED)
        assert declined.proxy is not None
        assert declined.proxy.header("proxy-authenticate") == 'Basic realm="office"'
        assert went(troubled, around=True).failed is None


def test_a_proxy_is_gone_through_and_gone_around(target: Target) -> None:
    with planted(target, site(oots), intercepting("Office Gateway CA")) as troubled:
        through, around = went(troubled), went(troubled, around=True)

    assert through.end is End.MISTRUSTED
    assert around.failed is None
    assert around.peer.endswith("around the proxy")


@pytest.mark.parametrize("proxy", ["https://127.0.0.1:1", "http://", "127.0.0.1:3128"])
def test_a_proxy_that_is_none_is_told(proxy: str) -> None:
    trace = asyncio.run(scout(replace(HASTE, proxy=proxy)).go(errand(1)))

    assert trace.end is End.FOREIGN
    assert "http://host:port" in str(trace.why)


def test_a_host_that_nobody_knows_is_told() -> None:
    trace = asyncio.run(scout().go(Errand(host="a" * 70, port=443)))

    assert trace.failed is Step.CONNECTION
    assert trace.error


def test_added_fields_are_shown_to_nobody_whose_certificate_does_not_verify(
    target: Target,
) -> None:
    asked: list[HttpRequest] = []

    def respond(request: HttpRequest) -> HttpResponse:
        asked.append(request)
        return oots(request)

    guarded = replace(target, reach=GUARDED)
    spent = Forger("Town Hall CA", age=timedelta(days=9), lifetime=-timedelta(days=1))
    with planted(guarded, site(respond, forger=spent)) as troubled:
        exchanges = look(troubled).exchanges
    assert asked
    assert not any(SECRET in value for request in asked for _, value in request.headers)

    asked.clear()
    with planted(guarded, site(respond)) as fine:
        exchanges += look(fine).exchanges
    assert any(SECRET in value for request in asked for _, value in request.headers)
    assert not any(SECRET.encode() in x.request + (x.response or b"") for x in exchanges)


def test_credentials_of_a_proxy_are_in_no_exchange(target: Target) -> None:
    with planted(target, Proxy(wants="a:b", given=f"a:{SECRET}")) as troubled:
        exchanges = look(troubled).exchanges

    told = b"".join(x.request + (x.response or b"") + str(x.error).encode() for x in exchanges)
    assert SECRET.encode() not in told
    assert b"Proxy-Authorization" not in told


@pytest.fixture
def locked(target: Target) -> Iterator[tuple[Target, Forger]]:
    """A service that only answers to clients with a certificate of one authority."""
    clients = Forger("Clients")
    with planted(target, for_known_clients(clients)) as guarded:
        yield guarded, clients


def test_a_client_certificate_opens_what_is_locked(locked: tuple[Target, Forger]) -> None:
    target, clients = locked
    ours = clients.credential("harness", client=True)
    reach = replace(target.reach, client_certificate=pem(ours))
    seen = look(replace(target, reach=reach))

    assert seen.troubles == ()
    assert "with our certificate" in str(seen.of("tls").seen)


def test_without_the_right_client_certificate_it_is_told(locked: tuple[Target, Forger]) -> None:
    target, _ = locked
    stranger = pem(Forger("Strangers").credential("harness", client=True))
    for certificate in (None, stranger):
        reach = replace(target.reach, client_certificate=certificate)
        found = look(replace(target, reach=reach)).of("tls")

        assert found.whose is Blame.CONFIGURATION
        assert "declines" in str(found.seen)
        assert "set the client certificate" in str(found.fix)


async def test_a_sighting_is_recorded_once_under_the_names_of_its_observatory() -> None:
    kept: list[Exchange] = []
    nobody = _Nobody()
    seen = Observatory(nobody, nobody, pki_clock, kept.append, prefix="d")  # type: ignore[arg-type]
    went, watch = 0, Watch()

    async def go() -> Trace:
        nonlocal went
        went += 1
        return Trace(errand(1), failed=Step.TLS, end=End.CUT, why="it ended")

    for _ in range(2):
        await seen.sight(errand(1), go, watch)

    assert went == len(kept) == 1
    assert tuple(watch.evidence) == ("d1",) == (kept[0].id,)
    assert kept[0].response is None
    assert kept[0].error == f"{HOST}:1: it ended"


async def test_a_question_whose_asker_was_cancelled_is_asked_again() -> None:
    nobody = _Nobody()
    seen = Observatory(nobody, nobody, pki_clock, lambda _x: None)  # type: ignore[arg-type]
    forever = asyncio.Event()

    async def hang() -> Trace:
        await forever.wait()
        raise AssertionError

    async def go() -> Trace:
        return Trace(errand(1))

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await seen.sight(errand(1), hang, Watch())

    assert (await seen.sight(errand(1), go, Watch())).failed is None


def pki_clock() -> object:
    return pki().made


class _Nobody:
    async def ask(self, query: object) -> object:
        raise Unreachable("nobody", why="it is a test")

    fetch = ask


def test_a_trouble_ends_with_its_context(target: Target) -> None:
    with planted(target, site(oots), intercepting()) as troubled:
        went(troubled)
        places = [urlport(root) for root in troubled.roots.values()]

    assert not [each for each in threading.enumerate() if each.name == "oots-trouble"]
    assert went(replace(troubled, reach=HASTE)).end is End.REFUSED
    assert len(set(places)) == 1
    assert {key.service for key in troubled.roots} == set(Service)


def urlport(root: str) -> str:
    return root.rpartition(":")[2].partition("/")[0]
