"""What the probes share: the target, a few of its services, and what has been learned of them.

Every question goes through the observatory, so that two probes that ask the same cost one exchange,
and each still has it as its evidence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, zip_longest
from urllib.parse import urlsplit

from harness.discovery import is_address, port_of, query_name
from harness.dns_message import DnsReply
from harness.doctor.told import Skipped, Told, count
from harness.errors import Unreachable
from harness.lookup import KNOWN_RESULT, search_request, specimen_query
from harness.model import HttpRequest, ServiceKey, Specimen, Target
from harness.observatory import Watch
from harness.runner import Session
from harness.scouting import End, Errand, Scout, Step, Trace
from harness.subjects.directory import Directory
from harness.subjects.zone import Zone

MOST = 12
"""How many services are looked at: of each kind and environment some, in turn."""

EDNS_REFUSED = "EDNS is refused"
"""Why a name server gives no address that takes a question with EDNS for an error."""


@dataclass(frozen=True, slots=True)
class Place:
    """A server by host and port, the services whose base URLs lead to it, and one of those."""

    host: str
    port: int
    keys: tuple[ServiceKey, ...]
    root: str

    def __str__(self) -> str:
        return f"{self.host} port {self.port}"


@dataclass(frozen=True, slots=True)
class Case:
    """A target as the doctor sees it: `keys` are the services that are looked at.

    `is_forged` tells whether the name server is proven to say what the zone does not.
    """

    session: Session
    scout: Scout | None
    keys: tuple[ServiceKey, ...]
    is_forged: Callable[[Case], Awaitable[bool]]

    @property
    def target(self) -> Target:
        """Of whom."""
        return self.session.target

    def zone(self, key: ServiceKey, watch: Watch) -> Zone:
        """The entry of a service; raises `Skipped` where no name can be made for it."""
        if not fits(self.target.template, key):
            raise Skipped("the name template cannot be filled in; see settings of the file")
        return Zone(key, self.target, self.session.observatory, watch)

    def directory(self, key: ServiceKey, watch: Watch) -> Directory:
        """The instance of a service."""
        observatory, version = self.session.observatory, self.session.version
        return Directory(key, self.target, observatory, watch, version=version)

    async def roots(self, watch: Watch) -> Mapping[str, tuple[ServiceKey, ...]]:
        """The base URLs that are known, and of whom; raises `Skipped` where none is."""
        if "directory" not in self.target.roles:
            raise Skipped("the target has no directories, only a zone")
        found = await asyncio.gather(*(self._root(key, watch) for key in self.keys))
        if set(self.keys) - set(self.target.roots) and await self.is_forged(self):
            raise Skipped("the base URLs in DNS are forged; see truth of DNS replies")
        known: dict[str, tuple[ServiceKey, ...]] = {}
        for key, root in zip(self.keys, found, strict=True):
            if isinstance(root, str):
                known[root] = (*known.get(root, ()), key)
        if not known:
            raise Skipped("no base URL is known; see the probes of DNS")
        for key, root in self.target.roots.items():
            if root in known and key not in known[root]:
                known[root] = (*known[root], key)
        return known

    async def _root(self, key: ServiceKey, watch: Watch) -> str | Unreachable:
        if key not in self.target.roots:
            self.zone(key, watch)
        try:
            return await self.directory(key, watch).root()
        except Unreachable as unknown:
            return unknown

    async def places(self, watch: Watch) -> tuple[Place, ...]:
        """The servers that the base URLs lead to; raises `Skipped` where there is none."""
        found: dict[tuple[str, int], Place] = {}
        for root, keys in (await self.roots(watch)).items():
            place = place_of(root, keys)
            known = found.setdefault((place.host, place.port), place)
            if known is not place:
                found[place.host, place.port] = replace(known, keys=(*known.keys, *keys))
        return tuple(found.values())

    async def careful(self, place: Place, watch: Watch) -> Trace:
        """How far the plainest question to one of a server's instances comes."""
        return await self.answer(place.root, place.keys, watch)

    async def answer(self, root: str, keys: tuple[ServiceKey, ...], watch: Watch) -> Trace:
        """How far the plainest question to an instance comes, on the way that a run takes."""
        errand = Errand(request=self.question(root, keys[0]))
        return await self.visit(place_of(root, keys), errand, watch)

    async def answers(self, watch: Watch) -> tuple[tuple[str, tuple[ServiceKey, ...], Trace], ...]:
        """The same for every instance: its base URL, of whom, and what came of it."""
        roots = await self.roots(watch)
        found = await asyncio.gather(
            *(self.answer(root, keys, watch) for root, keys in roots.items())
        )
        return tuple((*pair, trace) for pair, trace in zip(roots.items(), found, strict=True))

    def question(self, root: str, key: ServiceKey) -> HttpRequest:
        """The plainest question, at a base URL; where none is known, one that has no answer."""
        questions = self.target.questions[key]
        try:
            query = specimen_query(key.service, KNOWN_RESULT[key.service], questions)
        except Unreachable:
            query = specimen_query(key.service, Specimen.UNKNOWN_QUERY, questions)
        return search_request(root, query, version=self.session.version)

    async def visit(self, place: Place, errand: Errand, watch: Watch) -> Trace:
        """How far an errand to a server comes; its host and port are filled in."""
        scout, observatory = self.scout, self.session.observatory
        if scout is None:
            raise Skipped("nothing here is reached over a network")
        errand = replace(errand, host=place.host, port=place.port)
        try:
            errand = replace(errand, address=await self._address(errand, place.keys[0], watch))
        except Unreachable as unknown:
            return Trace(errand, failed=Step.ADDRESS, end=End.UNKNOWN, why=str(unknown))

        async def go() -> Trace:
            return replace(await scout.go(errand), at=observatory.clock())

        return await observatory.sight(errand, go, watch)

    async def _address(self, errand: Errand, key: ServiceKey, watch: Watch) -> str | None:
        """Where the host is; None where somebody else is to find it; raises `Unreachable`."""
        reach = self.target.reach
        if is_address(errand.host) or (reach.proxy and not errand.around):
            return None
        if reach.addresses_by_system:
            return None
        if self.target.nameserver is None and self.target.zone is None:
            raise Unreachable(errand.host, why="no name server is set to ask for its address")
        names = self.zone(key, watch)
        for rdtype in ("A", "AAAA"):
            reply = await names.ask(errand.host, rdtype)
            for record in reply.answer:
                if record.rdtype == rdtype:
                    return record.rdata
        raise Unreachable(errand.host, why=_addressless(reply))


