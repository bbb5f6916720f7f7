"""What the fuzzing starts from: genuine messages of the landscape, and ways to spoil them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from harness.checks import SPECIMENS, Check, catalogue
from harness.errors import NotApplicable
from harness.model import HttpResponse, Verdict
from harness.observatory import Watch
from harness.proving import session
from harness.runner import run_captured
from harness.subjects.answer import Answer
from harness.subjects.directory import Directory
from mock_services.rehearsal import rehearsed

MEMBERS = ("NL",)
"""The smallest landscape that has every kind of answer."""

FUZZ = settings(
    max_examples=int(os.environ.get("OOTS_FUZZ_EXAMPLES", "50")),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

Spoiled = tuple[int, int, bytes]
"""A place, as a share of the whole in thousandths, how much goes there, and what comes instead."""

PLACES: st.SearchStrategy[list[Spoiled]] = st.lists(
    st.tuples(st.integers(0, 999), st.integers(0, 40), st.binary(max_size=12)),
    min_size=1,
    max_size=4,
)

_Value = TypeVar("_Value")


def spoiled(octets: bytes, places: Sequence[Spoiled]) -> bytes:
    """Some octets with parts of them cut out and others put in."""
    for share, length, new in places:
        at = len(octets) * share // 1000
        octets = octets[:at] + new + octets[at + length :]
    return octets


@cache
def loop() -> asyncio.Runner:
    """The one event loop of the process: to begin one for each example would cost the most."""
    return asyncio.Runner()


@cache
def answers() -> tuple[Answer, ...]:
    """One genuine answer of each kind that both services of a Member State give."""
    opened = session(rehearsed(MEMBERS, None), lambda _: None)
    found = []
    for key in opened.target.keys:
        directory = Directory(key, opened.target, opened.observatory, Watch())
        for kind in SPECIMENS[key.service]:
            try:
                found.append(loop().run(directory.answer(kind)))
            except NotApplicable:
                continue
    return tuple(found)


def checks_of(subject: str, *chapters: str) -> tuple[Check, ...]:
    """The checks of a subject, in some chapters or in all."""
    return tuple(
        check
        for check in catalogue()
        if check.subject == subject and check.chapter in (chapters or (check.chapter,))
    )


def verdict_of(check: Check, answer: Answer) -> tuple[Verdict, str]:
    """What a check says of an answer, and why."""
    result = at_once(run_captured(check, answer, "x1"))
    return result.verdict, f"{check.id} {result.tag or result.detail}"


def changed(answer: Answer, **parts: Any) -> Answer:
    """An answer with parts of its response changed; the octets that came are no longer known."""
    response: HttpResponse = replace(answer.response, octets=None, **parts)
    return replace(answer, response=response)


def at_once(waiting: Coroutine[Any, Any, _Value]) -> _Value:
    """The result of a coroutine that waits for nothing."""
    try:
        waiting.send(None)
    except StopIteration as done:
        value: _Value = done.value
        return value
    raise AssertionError("it waits for something")
