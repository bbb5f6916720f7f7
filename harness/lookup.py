"""The three queries of the Common Services as URLs (TDD 3.2.4, 3.1.4 and 3.6.2; ebRS REST binding).

A query is appended to the service root found in DNS; the answer's form follows `Accept-Version`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from harness.errors import NotApplicable, Unreachable
from harness.model import HttpRequest, Questions, Service, Specimen

MEDIA_TYPE = "application/x-ebrs+xml"
CURRENT = "oots-cs:v2.0"
"""The interface version that is asked for unless a check asks for another."""

REQUIREMENTS_QUERY = (
    "urn:fdc:oots:eb:ebxml-regrep:queries:requirements-by-procedure-and-jurisdiction"
)
EVIDENCE_TYPES_QUERY = (
    "urn:fdc:oots:eb:ebxml-regrep:queries:evidence-types-by-requirement-and-jurisdiction"
)
DATA_SERVICES_QUERY = (
    "urn:fdc:oots:dsd:ebxml-regrep:queries:dataservices-by-evidencetype-and-jurisdiction"
)
QUERIES = (REQUIREMENTS_QUERY, EVIDENCE_TYPES_QUERY, DATA_SERVICES_QUERY)

UNSUPPORTED = "oots-cs:v99.0"
"""An interface version that no directory has."""

NOWHERE = "deadbeef-0000-4000-8000-000000000000"
"""A UUID under which nothing is registered."""

KNOWN_RESULT = MappingProxyType(
    {Service.EB: Specimen.REQUIREMENTS, Service.DSD: Specimen.DATA_SERVICES}
)
"""The plainest question of each service that has a result."""


_NO_DATA = "nothing is known that this directory has no data about"
_UNASKABLE = MappingProxyType(
    {
        (Service.EB, Specimen.EMPTY): f"{_NO_DATA}; a target file can name it as empty_procedure",
        (Service.DSD, Specimen.EMPTY): f"{_NO_DATA}; a target file can name it as"
        " empty_evidence_type",
        (Service.DSD, Specimen.ADDITIONAL_INPUT): "this directory is not known to ask for"
        " additional input; a target file can name what it does so for as additional_input",
    }
)
"""Why a specimen cannot be had, in words for people who read a report."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query id and its parameters, in the order in which they are sent."""

    query_id: str
    parameters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Askable:
    """Questions as they are put: to read one that is not known raises `Unreachable`.

    What a directory need not have stays None where it is not known.
    """

    of: Questions

    @property
    def country(self) -> str:
        """The code of the country, as data uses it."""
        return self.of.country

    @property
    def procedure(self) -> str:
        """A procedure with requirements."""
        return _known(self.of, "procedure")

    @property
    def requirement(self) -> str:
        """The identifier of a requirement that the country has evidence for."""
        return _known(self.of, "requirement")

    @property
    def evidence_type(self) -> str:
        """The classification of an evidence type with data services."""
        return _known(self.of, "evidence_type")

    @property
    def empty_procedure(self) -> str | None:
        """A procedure without requirements."""
        return self.of.empty_procedure

    @property
    def empty_evidence_type(self) -> str | None:
        """The classification of an evidence type without data services."""
        return self.of.empty_evidence_type

    @property
    def additional_input(self) -> str | None:
        """The classification of an evidence type for which the user is asked for more."""
        return self.of.additional_input

    @property
    def concepts(self) -> tuple[tuple[str, str], ...]:
        """What the user would answer, by concept."""
        return self.of.concepts


@lru_cache(maxsize=512)
def search_url(root: str, query: Query) -> str:
    """The URL of a query below a service root, with or without a trailing slash.

    >>> search_url("https://eb.example/eb/", Query("urn:x", (("country-code", "FI"),)))
    'https://eb.example/eb/rest/search?queryId=urn:x&country-code=FI'
    """
    named = urlencode((("queryId", query.query_id), *query.parameters), quote_via=quote, safe=":/")
    return f"{root.rstrip('/')}/rest/search?{named}"


def search_request(
    root: str, query: Query, *, method: str = "GET", version: str | None = CURRENT
) -> HttpRequest:
    """The request of a query; `version` None leaves `Accept-Version` out."""
    asked = () if version is None else (("Accept-Version", version),)
    return HttpRequest(method, search_url(root, query), (("Accept", MEDIA_TYPE), *asked))


