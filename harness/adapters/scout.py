"""Ways over real sockets, gone step by step on asyncio's streams; every step has its time-out.

It is another client than the one that asks in a run, on purpose: what both of them meet lies on the
way or at its end. A client certificate, credentials and added headers are shown to nobody whose
certificate does not verify; the proxy gets its own credentials.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from base64 import b64encode
from collections.abc import Awaitable
from dataclasses import replace
from functools import cache
from http.client import HTTPException, HTTPResponse, IncompleteRead
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar, cast
from urllib.parse import urlsplit

from harness.errors import UsageFault, Violation
from harness.framing import judge_frame, split
from harness.model import HttpRequest, HttpResponse, Reach
from harness.observatory import request_bytes
from harness.scouting import End, Errand, Step, Trace

LARGEST_HEAD = 64 * 1024
"""Octets of what a proxy says before its tunnel begins."""

_LARGEST = 4 * 1024 * 1024
"""Octets of an answer: the doctor looks at its beginning and its digest, not at catalogues."""

_SMALL = 16 * 1024
_PIECE = 64 * 1024
_HTTP_PORT = 80
_ESTABLISHED = range(200, 300)
_FOREIGN = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "UNEXPECTED_MESSAGE")

_Kind = TypeVar("_Kind")


class SocketScout:
    """Goes ways as a target's reach says; `roots` are PEM, None: the system's."""

    def __init__(self, reach: Reach, *, roots: bytes | None) -> None:
        self._reach = reach
        self._roots = roots

    async def go(self, errand: Errand) -> Trace:
        """The trace; what goes wrong is in it."""
        trip = _Trip(errand, self._reach, self._roots)
        try:
            await trip.walk()
        except (OSError, EOFError, HTTPException, ValueError, UsageFault, _Declined) as error:
            if not (isinstance(error, TimeoutError) and _is_whole(trip.trace.answer, errand)):
                return trip.ended(*_told(error, trip.patience))
        return trip.trace


class _Declined(Exception):
    """The proxy leads no further."""


def _told(error: Exception, patience: float) -> tuple[End, str]:
    """How a step ended, and in words."""
    match error:
        case ssl.SSLCertVerificationError():
            found = End.MISTRUSTED, error.verify_message
        case ssl.SSLError():
            reason = error.reason or str(error)
            foreign = any(each in reason for each in _FOREIGN)
            found = End.FOREIGN if foreign else End.DECLINED, reason
        case _Declined():
            found = End.DECLINED, str(error)
        case TimeoutError():
            found = End.SILENT, f"nothing came within {patience:g} s"
        case ConnectionRefusedError():
            found = End.REFUSED, "the connection was refused: nothing listens there"
        case socket.gaierror():
            found = End.UNKNOWN, f"no address is known for it ({error.strerror})"
        case HTTPException() | ValueError():
            found = End.FOREIGN, f"what came is no sound HTTP ({_name(error)})"
        case UsageFault():
            found = End.UNUSABLE, str(error)
        case _:
            found = End.CUT, f"the connection ended ({_name(error)})"
    return found


class _Trip:
    """An errand under way: the step that is gone, and what has been met."""

    def __init__(self, errand: Errand, reach: Reach, roots: bytes | None) -> None:
        self.trace = Trace(errand)
        self.patience = reach.connect_timeout
        self._errand = errand
        self._reach = reach
        self._roots = roots
        self._proxy = None if errand.around else reach.proxy
        self._step = Step.CONNECTION

    async def walk(self) -> None:
        """All the steps; raises whatever ends them."""
        reader, writer = await self._within(asyncio.open_connection(*self._first()))
        try:
            if self._proxy:
                self._step = Step.PROXY
                await self._within(self._tunnel(reader, writer))
            self._step = Step.TLS
            await self._within(self._greet(writer))
            if self._errand.request:
                self._step, self.patience = Step.ANSWER, self._reach.total_timeout
                await self._within(self._ask(self._errand.request, reader, writer))
        finally:
            writer.transport.abort()

    def ended(self, end: End, why: str) -> Trace:
        """The trace as far as it led."""
        return replace(self.trace, failed=self._step, end=end, why=why)

    def _first(self) -> tuple[str, int]:
        """Where the first connection leads."""
        if self._proxy:
            proxy = urlsplit(self._proxy)
            if proxy.scheme != "http" or not proxy.hostname:
                raise ValueError("only a proxy at http://host:port is spoken to")
            return proxy.hostname, proxy.port or _HTTP_PORT
        return self._errand.address or self._errand.host, self._errand.port

    async def _within(self, step: Awaitable[_Kind]) -> _Kind:
        async with asyncio.timeout(self.patience):
            return await step

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = self._errand.host
        place = f"{f'[{host}]' if ':' in host else host}:{self._errand.port}"
        fields = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
        if self._reach.proxy_credentials:
            told = b64encode(self._reach.proxy_credentials.encode()).decode()
            fields.append(f"Proxy-Authorization: Basic {told}")
        writer.write("\r\n".join((*fields, "", "")).encode("latin-1", "replace"))
        heard = bytearray()
        while b"\r\n\r\n" not in heard:
            piece = await reader.read(1)  # what follows the head belongs to TLS
            if not piece or len(heard) > LARGEST_HEAD:
                raise HTTPException("it ends within its answer to CONNECT")
            heard += piece
        said = _read(bytes(heard), "CONNECT")
        self.trace = replace(self.trace, proxy=said)
        if said.status not in _ESTABLISHED:
            raise _Declined(f"the proxy answers {said.status}")

    async def _greet(self, writer: asyncio.StreamWriter) -> None:
        trusting = self._errand.trusting
        context = _trusting() if trusting else _careful(self._roots, _credential(self._reach))
        await writer.start_tls(context, server_hostname=self._errand.name or self._errand.host)
        shown = writer.get_extra_info("ssl_object")
        self.trace = replace(
            self.trace,
            certificate=shown.getpeercert(binary_form=True),
            version=shown.version(),
        )

    async def _ask(
        self, request: HttpRequest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        added = () if self._errand.trusting else self._reach.headers
        fields = (*request.headers, *added, ("Connection", "close"))
        writer.write(request_bytes(replace(request, headers=fields)))
        heard, looked = bytearray(), 0
        try:
            while piece := await reader.read(_PIECE):
                heard += piece
                if len(heard) >= _SMALL and len(heard) < 2 * looked:
                    continue  # to look costs as much as there is: not at every piece
                looked = len(heard)
                if looked > _LARGEST or _ends(bytes(heard), request.method):
                    break
        finally:
            if b"\r\n\r\n" in heard:
                self.trace = replace(self.trace, answer=_read(bytes(heard), request.method))
        if self.trace.answer is None:
            raise EOFError("without a whole head")


def _is_whole(answer: HttpResponse | None, errand: Errand) -> bool:
    """Whether an answer is all there, although its connection stays open."""
    octets, request = (answer.octets if answer else None), errand.request
    return bool(octets and request and _ends(octets, request.method))


def _ends(heard: bytes, method: str) -> bool:
    """Whether nothing more is to be waited for."""
    try:
        judge_frame(heard, method)
    except Violation as flaw:
        return flaw.tag != "body-cut-short"
    head = split(heard)[0].lower()
    return b"content-length:" in head or b"chunked" in head


class _Octets:
    """A socket that has received already what it will ever receive."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def makefile(self, _mode: str) -> BytesIO:
        return BytesIO(self._octets)


