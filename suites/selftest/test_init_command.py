"""`oots init`: what is given is what the file says; `oots mock` writes one that works at once."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.execution import open_session
from harness.extensions import checks
from harness.learning import learned
from harness.model import CheckResult, Environment, Exchange, Service, Verdict
from harness.requirements import PROFILES
from harness.runner import run
from harness.target_file import read
from harness.target_model import TargetDescription, schema
from harness.target_text import written
from harness.target_words import countries
from suites.selftest.target_files import contents, told

NEEDED = ("--participant", "Agency", "--member-state", "FI")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, content in contents().items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Terminal(io.StringIO):
    """Somebody who has typed all their answers already."""

    def isatty(self) -> bool:
        return True


def typed(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("".join(f"{each}\n" for each in answers)))


def test_two_options_are_enough(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = told(["init", *NEEDED], capsys)

    target = read(place / "oots.toml").target
    assert (code, err) == (0, "")
    assert "oots doctor --target oots.toml" in out
    assert [str(key) for key in target.keys] == ["FI-eb-acc", "FI-dsd-acc"]
    assert target.name == "Agency"


def test_every_option_is_in_the_file(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "--member-state", "gr,SE", "--service", "eb", "--environment", "prod,acc",
        "--nameserver", "[2001:db8::1]:53", "--zone-file", "zone", "--eb", "https://eb.example/",
        "--trust-anchor", "prod=prod.pem", "--trust-anchor", "acc=acc.pem", "--tls-ca", "ca.pem",
        "--profile", "tdd-1.x", "--proxy", "http://proxy.example:3128", "--participant", "A & B",
        "--out", "below/here.toml",
    ]  # fmt: skip
    (place / "below").mkdir()

    code, _, err = told(["init", *words], capsys)

    file = read(place / "below" / "here.toml")
    target = file.target
    assert (code, err) == (0, "")
    assert (file.profile, target.name) == ("tdd-1.x", "A & B")
    assert [str(key) for key in target.keys] == [
        "GR-eb-prod", "SE-eb-prod", "GR-eb-acc", "SE-eb-acc",
    ]  # fmt: skip
    assert target.nameserver == ("2001:db8::1", 53)
    assert target.zone == contents()["zone"].decode()
    assert set(target.roots.values()) == {"https://eb.example/"}
    assert set(target.trust_anchors) == {Environment.PROD, Environment.ACC}
    assert target.tls_roots
    assert target.reach.proxy == "http://proxy.example:3128"


def test_nothing_is_asked_of_the_zone_where_every_base_url_is_given(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    urls = ("--eb", "https://eb.example/", "--dsd", "https://dsd.example/")

    assert told(["init", *NEEDED, *urls], capsys)[0] == 0

    assert read(place / "oots.toml").target.roles == ("directory",)


def test_a_few_questions_are_asked_and_bad_answers_again(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(
        monkeypatch,
        *("", "Agency", "EL", "gr", "", "uat", "testing", "ns1.example", "file"),
        *("nothing", "zone", "expired.pem", "acc.pem", ""),
    )

    code, out, err = told(["init"], capsys)

    target = read(place / "oots.toml").target
    assert (code, err) == (0, "")
    assert out.count("expected") == 6
    assert "[eb,dsd]" in out
    assert "use GR" in out
    assert [str(key) for key in target.keys] == ["GR-eb-testing", "GR-dsd-testing"]
    assert target.nameserver is None
    assert target.zone_file
    assert set(target.trust_anchors) == {Environment.TESTING}
    assert target.tls_roots is None


def test_what_is_given_is_not_asked(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "Agency", "", "", "none", "system")

    words = ["init", "--member-state", "FI", "--nameserver", "192.0.2.7"]

    assert told(words, capsys)[0] == 0
    assert read(place / "oots.toml").target.nameserver == ("192.0.2.7", 53)


def test_roots_are_asked_for_each_environment_beside_production(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["init", *NEEDED[:2], "--environment", "prod,acc", "--nameserver", "192.0.2.7"]
    typed(monkeypatch, "FI", "", "prod.pem", "acc.pem", "")
    code, out, err = told(words, capsys)

    anchors = read(place / "oots.toml").target.trust_anchors
    assert (code, err) == (0, "")
    assert "For prod." in out
    assert anchors[Environment.PROD] != anchors[Environment.ACC]


def test_a_zone_file_alone_is_judged_without_the_directories(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = told(["init", *NEEDED, "--zone-file", "zone"], capsys)

    assert (code, err) == (0, "")
    assert read(place / "oots.toml").target.roles == ("zone",)
    assert (place / "oots.toml").read_text().endswith("\n")


@pytest.mark.parametrize("answers", [(), ("Agency",), ("Agency", *["EL"] * 20)])
def test_who_does_not_answer_is_not_asked_for_ever(
    answers: tuple[str, ...],
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    typed(monkeypatch, *answers)

    code, out, err = told(["init"], capsys)

    assert code == 2
    assert out.endswith("\n")
    assert len(err.splitlines()) == 1
    assert not (place / "oots.toml").exists()


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ((), "--participant and --member-state"),
        (("--participant", "A"), "expected --member-state"),
        (("--member-state", "FI"), "expected --participant"),
        ((*NEEDED, "--member-state", "EL"), "use GR"),
        ((*NEEDED, "--service", "ebb"), "did you mean eb?"),
        ((*NEEDED, "--environment", "production"), "did you mean prod?"),
        ((*NEEDED, "--profile", "3.0"), "--profile"),
        ((*NEEDED, "--nameserver", "ns1.example"), "--nameserver"),
        ((*NEEDED, "--zone-file", "missing"), "--zone-file"),
        ((*NEEDED, "--eb", "http://eb.example"), "--eb"),
        ((*NEEDED, "--dsd", "https://me:hunter2@dsd.example"), "--dsd"),
        ((*NEEDED, "--proxy", "socks://x"), "--proxy"),
        ((*NEEDED, "--trust-anchor", "expired.pem"), "expired on"),
        ((*NEEDED, "--trust-anchor", "acc=words"), "BEGIN CERTIFICATE"),
        ((*NEEDED, "--trust-anchor", "acc=acc.pem", "--trust-anchor", "acc=prod.pem"), "a second"),
        ((*NEEDED, "--trust-anchor", "prod=acc.pem"), "some for prod"),
        ((*NEEDED, "--trust-anchor", "staging=acc.pem"), "no environment"),
        ((*NEEDED, "--environment", "prod,acc", "--trust-anchor", "acc.pem"), "prod=PEM"),
        ((*NEEDED, "--tls-ca", "open.key"), "private key"),
        ((*NEEDED, "--out", "words/oots.toml"), "words"),
        ((*NEEDED, "--out", "nowhere/oots.toml"), "nowhere"),
        ((*NEEDED, "--out", "."), "a folder"),
        ((*NEEDED, "--out", ".", "--force"), "folder"),
        ((*NEEDED, "--out", ""), "--out"),
        ((*NEEDED, "--participant", "B"), "may be given once"),
        ((*NEEDED, "--zonefile", "zone"), "did you mean --zone-file?"),
    ],
    ids=" ".join,
)
def test_a_mistake_is_answered_by_one_line_and_nothing_is_written(
    words: tuple[str, ...], hint: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(place.rglob("*"))

    code, out, err = told(["init", *words], capsys)

    assert code == 2
    assert out == ""
    assert len(err.splitlines()) == 1
    assert hint in err
    assert "hunter2" not in err
    assert sorted(place.rglob("*")) == before


def test_a_file_that_is_there_is_kept_unless_told(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "oots.toml").write_text("mine")

    refused = told(["init", *NEEDED], capsys)
    kept = (place / "oots.toml").read_text()
    forced = told(["init", *NEEDED, "--force"], capsys)

    assert (refused[0], kept, forced[0]) == (2, "mine", 0)
    assert "--force" in refused[2]
    assert read(place / "oots.toml").target.name == "Agency"


def test_a_file_that_could_not_be_used_is_not_written(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("harness.target_file.system_name_server", lambda: None)

    code, _, err = told(["init", *NEEDED], capsys)

    assert code == 2
    assert "resolv.conf" in err
    assert not (place / "oots.toml").exists()


def test_every_key_is_in_the_file_and_sound_without_its_comment_sign() -> None:
    text = written({"participant": "A", "member_states": ["FI"]})
    lines = [line[1:] if line.startswith("#") and line[1:2].strip() else line for line in
             text.splitlines()]  # fmt: skip

    whole = tomllib.loads("\n".join(lines))

    TargetDescription.model_validate(whole)
    made = schema()
    assert set(whole) == set(made["properties"])
    for name, table in (("dns", "Dns"), ("tls", "Tls"), ("limits", "Limits"), ("trust", "Trust"),
                        ("proxy", "Proxy"), ("questions", "Asked")):  # fmt: skip
        assert set(whole[name]) == set(made["$defs"][table]["properties"])
    assert max(map(len, text.splitlines())) <= 100
    assert tomllib.loads(text) == {"participant": "A", "member_states": ["FI"]}


AT_ONCE = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40
)
NAMES = st.text(min_size=1, max_size=30).filter(lambda text: text.isprintable() and text.strip())


@AT_ONCE
@given(
    name=NAMES,
    states=st.lists(st.sampled_from(countries()), min_size=1, max_size=4, unique=True),
    services=st.lists(st.sampled_from(list(Service)), min_size=1, unique=True),
    environments=st.lists(st.sampled_from(list(Environment)), min_size=1, unique=True),
    server=st.ip_addresses(),
    port=st.integers(1, 65535),
    profile=st.sampled_from(PROFILES),
    trusted=st.booleans(),
)
def test_what_was_asked_for_is_what_the_file_says(  # noqa: PLR0913 -- each is an option
    place: Path,
    capsys: pytest.CaptureFixture[str],
    *,
    name: str,
    states: list[str],
    services: list[Service],
    environments: list[Environment],
    server: object,
    port: int,
    profile: str,
    trusted: bool,
) -> None:
    host = f"[{server}]" if ":" in str(server) else str(server)
    words = [
        f"--participant={name}", "--member-state", ",".join(states), "--service",
        ",".join(services), "--environment", ",".join(environments), "--nameserver",
        f"{host}:{port}", "--profile", profile, "--force",
        *(w for e in environments if trusted for w in ("--trust-anchor", f"{e}=acc.pem")),
    ]  # fmt: skip

    code, _, err = told(["init", *words], capsys)

    assert code == 0, err
    file = read(place / "oots.toml")
    keys = file.target.keys
    assert file.target.name == name.strip()
    assert {key.member_state for key in keys} == set(states)
    assert {key.service for key in keys} == set(services)
    assert {key.environment for key in keys} == set(environments)
    assert file.target.nameserver == (str(server), port)
    assert file.profile == profile
    assert set(file.target.trust_anchors) == (set(environments) if trusted else set())


def unheeded(_exchange: Exchange) -> None:
    """Where nothing is made of what was seen."""


async def judged(file: Path) -> list[CheckResult]:
    """Every check put to the target of a file, as a run does it."""
    loaded = read(file)
    async with open_session(loaded.target, unheeded, profile=loaded.profile) as opened:
        session = replace(opened, target=await learned(opened))
        return [
            await run(check, session, key)
            for check in checks()
            if loaded.profile in check.profiles
            for key in session.target.keys
            if key.service in check.services
        ]


def test_the_mock_writes_a_target_file_by_which_it_is_judged_conformant(place: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.cli.main", "mock", "--json", "--member-state", "BE"],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.rstrip() == "}":
                break
        manual = json.loads("".join(lines))
        results = asyncio.run(judged(place / manual["target"]))
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)

    bad = {Verdict.FAILED, Verdict.BLOCKED, Verdict.BROKEN}
    assert len(results) > 300
    assert not [
        f"{each.check} {each.detail or each.tag}" for each in results if each.verdict in bad
    ]
    spared = {each.check for each in results if each.verdict is Verdict.NOT_APPLICABLE}
    assert not [check for check in ("DISC-31", "DISC-52") if check in spared]
