"""Programs that others wrote, as child processes: a port of the kernel's, a log, a certain end.

Each runs in the foreground, from a configuration of its own, in a process group of its own; it is
ended by that group's id, and nothing else is touched. Should the tests themselves be killed, the
kernel asks it to end (`setpriv`, which every Debian has).
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import IO

import pytest

DEMANDED = "OOTS_REAL"
"""Set to 1 where every program is to be there: its absence is an error then, and not skipped."""

LOOPBACK = "127.0.0.1"

_PLACES = ("/usr/local/sbin", "/usr/sbin")
_PATIENCE, _PAUSE, _GRACE = 15.0, 0.01, 5.0
"""In seconds: until a server answers, between two tries, until one that was asked to ends."""

_ATTEMPTS = 8
_TOLD = 4000
_TAKEN = ("address already in use", "unable to listen on any configured interfaces")
"""How they say that somebody else has the port, the second one being BIND."""


@dataclass(frozen=True, slots=True)
class Server:
    """A program that runs and answers."""

    name: str
    port: int
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return LOOPBACK, self.port

    @property
    def told(self) -> str:
        """All that it has told so far."""
        return self.log.read_text("utf-8", "replace")

    @property
    def told_last(self) -> str:
        """The end of that, for a message."""
        return self.told[-_TOLD:]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a program is run. Both functions get the port.

    `command` writes what the program reads and gives its arguments; `answers` asks it something.
    `begun` is what it tells when it has read all of that, whether it liked it or not.
    """

    program: str
    package: str
    command: Callable[[int], Sequence[str]]
    answers: Callable[[int], bool]
    begun: str


class NotStarted(Exception):
    """A server that does not run as it should; the text holds the end of its log."""


def executable(program: str, package: str) -> str:
    """The path of a program; where it is absent the test says so, and does not run."""
    places = os.pathsep.join((os.environ.get("PATH", os.defpath), *_PLACES))
    path = shutil.which(program, path=places)
    if path is None:
        why = f"{program} is not installed here (Debian: apt-get install {package})"
        if os.environ.get(DEMANDED) == "1":
            pytest.fail(f"{why}, and {DEMANDED}=1 demands it", pytrace=False)
        pytest.skip(why)
    return path


@contextmanager
def running(plan: Plan, folder: Path) -> Iterator[Server]:
    """A server from its first answer to the end of the block; raises `NotStarted`."""
    path = executable(plan.program, plan.package)
    for attempt in range(1, _ATTEMPTS + 1):
        port = free_port()
        log = folder / f"{plan.program}.{attempt}.log"
        command = (*_mortal(), path, *plan.command(port))
        with log.open("wb") as sink, _child(command, folder, sink) as process:
            server = Server(plan.program, port, log, process)
            if _is_ready(server, plan):
                yield server
                return
    raise NotStarted(f"{plan.program}: {_ATTEMPTS} ports were taken that had been free before")


def free_port() -> int:
    """A port that was free over UDP and TCP a moment ago."""
    while True:
        with socket.socket(type=socket.SOCK_DGRAM) as datagrams, socket.socket() as streams:
            streams.bind((LOOPBACK, 0))
            port: int = streams.getsockname()[1]
            with suppress(OSError):
                datagrams.bind((LOOPBACK, port))
                return port


def _mortal() -> tuple[str, ...]:
    """What has a program end with the one that started it."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "TERM") if setpriv else ()


@contextmanager
def _child(
    command: Sequence[str], folder: Path, log: IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process with all that it has started, whether or not they want to."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _is_ready(server: Server, plan: Plan) -> bool:
    """Wait for the first answer; False where somebody else has the port; raises `NotStarted`."""
    deadline = monotonic() + _PATIENCE
    while monotonic() < deadline:
        ended = _ends_within(server.process, _PAUSE)
        if any(each in server.told.lower() for each in _TAKEN):
            return False
        if ended:
            break
        if plan.begun in server.told and plan.answers(server.port):
            return True
    code = server.process.poll()
    why = f"gave no answer in {_PATIENCE:g} s" if code is None else f"ended with code {code}"
    raise NotStarted(f"{server.name} {why}; it told:\n{server.told_last}")


def _ends_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True