def _addressless(reply: DnsReply) -> str:
    """Why a name server gave no address."""
    if reply.rcode in ("FORMERR", "NOTIMP") and reply.query.edns is not None:
        return f"{EDNS_REFUSED}: the name server answers {reply.rcode} to it; DISC-48 judges that"
    return f"the name server has no address ({reply.rcode})"


def gathered(found: Sequence[Told | None]) -> tuple[Told, ...]:
    """The troubles of several servers or instances; one that all of them have is told once."""
    troubles = tuple(told for told in found if told)
    if len(troubles) < len(found) or len({(told.whose, told.fix) for told in troubles}) != 1:
        return troubles
    first, *others = troubles
    watch = Watch({ident: None for told in troubles if told.watch for ident in told.watch.evidence})
    more = f"; likewise {count(len(others), 'other')}" if others else ""
    return (replace(first, seen=f"{first.seen}{more}", subjects=(), about="", watch=watch),)


def chosen(keys: Sequence[ServiceKey]) -> tuple[ServiceKey, ...]:
    """The services that are looked at: of each kind and environment some, in turn."""
    kinds: dict[tuple[str, str], list[ServiceKey]] = {}
    for key in keys:
        kinds.setdefault((key.environment, key.service), []).append(key)
    turns = chain.from_iterable(zip_longest(*kinds.values()))
    return tuple(islice((key for key in turns if key is not None), MOST))


def fits(template: str, key: ServiceKey) -> bool:
    """Whether a name template can be filled in."""
    try:
        query_name(template, key, 1)
    except (KeyError, IndexError, ValueError, AttributeError):
        return False
    return True


def place_of(root: str, keys: tuple[ServiceKey, ...]) -> Place:
    """The server that a base URL leads to."""
    url = urlsplit(root)
    return Place(url.hostname or "", port_of(url) or 0, keys, root)
