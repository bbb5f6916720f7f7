"""The doctor over real sockets: one call from a target to its findings."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace

from harness.adapters.reaching import resolver_of
from harness.adapters.scout import SocketScout
from harness.conduct import Conduct
from harness.dns_message import DnsQuery, DnsReply
from harness.doctor import PATIENCE, examined
from harness.errors import Unreachable
from harness.execution import ASKED_IN, now
from harness.model import Exchange, Finding, HttpRequest, HttpResponse, Reach, Target
from harness.observatory import Observatory
from harness.ports import Clock, Resolver
from harness.requirements import CURRENT_PROFILE
from harness.runner import Session

DNS_TIMEOUT, CONNECT_TIMEOUT, TOTAL_TIMEOUT = 2.0, 2.5, 3.0
"""Seconds that the doctor waits at most, whatever the patience of the target."""

PREFIX = "d"
"""What the ids of the doctor's exchanges begin with, so that a run's can follow in one record."""


def hasty(reach: Reach) -> Reach:
    """The same reach with as much patience as a doctor has."""
    return replace(
        reach,
        dns_timeout=min(reach.dns_timeout, DNS_TIMEOUT),
        connect_timeout=min(reach.connect_timeout, CONNECT_TIMEOUT),
        total_timeout=min(reach.total_timeout, TOTAL_TIMEOUT),
    )


async def findings(
    target: Target,
    sink: Callable[[Exchange], None],
    *,
    profile: str = CURRENT_PROFILE,
    clock: Clock = now,
    patience: float = PATIENCE,
) -> AsyncGenerator[Finding, None]:
    """What the doctor finds, as it comes; `sink` gets every exchange before the finding it proves.

    Nothing is sent to anybody whom the target does not name.
    """
    brisk = replace(target, reach=hasty(target.reach))
    conduct = Conduct.of(replace(brisk.reach, give_up_after=None))
    seen = Observatory(_names(brisk), _NoPages(), clock, sink, prefix=PREFIX, conduct=conduct)
    session = Session(brisk, seen, ASKED_IN[profile])
    scout = SocketScout(brisk.reach, roots=brisk.tls_roots)
    async with aclosing(examined(session, scout, patience=patience)) as found:
        async for finding in found:
            yield finding


def _names(target: Target) -> Resolver:
    """What answers for the zone, be it a server or a file."""
    if target.nameserver is None and target.zone is None:
        return _NoNames()
    return resolver_of(target)


class _NoNames:
    """Stands in where no name server is asked."""

    async def ask(self, query: DnsQuery) -> DnsReply:
        raise Unreachable(query.name, why="no name server is set")


class _NoPages:
    """Stands in for the client of a run: the doctor goes its own way to the servers."""

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        raise Unreachable(request.url, why="the doctor asks by its scout")
