"""DNS on the way: over UDP, over TCP, whether NAPTR gets through, and whether long replies do.

What the zone says is for the checks to judge. Here it is only asked whether it can be heard.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from enum import StrEnum

from harness.doctor.case import Case, gathered
from harness.doctor.denials import knows_zone, unknown_zone
from harness.doctor.naming import misnamed
from harness.doctor.resolving import Heard, dependent, hear, nameserver, scoped
from harness.doctor.told import DIRECTORIES, Skipped, Told, count, few, whom
from harness.errors import Unreachable
from harness.model import Blame, ServiceKey
from harness.observatory import Watch
from harness.subjects.names import How

_LONG = (1232, 4096)
"""Sizes of replies over UDP that resolvers offer: without fragments, and with."""

_OVER_TCP = ("DISC-19", "DISC-49")
_MILLI = 1000


async def over_udp(case: Case) -> tuple[Told, ...]:
    """The name server answers over UDP, and for the zone."""
    server, watch = nameserver(case.target), Watch()
    udp, tcp = await asyncio.gather(_told_over(case, "udp", watch), _told_over(case, "tcp", watch))
    if udp.decides:
        return (_well(udp, server, watch),)
    if udp.reply and udp.reply.mismatch:
        raise Skipped("what comes is a reply to another question; see truth of DNS replies")
    if tcp.reply and tcp.reply.mismatch:
        raise Skipped("what comes, over TCP too, is no reply to the question; DISC-47 judges that")
    told = Told(
        whose=Blame.NETWORK,
        seen=f"{server}: {udp}" + ("; over TCP it answers" if tcp.decides else ""),
        expected=f"a reply to SOA {udp.name}",
        fix="have UDP to that port let through, or name another server; a slow one needs a longer"
        " time-out",
        watch=watch,
    )
    return tuple(scoped(_declined(told, udp), case.target))


def _declined(told: Told, heard: Heard) -> Told:
    """The same, where something answers there that is not meant to."""
    fix = None
    match heard.reply.rcode if heard.reply else None:
        case None if not heard.is_silent:
            fix = "check address and port: nothing listens there, or it is not to be had from here"
        case "REFUSED":
            fix = "name a server of the zone, or a resolver that answers to this machine"
        case "NOTAUTH" | "FORMERR" | "NOTIMP":
            fix = "name a name server: this one does not understand a plain question"
    if fix is None:
        return told
    return Told(
        whose=Blame.CONFIGURATION,
        seen=told.seen,
        expected=told.expected,
        fix=fix,
        watch=told.watch,
    )


async def _told_over(case: Case, transport: str, watch: Watch) -> Heard:
    name = case.zone(case.keys[0], watch).name(case.target.majors[0])
    return await hear(case, name, "SOA", watch, {"transport": transport, "edns": None})


def _well(heard: Heard, server: str, watch: Watch) -> Told:
    elapsed = heard.reply.elapsed * _MILLI if heard.reply else 0
    return Told(seen=f"{server}, in {elapsed:.0f} ms", watch=watch)


async def over_tcp(case: Case) -> tuple[Told, ...]:
    """The name server answers over TCP, which replies need that are cut off over UDP."""
    server, watch = nameserver(case.target), Watch()
    heard, udp = await asyncio.gather(
        _told_over(case, "tcp", watch), _told_over(case, "udp", Watch())
    )
    if heard.decides:
        return (_well(heard, server, watch),)
    if not udp.decides:
        raise Skipped("it does not answer over UDP either; see DNS over UDP")
    return (
        Told(
            whose=Blame.NETWORK,
            seen=f"{server}: {heard}",
            expected="an answer over TCP too (RFC 7766)",
            fix="have TCP to the port of the name server let through; firewalls often forget it",
            explains=_OVER_TCP,
            watch=watch,
        ),
    )


class _Fate(StrEnum):
    """What became of a question for NAPTR records that has brought none."""

    DENIED = "denied"
    LOST = "lost"
    CUT = "cut"


async def carries_naptr(case: Case) -> tuple[Told, ...]:
    """NAPTR records get through: some resolvers lose them, and answer all else."""
    nameserver(case.target)
    watch = Watch()
    names = [case.zone(key, watch).name(case.target.majors[0]) for key in case.keys]
    heard = await asyncio.gather(*(hear(case, name, "NAPTR", watch) for name in names))
    carried = sum(map(_is_carried, heard))
    if carried:
        astray = await _astray(case, watch)
        if astray:
            return astray
        return (Told(seen=f"{carried} of {count(len(names), 'name')} have records", watch=watch),)
    others = await asyncio.gather(*(hear(case, name, "SOA", watch) for name in names))
    fates = [_fate(each, other) for each, other in zip(heard, others, strict=True)]
    if _Fate.CUT not in fates and not await knows_zone(case, (*heard, *others), watch):
        return await _unheard_of(case, heard[0], watch)
    if _Fate.LOST not in fates:
        return await _without(case, fates, watch)
    if not any(other.decides for other in others):
        raise Skipped("the name server does not answer for the zone; see DNS over UDP")
    return tuple(scoped(await _lost(case, heard[fates.index(_Fate.LOST)], watch), case.target))


async def _astray(case: Case, watch: Watch) -> tuple[Told, ...]:
    """Services whose records lead to a base URL that no client takes, since it is not https."""
    keys = [key for key in dependent(case.target) if key in case.keys]
    roots = await asyncio.gather(*(_led_to(case, key, watch) for key in keys))
    return gathered(
        [
            Told(
                whose=Blame.SUBJECT,
                seen=f"records lead to no https base URL ({root})",
                expected="a base URL that begins with https://",
                fix="tell its operator: DISC-03 judges it; till then none of its answers can be",
                explains=DIRECTORIES,
                fatal=True,
                watch=watch,
                subjects=whom((key,)),
                about=str(key),
            )
            if root
            else None
            for key, root in zip(keys, roots, strict=True)
        ]
    )


async def _led_to(case: Case, key: ServiceKey, watch: Watch) -> str | None:
    """Where the entry of a service leads, if not by https; None too where that is not known."""
    try:
        root = await case.zone(key, watch).root(case.target.majors[0])
    except Unreachable:
        return None
    return None if root.scheme == "https" else root.geturl()


def _is_carried(naptr: Heard) -> bool:
    """Whether records came, if not as they should: that is for the checks."""
    reply = naptr.reply
    if reply is None or not naptr.decides:
        return False
    return bool(reply.answer) or any(r.naptr for r in (*reply.authority, *reply.additional))


def _fate(naptr: Heard, other: Heard) -> _Fate:
    """A denial that is one comes with the zone's SOA, or is of the name as a whole."""
    reply = naptr.reply
    if reply is None or not naptr.decides:
        return _Fate.LOST
    if "tc" in reply.flags and not reply.answer:
        return _Fate.CUT
    shown = any(r.rdtype == "SOA" for r in reply.authority)
    alike = other.reply is None or other.reply.rcode == reply.rcode
    bare = other.reply is not None and not any(
        r.rdtype == "SOA" for r in (*other.reply.authority, *other.reply.answer)
    )
    return _Fate.DENIED if alike and (shown or bare) else _Fate.LOST


