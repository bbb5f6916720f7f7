"""Whether a denial is the zone's: who has never heard of a zone denies all its names as well.

A resolver of a closed network has a root of its own, or none. What tells it from the zone is the
SOA: a denial shows whose it is, and the zone's, or that of a zone above it, is none of the root.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from harness.discovery import same_name, trail
from harness.doctor.case import Case
from harness.doctor.resolving import Heard, hear
from harness.doctor.told import Told
from harness.model import Blame, Target
from harness.observatory import Watch
from harness.zone_entries import PUBLISHED_TEMPLATE, origin_of

_OF_A_REGISTRY = 1
"""Labels of a top-level domain: who denies in its name has not come to the zone."""


async def knows_zone(case: Case, heard: Sequence[Heard], watch: Watch) -> bool:
    """Whether the name server has come to the zone, or to one above it, in what is heard or asked.

    Whoever leaves the SOA out of denials, against the rules, still gives it where it is asked for.
    Where something is not heard at all, nothing is said against it.
    """
    least = _least(case.target)
    if not all(each.decides for each in heard) or any(_shows(each, least) for each in heard):
        return True
    above = _above(same_name(heard[0].name), least)
    asked = await asyncio.gather(*(hear(case, name, "SOA", watch) for name in above))
    return any(_shows(each, least) for each in asked)


def _least(target: Target) -> int:
    """Labels that a zone has at least; a template may be under a top-level domain of its own."""
    fixed = same_name(origin_of(target.template) or "")
    return min(_OF_A_REGISTRY + 1, fixed.count(".") + 1)


def _above(name: str, least: int) -> list[str]:
    labels = name.split(".")
    return [".".join(labels[start:]) for start in range(1, len(labels) - least + 1)]


def _shows(heard: Heard, least: int) -> bool:
    """Whether a reply carries the SOA of a zone that its name, or where that leads, can be in."""
    reply = heard.reply
    if reply is None or not heard.decides:
        return False
    places = {place for name in trail(reply) for place in (name, *_above(name, least))}
    records = (*reply.answer, *reply.authority)
    owners = {same_name(record.name) for record in records if record.rdtype == "SOA"}
    return bool(owners & places)


def unknown_zone(target: Target, heard: Heard, watch: Watch) -> Told:
    """A name server that denies what it does not know."""
    zone = same_name(origin_of(target.template) or target.template)
    who = "this resolver" if target.by_resolver else "this name server"
    own = same_name(origin_of(PUBLISHED_TEMPLATE) or "") == zone
    spelling = "" if own else "; check the template in the file too"
    return Told(
        whose=Blame.NETWORK if target.by_resolver else Blame.CONFIGURATION,
        seen=f"{who} does not know the zone: {heard.name} is denied ({_in_whose_name(heard)}), and"
        f" no SOA of {zone} or of a zone above it is to be had",
        expected=f"the entry, or a denial with the SOA of {zone} or of a zone above it",
        fix="ask the operator of the network for a resolver that reaches the internet, or give the"
        f" zone's own name server{spelling}",
        watch=watch,
    )


def _in_whose_name(heard: Heard) -> str:
    records = heard.reply.authority if heard.reply else ()
    owner = next((record.name for record in records if record.rdtype == "SOA"), None)
    if owner is None:
        return "without an SOA"
    return f"with the SOA of {owner if owner in ('.', '') else same_name(owner)}"
