"""The way to the servers: the proxy, the connection, TLS and the client certificate.

Every server is tried as a run will reach it. What is met before the server is not the server's.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from urllib.parse import urlsplit

from harness.chain import name_of
from harness.doctor import clock, interception
from harness.doctor.case import EDNS_REFUSED, Case, Place, gathered
from harness.doctor.resolving import hear
from harness.doctor.told import DIRECTORIES, Skipped, Told, count, few, whom
from harness.model import Blame
from harness.observatory import Watch
from harness.scouting import End, Errand, Step, Trace

_ABOUT_OURS = ("CERTIFICATE_REQUIRED", "UNKNOWN_CA", "BAD_CERTIFICATE", "CERTIFICATE_UNKNOWN")
"""Alerts by which a server declines what it was shown of us, or that it was shown nothing."""

_FLAWED = ("too weak", "unsuitable certificate purpose", "invalid CA certificate")
"""What OpenSSL says of a certificate that is wrong in itself, whoever issued it."""


def trouble(place: Place, watch: Watch, *, whose: Blame, words: tuple[str, str, str]) -> Told:
    """What keeps a server from being asked anything; `words` are expected, seen and fix."""
    expected, seen, fix = words
    return Told(
        whose=whose,
        expected=expected,
        seen=seen,
        fix=fix,
        explains=DIRECTORIES,
        fatal=True,
        watch=watch,
        subjects=whom(place.keys),
        about=few(place.keys),
    )


async def proxy(case: Case) -> tuple[Told, ...]:
    """The HTTP proxy is there, takes CONNECT, and leads to the servers."""
    url = case.target.reach.proxy
    if url is None:
        raise Skipped("none is set")
    places = await case.places(Watch())
    watches = [Watch() for _ in places]
    traces = await _tried(case, places, watches)
    name = urlsplit(url).netloc.rpartition("@")[2]
    found = [
        _before(name, place, trace, watch, known=case.target.reach.proxy_credentials is not None)
        for place, trace, watch in zip(places, traces, watches, strict=True)
    ]
    led = f"{name} leads to {count(len(places), 'server')}"
    return gathered(found) or (Told(seen=led, watch=watches[0]),)


async def _tried(case: Case, places: tuple[Place, ...], watches: list[Watch]) -> list[Trace]:
    """The way to each server, whatever certificate it shows."""
    tries = zip(places, watches, strict=True)
    asked = (case.visit(place, Errand(trusting=True), watch) for place, watch in tries)
    return await asyncio.gather(*asked)


def _before(name: str, place: Place, trace: Trace, watch: Watch, *, known: bool) -> Told | None:
    """What is wrong with the proxy itself, or with what it makes of a server.

    `known` tells whether the file has credentials for it.
    """
    if trace.failed is Step.CONNECTION:
        silent = trace.end is End.SILENT
        whose = Blame.NETWORK if silent else Blame.CONFIGURATION
        fix = "check host and port of the proxy in the file, and that it runs"
        words = "a proxy that takes a connection", f"{name}: {trace.why}", fix
        return trouble(place, watch, whose=whose, words=words)
    if trace.failed is not Step.PROXY:
        return None
    status = trace.proxy.status if trace.proxy else None
    seen = f"{name}, asked for {place}: {trace.why}"
    match status:
        case 407:
            scheme = trace.proxy.header("proxy-authenticate") if trace.proxy else None
            whose, seen = Blame.CONFIGURATION, f"{seen} ({scheme or 'it wants credentials'})"
            fix = 'add user and password = { env = "VARIABLE" } to [proxy] in the file'
            if known:
                fix = "check user and password of [proxy] in the file, and the variable named there"
        case 400 | 404 | 405 | 501:
            whose = Blame.CONFIGURATION
            fix = "name a forward proxy that takes CONNECT; this one does not"
        case None if trace.end is not End.SILENT:
            whose = Blame.CONFIGURATION
            fix = "name an HTTP proxy: what answers there is something else"
        case _:
            whose = Blame.NETWORK
            fix = "have the proxy let the server through, or go around it if that is allowed"
    return trouble(place, watch, whose=whose, words=("200 to CONNECT", seen, fix))


async def connection(case: Case) -> tuple[Told, ...]:
    """The servers take a connection."""
    places = await case.places(Watch())
    if case.target.reach.proxy:
        raise Skipped("the proxy makes the connections; see HTTP proxy")
    watches = [Watch() for _ in places]
    traces = await _tried(case, places, watches)
    tries = zip(places, traces, watches, strict=True)
    found = await asyncio.gather(*(_unconnected(case, *each) for each in tries))
    return gathered(found) or (Told(seen=count(len(places), "server"), watch=watches[0]),)


async def _unconnected(case: Case, place: Place, trace: Trace, watch: Watch) -> Told | None:
    if trace.failed not in (Step.ADDRESS, Step.CONNECTION):
        return None
    if trace.end is End.UNKNOWN:
        return await _unknown(case, place, trace, watch)
    given = any(key in case.target.roots for key in place.keys)
    where = f" at {trace.errand.address}" if trace.errand.address else ""
    whose = Blame.CONFIGURATION if given else Blame.SUBJECT
    fix = "check host and port of the base URL, and that the service runs"
    if trace.end is not End.REFUSED:
        whose = Blame.NETWORK
        fix = "have the connection let through, or set the HTTP proxy that leads out of here"
    seen = f"{place}{where}: {trace.why}"
    return trouble(place, watch, whose=whose, words=("a connection", seen, fix))


async def _unknown(case: Case, place: Place, trace: Trace, watch: Watch) -> Told:
    """A host whose address is not known to whom the file has asked for it."""
    given = any(key in case.target.roots for key in place.keys)
    whose = Blame.CONFIGURATION if given else Blame.SUBJECT
    fix = "check the host of the base URL"
    if EDNS_REFUSED in str(trace.why):
        fix = "tell the operator of the name server to take EDNS (RFC 6891), or ask another one"
    seen = f"{place.host}: {trace.why}"
    if case.target.reach.addresses_by_system and case.target.nameserver:
        heard = await hear(case, place.host, "A", watch)
        known = [r.rdata for r in heard.reply.answer if r.rdtype == "A"] if heard.reply else []
        if known:
            whose, seen = Blame.CONFIGURATION, f"{seen}; the name server has {few(known)}"
            fix = 'have addresses asked of the name server: addresses = "server" in the file'
    elif given:
        fix += ', or have addresses looked up by this machine: addresses = "system" in the file'
    return trouble(place, watch, whose=whose, words=("an address of the host", seen, fix))


async def tls(case: Case) -> tuple[Told, ...]:
    """The servers' certificates verify, and they take ours where one is set."""
    watch = Watch()
    met = await _met(case, watch)
    if all(trace.failed in (Step.ADDRESS, Step.CONNECTION, Step.PROXY) for trace in met.values()):
        raise Skipped("no server is reached; see TCP connection and HTTP proxy")
    found = await asyncio.gather(*(_unsafe(case, *each) for each in met.items()))
    troubles = gathered([each for each in found if not isinstance(each, Skipped)])
    left = [each for each in found if isinstance(each, Skipped)]
    if left and not troubles:
        raise left[0]
    roots = "the roots of the file" if case.target.tls_roots else "the system's roots"
    versions = few(sorted({trace.version for trace in met.values() if trace.version}))
    shown = ", with our certificate" if case.target.reach.client_certificate else ""
    well = f"{versions}, {count(len(met), 'server')} verified by {roots}{shown}"
    return troubles or (Told(seen=well, watch=watch),)


