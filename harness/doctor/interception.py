"""Somebody who ends TLS on the way and speaks it anew, with certificates of their own making.

Proven is it where a certificate is shown for a name that does not exist, or where another one,
which verifies, is shown around the proxy. All other marks are suspicions, and are called that.
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta

from cryptography import x509

from harness.doctor.case import Case, Place, gathered
from harness.doctor.told import DIRECTORIES, Skipped, Told, few, ids, span, whom
from harness.model import Blame
from harness.observatory import Watch
from harness.scouting import End, Errand, Trace

FRESH = timedelta(hours=1)
"""A certificate younger than this was hardly made by an authority that takes its time."""

VENDORS = (
    "blue coat",
    "cato networks",
    "charles proxy",
    "check point",
    "cisco umbrella",
    "fiddler",
    "forcepoint",
    "fortigate",
    "fortinet",
    "kaspersky",
    "mcafee",
    "mitmproxy",
    "netskope",
    "palo alto",
    "proxy",
    "sophos",
    "squid",
    "symantec web",
    "trend micro",
    "watchguard",
    "zscaler",
)
"""What interceptors call themselves, in the names of their authorities."""

ABOUT_TLS = ids("LOOK", 88, 93)
"""The checks of what the server shows in TLS."""

UNSEALED = (
    *("LOOK-02", "LOOK-03", "LOOK-49", *ids("LOOK", 82, 87), "CACHE-*"),
    *(*ids("SIG", 1, 7), "SIG-21", "SIG-23", "SIG-24", *ids("SIG", 26, 29), *ids("SIG", 49, 51)),
    "SIG-53",
)
"""The checks of what whoever makes an answer anew can change; all else a signature protects."""


async def intercepted(case: Case) -> tuple[Told, ...]:
    """The certificate that is shown is the server's own."""
    watch = Watch()
    places = await case.places(watch)
    traces = await asyncio.gather(
        *(case.visit(place, Errand(trusting=True), watch) for place in places)
    )
    if all(trace.failed for trace in traces):
        raise Skipped("no server comes to show a certificate")
    found = await asyncio.gather(*(_judged(case, place) for place in places))
    issuers = few(issuer_of(trace.shown) for trace in traces if trace.shown)
    return gathered(found) or (Told(seen=f"certificates by {issuers}", watch=watch),)


async def _judged(case: Case, place: Place) -> Told | None:
    watch = Watch()
    found, careful = await asyncio.gather(marks(case, place, watch), case.careful(place, watch))
    if not found:
        return None
    believed = careful.end is not End.MISTRUSTED
    subjects, about = whom(place.keys), few(place.keys)
    if believed:
        return Told(
            whose=Blame.NETWORK,
            seen=f"{found}, at {place}; the TLS roots of the file vouch for that authority",
            expected="the certificate that the server shows to everybody",
            fix="go around the interceptor, because through it its own TLS is judged, and whatever"
            " it does to answers",
            explains=(*ABOUT_TLS, *UNSEALED),
            watch=watch,
            subjects=subjects,
            about=about,
        )
    return Told(
        whose=Blame.NETWORK,
        seen=f"{found}, at {place}",
        expected="the server's own certificate, which the TLS roots vouch for",
        fix="have this host exempted from TLS inspection; or, to judge through it all the same, add"
        " its authority to the TLS roots of the file",
        explains=DIRECTORIES,
        fatal=True,
        watch=watch,
        subjects=subjects,
        about=about,
    )


async def marks(case: Case, place: Place, watch: Watch) -> str | None:
    """What gives an interceptor away, the strongest mark; None where nothing does."""
    shown, careful, invented, around = await asyncio.gather(
        case.visit(place, Errand(trusting=True), watch),
        case.careful(place, watch),
        case.visit(place, Errand(trusting=True, name=_NOBODY), watch),
        _around(case, place, watch),
    )
    leaf = shown.shown
    if leaf is None:
        return None
    by = f"a certificate by {issuer_of(leaf)}"
    if invented.shown and _NOBODY in _names(invented.shown):
        return f"{by}, who makes one for any name, such as {_NOBODY} (proven)"
    other = around.shown if around else None
    if other and issuer_of(other) != issuer_of(leaf):
        return f"{by}; around the proxy one by {issuer_of(other)}, which verifies (proven)"
    return _suspicion(leaf, by, shown) if careful.end is End.MISTRUSTED else None


def _suspicion(leaf: x509.Certificate, by: str, shown: Trace) -> str | None:
    """Marks that an unlucky server might have as well."""
    age = shown.at - leaf.not_valid_before_utc if shown.at else FRESH
    if timedelta() <= age < FRESH:
        return f"{by}, made {span(age.total_seconds())} ago (suspected)"
    name = issuer_of(leaf).lower()
    vendor = next((each for each in VENDORS if each in name), None)
    return f"{by}, which is the name of an interceptor (suspected)" if vendor else None


async def _around(case: Case, place: Place, watch: Watch) -> Trace | None:
    """What is shown around the proxy, to whom verifies it; None where that cannot be had."""
    if case.target.reach.proxy is None:
        return None
    trace = await case.visit(place, Errand(around=True), watch)
    return None if trace.failed else trace


def issuer_of(certificate: x509.Certificate) -> str:
    """Who issued a certificate: the common name, or all of the name."""
    names = certificate.issuer.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.issuer.rfc4514_string() or "(no name)"


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return found.get_values_for_type(x509.DNSName)


_NOBODY = f"{secrets.token_hex(6)}.invalid"
"""A name that cannot exist (RFC 6761, section 6.4), another one in each process."""
