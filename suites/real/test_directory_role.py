"""The role `directory` before nginx: stored answers are judged as those were that they are of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import pytest

from harness.adapters.reaching import fetcher_of, resolver_of
from harness.execution import ASKED_IN, execute, now
from harness.model import CheckResult, HttpRequest, HttpResponse, Target, Verdict
from harness.observatory import Observatory
from harness.requirements import CURRENT_PROFILE
from harness.runner import Session
from mock_services.certificates import Credential
from mock_services.pki import pki
from mock_services.world import TlsPolicy
from mock_services.zone_text import APEX
from suites.real.judging import (
    DIRECTORY,
    SEVERE,
    Tags,
    checks_that,
    in_acceptance,
    judged,
    said,
    served,
    tags,
)
from suites.real.machine import Machine
from suites.real.servers import Server
from suites.real.web_server import HOST, Recorder, Stored

ASKS_FOR_NOTHING = frozenset(
    [
        "LOOK-43",
        "LOOK-44",
        "LOOK-45",
        "LOOK-46",
        "LOOK-47",
        "LOOK-48",
        "LOOK-67",
        "LOOK-78",
        "LOOK-79",
        "LOOK-80",
    ]
)
"""Not applicable: the data services of Greece ask for no additional input."""

NEED_MORE_THAN_THE_TARGET: Tags = frozenset(
    {
        ("LOOK-09", "unasked-version"),
        ("LOOK-10", "unsupported-version-answered"),
        ("LOOK-62", "v2-list-jurisdiction"),
        ("LOOK-63", "v1-names-version"),
        ("CACHE-16", "no-304-for-etag"),
        ("CACHE-17", "no-304-for-date"),
    }
)
"""What a store is found out by that looks at the path and the query alone: it gives everybody the
same version, and nobody a 304."""

UNSEEN_WITHOUT_A_304 = frozenset({"CACHE-19", "CACHE-20"})

STOCK_PROXY: Tags = frozenset(
    {
        ("LOOK-01", "regrep-not-xml"),
        ("LOOK-02", "http-status-not-200"),
        ("LOOK-03", "content-type-other"),
        ("LOOK-84", "unacceptable-breaks-server"),
        ("SIG-01", "digest-missing"),
        ("SIG-04", "signature-missing"),
    }
)
"""What is left of a directory behind nginx as it comes: 502, since the signature's header field of
8.4 kB does not fit into its buffer for header fields."""

SOA = "SOA ns1.localhost. hostmaster.localhost. 1 3600 600 86400 60"
HEAD = f"$TTL 300\n{APEX} {SOA}\n{APEX} NS ns1.localhost.\n"
LOCALHOST = f"$TTL 300\n@ {SOA}\n@ NS ns1\nns1 A 127.0.0.1\n@ A 127.0.0.1\n"

ROOM = "proxy_buffer_size 16k; proxy_buffers 4 16k;"


@dataclass(frozen=True, slots=True)
class Recording:
    """A target, every exchange that its directories were judged by, and the results."""

    target: Target
    stored: Stored
    results: tuple[CheckResult, ...]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    with Machine(lambda: tmp_path_factory.mktemp("landscape")) as machine:
        target = machine.landscape("GR")
        yield asyncio.run(recorded(replace(target, repositories={})))


async def recorded(target: Target) -> Recording:
    resolver = resolver_of(target)
    fetcher = fetcher_of(target, resolver)
    recorder, results = Recorder(fetcher), list[CheckResult]()
    seen = Observatory(resolver, recorder, now, lambda _exchange: None, greeter=fetcher)
    session = Session(target, seen, ASKED_IN[CURRENT_PROFILE])
    try:
        await execute(session, DIRECTORY, in_acceptance(target), report=results.append)
    finally:
        await fetcher.aclose()
    return Recording(target, recorder.stored, tuple(results))


@pytest.fixture(scope="module")
def credential() -> Credential:
    return pki().server_credential((HOST,), TlsPolicy())


def at(target: Target, server: Server) -> Target:
    """The target with its base URLs at a server, under a name that needs no DNS."""
    roots = {key: f"https://{HOST}:{server.port}/{key.service}/" for key in in_acceptance(target)}
    return replace(target, roots=roots, reach=replace(target.reach, addresses_by_system=True))


def verdicts(results: tuple[CheckResult, ...]) -> Mapping[tuple[str, str], Verdict]:
    return {(each.check, each.service): each.verdict for each in results}


def each_response(stored: Stored, change: Callable[[HttpResponse], HttpResponse]) -> Stored:
    return {request: change(response) for request, response in stored.items()}


def without(name: str) -> Callable[[Stored], Stored]:
    """The field is dropped on the way."""
    return with_field(name, None)


def with_field(name: str, value: str | None) -> Callable[[Stored], Stored]:
    """The field has another value, or none."""

    def change(response: HttpResponse) -> HttpResponse:
        kept = tuple(each for each in response.headers if each[0].lower() != name)
        added = () if value is None else ((name, value),)
        return replace(response, headers=(*kept, *added))

    return lambda stored: each_response(stored, change)


def with_a_line_break(stored: Stored) -> Stored:
    """An editor has saved the bodies."""
    return each_response(
        stored,
        lambda each: replace(each, body=each.body + b"\n") if each.status == 200 else each,
    )


def unchanged(stored: Stored) -> Stored:
    return stored


@dataclass(frozen=True, slots=True)
class Seeded:
    """An error in what nginx stores or in how it is set up, and what it is to be called."""

    tag: tuple[str, str]
    change: Callable[[Stored], Stored] = unchanged
    options: str = ""


SEEDED: Mapping[str, Seeded] = MappingProxyType(
    {
        "no signature": Seeded(("SIG-04", "signature-missing"), without("oots-response-sig")),
        "no digest": Seeded(("SIG-01", "digest-missing"), without("digest")),
        "no ETag": Seeded(("CACHE-10", "etag-missing"), without("etag")),
        "no Vary": Seeded(("CACHE-12", "vary-without-accept-version"), without("vary")),
        "a cookie": Seeded(("CACHE-06", "cookie-set"), with_field("set-cookie", "a=b")),
        "text/xml": Seeded(
            ("LOOK-03", "content-type-other"), with_field("content-type", "text/xml")
        ),
        "another octet": Seeded(("SIG-03", "body-not-covered"), with_a_line_break),
        "gzip": Seeded(
            ("CACHE-29", "vary-without-accept-encoding"),
            options="gzip on; gzip_types *; gzip_min_length 1;",
        ),
        "expires": Seeded(("CACHE-04", "no-cache-with-freshness"), options="expires -1;"),
        "TLS 1.1": Seeded(
            ("LOOK-89", "outdated-tls-spoken"),
            options='ssl_protocols TLSv1.1 TLSv1.2; ssl_ciphers "ALL:@SECLEVEL=0";',
        ),
    }
)


def test_stored_answers_are_judged_as_those_were_that_they_are_of(
    machine: Machine, recording: Recording, credential: Credential
) -> None:
    server = machine.nginx(recording.stored, credential)

    results = judged(at(recording.target, server), DIRECTORY)

    assert not said(results)
    assert verdicts(results) == verdicts(recording.results)
    assert checks_that(Verdict.NOT_APPLICABLE, results) == ASKS_FOR_NOTHING
    assert len(results) == len(verdicts(results))


def test_the_signature_field_is_as_long_as_the_real_one(recording: Recording) -> None:
    lengths = [len(each.header("oots-response-sig") or "") for each in recording.stored.values()]

    assert 8_190 < max(lengths) < 8_600


def test_a_store_by_path_and_query_alone_is_found_out_by_the_checks_that_ask_otherwise(
    machine: Machine, recording: Recording, credential: Credential
) -> None:
    naive = {
        HttpRequest(method, request.url, ()): response
        for request, response in reversed(tuple(recording.stored.items()))
        if (request.method, response.status) == ("GET", 200)
        for method in ("GET", "HEAD")
    }
    server = machine.nginx(naive, credential)

    results = judged(at(recording.target, server), DIRECTORY)

    assert tags(results) == NEED_MORE_THAN_THE_TARGET
    assert checks_that(Verdict.BLOCKED, results) == UNSEEN_WITHOUT_A_304
    assert not checks_that(Verdict.BROKEN, results)


@pytest.mark.parametrize("seeded", SEEDED.values(), ids=SEEDED)
def test_an_error_of_the_server_is_named(
    machine: Machine, recording: Recording, credential: Credential, seeded: Seeded
) -> None:
    server = machine.nginx(seeded.change(recording.stored), credential, seeded.options)

    results = judged(at(recording.target, server), DIRECTORY)

    assert tags(results) == {seeded.tag}
    assert {each.service for each in results if each.verdict in SEVERE} == {"eb", "dsd"}
    assert not checks_that(Verdict.BROKEN, results)
    assert not [line for line in said(results) if seeded.tag[1] not in line]


def test_nginx_as_it_comes_cannot_relay_the_signature(
    machine: Machine, recording: Recording, credential: Credential
) -> None:
    server = machine.relaying_nginx(machine.nginx(recording.stored, credential), credential)

    results = judged(at(recording.target, server), DIRECTORY)

    assert "upstream sent too big header" in server.told
    assert tags(results) == STOCK_PROXY
    assert not checks_that(Verdict.BROKEN, results)


def test_nginx_with_room_for_the_signature_relays_it_unharmed(
    machine: Machine, recording: Recording, credential: Credential
) -> None:
    origin = machine.nginx(recording.stored, credential)
    server = machine.relaying_nginx(origin, credential, ROOM)

    results = judged(at(recording.target, server), DIRECTORY)

    assert not said(results)
    assert verdicts(results) == verdicts(recording.results)


def test_a_directory_is_discovered_by_bind_and_served_by_nginx(
    machine: Machine, recording: Recording, credential: Credential
) -> None:
    """Nothing of the mocks is between the judge and the answer."""
    nginx = machine.nginx(recording.stored, credential)
    entries = "".join(
        f"{key.member_state.lower()}.{key.service}.v{major}.cs.{key.environment}.{APEX} 300 IN "
        f'NAPTR 100 10 "U" "" "!.*!https://{HOST}:{nginx.port}/{key.service}/!" .\n'
        for key in recording.target.keys
        for major in recording.target.majors
    )
    bind = machine.bind({APEX: f"{HEAD}{entries}", "localhost.": LOCALHOST})

    results = judged(served(recording.target, bind), DIRECTORY)

    assert not said(results)
