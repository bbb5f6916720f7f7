"""What was seen in a run: every exchange made once, numbered, recorded, and shared by the checks.

Checks of one run that put the same question see the same answer, so that a subject is asked no
more often than needed and no two checks judge different bytes. `fresh=True` asks again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import count
from time import perf_counter
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from harness.dns_message import DnsQuery, DnsReply
from harness.errors import Unreachable
from harness.model import Exchange, HttpRequest, HttpResponse
from harness.ports import Clock, Fetcher, Resolver

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
        self, resolver: Resolver, fetcher: Fetcher, clock: Clock, sink: Callable[[Exchange], None]
    ) -> None:
        self._resolver = resolver
        self._fetcher = fetcher
        self._sink = sink
        self._numbers = count(1)
        self._known: dict[object, asyncio.Task[tuple[str, Any]]] = {}
        self.clock = clock

    async def resolve(self, query: DnsQuery, watch: Watch, *, fresh: bool = False) -> DnsReply:
        """Ask the name server; raises `Unreachable`."""
        return await self._once(query, partial(self._resolve, query), watch, fresh=fresh)

    async def fetch(
        self, request: HttpRequest, watch: Watch, *, fresh: bool = False
    ) -> HttpResponse:
        """Ask the directory; raises `Unreachable`."""
        return await self._once(request, partial(self._fetch, request), watch, fresh=fresh)

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
            raise Unreachable(unanswered.cause.what, why=unanswered.cause.why) from None
        watch.note(exchange)
        return cast("_Answer", answer)

    async def _resolve(self, query: DnsQuery) -> tuple[str, DnsReply]:
        attempt = _Attempt(f"dns/{query.transport}", query.name, self.clock())
        try:
            reply = await self._resolver.ask(query)
        except Unreachable as cause:
            asked = f"{query.name} {query.rdtype}".encode()
            raise _Unanswered(self._record(attempt, asked, None, cause), cause) from cause
        return self._record(attempt, reply.request, reply.wire), reply

    async def _fetch(self, request: HttpRequest) -> tuple[str, HttpResponse]:
        attempt = _Attempt("https", urlsplit(request.url).netloc, self.clock())
        sent = request_bytes(request)
        try:
            response = await self._fetcher.fetch(request)
        except Unreachable as cause:
            raise _Unanswered(self._record(attempt, sent, None, cause), cause) from cause
        return self._record(attempt, sent, response_bytes(response)), response

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


class _Unanswered(Exception):
    """An exchange that was recorded although no answer came."""

    def __init__(self, exchange: str, cause: Unreachable) -> None:
        super().__init__(exchange)
        self.exchange = exchange
        self.cause = cause


def request_bytes(request: HttpRequest) -> bytes:
    """An HTTP request in the form of HTTP/1.1 (RFC 9112), as evidence."""
    target = urlsplit(request.url)
    line = f"{request.method} {target.path or '/'}{'?' * bool(target.query)}{target.query} HTTP/1.1"
    fields = (("Host", target.netloc), *request.headers)
    return _head(line, fields)


def response_bytes(response: HttpResponse) -> bytes:
    """An HTTP response in the form of HTTP/1.1, as evidence."""
    return _head(f"HTTP/1.1 {response.status}", response.headers) + response.body


def _head(first: str, fields: tuple[tuple[str, str], ...]) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in fields), "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace")
