"""The role `zone`: the NAPTR records of one service, and the name servers that give them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import SplitResult

from harness.discovery import entry, is_host_name, query_name, select, service_root, usable_roots
from harness.dns_message import DnsQuery, DnsReply, ResourceRecord
from harness.errors import NotApplicable, Unreachable, Violation
from harness.model import Environment, NaptrRecord, ServiceKey, Target
from harness.observatory import Observatory, Watch

UNKNOWN_COUNTRIES = ("ZZ", "XX")
"""Codes that ISO 3166-1 leaves to its users: no Member State will have them."""

UNKNOWN_MAJOR = 9
"""An interface major that has not been published."""

_NO_NAME = "QZ"
"""Another user-assigned code, for names that are not there at all."""


@dataclass(frozen=True, slots=True)
class Zone:
    """One service's entry in the discovery zone, asked over DNS."""

    key: ServiceKey
    target: Target
    observatory: Observatory
    watch: Watch

    def name(self, major: int = 1) -> str:
        """The name of the entry for one interface major: the template, filled in."""
        return query_name(self.target.template, self.key, major)

    def of_country(self, code: str) -> Zone:
        """The same service of another country, which may not exist."""
        return replace(self, key=replace(self.key, member_state=code))

    def in_environment(self, environment: Environment) -> Zone:
        """The same service of the same Member State in another environment."""
        return replace(self, key=replace(self.key, environment=environment))

    async def ask(
        self,
        name: str,
        rdtype: str = "NAPTR",
        *,
        transport: str = "udp",
        edns: int | None = 1232,
        dnssec_ok: bool = False,
    ) -> DnsReply:
        """Any question to the name server; raises `Unreachable`."""
        query = DnsQuery(name, rdtype, transport, edns, dnssec_ok)
        return await self.observatory.resolve(query, self.watch)

    async def look_up(
        self, name: str, rdtype: str = "NAPTR", *, edns: int | None = 1232
    ) -> DnsReply:
        """The whole answer to a question, over TCP where UDP was truncated.

        Raises `Unreachable` where the server declines: that says nothing about the name.
        """
        reply = await self.ask(name, rdtype, edns=edns)
        if "tc" in reply.flags:
            reply = await self.ask(name, rdtype, edns=edns, transport="tcp")
        if reply.rcode not in ("NOERROR", "NXDOMAIN"):
            raise Unreachable(f"{name} {rdtype}", why=f"the name server answers {reply.rcode}")
        return reply

    async def reply(self, major: int = 1) -> DnsReply:
        """The reply to the NAPTR question for one major; raises `Unreachable`."""
        return await self.look_up(self.name(major))

    async def records(self, major: int = 1) -> tuple[NaptrRecord, ...]:
        """The NAPTR records of the entry, perhaps none; raises `Unreachable`."""
        return tuple(r.naptr for r in entry(await self.reply(major)) if r.naptr)

    async def published(self) -> tuple[NaptrRecord, ...]:
        """The records of every major; raises `Unreachable` when there are none to judge."""
        records = [r for major in self.target.majors for r in await self.records(major)]
        if not records:
            raise Unreachable(self.name(), why="no NAPTR record to judge; see DISC-01")
        return tuple(records)

    async def held(self) -> DnsReply:
        """The reply for the first major that has records; raises `Unreachable` when none has."""
        for major in self.target.majors:
            reply = await self.reply(major)
            if entry(reply):
                return reply
        raise Unreachable(self.name(), why="no NAPTR record to judge; see DISC-01")

    async def naptr(self, major: int = 1) -> NaptrRecord:
        """The record a client would use; raises `Unreachable` when there is none."""
        records = await self.records(major)
        if not records:
            raise Unreachable(self.name(major), why="no NAPTR record; see DISC-01 and DISC-13")
        chosen = select(records)
        if chosen is None:
            raise Unreachable(self.name(major), why="no record is usable; see DISC-04 and DISC-05")
        return chosen

    async def root(self, major: int = 1) -> SplitResult:
        """Where a client is led; raises `Unreachable` when that cannot be read."""
        try:
            return service_root(await self.naptr(major))
        except Violation as unreadable:
            why = f"{unreadable.tag}; see DISC-02"
        raise Unreachable(self.name(major), why=why)

    async def leads(self) -> tuple[NaptrRecord, ...]:
        """The readable record a client would use, of each major that has one; perhaps none."""
        chosen = [select(await self.records(major)) for major in self.target.majors]
        return tuple(record for record in chosen if record and usable_roots((record,)))

    async def chosen(self) -> tuple[NaptrRecord, ...]:
        """As `leads`; raises `Unreachable` when there is none to judge."""
        leads = await self.leads()
        if not leads:
            why = "no record can be used and read; see DISC-01, DISC-02, DISC-04 and DISC-05"
            raise Unreachable(self.name(), why=why)
        return leads

    async def ways(self) -> tuple[tuple[SplitResult, ...], ...]:
        """Every root that each major's usable records lead to, first choice first."""
        await self.chosen()
        ways = [usable_roots(await self.records(major)) for major in self.target.majors]
        return tuple(filter(None, ways))

    def later_majors(self) -> tuple[int, ...]:
        """The majors after the first; raises `NotApplicable` when only one is published."""
        if len(self.target.majors) == 1:
            raise NotApplicable("only one interface major is published")
        return self.target.majors[1:]

    async def across_production(self) -> tuple[tuple[Environment, SplitResult], ...]:
        """Where the same service leads on the other side of the line around production.

        Raises `NotApplicable` when it has no entry there.
        """
        side = self.key.environment is Environment.PROD
        others = [e for e in Environment if (e is Environment.PROD) != side]
        found = [
            (environment, service_root(record))
            for environment in others
            for record in await self.in_environment(environment).leads()
        ]
        if not found:
            raise NotApplicable(f"no usable entry in {' or '.join(others)} to compare with")
        return tuple(found)

    async def hosts(self) -> tuple[str, ...]:
        """The hosts that clients are led to; raises `Unreachable` when none is a DNS name."""
        hosts = [service_root(record).hostname or "" for record in await self.chosen()]
        names = tuple(dict.fromkeys(filter(is_host_name, hosts)))
        if not names:
            raise Unreachable(self.name(), why="its host is no DNS name; see DISC-09")
        return names

    async def addresses(self, host: str) -> tuple[str, ...]:
        """A host's addresses; raises `NotApplicable` where this server is not the one to ask."""
        replies = [await self.ask(host, rdtype) for rdtype in ("A", "AAAA")]
        answer = [record for reply in replies for record in reply.answer]
        found = tuple(r.rdata for r in answer if r.rdtype in ("A", "AAAA"))
        if not found and (answer or not all(map(_decides, replies))):
            raise NotApplicable(f"this name server does not hold the addresses of {host}")
        return found

    async def absent(self) -> DnsReply:
        """The reply for a name that should not be there; raises `Unreachable` where it answers."""
        reply = await self.look_up(self.of_country(_NO_NAME).name())
        if reply.answer:
            raise Unreachable(reply.query.name, why="a record answers; see DISC-15")
        return reply

    async def denial(self) -> ResourceRecord:
        """The SOA record that proves a name's absence; raises `Unreachable` when there is none."""
        reply = await self.absent()
        soa = next((record for record in reply.authority if record.rdtype == "SOA"), None)
        if soa is None:
            raise Unreachable(reply.query.name, why="no SOA in the denial; see DISC-23")
        return soa


def _decides(reply: DnsReply) -> bool:
    """Whether a reply without an answer says that there is none, rather than: ask elsewhere."""
    return reply.rcode in ("NOERROR", "NXDOMAIN") and bool(reply.flags & {"aa", "ra"})
