"""The landscape on this machine: every mock on real sockets of loopback, in a thread of its own."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from threading import Thread

from harness.model import Environment, FaultNote, Service, ServiceKey, Target
from mock_services import dns_server, https_server
from mock_services.faults import faults
from mock_services.landscape import hosts, member_state_codes, questions, world_of
from mock_services.origin import Origin
from mock_services.world import TEMPLATE, World

try:
    import uvloop as _loops
except ImportError:  # it is not to be had everywhere; all works without it, at half the speed
    import asyncio as _loops  # type: ignore[no-redef]

LOOPBACK = ("127.0.0.1", "::1")
"""Where the servers listen; the second is left out on a machine without IPv6."""

_ATTEMPTS = 32
_BACKLOG = 512


class Embedded:
    """Starts and stops a world; one at a time."""

    def __init__(self) -> None:
        self._running: _Running | None = None

    def members(self) -> tuple[str, ...]:
        """The Member States it has, by ISO 3166-1 alpha-2 code."""
        return member_state_codes()

    def faults(self) -> tuple[FaultNote, ...]:
        """The faults that can be seeded."""
        return tuple(
            FaultNote(fault.name, fault.title, fault.caught_by) for fault in faults().values()
        )

    def start(
        self,
        *,
        members: Sequence[str],
        fault: str | None,
        dns_port: int = 0,
        https_port: int = 0,
    ) -> Target:
        """Serve the Member States (none named: all), with a fault if one is named.

        Port 0 leaves the choice to the kernel. Raises `OSError`, saying which, where a port cannot
        be had, and `KeyError` for a fault that does not exist.
        """
        self.stop()
        apply = faults()[fault].apply if fault else _unchanged
        listening = _listening(https_port)
        try:
            port = listening[0].getsockname()[1]
            world = apply(world_of(*members, port=port))
            self._running = _run(world, listening, dns_port=dns_port)
        except BaseException:
            for each in listening:
                each.close()
            raise
        return _target(world, self._running.nameserver, fault)

    def stop(self) -> None:
        """Close every socket and end the thread; does nothing where nothing runs."""
        running, self._running = self._running, None
        if running:
            running.stop()


@dataclass(frozen=True, slots=True)
class _Running:
    """A thread in which an event loop serves a world until `stop`."""

    nameserver: tuple[str, int]
    loop: asyncio.AbstractEventLoop
    enough: asyncio.Event
    thread: Thread

    def stop(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: it has come to its end by itself
            self.loop.call_soon_threadsafe(self.enough.set)
        self.thread.join()


def _run(world: World, listening: Sequence[socket.socket], *, dns_port: int) -> _Running:
    """Serve from a new thread; returns once everything can be reached."""
    started: Future[tuple[tuple[str, int], asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        enough = asyncio.Event()
        async with AsyncExitStack() as closing:
            names = await dns_server.serve(world, port=dns_port)
            closing.push_async_callback(names.close)
            tls = world.pki.server_context(hosts(world))
            pages = await https_server.serve(Origin(world).respond, tls, sockets=listening)
            closing.push_async_callback(pages.close)
            started.set_result(((names.host, names.port), asyncio.get_running_loop(), enough))
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
        nameserver, loop, enough = started.result()
    except Exception:
        thread.join()
        raise
    return _Running(nameserver, loop, enough, thread)


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


def _target(world: World, nameserver: tuple[str, int], fault: str | None) -> Target:
    keys = tuple(
        ServiceKey(state.code, service, environment)
        for environment in Environment
        for state in world.landscape.member_states
        for service in Service
    )
    return Target(
        name="embedded landscape",
        template=TEMPLATE,
        nameserver=nameserver,
        keys=keys,
        questions={key: questions(world, key) for key in keys},
        roots={},
        tls_roots=world.pki.tls_root,
        trust_anchors={each: world.pki.anchors(each) for each in Environment},
        fault=fault,
    )


def _unchanged(world: World) -> World:
    return world