async def _met(case: Case, watch: Watch) -> dict[Place, Trace]:
    """What a plain question to each server came to."""
    places = await case.places(watch)
    traces = await asyncio.gather(*(case.careful(place, watch) for place in places))
    return dict(zip(places, traces, strict=True))


async def _unsafe(case: Case, place: Place, trace: Trace) -> Told | Skipped | None:
    """What keeps TLS from being set up; `Skipped` where another probe tells."""
    watch = Watch()
    seen = await case.visit(place, Errand(trusting=True), watch)
    if trace.end is End.UNUSABLE:
        fix = "see the finding about the client certificate, and check the TLS roots of the file"
        words = "roots and a client certificate that can be used", str(trace.why), fix
        return trouble(place, watch, whose=Blame.CONFIGURATION, words=words)
    if trace.failed is Step.ANSWER and trace.end is End.DECLINED:
        return _declined(place, trace, watch)
    if trace.failed is not Step.TLS:
        return None
    if trace.end is End.MISTRUSTED:
        return await _mistrusted(case, place, str(trace.why), seen)
    return _broken(place, trace, watch)


def _declined(place: Place, trace: Trace, watch: Watch) -> Told:
    ours = any(word in str(trace.why) for word in _ABOUT_OURS)
    fix = "set the client certificate that the service takes, or ask its operator which it takes"
    words = "a handshake to its end", f"{place} declines it ({trace.why})", fix
    return trouble(place, watch, whose=Blame.CONFIGURATION if ours else Blame.SUBJECT, words=words)


def _broken(place: Place, trace: Trace, watch: Watch) -> Told:
    match trace.end:
        case End.DECLINED:
            return _declined(place, trace, watch)
        case End.FOREIGN:
            fix = "check the port of the base URL: what answers there does not speak TLS"
            words = "TLS", f"{place} speaks something else ({trace.why})", fix
            return trouble(place, watch, whose=Blame.CONFIGURATION, words=words)
    fix = "have TLS to that server let through; some firewalls take the connection and no more"
    words = "a handshake to its end", f"{place}: {trace.why}", fix
    return trouble(place, watch, whose=Blame.NETWORK, words=words)


async def _mistrusted(case: Case, place: Place, why: str, seen: Trace) -> Told | Skipped:
    """A certificate that does not verify, and whose that is."""
    watch = Watch()
    if await interception.marks(case, place, watch):
        return Skipped("TLS is intercepted; see interception of TLS")
    shown = seen.shown
    who = f"{place} shows {_described(seen)}: {why}"
    if any(word in why for word in clock.OUT_OF_TIME):
        skew = await clock.skew(case)
        then = None if skew is None or seen.at is None else seen.at + timedelta(seconds=skew)
        if shown and then and clock.is_valid(shown, then):
            return Skipped("this machine's clock is off; see clock")
        words = "a certificate that is valid now", who, "have the certificate renewed"
        return trouble(place, watch, whose=Blame.SUBJECT, words=words)
    if any(word in why for word in _FLAWED):
        words = "a certificate for a server, with a strong key", who, "have another one issued"
        return trouble(place, watch, whose=Blame.SUBJECT, words=words)
    if "mismatch" in why:
        fix = "check the base URL; if it is right, the server needs a certificate for its host"
        words = f"a certificate for {place.host}", who, fix
        return trouble(place, watch, whose=Blame.SUBJECT, words=words)
    roots = "the TLS roots of the file" if case.target.tls_roots else "the roots of the system"
    words = (
        f"a certificate under {roots}",
        who,
        "name the authority of that certificate in the TLS roots, if it is the right one",
    )
    return trouble(place, watch, whose=Blame.CONFIGURATION, words=words)


def _described(seen: Trace) -> str:
    found = seen.shown
    if found is None:
        return "a certificate"
    return f"a certificate of {name_of(found)} by {interception.issuer_of(found)}"
