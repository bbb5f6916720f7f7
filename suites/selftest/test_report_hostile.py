"""No text that a subject chose is obeyed by a report."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from harness.model import Verdict
from harness.record import Record
from harness.reports import json_report, junit, summary
from harness.reports.words import plain
from suites.selftest.sample_records import exchange, page, record, result

hostile = st.text(st.characters()) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        '" onmouseover="x',
        "]]>",
        "-->",
        "</code></pre></style>",
        "&amp;&lt;",
        "\x00\x1b[2J\ufffe\u202e",
        "\ud800",
    ]
)


def spoken_by_a_stranger(words: str) -> Record:
    """A record in which everything a subject can influence is theirs."""
    told = {"expected": words, "seen": words, "detail": words}
    of = record(
        result("DISC-03", "FI", Verdict.FAILED, tag="naptr-root-not-https", **told),
        result("DISC-03", "DE", Verdict.WARNED, tag="naptr-root-not-https", **told),
        result("LOOK-01", "SE", Verdict.BLOCKED, detail=words),
    )
    shown = exchange("x1", words.encode("utf-8", "surrogatepass"))
    return replace(of, exchanges={"x1": replace(shown, peer=words)})


@given(hostile)
def test_no_text_becomes_markup(words: str) -> None:
    tame = [el.tag for el in page(spoken_by_a_stranger("tame")).iter()]
    shown = page(spoken_by_a_stranger(f"said {words}"))

    found = [el.tag for el in shown.iter()]

    assert [t for t in found if t != "pre"] == [t for t in tame if t != "pre"]
    assert not [name for el in shown.iter() for name in el.attrib if name.startswith("on")]
    seen = shown.xpath("//dl[@class='compared']/div[2]/dd/code")[0].text_content()
    assert seen.split() == plain(f"said {words}", keep="\n\t").split()


@given(hostile)
def test_no_text_commands_the_terminal(words: str) -> None:
    told = summary.render(spoken_by_a_stranger(words))

    assert told.replace("\n", "").isprintable()


@given(hostile)
def test_no_text_breaks_the_xml(words: str) -> None:
    failure = next(ET.fromstring(junit.render(spoken_by_a_stranger(words))).iter("failure"))

    assert failure.get("message", "").startswith("naptr-root-not-https: expected ")


@given(hostile)
def test_every_text_can_be_printed_and_read_back_as_json(words: str) -> None:
    told = json_report.render(spoken_by_a_stranger(words))

    assert told.isascii()
    assert json.loads(told)["results"][0]["seen"] == words
