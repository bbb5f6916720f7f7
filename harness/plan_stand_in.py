"""The stand-in of a plan: the embedded landscape in process, with a target's subjects and servers.

Nothing here opens a socket. Every question that is put to it is noted, with the id under which the
observatory records the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from harness.adapters.dns import DnsResolver, in_process_transport
from harness.adapters.in_process import DirectFetcher
from harness.adapters.locating import resolver_locator
from harness.dns_message import DnsQuery, DnsReply
from harness.model import (
    Environment,
    Exchange,
    HttpRequest,
    HttpResponse,
    Questions,
    ServiceKey,
    Target,
    TlsGreeting,
    TlsSeen,
)
from harness.observatory import Observatory, Watch
from harness.plan_words import Question, Words
from harness.ports import Landscape, Rehearsal, Resolver
from harness.subjects.directory import Directory

_NEED_NOT_BE = ("empty_procedure", "empty_evidence_type", "additional_input")
"""What a directory is not asked for unless it is known."""


class Notes:
    """The questions that were put, by the id of their exchange."""

    def __init__(self) -> None:
        self.questions: dict[str, Question] = {}
        self._begun: list[Question] = []

    def begin(self, question: Question) -> None:
        """One is put; another may be, for an address, before the answer to it is there."""
        self._begun.append(question)

    def end(self, exchange: Exchange) -> None:
        """The last one that was put is answered."""
        if exchange.protocol != "file":
            self.questions[exchange.id] = self._begun.pop()


class StandIn:
    """Plays the subjects of `real`; `learns` tells whether open questions are learned first."""

    def __init__(self, real: Target, landscape: Landscape, *, learns: bool) -> None:
        self._real = real
        self._learns = learns
        self._states = _cast(real, landscape.members())
        self._rehearsal: Rehearsal = landscape.rehearse(tuple(self._states.values()), None)

    def of(self, key: ServiceKey, *, as_is: bool) -> Role:
        """Who plays a subject: in its environment, or in acceptance, where it can be asked."""
        near = [k for k in self._real.keys if replace(k, service=key.service) == key]
        keys = {self._player(each, as_is=as_is): each for each in near}
        return Role(self._real, self._rehearsal, self._player(key, as_is=as_is), keys, self._learns)

    def _player(self, key: ServiceKey, *, as_is: bool) -> ServiceKey:
        environment = key.environment if as_is else Environment.ACC
        return ServiceKey(self._states[key.member_state], key.service, environment)


@dataclass(frozen=True, slots=True)
class Role:
    """One subject of `real` as `key` plays it, with those beside it, by who plays them."""

    real: Target
    rehearsal: Rehearsal
    key: ServiceKey
    keys: Mapping[ServiceKey, ServiceKey]
    learns: bool

    @property
    def target(self) -> Target:
        """The landscape, giving no more than the target gives."""
        known, real = self.rehearsal.target, self.real
        asked = {
            played: _left_open(self._questions(played), real.questions.get(key), learns=self.learns)
            for played, key in self.keys.items()
        }
        given = {played for played, key in self.keys.items() if key in real.roots}
        return replace(
            known,
            keys=tuple(self.keys),
            questions=MappingProxyType(asked),
            roots=MappingProxyType({k: v for k, v in known.roots.items() if k in given}),
            majors=real.majors,
            other_nameservers=real.other_nameservers,
            overview=known.overview if real.overview else None,
            zone_anchors=known.zone_anchors if real.zone_anchors else (),
            roles=real.roles,
        )

    def observatory(self, notes: Notes) -> Observatory:
        """What asks the stand-in, and notes every question."""
        directories = _Directories(self.rehearsal, notes)
        servers = 1 + len(self.real.other_nameservers)
        resolver = _Names(_resolver(self.rehearsal, servers), notes)
        clock = self.rehearsal.clock
        seen = Observatory(resolver, directories, clock, notes.end, greeter=directories)
        if not (self.real.reach.proxy or self.real.reach.addresses_by_system):
            directories.addresses = _Addresses(seen)
        return seen

    async def words(self) -> Words:
        """The words for what was asked; the subject's own root comes last."""
        target = replace(self.target, roots=MappingProxyType({}))
        roots: dict[str, ServiceKey] = {}
        for played in sorted(self.keys, key=self.key.__eq__):
            asking = Directory(played, target, self.observatory(Notes()), Watch())
            roots[await asking.root()] = self.keys[played]
        return Words(
            self.real,
            replace(self.rehearsal.target, questions={self.key: self._questions(self.key)}),
            self.keys[self.key],
            self.key,
            roots,
        )

    def _questions(self, played: ServiceKey) -> Questions:
        """What can be asked in acceptance."""
        return self.rehearsal.target.questions[replace(played, environment=Environment.ACC)]


def _cast(real: Target, members: Sequence[str]) -> dict[str, str]:
    """Who plays which Member State: each itself, where the landscape has it."""
    states = tuple(dict.fromkeys(key.member_state for key in real.keys))
    spare = [each for each in members if each not in states] or list(members)
    others = [state for state in states if state not in members]
    played = {state: spare[place % len(spare)] for place, state in enumerate(others)}
    return {state: played.get(state, state) for state in states}


def _left_open(known: Questions, real: Questions | None, *, learns: bool) -> Questions:
    """What the stand-in is asked about: nothing that is not known of the target either."""
    if real is None:
        return known
    names = tuple(Questions.__dataclass_fields__) if learns else _NEED_NOT_BE
    missing: dict[str, Any] = {name: None for name in names if getattr(real, name) is None}
    if not real.concepts:
        missing["concepts"] = ()
    return replace(known, **missing)


def _resolver(rehearsal: Rehearsal, servers: int) -> DnsResolver:
    """As many name servers as the target has; the landscape has two."""
    ways = [
        in_process_transport(partial(rehearsal.answer, server=min(n, 1))) for n in range(servers)
    ]
    return DnsResolver(ways[0], others=ways[1:])


class _Names:
    """A resolver that notes what it is asked."""

    def __init__(self, resolver: Resolver, notes: Notes) -> None:
        self._resolver = resolver
        self._notes = notes

    async def ask(self, query: DnsQuery) -> DnsReply:
        self._notes.begin(query)
        return await self._resolver.ask(query)


class _Addresses:
    """A resolver whose exchanges are seen, as in a run."""

    def __init__(self, seen: Observatory) -> None:
        self._seen = seen

    async def ask(self, query: DnsQuery) -> DnsReply:
        return await self._seen.resolve(query, Watch())


class _Directories:
    """A fetcher and a greeter that note what they are asked, and look up addresses as one does."""

    def __init__(self, rehearsal: Rehearsal, notes: Notes) -> None:
        self._rehearsal = rehearsal
        self._fetcher = DirectFetcher(rehearsal.respond)
        self._notes = notes
        self.addresses: Resolver | None = None

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        self._notes.begin(request)
        await self._locate(urlsplit(request.url).hostname or "")
        return await self._fetcher.fetch(request)

    async def greet(self, greeting: TlsGreeting) -> TlsSeen | None:
        self._notes.begin(greeting)
        await self._locate(greeting.host)
        return self._rehearsal.greet(greeting)

    async def _locate(self, host: str) -> None:
        if self.addresses:
            await resolver_locator(self.addresses)(host)
