"""The mock Evidence Broker: requirements of procedures, and the evidence types that prove them.

A pure function from a request to a document (TDD 3.2.4). Where the public texts leave room, the
mock decides and says so: a malformed procedure or country counts as unknown (EB:ERR:0005, 0006),
and `return-incomplete` adds the reference frameworks that their Member State marks as incomplete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from harness.model import HttpRequest
from mock_services.codelists import COUNTRIES, V1, V2, codelists
from mock_services.landscape import Landscape, requirement_uri
from mock_services.member_state import EvidenceList, Framework, MemberState, Requirement
from mock_services.member_state_file import identifier
from mock_services.query import (
    UUID,
    Asked,
    Form,
    Refused,
    answer_version,
    asked,
    parameters,
    query_id,
)
from mock_services.regrep_writer import Element, success, texts, within
from mock_services.sdg import area, evidence_type, jurisdiction
from mock_services.world import Instance, World

_PREFIX = "urn:fdc:oots:eb:ebxml-regrep:queries:"
REQUIREMENTS = f"{_PREFIX}requirements-by-procedure-and-jurisdiction"
EVIDENCE_TYPES = f"{_PREFIX}evidence-types-by-requirement-and-jurisdiction"

EMPTY, NO_REQUIREMENT, MALFORMED, BAD_LEVEL, BAD_PROCEDURE, BAD_COUNTRY, NO_QUERY = (
    f"EB:ERR:000{number}" for number in range(1, 8)
)
LEVELS = ("jurisdiction-admin-l2", "jurisdiction-admin-l3")
FORMS: Mapping[tuple[str, str], Form] = MappingProxyType(
    {
        (REQUIREMENTS, V1): Form((), ("procedure-id", "country-code", *LEVELS)),
        (REQUIREMENTS, V2): Form((), ("procedure-id", "country-code", "return-incomplete")),
        (EVIDENCE_TYPES, V1): Form(("requirement-id",), ("country-code", *LEVELS)),
        (EVIDENCE_TYPES, V2): Form(("requirement-id",), ("country-code",)),
    }
)
_REQUIREMENT = re.compile(rf"https?://\S+/requirements/{UUID.pattern}")
_KEPT_ANSWERS = 4096


def respond(world: World, instance: Instance, request: HttpRequest) -> bytes:
    """The body of the answer; it always comes with HTTP status 200."""
    return _body(world.landscape, instance, asked(request))


@lru_cache(maxsize=_KEPT_ANSWERS)
def _body(landscape: Landscape, instance: Instance, question: Asked) -> bytes:
    try:
        found = _found(landscape, instance, question)
    except Refused as refused:
        return refused.document(answer_version(question))
    return success(answer_version(question), "Requirement", found)


@dataclass(frozen=True, slots=True)
class _Lookup:
    """A query that is in order: `given` are its parameters, `scope` whom it is about."""

    landscape: Landscape
    instance: Instance
    version: str
    given: Mapping[str, str]
    scope: tuple[MemberState, ...]


def _found(
    landscape: Landscape, instance: Instance, question: Asked
) -> tuple[tuple[str, Element], ...]:
    query, version = query_id(question, malformed=MALFORMED), answer_version(question)
    form = FORMS.get((query, version))
    if form is None:
        raise Refused(NO_QUERY)
    given = parameters(question, form, malformed=MALFORMED)
    scope = _scope(landscape.served_by(instance), given, version=version)
    lookup = _Lookup(landscape, instance, version, given, scope)
    found = tuple((_requirements if query == REQUIREMENTS else _evidence_types)(lookup))
    if not found:
        raise Refused(EMPTY)
    return found


def _scope(
    served: tuple[MemberState, ...], given: Mapping[str, str], *, version: str
) -> tuple[MemberState, ...]:
    """The Member States asked about, out of those that the instance holds."""
    country = given.get("country-code")
    if country and country not in codelists()[COUNTRIES[version]].codes:
        raise Refused(BAD_COUNTRY)
    scope = tuple(state for state in served if country in {None, state.data_code})
    if country and scope:
        _refuse_unknown_levels(scope[0], given)
    elif any(name in given for name in LEVELS):
        raise Refused(BAD_LEVEL)
    return scope


def _refuse_unknown_levels(state: MemberState, given: Mapping[str, str]) -> None:
    """The level called 2 is given as a NUTS code, the level called 3 as a local one."""
    for name, codes in zip(LEVELS, (state.nuts, state.lau), strict=True):
        if name in given and given[name] not in codes:
            raise Refused(BAD_LEVEL)


def _requirements(lookup: _Lookup) -> Iterator[tuple[str, Element]]:
    procedure, incomplete = lookup.given.get("procedure-id"), lookup.given.get("return-incomplete")
    if procedure and procedure not in codelists()["Procedures"].codes:
        raise Refused(BAD_PROCEDURE)
    if incomplete not in {None, "true", "false"}:
        raise Refused(MALFORMED, "BAD_VALUE: return-incomplete")
    region = lookup.given.get(LEVELS[0])
    wanted: dict[str, list[Element]] = {each.key: [] for each in lookup.landscape.requirements}
    for state in lookup.scope:
        for framework in state.frameworks:
            if (
                procedure in {None, framework.procedure}
                and (region is None or framework.region in {None, region})
                and (incomplete == "true" or not framework.incomplete)
            ):
                wanted[framework.requirement].append(_framework(lookup, state, framework))
    for requirement in lookup.landscape.requirements:
        if wanted[requirement.key]:
            yield _entry(lookup, requirement, *wanted[requirement.key])


def _evidence_types(lookup: _Lookup) -> Iterator[tuple[str, Element]]:
    """One requirement with all its lists, which are alternatives (TDD 3.2.4)."""
    requirement = _wanted(lookup)
    frameworks: list[Element] = []
    lists: list[Element] = []
    for state in lookup.scope:
        listed = [each for each in state.lists if each.requirement == requirement.key]
        shown = [each for each in listed if each.evidence_types or lookup.version == V2]
        lists += [_list(lookup, state, each) for each in shown]
        if shown:
            frameworks += [
                _framework(lookup, state, each)
                for each in state.frameworks
                if each.requirement == requirement.key
            ]
    if lists:
        yield _entry(lookup, requirement, *frameworks, *lists)


def _wanted(lookup: _Lookup) -> Requirement:
    uri, environment = lookup.given["requirement-id"], lookup.instance.environment
    if not _REQUIREMENT.fullmatch(uri):
        raise Refused(MALFORMED, "BAD_VALUE: requirement-id")
    for requirement in lookup.landscape.requirements:
        if requirement_uri(environment, requirement.id) == uri:
            return requirement
    raise Refused(NO_REQUIREMENT)


def _entry(lookup: _Lookup, requirement: Requirement, *content: Element) -> tuple[str, Element]:
    """A requirement, and the UUID of the registry object it stands in: the same at every call."""
    owner, environment = lookup.instance.owner, lookup.instance.environment
    uuid = identifier(owner, environment, *lookup.given.values(), requirement.id)
    return uuid, within(
        "sdg:Requirement",
        Element("sdg:Identifier", requirement_uri(environment, requirement.id)),
        *texts("sdg:Name", requirement.names),
        *texts("sdg:Description", requirement.descriptions),
        *content,
    )


def _framework(lookup: _Lookup, state: MemberState, framework: Framework) -> Element:
    environment, version = lookup.instance.environment, lookup.version
    where = area(state, framework.region, environment=environment, version=version)
    return within(
        "sdg:ReferenceFramework",
        Element("sdg:Identifier", framework.id),
        *texts("sdg:Title", framework.titles),
        *texts("sdg:Description", framework.descriptions),
        within("sdg:RelatedTo", Element("sdg:Identifier", framework.procedure)),
        within("sdg:Jurisdiction", *where),
    )


def _list(lookup: _Lookup, state: MemberState, entry: EvidenceList) -> Element:
    """Since v2 the jurisdiction stands in the list; before, in each of its evidence types."""
    here = jurisdiction(state)
    inner, outer = ((here,), ()) if lookup.version == V1 else ((), (here,))
    kinds = [state.evidence_type(key) for key in entry.evidence_types]
    environment = lookup.instance.environment
    return within(
        "sdg:EvidenceTypeList",
        Element("sdg:Identifier", entry.id),
        *texts("sdg:Name", kinds[0].titles if kinds else entry.no_match),
        *(evidence_type(state, kind, environment, *inner) for kind in kinds),
        *(() if kinds else (Element("sdg:MatchType", "NoMatch"),)),
        *texts("sdg:MatchDescription", entry.no_match),
        *outer,
    )
