"""Cases of what is wrong at either end: clock, target file, checks; and at the subject itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha512

from harness.discovery import service_root
from harness.errors import Violation
from harness.model import Environment, NaptrRecord
from mock_services.faults.zone_changes import beside_each_naptr
from mock_services.troubles import files as file
from mock_services.troubles import places as place
from mock_services.troubles.forgery import Forger
from mock_services.troubles.subtle import changed
from mock_services.world import World
from suites.selftest.planted import (
    OURS,
    TEXT,
    THEIRS,
    YOURS,
    case,
    led_to,
    moved_to_a_closed_port,
    patched,
    raising,
    roots_swapped,
    without_the_first,
    zone,
)


def _on_the_web(record: NaptrRecord) -> object:
    return service_root(record)._replace(scheme="http")


def _with_a_step(world: World) -> World:
    """Beside each record stands one without a flag that leads on to another name."""

    def step(record: NaptrRecord) -> NaptrRecord:
        return replace(record, flags="", regexp="", replacement="next.localhost.", preference=5)

    return beside_each_naptr(world, step)


_WRONG_DIGEST = patched("harness.jades.sha256", sha512)
_ENVELOPE = "suites.lookup.test_envelope"
_MINUTES, _HOURS, _DAYS = timedelta(minutes=2), timedelta(hours=3), timedelta(days=20)

CLOCKS = (
    case("this machine 2 min behind", "CACHE-08 SIG-22 SIG-34", YOURS, ahead=-_MINUTES),
    case("this machine 3 h ahead", "CACHE-08", YOURS, ahead=_HOURS),
    case("this machine 20 days behind", "DISC-52 DISC-53 CACHE-08 SIG-22", YOURS, ahead=-_DAYS),
    case("this machine 20 days ahead", "DISC-52 DISC-53 CACHE-08", YOURS, ahead=_DAYS),
    case(
        "this machine 2 min behind; signature altered",
        "CACHE-08 SIG-22 SIG-23 SIG-28",
        YOURS,
        ahead=-_MINUTES,
        fault="signature_altered",
        others={"SIG-23": THEIRS, "SIG-28": THEIRS},
    ),
    case("server's Date an hour ahead", "CACHE-08", THEIRS, fault="clock_an_hour_ahead"),
    case(
        "server's clock 3 h ahead, dating and signing",
        "CACHE-08 SIG-22",
        THEIRS,
        change=partial(file.skewed, _HOURS),
        hard="of one server and one machine, neither can tell which is right",
    ),
)

FILES = (
    case("anchors swapped", "SIG-17 SIG-25 SIG-52", YOURS, file.swapped_anchors),
    case("anchor of production everywhere", "SIG-17 SIG-52", YOURS, file.anchor_of_production),
    case("anchors of somebody else", "SIG-17 SIG-52", YOURS, file.unrelated_anchors),
    case("anchors from before a renewal", "SIG-17 SIG-52", YOURS, file.outdated_anchors),
    case("anchors that cannot be read", "SIG-17 SIG-25 SIG-52", YOURS, file.unreadable_anchors),
    case(
        "anchors swapped; signature altered",
        "SIG-17 SIG-23",
        YOURS,
        file.swapped_anchors,
        fault="signature_altered",
        others={"SIG-23": THEIRS},
    ),
    case("other TLS roots", "LOOK-01 SIG-03", YOURS, file.other_tls_roots),
    case(
        "service for known clients, no certificate set",
        "LOOK-01 SIG-03",
        YOURS,
        place.for_known_clients(Forger("Clients")),
    ),
    case("base URLs of EB and DSD swapped", "LOOK-07 LOOK-39", YOURS, changed(roots_swapped)),
    case(
        "base URLs of production for acceptance",
        "LOOK-07 SIG-17",
        YOURS,
        led_to(Environment.PROD),
    ),
    case("base URLs of a web site", "LOOK-01 LOOK-03 SIG-04", YOURS, place.site(place.web_page)),
    case("base URLs of a wrong path", "LOOK-01 LOOK-02 SIG-04", YOURS, place.site(place.not_found)),
    case("base URLs where nothing listens", "LOOK-01 SIG-04", YOURS, place.nothing_there),
)

BUGS = (
    case(
        "check asks for the wrong scheme",
        "DISC-03",
        OURS,
        bug=patched("suites.discovery.test_root.service_root", _on_the_web),
    ),
    case("rule computes another digest", "SIG-03", OURS, bug=_WRONG_DIGEST),
    case(
        "tolerance of the wrong sign",
        "CACHE-08",
        OURS,
        bug=patched("suites.caching.test_validators.TOLERANCE", timedelta(-1)),
    ),
    case(
        "exception in a check",
        "LOOK-01",
        OURS,
        bug=patched(f"{_ENVELOPE}.read", raising(KeyError("slot"))),
    ),
    case(
        "tag that no check has",
        "LOOK-01",
        OURS,
        bug=patched(f"{_ENVELOPE}.read", raising(Violation("odd", expected="a", seen="b"))),
    ),
    case(
        "anchors swapped; rule computes another digest",
        "SIG-03 SIG-17",
        OURS,
        file.swapped_anchors,
        bug=_WRONG_DIGEST,
        others={"SIG-17": YOURS},
    ),
    case(
        "check takes a right spelling for a wrong one",
        "DISC-04",
        OURS,
        change=zone(lambda text: text.replace('"U"', '"u"')),
        bug=patched(
            "suites.discovery.test_entry.is_terminal", lambda record, _: record.flags == "U"
        ),
        hard="the reference has not the spelling that brings the bug out",
    ),
)

DEFECTS = (
    case("root is http", "DISC-03 LOOK-01", THEIRS, fault="root_without_tls"),
    case("no entry", "DISC-01 LOOK-01", THEIRS, fault="no_entry"),
    case(
        "no entry, and others have theirs",
        "DISC-01 LOOK-01",
        THEIRS,
        change=zone(without_the_first),
        members=("FI", "SE", "AT"),
    ),
    case("name server without authority", "DISC-26", THEIRS, fault="server_without_authority"),
    case(
        "DNSSEC signatures have expired",
        "DISC-52 DISC-53",
        THEIRS,
        fault="signatures_from_last_month",
    ),
    case("service is down", "LOOK-01 SIG-03", THEIRS, change=moved_to_a_closed_port),
    case("front proxy answers 502", "LOOK-02 SIG-04", THEIRS, place.site(place.bad_gateway)),
    case(
        "TLS certificate has expired",
        "LOOK-92 LOOK-01",
        THEIRS,
        fault="server_certificate_expired",
    ),
    case("content type of any XML", "LOOK-03", THEIRS, fault="content_type_of_any_xml"),
    case("status is a bare word", "LOOK-04", THEIRS, fault="status_is_a_bare_word"),
    case("body cut short", "LOOK-01 LOOK-04 LOOK-07", THEIRS, fault="body_cut_short"),
    case("body changed after signing", "SIG-03 SIG-28", THEIRS, fault="body_changed_on_its_way"),
    case("signature altered", "SIG-23 SIG-28", THEIRS, fault="signature_altered"),
    case("intermediate left out", "SIG-17 SIG-52", THEIRS, fault="intermediate_left_out"),
    case(
        "signer of another environment",
        "SIG-17 SIG-25 SIG-52",
        THEIRS,
        fault="signer_of_another_environment",
    ),
    case("stale on arrival", "CACHE-26", THEIRS, fault="stale_on_arrival"),
    case("conditions ignored", "CACHE-16 CACHE-17 CACHE-19", THEIRS, fault="conditions_ignored"),
)

READINGS = (
    case(
        "label 1 in place of v1",
        "DISC-01 LOOK-01",
        TEXT,
        change=zone(lambda text: text.replace(".v1.", ".1.").replace(".v2.", ".2.")),
    ),
    case(
        "Greece under EL as well",
        "DISC-40",
        TEXT,
        fault="entry_under_the_code_of_the_data",
        members=("GR",),
    ),
    case("record that leads on to another name", "DISC-56", TEXT, change=_with_a_step),
    case("version named unasked", "LOOK-09", TEXT, fault="version_named_unasked"),
    case("SHA-512 beside SHA-256", "SIG-02", TEXT, fault="digest_with_sha_512_beside"),
    case("key in the header", "SIG-13", TEXT, fault="key_in_the_header"),
    case("digest of the compressed body", "SIG-28", TEXT, fault="digest_of_the_compressed_body"),
    case(
        "anchors swapped; key in the header",
        "SIG-13 SIG-17",
        YOURS,
        file.swapped_anchors,
        fault="key_in_the_header",
        others={"SIG-13": TEXT},
    ),
)
