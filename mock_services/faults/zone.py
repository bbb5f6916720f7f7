"""Seeded faults of the seam: zone. Flaws of what is published, then of how it is answered."""

from __future__ import annotations

from dataclasses import replace

from dnslib import EDNS0, QTYPE, RCODE, RR, TXT, DNSRecord  # type: ignore[import-untyped]
from dnslib.dns import DNSLabel  # type: ignore[import-untyped]

from mock_services.faults import fault
from mock_services.faults.zone_changes import (
    beside_each_naptr,
    changed,
    each_naptr,
    each_reply,
    each_root,
    is_naptr,
    led,
    rezoned,
)
from mock_services.world import World
from mock_services.zone_file import Record, read_zone

_A_WEEK = 7 * 86400


@fault(caught_by={"DISC-01": "naptr-missing"}, blocks=("DISC-14",))
def no_entry(world: World) -> World:
    """The first interface major has no records."""
    return rezoned(world, lambda record: () if is_naptr(record, ".v1.") else (record,))


@fault(caught_by={"DISC-02": "naptr-regexp-malformed"}, blocks=("DISC-*",))
def anchored_regexp(world: World) -> World:
    """The regexp anchors its pattern, as full regular expressions do."""
    return each_naptr(world, lambda r: replace(r, regexp=r.regexp.replace("!.*!", "!^.*$!")))


@fault(caught_by={"DISC-02": "naptr-regexp-malformed"}, blocks=("DISC-*",))
def regexp_with_another_delimiter(world: World) -> World:
    """The regexp is delimited by number signs."""
    return each_naptr(world, lambda r: replace(r, regexp=r.regexp.replace("!", "#")))


@fault(caught_by={"DISC-03": "naptr-root-not-https"})
def root_without_tls(world: World) -> World:
    """The record leads to an http root; all else about it is sound."""
    return each_root(world, lambda root: root.replace("https://", "http://"))


@fault(caught_by={"DISC-04": "naptr-flag-not-u"}, blocks=("DISC-*",))
def flag_for_an_srv_lookup(world: World) -> World:
    """The flag sends clients on to an SRV record."""
    return each_naptr(world, lambda record: replace(record, flags="S"))


@fault(caught_by={"DISC-04": "naptr-flag-not-u"})
def stray_record_with_another_flag(world: World) -> World:
    """Beside a sound record stands one of another flag, which clients ignore."""
    return beside_each_naptr(world, lambda record: replace(record, flags="A", preference=5))


@fault(caught_by={"DISC-05": "naptr-service-not-empty"}, blocks=("DISC-*",))
def service_parameter_filled_in(world: World) -> World:
    """The service parameter names an application."""
    return each_naptr(world, lambda record: replace(record, service="x-oots:cs"))


@fault(caught_by={"DISC-06": "naptr-replacement-not-root"})
def replacement_beside_the_regexp(world: World) -> World:
    """The record has a replacement although its regexp is in use."""
    return each_naptr(world, lambda record: replace(record, replacement="elsewhere.localhost."))


@fault(caught_by={"DISC-07": "naptr-root-userinfo"})
def root_with_credentials(world: World) -> World:
    """The root carries a user name and a password."""
    return each_root(world, lambda root: root.replace("://", "://reader:secret@"))


@fault(caught_by={"DISC-07": "naptr-root-query"})
def root_with_a_query(world: World) -> World:
    """The root ends with a query."""
    return each_root(world, lambda root: f"{root}?country-code=EU")


@fault(caught_by={"DISC-07": "naptr-root-fragment"})
def root_with_a_fragment(world: World) -> World:
    """The root ends with a fragment."""
    return each_root(world, lambda root: f"{root}#top")


@fault(caught_by={"DISC-08": "naptr-root-search-path"})
def root_with_the_search_path(world: World) -> World:
    """The root includes the path that clients append."""
    return each_root(world, lambda root: f"{root.rstrip('/')}/rest/search")


@fault(caught_by={"DISC-09": "naptr-root-ip-literal"}, blocks=("DISC-28",))
def root_at_an_address(world: World) -> World:
    """The root names its host by an IP address; the path tells the instances apart."""
    return each_root(
        world, lambda root: root.replace(":", "/").replace("https///", "https://127.0.0.1/")
    )


@fault(caught_by={"DISC-09": "naptr-root-host-malformed"}, blocks=("DISC-28",))
def host_with_an_underscore(world: World) -> World:
    """The host of the root holds an underscore."""
    return each_root(world, lambda root: root.replace("://", "://_"))


@fault(caught_by={"DISC-09": "naptr-root-port"})
def root_at_a_port_that_cannot_be(world: World) -> World:
    """The port of the root is larger than ports are."""
    return each_root(world, _at_port_65536)


@fault(caught_by={"DISC-10": "naptr-root-character"})
def root_with_a_space(world: World) -> World:
    """The path of the root holds a space."""
    return each_root(world, lambda root: f"{root}common services/")


@fault(caught_by={"DISC-10": "naptr-root-percent-encoding"})
def root_with_a_stray_percent_sign(world: World) -> World:
    """The path of the root holds a percent sign that encodes nothing."""
    return each_root(world, lambda root: f"{root}100%/")


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


@fault(caught_by={"DISC-13": "naptr-major-missing"}, blocks=("DISC-14",))
def no_entry_for_the_second_major(world: World) -> World:
    """The second interface major has no records."""
    return rezoned(world, lambda record: () if is_naptr(record, ".v2.") else (record,))


