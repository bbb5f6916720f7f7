"""How the checks of this chapter ask one question, that every directory can answer, again."""

from __future__ import annotations

from dataclasses import replace

from harness.errors import Unreachable
from harness.freshness import judged
from harness.lookup import Query, specimen_query
from harness.model import Headers, HttpRequest, HttpResponse, Service, Specimen
from harness.subjects.answer import Answer
from harness.subjects.directory import OF_RUN, Directory

QUESTION = {Service.EB: Specimen.REQUIREMENTS, Service.DSD: Specimen.DATA_SERVICES}
"""The question of each service: it has parameters, and its answer is a success."""

SUCCESSES = (
    Specimen.CATALOGUE,
    Specimen.REQUIREMENTS,
    Specimen.EVIDENCE_TYPES,
    Specimen.DATA_SERVICES,
)
REFUSALS = (Specimen.ADDITIONAL_INPUT, Specimen.EMPTY, Specimen.UNKNOWN_QUERY)

_STATUS = b"ResponseStatusType:Failure"
_ROOT = 4096


def refused(answer: Answer) -> bool:
    """Whether an answer is a refusal, as its first bytes say: caching is judged unparsed."""
    return _STATUS in answer.response.body[:_ROOT]


def query(directory: Directory) -> Query:
    """The question."""
    service = directory.key.service
    return specimen_query(service, QUESTION[service], directory.questions)


async def ask(
    directory: Directory,
    *,
    method: str = "GET",
    version: str | None = OF_RUN,
    headers: Headers = (),
    fresh: bool = False,
) -> HttpResponse:
    """The answer to the question, asked in some other way."""
    answer = await directory.ask(
        query(directory), method=method, version=version, headers=headers, fresh=fresh
    )
    return answer.response


def spelled_out(request: HttpRequest) -> HttpRequest:
    """The request with the colons and slashes of its query percent-encoded."""
    path, _, named = request.url.partition("?")
    encoded = named.replace(":", "%3A").replace("/", "%2F")
    return replace(request, url=f"{path}?{encoded}")


async def first(directory: Directory) -> HttpResponse:
    """The plain answer; raises `NotApplicable` where it says nothing about caching."""
    return judged(await ask(directory))


async def settled(directory: Directory, before: HttpResponse) -> None:
    """Raise `Unreachable` unless the plain answer is still what it was before."""
    now = await ask(directory, fresh=True)
    if (now.body, now.header("etag")) != (before.body, before.header("etag")):
        raise Unreachable("the answer", why="it changes from one request to the next; see CACHE-23")


async def confirmed(directory: Directory, before: HttpResponse) -> HttpResponse:
    """The 304 that confirms an answer by its entity tag; raises `Unreachable` where none comes."""
    tag = before.header("etag") or ""
    response = await ask(directory, headers=(("If-None-Match", tag),))
    if response.status != 304:
        raise Unreachable("a 304", why=f"If-None-Match got {response.status}; see CACHE-16")
    return response
