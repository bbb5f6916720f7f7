"""Seeded faults of the seam: zone. Flaws of what is published, whoever answers for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from harness.model import Environment, OverviewRow
from mock_services.faults import fault
from mock_services.faults.zone_changes import (
    beside_each_naptr,
    changed,
    each_naptr,
    each_root_of,
    is_naptr,
    led,
    relisted,
    rezoned,
    without_major,
)
from mock_services.world import World
from mock_services.zone_file import Record, read_zone

_A_WEEK = 7 * 86400


@fault(caught_by={"DISC-01": "naptr-missing"}, blocks=("DISC-14",))
def no_entry(world: World) -> World:
    """The first interface major has no records."""
    return without_major(world, 1)


@fault(caught_by={"DISC-02": "naptr-regexp-anchored"}, blocks=("DISC-*",))
def anchored_regexp(world: World) -> World:
    """The regexp anchors its pattern, as full regular expressions do."""
    return _each_regexp(world, lambda regexp: regexp.replace("!.*!", "!^.*$!"))


@fault(caught_by={"DISC-02": "naptr-regexp-delimiter"}, blocks=("DISC-*",))
def regexp_with_another_delimiter(world: World) -> World:
    """The regexp is delimited by number signs."""
    return _each_regexp(world, lambda regexp: regexp.replace("!", "#"))


@fault(caught_by={"DISC-02": "naptr-regexp-delimiter"}, blocks=("DISC-*",))
def regexp_with_a_digit_for_a_delimiter(world: World) -> World:
    """The regexp is delimited by a digit, which RFC 3402 forbids."""
    return _each_regexp(world, lambda regexp: regexp.replace("!", "1"))


@fault(caught_by={"DISC-02": "naptr-regexp-malformed"}, blocks=("DISC-*",))
def regexp_without_its_last_delimiter(world: World) -> World:
    """The regexp lacks its last delimiter."""
    return _each_regexp(world, lambda regexp: regexp.removesuffix("!"))


@fault(caught_by={"DISC-02": "naptr-regexp-malformed"}, blocks=("DISC-*",))
def regexp_with_a_fourth_delimiter(world: World) -> World:
    """The regexp has a delimiter too many."""
    return _each_regexp(world, lambda regexp: f"{regexp}!")


@fault(caught_by={"DISC-02": "naptr-regexp-empty"}, blocks=("DISC-*",))
def empty_regexp(world: World) -> World:
    """The regexp is empty, and so is the replacement: the record leads nowhere."""
    return _each_regexp(world, lambda _regexp: "")


@fault(caught_by={"DISC-02": "naptr-regexp-flag"}, blocks=("DISC-*",))
def regexp_without_regard_to_case(world: World) -> World:
    """The regexp ends with the flag i."""
    return _each_regexp(world, lambda regexp: f"{regexp}i")


@fault(caught_by={"DISC-02": "naptr-regexp-back-reference"}, blocks=("DISC-*",))
def regexp_with_a_back_reference(world: World) -> World:
    """The regexp fills a part of the name into the URI."""
    return _each_regexp(
        world, lambda regexp: regexp.replace("!.*!", "!^([a-z]*).*$!")[:-1] + "\\1/!"
    )


@fault(caught_by={"DISC-02": "naptr-regexp-escape"}, blocks=("DISC-*",))
def regexp_with_an_escaped_delimiter(world: World) -> World:
    """The URI holds an exclamation mark behind a backslash."""
    return _each_regexp(world, lambda regexp: f"{regexp[:-1]}now\\!/!")


@fault(caught_by={"DISC-02": "naptr-regexp-cut-off"}, blocks=("DISC-*",))
def regexp_cut_off_at_its_longest(world: World) -> World:
    """The URI is longer than a character-string, and was cut off at its 255 octets."""
    return _each_regexp(world, lambda regexp: f"{regexp[:-1]}{'x' * 255}"[:255])


@fault(caught_by={"DISC-04": "naptr-flag-not-u"}, blocks=("DISC-*",))
def flag_for_an_srv_lookup(world: World) -> World:
    """The flag sends clients on to an SRV record."""
    return each_naptr(world, lambda record: replace(record, flags="S"))


@fault(caught_by={"DISC-04": "naptr-flag-not-u"})
def stray_record_with_another_flag(world: World) -> World:
    """Beside a sound record stands one of another flag, which clients ignore."""
    return beside_each_naptr(world, lambda record: replace(record, flags="A", preference=5))


@fault(caught_by={"DISC-56": "naptr-not-terminal"})
def stray_record_without_a_flag(world: World) -> World:
    """Beside a sound record stands one without a flag, which would be a step on the way."""
    return beside_each_naptr(world, lambda record: replace(record, flags="", preference=5))


@fault(caught_by={"DISC-05": "naptr-service-not-empty"}, blocks=("DISC-*",))
def service_parameter_filled_in(world: World) -> World:
    """The service parameter names an application."""
    return each_naptr(world, lambda record: replace(record, service="x-oots:cs"))


@fault(caught_by={"DISC-06": "naptr-replacement-not-root"})
def replacement_beside_the_regexp(world: World) -> World:
    """The record has a replacement although its regexp is in use."""
    return each_naptr(world, lambda record: replace(record, replacement="elsewhere.localhost."))


@fault(caught_by={"DISC-11": "naptr-several-instances"})
def second_instance(world: World) -> World:
    """A second record of lower preference leads to another instance."""
    return beside_each_naptr(
        world, lambda r: led(replace(r, preference=20), lambda root: f"{root}old/")
    )


@fault(caught_by={"DISC-12": "naptr-redundant-record"})
def record_given_twice(world: World) -> World:
    """A second record of lower preference leads to the same instance."""
    return beside_each_naptr(world, lambda record: replace(record, preference=20))


@fault(caught_by={"DISC-12": "naptr-redundant-record", "DISC-55": "naptr-rank-shared"})
def record_given_twice_at_one_rank(world: World) -> World:
    """A second record of the same rank leads to the same instance, spelled otherwise."""
    return beside_each_naptr(world, lambda record: led(record, lambda root: root.removesuffix("/")))


@fault(caught_by={"DISC-12": "naptr-redundant-record", "DISC-50": "naptr-ttls-differ"})
def record_given_twice_for_two_times(world: World) -> World:
    """A second record of lower preference leads to the same instance, and lives longer."""

    def living_longer(record: Record) -> tuple[Record, ...]:
        second = changed(record, lambda naptr: replace(naptr, preference=20))
        return (record, replace(second, ttl=record.ttl * 2)) if is_naptr(record) else (record,)

    return rezoned(world, living_longer)


@fault(caught_by={"DISC-13": "naptr-major-missing"}, blocks=("DISC-14",))
def no_entry_for_the_second_major(world: World) -> World:
    """The second interface major has no records."""
    return without_major(world, 2)


@fault(caught_by={"DISC-14": "naptr-majors-diverge"})
def second_major_at_another_instance(world: World) -> World:
    """The second interface major leads elsewhere."""
    return each_root_of(world, 2, lambda root: f"{root}v2/")


@fault(caught_by={"DISC-15": "unknown-country-resolves"})
def entry_for_an_unknown_country(world: World) -> World:
    """Countries that do not exist have entries, as under a wildcard."""

    def for_zz_too(record: Record) -> tuple[Record, ...]:
        unknown = replace(record, name=f"zz.{record.name.partition('.')[2]}")
        return (record, unknown) if is_naptr(record) else (record,)

    return rezoned(world, for_zz_too)


@fault(caught_by={"DISC-16": "unknown-major-resolves"})
def entry_for_an_unknown_major(world: World) -> World:
    """An interface major that was never published has entries."""

    def for_v9_too(record: Record) -> tuple[Record, ...]:
        unknown = replace(record, name=record.name.replace(".v1.", ".v9."))
        return (record, unknown) if is_naptr(record, ".v1.") else (record,)

    return rezoned(world, for_v9_too)


@fault(caught_by={"DISC-37": "entry-below-an-entry"})
def entry_for_a_region(world: World) -> World:
    """Below each entry stands another, as for a region."""

    def for_a_region_too(record: Record) -> tuple[Record, ...]:
        below = replace(record, name=f"zz.{record.name}")
        return (record, below) if is_naptr(record) else (record,)

    return rezoned(world, for_a_region_too)


@fault(caught_by={"DISC-38": "unknown-environment-resolves"})
def entry_for_an_unknown_environment(world: World) -> World:
    """An environment that was never announced has entries."""

    def for_qa_too(record: Record) -> tuple[Record, ...]:
        unknown = replace(record, name=record.name.replace(".cs.acc.", ".cs.qa."))
        return (record, unknown) if is_naptr(record, ".cs.acc.") else (record,)

    return rezoned(world, for_qa_too)


@fault(caught_by={"DISC-39": "unknown-service-resolves"})
def entry_for_an_unknown_service(world: World) -> World:
    """A label that stands for no Common Service has entries."""

    def for_sr_too(record: Record) -> tuple[Record, ...]:
        unknown = replace(record, name=record.name.replace(".eb.", ".sr."))
        return (record, unknown) if is_naptr(record, ".eb.") else (record,)

    return rezoned(world, for_sr_too)


@fault(caught_by={"DISC-40": "country-code-of-the-data"})
def entry_under_the_code_of_the_data(world: World) -> World:
    """A Member State with two codes is found under the one that the data uses as well."""
    codes = {
        f"{state.code.lower()}.": f"{state.data_code.lower()}."
        for state in world.landscape.member_states
    }

    def under_both(record: Record) -> tuple[Record, ...]:
        label = f"{record.name.partition('.')[0]}."
        other = record.name.replace(label, codes.get(label, label), 1)
        return (record, replace(record, name=other)) if is_naptr(record) else (record,)

    return rezoned(world, under_both)


@fault(caught_by={"DISC-17": "naptr-production-shared"})
def testing_led_to_production(world: World) -> World:
    """The entries for test use lead to the instance for production use."""
    production = {
        record.name: record.rdata
        for record in read_zone(world.zone)
        if is_naptr(record, ".cs.prod.")
    }

    def led_to_production(record: Record) -> tuple[Record, ...]:
        name = record.name.replace(".cs.acc.", ".cs.prod.").replace(".cs.testing.", ".cs.prod.")
        rdata = production.get(name) if is_naptr(record) else None
        return (replace(record, rdata=rdata or record.rdata),)

    listed = {(row.key, row.major): row.uri for row in world.overview}

    def listed_as_production(row: OverviewRow) -> tuple[OverviewRow, ...]:
        there = replace(row.key, environment=Environment.PROD)
        return (replace(row, uri=listed.get((there, row.major), row.uri)),)

    return relisted(rezoned(world, led_to_production), listed_as_production)


@fault(caught_by={"DISC-27": "naptr-ttl-zero"})
def records_that_may_not_be_kept(world: World) -> World:
    """The records of the entry have a TTL of zero."""
    return rezoned(world, lambda r: (replace(r, ttl=0) if is_naptr(r) else r,))


@fault(caught_by={"DISC-27": "naptr-ttl-too-long"})
def records_kept_for_a_week(world: World) -> World:
    """The records of the entry have a TTL of a week."""
    return rezoned(world, lambda r: (replace(r, ttl=_A_WEEK) if is_naptr(r) else r,))


@fault(caught_by={"DISC-25": "negative-ttl-too-long"})
def denials_kept_for_a_week(world: World) -> World:
    """The SOA lets denials be kept for a week."""

    def patient(record: Record) -> tuple[Record, ...]:
        soa = replace(record, ttl=_A_WEEK, rdata=(*record.rdata[:-1], _A_WEEK))
        return (soa if record.rdtype == "SOA" else record,)

    return rezoned(world, patient)


@fault(caught_by={"DISC-28": "root-host-without-address"})
def hosts_without_addresses(world: World) -> World:
    """No host of an instance has an address."""
    hosts = {f"{instance.host}." for instance in world.instances}
    return rezoned(world, lambda record: () if record.name in hosts else (record,))


@fault(caught_by={"DISC-44": "name-servers-missing"})
def zone_without_name_servers(world: World) -> World:
    """The zone does not name its name servers."""
    return rezoned(world, lambda record: () if record.rdtype == "NS" else (record,))


@fault(caught_by={"DISC-44": "name-server-alone"})
def zone_with_one_name_server(world: World) -> World:
    """The zone names one name server."""

    def but_the_second(record: Record) -> tuple[Record, ...]:
        second = record.rdtype == "NS" and str(record.rdata[0]).startswith("ns2.")
        return () if second else (record,)

    return rezoned(world, but_the_second)


@fault(caught_by={"DISC-45": "name-server-without-address"})
def name_server_without_an_address(world: World) -> World:
    """A name server has no address."""
    return rezoned(world, lambda record: () if record.name.startswith("ns2.") else (record,))


@fault(caught_by={"DISC-45": "name-server-is-an-alias"})
def name_server_by_an_alias(world: World) -> World:
    """A name server is named by an alias."""

    def aliased(record: Record) -> tuple[Record, ...]:
        if not record.name.startswith("ns2."):
            return (record,)
        return (Record(record.name, record.ttl, "CNAME", (f"ns1{record.name[3:]}",)),)

    return rezoned(world, aliased)


def _each_regexp(world: World, change: Callable[[str], str]) -> World:
    return each_naptr(world, lambda record: replace(record, regexp=change(record.regexp)))