@fault(caught_by={"DISC-14": "naptr-majors-diverge"})
def second_major_at_another_instance(world: World) -> World:
    """The second interface major leads elsewhere."""

    def led_elsewhere(record: Record) -> tuple[Record, ...]:
        elsewhere = changed(record, lambda r: led(r, lambda root: f"{root}v2/"))
        return (elsewhere if is_naptr(record, ".v2.") else record,)

    return rezoned(world, led_elsewhere)


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

    return rezoned(world, led_to_production)


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
    return rezoned(world, lambda r: () if r.rdtype in ("A", "AAAA") else (r,))


@fault(caught_by={"DISC-18": "name-case-matters"})
def server_that_minds_the_case(world: World) -> World:
    """The name server knows its names in lower case only."""

    def mind(query: DNSRecord, reply: DNSRecord) -> None:
        if any(label != label.lower() for label in query.q.qname.label):
            _empty(reply)
            reply.header.rcode = RCODE.NXDOMAIN

    return each_reply(world, mind)


@fault(caught_by={"DISC-30": "question-case-changed"})
def server_that_lowers_the_question(world: World) -> World:
    """The name server repeats the question in lower case."""

    def lower(_query: DNSRecord, reply: DNSRecord) -> None:
        name = reply.q.qname
        reply.q.qname = DNSLabel(tuple(label.lower() for label in name.label))

    return each_reply(world, lower)


@fault(caught_by={"DISC-19": "tcp-answer-differs"})
def server_that_knows_less_over_tcp(world: World) -> World:
    """The name server finds no records over TCP."""
    return each_reply(world, lambda _query, reply: _empty(reply), over=("tcp",))


@fault(caught_by={"DISC-20": "edns-answer-differs"})
def server_that_needs_edns(world: World) -> World:
    """The name server finds no records for queries without EDNS."""
    return each_reply(world, lambda q, reply: None if _has_edns(q) else _empty(reply))


@fault(caught_by={"DISC-20": "edns-unasked"})
def server_that_adds_edns(world: World) -> World:
    """The name server adds EDNS to replies to queries without it."""

    def add(query: DNSRecord, reply: DNSRecord) -> None:
        if not _has_edns(query):
            reply.add_ar(EDNS0(udp_len=4096))

    return each_reply(world, add)


@fault(caught_by={"DISC-21": "udp-answer-too-long"})
def server_that_talks_too_much(world: World) -> World:
    """The name server adds texts to its replies until they are longer than UDP allows."""

    def pad(_query: DNSRecord, reply: DNSRecord) -> None:
        for _ in range(6):
            reply.add_ar(RR("localhost", QTYPE.TXT, ttl=60, rdata=TXT("x" * 250)))

    return each_reply(world, pad, over=("udp",))


@fault(caught_by={"DISC-22": "nodata-as-nxdomain"})
def server_that_denies_names_without_data(world: World) -> World:
    """The name server denies a name that has no records of the type asked for."""
    return each_reply(world, lambda _query, reply: _turn(reply, RCODE.NOERROR, RCODE.NXDOMAIN))


@fault(caught_by={"DISC-22": "nodata-without-soa"})
def no_data_without_soa(world: World) -> World:
    """The SOA record is left out where a name has no records of the type asked for."""
    return each_reply(world, lambda _query, reply: _without_soa(reply, RCODE.NOERROR))


@fault(caught_by={"DISC-23": "unknown-name-not-nxdomain"})
def server_that_denies_no_name(world: World) -> World:
    """The name server answers for names that do not exist as if they only had no records."""
    return each_reply(world, lambda _query, reply: _turn(reply, RCODE.NXDOMAIN, RCODE.NOERROR))


@fault(caught_by={"DISC-23": "nxdomain-without-soa"}, blocks=("DISC-24", "DISC-25"))
def denial_without_soa(world: World) -> World:
    """The SOA record is left out where a name does not exist."""
    return each_reply(world, lambda _query, reply: _without_soa(reply, RCODE.NXDOMAIN))


@fault(caught_by={"DISC-24": "negative-ttl-above-minimum"})
def denial_kept_beyond_the_minimum(world: World) -> World:
    """The SOA record of a denial lives longer than its field MINIMUM."""

    def prolong(_query: DNSRecord, reply: DNSRecord) -> None:
        for record in reply.auth:
            if record.rtype == QTYPE.SOA:
                record.ttl = record.rdata.times[-1] + 60

    return each_reply(world, prolong)


@fault(caught_by={"DISC-26": "answer-not-authoritative"})
def server_without_authority(world: World) -> World:
    """The name server does not mark its answers as authoritative."""

    def disown(_query: DNSRecord, reply: DNSRecord) -> None:
        reply.header.aa = 0

    return each_reply(world, disown)


@fault(caught_by={"DISC-29": "answer-for-another-name"})
def record_of_another_name(world: World) -> World:
    """The answer holds a NAPTR record of another name as well."""

    def add(_query: DNSRecord, reply: DNSRecord) -> None:
        for record in [record for record in reply.rr if record.rtype == QTYPE.NAPTR][:1]:
            name = DNSLabel((b"another", *record.rname.label[1:]))
            reply.add_answer(RR(name, record.rtype, ttl=record.ttl, rdata=record.rdata))

    return each_reply(world, add)


def _empty(reply: DNSRecord) -> None:
    reply.rr = []


def _has_edns(query: DNSRecord) -> bool:
    return any(record.rtype == QTYPE.OPT for record in query.ar)


def _turn(reply: DNSRecord, old: int, new: int) -> None:
    if not reply.rr and reply.header.rcode == old:
        reply.header.rcode = new


def _without_soa(reply: DNSRecord, rcode: int) -> None:
    if not reply.rr and reply.header.rcode == rcode:
        reply.auth = []


def _at_port_65536(root: str) -> str:
    scheme, _, rest = root.partition("://")
    netloc, _, path = rest.partition("/")
    return f"{scheme}://{netloc.partition(':')[0]}:65536/{path}"
