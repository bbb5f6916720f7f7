"""How a world's zone and its replies are changed: what the faults of the zone are made of.

A flaw of where an entry leads is one that the overview shares, as if somebody had registered it
so: that the two differ is a flaw of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dnslib import DNSRecord  # type: ignore[import-untyped]

from harness.model import NaptrRecord, OverviewRow
from mock_services.world import World
from mock_services.zone_file import Record, read_zone, write_zone

_CODING = ("utf-8", "surrogateescape")
"""RFC 3403 has UTF-8 in character-strings; what is not passes unchanged."""

Change = Callable[[NaptrRecord], NaptrRecord]
ReplyChange = Callable[[DNSRecord, DNSRecord], None]
"""Changes the second, a reply, in place; the first is its query."""


def rezoned(world: World, change: Callable[[Record], tuple[Record, ...]]) -> World:
    """A world whose records are each replaced by some, none or more; repeated ones are dropped."""
    records = [new for record in read_zone(world.zone) for new in change(record)]
    return replace(world, zone=write_zone(dict.fromkeys(records)))


def is_naptr(record: Record, part: str = "") -> bool:
    """Whether a record is a NAPTR record, of a name with a part in it."""
    return record.rdtype == "NAPTR" and part in record.name


def each_naptr(world: World, change: Change) -> World:
    """A world whose NAPTR records are changed."""
    return rezoned(world, lambda record: (changed(record, change),))


def beside_each_naptr(world: World, change: Change) -> World:
    """A world in which a changed copy stands beside each NAPTR record."""
    return rezoned(world, lambda record: (record, changed(record, change)))


def each_root(world: World, change: Callable[[str], str]) -> World:
    """A world whose service roots are changed, whatever the rest of their records."""
    return relisted(
        each_naptr(world, lambda record: led(record, change)),
        lambda row: (replace(row, uri=change(row.uri)),),
    )


def each_root_of(world: World, major: int, change: Callable[[str], str]) -> World:
    """The same for one interface major."""
    part = f".v{major}."

    def led_elsewhere(record: Record) -> tuple[Record, ...]:
        elsewhere = changed(record, lambda naptr: led(naptr, change))
        return (elsewhere if is_naptr(record, part) else record,)

    return relisted(
        rezoned(world, led_elsewhere),
        lambda row: (replace(row, uri=change(row.uri)) if row.major == major else row,),
    )


def without_major(world: World, major: int) -> World:
    """A world in which one interface major was never registered."""
    part = f".v{major}."
    return relisted(
        rezoned(world, lambda record: () if is_naptr(record, part) else (record,)),
        lambda row: () if row.major == major else (row,),
    )


def relisted(world: World, change: Callable[[OverviewRow], tuple[OverviewRow, ...]]) -> World:
    """A world whose rows of the overview are each replaced by some, none or more."""
    return replace(world, overview=tuple(new for row in world.overview for new in change(row)))


def led(record: NaptrRecord, change: Callable[[str], str]) -> NaptrRecord:
    """A NAPTR record that leads elsewhere."""
    return replace(record, regexp=f"!.*!{change(record.regexp[4:-1])}!")


def changed(record: Record, change: Change) -> Record:
    """A record, changed where it is a NAPTR record."""
    if not is_naptr(record):
        return record
    order, preference, *strings, replacement = record.rdata
    flags, service, regexp = (str(part, *_CODING) for part in strings if isinstance(part, bytes))
    assert isinstance(order, int)
    assert isinstance(preference, int)
    new = change(NaptrRecord(order, preference, flags, service, regexp, str(replacement)))
    texts = (part.encode(*_CODING) for part in (new.flags, new.service, new.regexp))
    return replace(record, rdata=(new.order, new.preference, *texts, new.replacement))


def each_reply(
    world: World, change: ReplyChange, *, over: tuple[str, ...] = ("udp", "tcp")
) -> World:
    """A world whose replies over some transports are changed; `change` gets query and reply."""

    def hook(query: bytes, reply: bytes, tcp: bool) -> bytes:  # noqa: FBT001 -- a `DnsHook`
        parsed = DNSRecord.parse(reply)
        if parsed.questions and ("tcp" if tcp else "udp") in over:
            change(DNSRecord.parse(query), parsed)
        return bytes(parsed.pack())

    return world.with_dns(hook)
