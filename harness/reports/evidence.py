"""An exchange as a person reads it: bounded; text where it is text, else a hexadecimal dump.

DNS messages are shown in the presentation form that `dig` has made familiar.
"""

from __future__ import annotations

from collections.abc import Iterator

import dns.exception
import dns.message

from harness.model import Exchange
from harness.record_lines import readable

_ROW = 16


def title(exchange: Exchange) -> str:
    """One line about an exchange."""
    took = f"{exchange.elapsed * 1000:.1f} ms"
    return f"{exchange.id}  {exchange.protocol}  {exchange.peer}  {exchange.at.isoformat()}  {took}"


def text(exchange: Exchange, longest: int) -> str:
    """Question and answer; of each at most `longest` bytes."""
    answer = (
        f"no answer: {exchange.error or 'none came'}"
        if exchange.response is None
        else _told(exchange, exchange.response, longest)
    )
    asked = _told(exchange, exchange.request, longest)
    return f"{title(exchange)}\n\n> asked\n{asked.rstrip()}\n\n< answered\n{answer.rstrip()}\n"


def _told(exchange: Exchange, data: bytes, longest: int) -> str:
    if exchange.protocol.startswith("dns/"):
        try:
            return shown(dns.message.from_wire(data).to_text().encode(), longest)
        except dns.exception.DNSException:
            pass  # what cannot be read is shown as it came
    return shown(data, longest)


def shown(data: bytes, longest: int) -> str:
    r"""Bytes as text, or as offsets, octets and letters.

    >>> shown(b"\x00\x01dsd", 80)
    '0000  00 01 64 73 64                                   ..dsd'
    """
    if not data:
        return "(empty)"
    whole = readable(data)
    if whole is None:
        rows = longest // 4 // _ROW or 1
        kept = data[: rows * _ROW]
        return "\n".join(_dump(kept)) + _left_out(len(data) - len(kept))
    kept_text = whole[:longest].replace("\r\n", "\n").replace("\r", "\\r")
    return kept_text + _left_out(len(whole) - longest)


def _dump(data: bytes) -> Iterator[str]:
    for start in range(0, len(data), _ROW):
        row = data[start : start + _ROW]
        letters = "".join(chr(octet) if 0x20 <= octet < 0x7F else "." for octet in row)  # noqa: PLR2004 -- ASCII
        yield f"{start:04x}  {row.hex(' '):<47}  {letters}"


def _left_out(count: int) -> str:
    return f"\n[... {count:,} more; all of it is in run.jsonl]" if count > 0 else ""
