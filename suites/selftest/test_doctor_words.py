"""The doctor's words: nothing is called well that was not looked at, and each remedy is the one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from harness.model import Blame, Environment, Target
from mock_services.embedded import Embedded
from mock_services.troubles import Trouble, planted
from mock_services.troubles.files import unrelated_anchors
from mock_services.troubles.places import nothing_there
from mock_services.troubles.proxies import Proxy
from mock_services.troubles.resolvers import LyingResolver, closed_name_server, says_nothing
from suites.selftest.doctored import look, started


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    embedded = Embedded()
    yield started(embedded)
    embedded.stop()


@pytest.mark.parametrize("nobody", [closed_name_server, LyingResolver(says_nothing)])
def test_of_replies_that_never_came_no_truth_is_told(target: Target, nobody: Trouble) -> None:
    alone = replace(target, other_nameservers=())
    with planted(alone, nobody) as troubled:
        found = look(replace(troubled, other_nameservers=())).of("dns-truth")

    assert "no reply that could be looked at" in str(found.skipped)


def test_a_service_that_is_not_reached_is_not_counted_among_those_that_answer(
    target: Target,
) -> None:
    eb, dsd = target.keys
    with planted(target, nothing_there) as troubled:
        seen = look(replace(troubled, roots={eb: troubled.roots[eb]}))

    assert {found.probe for found in seen.troubles} == {"connection"}
    assert seen.of("service").seen == (
        "1 service at 1 server; 1 more could not be asked, see the probes above"
    )
    assert str(dsd) not in seen.troubles[0].subjects


def test_anchors_are_swapped_only_where_each_is_right_in_the_others_place(target: Target) -> None:
    with planted(target, unrelated_anchors) as troubled:
        wrong = troubled.trust_anchors[Environment.ACC]
    anchors = {**target.trust_anchors, Environment.ACC: wrong}

    found = look(replace(target, trust_anchors=anchors)).of("anchors-fit")

    assert found.whose is Blame.CONFIGURATION
    assert "swap" not in str(found.fix)
    assert "the file of testing for acc too" in str(found.fix)


def test_an_anchor_that_nothing_leads_to_has_its_remedy_in_a_fingerprint(target: Target) -> None:
    with planted(target, unrelated_anchors) as troubled:
        found = look(troubled).of("anchors-fit")

    assert found.whose is Blame.CONFIGURATION
    assert "SHA-256" in str(found.fix)
    assert "yours or theirs" in str(found.fix)


def test_a_signer_under_an_authority_of_the_same_names_is_told_as_either_ones_fault() -> None:
    embedded = Embedded()
    try:
        found = look(started(embedded, fault="impostor_with_the_same_names")).of("anchors-fit")
    finally:
        embedded.stop()

    assert found.whose is Blame.CONFIGURATION
    assert "yours or theirs: compare the fingerprint" in str(found.fix)
    assert "forged" in str(found.fix)


def test_a_name_server_that_refuses_edns_is_told_so() -> None:
    embedded = Embedded()
    try:
        seen = look(started(embedded, fault="server_that_refuses_edns"))
    finally:
        embedded.stop()

    told = " ".join(f"{found.seen} {found.skipped}" for found in seen.findings)
    assert "has no address (FORMERR)" not in told
    assert "EDNS is refused" in told
    assert "take EDNS (RFC 6891)" in " ".join(str(found.fix) for found in seen.troubles)


def test_a_proxy_without_credentials_in_the_file_is_told_where_they_go(target: Target) -> None:
    with planted(target, Proxy(wants="a:b")) as unknown:
        lacking = look(unknown).of("proxy")
    with planted(target, Proxy(wants="a:b", given="a:c")) as known:
        wrong = look(known).of("proxy")

    assert "add user and password = { env = " in str(lacking.fix)
    assert "[proxy]" in str(lacking.fix)
    assert "add user" not in str(wrong.fix)


def test_a_silent_name_server_is_described_once(target: Target) -> None:
    eb, dsd = target.keys
    roots = {eb: "https://127.0.0.1:9/eb/"}
    with planted(replace(target, roots=roots), LyingResolver(says_nothing)) as troubled:
        one, entries = (f for f in look(troubled).troubles if f.probe == "dns-udp")

    assert str(dsd) in one.title
    assert str(entries.seen).startswith("the same")
    assert entries.seen != one.seen
    assert entries.fix != one.fix
