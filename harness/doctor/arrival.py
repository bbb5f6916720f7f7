"""What arrives of an answer: whether it is one of a Common Service, whole, and as it was sent.

Where a second way leads around the proxy, the two answers are compared; that proves who changes
them. Without it there are only marks, and what could be the service's own is left to the checks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

from harness import jades
from harness.doctor import interception
from harness.doctor.case import Case, gathered, place_of
from harness.doctor.told import DIRECTORIES, Skipped, Told, few, ids, whom
from harness.errors import Violation
from harness.model import Blame, HttpResponse, ServiceKey
from harness.observatory import Watch
from harness.scouting import Errand, Step, Trace

GATEWAY = frozenset({413, 431, 494, 502, 503, 504})
"""What a proxy answers by itself, for instance to a header that it cannot take."""

LONGER = 64
"""Octets by which two signature fields may differ: each is made anew, and as long as the other."""

_OF_FIELDS = {
    "cache-control": (*ids("CACHE", 1, 6), "CACHE-13", "CACHE-14", "CACHE-15", "CACHE-26"),
    "content-encoding": ("SIG-03", "SIG-28", "LOOK-01"),
    "content-type": ("LOOK-03", "LOOK-49"),
    "digest": ("SIG-*",),
    "etag": ("CACHE-09", "CACHE-10", *ids("CACHE", 16, 20), "CACHE-23", "CACHE-24"),
    "last-modified": ("CACHE-09", "CACHE-10", "CACHE-11", "CACHE-17"),
    "vary": ("CACHE-12", "CACHE-29"),
}
_OF_PROXIES = ("via", "x-cache", "x-squid-error")
"""Fields by which a proxy signs what it has passed on; caches of the service's own do so too."""

_OF_BODY = ("SIG-03", "SIG-27", "SIG-28", "SIG-51", "SIG-53", "LOOK-01", "LOOK-49", "LOOK-87")
"""The checks that see it when a field, or the body, is changed on the way."""

_Asked = tuple[str, tuple[ServiceKey, ...], Trace]


async def long_header(case: Case) -> tuple[Told, ...]:
    """The signature field arrives, which is longer than many a proxy takes."""
    watch = Watch()
    answers = await case.answers(watch)
    found = await asyncio.gather(*(_header(case, each) for each in answers))
    lengths = [_length(trace.answer) for _, _, trace in answers if trace.answer]
    troubles = gathered(found)
    if not (troubles or lengths):
        raise Skipped("no answer arrives")
    if troubles:
        return troubles
    if not any(lengths):
        raise Skipped("no answer is signed; SIG-04 judges that")
    return (Told(seen=f"{max(lengths)} octets of {jades.SIGNATURE_FIELD}", watch=watch),)


async def _header(case: Case, asked: _Asked) -> Told | None:
    root, keys, trace = asked
    watch = Watch()
    await case.answer(root, keys, watch)
    arrived = _length(trace.answer)
    lost = trace.failed is Step.ANSWER or _is_of_gateway(trace.answer)
    around = await _around(case, asked, watch)
    sent = _length(around)
    if sent > arrived + LONGER:
        seen = f"{_described(trace)}; around the proxy {sent} octets arrive (proven)"
        return _told(seen, keys, watch, whose=Blame.NETWORK, lost=lost)
    if trace.answer and not arrived and around is None and await _is_between(case, asked, watch):
        seen = f"{_described(trace)}; no way around the proxy can be had (suspected)"
        return _told(seen, keys, watch, whose=Blame.NETWORK, lost=lost)
    if _is_of_gateway(trace.answer):
        return _told(_described(trace), keys, watch, whose=Blame.SUBJECT, lost=True)
    return None


def _told(
    seen: str, keys: tuple[ServiceKey, ...], watch: Watch, *, whose: Blame, lost: bool
) -> Told:
    who = "have the proxy"
    if whose is Blame.SUBJECT:
        who = "see that the service is up, then have the proxy in front of it"
    return Told(
        whose=whose,
        seen=seen,
        expected=f"an answer with {jades.SIGNATURE_FIELD}, whose real length is 8.4 kB",
        fix=f"{who} take header fields of 16 kB (nginx: proxy_buffer_size 16k; Varnish:"
        " http_resp_hdr_len=16k; Squid: reply_header_max_size 64 KB)",
        explains=DIRECTORIES if lost else ("SIG-*", "CACHE-20"),
        fatal=lost,
        watch=watch,
        subjects=whom(keys),
        about=few(keys),
    )


async def _is_between(case: Case, asked: _Asked, watch: Watch) -> bool:
    """Whether somebody on the way could have changed an answer: who only tunnels TLS cannot."""
    root, keys, trace = asked
    if case.target.reach.proxy and trace.answer and _marks(trace.answer, _OF_PROXIES):
        return True
    return bool(await interception.marks(case, place_of(root, keys), watch))


