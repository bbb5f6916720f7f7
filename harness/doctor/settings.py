"""The file makes sense: what no loader can know, because it takes several settings to see it.

Pure: nothing is asked of anybody here.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from harness.doctor.case import Case, fits
from harness.doctor.resolving import scoped
from harness.doctor.told import DIRECTORIES, ZONE, Told, count, few, whom
from harness.model import Blame, Environment, ServiceKey, Target

_PLACEHOLDERS = {
    "{country}": ("DISC-15", "DISC-37", "DISC-40"),
    "{service}": ("DISC-39",),
    "{major}": ("DISC-13", "DISC-14", "DISC-16"),
    "{environment}": ("DISC-17", "DISC-38"),
}
"""Parts of the name template, and the checks that ask for other names made of it."""

_QUERY_PATH = "/rest/search"


async def settings(case: Case) -> tuple[Told, ...]:
    """Each contradiction in the file; one finding that all is well where there is none."""
    target = case.target
    found = (*_ways(target), *_template(target), *_roots(target), *_pairs(target), *_times(target))
    return found or (Told(seen=_summary(target)),)


def _summary(target: Target) -> str:
    given = len(set(target.roots) & set(target.keys))
    ways = (
        f"name server {_place(target)}" if target.nameserver else "",
        f"zone file {target.zone_file}" if target.zone_file and not target.nameserver else "",
        count(given, "base URL") if given else "",
        "an HTTP proxy" if target.reach.proxy else "",
    )
    return f"{count(len(target.keys), 'service')}; {', '.join(filter(None, ways))}"


def _place(target: Target) -> str:
    return "{} port {}".format(*target.nameserver) if target.nameserver else "none"


def _ours(seen: str, expected: str, fix: str, *, explains: tuple[str, ...] = ()) -> Told:
    return Told(whose=Blame.CONFIGURATION, seen=seen, expected=expected, fix=fix, explains=explains)


def _ways(target: Target) -> Iterator[Told]:
    """Every service has a way to it."""
    lost = [key for key in target.keys if key not in target.roots]
    if target.nameserver is None and target.zone is None and lost:
        yield Told(
            whose=Blame.CONFIGURATION,
            seen=f"neither a base URL nor a name server nor a zone file for {few(lost)}",
            expected="a way to each service: its base URL, or a zone that its name is found in",
            fix="add a base URL for the service, or the name server or the zone file of the zone",
            explains=(*ZONE, *DIRECTORIES),
            fatal=True,
            subjects=() if len(lost) == len(target.keys) else whom(lost),
            about="" if len(lost) == len(target.keys) else few(lost),
        )
    if "zone" in target.roles and target.nameserver is None and target.zone is None:
        yield _ours(
            "the zone is to be judged, but neither a name server nor a zone file is given",
            "a name server or a zone file where the zone is under test",
            "add one of them, or leave `zone` out of the roles",
            explains=ZONE,
        )


def _template(target: Target) -> Iterator[Told]:
    """The name template tells apart what has to be told apart."""
    if target.nameserver is None and target.zone is None:
        return
    if not target.keys or not fits(target.template, target.keys[0]):
        told = _ours(
            f"the name template {target.template}, which cannot be filled in",
            "the placeholders {country}, {service}, {major} and {environment}, and no other",
            "write the template like the published one, which `oots init` proposes",
        )
        yield from scoped(told, target)
        return
    labels = set(target.template.lower().split("."))
    named = [each for each in Environment if each in labels]
    missing = [part for part in _PLACEHOLDERS if part not in target.template]
    if missing and not (missing == ["{environment}"] and named):
        yield _ours(
            f"the name template {target.template} has no {' and no '.join(missing)}",
            "a template that gives every country, service, version and environment its own name",
            "put the placeholder where the label stands, or do without the checks of other names",
            explains=tuple(check for part in missing for check in _PLACEHOLDERS[part]),
        )
    others = {key.environment for key in target.keys} - set(named) if named else set()
    if others and "{environment}" not in target.template:
        yield _ours(
            f"the name template is of {few(named)}, but services of {few(sorted(others))} are set",
            "services of the environment that the template names",
            "write {environment} in the template, or change the environment of the services",
            explains=(*ZONE, *DIRECTORIES),
        )


def _roots(target: Target) -> Iterator[Told]:
    """Base URLs are of the service they are given for, and end where a query begins."""
    for key, root in target.roots.items():
        if key not in target.keys:
            yield _ours(
                f"a base URL for {key}, which is not among the services of the file",
                "base URLs of the services that are judged",
                "add the service, or take its base URL out",
            )
        if _QUERY_PATH in urlsplit(root).path.lower():
            yield _one(
                key,
                f"the base URL {root}",
                f"a base URL that ends before {_QUERY_PATH}, which is appended to it",
                f"cut the base URL of {key} off before {_QUERY_PATH}",
            )
        labels = set((urlsplit(root).hostname or "").lower().split("."))
        others = [each for each in Environment if each in labels and each != key.environment]
        if others and key.environment not in labels:
            yield _one(
                key,
                f"the base URL {root}, whose host is named after {few(others)}",
                f"a host of the environment {key.environment}",
                "give the base URL of that environment, or another environment for the service",
            )


def _one(key: ServiceKey, seen: str, expected: str, fix: str) -> Told:
    return Told(
        whose=Blame.CONFIGURATION,
        seen=seen,
        expected=expected,
        fix=fix,
        explains=DIRECTORIES,
        subjects=whom((key,)),
        about=str(key),
    )


def _pairs(target: Target) -> Iterator[Told]:
    """Nothing is given that needs something else to be given."""
    reach = target.reach
    if reach.proxy_credentials and not reach.proxy:
        yield _ours(
            "credentials for an HTTP proxy, but no proxy",
            "the URL of the proxy that they are for",
            "add the proxy, or take its credentials out",
            explains=DIRECTORIES,
        )
    if reach.client_key_password and not reach.client_certificate:
        yield _ours(
            "a password for the key of a client certificate, but no such certificate",
            "the client certificate with its key",
            "add the client certificate, or take the password out",
        )


def _times(target: Target) -> Iterator[Told]:
    reach = target.reach
    if reach.total_timeout < reach.connect_timeout:
        yield _ours(
            f"{reach.total_timeout:g} s for a whole exchange, {reach.connect_timeout:g} s for its"
            " connection alone",
            "more time for the whole than for its beginning",
            "raise the time-out of the whole exchange, or lower the one of the connection",
        )
