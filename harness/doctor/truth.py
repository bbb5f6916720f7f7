"""Replies of DNS that are rewritten or forged, as far as it can be seen.

What is proven and what is suspected are told apart. Two replies that differ prove that one of them
is wrong, not which: only a signature that verifies says that.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass

from harness.discovery import entry
from harness.dnssec import signers, verify_answer, verify_keys
from harness.doctor.case import Case
from harness.doctor.resolving import Heard, hear, nameserver, scoped
from harness.doctor.told import Skipped, Told, few, ids
from harness.errors import Violation
from harness.model import Blame
from harness.observatory import Watch
from harness.subjects.names import How

_ABSENCE = (*ids("DISC", 15, 16), *ids("DISC", 23, 25), "DISC-28", *ids("DISC", 37, 39))
"""The checks of names that are not there."""


@dataclass(frozen=True, slots=True)
class _Version:
    """What one way to the zone says about an entry; `sound`: None where it cannot be told."""

    way: str
    rdatas: frozenset[str]
    sound: bool | None


async def tells_the_truth(case: Case) -> tuple[Told, ...]:
    """Nobody rewrites or forges what the name server says."""
    server = nameserver(case.target)
    watches = Watch(), Watch(), Watch()
    denial, strange, versions = await asyncio.gather(
        _made_up(case, watches[0]), _strange(case, watches[1]), _versions(case, watches[2])
    )
    invented = await _invented(case, denial, watches[0])
    found = (*invented, *strange, *_differing(case, versions, watches[2]))
    if found:
        return found
    if not (denial.decides or versions):
        raise Skipped(f"{server} gave no reply that could be looked at; see DNS over UDP")
    return (Told(seen=_agreement(versions, server), watch=watches[2]),)


async def is_forged(case: Case) -> bool:
    """Whether another way proves that the name server says what the zone does not."""
    if case.target.nameserver is None:
        return False
    return bool(_differing(case, await _versions(case, Watch()), Watch()))


async def _made_up(case: Case, watch: Watch) -> Heard:
    """What is said to a question for a name that cannot exist."""
    key = case.keys[0]
    name = f"{secrets.token_hex(8)}.{case.zone(key, watch).name(case.target.majors[0])}"
    return await hear(case, name, "A", watch)


async def _invented(case: Case, heard: Heard, watch: Watch) -> tuple[Told, ...]:
    """An address for a name that cannot exist."""
    name = heard.name
    addresses = [r.rdata for r in heard.reply.answer if r.rdtype == "A"] if heard.reply else []
    if not addresses:
        return ()
    others = await asyncio.gather(
        *(hear(case, name, "A", watch, {"server": number}) for number in _others(case))
    )
    denied = any(each.reply and each.decides and not each.reply.answer for each in others)
    return (
        Told(
            whose=Blame.NETWORK,
            seen=f"the address {few(addresses)} for {name}, a name made up for this question"
            f" ({'proven: another name server denies it' if denied else 'suspected'})",
            expected="NXDOMAIN",
            fix="name a server that does not rewrite denials: one of the zone, or another resolver",
            explains=_ABSENCE,
            watch=watch,
        ),
    )


async def _strange(case: Case, watch: Watch) -> tuple[Told, ...]:
    """A reply that is to another question, although the right one can be had over TCP."""
    name = case.zone(case.keys[0], watch).name(case.target.majors[0])
    udp, tcp = await asyncio.gather(
        hear(case, name, "NAPTR", watch), hear(case, name, "NAPTR", watch, {"transport": "tcp"})
    )
    if not (udp.reply and udp.reply.mismatch and tcp.decides):
        return ()
    told = Told(
        whose=Blame.NETWORK,
        seen=f"over UDP a reply with another {udp.reply.mismatch}, over TCP the right one"
        " (suspected: somebody answers in the name server's place)",
        expected="replies with the identifier and the question of the query",
        fix="ask from another network, or over a way on which nobody answers in between",
        watch=watch,
    )
    return tuple(scoped(told, case.target))


async def _versions(case: Case, watch: Watch) -> tuple[_Version, ...]:
    """The first entry as each way to the zone gives it."""
    ways: dict[str, How] = {"over UDP": {}, "over TCP": {"transport": "tcp"}}
    ways |= {f"from name server {number + 1}": {"server": number} for number in _others(case)}
    found = await asyncio.gather(*(_version(case, way, how, watch) for way, how in ways.items()))
    return tuple(each for each in found if each is not None)


async def _version(case: Case, way: str, how: How, watch: Watch) -> _Version | None:
    name = case.zone(case.keys[0], watch).name(case.target.majors[0])
    heard = await hear(case, name, "NAPTR", watch, {**how, "dnssec_ok": True})
    if not heard.decides or heard.reply is None or "tc" in heard.reply.flags:
        return None
    rdatas = frozenset(record.rdata for record in entry(heard.reply))
    return _Version(way, rdatas, await _sound(case, heard, how, watch))


async def _sound(case: Case, heard: Heard, how: How, watch: Watch) -> bool | None:
    """Whether its signature verifies by the target's anchors; None: there is none to go by."""
    reply, anchors = heard.reply, case.target.zone_anchors
    if reply is None or not anchors or not entry(reply):
        return None
    now = case.session.observatory.clock()
    try:
        keys = [
            await hear(case, signer, "DNSKEY", watch, {**how, "dnssec_ok": True})
            for signer in signers(reply)
        ]
        for each in keys:
            if each.reply and any(r.rdtype == "DNSKEY" for r in each.reply.answer):
                verify_keys(each.reply, anchors, now=now)
                verify_answer(reply, each.reply, now=now)
                return True
    except Violation:
        return False
    return False if keys else None


def _differing(case: Case, versions: tuple[_Version, ...], watch: Watch) -> tuple[Told, ...]:
    """A version that does not verify beside one that does."""
    first = versions[0] if versions else None
    others = [each for each in versions if first and each.rdatas != first.rdatas]
    sound = next((each for each in others if each.sound), None)
    if first is None or sound is None or first.sound or not first.rdatas:
        return ()  # where no record comes at all, NAPTR is lost: that is another probe's
    told = Told(
        whose=Blame.NETWORK,
        seen=f"{sound.way} an answer whose signature verifies, {first.way} another one (proven by"
        f" DNSSEC): {few(sound.rdatas)}; {few(first.rdatas)}",
        expected="one answer on every way, signed by the zone",
        fix="do not believe this name server: name one of the zone, or another resolver",
        watch=watch,
    )
    return tuple(scoped(told, case.target))


def _agreement(versions: tuple[_Version, ...], server: str) -> str:
    if not versions:
        return f"no denial of {server} is rewritten; no entry was there to compare"
    ways = few(each.way for each in versions)
    if len({each.rdatas for each in versions}) > 1:
        return f"answers differ {ways}, and no signature tells which is right: DISC-19, DISC-41"
    proof = ", and its signature verifies" if all(each.sound for each in versions) else ""
    return f"one answer {ways}{proof}" if len(versions) > 1 else f"nothing odd {ways}{proof}"


def _others(case: Case) -> range:
    return range(1, 1 + len(case.target.other_nameservers))
