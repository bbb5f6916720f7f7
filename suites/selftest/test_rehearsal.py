"""The rehearsal: in process it is what it is to a client, and the same whenever it is held."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest

from harness.adapters.in_process import DirectFetcher
from harness.checks import CHAPTERS, catalogue
from harness.errors import Unreachable
from harness.model import Exchange, Headers, HttpRequest, HttpResponse, Verdict
from harness.proof import Cell
from harness.proving import row, session
from harness.runner import Session, run
from mock_services.faults import faults
from mock_services.landscape import world_of
from mock_services.rehearsal import Rehearsal, rehearsed, still
from suites.selftest.in_process import mounted

GET = HttpRequest("GET", "https://eb.localhost/rest/search?a=1", (("Accept", "*/*"),))
MEMBERS = ("NL",)

ON_THE_CONNECTION = re.compile("LOOK-(8[6-9]|9[0-3])")
"""What judges octets as they came, or TLS: respx has neither."""

_OF_HTTP = [name for name, fault in faults().items() if fault.apply.__module__.endswith(".http")]


async def judged(opened: Session) -> list[Cell]:
    """Every check of an answer or a directory on every subject."""
    return [
        Cell.of(
            check.id,
            [
                await run(check, opened, key)
                for key in opened.target.keys
                if key.service in check.services
            ],
        )
        for check in catalogue()
        if check.chapter != CHAPTERS[0] and not ON_THE_CONNECTION.fullmatch(check.id)
    ]


async def fetched(response: HttpResponse, method: str = "GET") -> HttpResponse:
    return await DirectFetcher(lambda _: response).fetch(replace(GET, method=method))


@pytest.mark.parametrize("fault", [None, *_OF_HTTP])
async def test_what_is_judged_is_what_respx_gives_to_a_client(fault: str | None) -> None:
    world = still(world_of(*MEMBERS))
    flawed = faults()[fault].apply(world) if fault else world
    direct = await judged(session(Rehearsal(flawed, MEMBERS), lambda _: None))

    async with mounted(flawed, MEMBERS) as opened:
        found = await judged(opened)

    assert [(c.check, c.verdicts, c.tags) for c in found] == [
        (c.check, c.verdicts, c.tags) for c in direct
    ]


def after_the_status(exchanges: list[Exchange]) -> set[bytes]:
    """The fields and the bodies that came; the phrase beside a status means nothing."""
    return {(e.response or b"").partition(b"\r\n")[2] for e in exchanges}


async def test_respx_gives_the_bytes_that_the_rehearsal_gives() -> None:
    world, seen = still(world_of(*MEMBERS)), list[Exchange]()
    await judged(session(Rehearsal(world, MEMBERS), seen.append))
    exchanges: list[Exchange] = []

    async with mounted(world, MEMBERS, exchanges=exchanges) as opened:
        await judged(opened)

    assert len(exchanges) == len(seen) > 10
    assert after_the_status(exchanges) == after_the_status(seen)


def test_two_rehearsals_are_alike_to_the_byte() -> None:
    first, again = (asyncio.run(row(rehearsed(MEMBERS, None), catalogue())) for _ in range(2))

    assert first.seen == again.seen


def test_a_fault_is_seen_in_the_fingerprint() -> None:
    sound = asyncio.run(row(rehearsed(MEMBERS, None), catalogue()[-1:]))
    flawed = asyncio.run(row(rehearsed(MEMBERS, "stale_on_arrival"), catalogue()[-1:]))

    assert flawed.fault == "stale_on_arrival"
    assert flawed.seen != sound.seen


def test_a_fault_that_does_not_exist_is_not_rehearsed() -> None:
    with pytest.raises(KeyError):
        rehearsed((), "no_such_fault")


def plain(body: bytes, *headers: tuple[str, str], status: int = 200) -> HttpResponse:
    return HttpResponse(status, headers, body)


LENGTH_3: Headers = (("Content-Length", "3"),)


async def test_a_plain_response_is_taken_as_it_is() -> None:
    response = plain(b"abc", ("X-Y", "z"), *LENGTH_3)

    found = await fetched(response)

    assert found == response
    assert found.octets == b"HTTP/1.1 200 \r\nX-Y: z\r\nContent-Length: 3\r\n\r\nabc"


@pytest.mark.parametrize(
    ("response", "method", "body"),
    [
        (plain(b"until the end"), "GET", b"until the end"),
        (plain(b"", *LENGTH_3), "HEAD", b""),
        (plain(b"", ("ETag", '"x"'), status=304), "GET", b""),
        (plain(b"3\r\nabc\r\n0\r\n\r\n", ("Transfer-Encoding", "chunked")), "GET", b"abc"),
    ],
)
async def test_framing_is_obeyed_as_a_client_obeys_it(
    response: HttpResponse, method: str, body: bytes
) -> None:
    found = await fetched(response, method)

    assert (found.status, found.headers, found.body) == (response.status, response.headers, body)


@pytest.mark.parametrize(
    "response",
    [
        plain(b"ab", *LENGTH_3),
        plain(b"abc", *LENGTH_3, ("Content-Length", "4")),
        plain(b"abc", ("Content-Length", "three")),
        plain(b"zz\r\n", ("Transfer-Encoding", "chunked")),
        plain(b"abc", *LENGTH_3, ("Transfer-Encoding", "zip")),
        plain(b"abcde", *LENGTH_3),
    ],
)
async def test_framing_that_no_client_could_follow_is_no_answer(response: HttpResponse) -> None:
    with pytest.raises(Unreachable, match=r"no sound HTTP/1\.1"):
        await fetched(response)


@pytest.mark.parametrize(
    ("broken", "why"),
    [(ConnectionResetError("reset by peer"), "reset by peer"), (TimeoutError(), "in time")],
)
async def test_a_connection_that_breaks_is_no_answer(broken: OSError, why: str) -> None:
    def respond(_request: HttpRequest) -> HttpResponse:
        raise broken

    with pytest.raises(Unreachable, match=why):
        await DirectFetcher(respond).fetch(GET)


def test_an_unfaulted_rehearsal_judges_something_in_every_check() -> None:
    cells = asyncio.run(row(rehearsed((), None), catalogue())).cells

    assert len(cells) == len(catalogue())
    assert all(Verdict.PASSED in cell.verdicts for cell in cells)
