"""What DNSSEC must not be content with: aliases, strangers, proofs that are none."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.rdataclass
import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from dns.dnssectypes import Algorithm

from harness.adapters.dns import DnsResolver
from harness.dns_message import DnsQuery, DnsReply
from harness.dnssec import _denies, verify_answer, verify_denial, verify_keys
from harness.errors import Violation

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ZONE = dns.name.from_text("zone.example.")
KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())
DNSKEY = dns.dnssec.make_dnskey(KEY.public_key(), Algorithm.ECDSAP256SHA256)
ENTRY = '10 10 "U" "" "!.*!https://a.example!" .'


def rrset(name: str, rdtype: str, text: str) -> dns.rrset.RRset:
    return dns.rrset.from_text(f"{name}.", 300, dns.rdataclass.IN, rdtype, text)


def sealed(
    records: dns.rrset.RRset, *, key: ec.EllipticCurvePrivateKey = KEY
) -> tuple[dns.rrset.RRset, dns.rrset.RRset]:
    """A record set, and the zone's signature over it."""
    made = dns.dnssec.sign(
        records,
        key,
        ZONE,
        DNSKEY,
        inception=NOW - timedelta(1),
        expiration=NOW + timedelta(1),
    )
    return records, dns.rrset.from_rdata(records.name, 300, made)


def reply(
    query: DnsQuery,
    *answer: dns.rrset.RRset,
    authority: tuple[dns.rrset.RRset, ...] = (),
) -> DnsReply:
    async def send(wire: bytes, _transport: str) -> bytes:
        message = dns.message.make_response(dns.message.from_wire(wire))
        message.flags |= dns.flags.AA
        message.answer, message.authority = list(answer), list(authority)
        return message.to_wire()

    return asyncio.run(DnsResolver(send).ask(query))


def keys() -> DnsReply:
    return reply(
        DnsQuery("zone.example", "DNSKEY", dnssec_ok=True),
        *sealed(dns.rrset.from_rdata(ZONE, 300, DNSKEY)),
    )


ASKED = DnsQuery("a.zone.example", "NAPTR", dnssec_ok=True)
ALIAS = sealed(rrset("a.zone.example", "CNAME", "b.zone.example."))
GAP = rrset("b.zone.example", "NSEC", "d.zone.example. A RRSIG NSEC")


def tag_of(found: pytest.ExceptionInfo[Violation]) -> str:
    return found.value.tag


def test_what_an_alias_leads_to_is_judged() -> None:
    entry = rrset("b.zone.example", "NAPTR", ENTRY)

    verify_answer(reply(ASKED, *ALIAS, *sealed(entry)), keys(), now=NOW)
    with pytest.raises(Violation) as found:
        verify_answer(reply(ASKED, *ALIAS, entry), keys(), now=NOW)

    assert tag_of(found) == "dnssec-signature-missing"


def test_a_signer_outside_the_zone_is_none() -> None:
    foreign = sealed(rrset("a.other.example", "NAPTR", ENTRY))
    query = DnsQuery("a.other.example", "NAPTR", dnssec_ok=True)

    with pytest.raises(Violation, match="by the zone that it is in") as found:
        verify_answer(reply(query, *foreign), keys(), now=NOW)

    assert tag_of(found) == "dnssec-bogus"


def test_the_keys_are_found_wherever_they_stand_in_the_answer() -> None:
    own, signature = sealed(dns.rrset.from_rdata(ZONE, 300, DNSKEY))
    query = DnsQuery("zone.example", "DNSKEY", dnssec_ok=True)

    verify_keys(reply(query, signature, own), (), now=NOW)


@pytest.mark.parametrize(
    ("digest", "size", "known"), [(1, 20, False), (2, 32, True), (3, 32, False), (4, 48, True)]
)
def test_an_anchor_by_sha_256_or_sha_384_counts(digest: int, size: int, known: bool) -> None:  # noqa: FBT001 -- a column
    anchor = f"zone.example. DS 1 13 {digest} {'ab' * size}"

    if not known:
        verify_keys(keys(), (anchor,), now=NOW)
        return
    with pytest.raises(Violation) as found:
        verify_keys(keys(), (anchor,), now=NOW)
    assert tag_of(found) == "dnssec-key-unknown"


def test_one_of_several_anchors_is_enough() -> None:
    right = dns.dnssec.make_ds(ZONE, DNSKEY, "SHA384").to_text()

    verify_keys(
        keys(),
        (f"zone.example. DS 1 13 2 {'ab' * 32}", f"zone.example. DS {right}"),
        now=NOW,
    )


