"""The connections of the HTTP client: each is used for one exchange at a time, and then again.

One that was verified for a host is never used for another, though both may have one address.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable

import httpcore

from harness.adapters.locating import Locate
from harness.adapters.proxy import Proxy
from harness.adapters.stream import connected

_IDLE = 15.0
"""Seconds after which a connection that nobody used is not used again."""

_MOST_IDLE = 16
"""Each takes a quarter of a megabyte for TLS."""


class Network(httpcore.AsyncNetworkBackend):
    """Connects to where the locator says a host is, or to where the proxy says."""

    def __init__(self, locate: Locate, proxy: Proxy | None, *, patience: float) -> None:
        self._locate = locate
        self._proxy = proxy
        self._patience = patience

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 -- the signature is httpcore's
        local_address: str | None = None,  # noqa: ARG002 -- the same
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 -- the same
    ) -> httpcore.AsyncNetworkStream:
        """A connection in clear; raises `Unreachable`."""
        if self._proxy:
            return await self._proxy.tunnel(host, port, patience=self._patience)
        address = await self._locate(host)
        what = f"{host} at {address} port {port}"
        return await connected((address, port), host, what, patience=self._patience)


class Connections:
    """Those that are idle, by origin."""

    def __init__(self, network: Network, tls: ssl.SSLContext) -> None:
        self._network = network
        self._tls = tls
        self._idle: list[tuple[httpcore.Origin, httpcore.AsyncHTTPConnection]] = []

    async def taken(self, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection:
        """A connection to an origin, the one last used or a new one; to be given back."""
        for place in reversed(range(len(self._idle))):
            if self._idle[place][0] == origin:
                _, connection = self._idle.pop(place)
                if not connection.has_expired():
                    return connection
                await connection.aclose()
                return await self.taken(origin)
        return httpcore.AsyncHTTPConnection(
            origin, self._tls, keepalive_expiry=_IDLE, network_backend=self._network
        )

    async def give_back(
        self, origin: httpcore.Origin, connection: httpcore.AsyncHTTPConnection
    ) -> None:
        """Keep a connection for the next exchange, where it can carry one."""
        if not connection.is_idle():
            await connection.aclose()
            return
        self._idle.append((origin, connection))
        if len(self._idle) > _MOST_IDLE:
            _, oldest = self._idle.pop(0)
            await oldest.aclose()

    async def aclose(self) -> None:
        """Close those that are idle; the others are closed by who uses them."""
        while self._idle:
            _, connection = self._idle.pop()
            await connection.aclose()
