"""What all probes of DNS share: whether there is a name server to ask, and what hangs on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from harness.discovery import is_address
from harness.dns_message import DnsReply
from harness.doctor.case import Case
from harness.doctor.told import DIRECTORIES, ZONE, Skipped, Told, few, whom
from harness.errors import TimedOut, Unreachable
from harness.model import ServiceKey, Target
from harness.observatory import Watch
from harness.subjects.names import How

_BEFORE = ("in time", "timed out", "unanswered")
"""How the observatory says that a server was silent before, and is not asked again."""

DECIDED = ("NOERROR", "NXDOMAIN")
"""What a name server says that knows: there is such a name, or there is none."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one question to a name server: a reply, or the reason why there is none."""

    name: str
    reply: DnsReply | None = None
    why: Unreachable | None = None

    @property
    def is_silent(self) -> bool:
        """Whether it was waited for in vain, now or before."""
        why = self.why.why if self.why else ""
        return isinstance(self.why, TimedOut) or any(text in why for text in _BEFORE)

    @property
    def decides(self) -> bool:
        """Whether it says that there is such a name, or that there is none."""
        return self.reply is not None and self.reply.rcode in DECIDED and not self.reply.mismatch

    def __str__(self) -> str:
        if self.reply is None:
            return self.why.why if self.why else "no reply"
        held = f"{len(self.reply.answer)} records" if self.reply.answer else "no records"
        cut = ", cut off" if "tc" in self.reply.flags else ""
        return f"{self.reply.rcode} with {held}{cut}"


async def hear(case: Case, name: str, rdtype: str, watch: Watch, how: How | None = None) -> Heard:
    """What a name server says, or why nothing."""
    names = case.zone(case.keys[0], watch)
    try:
        return Heard(name, await names.hear(name, rdtype, **(how or {})))
    except Unreachable as why:
        return Heard(name, why=why)


def nameserver(target: Target) -> str:
    """The name server, in words; raises `Skipped` where none is asked."""
    if target.nameserver is None and target.zone is not None:
        raise Skipped(f"the zone is read from {target.zone_file or 'a file'}; no server is asked")
    if target.nameserver is None:
        raise Skipped("no name server is set")
    return "{} port {}".format(*target.nameserver)


def dependent(target: Target) -> tuple[ServiceKey, ...]:
    """The services whose directories cannot be found without the name server."""
    if "directory" not in target.roles:
        return ()
    by_itself = target.reach.addresses_by_system or target.reach.proxy

    def depends(key: ServiceKey) -> bool:
        root = target.roots.get(key)
        return root is None or not (by_itself or is_address(urlsplit(root).hostname or ""))

    return tuple(filter(depends, target.keys))


def scoped(told: Told, target: Target) -> Iterator[Told]:
    """A trouble with the name server, told for what hangs on it, which cannot be judged."""
    lost = dependent(target)
    everything = (*ZONE, *DIRECTORIES)
    if len(lost) == len(target.keys):
        yield replace(told, explains=everything, fatal=True)
        return
    if lost:
        yield replace(told, explains=everything, fatal=True, subjects=whom(lost), about=few(lost))
    entries = replace(told, explains=ZONE, fatal="zone" in target.roles)
    if lost:
        seen, fix = "the same, which concerns the entries in DNS too", "the same as above"
        entries = replace(entries, seen=seen, fix=fix, about="the entries")
    yield entries
