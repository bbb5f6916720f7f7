"""DNSSEC from both sides: what the mock signs verifies, and whatever was touched does not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import dns.dnssec
import dns.message
import dns.name
import dns.rdataclass
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.adapters.dns import DnsResolver, in_process_transport
from harness.dns_message import DnsQuery, DnsReply
from harness.dnssec import _denies, signers, verify_answer, verify_denial, verify_keys
from harness.errors import Unreachable, Violation
from mock_services.dns_zone import NameServer
from mock_services.dnssec import anchor
from mock_services.landscape import world_of
from mock_services.world import World, ZoneSigning
from mock_services.zone_text import APEX

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FI = f"fi.eb.v1.cs.acc.{APEX}"
ANCHORS = (anchor(APEX),)


def world(**changes: int | bool) -> World:
    signing = ZoneSigning(**changes)  # type: ignore[arg-type]
    return replace(world_of("FI"), clock=lambda: NOW, zone_signing=signing)


def asked(
    name: str, rdtype: str = "NAPTR", *, of: World | None = None, dnssec_ok: bool = True
) -> DnsReply:
    server = NameServer(of or world())
    resolver = DnsResolver(in_process_transport(server.answer))
    return asyncio.run(resolver.ask(DnsQuery(name, rdtype, dnssec_ok=dnssec_ok)))


KEYS = asked(APEX, "DNSKEY")
ANSWER = asked(FI)
DENIALS = {
    "no such name": f"qz.eb.v1.cs.acc.{APEX}",
    "nothing of this kind near": f"a.b.c.{APEX}",
    "before the first name": f"0.{APEX}",
    "after the last name": f"zz.{APEX}",
    "a name above names": f"eb.v1.cs.acc.{APEX}",
}


def test_what_the_mock_signs_verifies() -> None:
    verify_keys(KEYS, ANCHORS, now=NOW)
    verify_answer(ANSWER, KEYS, now=NOW)

    assert signers(ANSWER) == (APEX,)
    assert signers(asked(FI, dnssec_ok=False)) == ()


@pytest.mark.parametrize("name", DENIALS.values(), ids=DENIALS)
def test_what_is_not_there_is_denied_with_a_proof(name: str) -> None:
    reply = asked(name)

    verify_denial(reply, KEYS, now=NOW)

    assert not reply.answer


def test_a_type_that_is_not_there_is_denied_with_a_proof() -> None:
    verify_denial(asked(FI, "TXT"), KEYS, now=NOW)


def test_the_proof_of_another_name_denies_nothing() -> None:
    proof = replace(asked(f"qz.eb.v1.cs.acc.{APEX}"), query=DnsQuery(FI, "NAPTR"))

    with pytest.raises(Violation) as found:
        verify_denial(proof, KEYS, now=NOW)

    assert found.value.tag == "dnssec-denial-unproven"


@pytest.mark.parametrize(
    ("now", "tag"),
    [
        (NOW + timedelta(days=13, hours=12), None),
        (NOW + timedelta(days=13, hours=12, seconds=1), "dnssec-expired"),
        (NOW - timedelta(days=1, hours=12), None),
        (NOW - timedelta(days=1, hours=12, seconds=1), "dnssec-not-yet-valid"),
    ],
)
def test_a_signature_is_valid_to_the_second(now: datetime, tag: str | None) -> None:
    try:
        verify_answer(ANSWER, KEYS, now=now)
        found = None
    except Violation as violation:
        found = violation.tag

    assert found == tag


def test_the_key_of_a_stranger_is_unknown() -> None:
    keys = asked(APEX, "DNSKEY", of=world(stranger=True))

    with pytest.raises(Violation) as found:
        verify_keys(keys, ANCHORS, now=NOW)

    assert found.value.tag == "dnssec-key-unknown"


@pytest.mark.parametrize(
    "anchors", [(), (anchor("other.example."),), (f"{APEX} DS 1 13 1 {'ab' * 20}",)]
)
def test_anchors_that_say_nothing_about_the_zone_condemn_nothing(anchors: tuple[str, ...]) -> None:
    verify_keys(KEYS, anchors, now=NOW)


def test_an_answer_by_another_key_is_bogus() -> None:
    answer = asked(FI, of=world(stranger=True))

    with pytest.raises(Violation) as found:
        verify_answer(answer, KEYS, now=NOW)

    assert found.value.tag == "dnssec-bogus"


@given(at=st.integers(12, len(ANSWER.wire) - 1), to=st.integers(0, 255))
def test_no_changed_record_verifies(at: int, to: int) -> None:
    octets = bytearray(ANSWER.wire)
    octets[at] = to

    async def send(wire: bytes, _transport: str) -> bytes:
        return wire[:2] + bytes(octets[2:])

    try:
        reply = asyncio.run(DnsResolver(send).ask(ANSWER.query))
        verify_answer(reply, KEYS, now=NOW)
    except (Unreachable, Violation):
        return

    same = [r for r in reply.answer if r.naptr] == [r for r in ANSWER.answer if r.naptr]
    judged = any(r.naptr and r.name == ANSWER.answer[0].name for r in reply.answer)
    ttl_only = [r.rdata for r in reply.answer][:1] == [r.rdata for r in ANSWER.answer][:1]
    assert same or ttl_only or not judged


def test_nsec3_denies_by_hash() -> None:
    text = "1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY NS SOA NSEC3PARAM RRSIG"
    owner = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example."
    covering = dns.rrset.from_text(owner, 3600, dns.rdataclass.IN, "NSEC3", text)

    def denied(name: str, rdtype: str) -> bool:
        return _denies(covering, dns.name.from_text(name), rdtype)

    assert denied("a.c.x.w.example.", "A")  # RFC 5155, appendix B.1: covers c.x.w.example
    assert not denied("ns1.example.", "A")
    assert not denied("elsewhere.test.", "A")


def test_hashes_that_cost_too_much_deny_nothing() -> None:
    text = "1 0 65535 aabbccdd 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom A"
    owner = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example."
    covering = dns.rrset.from_text(owner, 3600, dns.rdataclass.IN, "NSEC3", text)

    assert not _denies(covering, dns.name.from_text("a.example."), "A")


def test_signed_replies_fit_into_a_datagram() -> None:
    sizes = [len(asked(name).wire) for name in (FI, APEX, *DENIALS.values())]

    assert max(sizes) <= 1232
