"""The outside world as the harness needs it: Protocols, each as narrow as its caller."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from harness.dns_message import DnsQuery, DnsReply
from harness.model import (
    CheckResult,
    FaultNote,
    HttpRequest,
    HttpResponse,
    Target,
    TlsGreeting,
    TlsSeen,
)


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> datetime:
        """The present instant, with a time zone."""
        ...


class Resolver(Protocol):
    """Sends one DNS query to the name server under test."""

    async def ask(self, query: DnsQuery) -> DnsReply:
        """The reply, read; raises `Unreachable` when none came or it cannot be read."""
        ...


class Fetcher(Protocol):
    """Sends one HTTP request."""

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """The response, complete, redirects not followed; raises `Unreachable` when none came.

        Where octets came that are no sound message, the exception is `errors.Unframed`.
        """
        ...


class Greeter(Protocol):
    """Shakes hands in TLS, to see what a server shows; whom it trusts is not asked."""

    async def greet(self, greeting: TlsGreeting) -> TlsSeen | None:
        """What was seen, None where the server declined; raises `Unreachable`."""
        ...


class Rehearsal(Protocol):
    """A landscape in this process: functions where there would be servers, a clock that stands."""

    @property
    def target(self) -> Target:
        """Who can be judged; directories by base URL, so that no zone can hide them."""
        ...

    @property
    def clock(self) -> Clock:
        """Its time: the same in every rehearsal of a process and of its forks."""
        ...

    def answer(self, wire: bytes, *, tcp: bool, server: int = 0) -> bytes | None:
        """The reply of a name server, 0 being the first; None: it stays silent."""
        ...

    def respond(self, request: HttpRequest) -> HttpResponse | bytes:
        """The response, or the octets that are sent in its stead until the connection ends.

        Raises `OSError` where the connection breaks, and `TimeoutError` where it takes too long.
        """
        ...

    def greet(self, greeting: TlsGreeting) -> TlsSeen | None:
        """What the server shows in TLS; None: it declines."""
        ...


class Landscape(Protocol):
    """A set of subjects that can be started and stopped, such as the embedded one."""

    def members(self) -> tuple[str, ...]:
        """The Member States it has, by ISO 3166-1 alpha-2 code."""
        ...

    def faults(self) -> tuple[FaultNote, ...]:
        """The faults that can be seeded, by name."""
        ...

    def start(
        self,
        *,
        members: Sequence[str],
        fault: str | None,
        dns_port: int = 0,
        https_port: int = 0,
        zone: str | None = None,
    ) -> Target:
        """Serve, and say how to get there; port 0 is the kernel's choice; raises `OSError`.

        `zone` is a master file to serve instead of the landscape's own; `ValueError` where it
        cannot be read.
        """
        ...

    def stop(self) -> None:
        """End everything that `start` began."""
        ...

    def rehearse(self, members: Sequence[str], fault: str | None) -> Rehearsal:
        """The same in process; no members named: a few that together have every kind of answer."""
        ...


class TicketDesk(Protocol):
    """Where a failed check becomes an incident."""

    def file(self, result: CheckResult, *, run: str, at: datetime) -> str:
        """Register the failure, or add it to its ticket; answers the ticket's number."""
        ...
