"""A run: which checks on which subjects, over which adapters, some at a time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from harness.adapters.reaching import fetcher_of, resolver_of
from harness.adapters.zone_file import zones_of
from harness.checks import Check
from harness.conduct import Conduct
from harness.dns_message import DnsQuery, DnsReply
from harness.lookup import CURRENT
from harness.model import CheckResult, Environment, Exchange, Service, ServiceKey, Target
from harness.observatory import Observatory, Watch
from harness.ports import Clock
from harness.requirements import CURRENT_PROFILE
from harness.runner import Session, run
from harness.sources import source

ASKED_IN = MappingProxyType({"2022": None, "tdd-1.x": None, "tdd-2.0": CURRENT})
"""By rule profile, the interface version that is asked for; clients of 1.x ask for none."""

PARALLEL = 8
"""How many subjects are judged at a time; the checks of one subject go one after the other."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What of it is asked; an empty tuple means all of its kind.

    Checks whose requirement is not in the rule profile are left out.
    """

    member_states: tuple[str, ...]
    services: tuple[Service, ...]
    environments: tuple[Environment, ...]
    checks: tuple[str, ...]
    chapters: tuple[str, ...]
    profile: str = CURRENT_PROFILE

    def keys(self, target: Target) -> tuple[ServiceKey, ...]:
        """The subjects of the target that are selected."""
        return tuple(
            key
            for key in target.keys
            if key.member_state in (self.member_states or (key.member_state,))
            and key.service in (self.services or (key.service,))
            and key.environment in (self.environments or (key.environment,))
        )

    def questions(self, checks: Iterable[Check], target: Target | None = None) -> tuple[Check, ...]:
        """The checks that are selected; of a target, those of the parts that are under test."""
        return tuple(
            check
            for check in in_roles(checks, target)
            if check.id in (self.checks or (check.id,))
            and check.chapter in (self.chapters or (check.chapter,))
            and self.profile in check.profiles
        )


def in_roles(checks: Iterable[Check], target: Target | None) -> tuple[Check, ...]:
    """The checks of the parts of a target that are under test; no target: all of them."""
    return tuple(check for check in checks if target is None or check.role in target.roles)


def planned(
    checks: Iterable[Check], keys: Sequence[ServiceKey], *, target: Target | None = None
) -> dict[str, int]:
    """How many results a run will have, by Member State."""
    asked = Counter(service for check in in_roles(checks, target) for service in check.services)
    plan: Counter[str] = Counter()
    for key in keys:
        plan[key.member_state] += asked[key.service]
    return dict(plan)


class _Kept:
    """Exchanges on their way to the record; those about a zone with a file are kept for sources."""

    def __init__(self, target: Target, sink: Callable[[Exchange], None]) -> None:
        named = target.zone_file is not None and target.zone is not None
        self._zones = zones_of(target) if named else None
        self._sink = sink
        self._exchanges: dict[str, Exchange] = {}

    def note(self, exchange: Exchange) -> None:
        """Hand an exchange on, and keep it where it may show a line of the zone file."""
        self._sink(exchange)
        if self._zones is not None and exchange.protocol in _ABOUT_ZONES:
            self._exchanges[exchange.id] = exchange

    def source(self, result: CheckResult) -> str | None:
        """The line of the zone file that a result about the zone comes from, where there is one."""
        if self._zones is None:
            return None
        known = (self._exchanges.get(ident) for ident in result.evidence)
        return source(self._zones, result, [each for each in known if each is not None])


_ABOUT_ZONES = frozenset({"dns/udp", "dns/tcp", "file"})


def now() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)


class _Addresses:
    """A resolver for the fetcher: addresses are asked for, counted and recorded as all else is."""

    seen: Observatory

    async def ask(self, query: DnsQuery) -> DnsReply:
        return await self.seen.resolve(query, Watch())


@asynccontextmanager
async def open_session(
    target: Target,
    sink: Callable[[Exchange], None],
    *,
    profile: str = CURRENT_PROFILE,
    clock: Clock = now,
) -> AsyncIterator[Session]:
    """A session over real sockets, which asks in the interface version of a rule profile.

    Raises `UsageFault` where the zone file of the target is flawed, before anything is asked.
    """
    kept = _Kept(target, sink)
    resolver, addresses = resolver_of(target), _Addresses()
    fetcher = fetcher_of(target, addresses)
    served = target.nameserver is not None
    conduct = Conduct.of(target.reach, fetcher.own, served=served)
    try:
        seen = Observatory(resolver, fetcher, clock, kept.note, greeter=fetcher, conduct=conduct)
        addresses.seen = seen
        yield Session(target, seen, ASKED_IN[profile], kept.source)
    finally:
        await fetcher.aclose()


async def execute(
    session: Session,
    checks: Sequence[Check],
    keys: Sequence[ServiceKey],
    *,
    report: Callable[[CheckResult], None],
    pairs: frozenset[tuple[str, ServiceKey]] | None = None,
) -> None:
    """Put every check to every subject it is about; `report` gets each result as it is known.

    Checks of parts of the target that are not under test are left out, and so are all but the
    `pairs`, where those are given: the id of a check and a subject.
    """
    turn = asyncio.Semaphore(PARALLEL)
    in_question = in_roles(checks, session.target)

    async def judge(key: ServiceKey) -> None:
        about = [check for check in in_question if key.service in check.services]
        asked = [check for check in about if pairs is None or (check.id, key) in pairs]
        async with turn:
            with session.observatory.attending():
                for check in asked:
                    report(await run(check, session, key))
                    await asyncio.sleep(0)  # others wait for answers, and their time runs

    try:
        async with asyncio.TaskGroup() as group:
            for key in keys:
                group.create_task(judge(key))
    except ExceptionGroup as ended:
        raise ended.exceptions[0] from None  # the first ended the others
