"""Small records of every kind of result, and how to look into a report of one."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

from lxml import html as lxml_html

from harness.model import REFERENCE, Blame, CheckResult, Control, Exchange, Finding, Verdict
from harness.record import Record
from harness.record_lines import waiver_facts
from harness.reports import html, junit
from harness.reports.words import MEMBER_STATES
from harness.waivers import Waiver, waived

NOW = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
CHECKS = (
    ("DISC-01", "discovery", "shall", "zone"),
    ("DISC-03", "discovery", "shall", "zone"),
    ("LOOK-01", "lookup", "shall", "directory"),
    ("CACHE-02", "caching", "should", "directory"),
)
TRACE = "Traceback (most recent call last):\n  in f\nKeyError: 'slot'"
QUESTION = b"GET /eb/ HTTP/1.1\r\n\r\n"


def exchange(ident: str, response: bytes | None = b"HTTP/1.1 200\r\n\r\n<a/>") -> Exchange:
    return Exchange(ident, "https", "eb.test", NOW, 0.5, QUESTION, response, None)


def result(check: str, member_state: str, verdict: Verdict, **told: Any) -> CheckResult:
    _, chapter, keyword, _ = next(entry for entry in CHECKS if entry[0] == check)
    facts: dict[str, Any] = {"tag": None, "expected": None, "seen": None, "detail": None} | told
    return CheckResult(
        check=check,
        title=f"The title of {check}",
        chapter=chapter,
        requirement=f"{chapter}.one",
        requirements=(f"{chapter}.one", f"{chapter}.two"),
        keyword=keyword,
        clause="TDD 3.4, section 3",
        member_state=member_state,
        verdict=verdict,
        **({"service": "eb", "environment": "acc", "evidence": ("x1",)} | facts),
    )


def header(**changes: object) -> dict[str, object]:
    return {
        "schema": 1,
        "run": "20260901T083000Z-3f9a",
        "started": NOW.isoformat(),
        "versions": {"harness": "0.1.0", "python": "3.11.7", "libraries": {"lxml": "6.1"}},
        "rules": "1" * 64,
        "asked": "2" * 64,
        "of_whom": "3" * 64,
        "target": {"name": "embedded landscape"},
        "selection": {"environments": ["acc"]},
        "catalogue": [
            {
                "check": check,
                "title": f"The title of {check}",
                "chapter": chapter,
                "severity": "failed",
                "keyword": keyword,
                "requirement": f"{chapter}.one",
                "role": role,
                "path": f"suites/{chapter}/test_one.py::test_{check}",
            }
            for check, chapter, keyword, role in CHECKS
        ],
        "not_tested": [
            {"requirement": "caching.store", "clause": "TDD 3.4", "reason": "cannot be observed"}
        ],
        "fault": None,
        **changes,
    }


def record(*results: CheckResult, complete: bool = True, **changes: object) -> Record:
    """A record as it would be read back."""
    footer = {"complete": True, "reason": None, "ended": NOW.isoformat()} if complete else None
    held = {ident: exchange(ident) for r in results for ident in r.evidence}
    return Record(header(**changes), held, results, footer, torn=False)


FAILED = {"tag": "naptr-root-not-https", "expected": "https://<host>", "seen": "http://a.test/"}
BLOCKED = "the answer: http://{}.test/eb/ is not https; see DISC-03"


@cache
def mixed() -> Record:
    """Every verdict, in several chapters and Member States."""
    return record(
        *(result("DISC-01", who, Verdict.PASSED) for who in MEMBER_STATES),
        *(result("DISC-03", who, Verdict.FAILED, **FAILED) for who in ("FI", "DE", "GR")),
        result("DISC-03", "FI", Verdict.FAILED, **(FAILED | {"service": "dsd", "seen": "ftp://"})),
        result("DISC-03", "FR", Verdict.PASSED),
        result("LOOK-01", "FI", Verdict.BLOCKED, detail=BLOCKED.format("fi")),
        result("LOOK-01", "DE", Verdict.BLOCKED, detail=BLOCKED.format("de")),
        result("LOOK-01", "SE", Verdict.BROKEN, detail=TRACE),
        result("CACHE-02", "MT", Verdict.WARNED, tag="no-max-age", expected="a", seen="b"),
        result("CACHE-02", "AT", Verdict.WAIVED, tag="no-max-age", expected="a", seen="b"),
        result("CACHE-02", "BE", Verdict.NOT_APPLICABLE, detail="nothing to cache", evidence=()),
        fault="root_without_tls",
    )


CLOCK = Finding(
    "clock",
    "Is the clock of this machine right?",
    Blame.CONFIGURATION,
    expected="the time of the name server and of HTTPS, within 30 s",
    seen="2 h behind",
    fix="set the clock, for example with `timedatectl set-ntp true`",
    explains=("CACHE-*",),
    evidence=("d1",),
)
SOUND = Finding("dns-udp", "Does the name server answer over UDP?", evidence=("d2",))
NOT_MADE = Finding("proxy", "Does the proxy answer?", skipped="no proxy is set")
FATAL = replace(CLOCK, probe="dns-tcp", title="Does the name server answer?", fatal=True)
WAIVER = Waiver(
    check="DISC-01",
    tag=None,
    checks=("DISC-01",),
    member_state="SE",
    service=None,
    environment="acc",
    reason="The entry is published with the new contract",
    owner="Ada Lovelace",
    expires=date(2026, 10, 31),
    ticket="JIRA-77",
)
EXPIRED = replace(WAIVER, member_state="FI", expires=date(2026, 8, 30))
HEALED = replace(WAIVER, check="LOOK-01", checks=("LOOK-01",), member_state="DK")
IDLE = replace(WAIVER, member_state="LU")
TARGET_FILE = "my targets/oots.toml"
DIG_REQUEST = "1/8BAAABAAAAAAABAmZpAmViBHRlc3QAACMAAQAAKQTQAAAAAAAA"
"""A query for the NAPTR records of fi.eb.test, in base64."""


def controlled(judged: CheckResult, path: str, verdict: Verdict) -> Control:
    return Control(path, replace(judged, verdict=verdict, evidence=("c1",)))


@cache
def troubled() -> Record:
    """A run on somebody's own target: every blame, the doctor, waivers, a zone file, a repeat."""
    ours = result("DISC-03", "DE", Verdict.FAILED, **FAILED)
    theirs = replace(
        result("DISC-03", "FI", Verdict.FAILED, **FAILED),
        source="cs.zone, line 12",
        evidence=("x1", "x2"),
    )
    way = result("LOOK-01", "FI", Verdict.FAILED, tag="not-xml", expected="XML", seen="<html>")
    text = replace(
        result("LOOK-01", "DE", Verdict.FAILED, tag="flag-case", expected="U", seen="u"),
        readings=(("upper", Verdict.FAILED), ("either", Verdict.PASSED)),
    )
    clock = result("CACHE-02", "FI", Verdict.WARNED, tag="too-old", expected="fresh", seen="old")
    stuck = result("CACHE-02", "DE", Verdict.BLOCKED, detail="eb.test: the answer: is too old")
    settled = waived(result("DISC-01", "SE", Verdict.FAILED, **FAILED), (WAIVER,), NOW.date())
    of = record(
        *(ours, theirs, way, text, clock, stuck, settled),
        result("LOOK-01", "DK", Verdict.PASSED),
        result("DISC-01", "FI", Verdict.FAILED, **(FAILED | {"tag": "no-entry"})),
        waivers=[waiver_facts(waiver) for waiver in (WAIVER, EXPIRED, HEALED, IDLE)],
        repeats={
            "run": "20260831T101500Z-77aa",
            "verdicts": [
                ["LOOK-01", "DK", "eb", "acc", "failed"],
                ["DISC-03", "FI", "eb", "acc", "failed"],
            ],
        },
        target_file=TARGET_FILE,
        target={"name": "Ministry", "reached": {"nameserver": "192.0.2.7 port 5300"}},
    )
    query = replace(exchange("x2"), protocol="dns/udp", request=b64decode(DIG_REQUEST))
    return replace(
        of,
        exchanges={**of.exchanges, "x2": query, **{i: exchange(i) for i in ("c1", "d1", "d2")}},
        findings=(SOUND, CLOCK, NOT_MADE),
        controls=(
            controlled(ours, REFERENCE, Verdict.BROKEN),
            controlled(theirs, REFERENCE, Verdict.PASSED),
            controlled(way, "name server 192.0.2.8 port 53", Verdict.PASSED),
            controlled(text, REFERENCE, Verdict.PASSED),
        ),
    )


COUNTS = {
    Verdict.FAILED: 4,
    Verdict.BROKEN: 1,
    Verdict.BLOCKED: 2,
    Verdict.WARNED: 1,
    Verdict.WAIVED: 1,
    Verdict.PASSED: 28,
    Verdict.NOT_APPLICABLE: 1,
}


def page(of: Record) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(html.render(of))


def text(element: Any) -> str:
    return " ".join(element.text_content().split())


def cases(of: Record) -> list[ET.Element]:
    return list(ET.fromstring(junit.render(of)).iter("testcase"))
