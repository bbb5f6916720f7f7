"""A machine for one test: servers are started on it one by one, and all end with the test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from harness.model import Target
from mock_services.certificates import Credential
from mock_services.embedded import Embedded
from mock_services.zone_text import APEX
from suites.real import name_servers, web_server
from suites.real.servers import Server
from suites.real.web_server import Stored
from suites.real.zones import signed, zone_files


class Machine:
    """Starts servers, each in a folder of its own, and a landscape of the mocks beside them."""

    def __init__(self, new_folder: Callable[[], Path]) -> None:
        self._new_folder = new_folder
        self._ends = ExitStack()
        self.servers: list[Server] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._ends.__exit__(kind, error, where)

    def folder(self) -> Path:
        """A folder that nothing else uses."""
        return self._new_folder()

    def landscape(self, *members: str, fault: str | None = None, zone: str | None = None) -> Target:
        """The embedded landscape; its HTTPS side serves, and its zone is there to be published."""
        embedded = Embedded()
        self._ends.callback(embedded.stop)
        return embedded.start(members=members, fault=fault, zone=zone)

    def bind(
        self, zones: Mapping[str, str], options: str = "", *, recursion: bool = False
    ) -> Server:
        """BIND 9, see `name_servers.bind`."""
        return self._started(name_servers.bind(zones, self.folder(), options, recursion=recursion))

    def nsd(self, zones: Mapping[str, str], options: str = "") -> Server:
        """NSD, see `name_servers.nsd`."""
        return self._started(name_servers.nsd(zones, self.folder(), options))

    def unbound(self, authority: Server, anchors: Sequence[str] = (), options: str = "") -> Server:
        """Unbound, see `name_servers.unbound`."""
        return self._started(
            name_servers.unbound(authority.address, anchors, self.folder(), options)
        )

    def nginx(self, stored: Stored, credential: Credential, options: str = "") -> Server:
        """Stored answers, see `web_server.nginx`."""
        return self._started(web_server.nginx(stored, credential, self.folder(), options))

    def relaying_nginx(self, origin: Server, credential: Credential, options: str = "") -> Server:
        """A proxy, see `web_server.relaying_nginx`."""
        return self._started(web_server.relaying_nginx(origin, credential, self.folder(), options))

    def serving(self, path: str, zones: Mapping[str, str], anchors: Sequence[str] = ()) -> Server:
        """The last server of a path such as `bind` or `nsd, unbound`, which is the one to ask."""
        authority, *resolvers = path.split(", ")
        server = {"bind": self.bind, "nsd": self.nsd}[authority](zones)
        for _ in resolvers:
            server = self.unbound(server, anchors)
        return server

    def _started(self, server: AbstractContextManager[Server]) -> Server:
        started = self._ends.enter_context(server)
        self.servers.append(started)
        return started


def plain_zones(target: Target) -> Mapping[str, str]:
    """The zones of a landscape as they are written."""
    assert target.zone is not None
    return zone_files(target.zone)


def signed_zones(target: Target) -> tuple[Mapping[str, str], str]:
    """The same with the discovery zone signed, and the DS record of its key."""
    zones = plain_zones(target)
    made = signed(zones[APEX])
    return {**zones, APEX: made.text}, made.anchor
