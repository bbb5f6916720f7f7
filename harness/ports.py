"""The outside world as the harness needs it: Protocols, each as narrow as its caller."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from harness.dns_message import DnsQuery, DnsReply
from harness.model import CheckResult, FaultNote, HttpRequest, HttpResponse, Target


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
        """The response, complete, redirects not followed; raises `Unreachable` when none came."""
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
    ) -> Target:
        """Serve, and say how to get there; port 0 is the kernel's choice; raises `OSError`."""
        ...

    def stop(self) -> None:
        """End everything that `start` began."""
        ...


class TicketDesk(Protocol):
    """Where a failed check becomes an incident."""

    def file(self, result: CheckResult, *, run: str, at: datetime) -> str:
        """Register the failure, or add it to its ticket; answers the ticket's number."""
        ...
