"""The reference client: what an evidence requester's client asks, composed over the subjects.

A `Directory` is discovered through DNS unless its base URL is given; from there: the evidence
types that prove a requirement, then the data services that issue them, where necessary in the two
steps of DSD:ERR:0005.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.errors import Unreachable
from harness.lookup import EVIDENCE_TYPES_QUERY, Query, data_services_query
from harness.regrep_document import DataService, Document
from harness.regrep_rules import ADDITIONAL_INPUT
from harness.subjects.answer import Answer
from harness.subjects.directory import Directory


async def evidence_providers(
    broker: Directory, directory: Directory, requirement: str, *, values: Mapping[str, str]
) -> tuple[DataService, ...]:
    """The data services for whatever proves a requirement in the country of `directory`.

    `values` gives what the user answers to each concept, by its UUID; raises `Unreachable`.
    """
    country = directory.questions.country
    query = Query(
        EVIDENCE_TYPES_QUERY, (("requirement-id", requirement), ("country-code", country))
    )
    found: list[DataService] = []
    for classification in evidence_types((await broker.ask(query)).document):
        answer = await data_services(directory, classification, values=values)
        found.extend(answer.document.data_services)
    return tuple(found)


async def data_services(
    directory: Directory, classification: str, *, values: Mapping[str, str]
) -> Answer:
    """The answer of a DSD, after the second step where it asks for one; raises `Unreachable`."""
    country = directory.questions.country
    first = await directory.ask(data_services_query(classification, country))
    concepts = concepts_asked(first.document)
    if not concepts:
        return first
    missing = [concept for concept in concepts if concept not in values]
    if missing:
        raise Unreachable("the second step", why=f"no value is known for the concept {missing[0]}")
    answers = tuple((concept, values[concept]) for concept in concepts)
    return await directory.ask(data_services_query(classification, country, answers))


def evidence_types(document: Document) -> tuple[str, ...]:
    """The classifications that an EB-2 answer names, each once, in document order."""
    named = (
        kind.classification
        for one in document.requirements
        for entry in one.lists
        for kind in entry.evidence_types
        if kind.classification
    )
    return tuple(dict.fromkeys(named))


def concepts_asked(document: Document) -> tuple[str, ...]:
    """The UUIDs of the concepts that a DSD:ERR:0005 asks for; empty for any other answer."""
    refusal = document.refusal
    if refusal is None or refusal.code != ADDITIONAL_INPUT:
        return ()
    concepts = (concept for slot in refusal.slots for concept in slot.concepts)
    return tuple(concept.identifier for concept in concepts if concept.identifier)
