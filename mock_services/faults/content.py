"""Seeded faults of the seam: content. What a directory says is wrong; its signature is sound."""

from __future__ import annotations

from mock_services.faults import fault
from mock_services.faults.rewriting import (
    CATALOGUE,
    DATA_SERVICES,
    ELSEWHERE,
    EVIDENCE_TYPES,
    REQUIREMENTS,
    both,
    rewritten,
    saying,
)
from mock_services.world import World

_PROCEDURE = r"(<sdg:RelatedTo>\s*<sdg:Identifier>)[^<]*"
_GIVEN = both(DATA_SERVICES, saying("StatusType:Success"))
_COUNTRY = r"(<sdg:Jurisdiction>\s*<sdg:AdminUnitLevel1>)[^<]*"


@fault(caught_by={"LOOK-11": "slot-name-other"})
def slot_of_another_name(world: World) -> World:
    """The slot of a registry object has another name."""
    return rewritten(world, r'(<rim:RegistryObject [^>]*>\s*<rim:Slot name=")', r"\1The")


@fault(caught_by={"LOOK-12": "slot-type-other"})
def slot_of_another_type(world: World) -> World:
    """The slot of a registry object says that it holds a string."""
    return rewritten(
        world, r'(<rim:RegistryObject [^>]*>\s*<rim:Slot [^>]*>[^>]*"rim:)Any', r"\1String"
    )


@fault(caught_by={"LOOK-12": "slot-content-other"})
def slot_with_two_elements(world: World) -> World:
    """The slot of a registry object holds a second element."""
    return rewritten(
        world,
        r"(?=</rim:SlotValue>\s*</rim:Slot>\s*</rim:RegistryObject>)",
        "<sdg:Note/>",
    )


@fault(caught_by={"LOOK-13": "object-id-malformed"})
def object_ids_without_urn(world: World) -> World:
    """The ids of registry objects are bare UUIDs."""
    return rewritten(world, 'id="urn:uuid:', 'id="', when=CATALOGUE)


@fault(caught_by={"LOOK-13": "object-id-repeated"})
def object_ids_all_the_same(world: World) -> World:
    """All registry objects have one id."""
    return rewritten(world, 'id="urn:uuid:[^"]*', f'id="urn:uuid:{ELSEWHERE}')


@fault(caught_by={"LOOK-14": "requirement-uri-malformed"})
def requirement_elsewhere(world: World) -> World:
    """A requirement has the URI of some other thing."""
    return rewritten(world, "/requirements/", "/things/", when=CATALOGUE, times=1)


@fault(caught_by={"LOOK-15": "framework-missing"})
def requirement_without_a_framework(world: World) -> World:
    """A requirement names no reference framework."""
    return rewritten(
        world,
        r"<sdg:ReferenceFramework>.*?</sdg:ReferenceFramework>\s*(?=</sdg:Requirement>)",
        "",
        when=CATALOGUE,
        times=1,
    )


@fault(caught_by={"LOOK-16": "framework-id-malformed"})
def framework_without_a_uuid(world: World) -> World:
    """A reference framework is identified by a name."""
    return rewritten(
        world, r"(<sdg:ReferenceFramework>\s*<sdg:Identifier>)", r"\1law-", when=CATALOGUE, times=1
    )


@fault(caught_by={"LOOK-16": "framework-without-procedure"})
def framework_without_a_procedure(world: World) -> World:
    """A reference framework is related to no procedure."""
    return rewritten(world, "<sdg:RelatedTo>.*?</sdg:RelatedTo>", "", when=CATALOGUE, times=1)


@fault(caught_by={"LOOK-16": "framework-without-country"})
def framework_without_a_country(world: World) -> World:
    """A reference framework has no jurisdiction."""
    return rewritten(world, "<sdg:Jurisdiction>.*?</sdg:Jurisdiction>", "", when=CATALOGUE, times=1)


@fault(caught_by={"LOOK-17": "procedure-unknown"})
def procedure_of_no_list(world: World) -> World:
    """A reference framework is related to a procedure that does not exist."""
    return rewritten(world, _PROCEDURE, r"\1ZZ9", when=CATALOGUE, times=1)


