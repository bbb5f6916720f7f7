"""The nouns of the directories' data: what one Member State has uploaded, and what all share."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.model import Service

Texts = tuple[tuple[str, str], ...]
"""The same text in several languages: (code of the list LanguageCode, text)."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What an applicant must show; common to all Member States. `key` is its name in the data."""

    key: str
    id: str
    names: Texts
    descriptions: Texts


@dataclass(frozen=True, slots=True)
class Framework:
    """Why a requirement is asked for in one procedure; `region` is a NUTS code, None: everywhere.

    An incomplete one is returned only to a query with `return-incomplete=true`.
    """

    id: str
    requirement: str
    procedure: str
    titles: Texts
    descriptions: Texts
    region: str | None
    incomplete: bool


@dataclass(frozen=True, slots=True)
class EvidenceList:
    """Evidence types (by key) that together prove a requirement; none: `no_match` says why."""

    id: str
    requirement: str
    evidence_types: tuple[str, ...]
    no_match: Texts


@dataclass(frozen=True, slots=True)
class Concept:
    """An attribute that the user is asked for; `expression` is a pattern or names a code list.

    `values` are those accepted; of a string, examples.
    """

    id: str
    type: str
    expression: str
    descriptions: Texts
    values: tuple[str, ...]

    def accepts(self, value: str) -> bool:
        """Whether a value answers the question."""
        if self.type == "string":
            return re.fullmatch(self.expression, value) is not None
        return value in self.values


@dataclass(frozen=True, slots=True)
class Context:
    """How the jurisdiction of the evidence provider is determined (v1): `level` is NUTS1 to 3."""

    id: str
    level: str
    names: Texts


@dataclass(frozen=True, slots=True)
class AccessPoint:
    """A gateway and the exchange data models that it speaks."""

    id: str
    name: str
    specifications: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Publisher:
    """An evidence provider."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class DataService:
    """How an evidence type can be had; `asks` are answered before the data service is told."""

    id: str
    publisher: Publisher
    access_points: tuple[AccessPoint, ...]
    formats: tuple[str, ...]
    level_of_assurance: str
    asks: tuple[Concept, ...]
    jurisdiction: Context | None


@dataclass(frozen=True, slots=True)
class EvidenceType:
    """One kind of evidence; `service` is None where no data service gives it."""

    key: str
    id: str
    titles: Texts
    descriptions: Texts
    service: DataService | None


@dataclass(frozen=True, slots=True)
class OwnInstance:
    """An instance that the Member State runs itself; `host` has a place for the environment."""

    service: Service
    host: str
    path: str
    hypothetical: bool


@dataclass(frozen=True, slots=True)
class MemberState:
    """One Member State: `code` is used in DNS (`GR`), `data_code` in the directories (`EL`)."""

    code: str
    data_code: str
    names: Texts
    languages: tuple[str, ...]
    nuts: tuple[str, ...]
    lau: tuple[str, ...]
    instances: tuple[OwnInstance, ...]
    frameworks: tuple[Framework, ...]
    evidence_types: tuple[EvidenceType, ...]
    lists: tuple[EvidenceList, ...]

    def owned(self, service: Service) -> OwnInstance | None:
        """Its own instance of a service; None where it uses the Commission's."""
        return next((each for each in self.instances if each.service is service), None)

    def evidence_type(self, key: str) -> EvidenceType:
        """One of its evidence types, by key."""
        return next(each for each in self.evidence_types if each.key == key)
