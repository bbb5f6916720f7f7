"""The doctor: each trouble is seen by the probes it concerns and by no other, and in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from time import perf_counter

import pytest

from harness import consultation
from harness.diagnosis import code, is_hopeless
from harness.doctor import PATIENCE, PROBES, Probe, examined
from harness.doctor.case import MOST, Case, chosen
from harness.doctor.told import Told
from harness.execution import now
from harness.model import Blame, Environment, Service, ServiceKey, Target
from harness.observatory import Observatory
from harness.runner import Session
from harness.verdicts import Exit
from mock_services.embedded import Embedded
from mock_services.troubles import Trouble, planted
from mock_services.troubles.catalogue import TROUBLES
from mock_services.troubles.files import swapped_roots
from mock_services.troubles.places import black_hole, dropping, site, web_page
from mock_services.troubles.proxies import Proxy
from mock_services.troubles.resolvers import LyingResolver, says_nothing, truly
from suites.selftest.doctored import Seen, look, looked, started

WELL = {"client-certificate", "proxy"}
"""The probes that have nothing to look at where nothing is set."""


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    embedded = Embedded()
    yield started(embedded)
    embedded.stop()


def seen_under(name: str, target: Target, known: dict[str, Seen] = {}) -> Seen:  # noqa: B006
    """What is found under a trouble, looked at once for all tests: waiting takes its time."""
    if name not in known:
        with planted(target, TROUBLES[name].plant) as troubled:
            known[name] = look(troubled)
    return known[name]


def test_of_a_right_target_every_probe_says_that_all_is_well(target: Target) -> None:
    seen = look(target)

    assert [finding.probe for finding in seen.findings] == [probe.slug for probe in PROBES]
    assert seen.troubles == ()
    assert {finding.probe for finding in seen.findings if finding.skipped} == WELL
    assert code(seen.findings) is Exit.CONFORMANT


@pytest.mark.parametrize(
    "harmless",
    [Proxy(), Proxy(wants="a:b", given="a:b"), LyingResolver(truly)],
    ids=["a tunnel", "a proxy with credentials", "an honest resolver"],
)
def test_what_only_stands_in_between_is_no_trouble(target: Target, harmless: Trouble) -> None:
    with planted(target, harmless) as behind:
        assert look(behind).troubles == ()


@pytest.mark.parametrize("name", TROUBLES)
def test_a_trouble_is_seen_by_the_probes_it_concerns_and_by_no_other(
    target: Target, name: str
) -> None:
    known, seen = TROUBLES[name], seen_under(name, target)

    assert {finding.probe for finding in seen.troubles} == set(known.probes), seen.troubles
    assert {finding.whose for finding in seen.troubles} == {known.whose}
    assert any(finding.fatal for finding in seen.troubles) is known.fatal
    assert code(seen.findings) is (Exit.BLOCKED if known.fatal else Exit.FAILED)


@pytest.mark.parametrize("name", TROUBLES)
def test_a_trouble_says_what_was_expected_and_seen_and_what_to_do(
    target: Target, name: str
) -> None:
    seen = seen_under(name, target)

    known = {exchange.id for exchange in seen.exchanges}
    for finding in seen.troubles:
        assert finding.expected
        assert finding.seen
        assert finding.fix
        assert finding.explains
        assert set(finding.evidence) <= known
        assert finding.evidence or finding.probe in ("settings", "anchors")


WORDS = {
    "a resolver that drops NAPTR": ("from name server 2 the records are there",),
    "a resolver that loses NAPTR over UDP": ("over TCP the records are there",),
    "a resolver that forges base URLs": ("elsewhere.localhost", "whose signature verifies"),
    "a resolver that rewrites denials": ("another name server denies it",),
    "a silent resolver": ("no reply over udp within 0.7 s", "longer time-out"),
    "a proxy that takes no CONNECT": ("answers 405", "takes CONNECT"),
    "a proxy that answers 502 to long fields": ("status 502", "around the proxy 8", "nginx"),
    "a proxy that cuts off long fields": ("octets of oots-response-sig", "Via: 1.1 gateway"),
    "a proxy that compresses": ("the body, the field content-encoding",),
    "a certificate for whatever name": (".invalid (proven)",),
    "a certificate of another host": ("elsewhere.example", "check the base URL"),
    "a server without that path": ("status 404", "/rest/search appended"),
    "a service that has moved": ("leads to https://www.example/",),
    "a locked service": ("status 401", "give what the service asks for"),
    "a service for known clients": ("CERTIFICATE_REQUIRED", "set the client certificate"),
    "anchors that are swapped": ("(proven)", "swap the anchors of acc and prod"),
    "anchors from before": ("same name with another key", "compare the fingerprint"),
    "other TLS roots": ("TLS root of the mock landscape", "name the authority"),
}


@pytest.mark.parametrize("name", WORDS)
def test_a_trouble_is_told_in_words_that_lead_to_its_end(target: Target, name: str) -> None:
    told = " ".join(f"{found.seen} {found.fix}" for found in seen_under(name, target).troubles)

    assert [word for word in WORDS[name] if word not in told] == []


def test_what_is_proven_and_what_is_suspected_are_told_apart(target: Target) -> None:
    def told(name: str) -> str:
        return str(seen_under(name, target).of("interception").seen)

    assert "(proven)" in told("a proxy that intercepts")
    assert "around the proxy" in told("a proxy that intercepts by the host")
    assert "(suspected)" in told("a certificate made minutes ago")
    assert "(suspected)" in told("a certificate in the name of an interceptor")


def test_a_trouble_of_one_service_of_several_explains_that_one_alone(target: Target) -> None:
    with planted(target, site(web_page, of=Service.EB)) as troubled:
        seen = look(troubled)

    (found,) = seen.troubles
    assert found.subjects == ("FI-eb-acc",)
    assert found.title == "OOTS service: FI-eb-acc"
    assert found.fatal
    assert not is_hopeless(seen.findings, target)


def test_a_run_is_hopeless_where_nothing_can_be_judged_of_any_service(target: Target) -> None:
    directories = replace(target, roles=("directory",))
    with planted(directories, black_hole) as troubled:
        lost = look(troubled).findings
    with planted(target, LyingResolver(says_nothing)) as troubled:
        deaf = look(troubled).findings

    assert is_hopeless(lost, directories)
    assert not is_hopeless(lost, target)  # its zone can be judged all the same
    assert is_hopeless(deaf, target)


def test_nobody_is_asked_whom_the_target_does_not_name(target: Target) -> None:
    for name in ("a resolver that forges base URLs", "a service that has moved"):
        seen = seen_under(name, target)

        assert not [x for x in seen.exchanges if "elsewhere" in x.peer or "www" in x.peer]


def test_all_that_hangs_is_given_up_in_time(target: Target) -> None:
    began = perf_counter()
    with planted(target, dropping, Proxy(silent=True), LyingResolver(says_nothing)) as troubled:
        seen = look(troubled)
    whole = perf_counter() - began

    assert whole < 6.0  # a second and a half for DNS, one for each step, and a loaded machine
    assert {finding.probe for finding in seen.troubles} >= {"dns-udp", "proxy"}
    assert len({finding.probe for finding in seen.findings}) == len(PROBES)


def test_the_doctors_own_patience_adds_up_to_less_than_ten_seconds() -> None:
    names = 2 * consultation.DNS_TIMEOUT  # over UDP it is asked twice
    way = 2 * consultation.CONNECT_TIMEOUT

    assert names + consultation.CONNECT_TIMEOUT <= PATIENCE < 10
    assert way + consultation.TOTAL_TIMEOUT <= PATIENCE


async def test_what_is_not_known_when_time_is_over_is_told_as_not_looked_at(
    target: Target,
) -> None:
    patient = replace(target, reach=replace(target.reach, dns_timeout=60.0))
    with planted(patient, LyingResolver(says_nothing)) as troubled:
        began = perf_counter()
        seen = await looked(troubled, patience=0.2)
        whole = perf_counter() - began

    assert whole < 1.5
    late = [finding for finding in seen.findings if "0.2 s are over" in (finding.skipped or "")]
    assert {"dns-udp", "dns-naptr"} <= {finding.probe for finding in late}


async def test_a_probe_that_errs_is_the_harnesss_fault_and_hides_no_other(target: Target) -> None:
    async def err(_case: Case) -> tuple[Told, ...]:
        raise LookupError("no such thing")

    async def fine(_case: Case) -> tuple[Told, ...]:
        return (Told(seen="fine"),)

    nobody: Observatory = None  # type: ignore[assignment]
    probes = Probe("odd", "Odd", err), Probe("even", "Even", fine)
    found = [each async for each in examined(Session(target, nobody), None, probes=probes)]

    assert [finding.whose for finding in found] == [Blame.HARNESS, None]
    assert "no such thing" in str(found[0].seen)
    assert code(found) is Exit.BROKEN


def test_of_many_services_some_of_each_kind_are_looked_at() -> None:
    keys = tuple(
        ServiceKey(state, service, environment)
        for environment in Environment
        for state in ("AT", "BE", "FI", "GR", "NL")
        for service in Service
    )

    some = chosen(keys)

    assert len(some) == MOST
    assert len({(key.service, key.environment) for key in some}) == 6
    assert chosen(keys[:3]) == (keys[0], keys[1], keys[2])


def test_exchanges_of_the_doctor_have_names_of_their_own(target: Target) -> None:
    names = [exchange.id for exchange in look(target).exchanges]

    assert len(set(names)) == len(names)
    assert all(name.startswith(consultation.PREFIX) for name in names)


def test_the_time_can_be_told_by_another_clock(target: Target) -> None:
    def later() -> datetime:
        return now() + timedelta(minutes=5)

    seen: Seen = look(target, clock=later)

    (found,) = seen.troubles
    assert (found.probe, found.whose) == ("clock", Blame.CONFIGURATION)
    assert "5 min" in str(found.seen)


def served_at(target: Target) -> str:
    peers = (each.peer for each in look(target).exchanges if each.protocol == "tls")
    return next(peers).partition(":")[2]


def test_a_zone_alone_has_no_directories_to_look_at(target: Target) -> None:
    seen = look(replace(target, roles=("zone",)))

    assert seen.troubles == ()
    assert "only a zone" in str(seen.of("tls").skipped)
    assert not [x for x in seen.exchanges if not x.protocol.startswith("dns/")]


def test_directories_can_be_looked_at_without_a_name_server(target: Target) -> None:
    host = "query.cs.acc.localhost"
    port = served_at(target)
    roots = {key: f"https://{host}:{port}/{key.service}/" for key in target.keys}
    alone = replace(target, roles=("directory",), nameserver=None, zone=None, roots=roots)
    with planted(alone, Proxy()) as behind:
        seen = look(behind)

    assert seen.troubles == ()
    assert seen.of("dns-udp").skipped == "no name server is set"
    assert not [x for x in seen.exchanges if x.protocol.startswith("dns/")]


def test_a_host_that_only_the_name_server_knows_is_to_be_asked_of_it(target: Target) -> None:
    seen = look(replace(target, reach=replace(target.reach, addresses_by_system=True)))

    (found,) = seen.troubles
    assert (found.probe, found.whose) == ("connection", Blame.CONFIGURATION)
    assert 'addresses = "server"' in str(found.fix)


def test_a_host_that_nobody_knows_is_told_by_whose_base_url_it_is(target: Target) -> None:
    known = replace(target, roots=dict.fromkeys(target.keys, "https://nowhere.localhost/"))
    found = look(known).of("connection")

    assert found.whose is Blame.CONFIGURATION
    assert 'addresses = "system"' in str(found.fix)


def test_what_hangs_on_the_name_server_and_what_does_not_are_told_apart(target: Target) -> None:
    eb, dsd = target.keys
    with planted(target, site(web_page, of=Service.EB), LyingResolver(says_nothing)) as troubled:
        seen = look(troubled)

    one, entries = (found for found in seen.troubles if found.probe == "dns-udp")
    assert (one.subjects, one.fatal) == ((str(dsd),), True)
    assert (entries.subjects, entries.explains, entries.fatal) == ((), ("DISC-*",), True)
    assert is_hopeless(seen.findings, target, (eb, dsd))
    assert not is_hopeless([entries], target, (eb, dsd))


def test_base_urls_in_each_others_place_are_told(target: Target) -> None:
    host = "query.cs.acc.localhost"
    port = served_at(target)
    with planted(target, swapped_roots(lambda s: f"https://{host}:{port}/{s}/")) as troubled:
        seen = look(troubled)

    assert {(f.probe, f.whose) for f in seen.troubles} == {("service", Blame.CONFIGURATION)}
    assert any("answers as DSD" in str(found.seen) for found in seen.troubles)
