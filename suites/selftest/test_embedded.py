"""The embedded landscape on real sockets: started, asked as a client asks, stopped."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from time import perf_counter

import pytest

from harness.adapters.dns import DnsResolver, socket_transport
from harness.adapters.https import HttpsFetcher, resolver_locator
from harness.discovery import query_name, service_root
from harness.dns_message import DnsQuery
from harness.lookup import search_request, specimen_query
from harness.model import Environment, HttpResponse, Service, ServiceKey, Specimen, Target
from mock_services.embedded import Embedded

KEY = ServiceKey("FI", Service.EB, Environment.ACC)


@pytest.fixture
def landscape() -> Iterator[Embedded]:
    embedded = Embedded()
    yield embedded
    embedded.stop()


async def answered(target: Target, key: ServiceKey) -> HttpResponse:
    """What a client gets that knows nothing but the name server."""
    assert target.nameserver
    resolver = DnsResolver(socket_transport(target.nameserver))
    fetcher = HttpsFetcher(locate=resolver_locator(resolver), roots=target.tls_roots)
    reply = await resolver.ask(DnsQuery(query_name(target.template, key, 1), "NAPTR"))
    root = next(service_root(each.naptr).geturl() for each in reply.answer if each.naptr)
    specimen = Specimen.REQUIREMENTS if key.service is Service.EB else Specimen.DATA_SERVICES
    query = specimen_query(key.service, specimen, target.questions[key])
    response = await fetcher.fetch(search_request(root, query))
    await fetcher.aclose()
    return response


async def test_a_client_finds_and_asks_every_service_by_dns_alone(landscape: Embedded) -> None:
    target = landscape.start(members=("FI", "DE"), fault=None)

    statuses = {key: (await answered(target, key)).status for key in target.keys}

    assert len(statuses) == 2 * len(Service) * len(Environment)
    assert set(statuses.values()) == {200}
    assert set(target.questions) == set(target.keys)
    assert set(target.trust_anchors) == set(Environment)


async def test_stopping_is_quick_and_leaves_nothing_behind(landscape: Embedded) -> None:
    before = threading.active_count()
    target = landscape.start(members=("FI",), fault=None)
    await answered(target, KEY)
    began = perf_counter()

    landscape.stop()
    landscape.stop()

    assert perf_counter() - began < 0.5
    assert threading.active_count() <= before
    assert target.nameserver
    with pytest.raises(ConnectionRefusedError), socket.socket() as connecting:
        connecting.connect(target.nameserver)


async def test_it_can_be_started_again(landscape: Embedded) -> None:
    landscape.start(members=("FI",), fault=None)

    target = landscape.start(members=("FI",), fault=None)

    assert (await answered(target, KEY)).status == 200


@pytest.mark.parametrize("port", ["dns_port", "https_port"])
def test_a_port_in_use_is_told_as_such(landscape: Embedded, port: str) -> None:
    before = threading.active_count()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]

        with pytest.raises(OSError, match=rf"server.*port {number} of 127.0.0.1.*in use"):
            landscape.start(members=("FI",), fault=None, **{port: number})

    assert threading.active_count() <= before


def test_it_serves_on_the_ports_it_is_given(landscape: Embedded) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]

    target = landscape.start(members=("FI",), fault=None, dns_port=number)

    assert target.nameserver == ("127.0.0.1", number)


def test_its_faults_are_those_of_the_mocks(landscape: Embedded) -> None:
    notes = landscape.faults()

    assert len({note.name for note in notes}) == len(notes)
    assert all(note.caught_by or note.blocks for note in notes)


def test_it_has_the_member_states(landscape: Embedded) -> None:
    assert len(landscape.members()) == 27
