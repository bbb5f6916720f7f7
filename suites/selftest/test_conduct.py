"""How a target is treated: how fast and how long it is asked, what is kept of it, and what not."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from harness.breaker import MOST_LOST, MOST_TIMEOUTS, Breaker
from harness.checks import Check, catalogue
from harness.conduct import Conduct, Own, origin_of
from harness.dns_message import DnsQuery, DnsReply
from harness.errors import Unreachable
from harness.execution import execute
from harness.model import (
    CheckResult,
    Environment,
    Exchange,
    HttpRequest,
    HttpResponse,
    Questions,
    Reach,
    Service,
    ServiceKey,
    Target,
    Verdict,
)
from harness.observatory import Observatory, Watch
from harness.pace import Pace
from harness.runner import Session

NOW = datetime(2026, 9, 1, tzinfo=UTC)
TOKEN = "token-that-nobody-may-see"


class Subject:
    """A resolver and a fetcher that count what they are asked, and fail where they are told to."""

    def __init__(self, error: Exception | None = None, body: bytes = b"") -> None:
        self.error = error
        self.body = body
        self.asked: list[str] = []

    async def ask(self, query: DnsQuery) -> DnsReply:
        self.asked.append(query.name)
        if self.error:
            raise self.error
        return DnsReply(query, "", b"", b"", 0, "NOERROR", frozenset(), "", None, (), (), ())

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request.url)
        if self.error:
            raise self.error
        return HttpResponse(200, (), self.body)


def observatory(
    subject: Subject, reach: Reach | None = None, kept: list[Exchange] | None = None
) -> Observatory:
    sink = [] if kept is None else kept
    conduct = Conduct.of(reach or Reach())
    return Observatory(subject, subject, lambda: NOW, sink.append, conduct=conduct)


def asked(number: int, host: str = "eb.example") -> HttpRequest:
    return HttpRequest("GET", f"https://{host}/?{number}", (("Accept", "*/*"),))


async def test_a_field_is_recorded_where_it_is_sent_and_without_its_value() -> None:
    kept: list[Exchange] = []
    seen = observatory(Subject(), Reach(headers=(("X-Token", TOKEN),)), kept)
    seen.own("https://eb.example/root/")
    for host in ("eb.example", "other.example"):
        await seen.fetch(asked(1, host), Watch())

    own, other = (exchange.request for exchange in kept)
    assert own.endswith(b"Accept: */*\r\nX-Token: (secret)\r\n\r\n")
    assert b"X-Token" not in other


@pytest.mark.parametrize("url", ["", "https://[", "https://a:x/", "/relative", "nonsense"])
def test_what_leads_nowhere_is_nobodys_own(url: str) -> None:
    assert origin_of(url) is None
    assert url not in Own(url)


async def test_a_secret_that_comes_back_is_not_recorded() -> None:
    kept: list[Exchange] = []
    reach = Reach(secrets=(TOKEN,), proxy_credentials="me:pass-word")
    body = f"you are {TOKEN}, by {b64encode(b'me:pass-word').decode()}"
    await observatory(Subject(body=body.encode()), reach, kept).fetch(asked(1), Watch())
    failing = Subject(Unreachable("it", why=f"{TOKEN} is not known"))
    with pytest.raises(Unreachable):
        await observatory(failing, reach, kept).fetch(asked(1), Watch())

    assert TOKEN not in str(kept)
    assert "pass-word" not in str(kept)
    assert (kept[0].response or b"").endswith(b"you are (secret), by (secret)")
    assert kept[1].error == "it: (secret) is not known"


def key_of(state: str = "FI") -> ServiceKey:
    return ServiceKey(state, Service.EB, Environment.ACC)


def session_of(subject: Subject, reach: Reach, *keys: ServiceKey) -> Session:
    """A session with a subject of which only the base URL is known."""
    questions = Questions("FI", "T3", "", "", None, None, None, ())
    target = Target(
        name="t",
        template="{country}.{service}.v{major}.{environment}.example",
        nameserver=("127.0.0.1", 53),
        keys=keys,
        questions=dict.fromkeys(keys, questions),
        roots={key: f"https://{key.member_state.lower()}.example/" for key in keys},
        tls_roots=None,
        trust_anchors={},
        reach=reach,
    )
    return Session(target, observatory(subject, reach))


def checks(*idents: str) -> list[Check]:
    return [check for check in catalogue() if check.id in idents]


async def judged(opened: Session, *idents: str) -> list[CheckResult]:
    told: list[CheckResult] = []
    await execute(opened, checks(*idents), opened.target.keys, report=told.append)
    return told


async def test_a_secret_reaches_no_result() -> None:
    subject = Subject(Unreachable("it", why=f"{TOKEN} is not known"))

    told = await judged(
        session_of(subject, Reach(secrets=(TOKEN,)), key_of()), "LOOK-01", "DISC-01"
    )

    assert [each.detail for each in told] == ["it: (secret) is not known"] * 2


# How fast


class Time:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.begun: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def begun(rate: float | None, times: int, pause: float = 0.0) -> list[float]:
    time = Time()
    pace = Pace(rate, now=time, sleep=time.sleep)
    starts = []
    for _ in range(times):
        await pace.turn()
        starts.append(time.now - 100)
        time.now += pause
    return starts


async def test_exchanges_begin_a_fixed_time_apart() -> None:
    assert await begun(4, 4) == [0, 0.25, 0.5, 0.75]


async def test_who_asks_more_slowly_does_not_wait() -> None:
    assert await begun(4, 3, pause=1) == [0, 1, 2]


async def test_no_burst_comes_after_a_pause() -> None:
    time = Time()
    pace = Pace(2, now=time, sleep=time.sleep)
    await pace.turn()
    time.now += 60
    starts = []
    for _ in range(3):
        await pace.turn()
        starts.append(time.now - 160)

    assert starts == [0, 0.5, 1]


@pytest.mark.parametrize("rate", [None, 0])
async def test_without_a_rate_nobody_waits(rate: float | None) -> None:
    assert await begun(rate, 3) == [0, 0, 0]


async def test_who_waits_at_once_is_served_in_turn() -> None:
    time, order = Time(), list[int]()
    pace = Pace(1, now=lambda: 0.0, sleep=time.sleep)

    async def take(number: int) -> None:
        await pace.turn()
        order.append(number)

    await asyncio.gather(*map(take, range(4)))

    assert order == [0, 1, 2, 3]
    assert time.now - 100 == 1 + 2 + 3


async def test_dns_and_http_share_one_rate() -> None:
    time, subject = Time(), Subject()
    conduct = replace(Conduct.of(Reach()), pace=Pace(1, now=time, sleep=time.sleep))
    starts: list[float] = []
    seen = Observatory(
        subject, subject, lambda: NOW, lambda _: starts.append(time.now), conduct=conduct
    )
    for number in range(2):
        await seen.resolve(DnsQuery(f"n{number}.example", "NAPTR"), Watch())
        await seen.fetch(asked(number), Watch())
        await seen.fetch(asked(number), Watch())

    assert starts == [100, 101, 102, 103]


async def test_a_file_is_looked_into_without_waiting() -> None:
    time, subject = Time(), Subject()
    conduct = replace(Conduct.of(Reach(), served=False), pace=Pace(1, now=time, sleep=time.sleep))
    seen = Observatory(subject, subject, lambda: NOW, lambda _: None, conduct=conduct)
    for number in range(3):
        await seen.resolve(DnsQuery(f"n{number}.example", "NAPTR"), Watch())

    assert time.now == 100


# How long


def breaker(limit: int | None, *silent: tuple[object, int]) -> Breaker:
    made = Breaker(limit)
    for peer, times in silent:
        for _ in range(times):
            made.unanswered(peer, timed_out=False)
    return made


def test_a_peer_that_answers_nothing_is_given_up_and_no_other() -> None:
    stopped = breaker(3, ("a", 3), ("b", 2))

    assert stopped.refusal("a") == (
        "not asked: 3 exchanges in a row unanswered; "
        "the harness stopped asking (limits.give_up_after)"
    )
    assert stopped.refusal("b") is None
    assert stopped.refusal("c") is None


def test_an_answer_begins_the_count_anew() -> None:
    counting = breaker(3, ("a", 2))
    counting.answered("a")
    counting.unanswered("a", timed_out=True)

    assert counting.refusal("a") is None


def test_after_several_peers_in_a_row_nobody_is_asked() -> None:
    silent = [(peer, 2) for peer in range(MOST_LOST)]

    assert breaker(2, *silent[1:]).refusal("another") is None
    assert "8 exchanges in a row unanswered, by 4 peers" in str(breaker(2, *silent).refusal("x"))


def test_an_answer_in_between_keeps_the_others_going() -> None:
    counting = breaker(2, *[(peer, 2) for peer in range(MOST_LOST - 1)])
    counting.answered("dns")
    counting.unanswered("z", timed_out=False)
    counting.unanswered("z", timed_out=False)

    assert counting.refusal("another") is None
    assert counting.refusal(0)


def test_without_a_limit_only_who_never_answers_is_not_waited_for_again() -> None:
    refusing = breaker(None, ("a", 99))
    silent, late = Breaker(None), Breaker(None)
    late.answered("a")
    for _ in range(MOST_TIMEOUTS):
        silent.unanswered("a", timed_out=True)
        late.unanswered("a", timed_out=True)

    assert refusing.refusal("a") is None
    assert late.refusal("a") is None
    assert silent.refusal("a") == "not asked: it has never answered, and 2 exchanges timed out"


async def test_what_is_not_asked_leaves_no_evidence() -> None:
    kept: list[Exchange] = []
    subject = Subject(Unreachable("it", why="refused"))
    seen, watch = observatory(subject, Reach(give_up_after=2), kept), Watch()
    for number in range(5):
        with pytest.raises(Unreachable) as last:
            await seen.fetch(asked(number), watch)

    assert len(subject.asked) == len(kept) == len(watch.evidence) == 2
    assert last.value.why.startswith("not asked: 2 exchanges in a row unanswered; the harness")


async def test_a_dead_directory_does_not_stop_the_questions_to_the_zone() -> None:
    subject = Subject()
    seen = observatory(subject, Reach(give_up_after=2))
    subject.error = Unreachable("it", why="refused")
    for number in range(4):
        with pytest.raises(Unreachable):
            await seen.fetch(asked(number), Watch())
    subject.error = None
    await seen.resolve(DnsQuery("fi.example", "NAPTR"), Watch())

    assert len(subject.asked) == 3


async def test_who_waits_for_a_turn_is_told_when_there_is_none_any_more() -> None:
    subject = Subject(Unreachable("it", why="refused"))
    seen = observatory(subject, Reach(give_up_after=1))

    told = await asyncio.gather(
        *(seen.fetch(asked(number), Watch()) for number in range(3)), return_exceptions=True
    )

    assert all(isinstance(each, Unreachable) for each in told)


async def test_a_run_on_a_dead_directory_stops_asking_it() -> None:
    subject = Subject(Unreachable("it", why="refused"))

    told = await judged(
        session_of(subject, Reach(give_up_after=3), key_of()),
        *(check.id for check in catalogue() if check.chapter == "lookup"),
    )

    assert len(subject.asked) == 3
    assert {each.verdict for each in told} <= {Verdict.BLOCKED, Verdict.NOT_APPLICABLE}
    assert sum("the harness stopped asking" in (each.detail or "") for each in told) > 5
