"""The role `directory`: one Evidence Broker or Data Service Directory, discovered or given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from harness.discovery import port_of, root_text, service_root
from harness.errors import NotApplicable, Unframed, Unreachable, Violation
from harness.lookup import CURRENT, Askable, Query, search_request, specimen_query
from harness.model import (
    HttpRequest,
    Service,
    ServiceKey,
    Specimen,
    Target,
    TlsGreeting,
    TlsSeen,
)
from harness.observatory import Observatory, Watch
from harness.readings import in_force
from harness.subjects.answer import Answer
from harness.subjects.zone import Zone

OF_RUN = ""
"""The interface version that the run asks in, which its rule profile decides."""


@dataclass(frozen=True, slots=True)
class Directory:
    """One instance as its clients reach it.

    `version` is what questions carry in `Accept-Version`; None leaves the field out.
    """

    key: ServiceKey
    target: Target
    observatory: Observatory
    watch: Watch
    readings: Mapping[str, str] = field(default_factory=dict)
    version: str | None = CURRENT

    def reading(self, slug: str) -> str:
        """The name of the reading to judge by, of an entry of the interpretation register."""
        return in_force(self.readings, slug)

    @property
    def questions(self) -> Askable:
        """What this directory can be asked; what is not known of it raises `Unreachable`."""
        return Askable(self.target.questions[self.key])

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.observatory.clock()

    @property
    def _zone(self) -> Zone:
        return Zone(self.key, self.target, self.observatory, self.watch, self.readings)

    async def root(self) -> str:
        """The base URL: given by the target, or read from DNS; raises `Unreachable`."""
        given = self.target.roots.get(self.key)
        if given is not None:
            return given
        what = "root", self.key, tuple(self.readings.items())
        root = await self.observatory.concluded(what, self._discovered, self.watch)
        self.observatory.own(root)
        return root

    async def _discovered(self, watch: Watch) -> str:
        record = await replace(self._zone, watch=watch).naptr()
        try:
            root = service_root(record)
        except Violation as unusable:
            raise Unreachable("the service root", why=f"{unusable.tag}; see DISC-02") from None
        if root.scheme != "https":
            raise Unreachable("the service root", why=f"{root.geturl()} is not https; see DISC-03")
        if not root.hostname:
            raise Unreachable("the service root", why="it names no host; see DISC-03")
        return f"{root.scheme}:{root_text(record).partition(':')[2]}"

    async def ask(
        self,
        query: Query,
        *,
        method: str = "GET",
        version: str | None = OF_RUN,
        headers: tuple[tuple[str, str], ...] = (),
        fresh: bool = False,
    ) -> Answer:
        """The answer to a query; `headers` are added to the usual ones; raises `Unreachable`."""
        usual = await self.request(query, method=method, version=version)
        return await self.send(
            HttpRequest(usual.method, usual.url, usual.headers + headers), fresh=fresh
        )

    async def request(
        self, query: Query, *, method: str = "GET", version: str | None = OF_RUN
    ) -> HttpRequest:
        """The request that puts a query, in the run's version unless another is named."""
        asked = self.version if version == OF_RUN else version
        return search_request(await self.root(), query, method=method, version=asked)

    async def send(
        self, request: HttpRequest, *, specimen: Specimen | None = None, fresh: bool = False
    ) -> Answer:
        """The answer to any request; raises `Unreachable`."""
        response, at = await self.observatory.received(request, self.watch, fresh=fresh)
        anchors = self.target.trust_anchors.get(self.key.environment)
        return Answer(specimen, self.key.service, request, response, anchors, at, self.readings)

    async def answer(self, specimen: Specimen) -> Answer:
        """The answer of one kind; raises `NotApplicable` where it cannot be asked for."""
        query = specimen_query(self.key.service, specimen, self.questions)
        return await self.send(await self.request(query), specimen=specimen)

    async def octets(self, query: Query, *, method: str = "GET") -> bytes:
        """All that came for a query, sound or not; raises `Unreachable` where nothing came."""
        try:
            response = (await self.ask(query, method=method)).response
        except Unframed as found:
            return found.octets
        if response.octets is None:
            raise NotApplicable("the octets of the answer were not kept")
        return response.octets

    async def greet(self, *, outdated: bool = False) -> TlsSeen | None:
        """What its server shows in TLS, None where it declines; raises `Unreachable`."""
        root = urlsplit(await self.root())
        port = port_of(root)
        if port is None:
            raise Unreachable(root.netloc, why="it names no port that exists; see DISC-09")
        greeting = TlsGreeting(root.hostname or "", port, outdated=outdated)
        return await self.observatory.greet(greeting, self.watch)

    async def shown(self) -> TlsSeen:
        """What its server shows in TLS; raises `Unreachable` where it declines."""
        seen = await self.greet()
        if seen is None:
            raise Unreachable("the TLS server", why="it declines TLS 1.2 and 1.3")
        return seen

    async def host(self) -> str:
        """The host of its base URL."""
        return urlsplit(await self.root()).hostname or ""

    def of_service(self, service: Service) -> Directory:
        """The other service of the same Member State; raises `NotApplicable` for none."""
        key = replace(self.key, service=service)
        if key not in self.target.keys:
            raise NotApplicable(f"{key} is not among the subjects of this run")
        return replace(self, key=key)
