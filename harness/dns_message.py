"""DNS messages as plain values; `harness.adapters.dns` reads and writes the wire."""

from __future__ import annotations

from dataclasses import dataclass

from harness.model import NaptrRecord


@dataclass(frozen=True, slots=True)
class DnsQuery:
    """One question. `edns` is the advertised UDP payload size, None for a query without EDNS.

    `server` is whom it is put to: 0 is the name server under test, 1 the first of the others.
    `checking_disabled` is the flag cd: a resolver is to pass on what it holds for bogus.
    """

    name: str
    rdtype: str
    transport: str = "udp"
    edns: int | None = 1232
    dnssec_ok: bool = False
    server: int = 0
    checking_disabled: bool = False


@dataclass(frozen=True, slots=True)
class ResourceRecord:
    """One resource record. `name` is absolute, in the case received; `ttl` is in seconds.

    `rdata` is the presentation form; `naptr` is set for NAPTR records only.
    """

    name: str
    ttl: int
    rdtype: str
    rdata: str
    naptr: NaptrRecord | None = None


@dataclass(frozen=True, slots=True)
class DnsReply:
    """One reply, read and as bytes. `flags` are lower-case mnemonics such as `aa`, `tc`, `ad`.

    `question` is the name the reply repeats, in the case it repeats it; `edns` is None when the
    reply carries no OPT record; `elapsed` is in seconds. Where the reply is to another query,
    `mismatch` says how that is known (`id`, `question`, `flag qr`), and the sections are empty.
    Where a file was consulted and no message exchanged, `consulted` is the question and what the
    file holds, each line by its number, as evidence; `peer` is then the file's name.
    """

    query: DnsQuery
    peer: str
    request: bytes
    wire: bytes
    elapsed: float
    rcode: str
    flags: frozenset[str]
    question: str
    edns: int | None
    answer: tuple[ResourceRecord, ...]
    authority: tuple[ResourceRecord, ...]
    additional: tuple[ResourceRecord, ...]
    mismatch: str | None = None
    consulted: tuple[bytes, bytes] | None = None

    @property
    def is_second_hand(self) -> bool:
        """Whether a resolver gave it, from what others told it: recursion, and no authority."""
        return "ra" in self.flags and "aa" not in self.flags
