"""Whether what answers is a Common Service at all, and the one that was looked for.

A service has many marks: its media type, its root element, its signature. One that has a single one
of them is a service, perhaps with flaws, and those are for the checks; one with none is no service.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from harness import jades
from harness.doctor import arrival
from harness.doctor.case import Case, gathered, place_of
from harness.doctor.told import DIRECTORIES, Skipped, Told, count, few, whom
from harness.lookup import MEDIA_TYPE
from harness.model import Blame, HttpResponse, ServiceKey
from harness.observatory import Watch
from harness.scouting import End, Step, Trace

_RESPONSE = re.compile(rb"<(?:[\w.-]+:)?QueryResponse[\s>]")
_REGREP = b"urn:oasis:names:tc:ebxml-regrep"
_HTML = re.compile(rb"<(?:!doctype html|html)[\s>]", re.IGNORECASE)
_CODE = re.compile(rb"""code=["'](EB|DSD):ERR:""")
_START = 8192
_LOCKED, _BAD = (401, 403), 400
_MOVED = range(300, 400)

_Asked = tuple[str, tuple[ServiceKey, ...], Trace]
"""A base URL, whose it is, and what came of the plainest question there."""


async def is_oots(case: Case) -> tuple[Told, ...]:
    """The servers answer as Common Services do."""
    watch = Watch()
    answers = await case.answers(watch)
    if all(trace.answer is None and trace.failed is not Step.ANSWER for _, _, trace in answers):
        raise Skipped("no server comes to answer")
    found = await asyncio.gather(*(_foreign(case, *each) for each in answers))
    return gathered(found) or (Told(seen=_those_that_answer(answers), watch=watch),)


def _those_that_answer(answers: Sequence[_Asked]) -> str:
    """How many services answer at how many servers, and how many do not."""
    heard = [(root, keys) for root, keys, trace in answers if trace.answer]
    answering = sum(len(keys) for _, keys in heard)
    mute = sum(len(keys) for _, keys, _ in answers) - answering
    servers = count(len({place_of(root, keys).host for root, keys in heard}), "server")
    rest = f"; {mute} more could not be asked, see the probes above" if mute else ""
    return f"{count(answering, 'service')} at {servers}{rest}"


async def _foreign(
    case: Case, root: str, keys: tuple[ServiceKey, ...], trace: Trace
) -> Told | None:
    """What answers in place of the service; None where it is one, or nothing answers."""
    watch = Watch()
    await case.answer(root, keys, watch)
    answer = trace.answer
    given = any(key in case.target.roots for key in keys)
    whose = Blame.CONFIGURATION if given else Blame.SUBJECT
    where = "in the file" if given else "that DNS leads to"
    fix = f"check the base URL {where}; a query is /rest/search appended to it"
    if answer is None:
        return _speechless(root, keys, trace, watch)
    if is_service(answer):
        other = _other(answer, keys)
        if other is None:
            return None
        seen = f"{root}, given for {keys[0].service.upper()}, answers as {other.upper()}"
        expected = f"answers of the service {keys[0].service.upper()}"
    elif answer.status in arrival.GATEWAY:
        return None  # told with the long header
    else:
        seen, expected = f"{root}: {described(answer)}", f"an answer in {MEDIA_TYPE}"
    if _is_locked(answer) and not is_service(answer):
        fix = "give what the service asks for: a client certificate, or a header field"
    return Told(
        whose=whose,
        seen=seen,
        expected=expected,
        fix=fix,
        explains=DIRECTORIES,
        fatal=True,
        watch=watch,
        subjects=whom(keys),
        about=few(keys),
    )


def _is_locked(answer: HttpResponse) -> bool:
    """Whether it wants to know who asks; nginx answers 400 where it lacks a certificate."""
    told = answer.body[:_START].lower()
    return answer.status in _LOCKED or (answer.status == _BAD and b"certificate" in told)


def _speechless(root: str, keys: tuple[ServiceKey, ...], trace: Trace, watch: Watch) -> Told | None:
    """TLS is up, and no answer comes; what ends before is another probe's."""
    if trace.failed is not Step.ANSWER or trace.end is End.DECLINED:
        return None
    return Told(
        whose=Blame.SUBJECT,
        seen=f"{root}: {trace.why}",
        expected="an answer",
        fix="ask its operator; a service that is merely slow needs a longer time-out, and one that"
        " wants a client certificate may end the connection like this",
        explains=DIRECTORIES,
        watch=watch,
        subjects=whom(keys),
        about=few(keys),
    )


def is_service(answer: HttpResponse) -> bool:
    """Whether an answer has any of the marks of a Common Service."""
    media = (answer.header("content-type") or "").lower().startswith(MEDIA_TYPE)
    start = answer.body[:_START]
    named = _REGREP in start and bool(_RESPONSE.search(start))
    return media or named or bool(answer.values(jades.SIGNATURE_FIELD))


def _other(answer: HttpResponse, keys: tuple[ServiceKey, ...]) -> str | None:
    """The service by whose error codes it answers, where that is the other one."""
    code = _CODE.search(answer.body[:_START])
    said = code[1].decode().lower() if code else None
    return said if said and said not in {key.service for key in keys} else None


def described(answer: HttpResponse) -> str:
    """What an answer is that is none of a Common Service."""
    start = answer.body[:_START]
    media = answer.header("content-type") or "no content type"
    if answer.status in _MOVED:
        return f"status {answer.status}, which leads to {answer.header('location') or 'nowhere'}"
    if _HTML.search(start):
        return f"status {answer.status} with a web page ({media})"
    if _REGREP in start:
        return f"status {answer.status} with RegRep that is no QueryResponse ({media})"
    return f"status {answer.status} with {len(answer.body)} octets of {media}"
