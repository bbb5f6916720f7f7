"""The landscape on this machine: every mock on real sockets of loopback, in a thread of its own."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from threading import Thread

from harness.model import Environment, FaultNote, Service, ServiceKey, Target
from mock_services import dns_server, https_server
from mock_services.dnssec import zone_anchors
from mock_services.faults import faults
from mock_services.landscape import (
    hosts,
    member_state_codes,
    questions,
    repository_host,
    world_of,
)
from mock_services.origin import Origin
from mock_services.rehearsal import Rehearsal, rehearsed
from mock_services.world import TEMPLATE, World
from mock_services.zone_file import read_zone

try:
    import uvloop as _loops
except ImportError:  # it is not to be had everywhere; all works without it, at half the speed
    import asyncio as _loops  # type: ignore[no-redef]

LOOPBACK = ("127.0.0.1", "::1")
"""Where the servers listen; the second is left out on a machine without IPv6."""

_ATTEMPTS = 32
_BACKLOG = 512


class Embedded:
    """Starts and stops a world; one at a time. `change` is made to every world before it starts."""

    def __init__(self, change: Callable[[World], World] | None = None) -> None:
        self._change = change or _unchanged
        self._running: _Running | None = None

    def members(self) -> tuple[str, ...]:
        """The Member States it has, by ISO 3166-1 alpha-2 code."""
        return member_state_codes()

    def faults(self) -> tuple[FaultNote, ...]:
        """The faults that can be seeded."""
        return tuple(
            FaultNote(fault.name, fault.title, fault.caught_by, fault.blocks)
            for fault in faults().values()
        )

    def start(
        self,
        *,
        members: Sequence[str],
        fault: str | None,
        dns_port: int = 0,
        https_port: int = 0,
        zone: str | None = None,
    ) -> Target:
        """Serve the Member States (none named: all), with a fault if one is named.

        Port 0 leaves the choice to the kernel. Raises `OSError`, saying which, where a port cannot
        be had, `KeyError` for a fault that does not exist, and `ValueError` for a zone (to be
        served instead of the world's own) that is no master file.
        """
        self.stop()
        apply = faults()[fault].apply if fault else _unchanged
        listening = _listening(https_port)
        try:
            port = listening[0].getsockname()[1]
            world = self._change(apply(world_of(*members, port=port)))
            if zone is not None:
                read_zone(zone)
                world = replace(world, zone=zone)
            self._running = _run(world, listening, dns_port=dns_port)
        except BaseException:
            for each in listening:
                each.close()
            raise
        return _target(world, self._running.nameservers, fault)

    def stop(self) -> None:
        """Close every socket and end the thread; does nothing where nothing runs."""
        running, self._running = self._running, None
        if running:
            running.stop()

    def rehearse(self, members: Sequence[str], fault: str | None) -> Rehearsal:
        """The same without a socket, see `mock_services.rehearsal`; it needs no end."""
        return rehearsed(members, fault)


@dataclass(frozen=True, slots=True)
class _Running:
    """A thread in which an event loop serves a world until `stop`."""

    nameservers: tuple[tuple[str, int], ...]
    loop: asyncio.AbstractEventLoop
    enough: asyncio.Event
    thread: Thread

    def stop(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: it has come to its end by itself
            self.loop.call_soon_threadsafe(self.enough.set)
        self.thread.join()


def _run(world: World, listening: Sequence[socket.socket], *, dns_port: int) -> _Running:
    """Serve from a new thread; returns once everything can be reached."""
    started: Future[_Running] = Future()

    async def serve() -> None:
        enough = asyncio.Event()
        async with AsyncExitStack() as closing:
            names = await dns_server.serve(world, port=dns_port)
            closing.push_async_callback(names.close)
            second = await dns_server.serve(world, secondary=True)
            closing.push_async_callback(second.close)
            tls, origin = world.pki.server_context(hosts(world), world.tls), Origin(world)
            pages = await https_server.serve(
                origin.respond, tls, sockets=listening, shape=origin.shape
            )
            closing.push_async_callback(pages.close)
            where = tuple((each.host, each.port) for each in (names, second))
            started.set_result(_Running(where, asyncio.get_running_loop(), enough, thread))
            await enough.wait()

    def live() -> None:
        try:
            with asyncio.Runner(loop_factory=_loops.new_event_loop) as runner:
                runner.run(serve())
        except BaseException as error:  # raised again in the thread that waits
            if started.done():
                raise
            started.set_exception(error)

    thread = Thread(target=live, name="oots-mock", daemon=True)
    thread.start()
    try:
        return started.result()
    except Exception:
        thread.join()
        raise


def _listening(port: int) -> tuple[socket.socket, ...]:
    """One port on every loopback address; another process may hold it on one of them."""
    for attempt in range(_ATTEMPTS):
        first = _bound(LOOPBACK[0], port)
        try:
            return first, _bound(LOOPBACK[1], first.getsockname()[1])
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                return (first,)
            first.close()
            if port or attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError


def _bound(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        text = f"HTTPS server, port {port} of {host}: {error.strerror}"
        raise OSError(error.errno, text) from None
    return listening


def _target(world: World, nameservers: tuple[tuple[str, int], ...], fault: str | None) -> Target:
    keys = tuple(
        ServiceKey(state.code, service, environment)
        for environment in Environment
        for state in world.landscape.member_states
        for service in Service
    )
    return Target(
        name="embedded landscape",
        template=TEMPLATE,
        nameserver=nameservers[0],
        keys=keys,
        questions={key: questions(world, key) for key in keys},
        roots={},
        tls_roots=world.pki.tls_root,
        trust_anchors={each: world.pki.anchors(each) for each in Environment},
        fault=fault,
        other_nameservers=nameservers[1:],
        overview=world.overview,
        zone_anchors=zone_anchors(world),
        zone=world.zone,
        repositories={each: _repository(each, world.port) for each in Environment},
    )


def _repository(environment: Environment, port: int) -> str:
    return f"https://{repository_host(environment)}:{port}/"


def _unchanged(world: World) -> World:
    return world
