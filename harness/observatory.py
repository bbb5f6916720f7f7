"""What was seen in a run: every exchange made once, numbered, recorded, and shared by the checks.

Checks of one run that put the same question see the same answer, so that a subject is asked no
more often than needed and no two checks judge different bytes. `fresh=True` asks again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import count
from time import perf_counter
from typing import Any, TypeVar, cast
from urllib.parse import SplitResult, urlsplit

from harness.dns_message import DnsQuery, DnsReply
from harness.errors import TimedOut, Unframed, Unreachable
from harness.model import Exchange, HttpRequest, HttpResponse, TlsGreeting, TlsSeen
from harness.ports import Clock, Fetcher, Greeter, Resolver
from harness.tls import told

MOST_TIMEOUTS = 2
"""How often an origin that has answered nothing yet is waited for in vain."""

_Answer = TypeVar("_Answer")
_Ask = Callable[[], Coroutine[Any, Any, tuple[str, _Answer]]]


@dataclass(frozen=True, slots=True)
class Watch:
    """The evidence that one check has looked at: exchange ids, in order, each once."""

    evidence: dict[str, None] = field(default_factory=dict)

    def note(self, exchange: str) -> None:
        """Remember that an exchange was looked at."""
        self.evidence[exchange] = None


class Observatory:
    """Makes exchanges over the ports and hands every one of them to `sink` as it is made."""

    def __init__(
        self,
        resolver: Resolver,
        fetcher: Fetcher,
        clock: Clock,
        sink: Callable[[Exchange], None],
        *,
        greeter: Greeter | None = None,
    ) -> None:
        self._resolver = resolver
        self._fetcher = fetcher
        self._greeter = greeter
        self._sink = sink
        self._numbers = count(1)
        self._known: dict[object, asyncio.Task[tuple[str, Any]]] = {}
        self._consulted: dict[tuple[str, bytes], str] = {}
        self._answered: set[tuple[object, ...]] = set()
        self._silent: Counter[tuple[object, ...]] = Counter()
        self.clock = clock

    async def resolve(self, query: DnsQuery, watch: Watch, *, fresh: bool = False) -> DnsReply:
        """Ask the name server; raises `Unreachable`."""
        return await self._once(query, partial(self._resolve, query), watch, fresh=fresh)

    async def fetch(
        self, request: HttpRequest, watch: Watch, *, fresh: bool = False
    ) -> HttpResponse:
        """Ask the directory; raises `Unreachable`."""
        return (await self.received(request, watch, fresh=fresh))[0]

    async def received(
        self, request: HttpRequest, watch: Watch, *, fresh: bool = False
    ) -> tuple[HttpResponse, datetime]:
        """The answer of the directory and when it came; raises `Unreachable`."""
        return await self._once(request, partial(self._fetch, request), watch, fresh=fresh)

    async def greet(self, greeting: TlsGreeting, watch: Watch) -> TlsSeen | None:
        """What a server shows in TLS, None where it declines; raises `Unreachable`."""
        return await self._once(greeting, partial(self._greet, greeting), watch, fresh=False)

    def consult(self, what: str, text: bytes, watch: Watch) -> None:
        """Take down, once, what a file of the user's says: it is evidence as an answer is."""
        known = self._consulted.get((what, text))
        if known is None:
            known = self._record(_Attempt("file", what, self.clock()), what.encode(), text)
            self._consulted[what, text] = known
        watch.note(known)

    async def _once(
        self, question: object, ask: _Ask[_Answer], watch: Watch, *, fresh: bool
    ) -> _Answer:
        task = None if fresh else self._known.get(question)
        if task is None:
            task = asyncio.ensure_future(ask())
        if not fresh:
            self._known[question] = task
        try:
            exchange, answer = await task
        except _Unanswered as unanswered:
            watch.note(unanswered.exchange)
            raise unanswered.cause.with_traceback(None) from None
        watch.note(exchange)
        return cast("_Answer", answer)

    async def _resolve(self, query: DnsQuery) -> tuple[str, DnsReply]:
        attempt = _Attempt(f"dns/{query.transport}", query.name, self.clock())
        asked_how = (query.transport, query.server, query.edns is None)
        try:
            reply = await self._heard(attempt, partial(self._resolver.ask, query), *asked_how)
        except Unreachable as cause:
            asked = f"{query.name} {query.rdtype}".encode()
            raise _Unanswered(self._record(attempt, asked, None, cause), cause) from cause
        if reply.consulted is not None:
            of_file = replace(attempt, protocol="file", peer=reply.peer)
            return self._record(of_file, *reply.consulted), reply
        return self._record(attempt, reply.request, reply.wire), reply

    async def _fetch(self, request: HttpRequest) -> tuple[str, tuple[HttpResponse, datetime]]:
        attempt = _Attempt("https", _parts(request.url).netloc or request.url, self.clock())
        sent = request_bytes(request)
        try:
            response = await self._heard(
                attempt, partial(self._fetcher.fetch, request), attempt.peer
            )
        except Unframed as cause:
            raise _Unanswered(self._record(attempt, sent, cause.octets, cause), cause) from cause
        except Unreachable as cause:
            raise _Unanswered(self._record(attempt, sent, None, cause), cause) from cause
        received = response, self.clock()
        return self._record(attempt, sent, response_bytes(response)), received

    async def _greet(self, greeting: TlsGreeting) -> tuple[str, TlsSeen | None]:
        peer = f"{greeting.host}:{greeting.port}"
        attempt = _Attempt("tls", peer, self.clock())
        offered = "TLS 1.1 at most" if greeting.outdated else "TLS 1.2 and 1.3"
        sent = f"ClientHello to {peer}: {offered}".encode()
        try:
            greet = partial((self._greeter or _NoGreeter()).greet, greeting)
            seen = await self._heard(attempt, greet, greeting)
        except Unreachable as cause:
            raise _Unanswered(self._record(attempt, sent, None, cause), cause) from cause
        return self._record(attempt, sent, "\n".join(told(seen)).encode()), seen

    async def _heard(
        self, attempt: _Attempt, ask: Callable[[], Awaitable[_Answer]], *origin: object
    ) -> _Answer:
        """What an origin answers; one that never did, and was waited for, is not asked again."""
        if origin not in self._answered and self._silent[origin] >= MOST_TIMEOUTS:
            why = f"no answer in time, {MOST_TIMEOUTS} times: it is not asked again in this run"
            raise Unreachable(attempt.peer, why=why)
        try:
            answer = await ask()
        except TimedOut:
            self._silent[origin] += 1
            raise
        except Unframed:
            self._answered.add(origin)
            raise
        self._answered.add(origin)
        return answer

    def _record(
        self,
        attempt: _Attempt,
        sent: bytes,
        received: bytes | None,
        cause: Unreachable | None = None,
    ) -> str:
        exchange = Exchange(
            id=f"x{next(self._numbers)}",
            protocol=attempt.protocol,
            peer=attempt.peer,
            at=attempt.at,
            elapsed=perf_counter() - attempt.began,
            request=sent,
            response=received,
            error=None if cause is None else str(cause),
        )
        self._sink(exchange)
        return exchange.id


