"""The mocks' HTTPS server on loopback: framing, limits, and an end."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import Unreachable
from harness.model import HttpRequest, HttpResponse
from mock_services.http_message import BadRequest, read_head
from mock_services.https_server import Limits
from suites.selftest.loopback import HOST, client, get, head, served


async def test_requests_on_one_connection_are_answered_in_order() -> None:
    first = head("GET /1 HTTP/1.1", f"Host: {HOST}")
    last = head("GET /2 HTTP/1.1", f"Host: {HOST}", "Connection: close")
    async with served() as here:
        heard = await here.talk(first[:9], first[9:] + last + first)

    assert [line for line in heard.split(b"\r\n") if line.startswith(b"X-Url")] == [
        b"X-Url: https://eb.localhost/1",
        b"X-Url: https://eb.localhost/2",
    ]
    assert heard.count(b"Connection: close") == 1


async def test_a_head_request_is_answered_without_a_body() -> None:
    async with served() as here:
        heard = await here.talk(head("HEAD / HTTP/1.0", f"Host: {HOST}"))

    assert heard.endswith(b"Content-Length: 4\r\nConnection: close\r\n\r\n")


async def test_a_request_body_is_skipped() -> None:
    posted = head("POST / HTTP/1.1", f"Host: {HOST}", "Content-Length: 5") + b"GET /"
    async with served() as here:
        heard = await here.talk(
            posted, head("GET /2 HTTP/1.1", f"Host: {HOST}", "Connection: close")
        )

    assert heard.count(b"HTTP/1.1 200 OK") == 2
    assert heard.endswith(b"GET")


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (("nonsense",), 400),
        (("GET / HTTP/2.0", "Host: a"), 505),
        (("GET /",), 400),
        (("GET / HTTP/1.1",), 400),
        (("GET / HTTP/1.1", "Host: a", "Host: b"), 400),
        (("GET / HTTP/1.1", "Host: a/b"), 400),
        (("GET / HTTP/1.1", "Host: a", " folded"), 400),
        (("GET / HTTP/1.1", "Host : a"), 400),
        (("GET / HTTP/1.1", "Host: a", "X: \x00"), 400),
        (("GET * HTTP/1.1", "Host: a"), 400),
        (("GET http://a/ HTTP/1.1", "Host: a"), 400),
        (("GET https://[/ HTTP/1.1", "Host: a"), 400),
        (("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked"), 411),
        (("POST / HTTP/1.1", "Host: a", "Content-Length: 1", "Content-Length: 2"), 400),
        (("POST / HTTP/1.1", "Host: a", "Content-Length: -1"), 400),
        (("POST / HTTP/1.1", "Host: a", "Content-Length: 99999999"), 413),
        (("GET / HTTP/1.1", "Host: a", "X: " + "y" * 70_000), 431),
    ],
)
async def test_what_cannot_be_read_is_refused_in_one_line(
    lines: tuple[str, ...], status: int
) -> None:
    async with served() as here:
        heard = await here.talk(head(*lines))

    assert heard.startswith(f"HTTP/1.1 {status} ".encode())
    assert heard.partition(b"\r\n\r\n")[2].count(b"\n") == 1


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_of_requests_stumble(data: bytes) -> None:
    try:
        read = read_head(data)
    except BadRequest as bad:
        outcome = 400 <= bad.status < 600
    else:
        outcome = read.request.url.startswith("https://")

    assert outcome


async def test_a_mistake_of_the_mock_is_answered_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def mistaken(request: HttpRequest) -> HttpResponse:
        raise LookupError(request.url)

    async with served(mistaken) as here, client() as fetcher:
        response = await fetcher.fetch(get(here.port))

    assert response.status == 500
    assert "a mistake of the mock" in caplog.text


async def test_a_request_that_does_not_arrive_in_time_is_cut_off() -> None:
    async with served(limits=Limits(head=0.05, idle=30)) as here:
        try:
            heard = await here.talk(b"GET / HT")
        except ConnectionResetError:
            heard = b""

    assert heard == b""


async def test_a_client_without_tls_disturbs_no_one() -> None:
    async with served() as here, client() as fetcher:
        reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
        writer.write(head("GET / HTTP/1.1", f"Host: {HOST}"))
        await reader.read()
        writer.close()
        await writer.wait_closed()
        response = await fetcher.fetch(get(here.port))

    assert response.status == 200


async def test_one_connection_too_many_is_told_so() -> None:
    async with served(limits=Limits(connections=1)) as here, client() as fetcher:
        await fetcher.fetch(get(here.port))
        heard = await here.talk()

    assert heard.startswith(b"HTTP/1.1 503 ")


async def test_the_bytes_of_a_response_are_those_it_was_told_to_have() -> None:
    odd = HttpResponse(299, (("x-ODD", "1"), ("x-ODD", "2"), ("Content-Length", "9")), b"short")
    async with served(lambda _: odd) as here:
        heard = await here.talk(head("GET / HTTP/1.1", f"Host: {HOST}"))

    assert heard == (
        b"HTTP/1.1 299 \r\nx-ODD: 1\r\nx-ODD: 2\r\nContent-Length: 9\r\n"
        b"Connection: close\r\n\r\nshort"
    )


async def test_closing_ends_connections_that_clients_keep() -> None:
    async with served() as here, client() as fetcher:
        await fetcher.fetch(get(here.port))
        began = asyncio.get_running_loop().time()
        await here.server.close()

        assert asyncio.get_running_loop().time() - began < 0.5
        with pytest.raises(Unreachable):
            await fetcher.fetch(get(here.port))
