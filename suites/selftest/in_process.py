"""A session on a world without a socket: DNS as message bytes, HTTP mounted under the client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from harness.adapters.dns import DnsResolver
from harness.adapters.https import HttpsFetcher
from harness.errors import Unreachable
from harness.model import Environment, Exchange, Service, ServiceKey, Target
from harness.observatory import Observatory
from harness.runner import Session
from mock_services.dns_zone import NameServer
from mock_services.in_process import mount
from mock_services.landscape import questions
from mock_services.world import TEMPLATE, World


def target(world: World, keys: Sequence[ServiceKey], *, discovered: bool = False) -> Target:
    """The target that a world is; directories by base URL unless they are to be discovered."""
    roots = {
        key: instance.root(world.port)
        for key in keys
        for instance in world.instances
        if key.member_state in instance.serves
        and (instance.service, instance.environment) == (key.service, key.environment)
    }
    return Target(
        name="in process",
        template=TEMPLATE,
        nameserver=("in-process", 0),
        keys=tuple(keys),
        questions={key: questions(world, key) for key in keys},
        roots={} if discovered else roots,
        tls_roots=None,
        trust_anchors={e: world.pki.anchors(e) for e in Environment},
    )


def keys_of(members: Sequence[str], *environments: Environment) -> tuple[ServiceKey, ...]:
    """Both services of some Member States."""
    return tuple(
        ServiceKey(member, service, environment)
        for environment in environments or (Environment.ACC,)
        for member in members
        for service in Service
    )


@asynccontextmanager
async def session(
    world: World,
    keys: Sequence[ServiceKey],
    *,
    exchanges: list[Exchange] | None = None,
    discovered: bool = False,
) -> AsyncIterator[Session]:
    """A session over the in-process mounts."""
    server = NameServer(world)

    async def send(wire: bytes, transport: str) -> bytes:
        reply = server.answer(wire, tcp=transport == "tcp")
        if reply is None:
            raise Unreachable("the name server", why="no reply came")
        return reply

    async def locate(_host: str) -> str:
        return "127.0.0.1"

    def clock() -> datetime:
        return world.clock()

    sink = [] if exchanges is None else exchanges
    resolver = DnsResolver(send)
    with mount(world):
        fetcher = HttpsFetcher(locate=locate, roots=None)
        try:
            yield Session(
                target(world, keys, discovered=discovered),
                Observatory(resolver, fetcher, clock, sink.append),
            )
        finally:
            await fetcher.aclose()
