"""How faults of content are made: substitutions in the bytes of an answer, before it is signed.

The patterns know how the mocks lay out an answer, and the URL tells which question it answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from harness.model import HttpRequest
from mock_services.world import World

When = Callable[[HttpRequest, bytes], bool]

ELSEWHERE = "deadbeef-0000-4000-8000-000000000000"
"""A sound UUID that stands for nothing."""


def always(_request: HttpRequest, _body: bytes) -> bool:
    """Every answer of a directory."""
    return True


def asking(*words: str, without: tuple[str, ...] = ()) -> When:
    """Answers to URLs with all of these words in them, and none of those, however encoded."""

    def when(request: HttpRequest, _body: bytes) -> bool:
        url = unquote(request.url)
        return all(word in url for word in words) and not any(word in url for word in without)

    return when


def both(first: When, second: When) -> When:
    """Answers of which both hold."""
    return lambda request, body: first(request, body) and second(request, body)


def version_asked(value: str | None) -> When:
    """Answers to requests with that Accept-Version; None: with none."""
    return lambda request, _body: (
        {name.lower(): text for name, text in request.headers}.get("accept-version") == value
    )


def saying(pattern: str) -> When:
    """Answers in whose body the pattern is found."""
    found = re.compile(pattern.encode())
    return lambda _request, body: found.search(body) is not None


CATALOGUE = asking("requirements-by-procedure", without=("country-code", "procedure-id"))
REQUIREMENTS = asking(
    "requirements-by-procedure", "procedure-id", "country-code", without=("return-incomplete",)
)
EVIDENCE_TYPES = asking("evidence-types-by-requirement", "requirement-id", "country-code")
DATA_SERVICES = asking("dataservices-by-evidencetype", without=("specification=",))
UNKNOWN_QUERY = asking("no-such-query")


def changed(world: World, change: Callable[[bytes], bytes], *, when: When = always) -> World:
    """The world with some bodies changed."""
    return world.with_content(lambda request, body: change(body) if when(request, body) else body)


def rewritten(
    world: World, pattern: str, replacement: str, *, when: When = always, times: int = 0
) -> World:
    """The world with a pattern replaced in some bodies: the first `times`, or 0 for all."""
    sought = re.compile(pattern.encode(), re.DOTALL)
    return changed(
        world, lambda body: sought.sub(replacement.encode(), body, count=times), when=when
    )


_EXCEPTION = re.compile(rb"<rs:Exception\b[^>]*?(?:/>|>.*</rs:Exception>)", re.DOTALL)
_LIST = re.compile(rb"<rim:RegistryObjectList(?:/>|>.*</rim:RegistryObjectList>)", re.DOTALL)


def as_success(body: bytes) -> bytes:
    """A refusal turned into a success that holds nothing."""
    return _EXCEPTION.sub(
        b"<rim:RegistryObjectList/>",
        body.replace(b"StatusType:Failure", b"StatusType:Success", 1),
    )


def as_refusal(code: str, kind: str) -> Callable[[bytes], bytes]:
    """A success turned into a refusal with that code and exception type."""
    exception = (
        '<rs:Exception xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xsi:type="rs:{kind}ExceptionType" code="{code}" message="No"'
        ' severity="urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"/>'
    ).encode()
    return lambda body: _LIST.sub(
        exception, body.replace(b"StatusType:Success", b"StatusType:Failure", 1)
    )
