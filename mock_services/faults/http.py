"""Seeded faults of the seam: http. The answer is sound; how HTTP carries it is not."""

from __future__ import annotations

from dataclasses import replace

from harness.model import Headers, HttpRequest, HttpResponse
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


@fault(caught_by={"LOOK-49": "charset-other"})
def charset_of_another_encoding(world: World) -> World:
    """The content type names another charset than the text is in."""
    return _with_content_type(world, "application/x-ebrs+xml; charset=ISO-8859-1")


@fault(caught_by={"LOOK-82": "method-breaks-server"})
def post_breaks_the_server(world: World) -> World:
    """A POST is answered with 500."""
    return _answering(world, "POST", 500, ())


@fault(caught_by={"LOOK-82": "method-accepted"})
def put_is_accepted(world: World) -> World:
    """A PUT is accepted as if it had changed something."""
    return _answering(world, "PUT", 204, ())


@fault(caught_by={"LOOK-83": "allow-missing"})
def declined_without_allow(world: World) -> World:
    """A 405 does not say what is allowed."""
    return _answering(world, "POST", 405, ())


@fault(caught_by={"LOOK-83": "allow-without-get"})
def declined_without_get(world: World) -> World:
    """A 405 says that nothing but HEAD is allowed."""
    return _answering(world, "DELETE", 405, (("Allow", "HEAD"),))


@fault(caught_by={"LOOK-84": "unacceptable-breaks-server"})
def wish_for_json_breaks_the_server(world: World) -> World:
    """A request that accepts JSON only is answered with 500."""
    return _wishing(world, HttpResponse(500, (), b""))


@fault(caught_by={"LOOK-84": "unacceptable-other-type"})
def wish_for_json_is_met(world: World) -> World:
    """A request that accepts JSON only is answered in JSON."""
    return _wishing(world, HttpResponse(200, (("Content-Type", "application/json"),), b"{}"))


@fault(caught_by={"LOOK-85": "unknown-path-answered"})
def every_path_answered(world: World) -> World:
    """A path that does not exist is answered with 200."""

    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        unknown = "no-such-path" in request.url
        return HttpResponse(200, response.headers, response.body) if unknown else response

    return world.with_wire(hook)


def _answering(world: World, method: str, status: int, fields: Headers) -> World:
    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return HttpResponse(status, fields, b"") if request.method == method else response

    return world.with_wire(hook)


def _wishing(world: World, answer: HttpResponse) -> World:
    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        wish = ("Accept", "application/json") in request.headers
        return answer if wish else response

    return world.with_wire(hook)
