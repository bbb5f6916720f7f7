"""Bad target files: a hundred kinds and whatever else can be made of a good one, each one line."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import UsageFault
from harness.target_file import load, read
from suites.selftest.target_files import ENVIRONMENT, GOOD, MINIMAL, folder, told

AT_ONCE = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60
)
ROOT = bool(getattr(os, "geteuid", lambda: 1)() == 0)


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


Change = Callable[[str], str]


def put(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text, old
        return text.replace(old, new, 1)

    return change


def cut(line: str) -> Change:
    return put(f"{line}\n", "")


def top(line: str) -> Change:
    return lambda text: f"{line}\n{text}"


def end(lines: str) -> Change:
    return lambda text: f"{text}{lines}\n"


TIMES = "x" * 3000
BAD: dict[str, tuple[Change | str | bytes, str]] = {
    # the file itself
    "empty": ("", "participant"),
    "only blanks": (" \n\n", "participant"),
    "not TOML": ("participant: me\n", "line 1"),
    "JSON": ('{"participant": "me"}', "TOML"),
    "a torn line": (put('profile = "tdd-2.0"', 'profile = "tdd'), "line 6"),
    "a key twice": (top('participant = "me"'), "overwrite"),
    "a table twice": (end('[dns]\nserver = "192.0.2.9"'), "twice"),
    "not UTF-8": (GOOD.replace("Agency", "Büro").encode("latin-1"), "UTF-8"),
    "UTF-16": (GOOD.encode("utf-16"), "UTF-8"),
    "too large": (GOOD.encode() + b"#" * 300_000, "octets"),
    "too deep": (end(f"x = {'[' * 3000}"), "TOML"),
    "a NUL": (put("Example", "\0"), "line 1"),
    "a number without end": (put("rate = 7.5", f"rate = {'9' * 5000}"), "TOML"),
    # keys
    "a key left out": (cut('participant = "Example Agency"'), "participant"),
    "a list left out": (cut('member_states = ["FI", "GR"]'), "member_states"),
    "a misspelt key": (put("member_states", "member_state"), "did you mean member_states?"),
    "a misspelt key in a table": (put("others", "other"), "did you mean others?"),
    "a misspelt table": (put("[dns]", "[dsn]"), "did you mean dns?"),
    "a misspelt limit": (put("give_up_after", "give_up"), "did you mean give_up_after?"),
    "a misspelt question": (put("procedure = ", "procedur = "), "did you mean procedure?"),
    "a key in the wrong table": (put("[base_urls]", "rate = 5\n[base_urls]"), "[limits]"),
    "a key of the top below": (end("majors = [1]"), "top of the file"),
    "a key that is not ours": (top("colour = 1"), "known here"),
    "a misspelt env": (put("{ env", "{ evn"), "did you mean env?"),
    # types
    "a text for a list": (put('["FI", "GR"]', '"FI"'), "a list"),
    "a number for a text": (put('"Example Agency"', "7"), "text in quotes"),
    "a text for a number": (put("7.5", '"fast"'), "a number"),
    "a fraction of an exchange": (put("give_up_after = 3", "give_up_after = 3.5"), "whole number"),
    "yes for a number": (put("give_up_after = 3", "give_up_after = true"), "whole number"),
    "a date for a text": (put('"Example Agency"', "2026-01-01"), "text in quotes"),
    "a number in a list": (put('"GR"]', "7]"), "text in quotes"),
    "a text for a table": (lambda _: f'tls = "x"\n{MINIMAL}', "a table"),
    "a list for a table": (end("[[headers.X]]\nenv = 'A'"), "headers.X"),
    "a number for questions": (lambda _: f"questions = 7\n{MINIMAL}", "a list"),
    # values
    "an empty name": (put("Example Agency", " "), "a few words"),
    "a key on two lines": ('"a\\nb" = 1\n' + GOOD, "a\\nb"),
    "a key that rules the terminal": ('"\\u001b]0;x\\u0007" = 1\n' + GOOD, "x1b]0;x"),
    "a header field on two lines": (
        put("[headers]", '[headers]\n"X-A\\r\\nEvil" = { env = "OOTS_TOKEN" }'), "X-A\\r"
    ),
    "a long key": (f'"{"x" * 900}" = 1\n' + GOOD, "xxx…"),
    "a name on two lines": (put("Example Agency", "a\\nb"), "one line"),
    "a long name": (put("Example Agency", TIMES), "2000"),
    "EL": (put('"GR"]', '"EL"]'), "use GR"),
    "a country in small letters": (put('"FI"', '"fi"'), "use FI"),
    "a country of no union": (put('"FI"', '"ZZ"'), "known are"),
    "no country": (put('["FI", "GR"]', "[]"), "empty list"),
    "a country twice": (put('"GR"]', '"FI"]'), "twice"),
    "a service of no kind": (put('"eb", "dsd"]', '"ebb"]'), "did you mean eb?"),
    "a service twice": (put('"eb", "dsd"]', '"eb", "eb"]'), "twice"),
    "an environment in full": (put('"testing"]', '"production"]'), "did you mean prod?"),
    "an environment that begins well": (put('"testing"]', '"acceptance"]'), "did you mean acc?"),
    "an environment like no other": (put('"testing"]', '"uat"]'), "write acc, for"),
    "a role of no kind": (put('"zone", "dir', '"zones", "dir'), "did you mean zone?"),
    "a profile of no kind": (put("tdd-2.0", "tdd-3.0"), "did you mean tdd-2.0?"),
    "major 0": (put("[1, 2]", "[0]"), "at least 1"),
    "a major twice": (put("[1, 2]", "[1, 1]"), "twice"),
    "no majors": (put("[1, 2]", "[]"), "empty list"),
    "a rate of nothing": (put("7.5", "0"), "at least"),
    "a rate beyond reason": (put("7.5", "1e9"), "at most"),
    "a rate that is no number": (put("7.5", "nan"), "finite, but saw nan"),
    "too many headers": (
        put("[headers]", "\n".join(("[headers]", *(f"X-{n}.env = 'A'" for n in range(40))))),
        "at most 32 entries, but saw 41",
    ),
    "an infinite rate": (put("7.5", "inf"), "a number"),
    "a time-out that is no time": (put("dns_timeout = 1.0", "dns_timeout = -1"), "at least"),
    "a time-out of a day": (put("total_timeout = 9", "total_timeout = 86400"), "at most"),
    "a total below its part": (put("total_timeout = 9", "total_timeout = 1"), "connect_timeout"),
    "patience of nothing": (put("give_up_after = 3", "give_up_after = 0"), "at least 1"),
    # where
    "a name server by name": (put("192.0.2.1:5300", "ns1.example"), "dig +short"),
    "half an address": (put("192.0.2.1:5300", "192.0.2"), "IP address"),
    "a port too high": (put(":5300", ":70000"), "65535"),
    "port 0": (put(":5300", ":0"), "65535"),
    "a port in words": (put(":5300", ":dns"), "65535"),
    "IPv6 with a port and no brackets": (put("[2001:db8::1]:53", "2001:db8::x:53"), "[2001:db8"),
    "IPv6 that may have a port": (put("[2001:db8::1]:53", "::1:5300"), "[::1]:5300"),
    "a name server twice": (put('"192.0.2.2"]', '"192.0.2.1:5300"]'), "twice"),
    "a zone that is not there": (put('zone_file = "zone"', 'zone_file = "zonne"'), "zonne"),
    "a zone that includes": (put('zone_file = "zone"', 'zone_file = "including"'), "g, line 1"),
    "an empty zone": (put('zone_file = "zone"', 'zone_file = "empty"'), "an empty file"),
    "a zone in Latin-1": (put('zone_file = "zone"', 'zone_file = "latin"'), "UTF-8"),
    "a zone that is a folder": (put('zone_file = "zone"', 'zone_file = "."'), "a folder"),
    "a zone that never ends": (put('zone_file = "zone"', 'zone_file = "/dev/zero"'), "a device"),
    "a zone in nobody's home": (put('zone_file = "zone"', 'zone_file = "~no_1/z"'), "no such file"),
    "a zone of no name": (put('zone_file = "zone"', 'zone_file = ""'), "name of a file"),
    "a path with a NUL": (put('zone_file = "zone"', 'zone_file = "a\\u0000"'), "name of a file"),
    "other servers without one": (cut('server = "192.0.2.1:5300"'), "a server beside it"),
    "a template without the country": (put("{country}.", ""), "without {country}"),
    "a template with a stranger": (put("{country}", "{country}{x}"), "{x}"),
    "a template that reaches inside": (put("{country}", "{country.real}"), "{country.real}"),
    "a template left open": (put("{country}", "{country"), "{country}"),
    "a template that is no name": (put(".example", ". example"), "DNS can have"),
    "a template too long": (put(".example", f".{'a' * 64}.example"), "DNS can have"),
    "an anchor of no form": (put("DS 1 13 2", "DS 1 13"), "DS record"),
    "an anchor cut short": (put('cdef"]', '"]'), "DS record"),
    "addresses of nobody": (put('addresses = "server"', 'addresses = "hosts"'), "system or server"),
    "an http URL": (put("https://eb", "http://eb"), "https"),
    "a URL without a host": (put("https://eb.example/eb/", "https:///eb/"), "https URL"),
    "a URL with a password": (put("https://eb", "https://a:hunter2@eb"), "user name"),
    "a URL with a fragment": (put('/eb/"', '/eb/#x"'), "fragment"),
    "a URL with a query": (put('/eb/"', '/eb/?x=1"'), "without a query"),
    "a URL with a token": (put('/eb/"', '/eb/?token=hunter2"'), "/eb/?…"),
    "a URL with a token by http": (put("https://eb.example/eb/", "http://e/?t=hunter2"), "?…"),
    "a URL with a port too high": (put(":8443", ":84430"), "https URL"),
    "a URL with a blank": (put('/eb/"', '/e b/"'), "https URL"),
    "a URL of half an address": (put("https://eb.example/eb/", "https://[::1/"), "https URL"),
    "a URL for nobody": (put("eb = ", "ebb = "), "eb-acc"),
    "a URL for another country": (put("FI-dsd-acc", "SE-dsd-acc"), "under test"),
    "a URL for EL": (put("FI-dsd-acc", "EL-dsd-acc"), "use GR"),
    "a table that is no overview": (put('"overview.csv"', '"words"'), ".csv"),
    "an overview that is not there": (put('"overview.csv"', '"none.csv"'), "none.csv"),
    # trust and secrets
    "no such anchor": (put('acc = "acc.pem"', 'acc = "ac.pem"'), "ac.pem"),
    "an empty anchor": (put('acc = "acc.pem"', 'acc = "empty"'), "empty file"),
    "an anchor in DER": (put('acc = "acc.pem"', 'acc = "der.pem"'), "openssl x509"),
    "an anchor that is torn": (put('acc = "acc.pem"', 'acc = "torn.pem"'), "cannot be read"),
    "an anchor that is a key": (put('acc = "acc.pem"', 'acc = "open.key"'), "private key"),
    "an anchor that is words": (put('acc = "acc.pem"', 'acc = "words"'), "BEGIN CERTIFICATE"),
    "an anchor that has expired": (put('acc = "acc.pem"', 'acc = "expired.pem"'), "expired on 20"),
    "an anchor of no environment": (put("prod = ", "uat = "), "known here"),
    "a CA that has expired": (put('"ca.pem"', '"expired.pem"'), "expired on 20"),
    "a CA that is words": (put('"ca.pem"', '"words"'), "BEGIN CERTIFICATE"),
    "a client that has expired": (
        lambda text: text.replace('"client.', '"expired-client.'), "tls.certificate",
    ),
    "a key of another": (put('"client.key"', '"other.key"'), "the key of the certificate"),
    "a key that is no key": (put('"client.key"', '"words"'), "one private key"),
    "a key that is not there": (put('"client.key"', '"nothing"'), "no such file"),
    "a password for an open key": (put('"client.key"', '"open.key"'), "no password"),
    "no password for a closed key": (cut('key_password = { env = "OOTS_KEY" }'), "a password"),
    "the wrong password": (put('env = "OOTS_KEY"', 'env = "OOTS_PROXY"'), "does not open it"),
    "a key without a certificate": (cut('certificate = "client.pem"'), "a certificate beside it"),
    "a literal password": (put('{ env = "OOTS_KEY" }', '"hunter2"'), "literal"),
    "a literal token": (put('{ env = "OOTS_TOKEN" }', '"hunter2"'), "literal"),
    "a literal number": (put('{ env = "OOTS_TOKEN" }', "1234"), "literal"),
    "a secret in the name's place": (put('"OOTS_TOKEN"', '"hunter2!"'), "environment variable"),
    "a variable that is not set": (put("OOTS_TOKEN", "OOTS_TOKENN"), "OOTS_TOKENN"),
    "a variable that is empty": (put("OOTS_TOKEN", "OOTS_EMPTY"), "at least 4"),
    "a secret on two lines": (put("OOTS_TOKEN", "OOTS_LINES"), "line feed"),
    "a token that no header carries": (put("OOTS_TOKEN", "OOTS_SNOW"), "Latin-1"),
    "a header of no name": (put("X-Api-Token", '"X Api"'), "header field"),
    "a header of ours": (put("X-Api-Token", "Accept-Version"), "of your own"),
    "a header twice": (put("[limits]", 'x-api-token = { env = "OOTS_KEY" }\n[limits]'), "once"),
    "a proxy by https": (put("http://proxy", "https://proxy"), "http URL"),
    "a proxy with a password": (put("http://proxy", "http://me:hunter2@proxy"), "user name"),
    "a proxy with a path": (put(":3128", ":3128/x"), "host and port"),
    "a proxy without a URL": (cut('url = "http://proxy.example:3128"'), "proxy"),
    "a user without a password": (cut('password = { env = "OOTS_PROXY" }'), "together"),
    "a password without a user": (cut('user = "me"'), "together"),
    "a user with a colon": (put('user = "me"', 'user = "m:e"'), "colon"),
    # questions
    "questions about another country": (put('member_state = "GR"', 'member_state = "SE"'), "none"),
    "questions asked twice": (cut('member_state = "GR"\nenvironment = "acc"'), "one entry"),
    "a country of no form": (put('procedure = "T1"', 'country = "Greece"'), "of the form"),
    "an empty procedure": (put('procedure = "T1"', 'procedure = ""'), "not empty"),
}  # fmt: skip
SET = {"OOTS_EMPTY": "", "OOTS_LINES": "one two\nthree", "OOTS_SNOW": "token ☃"}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_refused_in_one_line_that_says_what_and_where(
    kind: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in SET.items():
        monkeypatch.setenv(name, value)
    change, hint = BAD[kind]
    file = folder(tmp_path, change(GOOD) if callable(change) else change)

    code, out, err = told(["config", "--target", str(file)], capsys)

    assert code == 2, err
    assert out == ""
    assert err.endswith("\n")
    assert err[:-1].isprintable()
    assert hint in err
    assert "expected" in err
    assert "hunter2" not in err
    assert not [secret for secret in ENVIRONMENT.values() if secret in err]
    assert err.startswith(f"oots: {tmp_path}")
    assert len(err) < 800


def test_there_are_more_than_a_hundred_ways_to_be_bad() -> None:
    assert len(BAD) > 100


def test_the_line_is_that_of_the_value(tmp_path: Path) -> None:
    for wrong in ('"192.0.2"', 'addresses = "hosts"', "env = 'X Y'", 'procedure = ""'):
        text = {
            '"192.0.2"': GOOD.replace('"192.0.2.2"', wrong),
            'addresses = "hosts"': GOOD.replace('addresses = "server"', wrong),
            "env = 'X Y'": GOOD.replace('env = "OOTS_TOKEN"', wrong),
            'procedure = ""': GOOD.replace('procedure = "T1"', wrong),
        }[wrong]
        number = next(n for n, line in enumerate(text.splitlines(), 1) if wrong in line)

        with pytest.raises(UsageFault, match=rf"oots\.toml, line {number}, "):
            load(folder(tmp_path, text))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("missing.toml", "no such file"),
        (".", "a folder"),
        ("/dev/null", "a device"),
        ("a\nb", "a\\nb"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_as_such(
    name: str, hint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = told(["config", "--target", str(tmp_path / name)], capsys)

    assert code == 2
    assert len(err.splitlines()) == 1
    assert hint in err


@pytest.mark.skipif(ROOT, reason="root may read everything")
def test_a_file_that_must_not_be_read_is_told_as_such(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder(tmp_path)
    file.chmod(0)

    code, _, err = told(["config", "--target", str(file)], capsys)

    assert code == 2
    assert "permission denied" in err


def test_a_pipe_is_refused_rather_than_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe")

    code, _, err = told(["config", "--target", str(tmp_path / "pipe")], capsys)

    assert code == 2
    assert "a pipe" in err


def test_a_certificate_is_judged_as_of_a_given_day(tmp_path: Path) -> None:
    file = folder(tmp_path)

    with pytest.raises(UsageFault, match=r"expired on .* \(this machine's clock says"):
        read(file, at=datetime.now(UTC) + timedelta(days=4000))


LINES = GOOD.splitlines(keepends=True)
VALUES = (
    st.sampled_from(
        (
            "1", "-1", "1.5", "nan", "inf", "true", '""', '"x"', "[]", "[[]]", '["x", 1]', "{}",
            "{x = 1}", "[{}]", "1979-05-27", "07:32:00", '"https://[/"', '"\\u0000"',
            "99999999999999999999999", '"acc.pem"', '["FI"]', '{ env = "PATH" }', "{ env = 1 }",
            "'''\nx'''", '"{country"', '"system"', '"\\U0001F600"',
        )
    )
    | st.text(max_size=12).map(lambda text: f'"{text}"')
)  # fmt: skip
EDITS = st.lists(
    st.tuples(
        st.integers(0, len(LINES) - 1),
        st.sampled_from(("drop", "double", "value", "key", "cut", "insert", "move")),
        VALUES,
        st.integers(0, 60),
    ),
    min_size=1,
    max_size=3,
)


def edited(edits: list[tuple[int, str, str, int]]) -> str:
    lines = list(LINES)
    for at, act, value, place in edits:
        name, equals, said = lines[at].partition(" = ")
        match act:
            case "drop":
                lines[at] = "\n"
            case "double":
                lines[at] *= 2
            case "value" if equals:
                lines[at] = f"{name} = {value}\n"
            case "key" if equals:
                lines[at] = f"{name[: place % (len(name) + 1)]}x = {said}"
            case "cut":
                lines[at] = f"{lines[at][:place]}\n"
            case "insert":
                lines[at] = f"{value} = {value}\n{lines[at]}"
            case "move":
                lines[at], lines[place % len(lines)] = lines[place % len(lines)], lines[at]
    return "".join(lines)


@AT_ONCE
@given(EDITS)
def test_whatever_is_made_of_a_good_file_is_taken_or_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], edits: list[tuple[int, str, str, int]]
) -> None:
    file = folder(tmp_path, edited(edits).encode("utf-8", "surrogatepass"))

    code, out, err = told(["config", "--target", str(file)], capsys)

    assert code in (0, 2), err
    assert len(err.splitlines()) == (1 if code else 0)
    assert bool(out) == (code == 0)
    assert not [secret for secret in ENVIRONMENT.values() if secret in out + err]
