"""Secrets are replaced wherever and however they travel, and nothing else is."""

from __future__ import annotations

import html
import json
from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import Unreachable
from harness.model import Exchange, Reach, Verdict
from harness.redaction import LEAST, MASK, Scrubber, secrets_of
from suites.selftest.sample_records import result

SECRET = "s3cr3t tok/en&é+"
SCRUBBER = Scrubber([SECRET])

FORMS = {
    "plain": SECRET,
    "in capitals": "S3CR3T TOK/EN&é+",
    "percent-encoded": quote(SECRET, safe=""),
    "percent-encoded in lower case": quote(SECRET, safe="").lower(),
    "percent-encoded in part": quote(SECRET),
    "every octet percent-encoded": "".join(f"%{octet:02X}" for octet in SECRET.encode()),
    "in a form": quote_plus(SECRET),
    "in a form, blanks only": SECRET.replace(" ", "+"),
    "in JSON": json.dumps({"a": SECRET}),
    "in JSON as it is": json.dumps({"a": SECRET}, ensure_ascii=False),
    "in XML": html.escape(SECRET),
    "in base64": b64encode(SECRET.encode()).decode(),
    "in base64url": urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
    "in Basic credentials": b64encode(f"user:{SECRET}".encode()).decode(),
    "in longer Basic credentials": b64encode(f"users:{SECRET}\n".encode()).decode(),
    "in the longest Basic credentials": b64encode(f"a user:{SECRET}, etc".encode()).decode(),
}


def exchange(**changes: object) -> Exchange:
    facts: dict[str, object] = {
        "id": "x1",
        "protocol": "https",
        "peer": "eb.example",
        "at": datetime(2026, 9, 1, tzinfo=UTC),
        "elapsed": 0.1,
        "request": b"GET / HTTP/1.1\r\n\r\n",
        "response": None,
        "error": None,
    }
    return Exchange(**(facts | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_secret_is_replaced_in_every_form(form: str) -> None:
    assert MASK in SCRUBBER.text(f"before: {form} :after")
    assert MASK in SCRUBBER.bytes(f"before: {form} :after".encode()).decode()
    for told in (form, SECRET):
        assert told not in SCRUBBER.text(f"before: {form} :after")


def test_a_secret_is_replaced_in_latin_1_too() -> None:
    sent = f"X-Token: {SECRET}\r\n".encode("latin-1")

    assert SCRUBBER.bytes(sent) == f"X-Token: {MASK}\r\n".encode()


def test_what_surrounds_a_secret_stays() -> None:
    assert SCRUBBER.text(f"a {SECRET}, b {SECRET}") == f"a {MASK}, b {MASK}"


def test_a_longer_secret_is_replaced_before_the_one_within_it() -> None:
    assert Scrubber(["token", "token-of-ours"]).text("token-of-ours token") == f"{MASK} {MASK}"


def test_a_secret_that_was_cut_off_is_replaced_as_far_as_it_goes() -> None:
    cut = str(Unreachable("it", why="y" * 395 + SECRET))
    assert SECRET[:4] in cut

    assert SECRET[:4] not in SCRUBBER.text(cut)


def test_another_mask_can_be_chosen() -> None:
    assert Scrubber(["eb.example"], mask="host-1").text("https://EB.example/") == "https://host-1/"


@pytest.mark.parametrize("text", ["", "a", "ab", "abc"])
def test_what_is_too_short_to_be_a_secret_is_left_alone(text: str) -> None:
    assert len(text) < LEAST
    assert not Scrubber([text])
    assert Scrubber([text, SECRET]).text("a b c abc") == "a b c abc"


@given(st.binary(), st.text())
def test_without_secrets_nothing_changes(data: bytes, text: str) -> None:
    nothing = Scrubber([])

    assert nothing.bytes(data) is data
    assert nothing.text(text) is text


printable = st.text(min_size=LEAST).filter(str.isprintable)


@given(st.binary(max_size=40), printable, st.binary(max_size=40))
def test_no_octets_around_a_secret_hide_it(before: bytes, secret: str, after: bytes) -> None:
    clean = Scrubber([secret], mask="\0").bytes(before + secret.encode() + after)

    assert secret.encode() not in clean


@given(st.text(), printable)
def test_no_text_breaks_it(text: str, secret: str) -> None:
    assert secret not in Scrubber([secret], mask="\0").text(text)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_base64_hides_nothing(before: bytes, after: bytes) -> None:
    hidden = b64encode(before + b"a-long-enough-secret" + after)

    assert Scrubber(["a-long-enough-secret"]).bytes(b"Basic " + hidden) == b"Basic (secret)"


def test_an_exchange_is_scrubbed_wherever_it_tells_a_text() -> None:
    told = SCRUBBER.exchange(
        exchange(
            peer=f"{SECRET}.example",
            request=f"GET /?t={quote(SECRET)} HTTP/1.1\r\n\r\n".encode(),
            response=f"<t>{SECRET}</t>".encode(),
            error=f"no {SECRET}",
        )
    )

    assert told.peer == f"{MASK}.example"
    assert told.request == f"GET /?t={MASK} HTTP/1.1\r\n\r\n".encode()
    assert told.response == f"<t>{MASK}</t>".encode()
    assert told.error == f"no {MASK}"
    assert told.id == "x1"


def test_a_result_is_scrubbed_wherever_it_tells_a_text() -> None:
    texts = dict.fromkeys(("expected", "seen", "detail"), f"a {SECRET}")
    told = SCRUBBER.result(result("LOOK-01", "FI", Verdict.FAILED, **texts))

    assert (told.expected, told.seen, told.detail) == (f"a {MASK}",) * 3
    assert told.source is None


def test_an_exchange_without_answer_stays_one() -> None:
    assert SCRUBBER.exchange(exchange()) == exchange()


def test_the_secrets_of_a_target_are_its_texts_and_its_passwords() -> None:
    reach = Reach(secrets=("token",), proxy_credentials="me:word", client_key_password="pass")

    assert secrets_of(reach) == ("token", "me:word", "word", "pass")