def specimen_query(  # noqa: PLR0911 -- a table of cases reads best as one
    service: Service, specimen: Specimen, about: Questions | Askable
) -> Query:
    """The query whose answer is the specimen; raises `NotApplicable` where there is none.

    Raises `Unreachable` where every directory has it, but it is not known what to ask this one.
    """
    questions = askable(about)
    country = ("country-code", questions.country)
    match service, specimen:
        case Service.EB, Specimen.CATALOGUE:
            return Query(REQUIREMENTS_QUERY, ())
        case Service.EB, Specimen.REQUIREMENTS:
            return Query(REQUIREMENTS_QUERY, (("procedure-id", questions.procedure), country))
        case Service.EB, Specimen.EVIDENCE_TYPES:
            return Query(EVIDENCE_TYPES_QUERY, (("requirement-id", questions.requirement), country))
        case Service.EB, Specimen.EMPTY if questions.empty_procedure:
            return Query(REQUIREMENTS_QUERY, (("procedure-id", questions.empty_procedure), country))
        case Service.DSD, Specimen.DATA_SERVICES:
            return data_services_query(questions.evidence_type, questions.country)
        case Service.DSD, Specimen.ADDITIONAL_INPUT if questions.additional_input:
            return data_services_query(questions.additional_input, questions.country)
        case Service.DSD, Specimen.EMPTY if questions.empty_evidence_type:
            return data_services_query(questions.empty_evidence_type, questions.country)
        case _, Specimen.UNKNOWN_QUERY:
            return Query(f"urn:fdc:oots:{service}:ebxml-regrep:queries:no-such-query", (country,))
    reason = _UNASKABLE.get((service, specimen), f"this directory has no answer: {specimen}")
    raise NotApplicable(reason)


def askable(about: Questions | Askable) -> Askable:
    """Questions that are to be put."""
    return Askable(about) if isinstance(about, Questions) else about


def asked_as(specimen: Specimen | None) -> Specimen:
    """What an answer was asked for as; raises `NotApplicable` for one captured without it."""
    if specimen is None:
        raise NotApplicable("what this question was meant to find is not known")
    return specimen


def question(request: HttpRequest | None) -> Query:
    """The query that a request puts; raises `NotApplicable` where it is not known.

    >>> question(HttpRequest("GET", "https://eb.example/rest/search?queryId=urn:x&a=1", ()))
    Query(query_id='urn:x', parameters=(('a', '1'),))
    """
    if request is None:
        raise NotApplicable("the question of this answer is not known")
    named = parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
    ids = [value for name, value in named if name == "queryId"]
    return Query(
        ids[0] if ids else "", tuple((name, value) for name, value in named if name != "queryId")
    )


def asked_for(request: HttpRequest | None, query_id: str) -> dict[str, str]:
    """The parameters of a request for one query; raises `NotApplicable` for any other."""
    query = question(request)
    if query.query_id != query_id:
        raise NotApplicable(f"it answers another query than {query_id}")
    return dict(query.parameters)


def asked_version(request: HttpRequest | None) -> str | None:
    """The interface version that a request asks for; None where it names none, or is not known."""
    headers = request.headers if request else ()
    return next((value for name, value in headers if name.lower() == "accept-version"), None)


def data_services_query(
    classification: str, country: str, concepts: tuple[tuple[str, str], ...] = ()
) -> Query:
    """DSD-1; `concepts` answer a DSD:ERR:0005, each named by the concept's UUID."""
    named = (("evidence-type-classification", classification), ("country-code", country))
    return Query(DATA_SERVICES_QUERY, (*named, *concepts))


def incomplete_query(service: Service, about: Questions | Askable) -> Query:
    """A query of the service without a parameter that it must have."""
    country = ("country-code", about.country)
    match service:
        case Service.EB:
            return Query(EVIDENCE_TYPES_QUERY, (country,))
        case Service.DSD:
            return Query(DATA_SERVICES_QUERY, (country,))


def unknown_values(service: Service, about: Questions | Askable) -> tuple[tuple[Query, str], ...]:
    """Queries that name something which does not exist, each with its error code."""
    questions = askable(about)
    country = ("country-code", questions.country)
    match service:
        case Service.EB:
            requirement = f"{_repository(questions.requirement)}/requirements/{NOWHERE}"
            return (
                (Query(REQUIREMENTS_QUERY, (("procedure-id", "ZZ99"), country)), "EB:ERR:0005"),
                (Query(REQUIREMENTS_QUERY, (("country-code", "ZZ"),)), "EB:ERR:0006"),
                (
                    Query(EVIDENCE_TYPES_QUERY, (("requirement-id", requirement), country)),
                    "EB:ERR:0002",
                ),
            )
        case Service.DSD:
            repository = _repository(questions.evidence_type)
            classification = f"{repository}/evidencetypeclassifications/{country[1]}/{NOWHERE}"
            return ((data_services_query(classification, questions.country), "DSD:ERR:0002"),)


def _known(asked: Questions, key: str) -> str:
    value: str | None = getattr(asked, key)
    if value is None:
        advice = f"it is not known what to ask for; give {key} in [[questions]] of the target file"
        why = f"{key} could not be learned: {asked.unlearned}" if asked.unlearned else advice
        raise Unreachable("the question", why=why)
    return value


def _repository(known: str) -> str:
    """Where the semantic repository of an environment is, by a URI that is known of it.

    >>> _repository("https://sr.acc.oots.tech.ec.europa.eu/requirements/x")
    'https://sr.acc.oots.tech.ec.europa.eu'
    """
    parts = urlsplit(known)
    return f"{parts.scheme}://{parts.netloc}"
