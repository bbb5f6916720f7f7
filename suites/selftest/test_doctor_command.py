"""`oots doctor` as a stranger sees it: what is told, in which words, and the exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from harness.cli.doctor import consult
from harness.doctor import PROBES
from harness.model import Target
from mock_services.embedded import Embedded
from mock_services.troubles import Trouble, planted
from mock_services.troubles.files import anchor_of_production, skewed_world
from mock_services.troubles.places import dropping, site, web_page
from mock_services.troubles.proxies import Proxy, intercepting
from suites.selftest.doctored import started


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    embedded = Embedded()
    yield started(embedded)
    embedded.stop()


SITUATIONS: dict[str, tuple[Trouble | None, timedelta, tuple[str, ...]]] = {
    "right": (None, timedelta(), ("Nothing stands in the way of a run",)),
    "unreachable": (dropping, timedelta(), ("!! TCP connection", "let through", "the network's")),
    "intercepted": (
        intercepting("Office Gateway CA"),
        timedelta(),
        ("!! Interception of TLS", "Office Gateway CA", "exempted from TLS inspection"),
    ),
    "wrong anchor": (
        anchor_of_production,
        timedelta(),
        ("!! Trust anchors and signatures: acc", "give the root of acc", "yours: the target file"),
    ),
    "no OOTS service": (
        site(web_page),
        timedelta(),
        ("!! OOTS service", "a web page", "check the base URL in the file"),
    ),
    "skewed clock": (
        None,
        timedelta(hours=-2),
        ("!! Clock", "this machine is 2 h 0 min ahead of", "set the clock of this machine"),
    ),
}


def test_six_situations_have_six_explanations(capsys: pytest.CaptureFixture[str]) -> None:
    told: dict[str, str] = {}
    for name, (trouble, ahead, _) in SITUATIONS.items():
        embedded = skewed_world(ahead)
        with ExitStack() as stack:
            stack.callback(embedded.stop)
            target = started(embedded)
            consult(stack.enter_context(planted(target, *filter(None, [trouble]))))
        told[name] = " ".join(capsys.readouterr().out.split())

    for name, (_, _, words) in SITUATIONS.items():
        others = [told[other] for other in told if other != name]
        assert all(word in told[name] for word in words), told[name]
        assert not any(words[0] in other for other in others)


def test_the_command_tells_a_line_for_each_probe_and_ends_with_the_sum(
    target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = consult(target)

    lines = capsys.readouterr().out.splitlines()
    assert ended == 0
    assert [line[:2] for line in lines if line[:2] in ("ok", "--")].count("ok") == len(PROBES) - 2
    assert lines[-1] == "Nothing stands in the way of a run. Exit code 0."
    assert all(len(line) <= 80 for line in lines)


def test_the_quiet_command_says_nothing_where_nothing_is_wrong(
    target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    with planted(target, site(web_page)) as troubled:
        codes = consult(target, quiet=True), consult(troubled, quiet=True)

    told = capsys.readouterr().out
    assert codes == (0, 3)
    assert told.startswith("!!  OOTS service")
    assert told.endswith("Exit code 3.\n")


def test_the_command_gives_one_json_object_with_the_evidence_of_each_finding(
    target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "s3cret-of-the-proxy"
    guarded = Proxy(wants=f"me:{secret}", given=f"me:{secret}")
    with planted(target, guarded) as behind:
        reach = replace(behind.reach, secrets=(secret, behind.name))
        ended = consult(replace(behind, reach=reach), json=True)

    text = capsys.readouterr().out
    report = json.loads(text)
    known = {exchange["id"] for exchange in report["exchanges"]}
    assert (ended, report["exit"]) == (0, 0)
    assert [finding["probe"] for finding in report["findings"]] == [p.slug for p in PROBES]
    assert all(set(finding["evidence"]) <= known for finding in report["findings"])
    assert secret not in text
    assert report["target"] == "(secret)"
