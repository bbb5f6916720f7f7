"""The exchanges of a record, read from its file when they are looked at: few are held at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from harness.errors import UsageFault
from harness.model import Exchange
from harness.record_lines import Malformed, exchange_of, facts_of

HELD = 16 * 1024 * 1024
"""Octets of exchanges that are held: neighbours rest on the same ones."""


class StoredExchanges(Mapping[str, Exchange]):
    """By id; `places` says where in the file the line of each begins.

    Looking one up raises `UsageFault` where the file is not what it was.
    """

    def __init__(self, file: Path, places: Mapping[str, int]) -> None:
        self._file = file
        self._places = places
        self._held: dict[str, tuple[Exchange, int]] = {}
        self._octets = 0

    def __getitem__(self, ident: str) -> Exchange:
        held = self._held.pop(ident, None) or self._read(ident, self._places[ident])
        self._held[ident] = held  # the last used is the last to go
        return held[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, ident: object) -> bool:
        return ident in self._places

    def _read(self, ident: str, place: int) -> tuple[Exchange, int]:
        try:
            with self._file.open("rb") as source:
                source.seek(place)
                line = source.readline()
            exchange = exchange_of(facts_of(line))
        except (OSError, Malformed):
            exchange = None
        if exchange is None or exchange.id != ident:
            raise UsageFault(
                str(self._file),
                expected=f"exchange {ident} where it was a moment ago",
                seen="another line, or none",
                remedy="do not change a record while a report is made of it",
            )
        self._octets += len(line)
        while self._octets > HELD and self._held:
            oldest = next(iter(self._held))
            self._octets -= self._held.pop(oldest)[1]
        return exchange, len(line)
