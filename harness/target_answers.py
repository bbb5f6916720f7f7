"""What `oots init` is told, by options or on a terminal: each answer judged, then put together."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.model import Environment, Service
from harness.requirements import PROFILES
from harness.target_addresses import SYSTEM, base_url, name_server, proxy_url
from harness.target_certificates import LARGEST, authorities, trust_anchors
from harness.target_file import LARGEST_ZONE
from harness.target_source import octets
from harness.target_words import Unfit, either, member_state, plain, shown, word

NONE, A_FILE = "none", "file"
"""Answers on a terminal: there is no such thing; a zone file stands for the name server."""

Answers = Mapping[str, tuple[str, ...]]
"""What was answered, by the name of the option; nothing where there is none."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to be told; `judge` raises `Unfit` for a word that cannot be used.

    `question` is how it is asked on a terminal, None where it is an option alone; `usual` is the
    answer that Enter gives there, and `nothing` one that means that there is none. `spelled` puts
    words that commas may separate into the case that they are written in; None: one text.
    """

    name: str
    judge: Callable[[str], object]
    question: str | None = None
    usual: str = ""
    nothing: str | None = None
    spelled: Callable[[str], str] | None = None

    def read(self, text: str) -> tuple[str, ...]:
        """The words of an answer; raises `Unfit`."""
        if text == self.nothing:
            return ()
        if self.spelled is None:
            self.judge(text)
            return (text,)
        words = [self.spelled(part.strip()) for part in text.split(",")]
        for each in words:
            self.judge(each)
        return tuple(dict.fromkeys(words))


def _zone(name: str) -> None:
    octets(Path(name), LARGEST_ZONE)


def _anchors(name: str) -> None:
    _judge_environment(name)
    trust_anchors(octets(Path(anchor(name)[1]), LARGEST), datetime.now(UTC))


def _authorities(name: str) -> None:
    authorities(octets(Path(name), LARGEST), datetime.now(UTC))


def _server(text: str) -> None:
    if text != A_FILE:
        name_server(text)


OPTIONS = (
    Option("participant", plain, "Whose system is it? A name for the reports"),
    Option(
        "member_state",
        member_state,
        "Which Member State? A code such as FI; several by commas",
        spelled=str.upper,
    ),
    Option(
        "service",
        word(tuple(Service)),
        "Which services? eb, dsd or both",
        "eb,dsd",
        spelled=str.lower,
    ),
    Option(
        "environment",
        word(tuple(Environment)),
        "Which environment? prod, acc or testing; several by commas",
        Environment.ACC,
        spelled=str.lower,
    ),
    Option(
        "nameserver",
        _server,
        f"Which name server? {SYSTEM}, an address like 192.0.2.1:53, or {A_FILE} for a zone file",
        SYSTEM,
    ),
    Option("zone_file", _zone, "Which zone file? Its path"),
    Option(
        "trust_anchor",
        _anchors,
        f"Which root certificates are signatures to lead to? A PEM file, or {NONE}",
        NONE,
        NONE,
    ),
    Option(
        "tls_ca",
        _authorities,
        f"Which certificates verify TLS? A PEM file, or {SYSTEM} for those of this machine",
        SYSTEM,
        SYSTEM,
    ),
    Option("eb", base_url),
    Option("dsd", base_url),
    Option("proxy", proxy_url),
    Option("profile", word(PROFILES)),
)
NEEDED = ("participant", "member_state")


def anchor(text: str) -> tuple[str | None, str]:
    """The environment and the file of `acc=FILE`; None where a file stands alone.

    >>> anchor("acc=root.pem"), anchor("a=b.pem")
    (('acc', 'root.pem'), (None, 'a=b.pem'))
    """
    environment, given, file = text.partition("=")
    return (environment, file) if given and environment in set(Environment) else (None, text)


def _judge_environment(text: str) -> None:
    """Raise `Unfit` for what is meant as an environment and is none."""
    meant, given, _ = text.partition("=")
    is_meant = given and re.fullmatch("[A-Za-z]+", meant) and not Path(text).exists()
    if is_meant and meant not in set(Environment):
        known = either(Environment)
        raise Unfit(
            expected=f"roots for {known}",
            seen=f"{shown(meant)}, which is no environment",
            remedy=f"write {known} before the =",
        )


def judge_anchors(words: Sequence[str], environments: Sequence[str]) -> None:
    """Raise `Unfit` unless it is clear which roots each environment has."""
    named: dict[str | None, str] = {}
    for text in words:
        environment, _ = anchor(text)
        if environment in named:
            raise Unfit(
                expected="one file for each environment",
                seen=f"a second one for {environment or 'all'}",
                remedy="put the certificates of both into one PEM file",
            )
        if environment is None and Environment.PROD in environments and len(environments) > 1:
            raise Unfit(
                expected=" and ".join(f"{each}=PEM" for each in environments),
                seen=f"{shown(text)} for all of them",
                remedy="production has roots of its own: say which file is whose",
            )
        if environment is not None and environment not in environments:
            raise Unfit(
                expected=f"roots for {either(environments)}",
                seen=f"some for {environment}",
                remedy=f"add {environment} to the environments, or leave its roots out",
            )
        named[environment] = text


def values(answers: Answers, folder: Path) -> dict[str, Any]:
    """What a target file in a folder is to say."""
    said = {name: list(words) for name, words in answers.items() if words}
    environments = said.get("environment", [Environment.ACC.value])
    said_of = {
        "participant": said["participant"][0],
        "member_states": said["member_state"],
        "services": said.get("service"),
        "environments": environments,
        "roles": ["zone"] if _is_of_zone(said) else None,
        "profile": _one(said, "profile"),
        "dns": _dns(said, folder),
        "base_urls": {name: said[name][0] for name in Service if name in said},
        "trust": {
            environment: _beside(file, folder)
            for each in said.get("trust_anchor", ())
            for chosen, file in [anchor(each)]
            for environment in ([chosen] if chosen else environments)
        },
        "tls": {"ca": _beside(said["tls_ca"][0], folder)} if "tls_ca" in said else None,
        "proxy": {"url": said["proxy"][0]} if "proxy" in said else None,
    }
    return {name: value for name, value in said_of.items() if value}


def _is_of_zone(said: Mapping[str, Sequence[str]]) -> bool:
    """Whether a zone file is all that was given: no name server, and no service to be asked."""
    is_served = _one(said, "nameserver") not in (None, A_FILE)
    return "zone_file" in said and not is_served and not any(s in said for s in Service)


def _dns(said: Mapping[str, Sequence[str]], folder: Path) -> dict[str, str]:
    """Where the zone is read: nowhere, where nothing was said of it and nobody needs it."""
    found = {}
    server = _one(said, "nameserver")
    if server not in (None, A_FILE):
        found["server"] = str(server)
    if "zone_file" in said:
        found["zone_file"] = _beside(said["zone_file"][0], folder)
    is_needed = not set(said.get("service", Service)) <= {s for s in Service if s in said}
    return found or ({"server": SYSTEM} if is_needed else {})


def _one(said: Mapping[str, Sequence[str]], name: str) -> str | None:
    return said[name][0] if name in said else None


def _beside(name: str, folder: Path) -> str:
    """A path that was given here, as a file in another folder names it."""
    if Path(name).is_absolute():
        return name
    return os.path.relpath(Path(os.path.realpath(Path(name).parent)) / Path(name).name, folder)
