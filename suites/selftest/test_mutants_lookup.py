"""Which question a request puts."""

from __future__ import annotations

import pytest

from harness.errors import NotApplicable
from harness.lookup import Query, asked_for, question
from harness.model import HttpRequest


def request(query: str) -> HttpRequest:
    return HttpRequest("GET", f"https://eb.example/rest/search?{query}", ())


@pytest.mark.parametrize(
    ("query", "put"),
    [
        ("a=1&queryId=urn:x&b=", Query("urn:x", (("a", "1"), ("b", "")))),
        ("queryId=urn:x&queryId=urn:y", Query("urn:x", ())),
        ("a=1", Query("", (("a", "1"),))),
    ],
)
def test_the_first_query_id_counts_wherever_it_stands(query: str, put: Query) -> None:
    assert question(request(query)) == put


def test_another_question_is_not_the_one_that_is_asked_for() -> None:
    assert asked_for(request("a=1&queryId=urn:x"), "urn:x") == {"a": "1"}
    with pytest.raises(NotApplicable, match="another query than urn:y"):
        asked_for(request("a=1&queryId=urn:x"), "urn:y")
    with pytest.raises(NotApplicable, match="not known"):
        asked_for(None, "urn:x")
