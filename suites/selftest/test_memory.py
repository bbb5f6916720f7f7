"""What is remembered of a run, for how long, and what rests on it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from harness import memory
from harness.breaker import MOST_TIMEOUTS
from harness.errors import TimedOut, Unreachable
from harness.model import Exchange, HttpRequest, HttpResponse
from harness.observatory import Observatory, Watch
from suites.selftest.test_conduct import NOW, Subject, asked, observatory


async def test_an_answer_is_kept_while_its_subject_is_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "KEPT", 0)
    subject = Subject(body=b"x" * 1000)
    seen = observatory(subject)
    with seen.attending():
        for number in (1, 2, 1, 2):
            await seen.fetch(asked(number), Watch())
    first = len(subject.asked)
    with seen.attending():
        await seen.fetch(asked(1), Watch())

    assert (first, len(subject.asked)) == (2, 3)


async def test_an_answer_that_another_subject_needs_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "KEPT", 0)
    subject = Subject()
    seen = observatory(subject)
    with seen.attending():
        with seen.attending():
            await seen.fetch(asked(1), Watch())
        await seen.fetch(asked(1), Watch())

    assert len(subject.asked) == 1


async def test_as_much_is_kept_for_others_as_there_is_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "KEPT", 3 * 5000)
    subject = Subject()
    seen = observatory(subject)
    with seen.attending():
        for number in range(10):
            await seen.fetch(asked(number), Watch())
    with seen.attending():
        for number in (9, 8, 7, 6):
            await seen.fetch(asked(number), Watch())

    assert len(subject.asked) == 11


async def test_what_was_refused_is_asked_where_it_can_be_again() -> None:
    subject = Subject(TimedOut("it", why="silent"))
    seen = observatory(subject)
    for number in range(MOST_TIMEOUTS + 1):
        with pytest.raises(Unreachable):
            await seen.fetch(asked(number), Watch())

    assert asked(0) in seen._known
    assert asked(MOST_TIMEOUTS) not in seen._known


async def test_what_nobody_waits_for_any_more_is_asked_anew() -> None:
    subject = Subject()
    waiting = asyncio.Event()

    class Slow(Subject):
        async def fetch(self, request: HttpRequest) -> HttpResponse:
            if not waiting.is_set():
                waiting.set()
                await asyncio.Event().wait()
            return await subject.fetch(request)

    seen = observatory(Slow())
    first = asyncio.create_task(seen.fetch(asked(1), Watch()))
    await waiting.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first

    assert (await seen.fetch(asked(1), Watch())).status == 200


async def test_what_follows_from_answers_is_worked_out_once_and_rests_on_the_same() -> None:
    subject, times = Subject(), list[int]()
    seen = observatory(subject)

    async def conclude(watch: Watch) -> str:
        times.append(1)
        await seen.fetch(asked(1), watch)
        return "a root"

    first, second = Watch(), Watch()
    found = [await seen.concluded("root", conclude, watch) for watch in (first, second)]

    assert found == ["a root", "a root"]
    assert list(first.evidence) == list(second.evidence) == ["x1"]
    assert len(times) == 1


async def test_what_cannot_be_concluded_is_tried_again_and_its_evidence_kept() -> None:
    seen = observatory(Subject(Unreachable("it", why="refused")))

    async def conclude(watch: Watch) -> str:
        await seen.fetch(asked(1), watch)
        return "a root"

    for _ in range(2):
        watch = Watch()
        with pytest.raises(Unreachable, match="refused"):
            await seen.concluded("root", conclude, watch)
        assert list(watch.evidence) == ["x1"]


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What an errand came to."""

    protocol: str = "tls"
    peer: str = "eb.example:443"
    sent: bytes = b"hello"
    received: bytes | None = None
    error: str | None = "it hung up"


async def test_what_is_seen_over_no_port_is_recorded_once_under_the_prefix() -> None:
    kept: list[Exchange] = []
    seen = Observatory(Subject(), Subject(), lambda: NOW, kept.append, prefix="d")

    async def go() -> Glimpse:
        return Glimpse()

    first, second = Watch(), Watch()
    for watch in (first, second):
        assert await seen.sight("errand", go, watch) == Glimpse()

    assert [(each.id, each.peer, each.error) for each in kept] == [
        ("d1", "eb.example:443", "it hung up")
    ]
    assert list(first.evidence) == list(second.evidence) == ["d1"]
