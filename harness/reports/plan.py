"""What a run would ask, as text and as data; nothing here asks anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from math import ceil

from harness.plan_words import PlannedExchange
from harness.reports.words import plain

CAVEAT = (
    "This is what a sound system is asked. One that fails may be asked a little less, because some"
    " questions follow from answers, or a little more: where nothing comes a question may be"
    " repeated, and aliases and other names are followed. The doctor, which looks at the way before"
    " a run and is not in this list, puts some dozens more of the same kinds to the same peers;"
    " --no-doctor leaves it out. What stands in <angle brackets> is not"
    " known before it is asked."
)
_TITLES = {
    "dns/udp": "DNS over UDP, to {}",
    "dns/tcp": "DNS over TCP, to {}",
    "https": "HTTPS requests, to {}",
    "tls": "TLS handshakes, with {}",
}
_TOTALS = {
    "dns/udp": "DNS queries over UDP",
    "dns/tcp": "DNS queries over TCP",
    "https": "HTTP requests",
    "tls": "TLS handshakes that look at the server alone",
}


def text(planned: Sequence[PlannedExchange], *, rate: float | None = None) -> str:
    """Grouped by whom it is asked of, with the totals; `rate` is how many begin in a second."""
    if not planned:
        return "Nothing would be asked.\n"
    return "\n".join(_lines(planned, rate)) + "\n"


def facts(planned: Sequence[PlannedExchange], *, rate: float | None = None) -> dict[str, object]:
    """The same as JSON values."""
    return {
        "sent": 0,
        "exchanges": [asdict(each) for each in planned],
        "totals": {
            "exchanges": _number(planned),
            "protocols": dict(_counted(planned, "protocol")),
            "http_requests_by_host": dict(
                _counted([each for each in planned if each.protocol == "https"], "peer")
            ),
        },
        "rate": rate,
        "least_seconds": _seconds(planned, rate),
        "note": CAVEAT,
    }


def _lines(planned: Sequence[PlannedExchange], rate: float | None) -> Iterator[str]:
    yield f"{_number(planned):,} exchanges would be made. Nothing has been sent."
    order = list(_TITLES)
    ranked = sorted(planned, key=lambda each: (order.index(each.protocol), each.peer))
    for (protocol, peer, through), group in groupby(
        ranked, key=lambda each: (each.protocol, each.peer, each.through)
    ):
        yield from ("", *_group(_titled(protocol, peer, through), peer, tuple(group)))
    yield ""
    counted = _counted(planned, "protocol")
    yield "In all:"
    yield from (f"  {counted[protocol]:6,}  {_TOTALS[protocol]}" for protocol in order)
    seconds = _seconds(planned, rate)
    if seconds is not None:
        yield f"At most {rate:g} begin in a second: it takes {seconds:,} s or longer."
    yield from ("", CAVEAT)


def _titled(protocol: str, peer: str, through: str | None) -> str:
    by = f", through the proxy {through}" if through else ""
    return _TITLES[protocol].format(peer) + by


def _group(title: str, peer: str, group: Sequence[PlannedExchange]) -> Iterator[str]:
    """All of one peer; what most of them have in common is said once."""
    usual = Counter(each.how for each in group).most_common(1)[0][0]
    yield plain(f"{title}: {_number(group):,}")
    if usual and group[0].protocol == "https":
        yield plain(f"  with {usual}, unless said otherwise")
    learning = [each for each in group if each.protocol == "https" and not each.checks]
    if learning:
        many = _number(learning)
        yield f"  up to {many:,} request{'' if many == 1 else 's'} to learn what to ask"
    for each in group:
        if each in learning:
            continue
        what = each.what.replace(f"https://{peer}", "", 1)
        of_dns = f", {each.how}" if each.how and each.protocol != "https" else ""
        yield plain(f"  {f'{each.times} x ' if each.times > 1 else ''}{what}{of_dns}")
        if each.how != usual and each.protocol == "https":
            yield plain(f"      with {each.how or 'no field'}")
        yield f"      for {_for(each)}"


def _for(each: PlannedExchange) -> str:
    """Who looks at it, a few by name."""
    if not each.checks:
        return "the way to others"
    first, others = each.checks[:3], len(each.checks) - 3
    return ", ".join(first) + (f" and {others} more" if others > 0 else "")


def _number(planned: Sequence[PlannedExchange]) -> int:
    return sum(each.times for each in planned)


def _counted(planned: Sequence[PlannedExchange], name: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    for each in planned:
        counted[getattr(each, name)] += each.times
    return counted


def _seconds(planned: Sequence[PlannedExchange], rate: float | None) -> int | None:
    return ceil(_number(planned) / rate) if rate else None
