"""The report as one HTML file: no script, nothing fetched, readable on paper and by ear.

It answers in this order: what is the verdict, what is wrong, how much was asked, what was not
judged and why, and by which method. Colour repeats what a word says already.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from pathlib import Path

from harness.model import Verdict
from harness.record import Record
from harness.record_lines import instant_of
from harness.reports import views
from harness.reports.context import context_of, repeat_told
from harness.reports.headline import exit_words, headline, mark, reservations
from harness.reports.html_context import sections as sections_beside
from harness.reports.html_findings import findings_section, unjudged_section
from harness.reports.html_readings import profile, readings_section
from harness.reports.html_tables import chapter_section, checks_section, member_section
from harness.reports.markup import Html, el
from harness.reports.words import MEANING, SYMBOL, code, listed

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_PARTS = (
    ("failures", "Failures"),
    ("warnings", "Warnings"),
    ("chapters", "Chapters"),
    ("member-states", "Member States"),
    ("readings", "Readings"),
    ("not-judged", "Not judged"),
    ("checks", "Checks"),
    ("method", "Method"),
)


def render(record: Record) -> str:
    """The page."""
    word, _ = headline(record)
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        el("meta", name="color-scheme", content="light dark"),
        el("title", f"{word}: {record.header['target']['name']}, {record.header['run']}"),
        el("style", Html((Path(__file__).parent / "report.css").read_text("utf-8"))),
    )
    body = el(
        "body",
        el("a", "Skip to the findings", class_="skip", href="#failures"),
        el("header", _verdict(record), _figures(record), _facts(record), class_="top"),
        el("nav", el("ul", *_contents(record)), aria_label="Contents"),
        el("main", *_sections(record)),
        el("footer", el("p", _DISCLAIMER)),
    )
    return f"<!doctype html>\n{el('html', head, body, lang='en')}\n"


_DISCLAIMER = (
    "Computed by this harness from the exchanges in run.jsonl; not a statement of the European"
    " Commission. A requirement that was not tested is not a requirement that is met."
)


def _contents(record: Record) -> Iterable[Html]:
    beside = [(anchor, title) for anchor, title, _ in sections_beside(record)]
    return (el("li", el("a", title, href=f"#{anchor}")) for anchor, title in (*beside, *_PARTS))


def _sections(record: Record) -> Iterable[Html]:
    beside = context_of(record)
    yield from (content for *_, content in sections_beside(record))
    failures = (Verdict.FAILED, Verdict.WAIVED)
    yield findings_section(record, failures, beside, anchor="failures", title="Failures")
    yield findings_section(record, (Verdict.WARNED,), beside, anchor="warnings", title="Warnings")
    yield chapter_section(record)
    yield member_section(record)
    yield readings_section(record)
    yield unjudged_section(record, beside)
    yield checks_section(record)
    yield _method(record)


def _verdict(record: Record) -> Html:
    word, basis = headline(record)
    shown = mark(record)
    fault = record.header.get("fault")
    return el(
        "div",
        el("p", "OOTS Common Services: conformance report", class_="eyebrow"),
        el("h1", el("span", SYMBOL[shown], class_="symbol", aria_hidden="true"), " ", word),
        el("p", f"{basis[:1].upper()}{basis[1:]} {reservations(record)}", class_="lead"),
        el("p", "Seeded fault: ", el("code", fault), ". What it breaks is meant to fail.")
        if fault
        else None,
        class_=f"verdict {_style(shown)}",
    )


def _figures(record: Record) -> Html:
    found, plan = views.counts(record.results), views.planned(record)
    lacking = plan is not None and not record.complete
    return el(
        "dl",
        _figure(f"results of {plan:,}" if lacking else "results", len(record.results), "all"),
        *(
            _figure(verdict, count, _style(verdict) if count else "none")
            for verdict, count in found.items()
            if count or verdict is not Verdict.WAIVED
        ),
        class_="figures",
    )


def _figure(word: str, count: int, style: str) -> Html:
    return el("div", el("dt", word.capitalize()), el("dd", f"{count:,}"), class_=style)


def _facts(record: Record) -> Html:
    header, footer = record.header, record.footer or {}
    rows = (
        ("Of whom", header["target"]["name"]),
        ("Asked", _asked(header["selection"])),
        ("Rules", profile(record)),
        ("Run", header["run"]),
        ("Repeat", _capital(repeat_told(record))),
        ("Redacted", listed(header.get("redacted", ())) if header.get("redacted") else None),
        ("Started", _instant(header["started"])),
        ("Ended", _instant(footer["ended"]) if footer else "not recorded: the run was broken off"),
        ("Exit code", f"{int(record.exit)}: {exit_words(record)}"),
    )
    shown = (el("div", el("dt", k), el("dd", v)) for k, v in rows if v is not None)
    return el("dl", *shown, class_="facts")


def _capital(text: str | None) -> str | None:
    return text and f"{text[:1].upper()}{text[1:]}"


def _instant(text: str) -> str:
    return f"{instant_of(text).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _asked(selection: Mapping[str, object]) -> str:
    """What was selected, in words; what was left open means all of it.

    >>> _asked({"services": ["dsd"], "member_states": ["DE", "FI"], "environments": ["acc"]})
    'every check, of the DSD of DE and FI, in the environment acc'
    """
    chosen = {
        name: _words(value) for name, value in selection.items() if value and name != "profile"
    }
    checks, chapters = chosen.pop("checks", []), chosen.pop("chapters", [])
    services = [word.upper() for word in chosen.pop("services", [])] or ["EB", "DSD"]
    whom = [code(who) for who in chosen.pop("member_states", [])] or ["every Member State"]
    environments = chosen.pop("environments", [])
    told = [
        f"{_several('check', checks)}" if checks else "every check",
        f"{_several('chapter', chapters)}" if chapters else "",
        f"of the {listed(services)} of {listed(whom)}",
        f"in {_several('the environment', environments)}" if environments else "",
        *(f"{name.replace('_', ' ')} {listed(words)}" for name, words in chosen.items()),
    ]
    return ", ".join(part for part in told if part)


def _several(noun: str, words: Sequence[str]) -> str:
    return f"{noun}{'s' if len(words) > 1 else ''} {listed(words)}"


def _words(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _method(record: Record) -> Html:
    header = record.header
    rows = (
        ("Rules", header["rules"], "checks, requirements and levels that verdicts follow from"),
        ("Asked", header["asked"], "those rules and the selection"),
        ("Of whom", header["of_whom"], "the target, without its ports and keys"),
    )
    hashes = (
        el("div", el("dt", name), el("dd", el("code", value), el("br"), meaning))
        for name, value, meaning in rows
    )
    target = json.dumps(header["target"], indent=1, ensure_ascii=False)
    return el(
        "section",
        el("h2", "Method", id="method-title"),
        el("p", _METHOD),
        el("h3", "What the verdicts mean"),
        el(
            "dl",
            *(el("div", _mark(v), el("dd", MEANING[v])) for v in SYMBOL),
            class_="words",
        ),
        el("h3", "What makes two runs comparable"),
        el("p", "SHA-256 over each; equal figures mean equal rules, questions or targets."),
        el("dl", *hashes, class_="facts wide"),
        el("h3", "Versions"),
        el("p", _versions(header["versions"])),
        el("details", el("summary", "The target, as recorded"), el("pre", target, tabindex="0")),
        aria_labelledby="method-title",
        id="method",
    )


_METHOD = (
    "Each check puts its questions to the subject, keeps every request and answer, and compares"
    " them with one requirement. A failure rests on the subject's own answer. What could not be"
    " reached is blocked, and what the harness got wrong is broken: neither counts for or against"
    " the subject. A check that ended well without having seen an answer is broken."
)


def _mark(verdict: Verdict) -> Html:
    return el(
        "dt", el("span", SYMBOL[verdict], aria_hidden="true"), " ", verdict, class_=_style(verdict)
    )


def _versions(versions: dict[str, object]) -> str:
    libraries = versions.get("libraries")
    named = libraries.items() if isinstance(libraries, dict) else ()
    told = (f"{name} {number}" for name, number in named)
    first = f"oots-conformance {versions.get('harness')}, Python {versions.get('python')}"
    return f"{', '.join((first, *told))}."


def _style(verdict: Verdict) -> str:
    return verdict.replace(" ", "-")
