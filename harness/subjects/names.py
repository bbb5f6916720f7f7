"""Names as they are looked up: one question, one server, one reply; aliases and their end.

What the role `zone` is built on: nothing here knows what an entry is for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict, Unpack

from harness.discovery import endless, entry, same_name, substitution, trail
from harness.dns_message import DnsQuery, DnsReply, ResourceRecord
from harness.dnssec import signers
from harness.errors import NotApplicable, Unreachable
from harness.model import ServiceKey, Target
from harness.observatory import Observatory, Watch
from harness.readings import in_force

_FORMS_OF_NO = frozenset({"FORMERR", "NOTIMP"})
"""How a server says that it does not know EDNS (RFC 6891, section 7)."""

_FAILURE = "SERVFAIL"
"""What a server says that lost its way among aliases, and a resolver of what it holds for bogus."""


class How(TypedDict, total=False):
    """In what way a question is put; see `DnsQuery` for each word and what is usual."""

    transport: str
    edns: int | None
    dnssec_ok: bool
    server: int
    checking_disabled: bool


VALIDATING: How = {"dnssec_ok": True, "checking_disabled": True}
"""As those ask who verify for themselves: they want to see what a resolver holds for bogus."""


@dataclass(frozen=True, slots=True)
class Followed:
    """The names from an entry to the end of its aliases, and the replies that led along them."""

    names: tuple[str, ...]
    replies: tuple[DnsReply, ...]

    @property
    def dnames(self) -> tuple[tuple[ResourceRecord, str, str | None], ...]:
        """Each DNAME record that was met, with what its CNAME has to say, and what it says."""
        return tuple(
            (record, *pair)
            for reply in self.replies
            for record in reply.answer
            if record.rdtype == "DNAME" and (pair := substitution(reply, record))
        )

    @property
    def is_lost(self) -> bool:
        """Whether the aliases, and not the absence of records, keep clients from the entry."""
        unsound = any(expected != said for _, expected, said in self.dnames)
        return unsound or endless(self.names) or (len(self.names) > 1 and not self.records)

    @property
    def records(self) -> tuple[ResourceRecord, ...]:
        """The NAPTR records at the end, perhaps none."""
        return entry(self.replies[-1])


@dataclass(frozen=True, slots=True)
class Names:
    """The name servers of a target, as one check asks them about one service."""

    key: ServiceKey
    target: Target
    observatory: Observatory
    watch: Watch
    readings: Mapping[str, str] = field(default_factory=dict)

    def reading(self, slug: str) -> str:
        """The name of the reading to judge by, of an entry of the interpretation register."""
        return in_force(self.readings, slug)

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.observatory.clock()

    def servers(self) -> range:
        """The numbers of the name servers; raises `NotApplicable` where only one was given."""
        if not self.target.other_nameservers:
            raise NotApplicable("only one name server was given")
        return range(1 + len(self.target.other_nameservers))

    async def hear(self, name: str, rdtype: str = "NAPTR", **how: Unpack[How]) -> DnsReply:
        """Whatever a name server says to a question; raises `Unreachable` where it is silent."""
        return await self.observatory.resolve(DnsQuery(name, rdtype, **how), self.watch)

    async def ask(self, name: str, rdtype: str = "NAPTR", **how: Unpack[How]) -> DnsReply:
        """The reply to a question; raises `Unreachable` where it is a reply to another one."""
        reply = await self.hear(name, rdtype, **how)
        if reply.mismatch:
            raise Unreachable(name, why=f"the reply has another {reply.mismatch}; see DISC-47")
        return reply

    async def look_up(self, name: str, rdtype: str = "NAPTR", **how: Unpack[How]) -> DnsReply:
        """The whole answer to a question, over TCP where UDP was truncated.

        A server that does not know EDNS is asked without it. Raises `Unreachable` where the server
        declines: that says nothing about the name.
        """
        reply = await self.ask(name, rdtype, **how)
        if reply.rcode in _FORMS_OF_NO and reply.query.edns is not None:
            how |= {"edns": None, "dnssec_ok": False}
            reply = await self.ask(name, rdtype, **how)
        if "tc" in reply.flags:
            how |= {"transport": "tcp"}
            reply = await self.ask(name, rdtype, **how)
        if reply.rcode not in ("NOERROR", "NXDOMAIN"):
            raise Unreachable(f"{name} {rdtype}", why=self._declined(reply))
        return reply

    def _declined(self, reply: DnsReply) -> str:
        if self.target.nameserver is None and reply.rcode == "REFUSED":
            return "no zone of the zone file holds this name"
        if reply.rcode == _FAILURE and reply.is_second_hand:
            return f"the resolver answers {_FAILURE}, as it does to what is bogus; see DISC-52"
        return f"the name server answers {reply.rcode}"

    async def follow(self, name: str, **how: Unpack[How]) -> Followed:
        """A name to the end of its aliases; raises `Unreachable`."""
        names, replies = [same_name(name)], []
        while True:
            replies.append(await self._leading_on(names[-1], **how))
            passed = trail(replies[-1])[1:]
            names.extend(passed)
            if not passed or entry(replies[-1]) or endless(names):
                return Followed(tuple(names), tuple(replies))

    async def _leading_on(self, name: str, **how: Unpack[How]) -> DnsReply:
        """The reply that leads on from a name; raises `Unreachable`.

        A server that fails over where an alias leads (BIND, where it leads in a circle) is asked
        for the alias alone.
        """
        if (await self.ask(name, **how)).rcode == _FAILURE:
            alias = await self.ask(name, "CNAME", **how)
            if trail(alias)[1:]:
                return alias
        return await self.look_up(name, **how)

    async def apex_of(self, name: str) -> str:
        """The zone that a name is in, by its SOA; raises `Unreachable`."""
        reply = await self.look_up(name, "SOA")
        soas = (r.name for r in (*reply.answer, *reply.authority) if r.rdtype == "SOA")
        owner = next(soas, None)
        if owner is None:
            raise Unreachable(name, why="no SOA in the denial; see DISC-22")
        return owner

    async def server_names(self, apex: str) -> tuple[str, ...]:
        """The name servers that a zone names itself, perhaps none; raises `Unreachable`."""
        reply = await self.look_up(apex, "NS")
        return tuple(same_name(record.rdata) for record in reply.answer if record.rdtype == "NS")

    async def keys(self, reply: DnsReply) -> DnsReply:
        """The keys of the zone that signed a reply; raises `Unreachable` where it has none."""
        for signer in signers(reply):
            keys = await self.look_up(signer, "DNSKEY", **VALIDATING)
            if any(record.rdtype == "DNSKEY" for record in keys.answer):
                return keys
        raise Unreachable(reply.query.name, why="its signer shows no keys")
