"""Faults of a zone, seeded in a zone file: each is caught there too, and its line is named."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import dns.dnssec
import dns.dnssectypes
import dns.name
import dns.zone
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from harness.model import CheckResult, Exchange, Verdict
from harness.sources import source
from harness.zone_data import zone_data
from mock_services import dns_server
from mock_services.faults import Fault, faults
from mock_services.landscape import world_of
from mock_services.rehearsal import still
from mock_services.world import World
from mock_services.zone_file import read_zone, write_zone
from mock_services.zone_text import APEX
from suites.selftest.zone_files import CHECKS, FLAWED, flaws, judged, lines_in, target_in

NAME = "gr.eb.v1.cs.acc.oots.tech.ec.europa.eu"
OF_SERVER = {
    "dname_without_its_alias": "the server, not the zone, leaves the aliases out",
    "dname_with_a_wrong_alias": "the server, not the zone, makes up the aliases",
}
"""Faults that change the zone, but whose flaw is in how a server answers from it."""

OF_SEVERAL = {"DISC-11", "DISC-12", "DISC-35", "DISC-40", "DISC-50", "DISC-55"}
"""Checks that hold records against each other: the lines of all of them are named."""

NOTHING_TOUCHED = {
    "zone_with_one_name_server": "the record that is left is named, in which nothing is flawed",
}
"""Faults that leave no line that could be named."""


@cache
def base() -> World:
    world = still(world_of("GR", "NL"))
    return replace(world, zone=write_zone(read_zone(world.zone)))


@cache
def changed() -> Mapping[str, World]:
    """The worlds of the faults that change the zone."""
    worlds = {name: fault.apply(base()) for name, fault in faults().items()}
    return {name: world for name, world in worlds.items() if world.zone != base().zone}


def seeded() -> list[Fault]:
    return [faults()[name] for name in changed() if name not in OF_SERVER]


@pytest.mark.parametrize("fault", seeded(), ids=lambda fault: fault.name)
def test_a_fault_of_the_zone_is_caught_in_its_file_and_its_line_is_named(
    fault: Fault, tmp_path: Path
) -> None:
    world = changed()[fault.name]

    found = judged(target_in(tmp_path, world))

    assert flaws(found) == dict(fault.caught_by)
    before, after = base().zone.splitlines(), world.zone.splitlines()
    touched = {number for number, line in enumerate(after, 1) if line not in set(before)}
    removed = {line.partition(". ")[0] for line in before if line not in set(after)}
    for result in found:
        if result.verdict in FLAWED and fault.name not in NOTHING_TOUCHED:
            told = result.source or ""
            assert told.startswith("cs.zone")
            assert lines_in(told) & touched or any(name in told for name in removed), told
            if touched and result.check not in OF_SEVERAL:
                assert lines_in(told) <= touched, told


@pytest.mark.parametrize("name", OF_SERVER)
def test_a_flaw_of_the_server_is_not_in_the_file(name: str, tmp_path: Path) -> None:
    assert not flaws(judged(target_in(tmp_path, changed()[name])))


def test_a_sound_result_names_no_line(tmp_path: Path) -> None:
    assert {result.source for result in judged(target_in(tmp_path, base()))} == {None}


def results_of(tmp_path: Path, zone: str, **target: object) -> dict[str, CheckResult]:
    """The flaws of GR-eb-acc by check."""
    asked = replace(target_in(tmp_path, replace(base(), zone=zone), ("GR",)), **target)  # type: ignore[arg-type]
    return {r.check: r for r in judged(asked) if r.verdict in FLAWED and r.service == "eb"}


def line_of(zone: str, part: str) -> int:
    return next(number for number, line in enumerate(zone.splitlines(), 1) if part in line)


def test_a_missing_final_dot_is_pointed_out(tmp_path: Path) -> None:
    head = f"$ORIGIN {APEX}\n$TTL 300\n"
    zone = head + base().zone.replace(f"{NAME}. ", f"{NAME} ")

    found = results_of(tmp_path, zone)

    line = line_of(zone, f"{NAME} ")
    told = f"cs.zone, line {line}: {NAME}.{APEX} stands there, is a final dot missing?"
    assert (found["DISC-01"].tag, found["DISC-01"].source) == ("naptr-missing", told)


def test_a_name_server_without_its_final_dot_is_pointed_out(tmp_path: Path) -> None:
    apex = APEX.removesuffix(".")
    zone = f"$ORIGIN {APEX}\n" + base().zone.replace(f"IN NS ns2.{APEX}", f"IN NS ns2.{apex}", 1)

    found = results_of(tmp_path, zone)

    assert found["DISC-45"].source == (
        f"cs.zone, line {line_of(zone, f'NS ns2.{apex}')}, leading to ns2.{apex}.{apex}"
    )


def test_a_wildcard_is_named_by_its_own_line(tmp_path: Path) -> None:
    line = next(line for line in base().zone.splitlines() if line.startswith(NAME))
    zone = f"{base().zone}{line.replace('gr.', '*.', 1)}\n"

    found = results_of(tmp_path, zone)

    assert found["DISC-15"].source == f"cs.zone, line {len(zone.splitlines())}"


def test_a_wildcard_of_another_type_keeps_names_from_being_denied(tmp_path: Path) -> None:
    zone = f'{base().zone}*.eb.v1.cs.acc.{APEX} 60 IN TXT "any"\n'

    found = results_of(tmp_path, zone)

    assert found["DISC-23"].tag == "unknown-name-not-nxdomain"
    assert found["DISC-23"].source == f"cs.zone, line {len(zone.splitlines())}"


def test_beside_a_name_server_a_file_names_the_lines_of_what_is_served(tmp_path: Path) -> None:
    world = faults()["root_without_tls"].apply(base())

    found = served(tmp_path, world, world.zone)

    first, second = (line_of(world.zone, f"gr.eb.v{major}.cs.acc.") for major in (1, 2))
    assert found["DISC-03"].source == f"cs.zone, lines {first} and {second}"
    assert found["DISC-03"].tag == "naptr-root-not-https"


def test_a_file_that_is_not_what_is_served_is_told(tmp_path: Path) -> None:
    world = faults()["root_without_tls"].apply(base())

    found = served(tmp_path, world, base().zone)

    told = found["DISC-03"].source
    assert told is not None
    assert line_of(base().zone, NAME) in lines_in(told)
    assert told.endswith("(the name server gives something else)")


def served(tmp_path: Path, world: World, zone: str) -> dict[str, CheckResult]:
    """The flaws of GR-eb-acc on a name server, with a file beside it."""
    target = replace(target_in(tmp_path, replace(world, zone=zone), ("GR",)), overview=None)

    async def judge() -> list[CheckResult]:
        server = await dns_server.serve(world)
        try:
            there = replace(target, nameserver=(server.host, server.port))
            return await asyncio.to_thread(judged, there)
        finally:
            await server.close()

    results = asyncio.run(judge())
    return {r.check: r for r in results if r.verdict in FLAWED and r.service == "eb"}


@cache
def signed(*, since: int = -1, until: int = 14) -> tuple[str, str]:
    """The discovery zone signed, and the DS record of its key; times are in days from now."""
    text = "\n".join(line for line in base().zone.splitlines() if f"{APEX} " in line)
    zone = dns.zone.from_text(text, origin=APEX, relativize=False)
    private = ec.generate_private_key(ec.SECP256R1())
    key = dns.dnssec.make_dnskey(private.public_key(), dns.dnssectypes.Algorithm.ECDSAP256SHA256)
    now = int(datetime.now(UTC).timestamp())
    with zone.writer() as writer:
        dns.dnssec.sign_zone(
            zone,
            writer,
            keys=[(private, key)],
            add_dnskey=True,
            dnskey_ttl=300,
            inception=now + since * 86400,
            expiration=now + until * 86400,
        )
    lines = zone.to_text(relativize=False, sorted=True).splitlines()
    anchor = dns.dnssec.make_ds(dns.name.from_text(APEX), key, "SHA256")
    return "\n".join((*lines, "")), f"{APEX} DS {anchor}"


DNSSEC = ("DISC-51", "DISC-52", "DISC-53")


def verdicts(tmp_path: Path, zone: str, *anchors: str) -> dict[str, Verdict]:
    target = target_in(tmp_path, replace(base(), zone=zone), ("GR",))
    checks = [check for check in CHECKS if check.id in DNSSEC]
    found = judged(replace(target, zone_anchors=anchors), checks=checks)
    return {result.check: result.verdict for result in found}


def test_a_signed_file_is_verified(tmp_path: Path) -> None:
    zone, anchor = signed()

    assert verdicts(tmp_path, zone, anchor) == dict.fromkeys(DNSSEC, Verdict.PASSED)


def test_signatures_that_have_expired_are_named_by_their_line(tmp_path: Path) -> None:
    zone, _ = signed(since=-9, until=-2)

    found = results_of(tmp_path, zone)

    assert found["DISC-52"].tag == "dnssec-expired"
    (line,) = lines_in(found["DISC-52"].source or "")
    assert " RRSIG " in zone.splitlines()[line - 1]


def test_a_chain_of_names_that_lacks_its_links_proves_nothing(tmp_path: Path) -> None:
    zone, _ = signed()
    gaps = "\n".join(line for line in zone.splitlines() if " NSEC " not in line)

    found = results_of(tmp_path, f"{gaps}\n")

    assert {check: found[check].tag for check in DNSSEC if check in found} == {
        "DISC-53": "dnssec-denial-unproven"
    }


def test_an_entry_that_was_not_signed_in_a_signed_file_is_named(tmp_path: Path) -> None:
    zone, _ = signed()
    name = f"{NAME}. "
    lines = [line for line in zone.splitlines() if not (name in line and "RRSIG NAPTR" in line)]

    found = results_of(tmp_path, "\n".join((*lines, "")))

    assert found["DISC-51"].tag == "zone-unsigned"
    line = line_of("\n".join(lines), f"{name}300 IN NAPTR")
    assert found["DISC-51"].source == f"cs.zone, line {line}"


def test_no_check_passes_on_a_file_that_no_file_could_fail(tmp_path: Path) -> None:
    """Whatever is not of servers has been seen to fail on a file in one of the tests above."""
    caught = {check for fault in seeded() for check in fault.caught_by}
    of_overview = {"DISC-32", "DISC-33", "DISC-34", "DISC-36"}
    for name in ("overview_without_the_second_major", "overview_with_old_addresses"):
        caught |= flaws(judged(target_in(tmp_path, faults()[name].apply(base())))).keys()
    for name in ("overview_with_two_rows_for_an_entry", "instance_of_a_third_party"):
        caught |= flaws(judged(target_in(tmp_path, faults()[name].apply(base())))).keys()

    judged_here = {check.id for check in CHECKS if not check.of_server}
    assert of_overview <= caught
    assert judged_here - caught == {"DISC-23", *DNSSEC}


TEXTS = st.none() | st.sampled_from(
    [NAME, f"a NAPTR record at {NAME}", "none", "", "300 s", "x" * 60, "gone.example", "://[", "."]
)
BYTES = st.binary(max_size=40) | st.sampled_from(
    [NAME.encode() + b" NAPTR", b"NOERROR\nanswer, line 3: x", b"answer, line 999: a b c d e"]
)


@given(
    expected=TEXTS,
    seen=TEXTS,
    evidence=st.lists(
        st.tuples(st.sampled_from(["file", "dns/udp", "https"]), BYTES, st.none() | BYTES)
    ),
)
def test_whatever_a_result_rests_on_some_place_is_told(
    expected: str | None, seen: str | None, evidence: list[tuple[str, bytes, bytes | None]]
) -> None:
    zones = zone_data(base().zone, "cs.zone")
    at = datetime(2026, 9, 1, tzinfo=UTC)
    result = replace(RESULT, expected=expected, seen=seen)
    exchanges = [
        Exchange(f"x{number}", protocol, "cs.zone", at, 0.0, asked, answer, None)
        for number, (protocol, asked, answer) in enumerate(evidence)
    ]

    assert source(zones, result, exchanges).startswith("cs.zone")


RESULT = CheckResult(
    check="DISC-01",
    title="",
    chapter="discovery",
    requirement="",
    requirements=(),
    keyword="shall",
    clause="",
    member_state="GR",
    service="eb",
    environment="acc",
    verdict=Verdict.FAILED,
    tag="naptr-missing",
    expected=None,
    seen=None,
    detail=None,
    evidence=(),
)
