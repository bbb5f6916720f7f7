"""Questions that a directory must refuse, or must answer in spite of how they are put: data.

Each comes with the error codes that may be its answer: more than one where the published list
leaves open which of them a mistake falls under.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from harness.errors import NotApplicable
from harness.lookup import (
    DATA_SERVICES_QUERY,
    EVIDENCE_TYPES_QUERY,
    NOWHERE,
    REQUIREMENTS_QUERY,
    Askable,
    Query,
    data_services_query,
    incomplete_query,
    search_url,
    unknown_values,
)
from harness.model import Service

ODD_TEXTS = ("é€😀", '<a b="c">&\'', "a+b c\x00", "x" * 2000)
"""Beyond ASCII, markup, blanks and a NUL, length: none of them names anything."""

NO_SPECIFICATION = "oots-edm:v99.0"
WRONG_VALUE = "no such value ☃"


@dataclass(frozen=True, slots=True)
class Provocation:
    """A question, and the codes of which one must refuse it."""

    query: Query
    codes: tuple[str, ...]


def coded_refusals(service: Service, questions: Askable) -> tuple[Query, ...]:
    """One question for each error code that no specimen shows."""
    named = tuple(query for query, _ in unknown_values(service, questions))
    wrong = (
        (wrong_value(questions),)
        if service is Service.DSD and questions.additional_input and questions.concepts
        else ()
    )
    return (incomplete_query(service, questions), *named, *wrong)


def wrong_value(questions: Askable) -> Query:
    """An answer to a DSD:ERR:0005 that no concept can have; raises `NotApplicable`."""
    if questions.additional_input is None or not questions.concepts:
        raise NotApplicable("no data service is known that asks for more attributes")
    concepts = tuple((uuid, WRONG_VALUE) for uuid, _ in questions.concepts)
    return data_services_query(questions.additional_input, questions.country, concepts)


def malformed(service: Service, questions: Askable) -> Iterator[Provocation]:
    """Values that have not the form of their parameter."""
    country = questions.country
    for code in ("Finland", country.lower(), ""):
        match service:
            case Service.EB:
                query = Query(REQUIREMENTS_QUERY, (("country-code", code),))
                yield Provocation(query, ("EB:ERR:0003", "EB:ERR:0006"))
            case Service.DSD:
                query = data_services_query(questions.evidence_type, code)
                yield Provocation(query, ("DSD:ERR:0003", "DSD:ERR:0001"))
    where = ("country-code", country)
    match service:
        case Service.EB:
            query = Query(REQUIREMENTS_QUERY, (("procedure-id", "procedure 1"), where))
            yield Provocation(query, ("EB:ERR:0003", "EB:ERR:0005"))
            query = Query(EVIDENCE_TYPES_QUERY, (("requirement-id", NOWHERE), where))
            yield Provocation(query, ("EB:ERR:0003", "EB:ERR:0002"))
        case Service.DSD:
            query = data_services_query(NOWHERE, country)
            yield Provocation(query, ("DSD:ERR:0003", "DSD:ERR:0002"))
            query = specified(questions, "v2.0")
            yield Provocation(query, ("DSD:ERR:0003", "DSD:ERR:0001"))


def repeated(service: Service, questions: Askable) -> Provocation:
    """A question for two countries at once."""
    again = ("country-code", "LI")
    plain = _plain(service, questions)
    query = Query(plain.query_id, (*plain.parameters, again))
    return Provocation(query, (f"{service.upper()}:ERR:0003",))


def with_unknown_parameter(service: Service, questions: Askable) -> Query:
    """A question with a parameter that no query has."""
    plain = _plain(service, questions)
    return Query(plain.query_id, (*plain.parameters, ("no-such-parameter", "1")))


def odd(service: Service, questions: Askable) -> Iterator[Provocation]:
    """Questions with texts in them that are hard to carry."""
    where = ("country-code", questions.country)
    for text in ODD_TEXTS:
        match service:
            case Service.EB:
                query = Query(REQUIREMENTS_QUERY, (("procedure-id", text), where))
                yield Provocation(query, ("EB:ERR:0003", "EB:ERR:0005"))
            case Service.DSD:
                query = data_services_query(text, questions.country)
                yield Provocation(query, ("DSD:ERR:0003", "DSD:ERR:0002"))


def foreign(service: Service, questions: Askable) -> Iterator[Provocation]:
    """Queries that are not this service's: of the drafts of 2022, and of the other service."""
    where = ("country-code", questions.country)
    own, other, code = {
        Service.EB: (REQUIREMENTS_QUERY, DATA_SERVICES_QUERY, "EB:ERR:0007"),
        Service.DSD: (DATA_SERVICES_QUERY, REQUIREMENTS_QUERY, "DSD:ERR:0004"),
    }[service]
    for query_id in (own.replace("urn:fdc:oots:", "urn:oots:"), other):
        yield Provocation(Query(query_id, (where,)), (code,))


def specified(questions: Askable, specification: str) -> Query:
    """The data services that speak a version of the exchange data model."""
    plain = data_services_query(questions.evidence_type, questions.country)
    return Query(plain.query_id, (*plain.parameters, ("specification", specification)))


def spellings(root: str, query: Query) -> tuple[str, ...]:
    """URLs that say the same as the plain one (RFC 3986, sections 2.1, 2.4 and 6.2.2).

    >>> spellings("https://a.example", Query("urn:x", (("c", "FI"),)))[2]
    'https://a.example/rest/search?queryId=%75%72%6E%3A%78&c=%46%49'
    """
    parts = urlsplit(search_url(root, query))
    named = (("queryId", query.query_id), *query.parameters)
    texts = (
        "&".join(f"{name}={quote(value, safe='')}" for name, value in named),
        "&".join(f"{name}={_lower(quote(value, safe=''))}" for name, value in named),
        "&".join(f"{name}={_hidden(value)}" for name, value in named),
    )
    return tuple(urlunsplit(parts._replace(query=text)) for text in texts)


def _lower(text: str) -> str:
    return text.replace("%3A", "%3a").replace("%2F", "%2f")


def _hidden(text: str) -> str:
    return "".join(f"%{octet:02X}" for octet in text.encode())


def _plain(service: Service, questions: Askable) -> Query:
    where = ("country-code", questions.country)
    match service:
        case Service.EB:
            return Query(REQUIREMENTS_QUERY, (("procedure-id", questions.procedure), where))
        case Service.DSD:
            return data_services_query(questions.evidence_type, questions.country)
