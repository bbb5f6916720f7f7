"""Whether a target stayed to the end of a run: who answered, until when, and not since.

Pure: it is told of every exchange, in the order in which they were made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.model import Blame, Exchange, Finding

PROBE = "presence"
MOST_SILENT = 4
"""How many exchanges at the end of a run may stay unanswered: some are lost on any way."""


@dataclass(slots=True)
class _Peer:
    """The last exchange that was answered, the first one since that was not, and how many."""

    answered: Exchange | None = None
    unanswered: Exchange | None = None
    silent: int = 0


@dataclass(slots=True)
class Presence:
    """What is known of each peer; name servers count as one."""

    peers: dict[str, _Peer] = field(default_factory=dict)

    def note(self, exchange: Exchange) -> None:
        """Take an exchange into account."""
        if exchange.protocol == "file":
            return
        peer = self.peers.setdefault(_who(exchange), _Peer())
        if exchange.response is not None:
            peer.answered, peer.unanswered, peer.silent = exchange, None, 0
            return
        peer.unanswered = peer.unanswered or exchange
        peer.silent += 1

    def findings(self) -> Iterator[Finding]:
        """One for each peer that has answered, and then no more."""
        for who, peer in self.peers.items():
            if peer.answered and peer.unanswered and peer.silent > MOST_SILENT:
                yield _vanished(who, peer.answered, peer.unanswered, peer.silent)


def _who(exchange: Exchange) -> str:
    return "the name server" if exchange.protocol.startswith("dns/") else exchange.peer


def _vanished(who: str, answered: Exchange, unanswered: Exchange, silent: int) -> Finding:
    until, since = (f"{each.at:%H:%M:%S} UTC ({each.id})" for each in (answered, unanswered))
    return Finding(
        PROBE,
        "Still there at the end of the run",
        Blame.NETWORK,
        expected=f"answers of {who} to the end",
        seen=f"{who} answered until {until}; from {since} on nothing came, {silent} times:"
        f" {unanswered.error}",
        fix="see whether it was stopped or restarted, or the way to it broken off; then repeat the"
        " run, or with --failed what was blocked in it",
        evidence=(answered.id, unanswered.id),
    )