def _is_of_gateway(answer: HttpResponse | None) -> bool:
    return answer is not None and answer.status in GATEWAY


def _length(answer: HttpResponse | None) -> int:
    """Octets of the signature field's value; 0 where there is none."""
    return len(", ".join(answer.values(jades.SIGNATURE_FIELD))) if answer else 0


def _marks(answer: HttpResponse, names: Iterable[str] = (*_OF_PROXIES, "server")) -> str:
    """How a server, or a proxy, signs what it has made or passed on."""
    return ", ".join(f"{n.title()}: {v}" for n in names for v in answer.values(n))


def _described(trace: Trace) -> str:
    answer = trace.answer
    if answer is None:
        return f"no answer ({trace.why})"
    marks = _marks(answer)
    who = f" with {marks}" if marks else ""
    length = _length(answer)
    held = f"{length} octets of {jades.SIGNATURE_FIELD}" if length else "no signature"
    return f"{held}, in an answer of status {answer.status}{who}"


async def _around(case: Case, asked: _Asked, watch: Watch) -> HttpResponse | None:
    """What arrives on the way around the proxy; None where there is no such way."""
    root, keys, trace = asked
    if case.target.reach.proxy is None or trace.failed not in (None, Step.ANSWER):
        return None
    errand = Errand(around=True, request=case.question(root, keys[0]))
    return (await case.visit(place_of(root, keys), errand, watch)).answer


async def unchanged(case: Case) -> tuple[Told, ...]:
    """The body arrives as its digest says, and the fields as they were sent."""
    watch = Watch()
    answers = [each for each in await case.answers(watch) if each[2].answer]
    if not answers:
        raise Skipped("no answer arrives")
    found = await asyncio.gather(*(_changed(case, each) for each in answers))
    covered = [covers(trace.answer) for _, _, trace in answers if trace.answer]
    troubles = gathered(found)
    if troubles:
        return troubles
    if not any(each is not None for each in covered):
        raise Skipped("no answer states a digest; SIG-01 judges that")
    if False in covered:
        note = "a digest that is not the body's, and no second way to compare; SIG-03 judges that"
        return (Told(seen=note, watch=watch),)
    return (Told(seen="the body is the one that its digest was made of", watch=watch),)


async def _changed(case: Case, asked: _Asked) -> Told | None:
    root, keys, trace = asked
    watch = Watch()
    await case.answer(root, keys, watch)
    around = await _around(case, asked, watch)
    if trace.answer is None or _is_of_gateway(trace.answer):
        return None
    if around is None:
        return await _doubtful(case, asked, watch)
    if around.status != trace.answer.status:
        return None
    fields = tuple(_altered(trace.answer, around))
    body = covers(trace.answer) is False and covers(around) is True
    if not (body or fields):
        return None
    what = [*(("the body",) if body else ()), *(f"the field {name}" for name in fields)]
    explains = [*(_OF_BODY if body else ()), *(c for n in fields for c in _OF_FIELDS[n])]
    return Told(
        whose=Blame.NETWORK,
        seen=f"the proxy changes {few(what)}; around it, all arrives as it was sent (proven)",
        expected="answers that pass through the proxy unchanged (no-transform)",
        fix="have the proxy leave answers of this host alone: no compression, no rewriting",
        explains=tuple(dict.fromkeys(explains)),
        watch=watch,
        subjects=whom(keys),
        about=few(keys),
    )


async def _doubtful(case: Case, asked: _Asked, watch: Watch) -> Told | None:
    """A body that is not the stated one, where it could have been changed on the way."""
    _, keys, trace = asked
    if trace.answer is None or covers(trace.answer) is not False:
        return None
    if not await _is_between(case, asked, watch):
        return None
    return Told(
        whose=Blame.NETWORK,
        seen="a body that is not the one its digest was made of, from somebody who makes TLS anew"
        " on the way; around that nothing can be had (suspected)",
        expected="answers that arrive as they were sent",
        fix="go around the interceptor, or have it leave answers of this host alone",
        explains=(*_OF_BODY, *DIRECTORIES),
        watch=watch,
        subjects=whom(keys),
        about=few(keys),
    )


def _altered(arrived: HttpResponse, sent: HttpResponse) -> Iterator[str]:
    """The fields that say something else, of those that matter."""
    for name in _OF_FIELDS:
        if arrived.values(name) != sent.values(name):
            yield name


def covers(answer: HttpResponse) -> bool | None:
    """Whether the stated digest is the body's; None where none can be read."""
    try:
        return jades.is_of(
            jades.digest_octets(jades.digest_text(jades.digest_field(answer))), answer.body
        )
    except Violation:
        return None
