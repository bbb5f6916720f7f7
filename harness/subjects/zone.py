"""The role `zone`: the NAPTR records of one service, and the name servers that give them."""

from __future__ import annotations

from dataclasses import dataclass

from harness.discovery import query_name, select
from harness.dns_message import DnsQuery, DnsReply
from harness.errors import Unreachable
from harness.model import NaptrRecord, ServiceKey, Target
from harness.observatory import Observatory, Watch


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

    async def reply(self, major: int = 1) -> DnsReply:
        """The reply to the NAPTR question for one major, over TCP where UDP was truncated."""
        reply = await self.ask(self.name(major))
        return await self.ask(self.name(major), transport="tcp") if "tc" in reply.flags else reply

    async def records(self, major: int = 1) -> tuple[NaptrRecord, ...]:
        """The NAPTR records of the entry; raises `Unreachable` when there are none to judge."""
        reply = await self.reply(major)
        records = tuple(record.naptr for record in reply.answer if record.naptr)
        if not records:
            raise Unreachable(self.name(major), why=f"no NAPTR record to judge ({reply.rcode}); see DISC-01")
        return records

    async def naptr(self, major: int = 1) -> NaptrRecord:
        """The record a client would use; raises `Unreachable` when there is none."""
        records = await self.records(major)
        chosen = select(records)
        if chosen is None:
            raise Unreachable(self.name(major), why="no record is terminal and usable; see DISC-02")
        return chosen
