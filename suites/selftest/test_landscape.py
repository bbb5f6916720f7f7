"""The landscape as data: every file, the hybrid model, the zone text, and what can be asked."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from harness.model import Environment, Service
from mock_services import member_state_file
from mock_services.codelists import codelists, error_codes
from mock_services.landscape import (
    hosts,
    landscape_of,
    member_state_codes,
    world_of,
)
from mock_services.member_state_file import common_requirements, member_state
from mock_services.toml_data import FIXTURES, UnreadableData, read_section
from mock_services.world import World
from mock_services.zone_file import read_zone

EU = member_state_codes()
ASKING = {"AT", "BE", "NL"}


@pytest.fixture(scope="module")
def world() -> World:
    return world_of()


def test_there_is_a_file_for_each_of_the_27_member_states() -> None:
    union = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"

    assert " ".join(member_state_codes()) == union


@pytest.mark.parametrize("code", EU)
def test_a_file_is_readable_by_people_and_says_that_it_is_mock_data(code: str) -> None:
    text = (FIXTURES / "member_states" / f"{code}.toml").read_text("utf-8")

    assert "Mock data" in text.partition("code =")[0]
    assert len(text.splitlines()) <= 200
    assert max(map(len, text.splitlines())) <= 160


@pytest.mark.parametrize("code", EU)
def test_a_member_state_has_all_that_its_directories_need(code: str) -> None:
    state = member_state(code)

    assert state.code == code
    assert state.data_code == ("EL" if code == "GR" else code)
    assert {language for language, _ in state.names} == {"EN", *state.languages}
    assert all(
        {language for language, _ in kind.titles} == {"EN", *state.languages}
        for kind in state.evidence_types
    )
    test = {each.requirement for each in state.frameworks if each.procedure == "00"}
    assert test == {"test", "test-last"}
    assert any(each.requirement == "test" and each.evidence_types for each in state.lists)
    assert any(not each.evidence_types for each in state.lists)
    services = [kind.service for kind in state.evidence_types]
    assert None in services
    assert {point.id for each in services if each for point in each.access_points} == {
        f"AP_{state.data_code}_01",
        f"AP_{state.data_code}_02",
    }


def test_only_some_ask_for_more_attributes_and_the_netherlands_and_austria_do() -> None:
    asking = {
        code
        for code in EU
        for kind in member_state(code).evidence_types
        if kind.service and kind.service.asks
    }

    assert asking == ASKING


def test_no_identifier_is_used_twice() -> None:
    identifiers = Counter(each.id for each in common_requirements())
    for code in EU:
        state = member_state(code)
        services = [kind.service for kind in state.evidence_types if kind.service]
        identifiers.update(each.id for each in state.frameworks)
        identifiers.update(each.id for each in state.lists)
        identifiers.update(each.id for each in state.evidence_types)
        identifiers.update(each.id for each in services)
        identifiers.update(each.id for service in services for each in service.asks)

    assert [uuid for uuid, times in identifiers.items() if times > 1] == []


def test_the_requirements_include_the_one_of_all_zeros_and_the_one_of_all_f() -> None:
    identifiers = {each.id for each in common_requirements()}

    assert 45 <= len(identifiers) <= 55
    assert {
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    } <= identifiers


def test_every_instance_of_a_member_states_own_is_marked_hypothetical() -> None:
    own = {
        code: {each.service for each in member_state(code).instances if each.hypothetical}
        for code in EU
        if member_state(code).instances
    }

    assert all(len(services) == len(member_state(code).instances) for code, services in own.items())
    assert {len(services) for services in own.values()} == {1, 2}
    assert {Service.EB} in own.values()
    assert {Service.DSD} in own.values()


@pytest.mark.parametrize("code", EU)
def test_every_member_state_file_says_that_it_is_hypothetical(code: str) -> None:
    file = FIXTURES / "member_states" / f"{code}.toml"

    table = tomllib.loads(file.read_text("utf-8"))

    assert table["hypothetical"] is True
    assert all(entry["hypothetical"] is True for entry in table.get("instance", ()))


@pytest.mark.parametrize("line", ["", "hypothetical = false\n", 'hypothetical = "true"\n'])
def test_a_member_state_file_that_does_not_say_so_is_refused(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (FIXTURES / "member_states" / "FI.toml").read_text("utf-8")
    (tmp_path / "FI.toml").write_text(text.replace("hypothetical = true\n", line, 1), "utf-8")
    monkeypatch.setattr(member_state_file, "_MEMBER_STATES", tmp_path)

    with pytest.raises(UnreadableData, match=r"FI\.toml: expected .*hypothetical"):
        member_state_file.member_state.__wrapped__("FI")


@pytest.mark.parametrize("environment", Environment)
@pytest.mark.parametrize("service", Service)
def test_the_data_of_each_member_state_lies_in_exactly_one_instance(
    world: World, service: Service, environment: Environment
) -> None:
    serving = [
        each
        for each in world.instances
        if (each.service, each.environment) == (service, environment)
    ]

    assert sorted(code for each in serving for code in each.serves) == sorted(EU)
    assert all(each.serves == (each.owner,) for each in serving if each.owner != "EC")
    assert [each.owner for each in serving].count("EC") == 1


def test_a_world_of_one_member_state_has_the_instances_it_needs_and_no_others() -> None:
    assert {each.owner for each in world_of("DE").instances} == {"DE"}
    assert {each.owner for each in world_of("AT").instances} == {"EC", "AT"}
    assert {each.serves for each in world_of("FI").instances} == {("FI",)}


def test_the_same_member_states_make_the_same_landscape_in_any_order() -> None:
    assert landscape_of(("FI", "AT")).member_states == landscape_of(("AT", "FI")).member_states


@pytest.mark.parametrize("code", ["EL", "XX", "fi", "../FI", ""])
def test_an_unknown_member_state_is_refused_with_the_known_ones_named(code: str) -> None:
    with pytest.raises(UnreadableData, match=r"expected one of AT, BE.*; correct the file"):
        world_of(code)


def test_the_zone_has_a_record_for_each_member_state_service_major_and_environment(
    world: World,
) -> None:
    records = read_zone(world.zone)

    naptr = [each for each in records if each.rdtype == "NAPTR"]
    assert len({each.name for each in naptr}) == len(naptr) == 27 * 2 * 2 * 3
    assert {each.rdata[:4] for each in naptr} == {(100, 10, b"U", b"")}
    assert [each.name for each in records if each.rdtype == "SOA"] == [
        "oots.tech.ec.europa.eu.",
        "localhost.",
    ]
    assert all(each.name.endswith(("oots.tech.ec.europa.eu.", "localhost.")) for each in records)


def test_both_majors_lead_to_the_same_instance(world: World) -> None:
    roots = {each.name: each.rdata[4] for each in read_zone(world.zone) if each.rdtype == "NAPTR"}

    assert all(
        roots[name] == roots[name.replace(".v1.", ".v2.")] for name in roots if ".v1." in name
    )
    assert roots["gr.eb.v1.cs.acc.oots.tech.ec.europa.eu."] == (
        b"!.*!https://query.cs.acc.localhost/eb/!"
    )
    assert roots["de.dsd.v2.cs.prod.oots.tech.ec.europa.eu."] == (
        b"!.*!https://cs.prod.de.localhost/dsd/!"
    )


def test_every_host_has_both_kinds_of_address_and_none_leaves_the_machine(world: World) -> None:
    addresses = {
        (each.name, each.rdtype, *each.rdata)
        for each in read_zone(world.zone)
        if each.rdtype in {"A", "AAAA"}
    }

    for host in hosts(world):
        assert host.endswith(".localhost")
        assert {(f"{host}.", "A", "127.0.0.1"), (f"{host}.", "AAAA", "::1")} <= addresses
    assert {address for _, _, address in addresses} == {"127.0.0.1", "::1"}


def test_a_port_other_than_that_of_https_stands_in_every_root() -> None:
    zone = world_of("FI", "DE", port=8443).zone

    assert zone.count(".localhost:8443/") == zone.count(" NAPTR ") == 24


def test_every_code_list_says_which_version_it_is_and_where_it_comes_from() -> None:
    for each in codelists().values():
        assert each.name, each
        assert each.version, each
        assert each.source, each
        assert each.codes, each


def test_the_code_lists_hold_what_strict_readers_trip_over() -> None:
    lists = codelists()

    assert "00" in lists["Procedures"].codes
    assert len(lists["OOTS_Country"].codes) == 31
    assert set(lists["OOTS_Country"].codes) - set(lists["EEA_Country"].codes) == {"EU"}
    assert {"EL", "LI"} <= set(lists["EEA_Country"].codes)
    assert "GR" not in lists["OOTS_Country"].codes
    assert len(lists["LanguageCode"].codes) == 183
    assert {list(lists["LevelsOfAssurance"].codes)[-1]} == {"High"}
    assert len(error_codes()) == 13


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("code = ", "# code = "), "a text called 'code'"),
        (("data_code = ", 'extra = "x"\ndata_code = '), "nothing else"),
        (('publisher = "tax"', 'publisher = "nobody"'), "publisher to be of"),
        (('proves = ["test"]', 'proves = ["nothing"]'), "a requirement of one of its procedures"),
        (("[procedures.V2]", "[procedures.Z9]"), "a code of Procedures"),
        (("[access_points]", "[access_points"), "a TOML file"),
        (("languages = [", "languages = 7 # ["), "languages to be a list"),
        (("application/pdf", "text/plain"), "a media type"),
        (('code = "FI"', 'code = "SE"'), "the code that the file is called after"),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str], expected: str
) -> None:
    text = (FIXTURES / "member_states" / "FI.toml").read_text("utf-8")
    assert change[0] in text
    (tmp_path / "FI.toml").write_text(text.replace(*change, 1), "utf-8")
    monkeypatch.setattr("mock_services.member_state_file._MEMBER_STATES", tmp_path)

    with pytest.raises(UnreadableData, match=re.escape(expected)) as caught:
        member_state.__wrapped__("FI")

    assert "FI.toml" in str(caught.value)


@pytest.mark.parametrize("file", sorted(FIXTURES.rglob("*.toml")), ids=lambda path: path.stem)
def test_every_data_file_is_toml(file: Path) -> None:
    assert tomllib.loads(file.read_text("utf-8"))


def test_a_file_that_is_not_there_is_told_without_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(UnreadableData, match="expected a TOML file"):
        read_section(tmp_path / "XX.toml")
