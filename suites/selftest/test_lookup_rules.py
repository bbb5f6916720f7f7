"""The questions of the chapter lookup: how they are asked, and the dialogue of the client."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.client import concepts_asked, data_services, evidence_providers
from harness.codelists import code_list, country_codes, error_codes
from harness.dns_message import DnsQuery, DnsReply
from harness.errors import NotApplicable, Unreachable
from harness.lookup import (
    CURRENT,
    MEDIA_TYPE,
    QUERIES,
    Query,
    asked_as,
    asked_for,
    asked_version,
    incomplete_query,
    question,
    search_request,
    search_url,
    specimen_query,
    unknown_values,
)
from harness.model import (
    Environment,
    HttpRequest,
    HttpResponse,
    Questions,
    Service,
    ServiceKey,
    Specimen,
)
from harness.observatory import Observatory, Watch
from harness.subjects.directory import Directory
from mock_services.landscape import world_of
from mock_services.origin import Origin
from mock_services.world import World
from suites.selftest.in_process import target

ROOTS = ("https://eb.example", "https://eb.example/eb/")
NAMED = st.tuples(st.text(min_size=1).filter(lambda name: name != "queryId"), st.text())
NL = {service: ServiceKey("NL", service, Environment.ACC) for service in Service}


class Served:
    """A fetcher that asks a mock directly, and remembers what it asked."""

    def __init__(self, world: World) -> None:
        self._origin = Origin(world)
        self.asked: list[str] = []

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request.url)
        return self._origin.respond(request)


class Silent:
    """A resolver that nothing answers."""

    async def ask(self, query: DnsQuery) -> DnsReply:
        raise Unreachable(query.name, why="nobody answers")


@pytest.fixture(scope="module")
def world() -> World:
    return world_of("NL")


def directory(world: World, served: Served, service: Service) -> Directory:
    observatory = Observatory(
        Silent(), served, lambda: datetime(2026, 9, 1, tzinfo=UTC), lambda _: None
    )
    return Directory(NL[service], target(world, tuple(NL.values())), observatory, Watch())


def questions(world: World, service: Service) -> Questions:
    return target(world, tuple(NL.values())).questions[NL[service]]


@given(
    st.sampled_from(ROOTS),
    st.builds(Query, st.sampled_from(QUERIES), st.lists(NAMED).map(tuple)),
)
def test_a_question_can_be_read_back_from_its_url(root: str, query: Query) -> None:
    request = search_request(root, query)

    assert question(request) == query
    assert request.url.isascii()


@given(st.text("ab&=?+%#;/ ") | st.text())
def test_any_query_string_is_read_as_a_question(text: str) -> None:
    asked = question(HttpRequest("GET", f"https://eb.example/rest/search?{text}", ()))

    assert isinstance(asked, Query)


@pytest.mark.parametrize("root", ROOTS)
def test_the_path_is_appended_to_the_root_once(root: str) -> None:
    url = search_url(root, Query(QUERIES[0], ()))

    assert url == f"{root.rstrip('/')}/rest/search?queryId={QUERIES[0]}"


def test_the_version_is_a_header_that_can_be_left_out() -> None:
    query = Query(QUERIES[0], ())

    assert search_request(ROOTS[0], query).headers == (
        ("Accept", MEDIA_TYPE),
        ("Accept-Version", CURRENT),
    )
    assert asked_version(search_request(ROOTS[0], query)) == CURRENT
    assert asked_version(search_request(ROOTS[0], query, version=None)) is None
    assert asked_version(None) is None


def test_what_is_not_known_of_a_captured_answer_is_not_judged() -> None:
    with pytest.raises(NotApplicable):
        question(None)
    with pytest.raises(NotApplicable):
        asked_as(None)
    with pytest.raises(NotApplicable):
        asked_for(search_request(ROOTS[0], Query("urn:x", ())), QUERIES[0])


@pytest.mark.parametrize("service", list(Service))
def test_every_question_of_a_service_is_one_of_its_queries(world: World, service: Service) -> None:
    about = questions(world, service)
    asked = [incomplete_query(service, about), *(q for q, _ in unknown_values(service, about))]

    assert {query.query_id for query in asked} <= set(QUERIES)
    assert all(f":{service}:" in query.query_id for query in asked)
    assert {code for _, code in unknown_values(service, about)} <= set(error_codes())


@pytest.mark.parametrize("service", list(Service))
def test_what_is_unknown_is_asked_for_in_the_environment_of_what_is_known(
    world: World, service: Service
) -> None:
    known = "https://sr.acc.oots.tech.ec.europa.eu/x/y"
    about = replace(questions(world, service), requirement=known, evidence_type=known)

    asked = [query for query, _ in unknown_values(service, about)]

    uris = [value for query in asked for _, value in query.parameters if "://" in value]
    assert uris
    assert all(uri.startswith("https://sr.acc.oots.tech.ec.europa.eu/") for uri in uris)


async def test_an_answer_that_is_looked_at_again_keeps_its_instant(world: World) -> None:
    ticks = (datetime(2026, 9, 1, minute=n, tzinfo=UTC) for n in range(60))
    about = directory(world, Served(world), Service.EB)
    observatory = Observatory(Silent(), Served(world), lambda: next(ticks), lambda _: None)
    later = replace(about, observatory=observatory)

    first = await later.answer(Specimen.CATALOGUE)
    again = await later.answer(Specimen.CATALOGUE)
    anew = await later.send(first.request or HttpRequest("GET", "", ()), fresh=True)

    assert again.now == first.now
    assert anew.now > first.now


def test_a_specimen_of_another_service_does_not_apply(world: World) -> None:
    about = questions(world, Service.EB)

    with pytest.raises(NotApplicable):
        specimen_query(Service.EB, Specimen.DATA_SERVICES, about)


def test_the_code_lists_have_what_the_traps_are_about() -> None:
    assert "00" in code_list("procedures").codes
    assert {"EL", "LI", "EU"} <= country_codes("oots-cs:v2.0").codes
    assert not {"GR", "UK", "EU"} & country_codes("oots-cs:v1.0").codes
    assert "GR" not in country_codes("oots-cs:v2.0").codes
    assert len(error_codes()) == 13
    assert not error_codes()["EB:ERR:0004"].known_in("oots-cs:v2.0")
    assert error_codes()["EB:ERR:0004"].known_in("oots-cs:v1.2")


async def test_the_client_answers_what_the_directory_asks(world: World) -> None:
    served = Served(world)
    dsd = directory(world, served, Service.DSD)
    classification = str(dsd.questions.additional_input)

    answer = await data_services(dsd, classification, values=dict(dsd.questions.concepts))

    assert answer.document.data_services
    assert len(served.asked) == 2
    first, second = map(question, (HttpRequest("GET", url, ()) for url in served.asked))
    assert second.parameters == (*first.parameters, *dsd.questions.concepts)


async def test_the_client_says_which_value_it_lacks(world: World) -> None:
    dsd = directory(world, Served(world), Service.DSD)
    concept, _ = dsd.questions.concepts[0]

    with pytest.raises(Unreachable, match=concept):
        await data_services(dsd, str(dsd.questions.additional_input), values={})


async def test_the_client_asks_once_where_nothing_more_is_wanted(world: World) -> None:
    served = Served(world)
    dsd = directory(world, served, Service.DSD)

    answer = await data_services(dsd, dsd.questions.evidence_type, values={})

    assert answer.document.data_services
    assert concepts_asked(answer.document) == ()
    assert len(served.asked) == 1


async def test_the_client_goes_from_a_requirement_to_the_data_services(world: World) -> None:
    served = Served(world)
    eb, dsd = (directory(world, served, service) for service in Service)
    values = dict(dsd.questions.concepts)

    found = await evidence_providers(eb, dsd, eb.questions.requirement, values=values)

    assert found
    assert all(one.access_services for one in found)
