"""The landscape of Member States as values: who declares what, who serves it, where it is found.

The hybrid model (TDD 3.4, section 2): the data of a Member State lies in the Commission's instance
of a service or in the Member State's own, never in both. Identifiers name the real Semantic
Repository, because that is what they look like; nothing ever fetches them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from harness.model import Environment, Questions, Service, ServiceKey
from mock_services.codelists import codelists
from mock_services.member_state import Concept, EvidenceType, MemberState, Requirement
from mock_services.member_state_file import common_requirements, member_state, member_state_codes
from mock_services.overview import overview
from mock_services.pki import pki
from mock_services.world import COMMISSION, Instance, World, ZoneSigning
from mock_services.zone_text import zone_text

__all__ = [
    "Landscape",
    "classification_uri",
    "hosts",
    "landscape_of",
    "member_state_codes",
    "questions",
    "repository",
    "repository_host",
    "requirement_uri",
    "world_of",
]

TEST_PROCEDURE, TEST_EVIDENCE = "00", "test"
"""The procedure for smoke tests in production, and the evidence type that serves it in the data."""


@dataclass(frozen=True, slots=True, eq=False)
class Landscape:
    """What the directories hold; compared and hashed by identity, so that it can key a cache."""

    member_states: tuple[MemberState, ...]
    requirements: tuple[Requirement, ...]

    def member_state(self, code: str) -> MemberState:
        """One Member State, by the code that DNS uses; raises `LookupError`."""
        for each in self.member_states:
            if each.code == code:
                return each
        raise LookupError(f"{code} is not in this landscape")

    def served_by(self, instance: Instance) -> tuple[MemberState, ...]:
        """The Member States whose data an instance holds."""
        return tuple(each for each in self.member_states if each.code in instance.serves)

    def requirement(self, key: str) -> Requirement:
        """A common requirement, by its name in the data."""
        return next(each for each in self.requirements if each.key == key)


def repository(environment: Environment) -> str:
    """What identifiers of an environment begin with; testing shares those of acceptance."""
    segment = "" if environment is Environment.PROD else ".acc"
    return f"https://sr{segment}.oots.tech.ec.europa.eu"


def requirement_uri(environment: Environment, uuid: str) -> str:
    """The identifier of a requirement in an environment."""
    return f"{repository(environment)}/requirements/{uuid}"


def classification_uri(environment: Environment, state: MemberState, kind: EvidenceType) -> str:
    """The identifier of a Member State's evidence type in an environment."""
    return f"{repository(environment)}/evidencetypeclassifications/{state.data_code}/{kind.id}"


def repository_host(environment: Environment) -> str:
    """Where the mock Semantic Repository of an environment answers."""
    return f"sr.{environment}.localhost"


@lru_cache(maxsize=64)
def landscape_of(codes: tuple[str, ...]) -> Landscape:
    """Some Member States, or all where none is named; raises `UnreadableData`."""
    chosen = sorted(set(codes or member_state_codes()))
    return Landscape(tuple(map(member_state, chosen)), common_requirements())


def world_of(*codes: str, port: int = 443) -> World:
    """The unfaulted world of some Member States, or of all where none is named.

    `codes` are those of ISO 3166-1 (`GR`, not `EL`); raises `UnreadableData` for any other.
    """
    landscape = landscape_of(tuple(dict.fromkeys(codes)))
    instances = _instances(landscape)
    zone = zone_text(instances, _hosts(instances), port=port)
    return World(
        landscape,
        instances,
        zone,
        pki(),
        port,
        zone_signing=ZoneSigning(),
        overview=overview(instances, port=port),
    )


def hosts(world: World) -> tuple[str, ...]:
    """Every host name that the world answers HTTP under."""
    return _hosts(world.instances)


@lru_cache(maxsize=64)
def _instances(landscape: Landscape) -> tuple[Instance, ...]:
    return tuple(
        instance
        for environment in Environment
        for service in Service
        for instance in _instances_of(landscape, service, environment)
    )


def _instances_of(
    landscape: Landscape, service: Service, environment: Environment
) -> Iterator[Instance]:
    """The Commission's instance, unless nobody uses it, and those of single Member States."""
    users = tuple(s.code for s in landscape.member_states if s.owned(service) is None)
    if users:
        host = f"query.cs.{environment}.localhost"
        yield Instance(COMMISSION, service, environment, host, f"/{service}/", users)
    for state in landscape.member_states:
        own = state.owned(service)
        if own is not None:
            host = own.host.format(environment=environment)
            yield Instance(state.code, service, environment, host, own.path, (state.code,))


def _hosts(instances: tuple[Instance, ...]) -> tuple[str, ...]:
    served = (instance.host for instance in instances)
    return tuple(dict.fromkeys((*served, *map(repository_host, Environment))))


def questions(world: World, key: ServiceKey) -> Questions:
    """What a service can be asked so that each kind of answer is seen."""
    state, environment = world.landscape.member_state(key.member_state), key.environment
    plain = next(
        each
        for each in state.evidence_types
        if each.service and not each.service.asks and each.key != TEST_EVIDENCE
    )
    proved = next(each.requirement for each in state.lists if plain.key in each.evidence_types)
    unserved = next((each for each in state.evidence_types if each.service is None), None)
    asking = next((each for each in state.evidence_types if _asks(each)), None)
    return Questions(
        country=state.data_code,
        procedure=_ordinary_procedure(state),
        requirement=requirement_uri(environment, world.landscape.requirement(proved).id),
        evidence_type=classification_uri(environment, state, plain),
        empty_procedure=_unused_procedure(state),
        empty_evidence_type=_uri(environment, state, unserved),
        additional_input=_uri(environment, state, asking),
        concepts=tuple((each.id, each.values[0]) for each in _asks(asking)),
    )


def _asks(kind: EvidenceType | None) -> tuple[Concept, ...]:
    return kind.service.asks if kind and kind.service else ()


def _uri(environment: Environment, state: MemberState, kind: EvidenceType | None) -> str | None:
    return classification_uri(environment, state, kind) if kind else None


def _ordinary_procedure(state: MemberState) -> str:
    """A procedure with requirements in the whole country, other than the one for smoke tests."""
    return next(
        each.procedure
        for each in state.frameworks
        if each.procedure != TEST_PROCEDURE and not (each.region or each.incomplete)
    )


def _unused_procedure(state: MemberState) -> str | None:
    used = {each.procedure for each in state.frameworks}
    return next((code for code in codelists()["Procedures"].codes if code not in used), None)
