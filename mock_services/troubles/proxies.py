"""Forward proxies in between: tunnels that want something, and those that end TLS in the middle.

Whatever host is asked for, they connect to loopback, where the landscape is.
"""

from __future__ import annotations

import asyncio
import gzip
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from harness.model import Target
from mock_services.troubles.backstage import LOOPBACK, conversing
from mock_services.troubles.forgery import Forger, trusting

PATIENCE = 5.0
"""Seconds that anything is waited for."""

MARK = "1.1 gateway.example (trouble)"
"""How a proxy signs in the field Via."""

_LONGEST_HEAD = 64 * 1024
_PIECE = 64 * 1024

Change = Callable[[bytes, bytes], tuple[bytes, bytes]]
"""From the head (without its empty line) and the body of a response to those that are passed on."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A trouble: the target is reached through this proxy.

    `wants` are the credentials it takes, as `user:password`, and `given` those that the target has.
    `says` is answered to CONNECT in place of a tunnel. `silent` never answers. `forger` ends TLS in
    the middle, `trusted` has the target trust its certificates, and `change` then changes answers.
    `minting` makes a certificate for whatever name TLS asks for, else for the host of CONNECT.
    """

    wants: str | None = None
    given: str | None = None
    says: str | None = None
    silent: bool = False
    forger: Forger | None = None
    trusted: bool = False
    minting: bool = True
    change: Change | None = None

    @contextmanager
    def __call__(self, target: Target) -> Iterator[Target]:
        """The target behind the proxy."""
        handled = _Handled(self, target.tls_roots)

        with conversing(handled.client) as port:
            reach = replace(
                target.reach, proxy=f"http://{LOOPBACK}:{port}", proxy_credentials=self.given
            )
            changed = replace(target, reach=reach)
            if self.forger and self.trusted:
                roots = trusting(target.tls_roots, self.forger.root)
                changed = replace(changed, tls_roots=roots)
            yield changed


@dataclass(frozen=True, slots=True)
class _Handled:
    """The connections of a proxy; `roots` are those by which the landscape is trusted."""

    how: Proxy
    roots: bytes | None

    async def client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, to the end of its connection."""
        with suppress(OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
            async with asyncio.timeout(4 * PATIENCE):
                await self._serve(reader, writer)
        writer.transport.abort() if self.how.silent else writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await _head(reader)
        if self.how.silent:
            await reader.read(1)
            return
        line, *fields = head.decode("latin-1").split("\r\n")
        refusal = self.how.says or self._refusal(line, fields)
        if refusal:
            writer.write(f"HTTP/1.1 {refusal}\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
            return
        host, _, port = line.split(" ")[1].rpartition(":")
        if self.how.forger:
            await self._in_the_middle(reader, writer, host=host.strip("[]"), port=int(port))
        else:
            await self._tunnel(reader, writer, int(port))

    def _refusal(self, line: str, fields: list[str]) -> str | None:
        if not line.startswith("CONNECT "):
            return "405 Method Not Allowed"
        if self.how.wants is None:
            return None
        wanted = f"Basic {b64encode(self.how.wants.encode()).decode()}"
        given = [each.partition(":")[2].strip() for each in fields if _is_credential(each)]
        realm = '407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="office"'
        return None if given == [wanted] else realm

    async def _tunnel(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int
    ) -> None:
        try:
            far, away = await asyncio.open_connection(LOOPBACK, port)
        except OSError:
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        try:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(_poured(reader, away), _poured(far, writer))
        finally:
            away.transport.abort()

    async def _in_the_middle(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, host: str, port: int
    ) -> None:
        assert self.how.forger
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.drain()
        forger = self.how.forger
        await writer.start_tls(forger.by_name(host) if self.how.minting else forger.context(host))
        asked = await _head(reader)
        writer.write(await self._answer(asked, host, port))
        await writer.drain()

    async def _answer(self, asked: bytes, host: str, port: int) -> bytes:
        """What the server answers, changed on the way."""
        context = ssl.create_default_context(cadata=(self.roots or b"").decode() or None)
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(
                LOOPBACK, port, ssl=context, server_hostname=host
            )
            try:
                fields = [
                    f for f in asked.split(b"\r\n") if not f.lower().startswith(b"connection:")
                ]
                writer.write(b"\r\n".join((*fields, b"Connection: close", b"", b"")))
                octets = await reader.read(-1)
            finally:
                writer.transport.abort()
        head, _, body = octets.partition(b"\r\n\r\n")
        head = b"\r\n".join((head, f"Via: {MARK}".encode()))
        if self.how.change:
            head, body = self.how.change(head, body)
        return head + b"\r\n\r\n" + body


async def _head(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(PATIENCE):
        found = await reader.readuntil(b"\r\n\r\n")
    return found[:-4]


def _is_credential(field_line: str) -> bool:
    return field_line.lower().startswith("proxy-authorization:")


async def _poured(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    with suppress(OSError, EOFError):
        while piece := await source.read(_PIECE):
            to.write(piece)
            await to.drain()
    with suppress(OSError):
        to.close()


def intercepting(name: str = "Office Gateway CA", **how: object) -> Proxy:
    """A proxy that makes the certificates of all hosts itself."""
    return Proxy(forger=Forger(name), **how)  # type: ignore[arg-type]


def bad_gateway_for_long_fields(longest: int) -> Change:
    """502 in place of an answer with a field that is longer than so many octets, as nginx does."""

    def limit(head: bytes, body: bytes) -> tuple[bytes, bytes]:
        if max(map(len, head.split(b"\r\n"))) <= longest:
            return head, body
        page = b"<html><head><title>502 Bad Gateway</title></head></html>\n"
        told = (
            b"HTTP/1.1 502 Bad Gateway",
            b"Server: gateway",
            b"Content-Type: text/html",
            b"Content-Length: %d" % len(page),
        )
        return b"\r\n".join(told), page

    return limit


def long_fields_left_out(longest: int) -> Change:
    """Fields that are longer than so many octets do not get through."""

    def limit(head: bytes, body: bytes) -> tuple[bytes, bytes]:
        return b"\r\n".join(f for f in head.split(b"\r\n") if len(f) <= longest), body

    return limit


def long_fields_cut_off(longest: int) -> Change:
    """Fields get through up to so many octets."""

    def limit(head: bytes, body: bytes) -> tuple[bytes, bytes]:
        return b"\r\n".join(f[:longest] for f in head.split(b"\r\n")), body

    return limit


def compressed(head: bytes, body: bytes) -> tuple[bytes, bytes]:
    """The body is compressed, though nobody asked for that."""
    packed = gzip.compress(body)
    return _with(
        head, {b"content-encoding": b"gzip", b"content-length": b"%d" % len(packed)}
    ), packed


def rewritten(head: bytes, body: bytes) -> tuple[bytes, bytes]:
    """Links in the body lead through the proxy, as some portals have them."""
    other = body.replace(b"https://", b"https://gateway.example/")
    return _with(head, {b"content-length": b"%d" % len(other)}), other


def _with(head: bytes, fields: dict[bytes, bytes]) -> bytes:
    kept = [f for f in head.split(b"\r\n") if f.partition(b":")[0].lower() not in fields]
    return b"\r\n".join((*kept, *(b"%s: %s" % each for each in fields.items())))
