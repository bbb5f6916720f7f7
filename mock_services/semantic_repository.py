"""The mock Semantic Repository: what an identifier of a directory's answer stands for, as JSON.

The real one answers under the host of its identifiers; this one, under `sr.<env>.localhost`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from harness.model import Environment, HttpRequest, HttpResponse
from mock_services.codelists import codelists
from mock_services.landscape import (
    Landscape,
    classification_uri,
    repository,
    repository_host,
    requirement_uri,
)
from mock_services.world import World

_Entry = Mapping[str, object]


def respond(world: World, request: HttpRequest) -> HttpResponse | None:
    """The document of an identifier; None where the host or the path is not the repository's."""
    url = urlsplit(request.url)
    for environment in Environment:
        if url.hostname == repository_host(environment):
            path = tuple(unquote(url.path).strip("/").split("/"))
            entry = _entry(world.landscape, environment, path)
            return None if entry is None else _document(entry)
    return None


def _entry(landscape: Landscape, environment: Environment, path: tuple[str, ...]) -> _Entry | None:
    match path:
        case ("requirements", uuid):
            return _requirement(landscape, environment, uuid)
        case ("evidencetypeclassifications", country, uuid):
            return _classification(landscape, environment, country, uuid=uuid)
        case ("codelists", country, "regions"):
            return _regions(landscape, environment, country)
        case ("codelists", *name):
            return _codelist(environment, "/".join(name))
    return None


def _requirement(landscape: Landscape, environment: Environment, uuid: str) -> _Entry | None:
    for each in landscape.requirements:
        if each.id == uuid:
            return {
                "identifier": requirement_uri(environment, uuid),
                "name": dict(each.names),
                "description": dict(each.descriptions),
            }
    return None


def _classification(
    landscape: Landscape, environment: Environment, country: str, *, uuid: str
) -> _Entry | None:
    for state in landscape.member_states:
        for kind in state.evidence_types:
            if (state.data_code, kind.id) == (country, uuid):
                return {
                    "identifier": classification_uri(environment, state, kind),
                    "country": country,
                    "title": dict(kind.titles),
                }
    return None


def _regions(landscape: Landscape, environment: Environment, country: str) -> _Entry | None:
    for state in landscape.member_states:
        if state.data_code == country:
            name = f"{country}/regions"
            return {
                "identifier": f"{repository(environment)}/codelists/{name}",
                "name": name,
                "codes": {code: code for code in state.nuts},
            }
    return None


def _codelist(environment: Environment, name: str) -> _Entry | None:
    found = codelists().get(name)
    if found is None:
        return None
    return {
        "identifier": f"{repository(environment)}/codelists/{name}",
        "name": name,
        "version": found.version,
        "source": found.source,
        "codes": dict(found.codes),
    }


def _document(entry: _Entry) -> HttpResponse:
    body = json.dumps(entry, ensure_ascii=False, indent=2).encode()
    return HttpResponse(200, (("content-type", "application/json; charset=utf-8"),), body)
