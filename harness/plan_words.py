"""The words in which a target is told what it would be asked: names, URLs and peers of its own.

A question that was put to the stand-in is translated: names by the template, URLs by the service
root, values by what the target is asked about. What is not known before it is asked stands in angle
brackets. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from urllib.parse import quote, unquote, urlsplit

from harness.discovery import filled_in, is_address, mixed_case, port_of
from harness.dns_message import DnsQuery
from harness.model import HttpRequest, Questions, ServiceKey, Target, TlsGreeting
from harness.redaction import MASK

Question = DnsQuery | HttpRequest | TlsGreeting

USUAL_EDNS = DnsQuery("", "").edns
_LABELS = ("country", "service", "major", "environment")
_CONDITIONS = {"if-none-match": "<its tag>", "if-modified-since": "<its date>"}
"""Fields whose values an answer gave."""

_OF_ZONES = ("SOA", "NS", "DNSKEY", "DS")
_SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda value: quote(value, safe=":/"),
    lambda value: quote(value, safe=""),
    lambda value: re.sub("%..", lambda found: found[0].lower(), quote(value, safe="")),
    lambda value: "".join(f"%{octet:02X}" for octet in value.encode()),
)
"""How values are encoded in URLs; see `harness.provocations.spellings`."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One exchange in the target's words."""

    protocol: str
    peer: str
    what: str
    how: str
    through: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedExchange:
    """An exchange that a run would make `times` over, and the ids of the checks that look at it.

    `protocol` is as in `Exchange`; `how` tells it from others with the same `what`. One without
    checks serves to find others, or to learn what to ask. `through` is the HTTP proxy it takes.
    """

    protocol: str
    peer: str
    what: str
    how: str
    times: int
    checks: tuple[str, ...]
    through: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """How what a stand-in was asked is told: `played` stood in for `real`, for one subject of each.

    `key` is the subject of `real`, `standing` who stood in for it; `roots` are the service roots of
    the stand-in, and whose of `real` each is, the subject's own last.
    """

    real: Target
    played: Target
    key: ServiceKey
    standing: ServiceKey
    roots: Mapping[str, ServiceKey]

    def said(self, question: Question) -> Saying | None:
        """The exchange in the target's words; None where there would be none."""
        match question:
            case DnsQuery():
                return self._of_dns(question)
            case HttpRequest():
                return self._of_https(question)
            case TlsGreeting():
                return self._of_tls(question)

    def _of_dns(self, query: DnsQuery) -> Saying | None:
        servers = (self.real.nameserver, *self.real.other_nameservers)
        server = servers[query.server]
        name = self._name(query.name, query.rdtype)
        if server is None or name is None:
            return None
        edns = query.edns
        ways = (
            "without EDNS" if edns is None else "" if edns == USUAL_EDNS else f"EDNS {edns}",
            "DNSSEC" if query.dnssec_ok else "",
        )
        return Saying(
            f"dns/{query.transport}",
            f"{server[0]} port {server[1]}",
            f"{name} {query.rdtype}",
            ", ".join(filter(None, ways)),
        )

    def _of_https(self, request: HttpRequest) -> Saying:
        root = self._root(request.url)
        own = self.roots[root]
        given = self.real.roots.get(own)
        rest = self._query(request.url[len(root) :])
        url = f"{given.rstrip('/')}/{rest}" if given else f"https://{_unknown(own)}/{rest}"
        fields_sent = [
            f"{name}: {_CONDITIONS.get(name.lower(), value)}" for name, value in request.headers
        ]
        fields_sent += [f"{name}: {MASK}" for name, _ in self.real.reach.headers]
        return Saying(
            "https",
            urlsplit(given).netloc if given else _unknown(own),
            f"{request.method} {url}",
            "; ".join(fields_sent),
            self.real.reach.proxy,
        )

    def _of_tls(self, greeting: TlsGreeting) -> Saying:
        own = self._whose(greeting.host)
        given = self.real.roots.get(own) if own else None
        peer = _unknown(own or self.key)
        if given:
            there = urlsplit(given)
            peer = f"{there.hostname}:{port_of(there)}"
        offered = "TLS 1.1 at most" if greeting.outdated else "TLS 1.2 and 1.3"
        return Saying("tls", peer, f"handshake, {offered}", "", self.real.reach.proxy)

    def _root(self, url: str) -> str:
        """The service root that a URL is below; several may be on one host."""
        known = [root for root in self.roots if url.startswith(root.rstrip("/"))]
        return max(known, key=len)

    def _whose(self, host: str) -> ServiceKey | None:
        """The subject that a host of the stand-in serves; its own, where it serves several."""
        theirs = [k for root, k in self.roots.items() if urlsplit(root).hostname == host]
        return theirs[-1] if theirs else None

    def _name(self, name: str, rdtype: str) -> str | None:
        """A name that is asked for; None where it would not be, because it is an address."""
        plain = name.lower().rstrip(".")
        own = self._whose(plain)
        if own is not None:
            given = urlsplit(self.real.roots.get(own, "")).hostname
            if given and is_address(given):
                return None
            return given or f"<host of {_unknown(own)[1:]}"
        told = self._entry(plain)
        if told is None:
            return self._other_name(plain, rdtype)
        return told if name.rstrip(".") == plain else mixed_case(told)

    def _entry(self, name: str) -> str | None:
        """A name that the template yields, or one right below or above such a name."""
        templates = zip(_variants(self.played.template), _variants(self.real.template), strict=True)
        for played, real in templates:
            found = _pattern(played).fullmatch(name)
            if found:
                return found["before"] + self._filled(real, found)
            found = _pattern(played).fullmatch(f"x.{name}")
            if found and not found["before"]:
                return self._filled(real, found).partition(".")[2]
        return None

    def _filled(self, template: str, found: re.Match[str]) -> str:
        country, environment = found["country"], found["environment"]
        return filled_in(
            template,
            country=self._countries.get(country, country),
            service=found["service"],
            major=found["major"],  # type: ignore[arg-type] # whatever label stood there
            environment=self.key.environment
            if environment == self.standing.environment
            else environment,
        )

    @property
    def _countries(self) -> dict[str, str]:
        """The labels of the stand-in's country, and the target's, in DNS and in data."""
        played, real = self.played.questions.get(self.standing), self._asked
        codes = {self.standing.member_state.lower(): self.key.member_state.lower()}
        return {played.country.lower(): real.country.lower()} | codes if played and real else codes

    def _other_name(self, name: str, rdtype: str) -> str:
        """The name of a zone or of a name server: only their owner knows those of a template."""
        if self.played.template == self.real.template:
            return name
        entry = filled_in(
            self.real.template,
            country=self.key.member_state,
            service=self.key.service,
            major=self.real.majors[0],
            environment=self.key.environment,
        )
        what = "the zone" if rdtype in _OF_ZONES else f"name server {name.partition('.')[0]}"
        return f"<{what} of {entry}>"

    @property
    def _asked(self) -> Questions | None:
        return self.real.questions.get(self.key)

    def _query(self, rest: str) -> str:
        """The part of a URL below the root, with the target's values in the spelling they had."""
        path, mark, query = rest.lstrip("/").partition("?")
        return f"{path}{mark}{'&'.join(map(self._parameter, query.split('&')))}"

    def _parameter(self, text: str) -> str:
        name, equals, raw = text.partition("=")
        value = unquote(raw)
        told = self._value(value)
        if told == value:
            return text
        spelling = next((each for each in _SPELLINGS if each(value) == raw), _SPELLINGS[0])
        return f"{name}{equals}{told if told.startswith('<') else spelling(told)}"

    def _value(self, value: str) -> str:
        """A value that the target is asked about, in place of the stand-in's."""
        played, real = self.played.questions.get(self.standing), self._asked
        if played is None or real is None or not value:
            return value
        for field in fields(Questions):
            if getattr(played, field.name) == value:
                return str(getattr(real, field.name) or f"<{field.name}>")
        for (_, theirs), (_, ours) in zip(played.concepts, real.concepts, strict=False):
            if theirs == value:
                return ours
        if value == played.country.lower():
            return real.country.lower()
        return _moved(value, played, real)


def _moved(value: str, played: Questions, real: Questions) -> str:
    """An identifier that nobody has, in the target's repository and country."""
    for field in ("requirement", "evidence_type"):
        theirs, ours = getattr(played, field), getattr(real, field)
        if theirs and ours and value.startswith(f"{_site(theirs)}/"):
            moved = _site(ours) + value.removeprefix(_site(theirs))
            return moved.replace(f"/{played.country}/", f"/{real.country}/")
    return value


def _site(uri: str) -> str:
    """A URI up to its path."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def _unknown(key: ServiceKey) -> str:
    """What stands for a service root that is found only when the zone is asked."""
    return f"<service root of {key.member_state} {key.service} {key.environment}>"


def _variants(template: str) -> tuple[str, str]:
    """The template, and under the reading of its label for versions that has only the number."""
    return template, template.replace("v{major}", "{major}")


def _pattern(template: str) -> re.Pattern[str]:
    """The names that a template yields, and those below them."""
    pattern = re.escape(template.lower())
    for label in _LABELS:
        pattern = pattern.replace(rf"\{{{label}\}}", rf"(?P<{label}>[^.]+)")
    return re.compile(rf"(?P<before>(?:[^.]+\.)*?){pattern}")
