"""How the faults of caching are made: by policy, or by hooks that spoil single fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus

from harness.model import HttpRequest, HttpResponse
from mock_services.world import World, set_header

SOUND = "public, max-age=3600, stale-if-error=86400, no-transform"
_OF_200_ONLY = frozenset({"content-type", "content-length", "last-modified"})

_Field = str | None | Callable[[str], str]
_Condition = Callable[[HttpRequest, HttpResponse], bool]


def told(world: World, cache_control: str) -> World:
    """A world whose successes carry this Cache-Control."""
    return replace(world, caching=replace(world.caching, cache_control=cache_control))


def with_fields(
    world: World, fields: Mapping[str, _Field], when: _Condition = lambda _, __: True
) -> World:
    """A world in whose responses fields are replaced, left out (None), or changed where present."""

    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        headers = response.headers
        for name, field in fields.items() if when(request, response) else ():
            old = response.header(name)
            value = field if not callable(field) else None if old is None else field(old)
            headers = set_header(headers, name, value)
        return replace(response, headers=headers)

    return world.with_wire(hook)


def confirms(_: HttpRequest, response: HttpResponse) -> bool:
    """Whether a response is a 304."""
    return response.status == HTTPStatus.NOT_MODIFIED


def asked(request: HttpRequest, name: str) -> str | None:
    """The value of a request field."""
    return {field.lower(): value for field, value in request.headers}.get(name.lower())


def not_modified(response: HttpResponse) -> HttpResponse:
    """The 304 that stands for an answer."""
    kept = tuple(field for field in response.headers if field[0].lower() not in _OF_200_ONLY)
    answered = response.status == HTTPStatus.OK
    return HttpResponse(HTTPStatus.NOT_MODIFIED, kept, b"") if answered else response


def date_changed(change: Callable[[datetime], datetime]) -> Callable[[str], str]:
    """A change of a date, as a change of its text."""
    return lambda text: format_datetime(change(parsedate_to_datetime(text)), usegmt=True)