@fault(caught_by={"LOOK-18": "evidence-types-unasked"})
def requirements_with_evidence_types(world: World) -> World:
    """The catalogue lists evidence types as well."""
    return rewritten(
        world,
        "(?=</sdg:Requirement>)",
        f"<sdg:EvidenceTypeList><sdg:Identifier>{ELSEWHERE}</sdg:Identifier>"
        "<sdg:MatchType>NoMatch</sdg:MatchType></sdg:EvidenceTypeList>",
        when=CATALOGUE,
    )


@fault(caught_by={"LOOK-19": "evidence-types-several-objects"})
def evidence_types_twice(world: World) -> World:
    """The evidence types of a requirement come in two registry objects."""
    return rewritten(
        world,
        '(<rim:RegistryObject id="urn:uuid:)(.{8})(.*?</rim:RegistryObject>)',
        r"\1\2\3\1deadbeef\3",
        when=EVIDENCE_TYPES,
    )


@fault(caught_by={"LOOK-19": "evidence-type-list-missing"})
def evidence_types_without_lists(world: World) -> World:
    """A requirement comes without the lists that were asked for."""
    return rewritten(
        world, "<sdg:EvidenceTypeList>.*</sdg:EvidenceTypeList>", "", when=EVIDENCE_TYPES
    )


@fault(caught_by={"LOOK-20": "evidence-type-list-id-malformed"})
def list_without_a_uuid(world: World) -> World:
    """A list of evidence types is identified by a number."""
    return rewritten(
        world, r"(<sdg:EvidenceTypeList>\s*<sdg:Identifier>)[^<]*", r"\g<1>1", when=EVIDENCE_TYPES
    )


@fault(caught_by={"LOOK-20": "evidence-type-missing"})
def list_without_evidence_types(world: World) -> World:
    """A list of evidence types is empty and does not say NoMatch."""
    return rewritten(world, "<sdg:EvidenceType>.*?</sdg:EvidenceType>", "", when=EVIDENCE_TYPES)


@fault(caught_by={"LOOK-21": "classification-malformed"})
def evidence_type_elsewhere(world: World) -> World:
    """An evidence type has the URI of some other thing."""
    return rewritten(world, "/evidencetypeclassifications/", "/things/", when=EVIDENCE_TYPES)


@fault(caught_by={"LOOK-22": "country-unknown"})
def country_of_no_list(world: World) -> World:
    """A country is called by a code that is in no list."""
    return rewritten(world, _COUNTRY, r"\1ZZ", when=CATALOGUE, times=1)


@fault(caught_by={"LOOK-22": "country-unknown"})
def address_of_no_list(world: World) -> World:
    """The address of a publisher is in a country that is in no list."""
    return rewritten(
        world, r"(<sdg:Address>\s*<sdg:AdminUnitLevel1>)[^<]*", r"\1ZZ", when=DATA_SERVICES
    )


@fault(caught_by={"LOOK-23": "language-unknown"})
def language_in_lower_case(world: World) -> World:
    """A language is called by a code in lower case."""
    return rewritten(world, ' lang="EN"', ' lang="en"', times=1)


@fault(caught_by={"LOOK-24": "language-missing"})
def language_left_out(world: World) -> World:
    """A text does not say in which language it is."""
    return rewritten(world, ' lang="EN"', "", times=1)


@fault(caught_by={"LOOK-25": "data-service-id-malformed"})
def data_service_without_a_uuid(world: World) -> World:
    """A data service is identified by a name."""
    return rewritten(
        world,
        r"(<sdg:DataServiceEvidenceType>\s*<sdg:Identifier>)",
        r"\1service-",
        when=_GIVEN,
    )


@fault(caught_by={"LOOK-26": "access-service-missing"})
def data_service_without_access(world: World) -> World:
    """A data service names no access service."""
    return rewritten(world, "<sdg:AccessService>.*</sdg:AccessService>", "")


@fault(caught_by={"LOOK-26": "publisher-missing"})
def access_service_without_a_publisher(world: World) -> World:
    """An access service names no publisher."""
    return rewritten(world, "<sdg:Publisher>.*?</sdg:Publisher>", "")


@fault(caught_by={"LOOK-27": "edm-version-missing"})
def access_service_without_a_version(world: World) -> World:
    """An access service does not say to what it conforms."""
    return rewritten(world, "<sdg:ConformsTo>oots-edm:[^<]*</sdg:ConformsTo>", "")


