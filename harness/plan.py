"""What a run would ask, and of whom: told before anything is sent.

The checks are put to a stand-in, the embedded landscape in this process, and every exchange that
they make of it is told in the target's words. It is what a sound system would be asked; one that
fails may be asked a little less, or more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from harness.checks import Check
from harness.dns_message import DnsQuery
from harness.execution import ASKED_IN
from harness.extensions import landscape
from harness.model import Environment, ServiceKey, Target
from harness.plan_stand_in import Notes, Role, StandIn
from harness.plan_words import PlannedExchange, Question, Saying
from harness.requirements import CURRENT_PROFILE
from harness.runner import Session, run

__all__ = ["PlannedExchange", "Prepare", "planned_exchanges"]

Prepare = Callable[[Session], Awaitable[Target]]
"""What a run does before its checks: the target, with all that was learned of it."""

Heard = dict[Saying, tuple[int, dict[str, None]]]
"""How often something is said, and which checks look at the answer."""


def planned_exchanges(
    target: Target,
    checks: Sequence[Check],
    *,
    keys: Sequence[ServiceKey] | None = None,
    profile: str = CURRENT_PROFILE,
    prepare: Prepare | None = None,
) -> tuple[PlannedExchange, ...]:
    """Every exchange of a run, in the order of their first time; nothing is sent.

    `keys` are the subjects that are selected, None: all. `prepare` is what the run does first.
    What several subjects need is asked once, unless it is asked anew on purpose.
    """
    standing = StandIn(target, landscape(), learns=prepare is not None)
    heard: Heard = {}
    for key in target.keys if keys is None else keys:
        for part, as_is in _parts(key, checks):
            rehearsed = _rehearsed(standing.of(key, as_is=as_is), part, profile, prepare)
            for saying, (times, looking) in asyncio.run(rehearsed).items():
                before, known = heard.get(saying, (1, {}))
                heard[saying] = before + times - 1, known | looking
    return tuple(
        PlannedExchange(
            each.protocol, each.peer, each.what, each.how, times, tuple(looking), each.through
        )
        for each, (times, looking) in heard.items()
    )


def _parts(key: ServiceKey, checks: Sequence[Check]) -> tuple[tuple[tuple[Check, ...], bool], ...]:
    """Checks that are put together, and whether to the subject's own environment.

    A directory is played in acceptance, where it is known what to ask for; the zone as it is.
    """
    asked = tuple(check for check in checks if key.service in check.services)
    if key.environment is Environment.ACC:
        return ((asked, True),)
    of_zone = tuple(check for check in asked if check.subject == "zone")
    return (of_zone, True), (tuple(check for check in asked if check not in of_zone), False)


async def _rehearsed(
    played: Role, checks: Sequence[Check], profile: str, prepare: Prepare | None
) -> Heard:
    """What one subject is asked, and how often."""
    notes = Notes()
    session = Session(played.target, played.observatory(notes), ASKED_IN[profile])
    if prepare is not None:
        session = replace(session, target=await prepare(session))
    looking: dict[str, dict[str, None]] = {}
    for check in checks:
        for exchange in (await run(check, session, played.key)).evidence:
            looking.setdefault(exchange, {})[check.id] = None
    words = await played.words()
    put: set[Question] = set()  # two names of the stand-in may be one of the target
    heard: Heard = {}
    for exchange, question in notes.questions.items():
        saying = words.said(question)
        if saying is not None:
            times, known = heard.get(saying, (0, {}))
            again = isinstance(question, DnsQuery) and question not in put and times
            heard[saying] = times + (not again), known | looking.get(exchange, {})
        put.add(question)
    return heard
