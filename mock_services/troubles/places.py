"""Places that base URLs can lead to and that are no Common Service, or not one that can be had."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Thread

from harness.model import HttpRequest, HttpResponse, Service, Target
from mock_services.http_message import framed, plain
from mock_services.https_server import serve
from mock_services.troubles import Trouble
from mock_services.troubles.backstage import LOOPBACK, conversing, listening, port_of, running
from mock_services.troubles.forgery import Forger, trusting

_HTML = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body>It works!</body></html>"
_REGISTRY = (
    b'<rs:RegistryResponse xmlns:rs="urn:oasis:names:tc:ebxml-regrep:xsd:rs:4.0"'
    b' status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"/>'
)
_EMPTY = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ebrs+xml\r\nContent-Length: 4\r\n\r\n<a/>"
_BACKLOG = 64
_LONGEST = 64 * 1024
_PATIENCE = 5.0

Respond = Callable[[HttpRequest], HttpResponse]


def leading_to(target: Target, port: int, *, of: Service | None = None) -> Target:
    """The target with base URLs that lead to a port of loopback, for one service or for both."""
    moved = {
        key: f"https://{LOOPBACK}:{port}/{key.service}/"
        for key in target.keys
        if of in (None, key.service)
    }
    return replace(target, roots={**target.roots, **moved})


@contextmanager
def black_hole(target: Target) -> Iterator[Target]:
    """A trouble: the servers take a connection and say nothing."""

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await reader.read(-1)
        writer.close()

    with conversing(keep) as port:
        yield leading_to(target, port)


@contextmanager
def nothing_there(target: Target) -> Iterator[Target]:
    """A trouble: nothing listens where the servers are said to be; the port stays taken."""
    with listening() as bound:
        yield leading_to(target, port_of(bound))


@contextmanager
def dropping(target: Target) -> Iterator[Target]:
    """A trouble: connections to the servers are never answered, as behind a firewall.

    A listening socket whose queue is full, and nobody takes from it.
    """
    with listening() as bound:
        bound.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)  # noqa: FBT003 -- the signature is the library's
            each.connect_ex((LOOPBACK, port_of(bound)))
        try:
            yield leading_to(target, port_of(bound))
        finally:
            for each in waiting:
                each.close()


@contextmanager
def without_tls(target: Target) -> Iterator[Target]:
    """A trouble: the port speaks HTTP, not HTTPS."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    with conversing(answer) as port:
        yield leading_to(target, port)


def site(  # noqa: PLR0913 -- each is one thing that a place can have wrong
    respond: Respond,
    *,
    forger: Forger | None = None,
    host: str = LOOPBACK,
    trusted: bool = True,
    minting: bool = False,
    of: Service | None = None,
) -> Trouble:
    """A trouble: base URLs lead to a server with these answers; `of` one service only.

    Its certificate is for `host`, by an authority that the target trusts unless it is not to;
    `minting` makes one for whatever name is looked for.
    """
    made = forger or Forger("Town Hall CA")

    async def start(stack: AsyncExitStack) -> int:
        bound = listening()
        bound.listen(_BACKLOG)
        port = port_of(bound)
        tls = made.by_name(host) if minting else made.context(host)
        answer = partial(_framed, respond)
        stack.push_async_callback((await serve(answer, tls, sockets=(bound,))).close)
        return port

    @contextmanager
    def plant(target: Target) -> Iterator[Target]:
        with running(start) as port:
            roots = trusting(target.tls_roots, made.root) if trusted else target.tls_roots
            yield replace(leading_to(target, port, of=of), tls_roots=roots)

    return plant


def _framed(respond: Respond, request: HttpRequest) -> HttpResponse:
    return framed(request, respond(request))


def for_known_clients(clients: Forger) -> Trouble:
    """A trouble: the server takes nobody without a certificate by that authority.

    On blocking sockets, because asyncio's servers end a handshake without an alert; and whom it
    declines is heard to the end, because a reset would take the alert with it.
    """
    forger = Forger("Town Hall CA")
    context = forger.context(LOOPBACK)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=clients.root.decode())

    def serve_all(bound: socket.socket) -> None:
        with suppress(OSError):  # it is shut down: that is the end
            while True:
                client, _ = bound.accept()
                client.settimeout(_PATIENCE)
                with suppress(OSError):
                    _converse(client, context)

    @contextmanager
    def plant(target: Target) -> Iterator[Target]:
        with socket.create_server((LOOPBACK, 0), backlog=_BACKLOG) as bound:
            thread = Thread(target=serve_all, args=(bound,), name="oots-trouble", daemon=True)
            thread.start()
            roots = trusting(target.tls_roots, forger.root)
            yield replace(leading_to(target, port_of(bound)), tls_roots=roots)
            bound.shutdown(socket.SHUT_RDWR)
            thread.join()

    return plant


def _converse(client: socket.socket, context: ssl.SSLContext) -> None:
    safe = context.wrap_socket(client, server_side=True, do_handshake_on_connect=False)
    try:
        safe.do_handshake()
    except ssl.SSLError:
        with socket.socket(fileno=safe.detach()) as bare:
            bare.settimeout(_PATIENCE)
            bare.shutdown(socket.SHUT_WR)
            while bare.recv(_LONGEST):
                pass
        return
    with safe:
        safe.recv(_LONGEST)
        safe.sendall(_EMPTY)


def web_page(_request: HttpRequest) -> HttpResponse:
    """A page for people, whatever is asked."""
    return HttpResponse(200, (("Content-Type", "text/html; charset=utf-8"),), _HTML)


def not_found(_request: HttpRequest) -> HttpResponse:
    """Nothing at any path."""
    return plain(404, "404: there is nothing here")


def bad_gateway(_request: HttpRequest) -> HttpResponse:
    """What a front proxy says that cannot take the answer behind it."""
    return HttpResponse(502, (("Server", "nginx"), ("Content-Type", "text/html")), _HTML)


def registry(_request: HttpRequest) -> HttpResponse:
    """RegRep of another kind."""
    return HttpResponse(200, (("Content-Type", "application/xml"),), _REGISTRY)


def moved(_request: HttpRequest) -> HttpResponse:
    """All has moved."""
    return HttpResponse(301, (("Location", "https://www.example/"),), b"")


def locked(_request: HttpRequest) -> HttpResponse:
    """Only for those who say who they are."""
    return plain(401, "401: who are you?", (("WWW-Authenticate", "Bearer"),))


def of_another_host() -> Trouble:
    """A trouble: the server shows the certificate of another host, by a trusted authority."""
    return site(web_page, host="elsewhere.example")


def expired() -> Trouble:
    """A trouble: the certificate of the server has expired."""
    spent = Forger("Town Hall CA", age=timedelta(days=90), lifetime=timedelta(days=-1))
    return site(web_page, forger=spent)


def untrusted() -> Trouble:
    """A trouble: the authority of the server's certificate is none that the target trusts."""
    return site(web_page, trusted=False)