@fault(caught_by={"LOOK-27": "edm-version-malformed"})
def access_service_of_a_bare_version(world: World) -> World:
    """An access service conforms to a bare number."""
    return rewritten(world, "<sdg:ConformsTo>oots-edm:v", "<sdg:ConformsTo>")


@fault(caught_by={"LOOK-28": "scheme-missing"})
def party_without_a_scheme(world: World) -> World:
    """The identifiers of parties name no scheme."""
    return rewritten(world, ' schemeID="urn:[^"]*"', "")


@fault(caught_by={"LOOK-28": "scheme-malformed"})
def party_of_another_scheme(world: World) -> World:
    """The identifiers of parties name a scheme that OOTS does not allow."""
    return rewritten(world, ' schemeID="urn:[^"]*"', ' schemeID="urn:example:ap"')


@fault(caught_by={"LOOK-29": "distribution-missing"})
def data_service_without_a_form(world: World) -> World:
    """A data service does not say in what form the evidence comes."""
    return rewritten(world, "<sdg:DistributedAs>.*</sdg:DistributedAs>", "")


@fault(caught_by={"LOOK-29": "media-type-unknown"})
def media_type_of_no_list(world: World) -> World:
    """Evidence comes in a media type that is in no list."""
    return rewritten(world, "<sdg:Format>application/pdf", "<sdg:Format>application/x-pdf")


@fault(caught_by={"LOOK-30": "assurance-unknown"})
def assurance_of_no_list(world: World) -> World:
    """The level of assurance is in no list."""
    return rewritten(world, "(<sdg:AuthenticationLevelOfAssurance>)[^<]*", r"\1Medium", when=_GIVEN)


@fault(caught_by={"LOOK-31": "other-procedure"})
def requirements_of_another_procedure(world: World) -> World:
    """The requirements are those of a procedure that was not asked for."""
    return rewritten(world, _PROCEDURE, r"\1X11", when=REQUIREMENTS)


@fault(caught_by={"LOOK-31": "other-country"})
def requirements_of_another_country(world: World) -> World:
    """The requirements are those of a country that was not asked for."""
    return rewritten(world, _COUNTRY, r"\1LI", when=REQUIREMENTS)


@fault(caught_by={"LOOK-32": "other-requirement"})
def evidence_types_of_another_requirement(world: World) -> World:
    """The evidence types prove another requirement."""
    return rewritten(world, "(/requirements/)[^<]*", rf"\1{ELSEWHERE}", when=EVIDENCE_TYPES)


@fault(caught_by={"LOOK-32": "evidence-types-of-other-country"})
def evidence_types_of_another_country(world: World) -> World:
    """The evidence types are those of another country."""
    return rewritten(world, rf"(</sdg:EvidenceType>\s*){_COUNTRY}", r"\1\2LI", when=EVIDENCE_TYPES)


@fault(caught_by={"LOOK-33": "other-evidence-type"})
def data_services_of_another_evidence_type(world: World) -> World:
    """The data services give another type of evidence."""
    return rewritten(
        world, "(/evidencetypeclassifications/../)[^<]*", rf"\1{ELSEWHERE}", when=DATA_SERVICES
    )


@fault(caught_by={"LOOK-33": "data-service-of-other-country"})
def data_services_of_another_country(world: World) -> World:
    """The data services are those of another country."""
    return rewritten(world, _COUNTRY, r"\1LI", when=DATA_SERVICES)


@fault(caught_by={"LOOK-34": "data-model-missing"})
def structured_evidence_without_a_model(world: World) -> World:
    """Evidence comes as XML only, and nothing says of which kind."""
    return rewritten(
        world,
        r"<sdg:DistributedAs>.*</sdg:DistributedAs>",
        "<sdg:DistributedAs><sdg:Format>application/xml</sdg:Format></sdg:DistributedAs>",
    )


@fault(caught_by={"LOOK-34": "data-model-malformed"})
def structured_evidence_of_a_foreign_model(world: World) -> World:
    """Evidence follows a model that the Semantic Repository does not have."""
    return rewritten(
        world,
        "(?=</sdg:DistributedAs>)",
        "<sdg:ConformsTo>https://model.example/1</sdg:ConformsTo>",
    )
