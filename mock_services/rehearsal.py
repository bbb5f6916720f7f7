"""The landscape rehearsed: the same mocks without a socket, at an instant that stands still.

Nothing in it is left to chance that need not be, so that what a fault changes can be told from
what no fault changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from harness.model import (
    Environment,
    HttpRequest,
    HttpResponse,
    Service,
    ServiceKey,
    Target,
    TlsGreeting,
    TlsSeen,
)
from mock_services.dns_zone import NameServer
from mock_services.dnssec import zone_anchors
from mock_services.faults import faults
from mock_services.http_message import RequestHead, delivery
from mock_services.landscape import hosts, questions, world_of
from mock_services.origin import Origin
from mock_services.tls import greeted, mistrust
from mock_services.world import TEMPLATE, World

PATIENCE = 30.0
"""Seconds that a client waits for the end of an answer."""

STATES = ("GR", "NL")
"""Who is rehearsed unless told: one that has two codes, one whose DSD asks for more attributes."""


class Rehearsal:
    """A world as a client in the same process meets it; directories by base URL, not by DNS."""

    def __init__(self, world: World, members: Sequence[str], *, fault: str | None = None) -> None:
        self.target = target(world, keys_of(members), fault=fault)
        self.clock = world.clock
        self._names = (NameServer(world), NameServer(world, secondary=True))
        self._pages = Origin(world)
        self._world = world
        self._shown = world.pki.server_credential(hosts(world), world.tls)

    def answer(self, wire: bytes, *, tcp: bool, server: int = 0) -> bytes | None:
        """The reply of a name server, 0 being the first; None: it stays silent."""
        return self._names[server].answer(wire, tcp=tcp)

    def respond(self, request: HttpRequest) -> HttpResponse | bytes:
        """The response to an https request, or the octets that come in its stead.

        Raises `OSError` where a client would get none.
        """
        doubt = mistrust(self._shown, urlsplit(request.url).hostname or "", self.clock())
        if doubt:
            raise ConnectionAbortedError(doubt)
        response = self._pages.respond(request)
        if not self._world.delivery:
            return response
        sent = delivery(RequestHead(request, 0, closes=False), response)
        shaped = self._pages.shape(request, sent)
        if shaped == sent:
            return response
        if sum(pause for pause, _ in shaped.pieces) > PATIENCE:
            raise TimeoutError
        if shaped.then == "reset":
            raise ConnectionResetError("connection reset by peer")
        return shaped.octets

    def greet(self, greeting: TlsGreeting) -> TlsSeen | None:
        """What a server shows in TLS; None: it declines."""
        return greeted(self._shown, self._world.tls, greeting)


def rehearsed(members: Sequence[str], fault: str | None) -> Rehearsal:
    """Some Member States (none named: `STATES`), with a fault if one is named.

    Every rehearsal of a process has the same instant. Raises `KeyError` for a fault that does not
    exist and `UnreadableData` for a Member State that does not.
    """
    chosen = tuple(members) or STATES
    apply = faults()[fault].apply if fault else _unchanged
    return Rehearsal(apply(still(world_of(*chosen))), chosen, fault=fault)


def still(world: World) -> World:
    """A world whose clock stands at the instant at which its keys were made."""
    return replace(world, clock=lambda: world.pki.made)


def keys_of(members: Sequence[str]) -> tuple[ServiceKey, ...]:
    """Both services of some Member States, in the environment for acceptance."""
    return tuple(
        ServiceKey(member, service, Environment.ACC) for member in members for service in Service
    )


def target(world: World, keys: Sequence[ServiceKey], *, fault: str | None = None) -> Target:
    """The target that a world is; a fault of the zone must not hide its directories."""
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
        roots=roots,
        tls_roots=None,
        trust_anchors={each: world.pki.anchors(each) for each in Environment},
        fault=fault,
        other_nameservers=(("in-process", 1),),
        overview=world.overview,
        zone_anchors=zone_anchors(world),
    )


def _unchanged(world: World) -> World:
    return world
