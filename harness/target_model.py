"""What a target file may say, as pydantic models: the only place where each key is described.

Strict: nothing is converted, and no key is allowed that is not here. The JSON Schema for editors is
made of these models.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from harness.model import Environment, Service
from harness.requirements import CURRENT_PROFILE, PROFILES
from harness.target_addresses import SYSTEM, base_url, name_server, proxy_url, template, zone_anchor
from harness.target_words import (
    LONGEST,
    PLACE,
    Unfit,
    countries,
    each_once,
    header_name,
    member_state,
    path,
    place,
    plain,
    user,
    variable,
    word,
)

TEMPLATE = "{country}.{service}.v{major}.cs.{environment}.oots.tech.ec.europa.eu"
"""The published pattern of the names in DNS."""

ROLES = ("zone", "directory")
ADDRESSES = (SYSTEM, "server")
REPOSITORY = "https://sr.acc.oots.tech.ec.europa.eu"
CLASSIFICATION = f"{REPOSITORY}/evidencetypeclassifications/FI/<uuid>"
SCHEMA_ID = "urn:oots-conformance:target-file:1"
EXAMPLE = {
    "participant": "Example Agency",
    "member_states": ["FI"],
    "environments": ["acc"],
    "dns": {"server": "192.0.2.1"},
    "trust": {"acc": "trust-acc.pem"},
}
"""A target file that says no more than most need."""


def _checked(form: Callable[[str], Any]) -> AfterValidator:
    """A text that has a form; it stays the text that it was."""

    def check(text: str) -> str:
        form(text)
        return text

    return AfterValidator(check)


def _listed(known: tuple[str, ...]) -> Any:
    return Field(json_schema_extra={"enum": list(known)})


def _no_literal(value: object) -> object:
    """A secret is never in the file itself; whatever else stands there is not shown."""
    if isinstance(value, dict):
        return value
    raise Unfit(
        expected='{ env = "NAME" }, the name of an environment variable',
        seen="a literal value, which a secret must not be",
        remedy='put it into a variable, write { env = "NAME" }, and change the secret if the file'
        " was shared",
    )


def _as_list(value: object) -> object:
    return [value] if isinstance(value, dict) else value


Text = Annotated[str, Field(max_length=LONGEST)]
File = Annotated[Text, _checked(path)]
Country = Annotated[str, _checked(member_state), _listed(countries())]
ServiceName = Annotated[str, _checked(word(tuple(Service))), _listed(tuple(Service))]
EnvironmentName = Annotated[str, _checked(word(tuple(Environment))), _listed(tuple(Environment))]
Role = Annotated[str, _checked(word(ROLES)), _listed(ROLES)]
Profile = Annotated[str, _checked(word(PROFILES)), _listed(PROFILES)]
Locator = Annotated[str, _checked(word(ADDRESSES)), _listed(ADDRESSES)]
# Aliases, because inside a class the name of a field hides that of a function.
Name = Annotated[Text, _checked(plain)]
UserName = Annotated[Text, _checked(user)]
Variable = Annotated[Text, _checked(variable)]
NameServer = Annotated[Text, _checked(name_server)]
Template = Annotated[Text, _checked(template)]
ZoneAnchor = Annotated[Text, _checked(zone_anchor)]
ProxyUrl = Annotated[Text, _checked(proxy_url)]
Place = Annotated[str, _checked(place)]
HeaderName = Annotated[str, _checked(header_name)]
BaseUrl = Annotated[Text, _checked(base_url)]
Once = AfterValidator(each_once)
Seconds = Annotated[float, Field(ge=0.05, le=600, allow_inf_nan=False)]


class _Table(BaseModel):
    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        field_title_generator=lambda name, _: name.replace("_", " "),
    )


class Secret(_Table):
    """The name of an environment variable that holds a secret."""

    env: Annotated[Variable, Field(examples=["OOTS_TOKEN"])]
    """The variable. It must be set whenever the file is used."""


SecretOrFault = Annotated[Secret, BeforeValidator(_no_literal)]


class Dns(_Table):
    """Where the records of the zone are read, and under which names."""

    server: Annotated[
        NameServer | None,
        Field(examples=[SYSTEM, "192.0.2.1", "192.0.2.1:5300", "[2001:db8::1]:53"]),
    ] = None
    """The name server: `system` (the one this machine uses), or an address, perhaps with a port.
    Without it: `system`, unless a zone file is given."""

    others: Annotated[list[NameServer], Once, Field(max_length=16, examples=[["192.0.2.2"]])] = []
    """Further name servers of the same zone; what they say is compared. Beside `server = "system"`
    they are the second way by which a failure is told from a trouble of that resolver."""

    zone_file: Annotated[File | None, Field(examples=["zone.db"])] = None
    """A master file (RFC 1035). Without `server` it is judged in place of one, before it is
    published; beside it, it serves to name the line of what is wrong."""

    template: Annotated[Template, Field(examples=[TEMPLATE])] = TEMPLATE
    """The pattern of the names, with the four placeholders of the published one."""

    anchors: Annotated[
        list[ZoneAnchor], Once, Field(max_length=32, examples=[[f"example. DS 1 13 2 {'0' * 64}"]])
    ] = []
    """DS records that the keys of the zone must answer to, such as `example. DS 20326 8 2 e06d…`.
    Without them a chain of trust is not judged."""

    addresses: Locator = SYSTEM
    """Who is asked for the addresses of hosts: `system` (this machine's resolver), or `server`
    (the name server above)."""


class Trust(_Table):
    """Root certificates that signatures must lead to, as PEM files: one file an environment."""

    prod: Annotated[File | None, Field(examples=["trust-prod.pem"])] = None
    """Root certificates of production."""

    acc: Annotated[File | None, Field(examples=["trust-acc.pem"])] = None
    """Root certificates of acceptance."""

    testing: Annotated[File | None, Field(examples=["trust-testing.pem"])] = None
    """Root certificates of testing."""


class Tls(_Table):
    """Whom a TLS connection trusts, and who connects."""

    ca: Annotated[File | None, Field(examples=["tls-ca.pem"])] = None
    """Certificates that servers are verified against. Without it: those of this machine."""

    certificate: Annotated[File | None, Field(examples=["client.pem"])] = None
    """A client certificate with its chain, where a server or a gateway asks for one."""

    key: Annotated[File | None, Field(examples=["client.key"])] = None
    """The key of the client certificate. Without it: in the same file."""

    key_password: Annotated[SecretOrFault | None, Field(examples=[{"env": "OOTS_KEY"}])] = None
    """The password of that key."""


class Proxy(_Table):
    """An HTTP proxy (CONNECT) on the way to the directories."""

    url: Annotated[ProxyUrl, Field(examples=["http://proxy.example:3128"])]
    """Its host and port, without user name and password."""

    user: Annotated[UserName | None, Field(examples=["me"])] = None
    """The user that it asks for."""

    password: Annotated[SecretOrFault | None, Field(examples=[{"env": "OOTS_PROXY"}])] = None
    """The password of that user."""


class Limits(_Table):
    """How gently the other side is treated, and for how long it is waited for."""

    rate: Annotated[float, Field(ge=0.1, le=10_000, allow_inf_nan=False)] = 20.0
    """How many exchanges a second are begun at most."""

    give_up_after: Annotated[int, Field(ge=1, le=1_000)] = 5
    """After so many unanswered exchanges in a row nothing more is sent."""

    dns_timeout: Seconds = 3.0
    """Seconds that each attempt waits for a reply of a name server."""

    connect_timeout: Seconds = 5.0
    """Seconds for a connection, and as many for TLS."""

    total_timeout: Seconds = 30.0
    """Seconds from a request to the last byte of its response."""


class Asked(_Table):
    """What the directories are asked. What is left out is learned from them, as far as it can be.

    Write `[questions]` once, or `[[questions]]` for each Member State or environment.
    """

    member_state: Annotated[Country | None, Field(examples=["FI"])] = None
    """Whom this is about. Without it: every Member State of the file."""

    environment: Annotated[EnvironmentName | None, Field(examples=["acc"])] = None
    """The environment that this is about. Without it: every one of the file."""

    country: Annotated[str | None, Field(pattern="^[A-Z][A-Z0-9]$", examples=["EL"])] = None
    """The code of the country in data, where it is not the usual one."""

    procedure: Annotated[Text | None, Field(min_length=1, examples=["T3"])] = None
    """A procedure with requirements in the country."""

    requirement: Annotated[
        Text | None,
        Field(min_length=1, examples=[f"{REPOSITORY}/requirements/<uuid>"]),
    ] = None
    """The identifier of a requirement that the country has evidence types for."""

    evidence_type: Annotated[Text | None, Field(min_length=1, examples=[CLASSIFICATION])] = None
    """The classification of an evidence type with data services in the country."""

    empty_procedure: Annotated[Text | None, Field(min_length=1, examples=["U2"])] = None
    """A procedure without requirements in the country."""

    empty_evidence_type: Annotated[Text | None, Field(min_length=1, examples=[CLASSIFICATION])] = (
        None
    )
    """The classification of an evidence type without data services."""

    additional_input: Annotated[Text | None, Field(min_length=1, examples=[CLASSIFICATION])] = None
    """The classification of an evidence type for which the user is asked for more."""

    concepts: Annotated[dict[Text, Text], Field(max_length=32, examples=[{"<uuid>": "value"}])] = {}
    """What a user would answer then: a value for the UUID of each concept."""


class TargetDescription(_Table):
    """A target of the OOTS conformance harness: whom to judge, where it is, and how gently.

    Paths are relative to the file. Secrets are named by environment variables, never written.
    """

    participant: Annotated[Name, Field(examples=["Example Agency"])]
    """Whose system this is, as reports name it."""

    member_states: Annotated[
        list[Country], Once, Field(min_length=1, max_length=64, examples=[["FI"]])
    ]
    """Whose services are judged, by the codes of ISO 3166-1 that names in DNS use (`GR`)."""

    services: Annotated[list[ServiceName], Once, Field(min_length=1)] = [*Service]
    """Which services: `eb`, `dsd`, or both."""

    environments: Annotated[list[EnvironmentName], Once, Field(min_length=1)] = [Environment.ACC]
    """In which environments: `prod`, `acc`, `testing`."""

    roles: Annotated[
        Annotated[list[Role], Field(min_length=1)] | None, Once, Field(examples=[list(ROLES)])
    ] = None
    """Which parts are judged: `zone` (the records in DNS), `directory` (the services), or both.
    Without it: both, or the directory alone where every base URL is given and no `[dns]`."""

    profile: Profile = CURRENT_PROFILE
    """The rule profile to judge by."""

    majors: Annotated[
        list[Annotated[int, Field(ge=1, le=99)]], Once, Field(min_length=1, max_length=9)
    ] = [1, 2]
    """The interface majors that have names in DNS."""

    overview: Annotated[File | None, Field(examples=["overview.csv"])] = None
    """The table of all instances (`.toml` or `.csv`), to be compared with the zone."""

    dns: Dns = Dns()

    base_urls: Annotated[
        dict[Place, BaseUrl],
        Field(
            max_length=512,
            examples=[{"eb": "https://eb.example/eb/"}],
            json_schema_extra={"propertyNames": {"pattern": PLACE}},
        ),
    ] = {}
    """Base URLs of services that are not to be discovered: for `eb`, `dsd`, or for one
    environment or Member State of them alone, `eb-acc`, `FI-eb`, `FI-eb-acc`."""

    trust: Trust = Trust()
    tls: Tls = Tls()
    proxy: Proxy | None = None

    headers: Annotated[
        dict[HeaderName, SecretOrFault],
        Field(max_length=32, examples=[{"X-Api-Token": {"env": "OOTS_TOKEN"}}]),
    ] = {}
    """Header fields that are added to every HTTP request, such as tokens of a gateway."""

    limits: Limits = Limits()

    questions: Annotated[list[Asked], BeforeValidator(_as_list), Field(max_length=512)] = []


def schema() -> dict[str, Any]:
    """The JSON Schema of a target file, for editors."""
    made = _for_editors(TargetDescription.model_json_schema())
    one = made["properties"]["questions"]
    one["anyOf"] = [one["items"], {"type": "array", "items": one.pop("items")}]
    one["description"] = made["$defs"]["Asked"]["description"]
    del one["type"]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID}
    title = {"title": "Target file of oots-conformance", "examples": [EXAMPLE]}
    return {**head, **made, **title}


def _for_editors(made: Any) -> Any:
    """Without what TOML cannot say: null; descriptions in one line."""
    if isinstance(made, list):
        return [_for_editors(each) for each in made if each != {"type": "null"}]
    if not isinstance(made, dict):
        return made
    held: dict[str, Any] = {
        name: " ".join(value.split()) if name == "description" and isinstance(value, str) else value
        for name, value in ((name, _for_editors(value)) for name, value in made.items())
        if not (name == "default" and (value is None or isinstance(value, dict)))
    }
    ways: list[dict[str, Any]] = held.get("anyOf", [])
    if len(ways) == 1:
        del held["anyOf"]
        return {**ways[0], **held}
    return held
