"""What is asked of TLS: greetings, and the certificates that servers show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.adapters.in_process import DirectGreeter
from harness.errors import Unreachable, Violation
from harness.model import TlsGreeting, TlsSeen
from harness.tls import (
    is_taken,
    judge_key,
    judge_names,
    judge_usage,
    judge_validity,
    outdated_hello,
)
from mock_services.pki import pki
from mock_services.tls import greeted, mistrust
from mock_services.world import TlsPolicy

HOST = "eb.localhost"
HOSTS = (HOST,)
GREETING = TlsGreeting(HOST, 443)


def shown(policy: TlsPolicy) -> TlsSeen:
    seen = greeted(pki().server_credential(HOSTS, policy), policy, GREETING)
    assert seen is not None
    return seen


def test_the_certificate_of_the_mocks_is_what_is_asked_for() -> None:
    seen = shown(TlsPolicy())

    judge_names(seen, HOST)
    judge_names(seen, "127.0.0.1")
    judge_usage(seen)
    judge_validity(seen, datetime.now(UTC))
    judge_key(seen)


@pytest.mark.parametrize(
    ("host", "tag"), [("other.localhost", "tls-host-not-named"), ("::2", "tls-host-not-named")]
)
def test_another_host_is_not_named(host: str, tag: str) -> None:
    with pytest.raises(Violation) as found:
        judge_names(shown(TlsPolicy()), host)

    assert found.value.tag == tag


@pytest.mark.parametrize(("until", "fits"), [(396, True), (397, True), (398, False)])
def test_a_certificate_lives_for_398_days_at_most(until: int, *, fits: bool) -> None:
    seen = shown(TlsPolicy(until=until))

    if fits:
        judge_validity(seen, pki().made)
    else:
        with pytest.raises(Violation, match="tls-certificate-long-lived"):
            judge_validity(seen, pki().made)


def test_a_certificate_is_valid_from_its_first_instant_to_its_last() -> None:
    seen, made = shown(TlsPolicy(since=0, until=1)), pki().made

    judge_validity(seen, made)
    judge_validity(seen, made + timedelta(days=1))
    for instant in (made - timedelta(seconds=1), made + timedelta(days=1, seconds=1)):
        with pytest.raises(Violation, match="tls-certificate-not-valid-now"):
            judge_validity(seen, instant)


@given(st.binary(max_size=80))
def test_octets_that_are_no_certificate_are_nobodys_fault(octets: bytes) -> None:
    with pytest.raises(Unreachable):
        judge_usage(TlsSeen("TLSv1.3", "", octets))


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        (b"\x16\x03\x02\x00\x31\x02\x00", True),
        (b"\x15\x03\x01\x00\x02\x02\x46", False),
        (b"\x16\x03\x02\x00\x31\x0e", False),
        (b"\x16", False),
        (b"HTTP/1.1 400", False),
        (b"", False),
    ],
)
def test_only_a_server_hello_goes_along(answer: bytes, *, taken: bool) -> None:
    assert is_taken(answer) is taken


@given(
    st.text("abcdefghijklmnopqrstuvwxyz.", min_size=1, max_size=60),
    st.binary(min_size=32, max_size=32),
)
def test_a_hello_says_its_own_length(host: str, random: bytes) -> None:
    hello = outdated_hello(host, random)

    assert int.from_bytes(hello[3:5], "big") == len(hello) - 5
    assert int.from_bytes(hello[6:9], "big") == len(hello) - 9
    assert host.encode() in hello
    assert random in hello


async def test_a_greeting_goes_to_a_function_as_well() -> None:
    greeter = DirectGreeter(lambda _: None)

    assert await greeter.greet(GREETING) is None


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        (TlsPolicy(), None),
        (TlsPolicy(purposes=()), None),
        (TlsPolicy(key="rsa1024"), "too weak"),
        (TlsPolicy(named=False), "Hostname mismatch"),
        (TlsPolicy(named=None), "Hostname mismatch"),
        (TlsPolicy(since=-9, until=-1), "expired"),
        (TlsPolicy(purposes=("CLIENT_AUTH",)), "unsuitable"),
    ],
)
def test_a_careful_client_goes_no_further_where_a_real_one_would_not(
    policy: TlsPolicy, why: str | None
) -> None:
    doubt = mistrust(pki().server_credential(HOSTS, policy), HOST, pki().made)

    assert doubt is None if why is None else why in str(doubt)
