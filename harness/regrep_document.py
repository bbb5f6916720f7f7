"""The nouns of an answer: what a `query:QueryResponse` holds, as frozen values.

Names are written with the prefixes of the specification (`rim:Slot`), whatever the answer called
them. A value that the answer leaves out is None or empty: nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A text for people and the language it says it is in."""

    value: str
    lang: str | None


@dataclass(frozen=True, slots=True)
class Party:
    """An identifier with its scheme, and the names that go with it."""

    identifier: str | None
    scheme: str | None
    names: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Framework:
    """`sdg:ReferenceFramework`: why a requirement exists, for which procedures, and where."""

    identifier: str | None
    titles: tuple[Text, ...]
    procedures: tuple[str, ...]
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceType:
    """`sdg:EvidenceType`: one kind of evidence within a list; `countries` are given under v1."""

    classification: str | None
    titles: tuple[Text, ...]
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceTypeList:
    """`sdg:EvidenceTypeList`: evidence types that together prove a requirement."""

    identifier: str | None
    names: tuple[Text, ...]
    evidence_types: tuple[EvidenceType, ...]
    match_type: str | None
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """`sdg:Requirement`."""

    identifier: str | None
    names: tuple[Text, ...]
    frameworks: tuple[Framework, ...]
    lists: tuple[EvidenceTypeList, ...]


@dataclass(frozen=True, slots=True)
class Distribution:
    """`sdg:DistributedAs`: a form in which the evidence can be had."""

    format: str | None
    languages: tuple[str, ...]
    conforms_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concept:
    """An attribute: one that the user is asked for (DSD:ERR:0005), or one that was told."""

    identifier: str | None
    scheme: str | None
    type: str | None
    expression: str | None
    descriptions: tuple[Text, ...]
    supported_values: int


@dataclass(frozen=True, slots=True)
class Publisher:
    """`sdg:Publisher`: the evidence provider; `countries` are those of its jurisdiction."""

    party: Party
    address: tuple[str, ...]
    countries: tuple[str, ...]
    concepts: tuple[Concept, ...]


@dataclass(frozen=True, slots=True)
class AccessService:
    """`sdg:AccessService`: where the evidence is asked for; `conforms_to` are EDM versions."""

    party: Party
    conforms_to: tuple[str, ...]
    publishers: tuple[Publisher, ...]


@dataclass(frozen=True, slots=True)
class DataService:
    """`sdg:DataServiceEvidenceType`."""

    identifier: str | None
    classification: str | None
    titles: tuple[Text, ...]
    distributions: tuple[Distribution, ...]
    access_services: tuple[AccessService, ...]
    assurance: str | None


@dataclass(frozen=True, slots=True)
class Slot:
    """`rim:Slot`. `content` names the elements of its value, those of a collection included."""

    name: str | None
    value_type: str | None
    collection_type: str | None
    value: str | None
    content: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    data_services: tuple[DataService, ...]
    concepts: tuple[Concept, ...]


@dataclass(frozen=True, slots=True)
class RegistryObject:
    """`rim:RegistryObject`."""

    id: str | None
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """`rs:Exception`."""

    type: str | None
    code: str | None
    severity: str | None
    message: str | None
    detail: str | None
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """`query:QueryResponse`. `objects` is None where there is no `rim:RegistryObjectList`.

    `nesting` has the names of every element and of the one around it: (outer, inner).
    """

    status: str | None
    slots: tuple[Slot, ...]
    objects: tuple[RegistryObject, ...] | None
    refusals: tuple[Refusal, ...]
    nesting: frozenset[tuple[str, str]] = frozenset()

    @property
    def refusal(self) -> Refusal | None:
        """The exception, where there is one."""
        return self.refusals[0] if self.refusals else None

    @property
    def specifications(self) -> tuple[Slot, ...]:
        """The slots that name the interface version: one under v2, none under v1."""
        return tuple(slot for slot in self.slots if slot.name == "SpecificationIdentifier")

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """Every requirement in the answer, in document order."""
        return tuple(found for slot in self._object_slots() for found in slot.requirements)

    @property
    def data_services(self) -> tuple[DataService, ...]:
        """Every data service in the answer, in document order; not those of a refusal."""
        return tuple(found for slot in self._object_slots() for found in slot.data_services)

    def _object_slots(self) -> Iterator[Slot]:
        return (slot for entry in self.objects or () for slot in entry.slots)
