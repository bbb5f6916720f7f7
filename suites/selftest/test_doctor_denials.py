"""The doctor and the zone: who does not know it is no zone, and what its records lead to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from dnslib import QTYPE, RCODE, RR, SOA, DNSRecord  # type: ignore[import-untyped]

from harness.model import Blame, Target
from mock_services.embedded import Embedded
from mock_services.troubles import planted
from mock_services.troubles.resolvers import LyingResolver
from suites.selftest.doctored import look, started

PUBLISHED = "{country}.{service}.v{major}.cs.{environment}.oots.tech.ec.europa.eu"


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    embedded = Embedded()
    yield started(embedded)
    embedded.stop()


def denies(owner: str | None, *, apex: str | None = None) -> LyingResolver:
    """A resolver that denies every name, under the SOA of `owner`; `apex` is a zone it has."""

    def lie(query: DNSRecord, reply: DNSRecord, _tcp: bool) -> DNSRecord:  # noqa: FBT001
        reply.rr, reply.auth = [], []
        reply.header.rcode, reply.header.ra, reply.header.aa = RCODE.NXDOMAIN, 1, 0
        soa = SOA("ns.example.", "admin.example.", (1, 2, 3, 4, 5))
        if owner is not None:
            reply.add_auth(RR(owner, QTYPE.SOA, ttl=60, rdata=soa))
        if (query.q.qtype, str(query.q.qname)) == (QTYPE.SOA, apex):
            reply.header.rcode = RCODE.NOERROR
            reply.add_answer(RR(apex, QTYPE.SOA, ttl=60, rdata=soa))
        return reply

    return LyingResolver(lie)


@pytest.mark.parametrize("owner", [None, ".", "eu."])
@pytest.mark.parametrize(
    ("by_resolver", "whose"), [(True, Blame.NETWORK), (False, Blame.CONFIGURATION)]
)
def test_who_does_not_know_the_zone_is_not_the_zone(
    target: Target, owner: str | None, whose: Blame, *, by_resolver: bool
) -> None:
    asked = replace(target, by_resolver=by_resolver, template=PUBLISHED)
    with planted(asked, denies(owner)) as cut_off:
        found = look(cut_off).of("dns-naptr")

    assert (found.whose, found.fatal) == (whose, True)
    assert {"DISC-*", "LOOK-*", "SIG-*"} <= set(found.explains)
    assert "does not know the zone" in str(found.seen)
    assert "a resolver that reaches the internet" in str(found.fix)


@pytest.mark.parametrize(
    "zone", ["cs.acc.oots.tech.ec.europa.eu.", "oots.tech.ec.europa.eu.", "europa.eu."]
)
def test_a_denial_of_the_zone_or_of_one_above_it_is_believed(target: Target, zone: str) -> None:
    for resolver in (denies(zone), denies(None, apex=zone)):
        with planted(replace(target, template=PUBLISHED), resolver) as empty:
            found = look(empty).of("dns-naptr")

        assert found.whose is None
        assert "denied as a zone denies" in str(found.seen)


def test_records_that_lead_to_no_https_are_the_subjects_trouble() -> None:
    embedded = Embedded()
    try:
        seen = look(started(embedded, fault="root_without_tls"))
    finally:
        embedded.stop()

    (found,) = seen.troubles
    assert (found.probe, found.whose, found.fatal) == ("dns-naptr", Blame.SUBJECT, True)
    assert "records lead to no https base URL (http://" in str(found.seen)
    assert "DISC-03 judges it" in str(found.fix)
    assert not any("DISC" in check for check in found.explains)
