"""Allure results of a run, as allure-pytest would have written them, without pytest.

Names of files and ids follow from the record alone: writing twice gives the same files.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from allure_commons.model2 import (
    ATTACHMENT_PATTERN,
    Attachment,
    Label,
    Link,
    Parameter,
    Status,
    StatusDetails,
    TestResult,
)
from allure_commons.types import LabelType, LinkType, Severity

from harness.errors import UsageFault
from harness.files import unwritable
from harness.files import write as write_file
from harness.model import Blame, CheckResult, Exchange, Verdict
from harness.record import Record
from harness.record_lines import instant_of
from harness.reports import evidence, views
from harness.reports.context import Context, context_of
from harness.reports.words import links, shortened

FEW = 3
"""How many exchanges a result shows; a catalogue of checks may rest on dozens."""

LONGEST = 32_000
"""How many bytes of a request or a response are attached."""

_STATUS = {
    Verdict.PASSED: Status.PASSED,
    Verdict.WARNED: Status.PASSED,
    Verdict.FAILED: Status.FAILED,
    Verdict.BLOCKED: Status.BROKEN,
    Verdict.BROKEN: Status.BROKEN,
    Verdict.NOT_APPLICABLE: Status.SKIPPED,
    Verdict.WAIVED: Status.SKIPPED,
}
_SEVERITY = {
    "shall": Severity.CRITICAL,
    "should": Severity.NORMAL,
    "recommended": Severity.NORMAL,
    "may": Severity.MINOR,
}
_CATEGORIES = [
    {"name": "Blocked: not reached or not observed", "messageRegex": "(?s)blocked: .*"},
    {"name": "Broken: the harness itself", "messageRegex": "(?s)broken: .*"},
    {"name": "Failed: a shall is violated", "matchedStatuses": ["failed"]},
]
_BLAMED = [
    {"name": f"Not the subject's: {blame}", "messageRegex": f"(?s).*\nwhose: {blame}: .*"}
    for blame in (Blame.CONFIGURATION, Blame.NETWORK, Blame.HARNESS)
]
"""Before the others, because the first that matches is where a result is shown."""

_OURS = re.compile(r"[0-9a-f]{32}-(?:result\.json|attachment\.txt)(?:\.part)?")
"""The names of results and attachments of ours; allure-pytest writes hyphens into its own."""


def write(record: Record, folder: Path) -> None:
    """Write the results below a folder, in place of those of an earlier run.

    Files that are not ours stay. Raises `UsageFault` where that cannot be done, and then leaves no
    part of the results.
    """
    _clear(folder)
    try:
        for name, content in files(record):
            write_file(folder / name, content)
    except UsageFault:
        _clear(folder)
        raise


def _clear(folder: Path) -> None:
    """Remove results of ours, so that those of two runs never mix."""
    try:
        for path in folder.iterdir() if folder.is_dir() else ():
            if _OURS.fullmatch(path.name):
                path.unlink()
    except OSError as cause:
        raise unwritable(folder, cause) from None


def files(record: Record) -> Iterator[tuple[str, bytes]]:
    """Each file's name and content: results, the exchanges they show once each, and the setting."""
    roles = {entry["check"]: entry for entry in record.header["catalogue"]}
    beside, attached = context_of(record), dict[str, str]()
    for result in record.results:
        shown = _evidence(record, result)
        for exchange in shown:
            if exchange.id not in attached:
                attached[exchange.id] = _attachment(record, exchange)
                text = evidence.text(exchange, LONGEST)
                yield attached[exchange.id], text.encode("utf-8", "backslashreplace")
        case = _case(record, result, roles.get(result.check, {}), beside=beside)
        case.attachments = [Attachment(e.id, attached[e.id], "text/plain") for e in shown]
        case.start, case.stop = _span(record, shown)
        yield TestResult.file_pattern.format(prefix=case.uuid), _json(case)
    yield "categories.json", _json([*(_BLAMED if beside.attributions else ()), *_CATEGORIES])
    yield "environment.properties", _setting(record)


def _case(
    record: Record, result: CheckResult, entry: dict[str, str], *, beside: Context
) -> TestResult:
    path = entry.get("path", f"{result.chapter}::{result.check}")
    full_name = path.replace("/", ".").replace(".py::", "#")
    who = (result.member_state, result.service, result.environment)
    history = _ident(full_name, *who)
    return TestResult(
        uuid=_ident(record.header["run"], history),
        historyId=history,
        testCaseId=_ident(full_name),
        fullName=full_name,
        name=f"{result.check} {result.title} [{views.subject(result)}]",
        titlePath=[result.chapter, result.check],
        description=_description(record, result, entry, beside=beside),
        status=_STATUS[result.verdict],
        statusDetails=_details(result, beside),
        stage="finished",
        labels=_labels(result, entry, beside),
        links=[Link(LinkType.LINK, url, name) for name, url in links(result.clause)],
        parameters=[
            Parameter("Member State", result.member_state),
            Parameter("service", result.service),
            Parameter("environment", result.environment),
        ],
    )