async def _without(case: Case, fates: Sequence[_Fate], watch: Watch) -> tuple[Told, ...]:
    if _Fate.CUT in fates:
        raise Skipped("the replies are cut off; see long replies over DNS")
    wrong = await misnamed(case, watch)
    names = (case.zone(key, watch).name(case.target.majors[0]) for key in case.keys)
    return wrong or (Told(seen=f"denied as a zone denies: no record at {few(names)}", watch=watch),)


async def _unheard_of(case: Case, naptr: Heard, watch: Watch) -> tuple[Told, ...]:
    """No denial is the zone's: a wrong template is told first, where that is proven."""
    wrong = await misnamed(case, watch)
    if any(told.fatal for told in wrong):
        return wrong
    return tuple(scoped(unknown_zone(case.target, naptr, watch), case.target))


async def _lost(case: Case, naptr: Heard, watch: Watch) -> Told:
    """NAPTR is lost, other types are not; a way on which it is found proves that it is there."""
    ways: dict[str, How] = {"over TCP": {"transport": "tcp"}}
    for number in range(1, 1 + len(case.target.other_nameservers)):
        ways[f"from name server {number + 1}"] = {"server": number}
    replies = await asyncio.gather(
        *(hear(case, naptr.name, "NAPTR", watch, how) for how in ways.values())
    )
    found = [
        way
        for way, heard in zip(ways, replies, strict=True)
        if heard.reply and any(r.naptr for r in heard.reply.answer)
    ]
    proof = f"proven: {found[0]} the records are there" if found else "suspected"
    return Told(
        whose=Blame.NETWORK,
        seen=f"NAPTR {naptr.name}: {naptr}, although SOA is answered ({proof})",
        expected="the NAPTR records of the entry, or a denial with the SOA of the zone",
        fix="name a server of the zone itself, or another resolver: this one loses NAPTR",
        watch=watch,
    )


async def long_replies(case: Case) -> tuple[Told, ...]:
    """Replies get through that are longer than 512 octets: with EDNS, or over TCP."""
    nameserver(case.target)
    watch = Watch()
    name = case.zone(case.keys[0], watch).name(case.target.majors[0])
    plain, tcp, *longer = await asyncio.gather(
        hear(case, name, "NAPTR", watch, {"edns": None}),
        hear(case, name, "NAPTR", watch, {"transport": "tcp"}),
        *(hear(case, name, "NAPTR", watch, {"edns": size, "dnssec_ok": True}) for size in _LONG),
    )
    usual, large = longer
    heard = (plain, usual, large)
    if not any(each.reply for each in heard):
        raise Skipped("the name server does not answer for NAPTR; see NAPTR over DNS")
    if any(each.reply and "tc" in each.reply.flags for each in heard) and not tcp.reply:
        return tuple(scoped(_cut_off(tcp, watch), case.target))
    for size, each, fewer in ((_LONG[0], usual, plain), (_LONG[1], large, usual)):
        if each.is_silent and fewer.reply:
            told = _too_long(size, watch)
            return tuple(scoped(told, case.target)) if each is usual else (told,)
    longest = max(len(each.reply.wire) for each in heard if each.reply)
    return (Told(seen=f"nothing cut off or lost, the longest of {longest} octets", watch=watch),)


def _cut_off(tcp: Heard, watch: Watch) -> Told:
    return Told(
        whose=Blame.NETWORK,
        seen=f"a reply over UDP that is cut off; over TCP: {tcp}",
        expected="the whole reply over TCP (RFC 7766)",
        fix="have TCP to the name server let through, or name a server that is reached over TCP",
        watch=watch,
    )


def _too_long(size: int, watch: Watch) -> Told:
    return Told(
        whose=Blame.NETWORK,
        seen=f"no reply where {size} octets are offered (EDNS), one where fewer are",
        expected="a reply whatever size is offered",
        fix="have EDNS and fragments of UDP let through, or name another server",
        watch=watch,
    )
