"""The HTTP side of the mock landscape, without a socket, and mounted under an HTTP client."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from harness.adapters.https import HttpsFetcher, fixed_locator
from harness.errors import Unreachable
from harness.lookup import MEDIA_TYPE, search_request, specimen_query
from harness.model import (
    Environment,
    Headers,
    HttpRequest,
    HttpResponse,
    Service,
    ServiceKey,
    Specimen,
)
from mock_services.in_process import mount
from mock_services.landscape import questions, world_of
from mock_services.origin import Origin
from mock_services.world import CachingPolicy, World, set_header

KEY = ServiceKey("FI", Service.EB, Environment.ACC)
NOW = datetime(2026, 11, 21, 20, 10, 30, tzinfo=UTC)


def landscape() -> World:
    return replace(world_of("FI", "DE"), clock=lambda: NOW)


def ask(
    world: World,
    specimen: Specimen = Specimen.REQUIREMENTS,
    *,
    method: str = "GET",
    headers: Headers = (),
    key: ServiceKey = KEY,
) -> HttpRequest:
    root = next(
        each.root(world.port)
        for each in world.instances
        if key.member_state in each.serves
        and (each.service, each.environment) == (key.service, key.environment)
    )
    query = specimen_query(key.service, specimen, questions(world, key))
    usual = search_request(root, query)
    return HttpRequest(method, usual.url, (*usual.headers, *headers))


def test_success_and_refusal_are_both_signed_and_both_status_200() -> None:
    world = landscape()

    found = Origin(world).respond(ask(world))
    refused = Origin(world).respond(ask(world, Specimen.UNKNOWN_QUERY))

    for response in (found, refused):
        digest = b64encode(hashlib.sha256(response.body).digest()).decode()
        assert response.status == 200
        assert response.values("content-type") == (MEDIA_TYPE,)
        assert response.values("digest") == (f"SHA-256={digest}",)
        assert response.values("content-length") == (str(len(response.body)),)
        assert 8_000 <= len(response.header("oots-response-sig") or "") <= 8_800
    assert b"ResponseStatusType:Success" in found.body
    assert b"ResponseStatusType:Failure" in refused.body


def test_answers_carry_the_fields_that_let_a_proxy_keep_them() -> None:
    world = landscape()

    found = Origin(world).respond(ask(world))
    refused = Origin(world).respond(ask(world, Specimen.UNKNOWN_QUERY))

    assert found.header("cache-control") == world.caching.cache_control
    assert refused.header("cache-control") == world.caching.refusal_cache_control
    assert found.header("vary") == "Accept, Accept-Version"
    assert parsedate_to_datetime(found.header("date") or "") == NOW
    assert parsedate_to_datetime(found.header("last-modified") or "") <= NOW
    assert found.header("etag") != refused.header("etag")
    assert (found.header("etag") or "").startswith('"')


def test_a_policy_leaves_fields_out() -> None:
    policy = CachingPolicy(None, None, vary=None, etag=False, last_modified=False, date=False)
    world = replace(landscape(), caching=policy)

    names = {name for name, _ in Origin(world).respond(ask(world)).headers}

    assert names == {"Content-Type", "Content-Length", "oots-response-sig", "digest"}


def test_an_unchanged_answer_is_not_sent_again() -> None:
    world = landscape()
    origin = Origin(world)
    full = origin.respond(ask(world))
    tag = full.header("etag") or ""

    again = origin.respond(ask(world, headers=(("If-None-Match", f'"x", W/{tag}'),)))

    assert (again.status, again.body) == (304, b"")
    assert {name.lower() for name, _ in again.headers} == {
        "cache-control",
        "etag",
        "vary",
        "date",
        "digest",
        "oots-response-sig",
    }
    assert again.header("digest") == full.header("digest")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ((("If-None-Match", "*"),), 304),
        ((("If-None-Match", '"other"'),), 200),
        ((("If-None-Match", "unquoted"),), 200),
        ((("If-Modified-Since", "Sat, 21 Nov 2026 20:10:30 GMT"),), 304),
        ((("If-Modified-Since", "Sat, 21 Nov 2020 20:10:30 GMT"),), 200),
        ((("If-Modified-Since", "yesterday"),), 200),
        ((("If-Modified-Since", "Sat, 21 Nov 2026 20:10:30"),), 200),
        (
            (
                ("If-None-Match", '"other"'),
                ("If-Modified-Since", "Sat, 21 Nov 2026 20:10:30 GMT"),
            ),
            200,
        ),
    ],
)
def test_conditions_are_met_as_http_says(headers: Headers, status: int) -> None:
    world = landscape()

    assert Origin(world).respond(ask(world, headers=headers)).status == status


def test_without_an_entity_tag_the_date_identifies_a_304() -> None:
    world = replace(landscape(), caching=CachingPolicy(etag=False))
    since = ("If-Modified-Since", "Sat, 21 Nov 2026 20:10:30 GMT")

    response = Origin(world).respond(ask(world, headers=(since,)))

    assert response.status == 304
    assert response.values("last-modified") == (since[1],)


def test_a_policy_can_ignore_conditions() -> None:
    world = replace(landscape(), caching=CachingPolicy(conditional=False))

    assert Origin(world).respond(ask(world, headers=(("If-None-Match", "*"),))).status == 200


def test_head_has_the_fields_of_get() -> None:
    world = landscape()
    origin = Origin(world)

    got, head = origin.respond(ask(world)), origin.respond(ask(world, method="HEAD"))

    def fields(response: HttpResponse) -> Headers:
        return set_header(response.headers, "oots-response-sig", None)

    assert head.body == b""
    assert fields(head) == fields(got)


def test_content_is_changed_before_it_is_signed_and_the_wire_after() -> None:
    world = (
        landscape()
        .with_content(lambda _request, body: body + b"<!-- a -->")
        .with_wire(lambda _request, response: replace(response, body=response.body + b"b"))
    )

    response = Origin(world).respond(ask(world))

    signed = response.body.removesuffix(b"b")
    digest = b64encode(hashlib.sha256(signed).digest()).decode()
    assert signed.endswith(b"<!-- a -->")
    assert response.header("digest") == f"SHA-256={digest}"
    assert response.header("content-length") == str(len(response.body))


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "https://nowhere.localhost/eb/rest/search", 404),
        ("GET", "{root}", 404),
        ("GET", "{root}rest/search/", 404),
        ("GET", "{root}rest/search?queryId=x", 200),
        ("POST", "{root}rest/search?queryId=x", 405),
        ("GET", "https://[/", 400),
    ],
)
def test_only_directories_are_served_and_only_read(method: str, url: str, status: int) -> None:
    world = landscape()
    root = next(each.root(world.port) for each in world.instances if "FI" in each.serves)

    response = Origin(world).respond(HttpRequest(method, url.format(root=root), ()))

    assert response.status == status
    assert bool(response.values("digest")) == (status == 200)


def test_each_environment_and_owner_answers_for_itself() -> None:
    world = landscape()
    origin = Origin(world)
    keys = [
        ServiceKey(member, service, environment)
        for member in ("FI", "DE")
        for service in Service
        for environment in Environment
    ]

    statuses = {
        origin.respond(
            ask(
                world,
                Specimen.REQUIREMENTS if key.service is Service.EB else Specimen.DATA_SERVICES,
                key=key,
            )
        ).body.count(b"ResponseStatusType:Success")
        for key in keys
    }

    assert statuses == {1}


async def test_a_mounted_world_is_asked_through_the_judges_own_client() -> None:
    world = landscape()
    request = ask(world)

    with mount(world):
        fetcher = HttpsFetcher(locate=fixed_locator("127.0.0.1"), roots=None)
        response = await fetcher.fetch(request)
        await fetcher.aclose()

    expected = Origin(world).respond(request)
    without = ("oots-response-sig",)
    assert [f for f in response.headers if f[0] not in without] == [
        f for f in expected.headers if f[0] not in without
    ]
    assert response.body == expected.body


async def test_a_mounted_world_is_asked_through_any_client_of_httpx() -> None:
    world = landscape()

    with mount(world):
        async with httpx.AsyncClient() as client:
            response = await client.get(
                ask(world).url.replace("query.", "QUERY."), headers={"Accept": MEDIA_TYPE}
            )

    assert response.status_code == 200
    assert response.headers["digest"].startswith("SHA-256=")


@pytest.mark.parametrize("length", ["999999", "x"])
async def test_a_mounted_world_breaks_off_where_a_connection_would(length: str) -> None:
    world = landscape().with_wire(
        lambda _request, response: replace(
            response, headers=set_header(response.headers, "Content-Length", length)
        )
    )

    with mount(world):
        fetcher = HttpsFetcher(locate=fixed_locator("127.0.0.1"), roots=None)
        with pytest.raises(Unreachable, match=r"no sound HTTP/1.1"):
            await fetcher.fetch(ask(world))
        await fetcher.aclose()


async def test_a_mounted_world_does_not_decode_what_a_server_calls_encoded() -> None:
    world = landscape().with_wire(
        lambda _request, response: replace(
            response, headers=(*response.headers, ("Content-Encoding", "gzip"))
        )
    )

    with mount(world):
        fetcher = HttpsFetcher(locate=fixed_locator("127.0.0.1"), roots=None)
        response = await fetcher.fetch(ask(world))
        await fetcher.aclose()

    assert response.body.startswith(b"<?xml")


def test_the_clock_of_the_world_dates_and_signs_the_answers() -> None:
    later = NOW + timedelta(days=3)
    world = replace(landscape(), clock=lambda: later)

    response = Origin(world).respond(ask(world))

    assert parsedate_to_datetime(response.header("date") or "") == later
