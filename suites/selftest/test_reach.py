"""How a target is reached: through a proxy, and with fields of its own."""

from __future__ import annotations

import socket
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from harness.adapters.https import HttpsFetcher
from harness.checks import Check, catalogue
from harness.conduct import Own
from harness.errors import TimedOut, Unreachable, UsageFault
from harness.execution import execute, open_session
from harness.model import (
    CheckResult,
    Environment,
    Exchange,
    HttpRequest,
    HttpResponse,
    Reach,
    TlsGreeting,
    Verdict,
)
from harness.runner import Session
from mock_services.embedded import Embedded
from mock_services.forward_proxy import ForwardProxy, Manners, serve
from mock_services.http_message import framed
from suites.selftest.loopback import HOST, OTHER, client, get, served

TOKEN = "token-that-nobody-may-see"


# The proxy


@asynccontextmanager
async def proxied(manners: Manners | None = None) -> AsyncIterator[ForwardProxy]:
    proxy = await serve(manners)
    try:
        yield proxy
    finally:
        await proxy.close()


async def nowhere(host: str) -> str:
    raise AssertionError(f"{host} was looked up")


def through(proxy: ForwardProxy, **more: object) -> Reach:
    return Reach(proxy=proxy.url, **more)  # type: ignore[arg-type]


async def test_a_host_is_reached_through_the_proxy_which_looks_it_up() -> None:
    async with (
        served() as here,
        proxied() as proxy,
        client(locate=nowhere, reach=through(proxy)) as fetcher,
    ):
        response = await fetcher.fetch(get(here.port, "/eb/?a=b"))

    assert response.values("x-url") == (f"https://{HOST}:{here.port}/eb/?a=b",)
    assert proxy.asked == [f"{HOST}:{here.port}"]


async def test_the_octets_of_the_target_alone_are_kept() -> None:
    async with served() as here, proxied() as proxy, client(reach=through(proxy)) as fetcher:
        first, second = [await fetcher.fetch(get(here.port)) for _ in range(2)]

    assert first.octets
    assert first.octets.startswith(b"HTTP/1.1 200")
    assert b"established" not in first.octets
    assert second.octets == first.octets
    assert len(proxy.asked) == 1


async def test_a_greeting_goes_through_the_proxy() -> None:
    async with (
        served() as here,
        proxied() as proxy,
        client(locate=nowhere, reach=through(proxy)) as fetcher,
    ):
        seen = await fetcher.greet(TlsGreeting(HOST, here.port))
        outdated = await fetcher.greet(TlsGreeting(HOST, here.port, outdated=True))

    assert seen
    assert seen.version == "TLSv1.3"
    assert outdated is None
    assert len(proxy.asked) == 2


