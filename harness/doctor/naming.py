"""Names of a file that the zone does not have: whether the zone lacks them, or the file is wrong.

Both look alike. What tells them apart is what the same name server does have: the entry under the
published name template, or entries of other Member States under the file's.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from harness.discovery import query_name
from harness.doctor.case import Case
from harness.doctor.resolving import hear, scoped
from harness.doctor.told import Told, few
from harness.model import Blame, ServiceKey
from harness.observatory import Watch
from harness.target_words import countries
from harness.zone_entries import PUBLISHED_TEMPLATE


async def misnamed(case: Case, watch: Watch) -> tuple[Told, ...]:
    """What is wrong with the template, or with the Member State; nothing where that is not known.

    Asked only where no service that is looked at has an entry for the first interface major.
    """
    template = case.target.template
    if any(await _each_has(case, template, watch, majors=case.target.majors)):
        return ()
    published = query_name(PUBLISHED_TEMPLATE, case.keys[0], case.target.majors[0])
    is_published = query_name(template, case.keys[0], case.target.majors[0]) == published
    if not is_published and any(await _each_has(case, PUBLISHED_TEMPLATE, watch)):
        told = _ours(
            f"no entry under the template {template}, but one under the published template, such as"
            f" {published} (proven)",
            f"write the published template, {PUBLISHED_TEMPLATE}, or leave it out of the file",
            watch,
        )
        return tuple(scoped(told, case.target))
    others = await _others(case, watch)
    states = few(dict.fromkeys(key.member_state for key in case.target.keys))
    if len(others) == 1:
        seen = f"no entry of {states}, and entries of {others[0]} alone (suspected)"
        fix = f"check member_states in the file; if {states} is right, its entry is not there yet"
    elif not others and not is_published:
        seen = f"no entry of any Member State under the template {template} (suspected)"
        fix = "check template and name server in the file; if both are right, no entry is there yet"
    else:
        return ()
    told = _ours(seen, fix, watch)
    return tuple(replace(each, fatal=False) for each in scoped(told, case.target))


def _ours(seen: str, fix: str, watch: Watch) -> Told:
    return Told(
        whose=Blame.CONFIGURATION,
        seen=seen,
        expected="an entry at the names that the file makes",
        fix=fix,
        watch=watch,
    )


async def _each_has(
    case: Case, template: str, watch: Watch, *, majors: tuple[int, ...] | None = None
) -> list[bool]:
    names = (
        query_name(template, key, major)
        for key in case.keys
        for major in majors or case.target.majors[:1]
    )
    return await asyncio.gather(*(_is_there(case, name, watch) for name in names))


async def _others(case: Case, watch: Watch) -> list[str]:
    """The other Member States that have an entry of the first service that is looked at."""
    own = {key.member_state for key in case.target.keys}
    keys = [replace(case.keys[0], member_state=each) for each in countries() if each not in own]
    found = await asyncio.gather(*(_is_there(case, _named(case, key), watch) for key in keys))
    return [key.member_state for key, there in zip(keys, found, strict=True) if there]


def _named(case: Case, key: ServiceKey) -> str:
    return query_name(case.target.template, key, case.target.majors[0])


async def _is_there(case: Case, name: str, watch: Watch) -> bool:
    reply = (await hear(case, name, "NAPTR", watch)).reply
    return reply is not None and any(record.naptr for record in reply.answer)
