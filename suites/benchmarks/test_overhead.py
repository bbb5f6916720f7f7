"""What the harness costs for each exchange, beside the same exchanges made bare.

The landscape is served by another process. What counts is the ratio of processor times. Bare means:
dnspython over one socket, urllib3 with its pool, and one ES256 verification of each answer. Run
with `pytest suites/benchmarks/test_overhead.py -s`.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import socket
import ssl
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import dns.message
import dns.query
import urllib3
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_der_x509_certificate

from harness.execution import execute, now, open_session
from harness.extensions import checks
from harness.model import Exchange, Target
from harness.provenance import header_facts, run_id, target_facts
from harness.record import FILE, RecordWriter
from suites.benchmarks.landscape_apart import apart, only

MEMBERS = ("DE", "FI", "GR", "IT", "NL", "PL", "SE")
ROUNDS = 5
WANTED = 3.0
LONGEST = 10.0


def header(target: Target) -> dict[str, object]:
    """The header of a record of a run."""
    ident = run_id(now(), "bench")
    return header_facts(
        ident,
        now(),
        target=target_facts(target),
        selection={},
        checks=checks(),
        fault=None,
    )


async def judge(target: Target, exchanges: list[Exchange], folder: Path) -> None:
    """A run, recorded, as `oots run` makes it."""
    with RecordWriter(folder / FILE, now, overwrite=True) as writer:

        def sink(exchange: Exchange) -> None:
            writer.exchange(exchange)
            exchanges.append(exchange)

        async with open_session(target, sink) as session:
            await execute(session, checks(), target.keys, report=writer.result)


class Bare:
    """The same exchanges, with nothing around them."""

    def __init__(self, target: Target) -> None:
        assert target.nameserver
        assert target.tls_roots
        self._nameserver = target.nameserver
        self._servers = (target.nameserver, *target.other_nameservers)
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._tls = ssl.create_default_context(cadata=target.tls_roots.decode())
        self._pools: dict[str, urllib3.HTTPSConnectionPool] = {}

    def make(self, exchange: Exchange) -> None:
        """One exchange again."""
        match exchange.protocol:
            case "dns/udp":
                query = dns.message.from_wire(exchange.request)
                host, port = self._nameserver
                dns.query.udp(query, host, port=port, sock=self._udp, timeout=3)
            case "dns/tcp":
                host, port = self._nameserver
                dns.query.tcp(dns.message.from_wire(exchange.request), host, port=port, timeout=3)
            case "https":
                self._fetch(exchange)
            case "tls":
                self._greet(exchange.peer)

    def _fetch(self, exchange: Exchange) -> None:
        head = exchange.request.decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        fields = dict(line.split(": ", 1) for line in head[1:] if line)
        answer = self._pool(fields["Host"]).urlopen(
            method, path, headers=fields, redirect=False, decode_content=False, retries=False
        )
        verify(answer.headers, answer.data)

    def _pool(self, peer: str) -> urllib3.HTTPSConnectionPool:
        if peer not in self._pools:
            host, _, port = peer.partition(":")
            self._pools[peer] = urllib3.HTTPSConnectionPool(
                "127.0.0.1",
                int(port),
                server_hostname=host,
                assert_hostname=host,
                ssl_context=self._tls,
            )
        return self._pools[peer]

    def _greet(self, peer: str) -> None:
        host, _, port = peer.partition(":")
        with (
            socket.create_connection(("127.0.0.1", int(port))) as connection,
            self._tls.wrap_socket(connection, server_hostname=host),
        ):
            pass

    def close(self) -> None:
        """Close every connection."""
        self._udp.close()
        for pool in self._pools.values():
            pool.close()


def verify(headers: urllib3.HTTPHeaderDict, body: bytes) -> None:
    """The digest covers the body, and an ES256 signature the digest."""
    field = headers.get("oots-response-sig")
    if field is None:
        return
    protected, _, signature = field.split(".")
    header = json.loads(octets(protected))
    digest = headers["digest"].partition("=")[2]
    if body:
        assert base64.b64decode(digest) == hashlib.sha256(body).digest()
    lines = "\n".join(f"{name}: {headers[name]}" for name in header["sigD"]["pars"])
    leaf = load_der_x509_certificate(base64.b64decode(header["x5c"][0]))
    key = leaf.public_key()
    assert isinstance(key, EllipticCurvePublicKey)
    raw = octets(signature)
    pair = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    key.verify(
        encode_dss_signature(*pair), f"{protected}.{lines}".encode("latin-1"), ECDSA(SHA256())
    )


def octets(segment: str) -> bytes:
    """What base64url without padding stands for."""
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def once(target: Target, folder: Path) -> tuple[float, float, int]:
    """Processor seconds of a run, of the same exchanges made bare, and how many there were."""
    exchanges: list[Exchange] = []
    began = process_time()
    asyncio.run(judge(target, exchanges, folder))
    ours = process_time() - began
    bare = Bare(target)
    began = process_time()
    for exchange in exchanges:
        bare.make(exchange)
    theirs = process_time() - began
    bare.close()
    return ours, theirs, len(exchanges)


def test_an_exchange_costs_three_times_a_bare_one_at_most(tmp_path: Path) -> None:
    with apart() as served:
        target = only(served, *MEMBERS)
        once(target, tmp_path)  # what is read and made once in a process
        rounds = [once(target, tmp_path) for _ in range(ROUNDS)]

    for ours, theirs, number in rounds:
        print(
            f"\n{number} exchanges: {1000 * ours / number:.2f} ms each in the harness, "
            f"{1000 * theirs / number:.2f} ms bare, ratio {ours / theirs:.2f}",
            end="",
        )
    ratio = median(ours / theirs for ours, theirs, _ in rounds)
    print(f"\nmedian ratio {ratio:.2f}; wanted: {WANTED:g} or less")
    assert ratio <= WANTED


def test_a_run_on_one_directory_takes_ten_seconds_at_most(tmp_path: Path) -> None:
    """As a user starts it, landscape, record and reports included."""
    command = ("-m", "harness.cli.main", "run", "--member-state", "FI", "--service", "eb")
    began = perf_counter()
    ended = subprocess.run(
        (sys.executable, *command, "--no-tickets", "--quiet", "--out", str(tmp_path)),
        check=False,
        capture_output=True,
        timeout=60,
    )
    took = perf_counter() - began

    print(f"\na whole run on one directory: {took:.1f} s; wanted: {LONGEST:g} s or less")
    assert ended.returncode == 0, ended.stderr
    assert took <= LONGEST
