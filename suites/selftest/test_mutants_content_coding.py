"""Content codings: what is undone, and what is said of what is not."""

from __future__ import annotations

import gzip
import zlib

import pytest

from harness.content_coding import named, undone
from harness.errors import Violation
from harness.model import HttpResponse


def coded(coding: str | None, body: bytes) -> HttpResponse:
    fields = () if coding is None else (("Content-Encoding", coding),)
    return HttpResponse(200, fields, body)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        (None, b"plain"),
        ("identity", b"plain"),
        ("gzip", gzip.compress(b"plain", mtime=0)),
        ("X-GZIP", gzip.compress(b"plain", mtime=0)),
        ("deflate", zlib.compress(b"plain")),
        ("deflate, gzip", gzip.compress(zlib.compress(b"plain"), mtime=0)),
        ("identity, , gzip", gzip.compress(b"plain", mtime=0)),
    ],
)
def test_codings_are_undone_last_one_first(coding: str | None, body: bytes) -> None:
    assert undone(coded(coding, body)) == b"plain"


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("br", b"plain"),
        ("gzip", b"plain"),
        ("gzip", gzip.compress(b"plain", mtime=0)[:-1]),
        ("gzip", gzip.compress(b"plain", mtime=0) + b"more"),
    ],
)
def test_a_coding_that_cannot_be_undone_is_a_violation(coding: str, body: bytes) -> None:
    with pytest.raises(Violation, match="coding-not-undone"):
        undone(coded(coding, body))


def test_the_codings_are_named_as_the_answer_names_them() -> None:
    assert named(coded("GZip", b"")) == "GZip"
    assert named(coded(None, b"")) == "no content coding"
