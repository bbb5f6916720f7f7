"""`oots config`: the resolved form tells all but secrets; two hashes tell the same test."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from harness.data import FIXTURES
from harness.execution import Selection
from harness.extensions import checks
from harness.provenance import header_facts, target_facts
from harness.target_file import read
from harness.target_model import schema
from mock_services.embedded import Embedded
from suites.selftest.target_files import ENVIRONMENT, GOOD, MINIMAL, contents, folder, told
from suites.selftest.test_record import NOW


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def shown(file: Path, capture: pytest.CaptureFixture[str]) -> dict[str, Any]:
    code, out, err = told(["config", "--target", str(file), "--json"], capture)
    assert code == 0, err
    facts: dict[str, Any] = json.loads(out)
    return facts


def hashes(file: Path, capture: pytest.CaptureFixture[str]) -> dict[str, str]:
    found: dict[str, str] = shown(file, capture)["hashes"]
    return found


def test_every_value_that_counts_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = told(["config", "--target", str(folder(tmp_path))], capsys)

    assert code == 0
    for text in (
        "FI-eb-acc", "zone, directory", "tdd-2.0", "192.0.2.1 port 5300", "2001:db8::1 port 53",
        "https://dsd.example:8443/dsd", "CN=acc root, until", "CN=client", "proxy.example:3128",
        "(secret, from $OOTS_TOKEN)", "(secret, from $OOTS_PROXY)", "(secret, from $OOTS_KEY)",
        "7.5", "T1", "to_be_learned", "what is asked", "of whom",
    ):  # fmt: skip
        assert text in out, text


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_no_secret_and_no_key_is_shown(
    form: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder(tmp_path)

    _, out, err = told(["config", "--target", str(file), *form], capsys)

    secrets = read(file).target.reach.secrets
    assert len(secrets) > len(ENVIRONMENT)
    assert not [secret for secret in secrets if secret in out + err]
    assert "BEGIN" not in out


def test_defaults_are_shown_as_what_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = shown(folder(tmp_path, 'participant = "A"\nmember_states = ["SE"]\n' + DNS), capsys)

    assert facts["services"] == ["SE-eb-acc", "SE-dsd-acc"]
    assert facts["limits"]["rate"] == 20
    assert facts["tls"]["ca"] == "(those of this machine)"
    assert "procedure" in facts["questions"]["SE-acc"]["to_be_learned"]


@pytest.mark.parametrize("command", ["config", "doctor"])
def test_where_there_is_no_file_it_is_said_what_writes_one(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = told([command, "--target", str(tmp_path / "oots.toml")], capsys)

    assert code == 2
    assert "`oots init` writes one" in err


def test_nothing_is_said_to_be_learned_without_a_broker(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = shown(folder(tmp_path, f'services = ["dsd"]\n{MINIMAL}'), capsys)

    assert facts["questions"]["FI-acc"]["to_be_learned"] == []


DNS = '[dns]\nserver = "192.0.2.1"\n'


def test_the_same_test_has_the_same_hashes_wherever_it_lies_and_whatever_its_secrets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    first = hashes(folder(here), capsys)

    shutil.copytree(here, there)
    (there / "oots.toml").rename(there / "another.toml")
    text = (there / "another.toml").read_text().replace('"FI", "GR"', '"GR", "FI"')
    (there / "another.toml").write_text(f"# a remark\n{text}")
    (there / "acc.pem").write_bytes(b"another note\n" + contents()["acc.pem"])
    monkeypatch.setenv("OOTS_TOKEN", "another-token-altogether")
    monkeypatch.setenv("OOTS_PROXY", "another-password")

    assert hashes(there / "another.toml", capsys) == first


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("192.0.2.1:5300", "192.0.2.1:5301"),
        ("[2001:db8::1]:53", "[2001:db8::2]:53"),
        ("https://eb.example/eb/", "https://eb.example/"),
        ('acc = "acc.pem"', 'acc = "prod.pem"'),
        ('ca = "ca.pem"', 'ca = "acc.pem"'),
        ('zone_file = "zone"', 'zone_file = "other-zone"'),
        ("rate = 7.5", "rate = 8"),
        ("proxy.example", "proxy2.example"),
        ("X-Api-Token", "X-Token"),
        ('procedure = "T1"', 'procedure = "T2"'),
        ("0123456789abcdef0123", "1123456789abcdef0123"),
        ('["zone", "directory"]', '["zone"]'),
        ('["FI", "GR"]', '["GR", "FI", "SE"]'),
        ('overview = "overview.csv"\n', ""),
        ("[1, 2]", "[1]"),
        ('addresses = "server"', 'addresses = "system"'),
    ],
)
def test_another_target_is_another_whom_and_the_same_question(
    old: str, new: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = hashes(folder(tmp_path), capsys)
    assert old in GOOD

    second = hashes(folder(tmp_path, GOOD.replace(old, new)), capsys)

    assert second["asked"] == first["asked"]
    assert second["of_whom"] != first["of_whom"]


def test_another_profile_is_another_question_of_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = hashes(folder(tmp_path), capsys)

    second = hashes(folder(tmp_path, GOOD.replace("tdd-2.0", "tdd-1.x")), capsys)

    assert second["of_whom"] == first["of_whom"]
    assert second["asked"] != first["asked"]


def test_the_record_of_a_run_has_the_same_hashes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder(tmp_path)
    loaded = read(file)
    selection = Selection((), (), (), (), (), profile=loaded.profile)
    facts = {name: getattr(selection, name) for name in selection.__slots__}

    header = header_facts(
        "r",
        NOW,
        target=target_facts(loaded.target),
        selection=facts,
        checks=checks(),
        fault=None,
    )

    told_hashes = hashes(file, capsys)
    assert header["asked"] == told_hashes["asked"]
    assert header["of_whom"] == told_hashes["of_whom"]
    assert not [secret for secret in loaded.target.reach.secrets if secret in json.dumps(header)]


def test_the_landscape_is_the_same_whom_in_each_run() -> None:
    landscape = Embedded()
    try:
        facts = [target_facts(landscape.start(members=("FI",), fault=None)) for _ in range(2)]
    finally:
        landscape.stop()

    reached = [each.pop("reached") for each in facts]
    assert facts[0] == facts[1]
    assert reached[0] != reached[1]


def test_the_schema_is_printed_without_a_target(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    code, out, _ = told(["config", "--schema"], capsys)

    assert code == 0
    assert json.loads(out) == schema()
    assert out == (FIXTURES / "oots.schema.json").read_text("utf-8")


def test_the_file_in_this_folder_is_meant_where_none_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = told(["config"], capsys)
    folder(tmp_path)

    assert code == 2
    assert "oots.toml" in err
    assert told(["config"], capsys)[0] == 0


def test_a_plan_for_the_zone_alone_has_nothing_to_learn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", "--target", str(folder(tmp_path, MINIMAL)), "--check", "DISC-03", "--plan"]

    code, out, err = told([*words, "--json"], capsys)

    assert code == 0, err
    assert json.loads(out)["totals"]["http_requests_by_host"] == {}
