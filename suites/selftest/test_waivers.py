"""Waivers: what is covered and until when, what is stale, and files that are refused in a line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageFault
from harness.extensions import checks
from harness.model import CheckResult, Verdict
from harness.record import FILE, Record, RecordWriter, read
from harness.record_lines import waiver_facts
from harness.verdicts import Exit
from harness.waiver_file import EXAMPLE, load, waivers_of
from harness.waivers import Stale, Waiver, stale, waived
from suites.selftest.sample_records import FAILED, NOW, header, result

TODAY = NOW.date()
WAIVER = Waiver(
    check="DISC-03",
    tag=None,
    checks=("DISC-03",),
    member_state=None,
    service=None,
    environment=None,
    reason="TLS comes in October",
    owner="Ada Lovelace",
    expires=TODAY,
    ticket="INC-000012",
)
FAILURE = result("DISC-03", "FI", Verdict.FAILED, **FAILED)
PASS = result("DISC-03", "FI", Verdict.PASSED)

MEMBER_STATES = st.sampled_from(["FI", "DE"])
SERVICES = st.sampled_from(["eb", "dsd"])
ENVIRONMENTS = st.sampled_from(["acc", "prod"])
DAYS = st.integers(-400, 400).map(lambda days: TODAY + timedelta(days))
results = st.builds(
    lambda who, service, environment, verdict: replace(
        FAILURE if verdict is Verdict.FAILED else PASS,
        member_state=who,
        service=service,
        environment=environment,
        verdict=verdict,
    ),
    MEMBER_STATES,
    SERVICES,
    ENVIRONMENTS,
    st.sampled_from([v for v in Verdict if v is not Verdict.WAIVED]),
)
waivers = st.builds(
    replace,
    st.just(WAIVER),
    member_state=st.none() | MEMBER_STATES,
    service=st.none() | SERVICES,
    environment=st.none() | ENVIRONMENTS,
    expires=DAYS,
)


def test_a_waived_failure_is_shown_with_who_answers_for_it() -> None:
    shown = waived(FAILURE, [WAIVER], TODAY)

    assert shown.verdict is Verdict.WAIVED
    assert (shown.tag, shown.expected, shown.seen) == (FAILURE.tag, FAILURE.expected, FAILURE.seen)
    for part in ("TLS comes in October", "Ada Lovelace", str(TODAY), "INC-000012"):
        assert part in str(shown.detail)


@pytest.mark.parametrize(
    ("days", "verdict"), [(-1, Verdict.WAIVED), (0, Verdict.WAIVED), (1, Verdict.FAILED)]
)
def test_the_day_of_expiry_is_the_last_on_which_it_holds(days: int, verdict: Verdict) -> None:
    assert waived(FAILURE, [WAIVER], TODAY + timedelta(days)).verdict is verdict


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.FAILED])
def test_only_a_failure_is_waived(verdict: Verdict) -> None:
    other = replace(FAILURE, verdict=verdict)

    assert waived(other, [WAIVER], TODAY) is other


@pytest.mark.parametrize(
    ("narrower", "covers"),
    [
        ({"tag": "naptr-root-not-https"}, True),
        ({"tag": "naptr-regexp-malformed"}, False),
        ({"member_state": "FI", "service": "eb", "environment": "acc"}, True),
        ({"member_state": "DE"}, False),
        ({"service": "dsd"}, False),
        ({"environment": "prod"}, False),
        ({"check": "DISC-01", "checks": ("DISC-01",)}, False),
        ({"check": None, "tag": "naptr-root-not-https", "checks": ("A", "DISC-03")}, True),
    ],
    ids=str,
)
def test_a_waiver_covers_what_it_says_and_nothing_else(
    narrower: dict[str, object], *, covers: bool
) -> None:
    shown = waived(FAILURE, [replace(WAIVER, **narrower)], TODAY)  # type: ignore[arg-type]

    assert (shown.verdict is Verdict.WAIVED) is covers


@given(results, waivers, DAYS)
def test_a_result_is_waived_exactly_in_scope_and_in_time(
    given_result: CheckResult, waiver: Waiver, today: date
) -> None:
    shown = waived(given_result, [waiver], today)

    in_scope = all(
        limit in (None, value)
        for limit, value in (
            (waiver.member_state, given_result.member_state),
            (waiver.service, given_result.service),
            (waiver.environment, given_result.environment),
        )
    )
    covered = given_result.verdict is Verdict.FAILED and in_scope and today <= waiver.expires
    assert (shown.verdict is Verdict.WAIVED) is covered
    assert covered or shown is given_result


@given(st.lists(results, max_size=6), waivers, DAYS)
def test_a_waiver_that_covers_a_failure_is_never_stale_before_it_expires(
    given_results: list[CheckResult], waiver: Waiver, today: date
) -> None:
    judged = [waived(each, [waiver], today) for each in given_results]

    found = stale(judged, [waiver], today)

    expired = today > waiver.expires
    concerned = {each.verdict for each in judged if waiver.concerns(each)}
    healed = bool(concerned & {Verdict.PASSED, Verdict.WARNED}) and concerned <= {
        Verdict.PASSED,
        Verdict.WARNED,
        Verdict.NOT_APPLICABLE,
    }
    assert bool(found) is (expired or healed)
    assert expired is (bool(found) and "expired" in found[0].why)


@pytest.mark.parametrize(
    ("verdicts", "is_stale"),
    [
        ((), False),
        ((Verdict.PASSED,), True),
        ((Verdict.WARNED,), True),
        ((Verdict.BLOCKED,), False),
        ((Verdict.BROKEN,), False),
        ((Verdict.NOT_APPLICABLE,), False),
        ((Verdict.PASSED, Verdict.WAIVED), False),
        ((Verdict.PASSED, Verdict.BLOCKED), False),
        ((Verdict.PASSED, Verdict.NOT_APPLICABLE), True),
    ],
    ids=str,
)
def test_only_a_check_that_came_to_a_verdict_makes_a_waiver_stale(
    verdicts: tuple[Verdict, ...], *, is_stale: bool
) -> None:
    judged = [replace(PASS, verdict=verdict, service=str(n)) for n, verdict in enumerate(verdicts)]

    assert bool(stale(judged, [WAIVER], TODAY)) is is_stale


def test_a_failure_with_another_tag_leaves_open_whether_the_waived_one_is_mended() -> None:
    about_another = replace(WAIVER, tag="naptr-regexp-malformed")

    assert stale([FAILURE], [about_another], TODAY) == ()


def test_a_stale_waiver_says_why() -> None:
    ((_, expired), (_, healed)) = (
        (found.waiver, found.why)
        for found in (
            *stale([FAILURE], [WAIVER], TODAY + timedelta(1)),
            *stale([PASS, replace(PASS, service="dsd")], [WAIVER], TODAY),
        )
    )

    assert expired == f"it expired on {TODAY}, 1 day before this run"
    assert healed == (
        "what it covers does not fail any more: DISC-03 passed on FI eb acc and 1 more"
    )


def recorded(
    path: Path, *judged: CheckResult, waivers: tuple[Waiver, ...], complete: bool = True
) -> Record:
    with RecordWriter(path / FILE, lambda: NOW) as writer:
        writer.header(header(waivers=[waiver_facts(waiver) for waiver in waivers]))
        for each in judged:
            writer.result(waived(replace(each, evidence=()), waivers, TODAY))
        writer.close(complete=complete, reason=None if complete else "interrupted")
    return read(path)


def test_a_waived_failure_does_not_fail_the_run(tmp_path: Path) -> None:
    of = recorded(tmp_path, FAILURE, waivers=(WAIVER,))

    assert of.waivers == (WAIVER,)
    assert of.stale == ()
    assert of.footer is not None
    assert of.exit == of.footer["exit"] == Exit.CONFORMANT


@pytest.mark.parametrize(
    ("judged", "waiver"),
    [(PASS, WAIVER), (FAILURE, replace(WAIVER, expires=TODAY - timedelta(1)))],
    ids=["healed", "expired"],
)
def test_a_stale_waiver_fails_the_run_by_the_record_alone(
    judged: CheckResult, waiver: Waiver, tmp_path: Path
) -> None:
    of = recorded(tmp_path, judged, waivers=(waiver,))

    assert [type(found) for found in of.stale] == [Stale]
    assert of.footer is not None
    assert of.exit == of.footer["exit"] == Exit.FAILED


def test_a_run_that_was_broken_off_shows_only_which_waivers_expired(tmp_path: Path) -> None:
    of = recorded(tmp_path / "a", PASS, waivers=(WAIVER,), complete=False)
    late = replace(WAIVER, expires=TODAY - timedelta(1))

    assert (of.stale, of.exit) == ((), Exit.INTERRUPTED)
    assert recorded(tmp_path / "b", PASS, waivers=(late,), complete=False).exit is Exit.FAILED


def test_the_day_is_that_of_the_start_in_utc(tmp_path: Path) -> None:
    started = datetime.fromisoformat("2026-09-02T01:30:00+03:00")
    with RecordWriter(tmp_path / FILE, lambda: NOW) as writer:
        facts = header(started=started.isoformat(), waivers=[waiver_facts(WAIVER)])
        writer.header(facts)

    assert started.astimezone(UTC).date() == WAIVER.expires
    assert read(tmp_path).stale == ()


@pytest.mark.parametrize(
    "spoilt", [{"expires": "soon"}, {"checks": "DISC-03"}, {"owner": None}, {"tag": 1}], ids=str
)
def test_a_record_with_waivers_that_nobody_wrote_so_is_refused(
    spoilt: dict[str, object], tmp_path: Path
) -> None:
    with RecordWriter(tmp_path / FILE, lambda: NOW) as writer:
        writer.header(header())
    text = (tmp_path / FILE).read_text("utf-8")
    given_waiver = str({**waiver_facts(WAIVER), "checks": ["DISC-03"], **spoilt})
    given_waiver = given_waiver.replace("'", '"').replace("None", "null")
    told = text.replace('"schema":1', f'"schema":1,"waivers":[{given_waiver}]', 1)
    (tmp_path / FILE).write_text(told, "utf-8")

    with pytest.raises(UsageFault, match="line 1"):
        read(tmp_path)


def test_the_example_is_a_file_of_waivers(tmp_path: Path) -> None:
    (tmp_path / "waivers.toml").write_text(EXAMPLE, "utf-8")

    (waiver,) = load(tmp_path / "waivers.toml")

    assert (waiver.check, waiver.checks, waiver.member_state) == ("DISC-03", ("DISC-03",), "FI")
    assert waiver.expires == date(2026, 10, 31)
    assert waiver.what == "DISC-03 of FI, eb, acc"


def test_a_tag_is_waived_in_every_check_that_reports_it() -> None:
    tag = "naptr-root-not-https"
    text = EXAMPLE.replace('check = "DISC-03"', f'tag = "{tag}"')

    (waiver,) = waivers_of(text, "w", known=checks())

    assert waiver.checks == tuple(check.id for check in checks() if tag in check.finds)


REST = 'reason = "r"\nowner = "o"\nexpires = 2026-10-31\nticket = "t"\n'
ENTRY = '[[waiver]]\ncheck = "DISC-03"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("=", "w.toml: expected TOML"),
        ("waivers = 1", "w.toml: expected tables [[waiver]] and nothing else, but saw 'waivers'"),
        (f"[waiver]\n{REST}", "in double brackets"),
        ("waiver = [1]", "in double brackets"),
        (f"[[waiver]]\n{REST}", "w.toml, line 1, waiver 1: expected a check or a tag"),
        (f'[[waiver]]\ncheck = "DISC-99"\n{REST}', "such as DISC-"),
        (f"[[waiver]]\ncheck = 3\n{REST}", "check: expected a text in quotes, but saw 3"),
        (f'{ENTRY}tag = "naptr-root-not-htps"\n{REST}', "such as naptr-root-not-https"),
        (f'{ENTRY}tag = "status-not-200"\n{REST}', "tag: expected a known word"),
        (f"{ENTRY}expiry = 1\n{REST}", "a known key, such as expires, but saw 'expiry'"),
        (f"{ENTRY}x = 1\n{REST}", "a known key: check, tag, member_state"),
        (f'{ENTRY}member_state = "EL"\n{REST}', "such as GR"),
        (f'{ENTRY}member_state = "fi"\n{REST}', "such as FI"),
        (f'{ENTRY}service = "EB"\n{REST}', "such as eb"),
        (f'{ENTRY}environment = "production"\n{REST}', "such as prod"),
        (ENTRY + REST.replace("2026-10-31", '"2026-10-31"'), "expires: expected a date without"),
        (ENTRY + REST.replace("2026-10-31", "2026-10-31T10:00:00"), "a date without"),
        (ENTRY + REST.replace("2026-10-31", "2026-02-30"), "expected TOML"),
        (ENTRY + REST.replace('owner = "o"\n', ""), "expected owner, which every waiver says"),
        (ENTRY + REST.replace('reason = "r"\n', ""), "expected reason, which every waiver says"),
        (ENTRY + REST.replace("expires = 2026-10-31\n", ""), "expected expires"),
        (ENTRY + REST.replace('ticket = "t"\n', ""), "expected ticket"),
        (ENTRY + REST.replace('"o"', '" "'), "owner: expected a text that begins with"),
        (ENTRY + REST.replace('"o"', '""'), "owner: expected a text that is not empty"),
        (ENTRY + REST.replace('"o"', '"o\\u001b[31m"'), "one line of printable text"),
        (ENTRY + REST.replace('"o"', f'"{"o" * 500}"'), "at most 400 characters"),
        (f"{ENTRY}{REST}\n{ENTRY}{REST}", "line 8, waiver 2: expected each failure waived once"),
        (f"x = {'[' * 3_000}", "expected TOML"),
        (f"x = {'1' * 5_000}", "expected TOML"),
        ((ENTRY + REST) * 1_001, "at most 1,000 waivers"),
    ],
    ids=lambda value: str(value)[-40:],
)
def test_a_malformed_file_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(UsageFault) as refused:
        waivers_of(text, "w.toml", known=checks())

    told = str(refused.value)
    assert told.startswith("w.toml")
    assert said in told
    assert "\n" not in told
    assert len(told) < 700


@pytest.mark.parametrize(
    ("octets", "said"),
    [(None, "no such file"), (b"\xff", "text in UTF-8"), (b"#" * (1024 * 1024 + 1), "1,048,576")],
    ids=["missing", "no text", "too large"],
)
def test_a_file_that_cannot_be_read_is_refused_by_its_name(
    octets: bytes | None, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "waivers.toml"
    if octets is not None:
        path.write_bytes(octets)

    with pytest.raises(UsageFault) as refused:
        load(path)

    assert str(path) in str(refused.value)
    assert said in str(refused.value)
