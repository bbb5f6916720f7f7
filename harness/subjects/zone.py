"""The role `zone`: the NAPTR records of one service, and the name servers that give them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Unpack
from urllib.parse import SplitResult

from harness.discovery import (
    entry,
    filled_in,
    instance,
    is_host_name,
    query_name,
    select,
    service_root,
    usable_roots,
)
from harness.dns_message import DnsReply, ResourceRecord
from harness.dnssec import verify_answer, verify_keys
from harness.errors import NotApplicable, Unreachable, Violation
from harness.model import Environment, NaptrRecord, OverviewRow
from harness.overview import operators, rows_of
from harness.subjects.names import VALIDATING, Followed, How, Names

UNKNOWN_COUNTRIES = ("ZZ", "XX")
"""Codes that ISO 3166-1 leaves to its users: no Member State will have them."""

UNKNOWN_MAJOR = 9
"""An interface major that has not been published."""

UNKNOWN_SERVICES = ("cs", "sr")
"""Labels that stand for no Common Service that is discovered: only `eb` and `dsd` are."""

UNKNOWN_ENVIRONMENTS = ("test", "qa")
"""Labels that no environment has: the one for testing is called `testing`."""

_NO_NAME = "QZ"
"""Another user-assigned code, for names that are not there at all."""


@dataclass(frozen=True, slots=True)
class Zone(Names):
    """One service's entry in the discovery zone, asked over DNS."""

    def name(self, major: int = 1) -> str:
        """The name of the entry for one interface major: the template, filled in."""
        template = self.target.template
        if self.reading("version-label") == "number-only":
            template = template.replace("v{major}", "{major}")
        return query_name(template, self.key, major)

    def other_name(self, *, service: str | None = None, environment: str | None = None) -> str:
        """The name that other labels in the template yield, for what may not exist."""
        return filled_in(
            self.target.template,
            country=self.key.member_state,
            service=service or self.key.service,
            major=self.target.majors[0],
            environment=environment or self.key.environment,
        )

    def of_country(self, code: str) -> Zone:
        """The same service of another country, which may not exist."""
        return replace(self, key=replace(self.key, member_state=code))

    def in_environment(self, environment: Environment) -> Zone:
        """The same service of the same Member State in another environment."""
        return replace(self, key=replace(self.key, environment=environment))

    async def followed(self, major: int = 1, **how: Unpack[How]) -> Followed:
        """The entry of one major, its aliases followed; raises `Unreachable`."""
        return await self.follow(self.name(major), **how)

    async def reply(self, major: int = 1, **how: Unpack[How]) -> DnsReply:
        """The reply that decides about one major; raises `Unreachable`."""
        found = await self.followed(major, **how)
        if found.is_lost:
            raise Unreachable(self.name(major), why="its aliases lead to no record; see DISC-46")
        return found.replies[-1]

    async def records(self, major: int = 1) -> tuple[NaptrRecord, ...]:
        """The NAPTR records of the entry, perhaps none; raises `Unreachable`."""
        return tuple(r.naptr for r in entry(await self.reply(major)) if r.naptr)

    async def entry_at(self, name: str) -> tuple[str, ...]:
        """The NAPTR records of any name, as they are presented; raises `Unreachable`."""
        found = await self.follow(name)
        return tuple(record.rdata for record in found.records)

    async def is_there(self) -> bool:
        """Whether some major has an entry; raises `Unreachable`."""
        majors = self.target.majors
        return any([await self.entry_at(self.name(major)) for major in majors])

    async def published(self) -> tuple[NaptrRecord, ...]:
        """The records of every major; raises `Unreachable` when there are none to judge."""
        records = [r for major in self.target.majors for r in await self.records(major)]
        if not records:
            raise Unreachable(self.name(), why="no NAPTR record to judge; see DISC-01")
        return tuple(records)

    async def held(self, **how: Unpack[How]) -> DnsReply:
        """The reply for the first major that has records; raises `Unreachable` when none has."""
        for major in self.target.majors:
            reply = await self.reply(major, **how)
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

    async def kept(self) -> DnsReply:
        """As `held`, with times to live that are the zone's; raises `NotApplicable` for others."""
        return first_hand(await self.held())

    async def absent(self, **how: Unpack[How]) -> DnsReply:
        """The reply for a name that should not be there; raises `Unreachable` where it answers."""
        reply = await self.look_up(self.of_country(_NO_NAME).name(), **how)
        if entry(reply):
            raise Unreachable(reply.query.name, why="a record answers; see DISC-15")
        return reply

    async def denial(self) -> ResourceRecord:
        """The SOA record that proves a name's absence; raises `Unreachable` when there is none.

        Raises `NotApplicable` where its time to live is not the zone's.
        """
        reply = first_hand(await self.absent())
        soa = next((record for record in reply.authority if record.rdtype == "SOA"), None)
        if soa is None:
            raise Unreachable(reply.query.name, why="no SOA in the denial; see DISC-23")
        return soa

    def overview(self) -> tuple[OverviewRow, ...]:
        """What the overview tables say of the service; raises `NotApplicable` without them."""
        if self.target.overview is None:
            raise NotApplicable("no overview table was given")
        rows = tuple(row for row in self.target.overview if row.key == self.key)
        shown = "\n".join(f"v{row.major} {row.uri} {row.operator or '-'}" for row in rows)
        self.observatory.consult(f"overview of {self.key}", shown.encode(), self.watch)
        return rows

    def rows(self, major: int) -> tuple[OverviewRow, ...]:
        """The rows about one major of the service; raises `NotApplicable`."""
        return rows_of(self.overview(), self.key, major)

    async def listed(self) -> tuple[tuple[OverviewRow, SplitResult], ...]:
        """Each row with where DNS leads for it; raises `Unreachable` where none has a record."""
        found = [
            (row, roots[0])
            for major in self.target.majors
            for row in self.rows(major)
            if len(self.rows(major)) == 1
            if (roots := usable_roots(await self.records(major)))
        ]
        if not found:
            raise Unreachable(self.name(), why="no row has a record; see DISC-31 and DISC-02")
        return tuple(found)

    async def operators(self) -> tuple[tuple[int, str], ...]:
        """Who runs the instance that each major leads to, as the overview tells; by major.

        Raises `NotApplicable` where the overview tells of no operators, and `Unreachable` where it
        does not know the instance.
        """
        known = operators(self.overview(), self.key)
        if not known:
            raise NotApplicable("the overview does not say who runs the instances")
        found: list[tuple[int, str]] = []
        for major in self.target.majors:
            for root in usable_roots(await self.records(major))[:1]:
                who = known.get(instance(root))
                if who is None:
                    raise Unreachable(root.geturl(), why="not in the overview; see DISC-33")
                found.extend((major, each) for each in sorted(who))
        if not found:
            raise Unreachable(self.name(), why="no record can be read; see DISC-01 and DISC-02")
        return tuple(found)

    async def with_signatures(self) -> DnsReply:
        """The entry as it is given to those who ask for DNSSEC; raises `Unreachable`.

        Without EDNS nobody can ask for it.
        """
        reply = await self.held(**VALIDATING)
        if reply.edns is None:
            raise Unreachable(reply.query.name, why="the server does without EDNS; see DISC-48")
        return reply

    async def signs_itself(self) -> bool:
        """Whether signatures can be expected: a file without keys may be signed by its server."""
        if self.target.nameserver is not None:
            return True
        apex = await self.apex_of((await self.held()).query.name)
        keys = await self.look_up(apex, "DNSKEY")
        return any(record.rdtype == "DNSKEY" for record in keys.answer)

    async def signed(self) -> DnsReply:
        """The entry with its signatures; raises `NotApplicable` where it has none."""
        reply = await self.with_signatures()
        if not any(record.rdtype == "RRSIG" for record in reply.answer):
            raise NotApplicable("the entry is not signed; see DISC-51")
        return reply

    async def trusted_keys(self) -> DnsReply:
        """The keys of the zone, once the entry is verified; raises `Unreachable` until then."""
        reply = await self.signed()
        keys = await self.keys(reply)
        try:
            verify_keys(keys, self.target.zone_anchors, now=self.now)
            verify_answer(reply, keys, now=self.now)
        except Violation as unsound:
            why = f"{unsound.tag}; see DISC-52"
        else:
            return keys
        raise Unreachable(reply.query.name, why=why)


def _decides(reply: DnsReply) -> bool:
    """Whether a reply without an answer says that there is none, rather than: ask elsewhere."""
    return reply.rcode in ("NOERROR", "NXDOMAIN") and bool(reply.flags & {"aa", "ra"})


def first_hand(reply: DnsReply) -> DnsReply:
    """A reply in which a time to live is the zone's; raises `NotApplicable` for a resolver's."""
    if reply.is_second_hand:
        raise NotApplicable("a resolver was asked, which counts times down and cuts them short")
    return reply