def _labels(result: CheckResult, entry: dict[str, str], beside: Context) -> list[Label]:
    found = beside.attribution(result)
    severity = _SEVERITY.get(result.keyword, Severity.NORMAL).value
    named = (
        (LabelType.EPIC, entry.get("role", result.service)),
        (LabelType.FEATURE, result.chapter),
        (LabelType.STORY, result.requirement),
        (LabelType.SEVERITY, severity),
        (LabelType.PARENT_SUITE, result.chapter),
        (LabelType.SUITE, f"{result.check} {result.title}"),
        (LabelType.SUB_SUITE, result.member_state),
        (LabelType.FRAMEWORK, "oots"),
        (LabelType.LANGUAGE, "python"),
        (LabelType.TAG, str(result.verdict)),
        (LabelType.TAG, f"blame: {found.blame}" if found else None),
        (LabelType.TAG, "repeat" if beside.repeat(result) else None),
        (LabelType.TAG, result.tag),
    )
    return [Label(str(name), value) for name, value in named if value]


def _description(
    record: Record, result: CheckResult, entry: dict[str, str], *, beside: Context
) -> str:
    by_hand = beside.by_hand(result)
    lines = (
        entry.get("statement"),
        f"Written in: {result.clause} ({result.keyword})",
        f"Requirements: {', '.join(result.requirements)}",
        *(f"{label.capitalize()}: {text}" for label, text in beside.notes(result)),
        f"Reproduce: `{views.reproduction(record, result)}`",
        f"By hand: `{by_hand}`" if by_hand else None,
    )
    return "\n\n".join(line for line in lines if line)


def _details(result: CheckResult, beside: Context) -> StatusDetails | None:
    """What Allure shows beside the status; a pass on repeat is flaky, and says what it was."""
    found, repeat = beside.attribution(result), beside.repeat(result)
    told = [f"whose: {found.blame}: {found.why}"] if found else []
    told += [repeat] if repeat else []
    if result.verdict is Verdict.PASSED:
        return StatusDetails(message=repeat, flaky=True) if repeat else None
    if result.tag:
        text = f"{result.tag}\nexpected: {result.expected}\nseen: {result.seen}"
        prefix = "" if result.verdict is Verdict.FAILED else f"{result.verdict}: "
        message = "\n".join((f"{prefix}{text}", *told))
        return StatusDetails(message=message, trace=result.detail)
    return StatusDetails(message="\n".join((f"{result.verdict}: {result.detail}", *told)))


def _evidence(record: Record, result: CheckResult) -> tuple[Exchange, ...]:
    held = (record.exchanges.get(ident) for ident in result.evidence[:FEW])
    return tuple(exchange for exchange in held if exchange)


def _attachment(record: Record, exchange: Exchange) -> str:
    prefix = _ident(record.header["run"], exchange.id)
    return str(ATTACHMENT_PATTERN.format(prefix=prefix, ext="txt"))


def _span(record: Record, shown: tuple[Exchange, ...]) -> tuple[int, int]:
    """When the evidence was seen, in milliseconds since 1970; the start of the run without any."""
    starts = [exchange.at.timestamp() for exchange in shown]
    ends = [exchange.at.timestamp() + exchange.elapsed for exchange in shown]
    base = instant_of(record.header["started"]).timestamp()
    return round(1000 * min(starts, default=base)), round(1000 * max(ends, default=base))


def _setting(record: Record) -> bytes:
    versions = record.header["versions"]
    lines = (
        f"run={record.header['run']}",
        f"target={record.header['target']['name']}",
        f"harness={versions.get('harness')}",
        f"python={versions.get('python')}",
    )
    return "".join(f"{' '.join(line.splitlines())}\n" for line in lines).encode("ascii", "replace")


def _filled(item: object) -> dict[str, object]:
    """An item of Allure's model as its own logger writes it: nothing that is empty, or endless."""
    return {
        name: shortened(value) if isinstance(value, str) else value
        for name, value in vars(item).items()
        if value or value is False
    }


def _ident(*parts: str) -> str:
    return hashlib.sha256("/".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:32]


_ENCODER = json.JSONEncoder(default=_filled)


def _json(value: object) -> bytes:
    return _ENCODER.encode(value).encode()
