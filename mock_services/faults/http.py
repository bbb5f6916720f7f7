"""Seeded faults of the seam: http. The answer is sound; how HTTP carries it is not."""

from __future__ import annotations

from dataclasses import replace

from harness.model import HttpRequest, HttpResponse
from mock_services.faults import fault
from mock_services.world import World, set_header


@fault(caught_by={"LOOK-02": "http-status-not-200"})
def refusal_with_status_404(world: World) -> World:
    """A refusal has the HTTP status 404."""

    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        refused = "no-such-query" in request.url
        return replace(response, status=404) if refused else response

    return world.with_wire(hook)


@fault(caught_by={"LOOK-03": "content-type-missing"})
def content_type_left_out(world: World) -> World:
    """Answers do not say of what media type they are."""
    return _with_content_type(world, None)


@fault(caught_by={"LOOK-03": "content-type-other"})
def content_type_of_any_xml(world: World) -> World:
    """Answers say that they are some XML."""
    return _with_content_type(world, "text/xml; charset=UTF-8")


def _with_content_type(world: World, value: str | None) -> World:
    def hook(_request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return replace(response, headers=set_header(response.headers, "Content-Type", value))

    return world.with_wire(hook)
