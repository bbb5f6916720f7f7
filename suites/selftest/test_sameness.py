"""What makes two exchanges the same: neither ids nor instants, nor what is made afresh."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import timedelta
from itertools import count

import dns.flags
import dns.message
import dns.rrset
import pytest

from harness.model import Exchange, Verdict
from harness.sameness import Essences, essence
from suites.selftest.sample_records import NOW, exchange, result

NAPTR = '100 10 "U" "" "!.*!https://cs.test:{port}/eb/!" .'
HTTP = (
    "HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Type: {type}\r\nAge: {date}\r\n"
    "oots-response-sig: {signature}\r\n\r\n<a href='https://cs.test:{port}/'/>"
)


def dns_exchange(
    *,
    port: int = 40_001,
    ttl: int = 300,
    ident: int = 1,
    rrs: tuple[str, ...] = ("192.0.2.1", "192.0.2.2"),
    authoritative: bool = True,
) -> Exchange:
    query = dns.message.make_query("fi.test", "NAPTR", id=ident)
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.AA if authoritative else 0
    reply.answer.append(
        dns.rrset.from_text("fi.test.", ttl, "IN", "NAPTR", NAPTR.format(port=port))
    )
    reply.additional.append(dns.rrset.from_text("cs.test.", ttl, "IN", "A", *rrs))
    return Exchange("x1", "dns/udp", "fi.test", NOW, 0.1, query.to_wire(), reply.to_wire(), None)


def signed(*, when: str = "2026-09-01", key: str = "k1", alg: str = "ES256") -> str:
    protected = {"alg": alg, "kid": key, "sigT": when, "sigD": {"mId": "x", "hashV": [when]}}
    return (
        base64.urlsafe_b64encode(json.dumps(protected).encode()).decode().rstrip("=") + f"..{when}"
    )


def http_exchange(
    *, date: str = "Tue", media: str = "a/b", port: int = 40_001, signature: str | None = None
) -> Exchange:
    text = HTTP.format(date=date, type=media, port=port, signature=signature or signed())
    return exchange("x1", text.encode())


DNS, WEB = dns_exchange(), http_exchange()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (DNS, replace(DNS, id="x9", at=NOW + timedelta(1), elapsed=2.0)),
        (DNS, dns_exchange(ident=7)),
        (DNS, dns_exchange(rrs=("192.0.2.2", "192.0.2.1"))),
        (dns_exchange(authoritative=False), dns_exchange(authoritative=False, ttl=17)),
        (WEB, http_exchange(date="Wed")),
        (WEB, http_exchange(signature=signed(when="2026-09-02"))),
    ],
    ids=["place", "id", "rotation", "cached", "date", "signed again"],
)
def test_what_changes_by_itself_makes_no_difference(first: Exchange, second: Exchange) -> None:
    assert essence(first, fresh=False) == essence(second, fresh=False)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (DNS, dns_exchange(ttl=17)),
        (DNS, dns_exchange(rrs=("192.0.2.1",))),
        (DNS, dns_exchange(authoritative=False)),
        (DNS, replace(DNS, protocol="dns/tcp")),
        (DNS, replace(DNS, response=None, error="no reply")),
        (DNS, replace(DNS, response=b"\0\0\1")),
        (WEB, http_exchange(media="text/html")),
        (WEB, http_exchange(signature=signed(alg="RS256"))),
        (WEB, http_exchange(signature="unreadable")),
        (WEB, exchange("x1", None)),
    ],
    ids=map(str, count(1)),
)
@pytest.mark.parametrize("fresh", [True, False])
def test_what_the_subject_says_otherwise_makes_a_difference(
    first: Exchange, second: Exchange, *, fresh: bool
) -> None:
    assert essence(first, fresh=fresh) != essence(second, fresh=fresh)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (DNS, dns_exchange(port=40_002)),
        (WEB, http_exchange(port=40_002)),
        (WEB, http_exchange(signature=signed(key="k2"))),
    ],
    ids=["port in DNS", "port in HTTP", "key"],
)
def test_ports_and_keys_count_only_where_they_last(first: Exchange, second: Exchange) -> None:
    assert essence(first, fresh=True) == essence(second, fresh=True)
    assert essence(first, fresh=False) != essence(second, fresh=False)


def test_a_result_is_compared_by_all_it_rests_on() -> None:
    rests = replace(result("DISC-01", "FI", Verdict.PASSED), evidence=("x1", "x2"))
    held = {"x1": WEB, "x2": DNS}

    once = Essences(held, fresh=False).of(rests)
    again = Essences({"x1": DNS, "x2": WEB}, fresh=False).of(rests)

    assert once is not None
    assert once == again
    assert once.total() == 2
    assert Essences({"x1": WEB}, fresh=False).of(rests) is None
    assert Essences(held, fresh=False).of(replace(rests, evidence=())) is None