def _read(octets: bytes, method: str) -> HttpResponse:
    """A response, its body as far as it came; raises `HTTPException` or `ValueError`."""
    with HTTPResponse(cast("socket.socket", _Octets(octets)), method=method) as response:
        response.begin()
        headers = tuple(response.getheaders())
        try:
            body = b"" if method == "CONNECT" else response.read()
        except IncompleteRead as cut:
            body = cut.partial
        return HttpResponse(response.status, headers, body, octets)


@cache
def _trusting() -> ssl.SSLContext:
    """Speaks to anybody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.verify_mode = ssl.CERT_NONE
    return context


@cache
def _careful(roots: bytes | None, credential: tuple[bytes, str | None] | None) -> ssl.SSLContext:
    """Speaks to whom the roots vouch for; raises `UsageFault` for what cannot be used."""
    try:
        text = None if roots is None else roots.decode("ascii")
        context = ssl.create_default_context(cadata=text)
        if credential is not None:
            _show(context, *credential)
    except (OSError, ValueError) as flaw:  # ssl.SSLError is an OSError
        raise UsageFault(
            "the TLS roots or the client certificate",
            expected="certificates in PEM, and the key of the first",
            seen=_name(flaw),
            remedy="mend the files that the target names",
        ) from None
    return context


def _credential(reach: Reach) -> tuple[bytes, str | None] | None:
    given = reach.client_certificate
    return None if given is None else (given, reach.client_key_password)


def _show(context: ssl.SSLContext, certificate: bytes, password: str | None) -> None:
    """Have a client certificate shown; `ssl` reads files only: for our eyes, for that long."""
    with TemporaryDirectory(prefix="oots-") as folder:
        file = Path(folder, "client.pem")
        file.write_bytes(certificate)
        context.load_cert_chain(file, password=password or "")


def _name(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno)
    return str(error) or type(error).__name__
