"""Arbitrary DNS messages: read or refused, judged or blocked, never a traceback, never a pass."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.adapters.dns import DnsResolver, Send
from harness.adapters.in_process import DirectFetcher
from harness.checks import Check
from harness.dns_message import DnsQuery, DnsReply
from harness.errors import Unreachable
from harness.model import Verdict
from harness.observatory import Observatory
from harness.proving import session
from harness.runner import Session, run
from mock_services.rehearsal import rehearsed
from suites.fuzz.material import FUZZ, MEMBERS, PLACES, Spoiled, checks_of, loop, spoiled

REHEARSAL = rehearsed(MEMBERS, None)
KEY = REHEARSAL.target.keys[0]
QUERY = DnsQuery("nl.eb.v1.cs.acc.oots.tech.ec.europa.eu", "NAPTR")
NEVER_READ = frozenset({Verdict.BLOCKED, Verdict.NOT_APPLICABLE, Verdict.FAILED, Verdict.WARNED})


def sends(octets: bytes, *, addressed: bool) -> Send:
    """A server that always says the same; under the identifier of the query, if addressed."""

    async def send(wire: bytes, _transport: str) -> bytes:
        return wire[:2] + octets[2:] if addressed else octets

    return send


def spoils(places: list[Spoiled]) -> Send:
    """The genuine server, each reply spoiled after the identifier."""

    async def send(wire: bytes, transport: str) -> bytes:
        reply = REHEARSAL.answer(wire, tcp=transport == "tcp")
        assert reply is not None
        return wire[:2] + spoiled(reply[2:], places)

    return send


def judged(check: Check, send: Send) -> Verdict:
    resolver = DnsResolver(send, others=[send])
    seen = Observatory(resolver, DirectFetcher(REHEARSAL.respond), REHEARSAL.clock, lambda _: None)
    result = loop().run(run(check, Session(REHEARSAL.target, seen), KEY))
    assert result.verdict is not Verdict.BROKEN, f"{check.id}: {result.detail}"
    return result.verdict


def test_the_server_that_is_spoiled_is_a_sound_one() -> None:
    opened = session(REHEARSAL, lambda _: None)
    verdicts = {loop().run(run(check, opened, KEY)).verdict for check in checks_of("zone")}

    assert verdicts <= {Verdict.PASSED, Verdict.NOT_APPLICABLE}


@FUZZ
@given(st.binary(max_size=120), st.booleans())
def test_any_octets_are_a_reply_or_none(octets: bytes, addressed: bool) -> None:  # noqa: FBT001
    try:
        reply = loop().run(DnsResolver(sends(octets, addressed=addressed)).ask(QUERY))
    except Unreachable:
        return
    assert isinstance(reply, DnsReply)


@FUZZ
@given(PLACES)
def test_a_spoiled_reply_is_a_reply_or_none(places: list[Spoiled]) -> None:
    try:
        reply = loop().run(DnsResolver(spoils(places)).ask(QUERY))
    except Unreachable:
        return
    assert isinstance(reply, DnsReply)


@FUZZ
@given(st.sampled_from(checks_of("zone")), st.binary(max_size=120))
def test_no_check_passes_on_octets_that_answer_nothing(check: Check, octets: bytes) -> None:
    assert judged(check, sends(octets, addressed=False)) in NEVER_READ


@FUZZ
@given(st.sampled_from(checks_of("zone")), st.binary(min_size=10, max_size=120))
def test_no_check_breaks_on_octets_under_the_right_identifier(check: Check, octets: bytes) -> None:
    judged(check, sends(octets, addressed=True))


@FUZZ
@given(st.sampled_from(checks_of("zone")), PLACES)
def test_no_check_breaks_on_a_spoiled_reply(check: Check, places: list[Spoiled]) -> None:
    judged(check, spoils(places))
