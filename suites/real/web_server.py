"""nginx with stored answers: every request that was recorded gets its answer, byte for byte."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from harness.model import HttpRequest, HttpResponse
from harness.ports import Fetcher
from mock_services.certificates import Credential
from suites.real.servers import LOOPBACK, Plan, Server, running

HOST = "localhost"
"""The only name that every machine knows by itself (RFC 6761, section 6.3)."""

Stored = Mapping[HttpRequest, HttpResponse]

_FRAMING = frozenset({"connection", "content-length", "content-type", "date", "server"})
"""Fields that nginx makes itself."""

_OK = 200
_PATIENCE = 0.5
_LONGEST_WORD = 3000
"""nginx refuses words of its configuration that are longer than 4096 octets."""

_CONF = """\
daemon off;
worker_processes 1;
{user}
pid {folder}/nginx.pid;
error_log stderr notice;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/client_body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  types {{ }}
  {around}
  server {{
    listen {address}:{port} ssl;
    ssl_certificate {folder}/server.pem;
    ssl_certificate_key {folder}/server.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    {options}
    {locations}
  }}
}}
"""

_AROUND_STORED = """\
  map_hash_max_size 16384;
  map_hash_bucket_size 8192;
  large_client_header_buffers 4 16k;
  etag off;
  if_modified_since off;
  max_ranges 0;
  map "{key}" $stored {{
    default "";
    {answers}
  }}
"""

_STORED = """\
    location / {{
      if ($stored = "") {{ return 404 "404: no answer is stored for this request"; }}
      rewrite ^ /$stored last;
    }}
    {locations}
"""

_RELAYED = """\
    location / {{
      proxy_pass https://{address}:{port};
      proxy_set_header Host $http_host;
    }}
"""


class Recorder:
    """A fetcher that remembers what it was asked and what came."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self.stored: dict[HttpRequest, HttpResponse] = {}

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """The response; raises `Unreachable`."""
        response = await self._fetcher.fetch(request)
        self.stored.setdefault(request, response)
        return response


@contextmanager
def nginx(
    stored: Stored, credential: Credential, folder: Path, options: str = ""
) -> Iterator[Server]:
    """An nginx with an answer to each of some requests; `options` are lines of its `server`."""
    for number, response in enumerate(stored.values()):
        (folder / f"{number}.body").write_bytes(response.body)
    told = _varying(stored)
    names = (f"${{http_{name.replace('-', '_')}}}" for name in told)
    answers = (f"{_quoted(_pattern(each, told))} {n};" for n, each in enumerate(stored))
    around = _AROUND_STORED.format(
        key="|".join(("$request_method", "$request_uri", *names)), answers="\n    ".join(answers)
    )
    locations = (_location(n, each, folder) for n, each in enumerate(stored.values()))
    site = _STORED.format(locations="\n    ".join(locations))
    with running(_plan(credential, folder, around, options=options, site=site), folder) as server:
        yield server


@contextmanager
def relaying_nginx(
    origin: Server, credential: Credential, folder: Path, options: str = ""
) -> Iterator[Server]:
    """An nginx as a proxy before another server, all else being as it comes."""
    site = _RELAYED.format(address=origin.address[0], port=origin.port)
    with running(_plan(credential, folder, "", options=options, site=site), folder) as server:
        yield server


def _plan(credential: Credential, folder: Path, around: str, *, options: str, site: str) -> Plan:
    def command(port: int) -> Sequence[str]:
        conf = _CONF.format(
            user="user root;" if os.geteuid() == 0 else "",
            folder=folder,
            address=LOOPBACK,
            port=port,
            around=around,
            options=options,
            locations=site,
        )
        (folder / "nginx.conf").write_text(conf, "latin-1")
        _save_credential(credential, folder)
        return "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"

    return Plan("nginx", "nginx", command, _connects, "start worker process")


def _varying(stored: Stored) -> tuple[str, ...]:
    """The fields that tell one request from another."""
    return tuple(sorted({name.lower() for each in stored for name, _ in each.headers}))


def _pattern(request: HttpRequest, told: Sequence[str]) -> str:
    r"""What matches a request and no other: a plain text would match whatever its case."""
    given = {name.lower(): value for name, value in request.headers}
    parts = urlsplit(request.url)
    target = f"{parts.path or '/'}{'?' * bool(parts.query)}{parts.query}"
    whole = "|".join((request.method, target, *(given.get(name, "") for name in told)))
    return rf"~^\Q{whole}\E\z"


def _location(number: int, response: HttpResponse, folder: Path) -> str:
    """Where one answer is kept: as a file, or as a text where it is no success."""
    kind = response.header("content-type") or ""
    said = f"alias {folder}/{number}.body;"
    if response.status != _OK:
        said = f"return {response.status} {_quoted(response.body.decode('latin-1'))};"
    lines = [f"location = /{number} {{", "internal;", f"default_type {_quoted(kind)};"]
    given = [f for f in response.headers if f[0].lower() not in _FRAMING]
    if not any(name.lower() == "last-modified" for name, _ in given):
        given.append(("Last-Modified", ""))
    for at, (name, value) in enumerate(given):
        pieces = [value[i : i + _LONGEST_WORD] for i in range(0, len(value), _LONGEST_WORD)]
        held = [f"$held_{at}_{i}" for i in range(len(pieces))]
        lines += [f"set {name} {_quoted(p)};" for name, p in zip(held, pieces, strict=True)]
        lines.append(f'add_header {name} "{"".join(held)}" always;')
    return "\n      ".join((*lines, said)) + "\n    }"


def _quoted(text: str) -> str:
    r"""A word of a configuration.

    >>> print(_quoted('W/"a"'))
    "W/\"a\""
    """
    assert "$" not in text, "nginx has no way to write a dollar sign"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _connects(port: int) -> bool:
    try:
        with socket.create_connection((LOOPBACK, port), _PATIENCE):
            return True
    except OSError:
        return False


def _save_credential(credential: Credential, folder: Path) -> None:
    chain = b"".join(each.public_bytes(Encoding.PEM) for each in credential.certificates)
    key = credential.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.pem").write_bytes(chain)
    secret = folder / "server.key"
    secret.touch(0o600)
    secret.write_bytes(key)
