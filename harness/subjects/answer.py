"""One answer of a directory, with what is needed to judge it: question, bytes, time and trust."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from harness.errors import Unreachable, Violation
from harness.model import HttpRequest, HttpResponse, Service, Specimen
from harness.readings import in_force
from harness.regrep import Document, read
from harness.subjects.seal import Seal


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer under judgement.

    `request` is None where a captured answer came without its question; `anchors` are the PEM
    roots of its environment, None where none were given; `now` is when it was received.
    """

    specimen: Specimen | None
    service: Service | None
    request: HttpRequest | None
    response: HttpResponse
    anchors: bytes | None
    now: datetime
    readings: Mapping[str, str] = field(default_factory=dict)

    def reading(self, slug: str) -> str:
        """The name of the reading to judge by, of an entry of the interpretation register."""
        return in_force(self.readings, slug)

    @property
    def document(self) -> Document:
        """The body, read; raises `Unreachable` where it cannot be, which is LOOK-01's to report."""
        try:
            return read(self.response.body)
        except Violation as unreadable:
            raise Unreachable(
                "the answer", why=f"it cannot be read ({unreadable.tag}); see LOOK-01"
            ) from None

    @property
    def seal(self) -> Seal:
        """The digest and the signature, each part reported by the check that owns it."""
        return Seal(self.response)
