"""Whose clock is off: who agrees with whom, and what a wrong clock of ours accounts for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from harness.doctor.clock import TOLERANCE, explained
from harness.model import Blame, HttpRequest, HttpResponse, Service, Target
from mock_services.embedded import Embedded
from mock_services.faults.keeping import date_changed, with_fields
from mock_services.http_message import plain
from mock_services.troubles import planted
from mock_services.troubles.files import skewed_world
from mock_services.troubles.forgery import Forger
from mock_services.troubles.places import site, web_page
from suites.selftest.doctored import look, started

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def dated(ahead: timedelta) -> HttpResponse:
    told = f"{datetime.now(UTC) + ahead:%a, %d %b %Y %H:%M:%S GMT}"
    return HttpResponse(200, (("Date", told), ("Content-Type", "text/html")), b"<html></html>")


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    embedded = Embedded()
    yield started(embedded)
    embedded.stop()


@pytest.mark.parametrize(
    ("ahead", "told"),
    [
        (timedelta(minutes=2), "2 min 0 s behind"),
        (timedelta(hours=2), "2 h 0 min behind"),
        (timedelta(days=-3), "3 days ahead of"),
    ],
)
def test_a_world_that_is_ahead_of_us_is_our_being_behind(ahead: timedelta, told: str) -> None:
    embedded = skewed_world(ahead)
    try:
        seen = look(started(embedded))
    finally:
        embedded.stop()

    (found,) = seen.troubles
    assert (found.probe, found.whose) == ("clock", Blame.CONFIGURATION)
    assert told in str(found.seen).replace("1 min 59 s", "2 min 0 s").replace("1 h 59", "2 h 0")
    assert "clock-off" in found.explains


@pytest.mark.parametrize("seconds", [0, TOLERANCE - 10, 10 - TOLERANCE])
def test_a_little_is_nobodys_trouble(target: Target, seconds: float) -> None:
    seen = look(target, clock=lambda: datetime.now(UTC) + timedelta(seconds=seconds))

    assert seen.troubles == ()


def test_a_server_that_is_off_alone_is_told_apart_from_ours(target: Target) -> None:
    with planted(target, site(lambda _r: dated(timedelta(hours=3)), of=Service.EB)) as troubled:
        seen = look(troubled)

    found = seen.of("clock")
    assert found.whose is Blame.SUBJECT
    assert found.subjects == ("FI-eb-acc",)
    assert "query.cs.acc.localhost and this machine agree" in str(found.seen)


@pytest.mark.parametrize("fault", ["clock_an_hour_ahead", "clock_two_minutes_ahead"])
def test_a_server_that_signs_at_the_right_time_and_dates_wrongly_is_the_subjects(
    fault: str,
) -> None:
    embedded = Embedded()
    try:
        seen = look(started(embedded, fault=fault))
    finally:
        embedded.stop()

    assert {(found.probe, found.whose) for found in seen.troubles} == {("clock", Blame.SUBJECT)}
    assert "signing times" in str(seen.troubles[0].seen)


def test_an_answer_out_of_a_cache_tells_no_time() -> None:
    def cached(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        del request
        return replace(response, headers=(*response.headers, ("Age", "7200")))

    hour = {"Date": date_changed(lambda date: date - timedelta(hours=2))}
    embedded = Embedded(lambda world: with_fields(world, hour).with_wire(cached))
    try:
        seen = look(started(embedded))
    finally:
        embedded.stop()

    assert seen.of("clock").skipped == "no server said what time it is"


def test_a_certificate_that_is_not_valid_by_our_clock_alone_is_our_clocks_trouble(
    target: Target,
) -> None:
    ahead = timedelta(days=5)
    later = Forger("Town Hall CA", age=-timedelta(days=2))
    with planted(target, site(lambda _r: dated(ahead), forger=later)) as troubled:
        seen = look(troubled)

    found = seen.of("clock")
    assert found.whose is Blame.CONFIGURATION
    assert found.fatal
    assert {"tls-certificate-not-valid-now", "LOOK-*"} <= set(found.explains)
    assert seen.of("tls").skipped == "this machine's clock is off; see clock"


def test_without_a_date_there_is_no_clock_to_compare_with(target: Target) -> None:
    for respond in (web_page, lambda _r: plain(404, "no")):
        with planted(target, site(respond)) as troubled:
            assert look(troubled).of("clock").skipped


@pytest.mark.parametrize(
    ("ahead", "tags"),
    [
        (120, {"clock-off", "iat-in-the-future"}),
        (7_200, {"clock-off", "iat-in-the-future", "dnssec-not-yet-valid"}),
        (-120, {"clock-off"}),
        (-7_200, {"clock-off", "dnssec-expired", "signed-too-long-ago"}),
        (
            -200_000,
            {
                "clock-off",
                "dnssec-expired",
                "signed-too-long-ago",
                "certificate-expires-soon",
                "outlives-certificate",
            },
        ),
    ],
)
def test_a_clock_accounts_for_what_its_being_off_can_cause_and_for_no_more(
    ahead: float, tags: set[str]
) -> None:
    assert set(explained(ahead, (), NOW)) == tags
