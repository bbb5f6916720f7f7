"""A zone file in place of a name server: it answers as one would, and is judged as one is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.adapters.dns import DnsResolver, in_process_transport
from harness.adapters.reaching import resolver_of
from harness.adapters.zone_file import ZoneFileResolver, target_of
from harness.dns_message import DnsQuery, DnsReply, ResourceRecord
from harness.errors import UsageFault
from harness.model import CheckResult, Environment, Exchange, Service, Verdict
from harness.ports import Resolver
from harness.proving import session
from harness.runner import OF_SERVER, run
from harness.zone_data import zone_data
from mock_services.dns_zone import NameServer
from mock_services.faults.aliases import aliased, moved_by_dname
from mock_services.landscape import world_of
from mock_services.rehearsal import Rehearsal, still
from mock_services.world import World
from suites.selftest.dns_world import FI, ZONE, world_of_zone
from suites.selftest.zone_files import CHECKS, STATES, judged, target_in

UNSIGNED = "NAPTR", "A", "AAAA", "TXT", "SOA", "NS", "CNAME", "DNAME"


def of_text(text: str) -> ZoneFileResolver:
    return ZoneFileResolver(zone_data(text, "cs.zone"))


def asked(
    resolver: Resolver, name: str, rdtype: str = "NAPTR", *, dnssec: bool = False
) -> DnsReply:
    return asyncio.run(resolver.ask(DnsQuery(name, rdtype, transport="tcp", dnssec_ok=dnssec)))


def told(reply: DnsReply) -> tuple[object, ...]:
    """What a reply says, whatever the order and the case; in a circle some records come twice."""
    return (
        reply.rcode,
        "aa" in reply.flags,
        reply.question,
        *(sorted({repr(r).lower() for r in each}) for each in (reply.answer, reply.authority)),
    )


WORLDS: dict[str, World] = {
    "a small zone": world_of_zone(),
    "the landscape": replace(world_of("GR"), zone_signing=None),
    "aliases": replace(aliased(world_of("GR")), zone_signing=None),
    "environments behind DNAME": replace(moved_by_dname(world_of("GR")), zone_signing=None),
}
LABELS = st.sampled_from(["zz", "GR", "fi", "eb", "v1", "v9", "cs", "a1", "loop", "away", "ns1"])


NAMES = {
    kind: ["example", *sorted({str(r.name)[:-1] for r in zone_data(world.zone, "cs.zone")})]
    for kind, world in WORLDS.items()
}


@st.composite
def question(draw: st.DrawFn) -> tuple[str, str, str]:
    """A world, a name in it, or near it, or above it, and a type."""
    kind = draw(st.sampled_from(sorted(WORLDS)))
    labels = draw(st.sampled_from(NAMES[kind])).split(".")
    above = draw(st.lists(LABELS, max_size=2))
    name = ".".join([*above, *labels[draw(st.integers(0, len(labels) - 1)) :]])
    return kind, name, draw(st.sampled_from(UNSIGNED))


@given(question())
def test_a_file_answers_as_a_server_of_another_make(asking: tuple[str, str, str]) -> None:
    """The name server of the mocks shares no code with it."""
    kind, name, rdtype = asking
    world = WORLDS[kind]
    server = DnsResolver(in_process_transport(NameServer(world).answer))

    reply = asked(of_text(world.zone), name, rdtype)

    assert told(reply) == told(asked(server, name, rdtype))


ODD = """\
$ORIGIN foo.eu.
$TTL 60
@       SOA   ns1 host 1 2 3 4 5
        NS    ns1
