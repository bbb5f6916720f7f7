"""The codes for countries and languages, wherever an answer uses them."""

from __future__ import annotations

from harness.checks import check, require
from harness.codelists import code_list, country_codes
from harness.errors import NotApplicable
from harness.regrep_rules import countries, judge_codes, texts, version
from harness.subjects.answer import Answer


@check("LOOK-22", verifies=("lookup.country-code",), finds=("country-unknown",))
def test_a_country_is_in_the_code_list(answer: Answer) -> None:
    """The countries are in the code list of the interface version: Greece is EL."""
    document = answer.document

    judge_codes(countries(document), country_codes(version(document)), "country-unknown")


@check("LOOK-23", verifies=("lookup.language-code",), finds=("language-unknown",))
def test_a_language_is_in_the_code_list(answer: Answer) -> None:
    """The languages that texts name are in the code list LanguageCode."""
    named = [text.lang for text in texts(answer.document) if text.lang is not None]
    if not named:
        raise NotApplicable("no text names its language; see LOOK-24")

    judge_codes(named, code_list("languages"), "language-unknown")


@check("LOOK-24", verifies=("lookup.text-names-its-language",), finds=("language-missing",))
def test_a_text_names_its_language(answer: Answer) -> None:
    """Every name, title and description says in which language it is."""
    for text in texts(answer.document):
        expected = "an attribute lang"
        require(text.lang is not None, "language-missing", expected=expected, seen=text.value)
