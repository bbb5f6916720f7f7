"""Replies as real name servers and resolvers give them, without one: the rules of `suites/real`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from dnslib import CNAME, QTYPE, RCODE, DNSRecord  # type: ignore[import-untyped]

from harness.checks import catalogue
from harness.discovery import content
from harness.dns_message import DnsQuery, DnsReply, ResourceRecord
from harness.model import CheckResult, Exchange, Verdict
from harness.proving import session
from harness.runner import run
from mock_services.faults import faults
from mock_services.faults.aliases import aliased, moved_by_dname
from mock_services.faults.zone_changes import each_reply, is_naptr, rezoned
from mock_services.landscape import world_of
from mock_services.rehearsal import Rehearsal, still
from mock_services.world import World

CHECKS = {check.id: check for check in catalogue() if check.chapter == "discovery"}
SECOND_HAND = ("DISC-24", "DISC-25", "DISC-26", "DISC-27", "DISC-50")
NL = world_of("NL")

Change = Callable[[DNSRecord, DNSRecord], None]


def results(world: World, *checks: str) -> list[CheckResult]:
    """What becomes of some checks, or of all, on the entry of an Evidence Broker."""
    rehearsal = Rehearsal(still(world), ("NL",))
    rehearsal.target = replace(rehearsal.target, other_nameservers=())
    seen: list[Exchange] = []
    opened = session(rehearsal, seen.append)

    async def judged() -> list[CheckResult]:
        return [await run(CHECKS[c], opened, rehearsal.target.keys[0]) for c in checks or CHECKS]

    return asyncio.run(judged())


def verdict(world: World, check: str) -> Verdict:
    return results(world, check)[0].verdict


def severe(found: list[CheckResult]) -> set[tuple[str, str | None]]:
    return {(each.check, each.tag) for each in found if each.tag}


def by_a_resolver(world: World, *, authority: bool = False) -> World:
    """A world whose replies are marked as those of a server that offers recursion."""

    def mark(_query: DNSRecord, reply: DNSRecord) -> None:
        reply.header.ra = 1
        reply.header.aa = int(authority)

    return each_reply(world, mark)


def hiding_what_is_bogus(world: World) -> World:
    """A validating resolver before a zone in which it holds everything for bogus."""

    def hide(query: DNSRecord, reply: DNSRecord) -> None:
        if not query.header.cd:
            reply.header.rcode = RCODE.SERVFAIL
            reply.rr, reply.auth = [], []

    return each_reply(by_a_resolver(world), hide)


def test_what_only_an_authority_can_show_is_not_asked_of_a_resolver() -> None:
    found = results(by_a_resolver(NL))

    ends = {each.check: each.verdict for each in found}
    assert {ends[check] for check in SECOND_HAND} == {Verdict.NOT_APPLICABLE}
    assert set(ends.values()) == {Verdict.PASSED, Verdict.NOT_APPLICABLE}
    assert {each.detail for each in found if each.check in SECOND_HAND} == {
        "a resolver was asked, which answers from what others told it",
        "a resolver was asked, which counts times down and cuts them short",
    }


def test_an_authority_that_offers_recursion_is_an_authority() -> None:
    for check in SECOND_HAND:
        assert verdict(by_a_resolver(NL, authority=True), check) is Verdict.PASSED
    unsigned = replace(NL, zone_signing=None)
    assert verdict(by_a_resolver(unsigned, authority=True), "DISC-51") is Verdict.WARNED
    assert verdict(by_a_resolver(unsigned), "DISC-51") is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize("check", ["DISC-22", "DISC-23"])
def test_a_resolver_may_leave_the_soa_out_of_a_denial_and_an_authority_may_not(check: str) -> None:
    def shorten(_query: DNSRecord, reply: DNSRecord) -> None:
        reply.auth = [record for record in reply.auth if record.rtype != QTYPE.SOA]

    assert verdict(each_reply(by_a_resolver(NL), shorten), check) is Verdict.NOT_APPLICABLE
    assert verdict(each_reply(NL, shorten), check) is Verdict.FAILED


def test_a_resolver_has_to_tell_no_data_from_no_name() -> None:
    denying = faults()["server_that_denies_names_without_data"].apply(NL)

    assert severe(results(by_a_resolver(denying), "DISC-22")) == {("DISC-22", "nodata-as-nxdomain")}


@pytest.mark.parametrize(
    ("fault", "tag"),
    [
        ("signatures_from_last_month", "dnssec-expired"),
        ("signatures_from_next_week", "dnssec-not-yet-valid"),
        ("keys_that_the_parent_does_not_know", "dnssec-key-unknown"),
        ("record_forged_on_the_way", "dnssec-bogus"),
    ],
)
def test_a_resolver_that_hides_what_is_bogus_is_asked_to_show_it(fault: str, tag: str) -> None:
    found = results(hiding_what_is_bogus(faults()[fault].apply(NL)))

    assert severe(found) == {("DISC-52", tag)}
    blocked = [str(each.detail) for each in found if each.verdict is Verdict.BLOCKED]
    assert blocked
    assert all("see DISC-52" in each for each in blocked)


def test_a_resolver_that_hides_what_is_sound_is_not_taken_for_a_flaw_of_the_zone() -> None:
    found = results(hiding_what_is_bogus(NL))

    assert not severe(found)
    assert {each.check for each in found if each.verdict is Verdict.PASSED} == {
        *("DISC-47", "DISC-48", "DISC-51", "DISC-52", "DISC-53")
    }


def test_proofs_that_a_resolver_holds_for_bogus_are_judged() -> None:
    def without_proofs(query: DNSRecord, reply: DNSRecord) -> None:
        if reply.header.rcode == RCODE.NXDOMAIN:
            reply.auth = [record for record in reply.auth if record.rtype != QTYPE.NSEC]
            if not query.header.cd:
                reply.header.rcode = RCODE.SERVFAIL

    world = each_reply(by_a_resolver(NL), without_proofs)

    assert severe(results(world, "DISC-52", "DISC-53")) == {("DISC-53", "dnssec-denial-unproven")}


def failing_over(rdtype: str) -> Change:
    """As BIND does where aliases go in a circle: what it followed, and SERVFAIL."""

    def fail(query: DNSRecord, reply: DNSRecord) -> None:
        if query.q.qtype == getattr(QTYPE, rdtype):
            reply.header.rcode = RCODE.SERVFAIL

    return fail


def test_a_circle_of_aliases_is_found_though_the_server_fails_over_it() -> None:
    circle = faults()["aliases_in_a_circle"].apply(NL)

    assert severe(results(each_reply(circle, failing_over("NAPTR")))) == {("DISC-46", "alias-loop")}


def test_a_server_that_fails_is_blocked_and_said_to_fail() -> None:
    for world in (NL, aliased(NL)):
        broken = each_reply(each_reply(world, failing_over("NAPTR")), failing_over("CNAME"))
        found = results(broken, "DISC-01")[0] if world is NL else results(broken, "DISC-46")[0]
        assert found.verdict is Verdict.BLOCKED
        assert "the name server answers SERVFAIL" in str(found.detail)


def test_names_in_an_answer_may_come_in_the_case_of_the_question() -> None:
    def in_capitals(_query: DNSRecord, reply: DNSRecord) -> None:
        for record in reply.rr:
            if record.rtype == QTYPE.CNAME and str(reply.q.qname) != str(reply.q.qname).lower():
                record.rdata = CNAME(str(record.rdata.label).upper())

    assert verdict(each_reply(aliased(NL), in_capitals), "DISC-18") is Verdict.PASSED


@pytest.mark.parametrize(
    ("rdtype", "same"),
    [("CNAME", True), ("DNAME", True), ("NS", True), ("NAPTR", False), ("TXT", False)],
)
def test_only_names_are_the_same_in_either_case(rdtype: str, same: bool) -> None:  # noqa: FBT001 -- a column
    lower, upper = (answered(rdtype, rdata) for rdata in ("a.example.", "A.EXAMPLE."))

    assert (content(lower) == content(upper)) is same


def answered(rdtype: str, rdata: str) -> DnsReply:
    return DnsReply(
        query=DnsQuery("x.example", rdtype),
        peer="",
        request=b"",
        wire=b"",
        elapsed=0,
        rcode="NOERROR",
        flags=frozenset(),
        question="x.example.",
        edns=None,
        answer=(ResourceRecord("x.example.", 1, rdtype, rdata),),
        authority=(),
        additional=(),
    )


@pytest.mark.parametrize(
    ("flags", "second_hand"),
    [("", False), ("aa", False), ("ra", True), ("aa ra", False), ("ad", False)],
)
def test_recursion_without_authority_is_second_hand(flags: str, second_hand: bool) -> None:  # noqa: FBT001 -- a column
    reply = replace(answered("TXT", "x"), flags=frozenset(flags.split()))

    assert reply.is_second_hand is second_hand


def cut_off(*, empty: bool) -> Change:
    def cut(_query: DNSRecord, reply: DNSRecord) -> None:
        reply.header.tc = 1
        if empty:
            reply.rr = []

    return cut


def long_entry(world: World) -> World:
    """Each entry is described by some more records, which makes its answer longer than 512."""
    return rezoned(
        world,
        lambda record: (
            tuple(
                replace(record, rdata=(*record.rdata[:1], number, *record.rdata[2:]))
                for number in range(10, 20)
            )
            if is_naptr(record)
            else (record,)
        ),
    )


@pytest.mark.parametrize(
    ("world", "empty", "ends"),
    [
        (NL, True, Verdict.NOT_APPLICABLE),
        (NL, False, Verdict.FAILED),
        (long_entry(NL), True, Verdict.PASSED),
        (long_entry(NL), False, Verdict.PASSED),
    ],
    ids=["short, nothing of it", "short, some of it", "long, nothing of it", "long, some of it"],
)
def test_a_server_may_keep_to_512_octets_and_to_its_rate(
    world: World,
    empty: bool,  # noqa: FBT001 -- a column
    ends: Verdict,
) -> None:
    cutting = each_reply(world, cut_off(empty=empty), over=("udp",))

    assert verdict(cutting, "DISC-49") is ends


def test_a_denial_behind_an_alias_is_proved_at_its_end() -> None:
    """As NSD has it: the proof is left out of the reply that holds the alias."""

    def leave_out(_query: DNSRecord, reply: DNSRecord) -> None:
        if any(record.rtype == QTYPE.CNAME for record in reply.rr):
            reply.auth = [record for record in reply.auth if record.rtype == QTYPE.SOA]

    assert verdict(each_reply(moved_by_dname(NL), leave_out), "DISC-53") is Verdict.PASSED


def test_another_type_is_asked_for_at_the_end_of_the_aliases() -> None:
    assert verdict(aliased(NL), "DISC-22") is Verdict.PASSED
