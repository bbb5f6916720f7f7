"""An HTTP proxy: a way through it to a host and a port, by CONNECT (RFC 9110, section 9.3.6).

Host names are the proxy's to resolve. Whatever keeps it from making the way is told of the proxy,
not of the host behind it: that one has not been heard yet.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpcore

from harness.adapters.locating import Locate, system_locator
from harness.adapters.stream import Stream, connected
from harness.errors import TimedOut, Unreachable, UsageFault
from harness.model import Reach

LONGEST_HEAD = 16 * 1024
"""Bytes of the proxy's answer."""

_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: ([^\r\n]*))?\r?\n")
_END = re.compile(rb"\r?\n\r?\n")
_PORT = 80
_ADVICE = {
    401: "it wants to know who asks: give the proxy's credentials",
    403: "it does not allow that: have the host and the port allowed there",
    407: "it wants credentials: give the proxy's credentials",
    502: "it did not get there: see whether it can reach that host",
    503: "it did not get there: see whether it can reach that host",
    504: "it did not get there in time: see whether it can reach that host",
}
_REFUSED = "it does not take the credentials: see user and password"


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where it is, and who asks it; `credentials` are `user:password`."""

    host: str
    port: int
    credentials: str | None = field(default=None, repr=False)
    locate: Locate = field(default_factory=system_locator)

    @classmethod
    def of(cls, reach: Reach) -> Proxy | None:
        """The proxy of a target; raises `UsageFault` for a URL that names none."""
        if reach.proxy is None:
            return None
        try:
            url = urlsplit(reach.proxy)
            host, port = url.hostname, url.port or _PORT
        except ValueError:
            url, host, port = urlsplit(""), None, 0
        if url.scheme != "http" or not host or url.username or url.path.strip("/"):
            raise UsageFault(
                "the HTTP proxy",
                expected="http://<host>:<port>, without credentials",
                seen=url.hostname or "no such URL",
                remedy="give the credentials apart from the URL",
            )
        return cls(host, port, reach.proxy_credentials)

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"the HTTP proxy {_authority(self.host, self.port)}"

    async def tunnel(self, host: str, port: int, *, patience: float) -> Stream:
        """A connection to a host through the proxy; raises `Unreachable`, naming the proxy."""
        address = await self._address()
        stream = await connected((address, self.port), host, self.name, patience=patience)
        to = _authority(host, port)
        try:
            async with asyncio.timeout(patience):
                await self._ask(stream, to)
        except BaseException as error:
            await stream.aclose()
            if isinstance(error, TimeoutError):
                why = f"no answer to CONNECT {to} within {patience:g} s"
                raise TimedOut(self.name, why=why) from None
            if isinstance(error, httpcore.NetworkError):
                raise Unreachable(self.name, why=f"the connection to it broke ({error})") from None
            raise
        return stream

    async def _address(self) -> str:
        try:
            return await self.locate(self.host)
        except Unreachable as unknown:
            raise Unreachable(self.name, why=unknown.why) from None

    async def _ask(self, stream: Stream, to: str) -> None:
        lines = [f"CONNECT {to} HTTP/1.1", f"Host: {to}"]
        if self.credentials is not None:
            told = b64encode(self.credentials.encode()).decode()
            lines.append(f"Proxy-Authorization: Basic {told}")
        await stream.write("\r\n".join((*lines, "", "")).encode("ascii"))
        self._judge(await self._answer(stream), to)

    async def _answer(self, stream: Stream) -> bytes:
        """All that comes, to the end of the head."""
        came = b""
        while not _END.search(came):
            more = await stream.take(LONGEST_HEAD)
            came += more
            if not more or len(came) > LONGEST_HEAD:
                break
        return came

    def _judge(self, came: bytes, to: str) -> None:
        """Raise `Unreachable` unless the way is open, and nothing was said on it yet."""
        status, end = _STATUS.match(came), _END.search(came)
        if not came:
            raise Unreachable(self.name, why=f"it hung up on CONNECT {to}")
        if not status or (not end and status[1].startswith(b"2")):
            seen = came[:40].decode("ascii", "backslashreplace")
            raise Unreachable(self.name, why=f"its answer to CONNECT is no HTTP/1.1: {seen}")
        code = int(status[1])
        if 200 <= code < 300:  # noqa: PLR2004 -- the class of success
            if end and end.end() < len(came):
                raise Unreachable(self.name, why=f"it said more than its answer to CONNECT {to}")
            return
        phrase = (status[2] or b"").decode("ascii", "backslashreplace").strip()
        known = self.credentials is not None and code == 407  # noqa: PLR2004 -- see _ADVICE
        advice = _REFUSED if known else _ADVICE.get(code, "look at the proxy")
        answer = f"{code} {phrase}".strip()
        raise Unreachable(self.name, why=f"it answers {answer} to CONNECT {to}; {advice}")


def _authority(host: str, port: int) -> str:
    """A host and a port, an IPv6 address in brackets.

    >>> _authority("eb.example", 443), _authority("::1", 443)
    ('eb.example:443', '[::1]:443')
    """
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
