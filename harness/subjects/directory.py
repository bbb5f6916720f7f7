"""The role `directory`: one Evidence Broker or Data Service Directory, discovered or given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from harness.discovery import service_root
from harness.errors import Unreachable, Violation
from harness.lookup import CURRENT, Query, search_request, specimen_query
from harness.model import HttpRequest, Questions, ServiceKey, Specimen, Target
from harness.observatory import Observatory, Watch
from harness.subjects.answer import Answer
from harness.subjects.zone import Zone


@dataclass(frozen=True, slots=True)
class Directory:
    """One instance as its clients reach it."""

    key: ServiceKey
    target: Target
    observatory: Observatory
    watch: Watch

    @property
    def questions(self) -> Questions:
        """What this directory can be asked."""
        return self.target.questions[self.key]

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.observatory.clock()

    async def root(self) -> str:
        """The base URL: given by the target, or read from DNS; raises `Unreachable`."""
        given = self.target.roots.get(self.key)
        if given is not None:
            return given
        record = await Zone(self.key, self.target, self.observatory, self.watch).naptr()
        try:
            root = service_root(record)
        except Violation as unusable:
            raise Unreachable("the service root", why=f"{unusable.tag}; see DISC-02") from None
        if root.scheme != "https":
            raise Unreachable("the service root", why=f"{root.geturl()} is not https; see DISC-03")
        return root.geturl()

    async def ask(
        self,
        query: Query,
        *,
        method: str = "GET",
        version: str | None = CURRENT,
        headers: tuple[tuple[str, str], ...] = (),
        fresh: bool = False,
    ) -> Answer:
        """The answer to a query; `headers` are added to the usual ones; raises `Unreachable`."""
        usual = search_request(await self.root(), query, method=method, version=version)
        return await self.send(
            HttpRequest(usual.method, usual.url, usual.headers + headers), fresh=fresh
        )

    async def send(
        self, request: HttpRequest, *, specimen: Specimen | None = None, fresh: bool = False
    ) -> Answer:
        """The answer to any request; raises `Unreachable`."""
        response = await self.observatory.fetch(request, self.watch, fresh=fresh)
        anchors = self.target.trust_anchors.get(self.key.environment)
        return Answer(specimen, self.key.service, request, response, anchors, self.now)

    async def answer(self, specimen: Specimen) -> Answer:
        """The answer of one kind; raises `NotApplicable` where it cannot be asked for."""
        query = specimen_query(self.key.service, specimen, self.questions)
        return await self.send(search_request(await self.root(), query), specimen=specimen)
