"""What proves in a signed zone that something is not there, as a validator reads it."""

from __future__ import annotations

import dns.dnssec
import dns.name
import pytest
from dns.rdtypes.ANY.NSEC import NSEC

from harness.authority import found
from harness.dnssec import _denies
from harness.master_file import PlacedRecord
from harness.zone_data import ZoneData, zone_data

APEX = "foo.eu."
NAMES = ("", "a", "*.wild", "b.c", "cut", "d", "c", "wild")
ZONE = """\
$ORIGIN foo.eu.
$TTL 60
@      SOA ns1.bar. host 1 2 3 4 5
a      A   127.0.0.1
*.wild TXT "any"
b.c    A   127.0.0.1
cut    NS  ns.bar.
d      A   127.0.0.1
"""
SALT, ROUNDS = "ab", 2


def hashed(name: str) -> str:
    absolute = dns.name.from_text(name, dns.name.from_text(APEX))
    return dns.dnssec.nsec3_hash(absolute, SALT, ROUNDS, 1).lower()


def by_hash_text(rounds: int = ROUNDS) -> str:
    """NSEC3 records, which RFC 5155, section 7.1 has for empty names too."""
    links = sorted(map(hashed, NAMES))
    return "".join(
        f"{first} NSEC3 1 0 {rounds} {SALT} {following} A\n"
        for first, following in zip(links, links[1:] + links[:1], strict=True)
    )


def by_hash(rounds: int = ROUNDS) -> ZoneData:
    return zone_data(ZONE + by_hash_text(rounds), "cs.zone")


def by_name() -> ZoneData:
    linked = sorted(
        {f"{name}.{APEX}".lstrip(".") for name in NAMES} - {f"c.{APEX}", f"wild.{APEX}"},
        key=dns.name.from_text,
    )
    records = "".join(
        f"{first} NSEC {following} A\n"
        for first, following in zip(linked, linked[1:] + linked[:1], strict=True)
    )
    return zone_data(ZONE + records, "cs.zone")


def proofs(zones: ZoneData, name: str, rdtype: str) -> list[PlacedRecord]:
    answer = found(zones, dns.name.from_text(f"{name}.{APEX}"), rdtype, dnssec=True)
    return [record for record in answer.authority if record.rdtype in ("NSEC", "NSEC3")]


@pytest.mark.parametrize(
    ("name", "rdtype"),
    [
        ("zz", "A"),
        ("0", "A"),
        ("x.a", "A"),
        ("x.y.d", "A"),
        ("a", "TXT"),
        ("d", "TXT"),
        ("c", "TXT"),
    ],
)
@pytest.mark.parametrize("zones", [by_name(), by_hash()], ids=["NSEC", "NSEC3"])
def test_a_denial_comes_with_what_proves_it(zones: ZoneData, name: str, rdtype: str) -> None:
    asked = dns.name.from_text(f"{name}.{APEX}")

    told = proofs(zones, name, rdtype)

    assert told
    sets = [dns.rrset.from_rdata(each.name, each.ttl, each.rdata) for each in told]
    assert any(_denies(each, asked, rdtype) for each in sets)
    assert len(told) == len(set(told)) <= 3


def test_the_encloser_the_next_name_and_the_wildcard_are_each_proved() -> None:
    told = {str(record.name).partition(".")[0] for record in proofs(by_hash(), "x.y.d", "A")}

    def covering(name: str) -> str:
        below = [link for link in sorted(map(hashed, NAMES)) if link <= hashed(name)]
        return below[-1] if below else max(map(hashed, NAMES))

    assert told == {hashed("d"), covering("y.d"), covering("*.d")}


def test_a_hash_that_is_not_in_the_chain_proves_nothing_of_its_name() -> None:
    link = next(line for line in by_hash_text().splitlines() if line.startswith(hashed("d")))
    zones = zone_data(ZONE + by_hash_text().replace(f"{link}\n", ""), "cs.zone")

    assert not proofs(zones, "d", "TXT")


def test_a_wildcard_comes_with_the_proof_that_the_name_is_not_there() -> None:
    (gap,) = proofs(by_name(), "x.wild", "TXT")

    assert isinstance(gap.rdata, NSEC)
    assert str(gap.name) == f"*.wild.{APEX}"


def test_a_cut_without_a_signed_child_is_proved() -> None:
    assert [str(record.name) for record in proofs(by_name(), "x.cut", "A")] == [f"cut.{APEX}"]


def test_hashes_of_more_rounds_than_anybody_does_are_not_computed() -> None:
    assert not proofs(by_hash(rounds=501), "zz", "A")


def test_who_does_not_ask_for_proofs_gets_none() -> None:
    answer = found(by_name(), dns.name.from_text(f"zz.{APEX}"), "A")

    assert [record.rdtype for record in answer.authority] == ["SOA"]
