"""This machine's clock against those of the servers: whose is off is a question of who agrees.

A server tells the time in `Date`, and once more in the signing time of its answer. No other source
is asked than the servers that the target names.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from cryptography import x509

from harness.doctor.case import Case, place_of
from harness.doctor.told import DIRECTORIES, Skipped, Told, count, few, span, whom
from harness.errors import Unreachable
from harness.freshness import http_date
from harness.model import Blame, HttpResponse, ServiceKey
from harness.observatory import Watch
from harness.scouting import End, Errand, Trace
from harness.subjects.seal import Seal

TOLERANCE = 60.0
"""Seconds by which two clocks may differ: as much as the checks allow."""

OUT_OF_TIME = ("expired", "not yet valid")
"""How a client of TLS says that a certificate is not valid now."""

_DAY, _HOUR = 86_400.0, 3_600.0
_LATEST = 1e11

_BEHIND = (
    ("certificate-not-yet-valid", "tls-certificate-not-valid-now"),
    ((TOLERANCE, "iat-in-the-future"), (_HOUR, "dnssec-not-yet-valid")),
)
_AHEAD = (
    ("certificate-expired", "tls-certificate-not-valid-now"),
    (
        (_HOUR, "dnssec-expired"),
        (_HOUR, "signed-too-long-ago"),
        (_DAY, "certificate-expires-soon"),
        (_DAY, "outlives-certificate"),
    ),
)
"""The tags of certificates, and the others with the least skew in seconds that can cause them."""


@dataclass(frozen=True, slots=True)
class _Clock:
    """How far a server is ahead of this machine, by `Date` and by its signing time, in seconds.

    `certificates` are those that came with the answer, of TLS and of the signature.
    """

    host: str
    keys: tuple[ServiceKey, ...]
    ahead: float
    signed: float | None
    certificates: tuple[x509.Certificate, ...]
    blocked: bool

    @property
    def is_off(self) -> bool:
        """Whether it is further from ours than clocks may be."""
        return abs(self.ahead) > TOLERANCE


async def right(case: Case) -> tuple[Told, ...]:
    """This machine's clock agrees with those of the servers."""
    watch = Watch()
    clocks = await _clocks(case, watch)
    if not clocks:
        raise Skipped("no server said what time it is")
    off = [each for each in clocks if each.is_off]
    near = [each for each in clocks if not each.is_off]
    if not off:
        worst = max(1, round(max(abs(each.ahead) for each in clocks)))
        return (Told(seen=f"within {worst} s of {_servers(clocks)}", watch=watch),)
    if near:
        agree = f"{_servers(near)} and this machine agree"
        return tuple(_theirs(each, agree, watch) for each in off)
    if any(each.signed is not None and abs(each.signed) <= TOLERANCE for each in off):
        agree = "the signing times of its answers and this machine agree"
        return tuple(_theirs(each, agree, watch) for each in off)
    return (_ours(case, off, watch),)


async def skew(case: Case) -> float | None:
    """By how many seconds this machine is behind, where it is this machine's fault; else None."""
    clocks = await _clocks(case, Watch())
    if not clocks or any(told.whose is not Blame.CONFIGURATION for told in await right(case)):
        return None
    return _middle(clocks)


def _servers(clocks: Iterable[_Clock]) -> str:
    hosts = {each.host for each in clocks}
    return ", ".join(hosts) if len(hosts) == 1 else count(len(hosts), "server")


def _middle(clocks: Iterable[_Clock]) -> float:
    return median(each.ahead for each in clocks)


async def _clocks(case: Case, watch: Watch) -> tuple[_Clock, ...]:
    """What time it is by each answer that tells and that is not out of a cache."""
    found = await asyncio.gather(*(_clock(case, each, watch) for each in await case.answers(watch)))
    return tuple(each for each in found if each)


async def _clock(
    case: Case, asked: tuple[str, tuple[ServiceKey, ...], Trace], watch: Watch
) -> _Clock | None:
    """A server that is mistrusted because of the time is asked for it all the same."""
    root, keys, trace = asked
    place = place_of(root, keys)
    blocked = trace.end is End.MISTRUSTED and any(word in str(trace.why) for word in OUT_OF_TIME)
    if blocked:
        errand = Errand(trusting=True, request=case.question(root, keys[0]))
        trace = await case.visit(place, errand, watch)
    if trace.answer is None or trace.at is None or trace.answer.header("age"):
        return None
    date = http_date(trace.answer.header("date") or "")
    if date is None:
        return None
    issued, chain = _signed(trace.answer)
    return _Clock(
        place.host,
        keys,
        (date - trace.at).total_seconds(),
        None if issued is None else issued - trace.at.timestamp(),
        (*chain, *((trace.shown,) if trace.shown else ())),
        blocked,
    )


def _signed(answer: HttpResponse) -> tuple[float | None, tuple[x509.Certificate, ...]]:
    """The signing time that an answer states, and the certificates of its signature."""
    try:
        seal = Seal(answer)
        stated, chain = seal.header.get("iat"), seal.chain.certificates
    except Unreachable:
        return None, ()
    if isinstance(stated, int | float) and abs(stated) < _LATEST:
        return float(stated), chain
    return None, chain


def _theirs(clock: _Clock, agree: str, watch: Watch) -> Told:
    way = "ahead" if clock.ahead > 0 else "behind"
    return Told(
        whose=Blame.SUBJECT,
        seen=f"{clock.host} is {span(clock.ahead)} {way}; {agree}",
        expected=f"a Date within {TOLERANCE:.0f} s of the time",
        fix="tell its operator; CACHE-08 judges it",
        explains=("CACHE-08",),
        watch=watch,
        subjects=whom(clock.keys),
        about=few(clock.keys),
    )


def _ours(case: Case, clocks: Sequence[_Clock], watch: Watch) -> Told:
    ahead = _middle(clocks)
    alone = len({each.host for each in clocks}) == 1
    apart = any(abs(each.ahead - ahead) > TOLERANCE for each in clocks)
    doubt = "; if this machine is right, it is the server that is not" if alone else ""
    blocked = any(each.blocked for each in clocks)
    now = case.session.observatory.clock()
    return Told(
        whose=Blame.CONFIGURATION,
        seen=f"this machine is {span(ahead)} {'behind' if ahead > 0 else 'ahead of'}"
        f" {_servers(clocks)}{', which do not agree with each other' * apart}",
        expected=f"clocks within {TOLERANCE:.0f} s of each other",
        fix=f"set the clock of this machine, and have NTP keep it right{doubt}",
        explains=(*explained(ahead, clocks, now), *(DIRECTORIES if blocked else ())),
        fatal=blocked,
        watch=watch,
    )


def explained(ahead: float, clocks: Iterable[_Clock], now: datetime) -> tuple[str, ...]:
    """The tags that a clock of ours accounts for that is so many seconds behind.

    Certificates count where they are valid by the servers' time and not by ours.
    """
    then = now + timedelta(seconds=ahead)
    held = [each for clock in clocks for each in clock.certificates]
    decided = any(not is_valid(each, now) and is_valid(each, then) for each in held)
    of_certificates, others = _BEHIND if ahead > 0 else _AHEAD
    tags = [tag for least, tag in others if abs(ahead) >= least]
    return ("clock-off", *tags, *(of_certificates if decided else ()))


def is_valid(certificate: x509.Certificate, at: datetime) -> bool:
    """Whether a certificate is valid at an instant."""
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
