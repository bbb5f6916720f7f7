"""`oots verify` as a person or a pipeline uses it, on answers made for the test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.captured import captured, header_fields
from harness.cli.main import main
from harness.cli.verify import instant
from harness.errors import UsageFault
from harness.lookup import DATA_SERVICES_QUERY, REQUIREMENTS_QUERY
from harness.model import CheckResult, HttpResponse, Service, Specimen
from suites.selftest import crafted_answers as crafted
from suites.selftest.crafted_answers import NOW, anchors, sealed
from suites.selftest.crafted_flaws import flawed

AT = NOW.isoformat()
DSD_URL = f"https://dsd.example/dsd/rest/search?queryId={DATA_SERVICES_QUERY}&country-code=FR"


@dataclass(frozen=True, slots=True)
class Files:
    """An answer as files."""

    folder: Path

    @property
    def body(self) -> Path:
        return self.folder / "answer.xml"

    @property
    def headers(self) -> Path:
        return self.folder / "answer.headers"

    @property
    def trust(self) -> Path:
        return self.folder / "root.pem"

    def command(self, *more: str) -> list[str]:
        files = ("--body", str(self.body), "--headers", str(self.headers))
        return ["verify", *files, "--trust", str(self.trust), "--at", AT, *more]


def write(folder: Path, response: HttpResponse, *, head: Sequence[str] = ()) -> Files:
    files = Files(folder)
    lines = [*head, *(f"{name}: {value}" for name, value in response.headers)]
    files.body.write_bytes(response.body)
    files.headers.write_text("\n".join(lines), "latin-1")
    files.trust.write_bytes(anchors())
    return files


def parsed(text: str) -> tuple[int | None, tuple[tuple[str, str], ...]]:
    return header_fields(Path("answer.headers"), text.encode("latin-1"))


def test_a_sound_answer_ends_with_exit_code_zero(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = write(tmp_path, sealed())

    code = main(files.command())

    text = capsys.readouterr().out
    assert code == 0, text
    assert "as of 2026-06-01T12:00:00Z" in text
    assert "CACHE-01  no-caching-headers" in text
    assert "needs a live directory, not one captured answer" in text
    assert "needs a live zone, not one captured answer" in text
    assert "Exit code 0: conformant." in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_failure_is_shown_first_with_what_was_expected_and_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = write(tmp_path, sealed())
    files.trust.write_bytes(anchors("another"))

    code = main(files.command())

    text = capsys.readouterr().out
    assert code == 1
    assert text.index("FAILED (1)") < text.index("WARNED") < text.index("passed")
    assert "SIG-17  chain-not-trusted" in text
    assert "expected:  a path to another" in text
    assert "clause:    RFC 5280, section 6.1 (shall)" in text


@pytest.mark.parametrize(
    ("tag", "response"),
    {tag: (tag, response) for tag, response in flawed()}.values(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_flaw_is_named_in_the_json(
    tag: str, response: HttpResponse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = write(tmp_path, response)

    code = main(files.command("--json"))

    results = json.loads(capsys.readouterr().out)["results"]
    found = [r for r in results if r["verdict"] in ("failed", "warned")]
    assert [r["tag"] for r in found if r["chapter"] == "signature"] == [tag]
    verdicts = {r["verdict"] for r in results}
    assert code == (1 if "failed" in verdicts else 3 if "blocked" in verdicts else 0)


def test_the_json_is_one_object_with_every_field_of_every_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = write(tmp_path, sealed())

    main(files.command("--json", "--query-url", DSD_URL))

    report = json.loads(capsys.readouterr().out)
    assert (report["service"], report["kind"], report["exit"]) == ("dsd", None, 0)
    assert report["notes"] == ["no status line in the header file: the HTTP status is not judged"]
    for result in report["results"]:
        assert set(result) == {field.name for field in fields(CheckResult)}


LOOK = ("LOOK-07", "LOOK-39", "LOOK-40", "LOOK-43")


@pytest.mark.parametrize(
    ("query", "look"),
    [
        (None, {}),
        (f"{DATA_SERVICES_QUERY}&country-code=FR", {}),
        (f"{DATA_SERVICES_QUERY}&country-code=FR&evidence-type-classification=x", {}),
        ("urn:fdc:oots:dsd:ebxml-regrep:queries:no-such-query", {"LOOK-39": "failed"}),
    ],
    ids=["no question", "incomplete", "complete", "unknown"],
)
def test_a_refusal_is_not_compared_with_itself(
    query: str | None, look: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = write(tmp_path, sealed())
    url = f"https://dsd.example/dsd/rest/search?queryId={query}"

    main(files.command("--json", *(("--query-url", url) if query else ())))

    results = json.loads(capsys.readouterr().out)["results"]
    judged = {r["check"]: r["verdict"] for r in results if r["check"] in LOOK}
    of_another_kind = dict.fromkeys(LOOK, "not applicable")
    assert judged == of_another_kind | look


def test_nothing_is_judged_about_trust_without_an_anchor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = write(tmp_path, sealed())

    code = main(["verify", "--body", str(files.body), "--headers", str(files.headers), "--at", AT])

    text = capsys.readouterr().out
    assert code == 0
    assert "note: no --trust: who vouches for the signer is not judged" in text
    assert "1 check, no trust anchor given: SIG-17" in text
    assert text.splitlines()[-1] == (
        "Exit code 0: conformant; the signer was not judged (no --trust)."
    )


def test_without_at_the_present_decides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = (datetime(2001, 1, 1, tzinfo=UTC), datetime(2001, 2, 1, tzinfo=UTC))
    files = write(tmp_path, crafted.with_leaf(validity=old))

    code = main(files.command()[:-2])

    assert code == 1
    assert "certificate-expired" in capsys.readouterr().out


def test_a_terminal_of_few_letters_is_enough(tmp_path: Path) -> None:
    files = write(tmp_path, crafted.with_members(alg="\u00e9" * 500))
    environ = {**os.environ, "PYTHONIOENCODING": "ascii"}

    ended = subprocess.run(
        [sys.executable, "-m", "harness.cli.main", *files.command()],
        check=False,
        capture_output=True,
        env=environ,
        cwd=tmp_path,
    )

    assert ended.returncode == 1
    assert b"algorithm-not-allowed" in ended.stdout
    assert ended.stderr == b""


def test_a_body_that_is_no_answer_is_judged_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = write(tmp_path, sealed())
    files.body.write_bytes(b"\x00 not xml")

    code = main(files.command())

    text = capsys.readouterr().out
    assert code == 1
    assert "its content tells neither its service nor its kind; as of" in text
    assert "body-not-covered" in text


@pytest.mark.parametrize(
    ("option", "content", "said"),
    [
        ("--headers", b"digest SHA-256=abc\n", "line 1: expected name: value"),
        ("--headers", b"a: b\n\n folded: c\n", "line 3: expected name: value"),
        ("--headers", b"a: b\nHTTP/1.1 200 OK\n", "line 2: expected name: value"),
        ("--headers", b"a: b\x1b[31m\n", "line 1: expected name: value"),
        ("--headers", b"\n\n", "expected one header field a line, but saw no field"),
        ("--headers", b"a: b\n" * 300_000, "expected at most 1048576 octets"),
        ("--trust", b"not a certificate", "expected one or more certificates in PEM form"),
        ("--trust", b"", "expected one or more certificates in PEM form"),
        ("--body", b" " * (16 * 1024 * 1024 + 1), "expected at most 16777216 octets"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_line(
    option: str, content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = write(tmp_path, sealed())
    flawed = {"--headers": files.headers, "--trust": files.trust, "--body": files.body}[option]
    flawed.write_bytes(content)

    code = main(files.command())

    told = capsys.readouterr()
    assert code == 2
    assert told.out == ""
    assert said in told.err
    assert told.err.startswith(f"oots: {option} {flawed}")
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("option", ["--body", "--headers", "--trust"])
@pytest.mark.parametrize("missing", ["absent", "."])
def test_a_file_that_cannot_be_read_is_named(
    option: str, missing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = write(tmp_path, sealed()).command()
    command[command.index(option) + 1] = str(tmp_path / missing)

    code = main(command)

    told = capsys.readouterr().err
    assert code == 2
    assert told.startswith(f"oots: {option} {tmp_path / missing}: expected a file that can be read")


@pytest.mark.parametrize(
    "url", ["", "dsd.example", "ftp://a/", "https://[", "https://a/\n", "http:"]
)
def test_a_url_that_was_never_asked_is_refused(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = write(tmp_path, sealed())

    code = main(files.command(f"--query-url={url}"))

    assert code == 2
    assert "oots: --query-url: expected the URL that was asked" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["now", "2026-11-21", "2026-11-21T12:00:00", "", "9" * 50])
def test_an_instant_without_its_zone_is_refused(text: str) -> None:
    with pytest.raises(UsageFault, match="time zone"):
        instant(text)


def test_an_instant_may_be_of_any_zone() -> None:
    assert instant("2026-06-01T14:00:00+02:00") == NOW


def test_a_status_line_may_come_first() -> None:
    assert parsed("HTTP/2 404 \r\nA: b\r\n\r\n") == (404, (("A", "b"),))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "before",
    [
        "HTTP/1.1 200 Connection established\n\n",
        "HTTP/1.1 301 Moved\nLocation: /\nA: c\n\n",
        "HTTP/1.1 200 Connection established\n\nHTTP/1.1 100 Continue\n \n",
    ],
)
def test_the_last_of_several_responses_is_read(before: str, end: str) -> None:
    text = f"{before}HTTP/2 404\nA: b\n\n".replace("\n", end)

    assert parsed(text) == (404, (("A", "b"),))


def test_that_several_responses_were_found_is_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dated = "Date: Mon, 01 Jun 2026 12:00:00 GMT"
    head = ("HTTP/1.1 200 Connection established", "", "HTTP/1.1 200 OK", dated)
    files = write(tmp_path, sealed(), head=head)

    code = main(files.command("--json"))

    notes = json.loads(capsys.readouterr().out)["notes"]
    assert code == 0
    assert "the header file holds 2 responses, one after the other: the last is judged" in notes


def test_swapped_files_are_suspected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = write(tmp_path, sealed())
    swapped = Files(tmp_path)
    command = ["verify", "--body", str(swapped.headers), "--headers", str(files.body)]

    code = main(command)

    assert code == 2
    assert capsys.readouterr().err.endswith("; are --body and --headers swapped?\n")


def test_a_body_of_header_fields_is_suspected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = write(tmp_path, sealed(), head=("HTTP/1.1 200 OK",))
    files.body.write_bytes(files.headers.read_bytes())

    main(files.command())

    assert "like header fields: are --body and --headers swapped?" in capsys.readouterr().out


def test_what_is_blocked_for_one_reason_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = write(tmp_path, sealed())
    files.body.write_bytes(b"<x/>")

    main(files.command())

    text = capsys.readouterr().out
    blocked = text[text.index("BLOCKED (") : text.index("WARNED (")]
    assert blocked.count("see LOOK-01") == 1
    assert " checks: it cannot be read (regrep-not-a-query-response); see LOOK-01\n" in blocked
    assert "LOOK-04, LOOK-05" in blocked


def test_white_space_around_a_value_is_not_part_of_it() -> None:
    assert parsed("A:  b c \t\r\nB:\n") == (None, (("A", "b c"), ("B", "")))


@given(st.text(st.characters(codec="latin-1"), max_size=200))
def test_header_files_are_read_or_refused(text: str) -> None:
    try:
        _, found = parsed(text)
    except UsageFault:
        return

    assert found
    assert all(name and name.isascii() and value == value.strip(" \t") for name, value in found)


@pytest.mark.parametrize(
    ("query", "service", "kind"),
    [
        (DATA_SERVICES_QUERY, Service.DSD, None),
        (REQUIREMENTS_QUERY, Service.EB, None),
        ("urn:x", Service.DSD, Specimen.UNKNOWN_QUERY),
    ],
)
def test_the_question_outranks_the_content(
    query: str, service: Service, kind: Specimen | None, tmp_path: Path
) -> None:
    files = write(tmp_path, sealed())
    url = f"https://cs.example/rest/search?queryId={query}"

    case = captured(files.body, files.headers, trust=None, query_url=url, at=NOW)

    assert (case.answer.service, case.answer.specimen) == (service, kind)
    assert case.exchange.protocol == "file"
    assert case.exchange.request.startswith(b"GET /rest/search?queryId=")
    assert case.exchange.response
    assert case.exchange.response.endswith(crafted.BODY)
