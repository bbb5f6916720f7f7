"""Every trouble by name, with whose it is and which probes of the doctor it concerns.

What a stranger meets who points the harness at a system of their own, as data for tests: of the
doctor, and of whose a failure is held to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from harness.model import Blame, Service
from mock_services.troubles import Trouble
from mock_services.troubles import files as file
from mock_services.troubles import places as place
from mock_services.troubles import proxies as proxy
from mock_services.troubles import resolvers as resolver
from mock_services.troubles.forgery import Forger
from mock_services.troubles.proxies import Proxy, intercepting
from mock_services.troubles.resolvers import LyingResolver

_LIMIT = 8190
"""Octets of a field that stock proxies take; the real signature field has more."""

_YOURS, _BETWEEN, _THEIRS = Blame.CONFIGURATION, Blame.NETWORK, Blame.SUBJECT


@dataclass(frozen=True, slots=True)
class Planted:
    """A trouble, whose it is, and the slugs of the probes that see it; `fatal` to any service."""

    plant: Trouble
    whose: Blame
    probes: tuple[str, ...]
    fatal: bool = True


def _changed(change: proxy.Change) -> Proxy:
    return intercepting(trusted=True, change=change)


_NAMES = {
    "a resolver that rewrites denials": Planted(
        LyingResolver(resolver.rewrites_denials), _BETWEEN, ("dns-truth",), fatal=False
    ),
    "a resolver that drops NAPTR": Planted(
        LyingResolver(resolver.drops_naptr), _BETWEEN, ("dns-naptr",)
    ),
    "a resolver that empties NAPTR": Planted(
        LyingResolver(resolver.empties_naptr), _BETWEEN, ("dns-naptr",)
    ),
    "a resolver that answers NAPTR by SERVFAIL": Planted(
        LyingResolver(resolver.answers_naptr_by("SERVFAIL")), _BETWEEN, ("dns-naptr",)
    ),
    "a resolver that answers NAPTR by NOTIMP": Planted(
        LyingResolver(resolver.answers_naptr_by("NOTIMP")), _BETWEEN, ("dns-naptr",)
    ),
    "a resolver that loses NAPTR over UDP": Planted(
        LyingResolver(resolver.loses_naptr_over_udp), _BETWEEN, ("dns-naptr",)
    ),
    "a resolver that truncates and has no TCP": Planted(
        LyingResolver(resolver.truncates, tcp=False), _BETWEEN, ("dns-tcp", "dns-size")
    ),
    "a resolver without TCP": Planted(
        LyingResolver(resolver.truly, tcp=False), _BETWEEN, ("dns-tcp",), fatal=False
    ),
    "a resolver that forges base URLs": Planted(
        LyingResolver(resolver.forges_roots("https://elsewhere.localhost:1/")),
        _BETWEEN,
        ("dns-truth",),
    ),
    "a resolver that drops EDNS": Planted(
        LyingResolver(resolver.drops_edns), _BETWEEN, ("dns-size",)
    ),
    "a resolver under another identifier": Planted(
        LyingResolver(resolver.truly, strange=True), _BETWEEN, ("dns-truth",)
    ),
    "a resolver that is too slow": Planted(
        LyingResolver(resolver.truly, delay=60.0), _BETWEEN, ("dns-udp",)
    ),
    "a silent resolver": Planted(LyingResolver(resolver.says_nothing), _BETWEEN, ("dns-udp",)),
    "a resolver that refuses": Planted(LyingResolver(resolver.refuses), _YOURS, ("dns-udp",)),
    "no name server there": Planted(resolver.closed_name_server, _YOURS, ("dns-udp",)),
}
_PROXIES = {
    "a proxy that wants credentials": Planted(Proxy(wants="a:b"), _YOURS, ("proxy",)),
    "a proxy that takes other credentials": Planted(
        Proxy(wants="a:b", given="a:c"), _YOURS, ("proxy",)
    ),
    "a proxy that forbids the host": Planted(Proxy(says="403 Forbidden"), _BETWEEN, ("proxy",)),
    "a proxy that takes no CONNECT": Planted(
        Proxy(says="405 Method Not Allowed"), _YOURS, ("proxy",)
    ),
    "a silent proxy": Planted(Proxy(silent=True), _BETWEEN, ("proxy",)),
    "a proxy that intercepts": Planted(intercepting(), _BETWEEN, ("interception",)),
    "a proxy that intercepts and is trusted": Planted(
        intercepting(trusted=True), _BETWEEN, ("interception",), fatal=False
    ),
    "a proxy that intercepts by the host": Planted(
        intercepting(minting=False), _BETWEEN, ("interception",)
    ),
    "a proxy that answers 502 to long fields": Planted(
        _changed(proxy.bad_gateway_for_long_fields(_LIMIT)),
        _BETWEEN,
        ("interception", "long-header"),
    ),
    "a proxy that leaves out long fields": Planted(
        _changed(proxy.long_fields_left_out(_LIMIT)),
        _BETWEEN,
        ("interception", "long-header"),
        fatal=False,
    ),
    "a proxy that cuts off long fields": Planted(
        _changed(proxy.long_fields_cut_off(4096)),
        _BETWEEN,
        ("interception", "long-header"),
        fatal=False,
    ),
    "a proxy that compresses": Planted(
        _changed(proxy.compressed), _BETWEEN, ("interception", "unchanged"), fatal=False
    ),
    "a proxy that rewrites": Planted(
        _changed(proxy.rewritten), _BETWEEN, ("interception", "unchanged"), fatal=False
    ),
}
_PLACES = {
    "a black hole": Planted(place.black_hole, _BETWEEN, ("tls",)),
    "a firewall that drops": Planted(place.dropping, _BETWEEN, ("connection",)),
    "nothing there": Planted(place.nothing_there, _YOURS, ("connection",)),
    "a port without TLS": Planted(place.without_tls, _YOURS, ("tls",)),
    "a web site": Planted(place.site(place.web_page), _YOURS, ("service",)),
    "a server without that path": Planted(place.site(place.not_found), _YOURS, ("service",)),
    "another registry": Planted(place.site(place.registry), _YOURS, ("service",)),
    "a service that has moved": Planted(place.site(place.moved), _YOURS, ("service",)),
    "a locked service": Planted(place.site(place.locked), _YOURS, ("service",)),
    "a service for known clients": Planted(
        place.for_known_clients(Forger("Clients")), _YOURS, ("tls",)
    ),
    "a web site in place of the EB": Planted(
        place.site(place.web_page, of=Service.EB), _YOURS, ("service",)
    ),
    "a front proxy that answers 502": Planted(
        place.site(place.bad_gateway), _THEIRS, ("long-header",)
    ),
    "a certificate of another host": Planted(place.of_another_host(), _THEIRS, ("tls",)),
    "a certificate that has expired": Planted(place.expired(), _THEIRS, ("tls",)),
    "a certificate for whatever name": Planted(
        place.site(place.web_page, trusted=False, minting=True), _BETWEEN, ("interception",)
    ),
    "a certificate made minutes ago": Planted(
        place.site(
            place.web_page, forger=Forger("Reception", age=timedelta(minutes=3)), trusted=False
        ),
        _BETWEEN,
        ("interception",),
    ),
    "a certificate in the name of an interceptor": Planted(
        place.site(place.web_page, forger=Forger("Zscaler Root CA"), trusted=False),
        _BETWEEN,
        ("interception",),
    ),
    "a certificate by another authority": Planted(place.untrusted(), _YOURS, ("tls",)),
}
_FILES = {
    "anchors that are swapped": Planted(
        file.swapped_anchors, _YOURS, ("anchors-fit",), fatal=False
    ),
    "the anchor of production everywhere": Planted(
        file.anchor_of_production, _YOURS, ("anchors", "anchors-fit"), fatal=False
    ),
    "anchors of somebody else": Planted(
        file.unrelated_anchors, _YOURS, ("anchors-fit",), fatal=False
    ),
    "anchors from before": Planted(file.outdated_anchors, _YOURS, ("anchors-fit",), fatal=False),
    "anchors that cannot be read": Planted(
        file.unreadable_anchors, _YOURS, ("anchors",), fatal=False
    ),
    "other TLS roots": Planted(file.other_tls_roots, _YOURS, ("tls",)),
    "a template without the environment": Planted(
        file.with_template("{country}.{service}.v{major}.cs.oots.tech.ec.europa.eu"),
        _YOURS,
        ("settings", "dns-naptr"),
    ),
    "a template that cannot be filled in": Planted(
        file.with_template("{land}.{service}.example"), _YOURS, ("settings",)
    ),
}
TROUBLES: Mapping[str, Planted] = MappingProxyType({**_NAMES, **_PROXIES, **_PLACES, **_FILES})
"""All of them that are planted in a target; a wrong clock is one of a world or of the harness."""
