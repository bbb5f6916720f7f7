"""How a directory keeps to HTTP where a request is not the one it is made for."""

from __future__ import annotations

from harness.checks import check, require
from harness.errors import NotApplicable
from harness.lookup import KNOWN_RESULT, MEDIA_TYPE, Query, search_request, specimen_query
from harness.model import HttpRequest, HttpResponse
from harness.subjects.directory import Directory

OTHERS = ("POST", "PUT", "DELETE")


@check(
    "LOOK-82",
    verifies=("lookup.other-methods",),
    finds=("method-breaks-server", "method-accepted"),
)
async def test_other_methods_are_declined_or_answered_as_a_lookup(directory: Directory) -> None:
    """POST, PUT and DELETE get a 4xx, or are answered as a lookup."""
    for method in OTHERS:
        response = await _sent(directory, method)
        expected = f"4xx, or 200 with {MEDIA_TYPE}"
        seen = f"{response.status} to {method}"
        require(response.status < 500, "method-breaks-server", expected=expected, seen=seen)
        answered = response.status == 200 and _media(response) == MEDIA_TYPE
        right = answered or 400 <= response.status < 500
        require(right, "method-accepted", expected=expected, seen=seen)


@check(
    "LOOK-83",
    verifies=("lookup.allowed-methods-are-told",),
    finds=("allow-missing", "allow-without-get"),
)
async def test_a_405_says_what_is_allowed(directory: Directory) -> None:
    """A 405 names the methods that are allowed, GET among them."""
    responses = [await _sent(directory, method) for method in OTHERS]
    declined = [response for response in responses if response.status == 405]
    if not declined:
        raise NotApplicable("no method was answered with 405")
    for response in declined:
        allowed = response.header("allow")
        expected = "Allow: GET, ..."
        require(allowed is not None, "allow-missing", expected=expected, seen="no Allow")
        methods = [name.strip() for name in (allowed or "").split(",")]
        require("GET" in methods, "allow-without-get", expected=expected, seen=allowed)


@check(
    "LOOK-84",
    verifies=("lookup.accept",),
    finds=("unacceptable-breaks-server", "unacceptable-other-type"),
)
async def test_only_a_406_or_the_own_media_type_answers_a_wish_for_another(
    directory: Directory,
) -> None:
    """Asked for JSON, a directory declines with a 4xx, or answers in its own media type."""
    plain = search_request(await directory.root(), _known(directory))
    own = _media((await directory.send(plain)).response)
    fields = tuple(field for field in plain.headers if field[0] != "Accept")
    asked = HttpRequest("GET", plain.url, (("Accept", "application/json"), *fields))
    response = (await directory.send(asked)).response
    expected = f"406, or 200 with {own}"
    seen = f"{response.status} with {_media(response)}"
    require(response.status < 500, "unacceptable-breaks-server", expected=expected, seen=seen)
    right = response.status >= 400 or _media(response) == own
    require(right, "unacceptable-other-type", expected=expected, seen=seen)


@check("LOOK-85", verifies=("lookup.unknown-path",), finds=("unknown-path-answered",))
async def test_an_unknown_path_is_not_answered(directory: Directory) -> None:
    """A path that does not exist gets a 4xx."""
    plain = search_request(await directory.root(), _known(directory))
    url = plain.url.replace("/rest/search?", "/rest/no-such-path?")
    response = (await directory.send(HttpRequest("GET", url, plain.headers))).response
    right = 400 <= response.status < 500
    require(right, "unknown-path-answered", expected="404", seen=response.status)


async def _sent(directory: Directory, method: str) -> HttpResponse:
    return (await directory.ask(_known(directory), method=method)).response


def _known(directory: Directory) -> Query:
    service = directory.key.service
    return specimen_query(service, KNOWN_RESULT[service], directory.questions)


def _media(response: HttpResponse) -> str:
    return (response.header("content-type") or "").partition(";")[0].strip().lower()
