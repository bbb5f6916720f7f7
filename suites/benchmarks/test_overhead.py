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
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
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
WANTED = 3.0


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
        with socket.create_connection(("127.0.0.1", int(port))) as connection:
            with self._tls.wrap_socket(connection, server_hostname=host):
                pass

    def close(self) -> None:
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
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def test_the_harness_costs(tmp_path: Path) -> None:
    import cProfile, os

    with apart() as served:
        target = only(served, *MEMBERS)
        for turn in range(2):
            exchanges: list[Exchange] = []
            began, wall = process_time(), perf_counter()
            if os.environ.get("PROFILE") and turn == 1:
                prof = cProfile.Profile()
                prof.enable()
            asyncio.run(judge(target, exchanges, tmp_path))
            if os.environ.get("PROFILE") and turn == 1:
                prof.disable()
                prof.dump_stats("/tmp/reach.prof")
            ours, took = process_time() - began, perf_counter() - wall
            print("ours", ours, took, Counter(e.protocol for e in exchanges))
            bare = Bare(target)
            began = process_time()
            wall = perf_counter()
            for e in exchanges:
                bare.make(e)
            theirs = process_time() - began
            print(
                "bare",
                theirs,
                perf_counter() - wall,
                "ratio",
                ours / theirs,
                len(exchanges),
                ours / len(exchanges) * 1000,
            )
            bare.close()
