"""What was seen in a run: every exchange made once, numbered, recorded, and shared by the checks.

Checks of one run that put the same question see the same answer, so that a subject is asked no
more often than needed and no two checks judge different bytes. `fresh=True` asks again. How long an
answer is remembered is said by `harness.memory`, how fast and how long one asks by
`harness.conduct`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import count
from time import perf_counter
from typing import Any, Protocol, TypeVar, cast

from harness.conduct import Conduct
from harness.dns_message import DnsQuery, DnsReply
from harness.errors import TimedOut, Unframed, Unreachable
from harness.http_octets import request_bytes, response_bytes, url_parts
from harness.memory import OVERHEAD, Ask, Memory, Seen
from harness.model import (
    CheckResult,
    Exchange,
    HttpRequest,
    HttpResponse,
    Reach,
    TlsGreeting,
    TlsSeen,
)
from harness.ports import Clock, Fetcher, Greeter, Resolver
from harness.tls import told

__all__ = ["Observatory", "Sighting", "Watch", "request_bytes", "response_bytes"]

_Answer = TypeVar("_Answer")
_Sighting = TypeVar("_Sighting", bound="Sighting")


@dataclass(frozen=True, slots=True)
class Watch:
    """The evidence that one check has looked at: exchange ids, in order, each once."""

    evidence: dict[str, None] = field(default_factory=dict)

    def note(self, exchange: str) -> None:
        """Remember that an exchange was looked at."""
        self.evidence[exchange] = None


class Sighting(Protocol):
    """What an attempt that is made elsewhere came to, ready to be recorded; see `Exchange`."""

    @property
    def protocol(self) -> str:
        """How it was made."""
        ...

    @property
    def peer(self) -> str:
        """With whom."""
        ...

    @property
    def sent(self) -> bytes:
        """What was said."""
        ...

    @property
    def received(self) -> bytes | None:
        """What came, None where nothing did."""
        ...

    @property
    def error(self) -> str | None:
        """Why it came to nothing more."""
        ...


class Observatory:
    """Makes exchanges over the ports and hands every one of them to `sink` as it is made.

    `conduct` None asks as fast as it can, and has no secrets. Exchanges are numbered after a
    `prefix`: two observatories of one record have two of them.
    """

    def __init__(  # noqa: PLR0913 -- the ports of the outside world
        self,
        resolver: Resolver,
        fetcher: Fetcher,
        clock: Clock,
        sink: Callable[[Exchange], None],
        *,
        greeter: Greeter | None = None,
        conduct: Conduct | None = None,
        prefix: str = "x",
    ) -> None:
        self._resolver = resolver
        self._fetcher = fetcher
        self._greeter = greeter
        self._sink = sink
        self._conduct = conduct or Conduct.of(Reach())
        self._prefix = prefix
        self._numbers = count(1)
        self._known = Memory()
        self._consulted: dict[tuple[str, bytes], str] = {}
        self._concluded: dict[Hashable, tuple[Any, tuple[str, ...]]] = {}
        self.clock = clock

    def attending(self) -> AbstractContextManager[None]:
        """While a subject is judged, no question is put twice; after that, answers may go."""
        return self._known.attending()

    def shown(self, result: CheckResult) -> CheckResult:
        """A result as it may be shown: without secrets."""
        return self._conduct.scrubber.result(result)

    def own(self, root: str) -> None:
        """Take the base URL of a directory for one of the target's own hosts."""
        self._conduct.own.add(root)

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

    async def sight(
        self, errand: Hashable, go: Callable[[], Awaitable[_Sighting]], watch: Watch
    ) -> _Sighting:
        """What `go` comes to, once for each errand: an attempt that is made over no port."""
        return await self._once(errand, partial(self._sight, go), watch, fresh=False)

    def consult(self, what: str, text: bytes, watch: Watch) -> None:
        """Take down, once, what a file of the user's says: it is evidence as an answer is."""
        known = self._consulted.get((what, text))
        if known is None:
            known = self._record(_Attempt("file", what, self.clock()), what.encode(), text)
            self._consulted[what, text] = known
        watch.note(known)

    async def concluded(
        self, what: Hashable, conclude: Callable[[Watch], Awaitable[_Answer]], watch: Watch
    ) -> _Answer:
        """What follows from answers, worked out once; it rests on the same evidence each time."""
        if what not in self._concluded:
            own = Watch()
            try:
                found = await conclude(own)
            finally:
                watch.evidence.update(own.evidence)
            self._concluded[what] = found, tuple(own.evidence)
        found, evidence = self._concluded[what]
        watch.evidence.update(dict.fromkeys(evidence))
        return cast("_Answer", found)

    async def _once(
        self, question: Hashable, ask: Ask[_Answer], watch: Watch, *, fresh: bool
    ) -> _Answer:
        known = self._known.put(question, ask, fresh=fresh)
        try:
            seen = await known.task
        except _Unanswered as unanswered:
            watch.note(unanswered.exchange)
            raise unanswered.cause.with_traceback(None) from None
        except Unreachable as refused:  # nothing was sent: there is nothing to be remembered
            self._known.drop(question, known)
            raise refused.with_traceback(None) from None
        watch.note(seen.exchange)
        return cast("_Answer", seen.answer)

    async def _resolve(self, query: DnsQuery) -> Seen[DnsReply]:
        way = query.transport, query.server, query.edns is None
        attempt = await self._begun(f"dns/{query.transport}", query.name, way)
        try:
            reply = await self._heard(partial(self._resolver.ask, query), way)
        except Unreachable as cause:
            asked = f"{query.name} {query.rdtype}".encode()
            raise _Unanswered(self._record(attempt, asked, None, cause), cause) from cause
        if reply.consulted is not None:
            of_file = replace(attempt, protocol="file", peer=reply.peer)
            exchange = self._record(of_file, *reply.consulted)
        else:
            exchange = self._record(attempt, reply.request, reply.wire)
        return Seen(exchange, reply, OVERHEAD + len(reply.wire))

    async def _fetch(self, request: HttpRequest) -> Seen[tuple[HttpResponse, datetime]]:
        peer = url_parts(request.url).netloc or request.url
        attempt = await self._begun("https", peer, peer)
        sent = request_bytes(self._conduct.shown(request))
        try:
            response = await self._heard(partial(self._fetcher.fetch, request), peer)
        except Unframed as cause:
            raise _Unanswered(self._record(attempt, sent, cause.octets, cause), cause) from cause
        except Unreachable as cause:
            raise _Unanswered(self._record(attempt, sent, None, cause), cause) from cause
        received = response, self.clock()
        octets = response_bytes(response)
        return Seen(self._record(attempt, sent, octets), received, OVERHEAD + 2 * len(octets))

    async def _greet(self, greeting: TlsGreeting) -> Seen[TlsSeen | None]:
        peer = f"{greeting.host}:{greeting.port}"
        attempt = await self._begun("tls", peer, greeting)
        offered = "TLS 1.1 at most" if greeting.outdated else "TLS 1.2 and 1.3"
        sent = f"ClientHello to {peer}: {offered}".encode()
        try:
            greet = partial((self._greeter or _NoGreeter()).greet, greeting)
            seen = await self._heard(greet, greeting)
        except Unreachable as cause:
            raise _Unanswered(self._record(attempt, sent, None, cause), cause) from cause
        return Seen(self._record(attempt, sent, "\n".join(told(seen)).encode()), seen, OVERHEAD)

    async def _sight(self, go: Callable[[], Awaitable[_Sighting]]) -> Seen[_Sighting]:
        at, began = self.clock(), perf_counter()
        seen = await go()
        attempt = _Attempt(seen.protocol, seen.peer, at, began)
        exchange = self._record(attempt, seen.sent, seen.received, seen.error)
        return Seen(exchange, seen, OVERHEAD + len(seen.received or b""))

    async def _begun(self, protocol: str, peer: str, way: Hashable) -> _Attempt:
        """An exchange whose turn it is; raises `Unreachable` where its peer is asked no more."""
        self._refuse(peer, way)
        if self._conduct.served or not protocol.startswith("dns/"):
            await self._conduct.pace.turn()
            self._refuse(peer, way)
        return _Attempt(protocol, peer, self.clock())

    def _refuse(self, peer: str, way: Hashable) -> None:
        refusal = self._conduct.breaker.refusal(way)
        if refusal:
            raise Unreachable(peer, why=refusal)

    async def _heard(self, ask: Callable[[], Awaitable[_Answer]], way: Hashable) -> _Answer:
        """What a peer answers; whether it did is counted."""
        breaker = self._conduct.breaker
        try:
            answer = await ask()
        except Unframed:
            breaker.answered(way)
            raise
        except Unreachable as cause:
            breaker.unanswered(way, timed_out=isinstance(cause, TimedOut))
            raise
        breaker.answered(way)
        return answer

    def _record(
        self,
        attempt: _Attempt,
        sent: bytes,
        received: bytes | None,
        cause: object = None,
    ) -> str:
        exchange = Exchange(
            id=f"{self._prefix}{next(self._numbers)}",
            protocol=attempt.protocol,
            peer=attempt.peer,
            at=attempt.at,
            elapsed=perf_counter() - attempt.began,
            request=sent,
            response=received,
            error=None if cause is None else str(cause),
        )
        self._sink(self._conduct.scrubber.exchange(exchange))
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
