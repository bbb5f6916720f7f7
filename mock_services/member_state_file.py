"""The data of the landscape, read from `fixtures`: one file a Member State, one of what all share.

What a file refers to must exist, so that the directories need not wonder. Identifiers that a file
leaves out follow from its own words, and so are the same at every start.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TypeVar
from uuid import NAMESPACE_URL, uuid5

from harness.model import Service
from mock_services.codelists import COUNTRIES, V2, codelists
from mock_services.member_state import (
    AccessPoint,
    Concept,
    Context,
    DataService,
    EvidenceList,
    EvidenceType,
    Framework,
    MemberState,
    OwnInstance,
    Publisher,
    Requirement,
    Texts,
)
from mock_services.toml_data import FIXTURES, Section, UnreadableData, read_section

_NAMESPACE = uuid5(NAMESPACE_URL, "https://oots.localhost/mock-landscape")
_MEMBER_STATES = FIXTURES / "member_states"
_Value = TypeVar("_Value")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@cache
def member_state_codes() -> tuple[str, ...]:
    """The codes of all Member States there is a file for, in alphabetical order."""
    return tuple(sorted(file.stem for file in _MEMBER_STATES.glob("*.toml")))


@cache
def common_requirements() -> tuple[Requirement, ...]:
    """The requirements that all Member States share."""
    section = read_section(FIXTURES / "catalogue.toml")
    found = tuple(_requirement(entry) for entry in section.sections("requirement"))
    section.finish()
    return found


@cache
def member_state(code: str) -> MemberState:
    """One Member State; raises `UnreadableData` where there is none of that code.

    Every file says of itself that it is hypothetical, so that no copy of it is taken for real.
    """
    if code not in member_state_codes():
        known = ", ".join(member_state_codes())
        raise UnreadableData(str(_MEMBER_STATES), expected=f"one of {known}", seen=code)
    section = read_section(_MEMBER_STATES / f"{code}.toml")
    if not section.flag("hypothetical"):
        raise section.fault("hypothetical = true, for nothing here is real", "nothing of the kind")
    frameworks = tuple(_frameworks(section, code))
    evidence_types, lists = _evidence(section, code)
    found = MemberState(
        code=section.text("code"),
        data_code=section.text("data_code"),
        names=_texts(section, "name"),
        languages=section.words("languages"),
        nuts=section.words("nuts"),
        lau=section.words("lau"),
        instances=tuple(_instance(entry) for entry in section.sections("instance")),
        frameworks=frameworks,
        evidence_types=evidence_types,
        lists=lists,
    )
    section.finish()
    _refuse_mistakes(section, found)
    return found


def identifier(*words: str) -> str:
    """The UUID that belongs to some words; the same in every process."""
    return str(uuid5(_NAMESPACE, "/".join(words)))


def _requirement(entry: Section) -> Requirement:
    found = Requirement(
        entry.text("key"), _uuid(entry), _texts(entry, "name"), _texts(entry, "description")
    )
    entry.finish()
    return found


def _frameworks(section: Section, code: str) -> Iterator[Framework]:
    for procedure, entry in section.named("procedures"):
        titles, descriptions = _texts(entry, "title"), _optional_texts(entry, "description")
        region = entry.text("region") if "region" in entry else None
        incomplete = entry.flag("incomplete")
        for requirement in entry.words("requirements"):
            yield Framework(
                id=identifier(code, "framework", procedure, requirement),
                requirement=requirement,
                procedure=procedure,
                titles=titles,
                descriptions=descriptions,
                region=region,
                incomplete=incomplete,
            )
        entry.finish()


def _evidence(
    section: Section, code: str
) -> tuple[tuple[EvidenceType, ...], tuple[EvidenceList, ...]]:
    """The evidence types, and what they prove: alone, together, or (no match) not at all."""
    access_points = {
        key: AccessPoint(key, entry.text("name"), entry.words("specifications"))
        for key, entry in section.named("access_points")
    }
    publishers = {
        key: Publisher(entry.text("id"), entry.text("name"))
        for key, entry in section.named("publishers")
    }
    kinds, lists = [], []
    for key, entry in section.named("evidence_types"):
        lists += [_list(code, requirement, (key,)) for requirement in entry.words("proves")]
        kinds.append(_evidence_type(key, entry, access_points, publishers=publishers))
    for entry in section.sections("together"):
        lists.append(_list(code, entry.text("requirement"), entry.words("evidence_types")))
        entry.finish()
    for entry in section.sections("no_match"):
        lists.append(_list(code, entry.text("requirement"), (), _texts(entry, "description")))
        entry.finish()
    return tuple(kinds), tuple(lists)


def _list(
    code: str, requirement: str, evidence_types: tuple[str, ...], no_match: Texts = ()
) -> EvidenceList:
    uuid = identifier(code, "list", requirement, *evidence_types)
    return EvidenceList(uuid, requirement, evidence_types, no_match)


def _evidence_type(
    key: str,
    entry: Section,
    access_points: Mapping[str, AccessPoint],
    *,
    publishers: Mapping[str, Publisher],
) -> EvidenceType:
    uuid, titles, service = _uuid(entry), _texts(entry, "title"), None
    descriptions = _optional_texts(entry, "description")
    if "publisher" in entry:
        service = DataService(
            id=identifier("data service", uuid),
            publisher=_one_of(entry, "publisher", publishers, entry.text("publisher")),
            access_points=tuple(
                _one_of(entry, "access_points", access_points, name)
                for name in entry.words("access_points")
            ),
            formats=entry.words("formats"),
            level_of_assurance=entry.text("level_of_assurance"),
            asks=tuple(_concept(each) for each in entry.sections("asks")),
            jurisdiction=_context(entry.section("jurisdiction"))
            if "jurisdiction" in entry
            else None,
        )
    entry.finish()
    return EvidenceType(key, uuid, titles, descriptions, service)


def _concept(entry: Section) -> Concept:
    found = Concept(
        _uuid(entry),
        entry.text("type"),
        entry.text("expression"),
        _texts(entry, "description"),
        entry.words("values"),
    )
    entry.finish()
    if not all(map(found.accepts, found.values)):
        raise entry.fault(f"values that {found.expression} matches", repr(found.values))
    return found


def _context(entry: Section) -> Context:
    found = Context(_uuid(entry), entry.text("level"), _texts(entry, "name"))
    entry.finish()
    return found


def _instance(entry: Section) -> OwnInstance:
    service = _one_of(entry, "service", Service.__members__, entry.text("service").upper())
    found = OwnInstance(service, entry.text("host"), entry.text("path"), entry.flag("hypothetical"))
    entry.finish()
    return found


def _texts(entry: Section, name: str) -> Texts:
    inner = entry.section(name)
    found = inner.rest()
    if not found or {language for language, _ in found} - set(codelists()["LanguageCode"].codes):
        raise inner.fault("texts by language", repr(found)[:80])
    return found


def _optional_texts(entry: Section, name: str) -> Texts:
    return _texts(entry, name) if name in entry else ()


def _uuid(entry: Section) -> str:
    found = entry.text("id")
    if not _UUID.fullmatch(found):
        raise entry.fault("id to be a UUID in lower case", found)
    return found


def _one_of(entry: Section, what: str, known: Mapping[str, _Value], name: str) -> _Value:
    if name not in known:
        raise entry.fault(f"{what} to be of {', '.join(known)}", name)
    return known[name]


def _refuse_mistakes(section: Section, state: MemberState) -> None:
    """Everything a file refers to must be known."""
    services = [each.service for each in state.evidence_types if each.service]
    declared = [each.requirement for each in state.frameworks]
    listed = [key for each in state.lists for key in each.evidence_types]
    known = {each.key for each in common_requirements()}
    for what, values, allowed in (
        ("the code that the file is called after", [state.code], [section.where[:2]]),
        ("a code of OOTS_Country", [state.data_code], codelists()[COUNTRIES[V2]].codes),
        ("a common requirement", declared, known),
        ("a requirement of one of its procedures", [e.requirement for e in state.lists], declared),
        (
            "a code of Procedures",
            [e.procedure for e in state.frameworks],
            codelists()["Procedures"].codes,
        ),
        ("one of its regions", [e.region for e in state.frameworks if e.region], state.nuts),
        ("an evidence type", listed, [each.key for each in state.evidence_types]),
        (
            "a media type",
            [f for e in services for f in e.formats],
            codelists()["OOTSMediaTypes"].codes,
        ),
        (
            "a level",
            [e.level_of_assurance for e in services],
            codelists()["LevelsOfAssurance"].codes,
        ),
    ):
        for value in values:
            if value not in allowed:
                raise section.fault(what, value)
