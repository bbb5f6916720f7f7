"""The target file: what a good one becomes, and that every bad one is refused in one clear line."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness import target_file
from harness.adapters.system_dns import system_name_server
from harness.data import FIXTURES
from harness.model import Environment, Questions, Service, ServiceKey, Target
from harness.target_addresses import name_server
from harness.target_file import load, read
from harness.target_model import Asked, schema
from harness.target_words import countries
from harness.toml_lines import key_lines
from suites.selftest.target_files import ENVIRONMENT, GOOD, MINIMAL, contents, folder

AT_ONCE = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60
)


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def loaded(place: Path, text: str = GOOD) -> Target:
    return load(folder(place, text))


def key(state: str, service: str, environment: str) -> ServiceKey:
    return ServiceKey(state, Service(service), Environment(environment))


def test_a_file_becomes_the_target_that_it_describes(tmp_path: Path) -> None:
    target = loaded(tmp_path)

    assert target.name == "Example Agency"
    assert target.source == str(tmp_path / "oots.toml")
    assert [str(each) for each in target.keys][:5] == [
        "FI-eb-acc", "FI-dsd-acc", "GR-eb-acc", "GR-dsd-acc", "FI-eb-testing",
    ]  # fmt: skip
    assert target.nameserver == ("192.0.2.1", 5300)
    assert target.other_nameservers == (("2001:db8::1", 53), ("192.0.2.2", 53))
    assert target.zone == contents()["zone"].decode()
    assert target.zone_file == str(tmp_path / "zone")
    assert target.overview
    assert target.overview[0].uri == "https://eb.example/eb/"
    assert target.trust_anchors[Environment.ACC].startswith(b"-----BEGIN")
    assert set(target.trust_anchors) == {Environment.ACC, Environment.PROD}
    assert str(target.tls_roots).count("BEGIN") == 2
    assert target.reach.rate == 7.5
    assert (target.reach.give_up_after, target.reach.total_timeout) == (3, 9)
    assert target.reach.proxy == "http://proxy.example:3128"
    assert not target.reach.addresses_by_system


def test_a_minimal_file_is_six_lines_and_has_sane_defaults(tmp_path: Path) -> None:
    target = loaded(tmp_path, MINIMAL)

    assert len([line for line in MINIMAL.splitlines() if line]) == 6
    assert [str(each) for each in target.keys] == ["FI-eb-acc", "FI-dsd-acc"]
    assert target.roles == ("zone", "directory")
    assert target.majors == (1, 2)
    assert target.nameserver == ("192.0.2.1", 53)
    assert target.tls_roots is None
    assert target.reach.rate == 20
    assert target.reach.give_up_after == 5
    assert target.reach.addresses_by_system


def test_the_narrowest_base_url_counts(tmp_path: Path) -> None:
    urls = 'eb = "https://a.example"\neb-acc = "https://b.example"\nFI-eb = "https://c.example"\n'
    text = GOOD.replace('eb = "https://eb.example/eb/"\n', urls)

    roots = loaded(tmp_path, text).roots

    assert roots[key("FI", "eb", "acc")] == "https://c.example"
    assert roots[key("GR", "eb", "acc")] == "https://b.example"
    assert roots[key("GR", "eb", "testing")] == "https://a.example"
    assert key("GR", "dsd", "acc") not in roots


def test_the_narrowest_questions_count_and_the_rest_stay_open(tmp_path: Path) -> None:
    asked = loaded(tmp_path).questions

    assert asked[key("FI", "eb", "acc")].procedure == "T3"
    assert asked[key("GR", "eb", "testing")].procedure == "T3"
    assert asked[key("GR", "dsd", "acc")].procedure == "T1"
    assert asked[key("GR", "dsd", "acc")].country == "EL"
    assert asked[key("GR", "dsd", "acc")].concepts[0][1] == "true"
    assert asked[key("FI", "dsd", "acc")] == Questions("FI", "T3", None, None, None, None, None, ())


def test_one_table_of_questions_is_enough_for_one_member_state(tmp_path: Path) -> None:
    target = loaded(tmp_path, f'{MINIMAL}[questions]\nprocedure = "T3"\ncountry = "P7"\n')

    assert {(asked.country, asked.procedure) for asked in target.questions.values()} == {
        ("P7", "T3")
    }


def test_a_zone_file_alone_is_judged_in_place_of_a_name_server(tmp_path: Path) -> None:
    target = loaded(tmp_path, MINIMAL.replace('server = "192.0.2.1"', 'zone_file = "zone"'))

    assert target.nameserver is None
    assert target.zone == contents()["zone"].decode()
    assert target.roles == ("zone", "directory")


def test_without_a_zone_only_directories_are_judged(tmp_path: Path) -> None:
    urls = '[base_urls]\neb = "https://a.example"\ndsd = "https://b.example"\n'
    text = MINIMAL.replace('[dns]\nserver = "192.0.2.1"\n', urls)

    assert loaded(tmp_path, text).roles == ("directory",)
    assert loaded(tmp_path, text.replace("dsd =", "#")).roles == ("zone", "directory")


def test_the_system_name_server_is_the_first_that_the_machine_is_set_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "resolv.conf"
    settings.write_text("# c\nsearch example\nnameserver 2001:db8::53\nnameserver 192.0.2.9\n")
    monkeypatch.setattr(target_file, "system_name_server", lambda: system_name_server(settings))
    target = loaded(tmp_path, MINIMAL.replace("192.0.2.1", "system"))

    assert (target.nameserver, target.by_resolver) == (("2001:db8::53", 53), True)
    assert not loaded(tmp_path, MINIMAL).by_resolver


def test_every_secret_is_known_in_every_form_in_which_it_goes_out(tmp_path: Path) -> None:
    file = read(folder(tmp_path))
    reach = file.target.reach

    assert reach.headers == (("X-Api-Token", ENVIRONMENT["OOTS_TOKEN"]),)
    assert reach.proxy_credentials == f"me:{ENVIRONMENT['OOTS_PROXY']}"
    assert reach.client_key_password == ENVIRONMENT["OOTS_KEY"]
    assert set(ENVIRONMENT.values()) < set(reach.secrets)
    assert "bWU6cHJveHktVnczNy1zZWNyZXQ=" in reach.secrets
    assert not [value for value in reach.secrets if value in repr(file)]
    assert file.secrets["proxy.password"] == "OOTS_PROXY"


def test_the_certificate_and_its_key_may_be_one_file(tmp_path: Path) -> None:
    lines = 'certificate = "client.pem"\nkey = "client.key"\nkey_password = { env = "OOTS_KEY" }\n'
    target = loaded(tmp_path, GOOD.replace(lines, 'certificate = "both.pem"\n'))

    assert str(target.reach.client_certificate).count("BEGIN CERTIFICATE") == 1
    assert str(target.reach.client_certificate).count("BEGIN PRIVATE KEY") == 1


@AT_ONCE
@given(st.ip_addresses(), st.none() | st.integers(1, 65535))
def test_an_address_and_a_port_are_read_as_they_were_written(
    address: object, port: int | None
) -> None:
    host = f"[{address}]" if ":" in str(address) else str(address)
    text = host if port is None else f"{host}:{port}"

    assert name_server(text) == (str(address), port or 53)


@AT_ONCE
@given(
    st.lists(st.sampled_from(countries()), min_size=1, unique=True),
    st.sets(st.sampled_from(list(Environment)), min_size=1),
)
def test_every_service_of_every_country_and_environment_is_a_subject(
    tmp_path: Path, states: list[str], environments: set[Environment]
) -> None:
    said = "".join(f'"{each}",' for each in environments)
    text = MINIMAL.replace('["FI"]', f"{states}\nenvironments = [{said}]".replace("'", '"'))

    target = loaded(tmp_path, text)

    assert len(target.keys) == len(set(target.keys)) == 2 * len(states) * len(environments)
    assert set(target.questions) == set(target.keys)
    assert all(asked.country != "GR" for asked in target.questions.values())


NAMES = st.text("abcXYZ-_019", min_size=1, max_size=6)
TABLES = st.recursive(
    st.integers() | st.just(["a", "#\n=", "]"]) | st.just("three\nlines\n["),
    lambda inner: st.dictionaries(NAMES, inner, min_size=1, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, TABLES, min_size=1, max_size=4))
def test_the_line_of_every_key_is_found(tables: dict[str, object]) -> None:
    text, wanted = written_out(tables)

    found = key_lines(text)

    assert {path: found.get(path) for path in wanted} == wanted


def written_out(tables: dict[str, object]) -> tuple[str, dict[tuple[str | int, ...], int]]:
    """A TOML text and the line of each of its keys, made without reading it."""
    lines: list[str] = ["# = [", ""]
    wanted: dict[tuple[str | int, ...], int] = {}

    def put_pairs(table: dict[str, object], path: tuple[str, ...]) -> None:
        for name, value in table.items():
            if isinstance(value, dict):
                continue
            wanted[(*path, name)] = len(lines) + 1
            said = str(value)
            if isinstance(value, list):
                said = "[ # ]\n\"a\", \"#=[\",\n'''x\n]''']"
            if isinstance(value, str):
                said = '"""\\\nx = [1\n\\""" # y\n"""'
            lines.extend(f"{name} = {said} # =".split("\n"))
        for name, value in table.items():
            if isinstance(value, dict):
                wanted[(*path, name)] = len(lines) + 1
                lines.append(f" [ {' . '.join((*path, name))} ] # [")
                put_pairs(value, (*path, name))

    put_pairs(tables, ())
    return "\n".join(lines), wanted


def test_every_field_of_questions_can_be_given() -> None:
    assert {each.name for each in fields(Questions)} - {"unlearned"} <= set(Asked.model_fields)


def test_the_published_schema_is_the_one_that_is_made() -> None:
    assert json.loads((FIXTURES / "oots.schema.json").read_text("utf-8")) == schema()


def test_every_key_of_the_schema_is_explained() -> None:
    made = schema()
    tables = [made, *made["$defs"].values()]
    for table in tables:
        for name, entry in table["properties"].items():
            about = entry.get("description") or "$ref" in entry
            assert about, name
            assert re.search(r"[.)]$", entry.get("description", ".")), name