async def test_credentials_go_to_the_proxy_and_no_further() -> None:
    seen: list[HttpRequest] = []

    def respond(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return framed(request, HttpResponse(200, (), b""))

    async with served(respond) as here, proxied(Manners(credentials="me:word")) as proxy:
        reach = through(proxy, proxy_credentials="me:word")
        async with client(reach=reach) as fetcher:
            await fetcher.fetch(get(here.port))

    assert b64encode(b"me:word") in proxy.heads[0]
    assert [name for name, _ in seen[0].headers] == ["Host"]


async def test_what_is_added_for_the_target_is_not_shown_to_the_proxy() -> None:
    async with served() as here, proxied() as proxy:
        own = Own(f"https://{HOST}:{here.port}/")
        reach = through(proxy, headers=(("Authorization", TOKEN),))
        async with client(reach=reach, own=own) as fetcher:
            await fetcher.fetch(get(here.port))

    assert TOKEN.encode() not in b"".join(proxy.heads)
    assert b"authorization" not in b"".join(proxy.heads).lower()


def answer(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()


REFUSALS = {
    "403": (answer("403 Forbidden"), "403 Forbidden to CONNECT .*have the host and the port"),
    "407": (answer("407 Who?"), "407 Who. to CONNECT .*give the proxy's credentials"),
    "500": (answer("500 Oh"), "500 Oh to CONNECT .*look at the proxy"),
    "502": (answer("502 Bad Gateway"), "502 Bad Gateway .*whether it can reach that host"),
    "504": (b"HTTP/1.1 504\r\n\r\n", "answers 504 to CONNECT .*in time"),
    "100": (answer("100 Continue"), "answers 100 Continue to CONNECT"),
    "nonsense": (b"SSH-2.0-OpenSSH_9\r\n\r\n", "is no HTTP/1.1: SSH-2.0"),
    "nonsense first": (b"x\r\nHTTP/1.1 200 OK\r\n\r\n", "is no HTTP/1.1: x"),
    "another version": (b"HTTP/2 200\r\n\r\n", "is no HTTP/1.1: HTTP/2 200"),
    "half an answer": (b"HTTP/1.1 200 OK\r\n", "is no HTTP/1.1: HTTP/1.1 200 OK"),
    "no end": (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 4000, "is no HTTP/1.1: HTTP/1.1 200 OK"),
    "nothing": (b"", "hung up on CONNECT"),
    "too much": (answer("200 OK") + b"<html>", "said more than its answer"),
}


@pytest.mark.parametrize(("said", "told"), REFUSALS.values(), ids=REFUSALS)
async def test_a_proxy_that_makes_no_way_is_the_one_to_look_at(said: bytes, told: str) -> None:
    async with proxied(Manners(answer=said)) as proxy, client(reach=through(proxy)) as fetcher:
        with pytest.raises(Unreachable, match=told) as seen:
            await fetcher.fetch(get(443))

    assert seen.value.what == f"the HTTP proxy 127.0.0.1:{proxy.port}"


async def test_a_proxy_that_wants_other_credentials_is_told_as_such() -> None:
    async with proxied(Manners(credentials="me:word")) as proxy:
        reach = through(proxy, proxy_credentials="me:other-word")
        async with client(reach=reach) as fetcher:
            with pytest.raises(Unreachable, match="does not take the credentials") as seen:
                await fetcher.fetch(get(443))

    assert "other-word" not in str(seen.value)


async def test_a_proxy_that_hangs_is_not_waited_for() -> None:
    async with (
        proxied(Manners(hangs=True)) as proxy,
        client(reach=through(proxy, connect_timeout=0.05)) as fetcher,
    ):
        with pytest.raises(TimedOut, match=r"the HTTP proxy .*: no answer to CONNECT") as seen:
            await fetcher.fetch(get(443))

    assert "within 0.05 s" in str(seen.value)


async def test_a_proxy_where_nothing_listens_is_told_as_such() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    reach = Reach(proxy=f"http://127.0.0.1:{port}")
    async with client(reach=reach) as fetcher:
        with pytest.raises(Unreachable, match=f"the HTTP proxy 127.0.0.1:{port}: .*refused"):
            await fetcher.fetch(get(443))


async def test_a_proxy_whose_name_is_unknown_is_told_as_such() -> None:
    async with client(reach=Reach(proxy="http://nowhere\x00.localhost:1")) as fetcher:
        with pytest.raises(Unreachable, match=r"the HTTP proxy nowhere.*the system resolver"):
            await fetcher.fetch(get(443))


async def test_a_subject_behind_the_proxy_that_is_down_is_told_of_the_proxy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    async with proxied() as proxy, client(reach=through(proxy)) as fetcher:
        with pytest.raises(Unreachable, match=r"502 .*whether it can reach that host"):
            await fetcher.fetch(get(port))


async def test_a_wrong_certificate_behind_the_proxy_is_the_hosts() -> None:
    async with served() as here, proxied() as proxy, client(reach=through(proxy)) as fetcher:
        with pytest.raises(Unreachable, match=r"^other.localhost: its certificate does not"):
            await fetcher.fetch(get(here.port, host="other.localhost"))


@pytest.mark.parametrize(
    "url",
    [
        "https://a:1",
        "socks5://a:1",
        "http://",
        "a:1",
        "http://me:word@a:1",
        "http://a:x",
        "http://[",
    ],
)
def test_a_proxy_that_is_none_is_the_users_to_mend(url: str) -> None:
    with pytest.raises(UsageFault, match="the HTTP proxy: expected http://") as seen:
        HttpsFetcher(locate=nowhere, roots=None, reach=Reach(proxy=url))

    assert "word" not in str(seen.value)


# Fields of the target's own


async def test_the_fields_of_a_target_are_sent_to_its_own_hosts_alone() -> None:
    seen: list[HttpRequest] = []

    def respond(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return framed(request, HttpResponse(200, (), b""))

    async with served(respond) as here:
        own = Own(f"https://{HOST.upper()}:{here.port}/eb/")
        reach = Reach(headers=(("X-Token", TOKEN),))
        async with client(reach=reach, own=own) as fetcher:
            await fetcher.fetch(get(here.port, "/other/path"))
            await fetcher.fetch(get(here.port, host=OTHER))

    assert [dict(request.headers).get("X-Token") for request in seen] == [TOKEN, None]


def checks(*idents: str) -> list[Check]:
    return [check for check in catalogue() if check.id in idents]


async def judged(opened: Session, *idents: str) -> list[CheckResult]:
    told: list[CheckResult] = []
    await execute(opened, checks(*idents), opened.target.keys, report=told.append)
    return told


# All of it over sockets


async def test_addresses_are_asked_for_once_and_recorded() -> None:
    landscape, kept = Embedded(), list[Exchange]()
    target = landscape.start(members=("FI",), fault=None)
    try:
        key = next(key for key in target.keys if key.environment is Environment.ACC)
        async with open_session(replace(target, keys=(key,)), kept.append) as opened:
            found = await judged(opened, "LOOK-01", "LOOK-02")
    finally:
        landscape.stop()

    assert {each.verdict for each in found} == {Verdict.PASSED}
    looked_up = [e for e in kept if e.protocol == "dns/udp" and e.peer.endswith(".localhost")]
    assert len(looked_up) == 1


async def test_a_directory_behind_a_proxy_is_judged_as_any_other() -> None:
    landscape, kept = Embedded(), list[Exchange]()
    target = landscape.start(members=("FI",), fault=None)
    try:
        key = next(key for key in target.keys if key.environment is Environment.ACC)
        async with proxied(Manners(credentials="me:pass-word")) as proxy:
            reach = Reach(
                proxy=proxy.url,
                proxy_credentials="me:pass-word",
                headers=(("X-Token", TOKEN),),
                secrets=(TOKEN,),
                rate=10_000,
                give_up_after=3,
            )
            behind = replace(target, keys=(key,), reach=reach)
            async with open_session(behind, kept.append) as opened:
                found = await judged(opened, *(check.id for check in catalogue()))
    finally:
        landscape.stop()

    assert {each.verdict for each in found} <= {Verdict.PASSED, Verdict.NOT_APPLICABLE}
    assert len(found) > 150
    requests = [e.request for e in kept if e.protocol == "https"]
    assert all(b"X-Token: (secret)\r\n" in request for request in requests)
    assert TOKEN not in str(kept)
    assert "pass-word" not in str(kept)
