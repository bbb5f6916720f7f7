"""Names of a file that the zone does not have: what tells a wrong file from a zone without them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from harness.model import Blame, Finding, Target
from harness.zone_entries import PUBLISHED_TEMPLATE
from mock_services.embedded import Embedded
from suites.selftest.doctored import Seen, look, started
from suites.selftest.planted import of_another_state, without_the_first

TURNED = "{service}.{country}.v{major}.cs.{environment}.oots.tech.ec.europa.eu"


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    embedded = Embedded()
    yield started(embedded)
    embedded.stop()


def named(seen: Seen) -> Finding:
    return seen.of("dns-naptr")


def in_a_zone(
    change: Callable[[str], str], *members: str, template: str = PUBLISHED_TEMPLATE
) -> Finding:
    """What is found about the names of the first Member State, where the zone is another."""
    embedded = Embedded(lambda world: replace(world, zone=change(world.zone)))
    try:
        target = started(embedded, *members)
        keys = tuple(key for key in target.keys if key.member_state == members[0])
        return named(look(replace(target, keys=keys, template=template)))
    finally:
        embedded.stop()


def test_an_entry_under_the_published_template_proves_the_other_one_wrong(target: Target) -> None:
    found = named(look(replace(target, template=TURNED)))

    assert (found.whose, found.fatal) == (Blame.CONFIGURATION, True)
    assert "fi.eb.v1.cs.acc.oots.tech.ec.europa.eu (proven)" in str(found.seen)


def test_entries_of_one_other_member_state_alone_make_the_code_doubtful(target: Target) -> None:
    found = named(look(of_another_state(target)))

    assert (found.whose, found.fatal) == (Blame.CONFIGURATION, False)
    assert found.seen == "no entry of SE, and entries of FI alone (suspected)"


def test_a_template_under_which_nobody_has_an_entry_is_doubtful() -> None:
    found = in_a_zone(lambda zone: zone.replace(".cs.acc.", ".cs.acd."), "FI", template=TURNED)

    assert found.whose is Blame.CONFIGURATION
    assert "no entry of any Member State under the template" in str(found.seen)


@pytest.mark.parametrize(
    ("change", "members"),
    [
        (without_the_first, ("FI", "SE", "AT")),
        (without_the_first, ("FI",)),
        (lambda zone: zone.replace(".v1.", ".1."), ("FI",)),
    ],
    ids=["others have theirs", "nobody has one", "the second major has one"],
)
def test_otherwise_the_zone_lacks_the_entry(
    change: Callable[[str], str], members: tuple[str, ...]
) -> None:
    found = in_a_zone(change, *members)

    assert found.whose is None
    assert "denied as a zone denies" in str(found.seen)
