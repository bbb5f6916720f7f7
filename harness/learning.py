"""Learning what to ask: the questions that a target file leaves open, from what directories say.

What the broker names is looked up in its own answers and in those of the directory. Nothing is
invented that a check would then hold against a subject; what cannot be learned stays unknown.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from harness.client import concepts_asked
from harness.errors import NotApplicable, Unframed, Unreachable
from harness.lookup import EVIDENCE_TYPES_QUERY, REQUIREMENTS_QUERY, Query, data_services_query
from harness.model import Environment, Questions, Service, ServiceKey, Target
from harness.observatory import Watch
from harness.regrep_document import Document
from harness.regrep_rules import ADDITIONAL_INPUT
from harness.runner import Session
from harness.subjects.directory import Directory
from harness.worth_asking import (
    FIRST_PROCEDURES,
    classifications,
    procedures,
    requirements,
    unused_procedure,
)

MOST_PROCEDURES = 3
MOST_REQUIREMENTS = 64
MOST_EVIDENCE_TYPES = 32
"""How many of each are tried, for each Member State and environment."""

MOST_SILENT = 2
"""How many answers in a row may be missing before a service is asked no more."""

WITHOUT_BROKER = "an EB is not among the services: give evidence_type in [[questions]]"
"""Why a directory alone teaches nothing."""

_PARALLEL = 8
_NO_DATA = frozenset({"EB:ERR:0001", "DSD:ERR:0001"})
_TRUTHS = ("true", "false")


async def learned(session: Session) -> Target:
    """The target with the questions that could be learned; what it was given is kept.

    Nobody is asked but the services of the target, and nothing where only its zone is under test.
    """
    target = session.target
    if "directory" not in target.roles:
        return target
    turn = asyncio.Semaphore(_PARALLEL)

    async def taught(place: tuple[str, Environment]) -> Questions:
        async with turn:
            return await _Lesson(session, *place).taught()

    places = tuple(dict.fromkeys((key.member_state, key.environment) for key in target.keys))
    known = dict(zip(places, await asyncio.gather(*map(taught, places)), strict=True))
    questions = {key: known[key.member_state, key.environment] for key in target.keys}
    return replace(target, questions=MappingProxyType(questions))


class _Lesson:
    """What is learned of one Member State in one environment, as it is learned."""

    def __init__(self, session: Session, member_state: str, environment: Environment) -> None:
        keys = [ServiceKey(member_state, service, environment) for service in Service]
        asked = {k.service: _directory(session, k) for k in keys if k in session.target.keys}
        self._broker = asked.get(Service.EB)
        self._directory = asked.get(Service.DSD)
        self._known = next(iter(asked.values())).questions.of
        self._tried: set[str] = set()
        self._unclear: list[str] = []
        self._silent = {Service.EB: 0, Service.DSD: 0}
        self._causes: dict[Service, str] = {}

    async def taught(self) -> Questions:
        """All that can be learned, and why the rest cannot."""
        if self._broker is None:
            self._known = replace(self._known, unlearned=WITHOUT_BROKER)
        else:
            catalogue = await self._catalogue(self._broker)
            if catalogue is None:
                await self._learn_from_nothing(self._broker)
            else:
                await self._learn_procedures(self._broker, catalogue)
                await self._learn_evidence(self._broker, catalogue)
            causes = (self._causes.get(service) for service in (Service.EB, Service.DSD))
            self._known = replace(self._known, unlearned=next(filter(None, causes), None))
        return self._known

    async def _catalogue(self, broker: Directory) -> Document | None:
        """All requirements, or those of the country where a broker does not give all."""
        for parameters in ((), (self._country,)):
            shown = await self._answer(broker, Query(REQUIREMENTS_QUERY, parameters))
            if shown is not None and shown.requirements:
                return shown
        return None

    async def _learn_from_nothing(self, broker: Directory) -> None:
        """Any procedure will do where no answer is sound HTTP: LOOK-87 has to ask something."""
        code = FIRST_PROCEDURES[0]
        with suppress(Unreachable):
            try:
                await broker.ask(Query(REQUIREMENTS_QUERY, (("procedure-id", code), self._country)))
            except Unframed:
                self._learn(procedure=code)

    async def _learn_procedures(self, broker: Directory, catalogue: Document) -> None:
        """One that has requirements, and one that has none."""
        named = procedures(catalogue, self._known.country)
        for code in named[:MOST_PROCEDURES]:
            if self._known.procedure is not None:
                break
            query = Query(REQUIREMENTS_QUERY, (("procedure-id", code), self._country))
            shown = await self._answer(broker, query)
            if shown is not None and shown.requirements:
                self._learn(procedure=code)
        # What the catalogue names must be answered for: where nothing is, that is to be judged.
        self._learn(
            procedure=next(iter(named), None),
            empty_procedure=unused_procedure(catalogue, self._known.country),
        )

    async def _learn_evidence(self, broker: Directory, catalogue: Document) -> None:
        """A requirement that has evidence, and evidence types of each kind."""
        unclear: list[str] = []
        for requirement in requirements(catalogue, self._known)[:MOST_REQUIREMENTS]:
            if not self._is_wanting() or self._silent[Service.EB] >= MOST_SILENT:
                break
            query = Query(EVIDENCE_TYPES_QUERY, (("requirement-id", requirement), self._country))
            shown = await self._answer(broker, query)
            theirs = classifications(shown, self._known.country)
            if theirs:
                self._learn(requirement=requirement)
            elif _code(shown) not in _NO_DATA:
                unclear.append(requirement)
            await self._learn_evidence_types(theirs)
        self._learn(
            requirement=next(iter(unclear), None), evidence_type=next(iter(self._unclear), None)
        )

    async def _learn_evidence_types(self, named: tuple[str, ...]) -> None:
        """What the directory says of each, as long as something is wanting."""
        for classification in named:
            if self._directory is None or not self._is_wanting():
                return
            is_enough = len(self._tried) >= MOST_EVIDENCE_TYPES
            if is_enough or self._silent[Service.DSD] >= MOST_SILENT:
                return
            if classification not in self._tried:
                self._tried.add(classification)
                await self._learn_evidence_type(self._directory, classification)

    async def _learn_evidence_type(self, directory: Directory, classification: str) -> None:
        query = data_services_query(classification, self._known.country)
        shown = await self._answer(directory, query)
        code = _code(shown)
        if code == ADDITIONAL_INPUT and shown is not None:
            if self._known.additional_input is None:
                self._learn(additional_input=classification)
                await self._learn_concepts(directory, query, concepts_asked(shown))
        elif code in _NO_DATA:
            self._learn(empty_evidence_type=classification)
        elif shown is not None and shown.data_services:
            self._learn(evidence_type=classification)
        elif code is None:
            self._unclear.append(classification)

    async def _learn_concepts(
        self, directory: Directory, query: Query, asked: tuple[str, ...]
    ) -> None:
        """What anybody can answer, yes or no, where that finds something."""
        if self._known.concepts or not asked:
            return
        for truth in _TRUTHS:
            concepts = tuple((concept, truth) for concept in asked)
            shown = await self._answer(
                directory, Query(query.query_id, (*query.parameters, *concepts))
            )
            if shown is not None and shown.data_services:
                self._known = replace(self._known, concepts=concepts)
                return

    def _is_wanting(self) -> bool:
        """Whether more answers may yet teach something."""
        wanted = (self._known.evidence_type, self._known.empty_evidence_type)
        of_directory = (*wanted, self._known.additional_input)
        missing = (self._known.requirement, *(of_directory if self._directory else ()))
        return None in missing

    def _learn(self, **found: str | None) -> None:
        """Take down what was not known."""
        fresh: dict[str, Any] = {
            name: value for name, value in found.items() if getattr(self._known, name) is None
        }
        self._known = replace(self._known, **fresh)

    @property
    def _country(self) -> tuple[str, str]:
        return "country-code", self._known.country

    async def _answer(self, directory: Directory, query: Query) -> Document | None:
        """What a service answers; None where nothing came that can be read."""
        try:
            document = (await directory.ask(query)).document
        except (Unreachable, NotApplicable) as cause:
            self._silent[directory.key.service] += 1
            self._causes[directory.key.service] = _cause(directory.key.service, cause)
            return None
        self._silent[directory.key.service] = 0
        return document


def _cause(service: Service, met: Unreachable | NotApplicable) -> str:
    """Why a service taught nothing."""
    if isinstance(met, Unreachable):
        return f"the {service.upper()} did not answer ({met.why})"
    return f"what the {service.upper()} answered cannot be used ({met})"


def _code(shown: Document | None) -> str | None:
    """The code of a refusal, or of none."""
    return None if shown is None or shown.refusal is None else shown.refusal.code


def _directory(session: Session, key: ServiceKey) -> Directory:
    return Directory(key, session.target, session.observatory, Watch(), version=session.version)
