"""A session with respx in place of sockets, beside the rehearsal that needs no client at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from harness.adapters.https import HttpsFetcher, fixed_locator
from harness.model import Exchange
from harness.observatory import Observatory
from harness.proving import resolver_of
from harness.runner import Session
from mock_services.in_process import mount
from mock_services.rehearsal import Rehearsal, keys_of, target
from mock_services.world import World

__all__ = ["keys_of", "mounted", "target"]


@asynccontextmanager
async def mounted(
    world: World, members: Sequence[str], *, exchanges: list[Exchange] | None = None
) -> AsyncIterator[Session]:
    """A session through the whole of the judge's HTTP client, as far as its connections."""
    rehearsal = Rehearsal(world, members)
    resolver = resolver_of(rehearsal)
    sink = [] if exchanges is None else exchanges
    with mount(world):
        fetcher = HttpsFetcher(locate=fixed_locator("127.0.0.1"), roots=None)
        try:
            yield Session(
                rehearsal.target, Observatory(resolver, fetcher, rehearsal.clock, sink.append)
            )
        finally:
            await fetcher.aclose()
