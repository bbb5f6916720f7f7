"""The plan names what a run asks, in the words of the target, and asks nothing itself."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import NoReturn

import dns.flags
import dns.message
import dns.rdatatype
import pytest

from harness.checks import Check, catalogue
from harness.dns_message import DnsQuery
from harness.execution import execute, open_session
from harness.lookup import Query
from harness.model import (
    Environment,
    Exchange,
    HttpRequest,
    Questions,
    Reach,
    Service,
    ServiceKey,
    Target,
    TlsGreeting,
)
from harness.observatory import Watch
from harness.plan import PlannedExchange, planned_exchanges
from harness.plan_words import USUAL_EDNS, Words
from harness.redaction import MASK
from harness.reports import plan
from harness.runner import Session
from harness.subjects.directory import Directory
from mock_services.embedded import Embedded

FI = ServiceKey("FI", Service.EB, Environment.ACC)
GR = tuple(ServiceKey("GR", service, Environment.ACC) for service in Service)

Asked = tuple[str, str, str]
"""An exchange by its protocol, what was asked, and how."""


def checks(*idents: str) -> tuple[Check, ...]:
    return tuple(check for check in catalogue() if check.id in (idents or (check.id,)))


@cache
def target() -> Target:
    """The embedded landscape as a target that nobody serves any more."""
    landscape = Embedded()
    found = landscape.start(members=("FI", "GR"), fault=None)
    landscape.stop()
    return found


def only(*keys: ServiceKey, **changes: object) -> Target:
    return replace(target(), keys=keys, **changes)  # type: ignore[arg-type]


# Beside a run


async def recorded(keys: tuple[ServiceKey, ...]) -> tuple[list[Asked], dict[ServiceKey, str]]:
    """What a run over sockets asks, and where its directories are."""
    landscape, seen = Embedded(), list[Exchange]()
    served = landscape.start(members=("FI", "GR"), fault=None)
    here = replace(served, keys=keys)
    try:
        async with open_session(here, seen.append) as session:
            await execute(session, catalogue(), keys, report=lambda _result: None)
        async with open_session(here, lambda _: None) as session:
            roots = {key: await root(session, key) for key in keys}
    finally:
        landscape.stop()
    return [told(each) for each in seen if each.protocol != "file"], roots


async def root(session: Session, key: ServiceKey) -> str:
    return await Directory(key, session.target, session.observatory, Watch()).root()


def told(exchange: Exchange) -> Asked:
    """An exchange as a plan tells it."""
    match exchange.protocol:
        case "https":
            first, *lines = exchange.request.decode("latin-1").split("\r\n")
            method, path, _ = first.split(" ")
            fields = [line.split(": ", 1) for line in lines if line]
            masks = {"If-None-Match": "<its tag>", "If-Modified-Since": "<its date>"}
            how = "; ".join(f"{n}: {masks.get(n, v)}" for n, v in fields[1:])
            return "https", f"{method} https://{fields[0][1]}{path}", how
        case "tls":
            offered = exchange.request.decode().partition(": ")[2]
            return "tls", f"handshake with {exchange.peer}, {offered}", ""
    query = dns.message.from_wire(exchange.request)
    question = query.question[0]
    name = question.name.to_text(omit_final_dot=True)
    ways = [] if query.edns >= 0 else ["without EDNS"]
    ways += ["DNSSEC"] if query.ednsflags & dns.flags.DO else []
    return exchange.protocol, f"{name} {dns.rdatatype.to_text(question.rdtype)}", ", ".join(ways)


def found(planned: Iterable[PlannedExchange], roots: dict[ServiceKey, str]) -> Counter[Asked]:
    """A plan, with what could not be known filled in."""
    counted: Counter[Asked] = Counter()
    for each in planned:
        what = each.what
        if each.protocol == "tls":
            what = what.replace("handshake", f"handshake with {each.peer}")
        for key, url in roots.items():
            unknown = f"<service root of {key.member_state} {key.service} {key.environment}>"
            host = url.split("/")[2]
            what = what.replace(f"<host of {unknown[1:]}", host.partition(":")[0])
            what = what.replace(f"https://{unknown}/", url).replace(unknown, host)
        asked = each.protocol, what, each.how
        counted[asked] += each.times
    return counted


async def test_a_run_asks_one_subject_exactly_what_was_planned() -> None:
    asked, roots = await recorded((FI,))

    planned = await asyncio.to_thread(planned_exchanges, only(FI), catalogue())

    assert found(planned, roots) == Counter(asked)
    assert len(asked) > 60


async def test_a_run_asks_several_subjects_what_was_planned() -> None:
    asked, roots = await recorded((FI, *GR))

    planned = await asyncio.to_thread(planned_exchanges, only(FI, *GR), catalogue())

    assert set(found(planned, roots)) == set(asked)


def test_to_plan_is_not_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("something was sent")

    there = only(FI)
    for way in ("create_connection", "create_datagram_endpoint", "getaddrinfo"):
        monkeypatch.setattr(asyncio.base_events.BaseEventLoop, way, refuse)

    assert planned_exchanges(there, checks("DISC-01", "LOOK-01"))


# In the target's words


def asked(planned: Iterable[PlannedExchange], protocol: str) -> list[str]:
    return [each.what for each in planned if each.protocol == protocol]


def test_only_what_the_selected_checks_need_is_planned() -> None:
    planned = planned_exchanges(only(*GR), checks("DISC-01"), keys=GR[:1])

    assert {(each.protocol, each.what, each.checks) for each in planned} == {
        ("dns/udp", "gr.eb.v1.cs.acc.oots.tech.ec.europa.eu NAPTR", ("DISC-01",)),
        ("dns/udp", "gr.eb.1.cs.acc.oots.tech.ec.europa.eu NAPTR", ()),
    }


def test_a_directory_that_is_given_is_not_discovered() -> None:
    there = only(FI, roots={FI: "https://eb.example:8443/x"})

    planned = planned_exchanges(there, checks("LOOK-01", "LOOK-88"))

    assert asked(planned, "dns/udp") == ["eb.example A"]
    assert {each.peer for each in planned if each.protocol != "dns/udp"} == {"eb.example:8443"}
    assert all(" https://eb.example:8443/x/rest/search?" in w for w in asked(planned, "https"))


@pytest.mark.parametrize(
    ("root", "reach"),
    [
        ("https://192.0.2.1/", Reach()),
        ("https://eb.example/", Reach(addresses_by_system=True)),
        ("https://eb.example/", Reach(proxy="http://proxy.example:3128")),
    ],
)
def test_an_address_that_nobody_is_asked_for_is_not_planned(root: str, reach: Reach) -> None:
    planned = planned_exchanges(only(FI, roots={FI: root}, reach=reach), checks("LOOK-01"))

    assert {each.protocol for each in planned} == {"https"}
    assert {each.through for each in planned} == {reach.proxy}


def test_what_is_read_from_a_zone_file_is_not_asked() -> None:
    there = only(FI, nameserver=None, roots={FI: "https://eb.example/"})

    planned = planned_exchanges(there, checks("DISC-01", "LOOK-01"))

    assert {each.protocol for each in planned} == {"https"}


def test_names_follow_the_template_and_environments_are_kept_apart() -> None:
    key = ServiceKey("GR", Service.EB, Environment.PROD)
    template = "{service}.{country}.{environment}.v{major}.example.org"
    questions = {key: target().questions[key]}
    there = only(key, template=template, questions=questions, other_nameservers=())

    planned = planned_exchanges(
        there, checks("DISC-01", "DISC-17", "DISC-18", "DISC-44", "LOOK-01")
    )

    names = asked(planned, "dns/udp")
    looking = {each.what: each.checks for each in planned}
    assert looking["eb.gr.prod.v1.example.org NAPTR"][0] == "DISC-01"
    assert "LOOK-01" in looking["eb.gr.prod.v1.example.org NAPTR"]
    assert "eb.gr.prod.1.example.org NAPTR" in names
    assert "eb.gr.acc.v1.example.org NAPTR" in names
    assert "eB.gR.pRoD.v1.ExAmPlE.oRg NAPTR" in names
    assert "<the zone of eb.gr.prod.v1.example.org> NS" in names
    assert not any("europa" in name or "localhost" in name for name in names)
    assert any("country-code=EL" in each for each in asked(planned, "https"))
    assert not any("sr.acc." in each for each in asked(planned, "https"))


def test_a_member_state_that_the_landscape_has_not_is_played_by_another() -> None:
    key = ServiceKey("NO", Service.DSD, Environment.ACC)
    ours = "https://sr.example.no/evidencetypeclassifications/NO/7"
    questions = Questions(
        "NO", "X9", "https://sr.example.no/requirements/1", ours, None, None, None, ()
    )
    there = only(key, questions={key: questions})

    planned = planned_exchanges(there, catalogue())

    urls = asked(planned, "https")
    assert any(f"{ours}&country-code=NO" in url for url in urls)
    assert any("https://sr.example.no/evidencetypeclassifications/NO/deadbeef" in u for u in urls)
    assert any("https%3a%2f%2fsr.example.no%2f" in url for url in urls)
    assert not any("europa" in url for url in urls)
    assert "no.dsd.v1.cs.acc.oots.tech.ec.europa.eu NAPTR" in asked(planned, "dns/udp")


def test_what_is_added_for_the_target_is_planned_without_its_value() -> None:
    there = only(FI, reach=Reach(headers=(("X-Token", "token-that-nobody-may-see"),)))

    planned = planned_exchanges(there, checks("LOOK-01"))

    shown = [each.how for each in planned if each.protocol == "https"]
    assert shown
    assert all(how.endswith(f"X-Token: {MASK}") for how in shown)
    assert "nobody-may-see" not in plan.text(planned)


def test_every_other_name_server_is_told_by_its_address() -> None:
    there = only(
        FI,
        nameserver=("192.0.2.1", 53),
        other_nameservers=(("192.0.2.2", 53), ("192.0.2.3", 5353)),
    )

    planned = planned_exchanges(there, checks("DISC-41", "DISC-42", "DISC-43", "DISC-44"))

    peers = {each.peer for each in planned}
    assert peers == {"192.0.2.1 port 53", "192.0.2.2 port 53", "192.0.2.3 port 5353"}


def test_what_a_run_does_first_is_planned_as_well() -> None:
    async def learned(session: Session) -> Target:
        directory = Directory(FI, session.target, session.observatory, Watch())
        await directory.ask(Query("urn:x", (("procedure-id", "T1"),)))
        return session.target

    planned = planned_exchanges(only(FI), checks("DISC-01"), prepare=learned)

    assert len(asked(planned, "https")) == 1
    assert planned[0].checks == ("DISC-01",)
    assert planned[-1].checks == ()


# The words alone


def words(**changes: object) -> Words:
    facts: dict[str, object] = {
        "real": only(FI),
        "played": target(),
        "key": FI,
        "standing": FI,
        "roots": {"https://eb.localhost/a/": FI},
    }
    return Words(**(facts | changes))  # type: ignore[arg-type]


def test_a_query_says_how_it_departs_from_the_usual() -> None:
    usual = words().said(DnsQuery("fi.example", "NAPTR"))
    odd = words().said(DnsQuery("fi.example", "NAPTR", edns=512, dnssec_ok=True))

    assert usual
    assert odd
    assert (usual.how, odd.how) == ("", "EDNS 512, DNSSEC")
    assert USUAL_EDNS == 1232


def test_a_value_that_is_not_known_yet_stands_in_brackets() -> None:
    known = target().questions[FI]
    unknown = replace(known, procedure=None)  # as one may be left open
    asked_url = f"https://eb.localhost/a/rest/search?procedure-id={known.procedure}&x=1"

    said = words(real=only(FI, questions={FI: unknown})).said(HttpRequest("GET", asked_url, ()))

    assert said
    assert said.what.endswith("/rest/search?procedure-id=<procedure>&x=1")


def test_a_greeting_goes_to_the_port_of_the_root() -> None:
    there = only(FI, roots={FI: "https://eb.example/x/"})

    said = words(real=there).said(TlsGreeting("eb.localhost", 4433, outdated=True))

    assert said
    assert (said.peer, said.what) == ("eb.example:443", "handshake, TLS 1.1 at most")


# As text and as data

SERVER, PROXY = "192.0.2.1 port 53", "http://p:1"
B = "GET https://a.example/b"
PLANNED = (
    PlannedExchange("dns/udp", SERVER, "a.example A", "", 1, ()),
    PlannedExchange("dns/tcp", SERVER, "a.example NAPTR", "DNSSEC", 1, ("DISC-01",)),
    PlannedExchange("https", "a.example", "GET https://a.example/\x1b", "Accept: x", 1, ("A",)),
    PlannedExchange("https", "a.example", B, "Accept: x", 3, ("A", "B", "C", "D"), PROXY),
    PlannedExchange("https", "a.example", "GET https://a.example/c", "", 2, ("A",), PROXY),
)


def test_the_text_groups_counts_and_adds_up() -> None:
    text = plan.text(PLANNED, rate=4)

    assert text.startswith("8 exchanges would be made. Nothing has been sent.\n")
    assert (
        "DNS over UDP, to 192.0.2.1 port 53: 1\n  a.example A\n      for the way to others\n"
        in text
    )
    assert "  a.example NAPTR, DNSSEC\n      for DISC-01\n" in text
    assert "HTTPS requests, to a.example, through the proxy http://p:1: 5\n" in text
    assert "  3 x GET /b\n      for A, B, C and 1 more\n" in text
    assert "  2 x GET /c\n      with no field\n" in text
    assert "       6  HTTP requests\n" in text
    assert "At most 4 begin in a second: it takes 2 s or longer." in text
    assert "sound system" in text
    assert "\x1b" not in text


def test_what_is_asked_to_learn_is_told_as_one() -> None:
    asking = replace(PLANNED[2], what=B, checks=())

    text = plan.text((*PLANNED, asking, replace(asking, what="GET https://a.example/l", times=4)))

    assert "  up to 5 requests to learn what to ask\n" in text
    assert "/l" not in text


def test_without_a_rate_no_time_is_told() -> None:
    assert "begin in a second" not in plan.text(PLANNED)
    assert plan.facts(PLANNED)["least_seconds"] is None


def test_nothing_to_ask_is_told_as_such() -> None:
    assert plan.text(()) == "Nothing would be asked.\n"


def test_the_facts_are_json_and_add_up() -> None:
    facts = json.loads(json.dumps(plan.facts(PLANNED, rate=4)))

    assert facts["totals"] == {
        "exchanges": 8,
        "protocols": {"dns/udp": 1, "dns/tcp": 1, "https": 6},
        "http_requests_by_host": {"a.example": 6},
    }
    assert facts["exchanges"][3]["through"] == "http://p:1"
    assert (facts["sent"], facts["least_seconds"]) == (0, 2)
