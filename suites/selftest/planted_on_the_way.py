"""Cases of what lies between the harness and its target: names, proxies, defects behind them."""

from __future__ import annotations

from datetime import timedelta

from mock_services.troubles import places as place
from mock_services.troubles import proxies as proxy
from mock_services.troubles import resolvers as resolver
from mock_services.troubles import subtle
from mock_services.troubles.forgery import Forger
from mock_services.troubles.proxies import Change, Proxy, intercepting
from mock_services.troubles.resolvers import LyingResolver, answers_naptr_by, forges_roots
from mock_services.troubles.subtle import changed, indoors, resolving
from suites.selftest.planted import (
    BETWEEN,
    THEIRS,
    YOURS,
    case,
    not_anchored,
    of_another_state,
    with_template,
)

_LIMIT = 8190
"""Octets of a field that stock proxies take."""

_SHORT = "{country}.{service}.v{major}.cs.oots.tech.ec.europa.eu"
_TURNED = "{service}.{country}.v{major}.cs.{environment}.oots.tech.ec.europa.eu"
_OF_PROD = "{country}.{service}.v{major}.cs.prod.oots.tech.ec.europa.eu"
_EVERY_NAME = resolving(subtle.answers_every_name)
_TRUSTED = intercepting(trusted=True)
_LASTING = Proxy(forger=Forger("Office CA", lifetime=timedelta(days=900)), trusted=True)


def _through(change: Change) -> Proxy:
    """A proxy that the target trusts, and that changes answers."""
    return intercepting(trusted=True, change=change)


_LEAVING_OUT = _through(proxy.long_fields_left_out(_LIMIT))
_CUTTING = _through(proxy.long_fields_cut_off(4096))
_LIMITING = _through(proxy.bad_gateway_for_long_fields(_LIMIT))

NAMES = (
    case("resolver loses NAPTR", "DISC-01", BETWEEN, resolving(resolver.empties_naptr)),
    case("resolver fails over NAPTR", "DISC-01", BETWEEN, resolving(answers_naptr_by("SERVFAIL"))),
    case("resolver answers for every name", "DISC-15 DISC-16 DISC-39", BETWEEN, _EVERY_NAME),
    case(
        "resolver makes up entries",
        "DISC-15 DISC-39",
        BETWEEN,
        resolving(subtle.answers_every_entry),
    ),
    case("resolver lowers the question", "DISC-30", BETWEEN, resolving(subtle.lowers_the_question)),
    case("resolver takes the flag aa away", "DISC-26", BETWEEN, resolving(subtle.takes_authority)),
    case("resolver sets times to live to 0", "DISC-27", BETWEEN, resolving(subtle.keeps_nothing)),
    case(
        "resolver leads to http, zone not anchored",
        "DISC-03 LOOK-01",
        BETWEEN,
        changed(not_anchored),
        resolving(forges_roots("http://portal.localhost/")),
    ),
    case(
        "resolver leads elsewhere, zone anchored",
        "DISC-03",
        BETWEEN,
        resolving(forges_roots("https://elsewhere.localhost:1/")),
    ),
    case(
        "resolver fails over the entries of the EB",
        "DISC-01 DISC-03",
        BETWEEN,
        resolving(subtle.fails_over_entries_of("eb")),
    ),
    case("resolver gives wrong addresses", "LOOK-01 LOOK-04", BETWEEN, resolving(subtle.misleads)),
    case("resolver has no TCP", "DISC-19", BETWEEN, resolving(resolver.truly, tcp=False)),
    case("resolver refuses", "DISC-01", YOURS, LyingResolver(resolver.refuses)),
    case("no name server there", "DISC-01", YOURS, resolver.closed_name_server),
    case(
        "resolver answers for every name; zone has countries that do not exist",
        "DISC-15",
        THEIRS,
        _EVERY_NAME,
        fault="entry_for_an_unknown_country",
    ),
    case(
        "resolver answers for every name; root is http",
        "DISC-03",
        THEIRS,
        _EVERY_NAME,
        fault="root_without_tls",
    ),
    case("template with its labels turned round", "DISC-01", YOURS, with_template(_TURNED)),
    case("template without the environment", "DISC-01", YOURS, with_template(_SHORT)),
    case(
        "template of production for acceptance",
        "DISC-33 LOOK-07 SIG-17",
        YOURS,
        with_template(_OF_PROD),
    ),
    case(
        "another Member State's code", "DISC-01 DISC-13 LOOK-01", YOURS, changed(of_another_state)
    ),
)

