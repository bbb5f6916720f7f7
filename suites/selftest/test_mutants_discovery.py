"""Boundaries of discovery that no seeded fault touches."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from harness import discovery
from harness.discovery import Instance
from harness.dns_message import DnsQuery, DnsReply, ResourceRecord


def alias(name: str, target: str, rdtype: str = "CNAME") -> ResourceRecord:
    return ResourceRecord(name, 300, rdtype, target)


def reply(*answer: ResourceRecord, name: str = "n0.example") -> DnsReply:
    return DnsReply(
        query=DnsQuery(name, "NAPTR"),
        peer="",
        request=b"",
        wire=b"",
        elapsed=0.0,
        rcode="NOERROR",
        flags=frozenset(),
        question=name,
        edns=None,
        answer=answer,
        authority=(),
        additional=(),
    )


def steps(count: int) -> list[ResourceRecord]:
    return [alias(f"n{n}.example.", f"n{n + 1}.example.") for n in range(count)]


@pytest.mark.parametrize(("count", "endless"), [(0, False), (8, False), (9, True), (20, True)])
def test_eight_aliases_are_followed(count: int, endless: bool) -> None:  # noqa: FBT001 -- a column
    trail = discovery.trail(reply(*steps(count)))

    assert len(trail) == min(count, 9) + 1
    assert discovery.endless(trail) is endless


def test_a_circle_of_aliases_is_endless() -> None:
    assert discovery.endless(("a", "b", "a"))
    assert not discovery.endless(("a", "b"))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([alias("a.old.example.", "A.new.example.")], "a.new.example"),
        ([alias("b.old.example.", "b.new.example.")], None),
        ([alias("a.old.example.", "a.new.example.", "NAPTR")], None),
        (
            [
                alias("b.old.example.", "b.new.example."),
                alias("a.old.example.", "x.example.", "TXT"),
                alias("A.OLD.example.", "a.new.example."),
            ],
            "a.new.example",
        ),
    ],
)
def test_what_a_dname_makes_of_a_name_is_said_by_the_cname_of_that_name(
    answer: list[ResourceRecord], said: str | None
) -> None:
    dname = alias("old.example.", "new.example.", "DNAME")

    found = discovery.substitution(reply(*answer, name="a.old.example"), dname)

    assert found == ("a.new.example", said)


def test_a_dname_says_nothing_of_a_name_beside_it() -> None:
    dname = alias("old.example.", "new.example.", "DNAME")

    assert discovery.substitution(reply(name="a.bold.example"), dname) is None


@pytest.mark.parametrize("uri", ["//a.example/", "https:///path", "mailto:x", "plain", ""])
def test_what_leads_nowhere_is_no_root(uri: str) -> None:
    assert discovery.root_of(uri) is None


LABELS = ".".join(["a" * 63] * 3)


@pytest.mark.parametrize(
    ("host", "sound"),
    [
        (f"{LABELS}.{'b' * 61}", True),
        (f"{LABELS}.{'b' * 61}.", True),
        (f"{LABELS}.{'b' * 62}.", False),
        ("1.example", True),
        ("example.1", False),
        ("1.2.example", True),
        ("a.1.2", False),
        ("7", False),
    ],
)
def test_a_host_name_is_short_enough_and_ends_in_no_number(host: str, sound: bool) -> None:  # noqa: FBT001 -- a column
    assert discovery.is_host_name(host) is sound


@pytest.mark.parametrize(
    ("root", "server"),
    [
        ("https://A.example./eb/", Instance("a.example", 443, "/eb")),
        ("https://a.example:444/eb", Instance("a.example", 444, "/eb")),
        ("https://a.example:99999/", Instance("a.example", 0, "")),
        ("https:///eb", Instance("", 443, "/eb")),
    ],
)
def test_an_instance_is_a_host_a_port_and_a_path(root: str, server: Instance) -> None:
    assert discovery.instance(urlsplit(root)) == server


def test_every_second_letter_is_raised_whatever_stands_between() -> None:
    assert discovery.mixed_case("ab-cd.1e") == "aB-cD.1e"
