"""The HTML report: accessible, self-contained, small."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from harness.model import Verdict
from harness.record import Record
from harness.reports import html
from harness.reports.words import MEMBER_STATES
from suites.selftest.sample_records import (
    FAILED,
    exchange,
    mixed,
    page,
    record,
    result,
    text,
)


def test_the_page_fetches_nothing_and_runs_nothing() -> None:
    source = html.render(mixed())

    shown = page(mixed())
    tags = {el.tag for el in shown.iter()}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    assert {href[:1] for href in shown.xpath("//a/@href")} == {"#"}
    assert not shown.xpath("//@src | //@srcset | //@style")
    styles = "".join(el.text_content() for el in shown.iter("style"))
    assert "url(" not in styles
    assert "@import" not in styles
    assert "default-src &#x27;none&#x27;" in source


def test_headings_are_in_order_and_regions_are_named() -> None:
    shown = page(mixed())

    levels = [int(str(el.tag)[1]) for el in shown.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for landmark in ("header", "nav", "main", "footer"):
        assert len(list(shown.iter(landmark))) == 1
    ids = shown.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert set(shown.xpath("//@aria-labelledby")) <= set(ids)
    assert {href[1:] for href in shown.xpath("//a/@href")} <= set(ids)
    assert shown.get("lang") == "en"


def test_tables_have_captions_and_scoped_heads() -> None:
    shown = page(mixed())

    tables = list(shown.iter("table"))
    assert len(tables) == 7
    assert all(text(table.find("caption")) for table in tables)
    assert {th.get("scope") for table in tables for th in table.iter("th")} == {"col", "row"}
    assert set(shown.xpath("//table/../@tabindex")) == {"0"}


def test_a_row_of_sentences_tells_what_its_cells_are_when_it_is_stacked() -> None:
    for row in page(mixed()).xpath("//div[contains(@class, 'not-tested')]//tbody/tr"):
        labels = [cell.get("data-label") for cell in row.iter("td")]
        assert labels == ["Why no check can tell", "Written in"]


@pytest.mark.parametrize(
    ("selection", "told"),
    [
        ({}, "every check, of the EB and DSD of every Member State"),
        (
            {"services": ["dsd"], "member_states": ["DE", "GR"], "environments": ["acc", "prod"]},
            "every check, of the DSD of DE and GR/EL, in the environments acc and prod",
        ),
        (
            {"checks": ["DISC-03", "LOOK-01"], "chapters": ["lookup"], "fault": None},
            "checks DISC-03 and LOOK-01, chapter lookup, of the EB and DSD of every Member State",
        ),
        ({"body": "a.xml"}, "every check, of the EB and DSD of every Member State, body a.xml"),
    ],
)
def test_what_was_asked_is_told_in_a_phrase(selection: dict[str, object], told: str) -> None:
    facts = page(record(selection=selection)).xpath("//dl[@class='facts']/div")

    assert f"Asked{told}" in {text(fact) for fact in facts}


def test_greece_is_named_with_both_of_its_codes() -> None:
    heads = [text(th) for th in page(mixed()).xpath("//th[@scope='row']")]

    assert "Greece GR/EL" in heads


def test_what_was_not_judged_is_shown_with_its_reason() -> None:
    shown = text(page(mixed()).get_element_by_id("not-judged"))

    for reason in ("KeyError: 'slot'", "<address> is not https", "nothing to cache"):
        assert reason in shown
    assert "cannot be observed" in shown


def test_a_failure_shows_the_bytes_it_rests_on() -> None:
    evidence = page(mixed()).xpath("//section[@id='failures']//details/pre")

    assert "GET /eb/ HTTP/1.1" in text(evidence[0])
    assert "<a/>" in text(evidence[0])


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1])
@pytest.mark.parametrize("ground", ["paper", "panel"])
def test_every_colour_of_text_can_be_read(scheme: int, ground: str) -> None:
    styles = (Path(html.__file__).parent / "report.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", styles, re.DOTALL)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", blocks[scheme]))

    below = luminance(colours[ground])

    for name in ("ink", "soft", "accent", *(v.replace(" ", "-") for v in Verdict)):
        low, high = sorted((below, luminance(colours[name])))
        assert (high + 0.05) / (low + 0.05) >= 4.5, name


def full() -> Record:
    """A run in which every check fails differently on every Member State, with ugly evidence."""
    ugly = b"<&\"'" * 25_000
    results = tuple(
        result(
            "DISC-03", who, Verdict.FAILED, **(FAILED | {"tag": f"tag-{n}", "evidence": (f"x{n}",)})
        )
        for n in range(150)
        for who in MEMBER_STATES
    )
    of = record(*results)
    return replace(of, exchanges={ident: exchange(ident, ugly) for ident in of.exchanges})


def test_the_page_stays_small_whatever_is_found() -> None:
    assert len(html.render(full()).encode()) < 3_000_000