PROXIES = (
    case("proxy intercepts", "LOOK-01 SIG-03", BETWEEN, intercepting()),
    case("proxy compresses", "LOOK-01 LOOK-04 SIG-03", BETWEEN, _through(proxy.compressed)),
    case(
        "proxy compresses, no way around",
        "LOOK-01 LOOK-04 SIG-03",
        BETWEEN,
        indoors,
        _through(proxy.compressed),
    ),
    case("proxy rewrites links", "LOOK-14 LOOK-21 SIG-03", BETWEEN, _through(proxy.rewritten)),
    case(
        "proxy rewrites links, no way around",
        "LOOK-14 LOOK-21 SIG-03",
        BETWEEN,
        indoors,
        _through(proxy.rewritten),
    ),
    case("proxy leaves out long fields", "SIG-04 SIG-23", BETWEEN, _LEAVING_OUT),
    case("proxy cuts off long fields", "SIG-05 SIG-23", BETWEEN, _CUTTING),
    case("proxy cuts off long fields, no way around", "SIG-05 SIG-23", BETWEEN, indoors, _CUTTING),
    case("proxy answers 502 to long fields", "LOOK-02 SIG-04", BETWEEN, _LIMITING),
    case(
        "proxy answers 502 to long fields, no way around",
        "LOOK-02 SIG-04",
        BETWEEN,
        indoors,
        _LIMITING,
    ),
    case("proxy takes the ETag away", "CACHE-10", BETWEEN, _through(subtle.without("etag"))),
    case(
        "proxy takes Cache-Control away, no way around",
        "CACHE-02",
        BETWEEN,
        indoors,
        _through(subtle.without("cache-control")),
    ),
    case("proxy's own certificate lasts too long", "LOOK-92", BETWEEN, _LASTING),
    case(
        "TLS made anew without a proxy",
        "LOOK-01 SIG-03",
        BETWEEN,
        place.site(place.web_page, trusted=False, minting=True),
    ),
    case("proxy stalls", "LOOK-01 LOOK-02", BETWEEN, subtle.stalling_proxy),
    case("proxy forbids the host", "LOOK-01 SIG-03", BETWEEN, Proxy(says="403 Forbidden")),
    case("proxy is dead", "LOOK-01 SIG-03", YOURS, subtle.dead_proxy),
    case("proxy wants credentials", "LOOK-01 SIG-03", YOURS, Proxy(wants="a:b")),
    case(
        "trusted interception; status is a bare word",
        "LOOK-04",
        THEIRS,
        _TRUSTED,
        fault="status_is_a_bare_word",
    ),
    case(
        "trusted interception; nothing is signed",
        "SIG-04 SIG-23",
        THEIRS,
        _TRUSTED,
        fault="unsigned",
    ),
    case("trusted interception; no ETag", "CACHE-10", THEIRS, _TRUSTED, fault="no_etag"),
    case(
        "trusted interception, no way around; status is a bare word",
        "LOOK-04",
        THEIRS,
        indoors,
        _TRUSTED,
        fault="status_is_a_bare_word",
    ),
    case(
        "tunnel, no way around; nothing is signed",
        "SIG-04 SIG-23",
        THEIRS,
        indoors,
        Proxy(),
        fault="unsigned",
    ),
    case(
        "proxy rewrites links; body changed before",
        "SIG-03 LOOK-14",
        THEIRS,
        _through(proxy.rewritten),
        fault="body_changed_on_its_way",
        others={"LOOK-14": BETWEEN},
    ),
    case(
        "trusted interception, no way around; no ETag",
        "CACHE-10",
        THEIRS,
        indoors,
        _TRUSTED,
        fault="no_etag",
        hard="of fields that are not signed, what an interceptor passes on proves nothing",
    ),
)
