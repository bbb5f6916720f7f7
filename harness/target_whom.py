"""Whom a target file is about: which services, where they are if that is said, what to ask them.

Where several entries fit a service, the one counts that says most of whom it is for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from harness.model import Environment, Questions, Service, ServiceKey
from harness.target_model import ROLES, Asked, TargetDescription
from harness.target_source import Source
from harness.target_words import Unfit, data_code, place

_Scope = tuple[str | None, str | None, str | None]
"""Member State, service, environment; None: every one."""

_ASKED = tuple(
    each.name for each in fields(Questions) if each.name not in ("country", "concepts", "unlearned")
)


def keys(said: TargetDescription) -> tuple[ServiceKey, ...]:
    """The services under test, by environment and Member State."""
    return tuple(
        ServiceKey(member_state, Service(service), Environment(environment))
        for environment in said.environments
        for member_state in said.member_states
        for service in said.services
    )


def roots(source: Source, said: TargetDescription) -> Mapping[ServiceKey, str]:
    """The base URL of each service that has one; raises `UsageFault`."""
    known = keys(said)
    named = {place(name): url for name, url in said.base_urls.items()}
    for name in said.base_urls:
        _judge_scope(source, ("base_urls", name), place(name), known)
    found = {key: _fitting(tuple(named), key) for key in known}
    return {key: named[scopes[0]] for key, scopes in found.items() if scopes}


def roles(said: TargetDescription, given: Mapping[ServiceKey, str]) -> tuple[str, ...]:
    """What is judged: not the zone where it is not said where that is, and nobody needs it."""
    if said.roles is not None:
        return tuple(said.roles)
    is_found_without = len(given) == len(keys(said)) and "dns" not in said.model_fields_set
    return ROLES[1:] if is_found_without else ROLES


def questions(source: Source, said: TargetDescription) -> Mapping[ServiceKey, Questions]:
    """What to ask each service, as far as it is said; raises `UsageFault`."""
    known = keys(said)
    named: dict[_Scope, Asked] = {}
    for number, each in enumerate(said.questions):
        scope = (each.member_state, None, each.environment)
        if scope in named:
            remedy = "join the two, or say of each which member_state or environment it is about"
            unfit = Unfit(
                expected="one entry for each", seen="a second for the same", remedy=remedy
            )
            raise source.fault(("questions", number), unfit)
        _judge_scope(source, ("questions", number), scope, known)
        named[scope] = each
    return {
        key: _asked(key, [named[scope] for scope in _fitting(tuple(named), key)]) for key in known
    }


def _asked(key: ServiceKey, entries: Sequence[Asked]) -> Questions:
    """What the entries say together, the first before the others."""
    said: dict[str, Any] = {
        name: next((getattr(e, name) for e in entries if getattr(e, name) is not None), None)
        for name in ("country", *_ASKED)
    }
    concepts = next((each.concepts for each in entries if each.concepts), {})
    country = said.pop("country") or data_code(key.member_state)
    return Questions(country=country, concepts=tuple(concepts.items()), **said)


def _fitting(scopes: Sequence[_Scope], key: ServiceKey) -> list[_Scope]:
    """The scopes that a service is in, the narrowest first."""
    fitting = [scope for scope in scopes if _is_in(scope, key)]
    return sorted(fitting, key=lambda scope: (sum(p is None for p in scope), scope[0] is None))


def _is_in(scope: _Scope, key: ServiceKey) -> bool:
    about = (key.member_state, str(key.service), str(key.environment))
    return all(wanted in (None, part) for wanted, part in zip(scope, about, strict=True))


def _judge_scope(
    source: Source, where: tuple[str | int, ...], scope: _Scope, known: Sequence[ServiceKey]
) -> None:
    """Raise `UsageFault` unless some service under test is meant."""
    if not any(_is_in(scope, key) for key in known):
        meant = "-".join(part for part in scope if part is not None)
        unfit = Unfit(
            expected="a service that is under test",
            seen=f"{meant}, which is none",
            remedy="see member_states, services and environments at the top of the file",
        )
        raise source.fault(where, unfit)
