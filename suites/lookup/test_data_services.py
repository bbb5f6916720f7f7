"""The data services of a Data Service Directory: where evidence is asked for, and in what form."""

from __future__ import annotations

from harness.checks import check, require
from harness.codelists import code_list
from harness.errors import NotApplicable
from harness.model import Service, Specimen
from harness.regrep_rules import (
    EDM_VERSION,
    PARTY_SCHEME,
    REPOSITORY_URI,
    UUID,
    access_services,
    data_services,
    judge_codes,
    judge_form,
)
from harness.subjects.answer import Answer

STRUCTURED = {"application/xml", "application/json"}


@check(
    "LOOK-25",
    verifies=("lookup.data-service-id",),
    finds=("data-service-id-malformed",),
    services=(Service.DSD,),
    on=(Specimen.DATA_SERVICES,),
)
def test_a_data_service_is_identified_by_a_uuid(answer: Answer) -> None:
    """The identifier of a DataServiceEvidenceType is a UUID."""
    identifiers = [one.identifier for one in data_services(answer.document)]

    judge_form(identifiers, UUID, "data-service-id-malformed")


@check(
    "LOOK-26",
    verifies=("lookup.access-service",),
    finds=("access-service-missing", "publisher-missing"),
    services=(Service.DSD,),
    on=(Specimen.DATA_SERVICES,),
)
def test_a_data_service_has_an_access_service_with_a_publisher(answer: Answer) -> None:
    """A data service names an access service, and that its publisher."""
    for one in data_services(answer.document):
        expected = f"an AccessService in {one.identifier}"
        require(one.access_services, "access-service-missing", expected=expected, seen="none")
        for access in one.access_services:
            expected = f"a Publisher in {access.party.identifier}"
            require(access.publishers, "publisher-missing", expected=expected, seen="none")


@check(
    "LOOK-27",
    verifies=("lookup.access-service-version",),
    finds=("edm-version-missing", "edm-version-malformed"),
    services=(Service.DSD,),
    on=(Specimen.DATA_SERVICES,),
)
def test_an_access_service_names_its_version_of_the_exchange_data_model(answer: Answer) -> None:
    """An access service conforms to oots-edm:v<major>.<minor>."""
    for one in access_services(answer.document):
        expected = f"ConformsTo in {one.party.identifier}"
        require(one.conforms_to, "edm-version-missing", expected=expected, seen="none")
        judge_form(one.conforms_to, EDM_VERSION, "edm-version-malformed")


@check(
    "LOOK-28",
    verifies=("lookup.party-scheme",),
    finds=("scheme-missing", "scheme-malformed"),
    services=(Service.DSD,),
    on=(Specimen.DATA_SERVICES,),
)
def test_the_identifier_of_a_party_names_its_scheme(answer: Answer) -> None:
    """The identifiers of access services and publishers name a scheme that OOTS allows."""
    for one in access_services(answer.document):
        for party in (one.party, *(publisher.party for publisher in one.publishers)):
            expected = f"a schemeID for {party.identifier}"
            require(party.scheme is not None, "scheme-missing", expected=expected, seen="none")
            judge_form([party.scheme], PARTY_SCHEME, "scheme-malformed")


@check(
    "LOOK-29",
    verifies=("lookup.distribution",),
    finds=("distribution-missing", "media-type-unknown"),
    services=(Service.DSD,),
    on=(Specimen.DATA_SERVICES,),
)
def test_a_data_service_says_in_what_form_evidence_comes(answer: Answer) -> None:
    """A data service names a distribution, of a media type that OOTS allows."""
    for one in data_services(answer.document):
        expected = f"DistributedAs in {one.identifier}"
        require(one.distributions, "distribution-missing", expected=expected, seen="none")
        formats = [form.format for form in one.distributions]
        judge_codes(formats, code_list("media_types"), "media-type-unknown")


@check(
    "LOOK-30",
    verifies=("lookup.level-of-assurance",),
    finds=("assurance-unknown",),
    services=(Service.DSD,),
    on=(Specimen.DATA_SERVICES,),
)
def test_a_data_service_names_the_level_of_assurance(answer: Answer) -> None:
    """A data service names the level of assurance that the user's authentication must have."""
    levels = [one.assurance for one in data_services(answer.document)]

    judge_codes(levels, code_list("levels_of_assurance"), "assurance-unknown")


@check(
    "LOOK-34",
    verifies=("lookup.data-model",),
    finds=("data-model-missing", "data-model-malformed"),
    services=(Service.DSD,),
    on=(Specimen.DATA_SERVICES,),
)
def test_a_structured_distribution_names_its_data_model(answer: Answer) -> None:
    """Evidence that only comes structured names its data model in the Semantic Repository."""
    for one in data_services(answer.document):
        if not one.distributions:
            raise NotApplicable("a data service has no distribution; see LOOK-29")
        unnamed = [form.format for form in one.distributions if not form.conforms_to]
        right = not unnamed or set(unnamed) - STRUCTURED
        expected = f"ConformsTo in a distribution of {one.identifier}"
        require(right, "data-model-missing", expected=expected, seen=unnamed)
        models = [model for form in one.distributions for model in form.conforms_to]
        judge_form(models, REPOSITORY_URI, "data-model-malformed")