def test_an_alias_whose_end_is_denied_is_denied() -> None:
    alias = sealed(rrset("a.zone.example", "CNAME", "c.zone.example."))

    verify_denial(reply(ASKED, *alias, authority=sealed(GAP)), keys(), now=NOW)


def test_a_proof_that_another_key_signed_is_none() -> None:
    query = DnsQuery("c.zone.example", "NAPTR", dnssec_ok=True)
    soa = sealed(rrset("zone.example", "SOA", "ns. host. 1 2 3 4 5"))

    verify_denial(reply(query, authority=(*soa, *sealed(GAP))), keys(), now=NOW)
    with pytest.raises(Violation, match="seen none") as found:
        verify_denial(reply(query, authority=(*soa, *sealed(GAP, key=OTHER))), keys(), now=NOW)

    assert tag_of(found) == "dnssec-denial-unproven"


@pytest.mark.parametrize(
    ("name", "rdtype", "denied"),
    [
        ("b.zone.example", "A", False),
        ("b.zone.example", "NAPTR", True),
        ("c.zone.example", "A", True),
        ("d.zone.example", "A", False),
        ("a.zone.example", "A", False),
        ("e.zone.example", "A", False),
    ],
)
def test_a_gap_denies_what_lies_in_it(name: str, rdtype: str, denied: bool) -> None:  # noqa: FBT001 -- a column
    assert _denies(GAP, dns.name.from_text(name), rdtype) is denied


@pytest.mark.parametrize(
    ("name", "denied"),
    [
        ("x.zone.example", True),
        ("a.zone.example", True),
        ("b.zone.example", False),
        ("c.zone.example", False),
        ("w.zone.example", False),
    ],
)
def test_the_last_gap_leads_round_to_the_start(name: str, denied: bool) -> None:  # noqa: FBT001 -- a column
    last = rrset("w.zone.example", "NSEC", "b.zone.example. A RRSIG NSEC")

    assert _denies(last, dns.name.from_text(name), "A") is denied


@pytest.mark.parametrize(
    ("rdtype", "denied"),
    [("A", False), ("NSEC", False), ("CAA", False), ("TYPE40", True), ("TYPE258", True)],
)
def test_types_are_read_from_every_part_of_the_bitmap(rdtype: str, denied: bool) -> None:  # noqa: FBT001 -- a column
    record = rrset("b.zone.example", "NSEC", "d.zone.example. A RRSIG NSEC CAA")

    assert _denies(record, dns.name.from_text("b.zone.example"), rdtype) is denied


def test_the_only_name_of_a_zone_denies_all_others() -> None:
    alone = rrset("zone.example", "NSEC", "zone.example. SOA NS RRSIG NSEC")

    assert _denies(alone, dns.name.from_text("a.zone.example"), "A")
    assert _denies(alone, dns.name.from_text("zone.example"), "A")
    assert not _denies(alone, dns.name.from_text("zone.example"), "NS")


@pytest.mark.parametrize(("algorithm", "rounds", "denied"), [(1, 500, True), (1, 501, False)])
def test_hashes_of_more_than_five_hundred_rounds_deny_nothing(
    algorithm: int,
    rounds: int,
    denied: bool,  # noqa: FBT001 -- a column
) -> None:
    first = "00000000000000000000000000000000.example"
    proof = rrset(first, "NSEC3", f"{algorithm} 0 {rounds} aabb vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv A")

    assert _denies(proof, dns.name.from_text("a.example"), "A") is denied


def test_hashes_of_an_unknown_kind_deny_nothing() -> None:
    first = "00000000000000000000000000000000.example"
    proof = rrset(first, "NSEC3", "2 0 1 aabb vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv A")

    assert not _denies(proof, dns.name.from_text("a.example"), "A")


@pytest.mark.parametrize(("rdtype", "denied"), [("A", False), ("NAPTR", True)])
def test_a_hash_that_is_the_names_own_denies_the_types_it_does_not_list(
    rdtype: str,
    denied: bool,  # noqa: FBT001 -- a column
) -> None:
    name = dns.name.from_text("a.example")
    own = dns.dnssec.nsec3_hash(name, "aabb", 1, 1)
    proof = rrset(f"{own}.example", "NSEC3", f"1 0 1 aabb {'v' * 32} A RRSIG")

    assert _denies(proof, name, rdtype) is denied