*.wild  TXT   "any"
under.wild A  127.0.0.1
cut     NS    ns.cut
cut     DS    1 13 2 {}
ns.cut  A     127.0.0.2
old     DNAME new
x.new   TXT   "moved"
up.new  CNAME ns1
ns1     TXT   "no address"
""".format("ab" * 32)


@pytest.mark.parametrize(
    ("name", "rdtype", "answer"),
    [
        ("a.b.wild", "TXT", 'NOERROR aa: a.b.wild TXT "any"'),
        ("a.wild", "A", "NOERROR aa: | foo.eu SOA"),
        ("a.under.wild", "TXT", "NXDOMAIN aa: | foo.eu SOA"),
        ("wild", "TXT", "NOERROR aa: | foo.eu SOA"),
        ("a.cut", "A", "NOERROR: | cut NS ns.cut, cut DS"),
        ("cut", "DS", "NOERROR aa: cut DS"),
        ("x.old", "TXT", 'NOERROR aa: old DNAME new, x.old CNAME x.new, x.new TXT "moved"'),
        (
            "up.old",
            "A",
            "NOERROR aa: old DNAME new, up.old CNAME up.new, up.new CNAME ns1 | foo.eu SOA",
        ),
        ("old", "TXT", "NOERROR aa: | foo.eu SOA"),
        ("bar.eu.", "TXT", "REFUSED:"),
    ],
)
def test_wildcards_cuts_and_redirections(name: str, rdtype: str, answer: str) -> None:
    reply = asked(of_text(ODD), name if name.endswith(".") else f"{name}.foo.eu.", rdtype)

    def shown(records: tuple[ResourceRecord, ...]) -> str:
        texts = []
        for record in records:
            short = record.name.removesuffix(".foo.eu.").removesuffix(".")
            data = (
                record.rdata.removesuffix(".foo.eu.") if record.rdtype not in ("SOA", "DS") else ""
            )
            texts.append(f"{short} {record.rdtype} {data}".strip())
        return ", ".join(texts)

    flag = " aa" * ("aa" in reply.flags)
    beside = f" | {shown(reply.authority)}" if reply.authority else ""
    main = f" {shown(reply.answer)}" if reply.answer else ""
    assert f"{reply.rcode}{flag}:{main}{beside}" == answer


def test_a_target_of_a_name_longer_than_names_are_is_no_name() -> None:
    label = "x" * 63
    long = ".".join([label] * 3)
    text = f"{ODD}far DNAME {long}.foo.eu.\n"

    reply = asked(of_text(text), f"{label}.far.foo.eu.", "A")

    assert (reply.rcode, [record.rdtype for record in reply.answer]) == ("YXDOMAIN", ["DNAME"])


def test_an_answer_beyond_what_dns_can_carry_fails_as_on_a_server() -> None:
    texts = "".join(f'big 60 TXT "{number:0250}"\n' for number in range(300))

    assert asked(of_text(ODD + texts), "big.foo.eu.", "TXT").rcode == "SERVFAIL"


def test_evidence_of_a_file_is_text_with_lines(tmp_path: Path) -> None:
    exchanges: list[Exchange] = []

    judged(target_in(tmp_path, world_of("GR"), ("GR",)), exchanges=exchanges)

    assert {exchange.protocol for exchange in exchanges} == {"file"}
    of_zone = [exchange for exchange in exchanges if exchange.peer == "cs.zone"]
    name = "gr.eb.v1.cs.acc.oots.tech.ec.europa.eu"
    first = next(each for each in of_zone if each.request == f"{name} NAPTR".encode())
    rdata = '100 10 "U" "" "!.*!https://query.cs.acc.localhost/eb/!" .'
    line = world_of("GR").zone.splitlines().index(f"{name}. 300 IN NAPTR {rdata}") + 1
    assert first.response == f"NOERROR\nanswer, line {line}: {name}. 300 IN NAPTR {rdata}".encode()


def over_the_wire(world: World) -> dict[tuple[object, ...], CheckResult]:
    rehearsal = Rehearsal(still(world), STATES)
    opened = session(rehearsal, lambda _exchange: None)

    async def judge() -> list[CheckResult]:
        keys = rehearsal.target.keys
        return [await run(check, opened, key) for check in CHECKS for key in keys]

    return by_subject(asyncio.run(judge()))


def by_subject(results: list[CheckResult]) -> dict[tuple[object, ...], CheckResult]:
    return {(r.check, r.member_state, r.service, r.environment): r for r in results}


SOUND: dict[str, Callable[[World], World]] = {
    "as it is": lambda world: world,
    "aliases": aliased,
    "environments behind DNAME": moved_by_dname,
}


@pytest.mark.parametrize("change", SOUND.values(), ids=SOUND)
def test_a_file_gets_the_verdicts_that_it_gets_over_the_wire(
    change: Callable[[World], World], tmp_path: Path
) -> None:
    world = change(still(world_of(*STATES)))

    of_file = by_subject(judged(target_in(tmp_path, world)))

    wire = over_the_wire(world)
    assert wire.keys() == of_file.keys()
    left_out = {check.id for check in CHECKS if check.of_server} | {"DISC-51", "DISC-52", "DISC-53"}
    for key, result in of_file.items():
        if result.check in left_out:
            assert result.verdict is Verdict.NOT_APPLICABLE
        else:
            assert (result.verdict, result.readings) == (wire[key].verdict, wire[key].readings)


def test_how_a_server_answers_is_not_told_from_a_file(tmp_path: Path) -> None:
    found = judged(target_in(tmp_path, world_of("GR"), ("GR",)))

    of_server = {check.id for check in CHECKS if check.of_server}
    reasons = {result.check for result in found if result.detail == OF_SERVER}
    assert reasons == of_server
    assert {"DISC-19", "DISC-20", "DISC-47", "DISC-48", "DISC-49"} <= of_server


def test_without_a_member_state_named_all_that_the_file_holds_is_judged(tmp_path: Path) -> None:
    world = moved_by_dname(world_of("GR", "NL"))
    file = tmp_path / "cs.zone"
    extra = world.zone.splitlines()[5].replace("gr.", "zz.")
    file.write_text(f"{world.zone}{extra}\n")

    target = target_of(file)

    assert len(target.keys) == 2 * len(Service) * len(Environment)
    assert {key.member_state for key in target.keys} == {"GR", "NL"}
    assert target.majors == (1, 2)
    assert target.roles == ("zone",)
    assert target.questions[target.keys[0]].country == "EL"
    assert (target.nameserver, target.zone_file) == (None, str(file))


def test_what_is_named_is_judged_whether_it_is_there_or_not(tmp_path: Path) -> None:
    file = tmp_path / "cs.zone"
    file.write_text(ZONE)

    named = target_of(file, member_states=("DE",), services=(Service.DSD,))
    held = target_of(file, services=(Service.EB,), profile="tdd-1.x")

    assert [str(key) for key in named.keys] == ["DE-dsd-acc"]
    assert [str(key) for key in held.keys] == ["FI-eb-acc", "GR-eb-acc"]
    assert held.majors == (1,)


def test_a_file_without_entries_says_what_it_has_instead(tmp_path: Path) -> None:
    file = tmp_path / "cs.zone"
    file.write_text(ZONE.replace(".v1 ", ".v1.oots.tech.ec.europa.eu "))

    with pytest.raises(UsageFault) as refused:
        target_of(file)

    assert "fi.eb.v1.oots.tech.ec.europa.eu.cs.acc.oots.tech.ec.europa.eu. in line 7" in str(
        refused.value
    )
    assert "final dots" in str(refused.value)


def test_a_flaw_of_the_file_is_told_before_anything_is_judged(tmp_path: Path) -> None:
    target = target_in(tmp_path, world_of("GR"), ("GR",))
    flawed = replace(target, zone=f"{target.zone}x 60 IN NAPTR 65536\n")

    with pytest.raises(UsageFault, match=r"^cs\.zone, line [0-9]+: expected 6 fields"):
        judged(flawed)


def test_names_without_an_origin_are_those_of_the_template(tmp_path: Path) -> None:
    file = tmp_path / "cs.zone"
    file.write_text(
        "$TTL 60\n@ SOA ns1 host 1 2 3 4 5\n"
        'fi.eb.v1.cs.acc NAPTR 1 1 "U" "" "!.*!https://a.eu!" .\n'
    )

    target = target_of(file)

    assert asked(resolver_of(target), FI).answer
