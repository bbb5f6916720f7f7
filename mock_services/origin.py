"""The whole HTTP side of a landscape as one function: a request in, a response out, no socket.

An answer of a directory is made, changed by the content hooks, given its caching fields, signed,
perhaps shortened to a 304, and at last changed by the wire hooks; all else is plain and unsigned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from urllib.parse import SplitResult, urlsplit

from harness.model import HttpRequest, HttpResponse, Service
from mock_services import data_service_directory, evidence_broker, semantic_repository
from mock_services.caching_fields import caching_fields, is_unchanged, not_modified_fields
from mock_services.http_message import framed, plain
from mock_services.signing import Signer, digest_value
from mock_services.world import Delivery, Instance, World

MEDIA_TYPE = "application/x-ebrs+xml"

DIRECTORIES: Mapping[Service, Callable[[World, Instance, HttpRequest], bytes]] = MappingProxyType(
    {Service.EB: evidence_broker.respond, Service.DSD: data_service_directory.respond}
)

_REFUSAL = b"urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"
_START = 2048
"""In bytes: the status stands in the root element."""


class Origin:
    """Answers every request to the hosts of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._signer = Signer(world)
        self._published = world.clock()
        self._directories = {
            (each.host, f"{each.path}rest/search"): each for each in world.instances
        }

    def respond(self, request: HttpRequest) -> HttpResponse:
        """The response, with the fields that frame it; its body is empty where HTTP has none."""
        response = self._answer(request)
        for hook in self._world.wire:
            response = hook(request, response)
        return framed(request, response)

    def shape(self, request: HttpRequest, delivery: Delivery) -> Delivery:
        """How a response is delivered."""
        for hook in self._world.delivery:
            delivery = hook(request, delivery)
        return delivery

    def _answer(self, request: HttpRequest) -> HttpResponse:
        try:
            route = self._route(request, urlsplit(request.url))
        except ValueError:
            return plain(400, "400: the request's target is not a URL")
        if route is None:
            return plain(404, "404: nothing is served at this path of this host")
        if request.method not in {"GET", "HEAD"}:
            return plain(405, "405: only GET and HEAD are served", (("Allow", "GET, HEAD"),))
        return route(request)

    def _route(
        self, request: HttpRequest, url: SplitResult
    ) -> Callable[[HttpRequest], HttpResponse] | None:
        """What answers at a host and a path; raises `ValueError` for what is no URL."""
        instance = self._directories.get((url.hostname or "", url.path))
        if instance:
            return partial(self._directory_answer, instance)
        entry = semantic_repository.respond(self._world, request)
        return None if entry is None else lambda _request: entry

    def _directory_answer(self, instance: Instance, request: HttpRequest) -> HttpResponse:
        """HTTP 200 for success and for refusal alike (TDD 3.6.2); both are signed."""
        world, now = self._world, self._world.clock()
        body = DIRECTORIES[instance.service](world, instance, request)
        for hook in world.content:
            body = hook(request, body)
        refusal = _REFUSAL in body[:_START]
        digest = digest_value(world.signing.digest_algorithm, body)
        kept = caching_fields(
            world.caching,
            digest.partition("=")[2],
            refusal=refusal,
            published=self._published,
            now=now,
        )
        others = (("Content-Type", MEDIA_TYPE), *kept)
        fields = (*others, *self._signer.fields(instance, digest, others))
        if world.caching.conditional and is_unchanged(request, kept):
            return HttpResponse(304, not_modified_fields(fields), b"")
        return HttpResponse(200, fields, body)
