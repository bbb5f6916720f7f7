"""The three queries of the Common Services as URLs (TDD 3.2.4, 3.1.4 and 3.6.2; ebRS REST binding).

A query is appended to the service root found in DNS; the answer's form follows `Accept-Version`.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from harness.errors import NotApplicable
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


@dataclass(frozen=True, slots=True)
class Query:
    """A query id and its parameters, in the order in which they are sent."""

    query_id: str
    parameters: tuple[tuple[str, str], ...]


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


def specimen_query(service: Service, specimen: Specimen, questions: Questions) -> Query:
    """The query whose answer is the specimen; raises `NotApplicable` where there is none."""
    country = ("country-code", questions.country)
    match service, specimen:
        case Service.EB, Specimen.CATALOGUE:
            return Query(REQUIREMENTS_QUERY, ())
        case Service.EB, Specimen.REQUIREMENTS:
            return Query(REQUIREMENTS_QUERY, (("procedure-id", questions.procedure), country))
        case Service.EB, Specimen.EVIDENCE_TYPES:
            return Query(EVIDENCE_TYPES_QUERY, (("requirement-id", questions.requirement), country))
        case Service.EB, Specimen.EMPTY if questions.empty_procedure:
            return Query(
                REQUIREMENTS_QUERY, (("procedure-id", questions.empty_procedure), country)
            )
        case Service.DSD, Specimen.DATA_SERVICES:
            return data_services_query(questions.evidence_type, questions.country)
        case Service.DSD, Specimen.ADDITIONAL_INPUT if questions.additional_input:
            return data_services_query(questions.additional_input, questions.country)
        case Service.DSD, Specimen.EMPTY if questions.empty_evidence_type:
            return data_services_query(questions.empty_evidence_type, questions.country)
        case _, Specimen.UNKNOWN_QUERY:
            return Query(f"urn:fdc:oots:{service}:ebxml-regrep:queries:no-such-query", (country,))
    raise NotApplicable(f"no question of {service} is known whose answer is: {specimen}")


def data_services_query(
    classification: str, country: str, concepts: tuple[tuple[str, str], ...] = ()
) -> Query:
    """DSD-1; `concepts` answer a DSD:ERR:0005, each named by the concept's UUID."""
    named = (("evidence-type-classification", classification), ("country-code", country))
    return Query(DATA_SERVICES_QUERY, (*named, *concepts))
