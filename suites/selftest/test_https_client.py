"""The judge's HTTPS client: what it sends, what it sees, and how it tells what went wrong."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass

import pytest

from harness.adapters import https
from harness.adapters.https import HttpsFetcher, fixed_locator, resolver_locator, system_locator
from harness.dns_message import DnsQuery, DnsReply, ResourceRecord
from harness.errors import Unreachable, UsageFault
from harness.model import HttpRequest, HttpResponse, Reach
from mock_services.http_message import framed, plain
from mock_services.pki import Pki, pki
from suites.selftest.loopback import HOST, OTHER, client, get, served


async def test_the_judge_sees_fields_as_they_were_sent_and_sends_only_what_it_says() -> None:
    seen: list[HttpRequest] = []

    def respond(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        fields = (("X-Odd", "é"), ("x-odd", "2"), ("Content-Encoding", "gzip"))
        return framed(request, HttpResponse(200, fields, b"not gzip"))

    async with served(respond) as here, client() as fetcher:
        asked = HttpRequest("GET", f"https://{HOST}:{here.port}/a%2Fb?q=urn:x'&", (("A", "b"),))
        response = await fetcher.fetch(asked)

    assert seen[0].url == asked.url
    assert seen[0].headers == (("Host", f"{HOST}:{here.port}"), ("A", "b"))
    assert response.values("x-odd") == ("é", "2")
    assert response.headers[1][0] == "x-odd"
    assert response.body == b"not gzip"


async def test_a_connection_is_kept_for_its_host_and_for_no_other() -> None:
    peers: list[str] = []

    async def locate(host: str) -> str:
        peers.append(host)
        return "127.0.0.1"

    async with served() as here, client(locate=locate) as fetcher:
        for host in (HOST, HOST, OTHER, HOST):
            await fetcher.fetch(get(here.port, host=host))

    assert peers == [HOST, OTHER]


async def test_redirects_are_not_followed() -> None:
    def respond(request: HttpRequest) -> HttpResponse:
        return framed(request, plain(302, "over there", (("Location", "/x"),)))

    async with served(respond) as here, client() as fetcher:
        response = await fetcher.fetch(get(here.port))

    assert response.status == 302


async def test_a_certificate_of_another_authority_is_refused_with_the_reason() -> None:
    async with served() as here, client(Pki(pki().made).tls_root) as fetcher:
        with pytest.raises(Unreachable, match=r"certificate does not verify: .*certificate"):
            await fetcher.fetch(get(here.port))


async def test_a_certificate_for_another_host_is_refused_with_the_reason() -> None:
    async with served() as here, client() as fetcher:
        with pytest.raises(Unreachable, match="certificate does not verify: Hostname mismatch"):
            await fetcher.fetch(get(here.port, host="other.localhost"))


async def test_a_port_where_nothing_listens_is_told_as_such() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    async with client() as fetcher:
        with pytest.raises(Unreachable, match=rf"{HOST} at 127.0.0.1 port {port}: .*refused"):
            await fetcher.fetch(get(port))


async def test_a_server_without_tls_is_told_as_such() -> None:
    async def speak(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 \r\n\r\n")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with server, client() as fetcher:
        with pytest.raises(Unreachable, match=r"TLS handshake failed|connection broke"):
            await fetcher.fetch(get(server.sockets[0].getsockname()[1]))


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(200, (("Content-Length", "9"),), b"short"),
        HttpResponse(200, (("Content-Length", "x"),), b"short"),
        HttpResponse(200, (("Bad Name", "1"), ("Content-Length", "0")), b""),
        HttpResponse(200, (("X", "y" * 120_000), ("Content-Length", "0")), b""),
    ],
)
async def test_broken_framing_is_told_as_such(response: HttpResponse) -> None:
    async with served(lambda _: response) as here, client() as fetcher:
        with pytest.raises(Unreachable, match=r"no sound HTTP/1.1"):
            await fetcher.fetch(get(here.port))


async def test_a_server_that_takes_no_tls_is_not_waited_for() -> None:
    hurried = Reach(connect_timeout=0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with client(reach=hurried) as fetcher:
            with pytest.raises(Unreachable, match=r"no connection within 0.05 s"):
                await fetcher.fetch(get(silent.getsockname()[1]))


async def test_an_answer_that_does_not_come_is_not_waited_for() -> None:
    ends = asyncio.Event()

    async def listen(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await ends.wait()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(
        listen, "127.0.0.1", 0, ssl=pki().server_context((HOST, OTHER))
    )
    async with server, client(reach=Reach(total_timeout=0.2)) as fetcher:
        with pytest.raises(Unreachable, match=r"no complete answer within 0.2 s"):
            await fetcher.fetch(get(server.sockets[0].getsockname()[1]))
        ends.set()


async def test_an_endless_answer_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(https, "LARGEST_BODY", 1000)
    long = HttpResponse(200, (("Content-Length", "1001"),), b"x" * 1001)
    async with served(lambda _: long) as here, client() as fetcher:
        with pytest.raises(Unreachable, match="longer than 1000 bytes"):
            await fetcher.fetch(get(here.port))


@pytest.mark.parametrize(
    "url",
    [
        "http://a.localhost/",
        "https:///x",
        "https://a:b/",
        "https://[/",
        "https://é.localhost/",
        "https://a.localhost/é",
        "https://a.localhost/a b",
        "ftp://a",
        "",
    ],
)
async def test_what_is_no_url_is_unreachable(url: str) -> None:
    async with client() as fetcher:
        with pytest.raises(Unreachable, match="cannot be asked"):
            await fetcher.fetch(HttpRequest("GET", url, ()))


def test_roots_that_cannot_be_read_are_the_users_to_mend() -> None:
    with pytest.raises(UsageFault, match="TLS roots: expected certificates in PEM"):
        HttpsFetcher(locate=fixed_locator("127.0.0.1"), roots=b"nonsense")


@dataclass(frozen=True, slots=True)
class Names:
    """A resolver that knows some records, by type."""

    known: dict[str, str]

    async def ask(self, query: DnsQuery) -> DnsReply:
        data = self.known.get(query.rdtype)
        answer = (ResourceRecord(query.name, 60, query.rdtype, data),) if data else ()
        return DnsReply(
            query, "", b"", b"", 0.0, "NOERROR", frozenset(), query.name, None, answer, (), ()
        )


@pytest.mark.parametrize(
    ("known", "host", "address"),
    [
        ({"A": "127.0.0.1", "AAAA": "::1"}, HOST, "127.0.0.1"),
        ({"AAAA": "::1"}, HOST, "::1"),
        ({}, "127.0.0.9", "127.0.0.9"),
    ],
)
async def test_addresses_come_from_the_name_server(
    known: dict[str, str], host: str, address: str
) -> None:
    assert await resolver_locator(Names(known))(host) == address


async def test_a_host_without_address_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="gives no address"):
        await resolver_locator(Names({}))(HOST)


async def test_the_system_knows_loopback_and_not_everything() -> None:
    locate = system_locator()

    assert await locate("127.0.0.1") == "127.0.0.1"
    with pytest.raises(Unreachable, match="the system resolver knows no address"):
        await locate("nowhere\x00.localhost")
