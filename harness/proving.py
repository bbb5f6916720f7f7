"""Proving: every check put to the landscape under every fault, in process, on all cores.

The keys of the landscape's test PKI are made once, before the processes part; each row is made
by one of them, from its fault's name alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context

from harness.adapters.dns import DnsResolver, in_process_transport
from harness.adapters.in_process import DirectFetcher, DirectGreeter
from harness.checks import Check
from harness.errors import HarnessFault
from harness.model import Exchange, FaultNote, Target
from harness.observatory import Observatory
from harness.ports import Landscape, Rehearsal
from harness.proof import Cell, Proof, Row
from harness.runner import Session, run

MOST_PROCESSES = 32

_ID = 2
"""The octets of a DNS message's identifier, which is drawn at random."""

RowOf = Callable[[str | None], Row]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be proved; no faults or members named: all faults, and who the landscape says.

    `partial`: the checks are only some of all.
    """

    checks: tuple[Check, ...]
    faults: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    partial: bool = False


def prove(
    landscape: Landscape,
    asked: Asked,
    *,
    processes: int | None = None,
    report: Callable[[Row], None],
) -> Proof:
    """Put the checks to the landscape under the faults, in as many processes as there are cores.

    `report` gets each row as it is known; raises `HarnessFault` where a process is lost.
    """
    known = landscape.faults()
    notes = tuple(note for note in known if note.name in (asked.faults or (note.name,)))

    def row_of(fault: str | None) -> Row:
        return asyncio.run(row(landscape.rehearse(asked.members, fault), asked.checks))

    keys = landscape.rehearse(asked.members, None).target.keys
    judged = tuple(dict.fromkeys(key.member_state for key in keys))
    unfaulted = row_of(None)  # and with it every key that the processes share
    rows = {}
    with _rows(row_of, notes, processes or _cores()) as made:
        for each in made:
            rows[each.fault] = each
            report(each)
    in_order = tuple(rows[note.name] for note in notes)
    whole = len(notes) == len(known)
    return Proof(judged, asked.checks, notes, unfaulted, in_order, whole, asked.partial)


async def row(rehearsal: Rehearsal, checks: Sequence[Check]) -> Row:
    """What the checks say of every subject of a rehearsal."""
    seen: list[Exchange] = []
    opened = session(rehearsal, seen.append)
    cells = [
        Cell.of(
            check.id,
            [
                await run(check, opened, key)
                for key in rehearsal.target.keys
                if key.service in check.services
            ],
        )
        for check in checks
    ]
    return Row(rehearsal.target.fault, tuple(cells), fingerprint(seen, rehearsal.target))


def session(rehearsal: Rehearsal, sink: Callable[[Exchange], None]) -> Session:
    """A session over functions: there is nothing to be closed."""
    resolver = resolver_of(rehearsal)
    fetcher, greeter = DirectFetcher(rehearsal.respond), DirectGreeter(rehearsal.greet)
    seen = Observatory(resolver, fetcher, rehearsal.clock, sink, greeter=greeter)
    return Session(rehearsal.target, seen)


def resolver_of(rehearsal: Rehearsal) -> DnsResolver:
    """All its name servers."""
    others = range(1, 1 + len(rehearsal.target.other_nameservers))
    return DnsResolver(
        in_process_transport(rehearsal.answer),
        others=[in_process_transport(partial(rehearsal.answer, server=n)) for n in others],
    )


def fingerprint(exchanges: Iterable[Exchange], target: Target) -> str:
    """A digest of what was asked, answered and given, whatever the order and what is random in it.

    Besides exchanges, checks are given the target, whose overview a fault may change.
    """
    told = sorted({_lasting(exchange) for exchange in exchanges})
    given = repr(replace(target, fault=None)).encode()
    return hashlib.sha256(b"".join((*told, given))).hexdigest()


def _lasting(exchange: Exchange) -> bytes:
    """A digest of one exchange; of DNS messages only whether both identifiers agree."""
    asked, answer = exchange.request, exchange.response or b""
    agree = True
    if exchange.protocol.startswith("dns") and answer:
        agree = asked[:_ID] == answer[:_ID]
        asked, answer = asked[_ID:], answer[_ID:]
    about = repr((exchange.protocol, agree, len(asked), len(answer), exchange.error))
    return hashlib.sha256(b"".join((about.encode(), asked, answer))).digest()


@contextmanager
def _rows(row_of: RowOf, notes: Sequence[FaultNote], processes: int) -> Iterator[Iterator[Row]]:
    """The rows as they are made; what has not begun when this is left never does."""
    if processes == 1:
        yield (row_of(note.name) for note in notes)
        return
    pool = ProcessPoolExecutor(
        min(processes, MOST_PROCESSES),
        mp_context=get_context("fork"),
        initializer=_begin,
        initargs=(row_of,),
    )
    try:
        begun = [pool.submit(_row, note.name) for note in notes]
        yield (each.result() for each in as_completed(begun))
    except BrokenProcessPool as lost:
        raise HarnessFault(f"a process that proves was lost: {lost}; is memory short?") from lost
    finally:
        pool.shutdown(cancel_futures=True)


_shared: list[RowOf] = []
"""What a process was begun with: handed over by the fork, because no function can be sent."""


def _begin(row_of: RowOf) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that waits for this one decides
    _shared.append(row_of)


def _row(fault: str) -> Row:
    return _shared[0](fault)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