@dataclass(frozen=True, slots=True)
class _Attempt:
    """An exchange that has begun."""

    protocol: str
    peer: str
    at: datetime
    began: float = field(default_factory=perf_counter)


class _NoGreeter:
    """Stands in where there is no TLS to be seen."""

    async def greet(self, greeting: TlsGreeting) -> TlsSeen | None:
        raise Unreachable(greeting.host, why="nothing here can greet it in TLS")


class _Unanswered(Exception):
    """An exchange that was recorded although no answer came."""

    def __init__(self, exchange: str, cause: Unreachable) -> None:
        super().__init__(exchange)
        self.exchange = exchange
        self.cause = cause


def request_bytes(request: HttpRequest) -> bytes:
    """An HTTP request in the form of HTTP/1.1 (RFC 9112), as evidence."""
    target = _parts(request.url)
    line = f"{request.method} {target.path or '/'}{'?' * bool(target.query)}{target.query} HTTP/1.1"
    fields = (("Host", target.netloc), *request.headers)
    return _head(line, fields)


def _parts(url: str) -> SplitResult:
    """A URL taken apart; one that cannot be is all path, and the fetcher says why."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", url, "", "")


def response_bytes(response: HttpResponse) -> bytes:
    """An HTTP response as it came, or else in the form of HTTP/1.1, as evidence."""
    if response.octets is not None:
        return response.octets
    return _head(f"HTTP/1.1 {response.status}", response.headers) + response.body


def _head(first: str, fields: tuple[tuple[str, str], ...]) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in fields), "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace")
