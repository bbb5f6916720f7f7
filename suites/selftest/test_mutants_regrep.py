"""How much of an answer is read, how much of what was read is kept, and which value is meant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness import regrep
from harness.errors import Violation
from harness.regrep import read
from harness.regrep_document import Document, Slot

NAMESPACES = (
    'xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:query:4.0"'
    ' xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:4.0"'
    ' xmlns:sdg="http://data.europa.eu/p4s"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
DECLARED = 4
KIB = 1024


def answer(content: str = "") -> bytes:
    return f"<QueryResponse {NAMESPACES}>{content}</QueryResponse>".encode()


def answers(count: int, octets: int = 0) -> Iterator[bytes]:
    """Answers of that length, or longer ones where none is given; each is another."""
    for number in range(count):
        yield answer(f"<!--{number:06}{'x' * max(octets - len(answer()) - 13, 0)}-->")


def slot_of(values: str) -> Slot:
    return read(answer(f'<rim:Slot name="a">{values}</rim:Slot>')).slots[0]


def nested(count: int, content: str = "") -> str:
    """Elements within each other, each with a namespace of its own."""
    opened = "".join(f'<n{i}:e xmlns:n{i}="urn:{i}">' for i in range(count))
    closed = "".join(f"</n{i}:e>" for i in reversed(range(count)))
    return f"{opened}{content}{closed}"


@pytest.mark.parametrize(
    ("octets", "kept"), [(200 + len(answer()), 384), (64 * KIB + 1, 24), (1024 * KIB + 1, 2)]
)
def test_the_larger_answers_are_the_fewer_of_them_are_kept(octets: int, kept: int) -> None:
    first, second, *more = answers(kept + 1, octets)
    known = read(first)
    again = read(second)
    for body in more[:-1]:
        read(body)

    assert len(first) == octets
    assert read(first) is known  # and so the latest
    read(more[-1])
    assert read(first) is known
    assert read(second) is not again


@pytest.mark.parametrize(("octets", "more"), [(64 * KIB, 24), (1024 * KIB, 2)])
def test_an_answer_at_a_limit_is_not_kept_with_the_larger_ones(octets: int, more: int) -> None:
    (edge,) = answers(1, octets)
    known = read(edge)
    for body in answers(more, octets + 1):
        read(body)

    assert len(edge) == octets
    assert read(edge) is known


def test_an_answer_of_the_largest_size_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    body = answer("<!-- of the largest size -->")
    monkeypatch.setattr(regrep, "LARGEST", len(body))

    assert isinstance(read(body), Document)
    with pytest.raises(Violation, match="regrep-too-large"):
        read(body + b" ")


def test_as_many_elements_as_there_may_be_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regrep, "MOST", 5)

    assert isinstance(read(answer("<a/><b/><c/><d/>")), Document)
    with pytest.raises(Violation, match="regrep-too-many-elements: expected at most 5 elements"):
        read(answer("<a/><b/><c/><d/><e/>"))


@pytest.mark.parametrize(
    ("content", "tag"),
    [
        (nested(64 - DECLARED), None),
        (nested(65 - DECLARED), "regrep-too-many-elements"),
        (nested(1) * 65, None),
        (nested(1) * 65 + nested(64 - DECLARED), None),
        (nested(1) * 65 + nested(65 - DECLARED), "regrep-too-many-elements"),
        (nested(9, nested(1) * 65) + nested(65 - DECLARED), "regrep-too-many-elements"),
    ],
)
def test_sixty_four_namespaces_may_be_in_force_at_one_place(content: str, tag: str | None) -> None:
    if tag is None:
        assert isinstance(read(answer(content)), Document)
        return
    with pytest.raises(Violation, match="at most 64 namespace declarations") as found:
        read(answer(content))
    assert found.value.tag == tag


def test_of_several_values_the_first_is_a_slots() -> None:
    slot = slot_of(
        '<rim:SlotValue xsi:type="rim:StringValueType" collectionType="x">'
        "<rim:Value>1</rim:Value><rim:Value>2</rim:Value></rim:SlotValue>"
        '<rim:SlotValue xsi:type="rim:AnyValueType"><sdg:Name/></rim:SlotValue>'
    )

    assert (slot.value_type, slot.collection_type) == ("rim:StringValueType", "x")
    assert (slot.value, slot.content) == ("1", ("sdg:Name",))


def test_an_identifier_with_a_scheme_is_the_first_of_several() -> None:
    slot = slot_of(
        '<rim:SlotValue xsi:type="rim:AnyValueType"><sdg:DataServiceEvidenceType>'
        '<sdg:AccessService><sdg:Identifier schemeID="s1"> 1 </sdg:Identifier>'
        '<sdg:Identifier schemeID="s2">2</sdg:Identifier></sdg:AccessService>'
        "</sdg:DataServiceEvidenceType></rim:SlotValue>"
    )
    party = slot.data_services[0].access_services[0].party

    assert (party.identifier, party.scheme) == ("1", "s1")


def test_a_value_is_all_of_its_text() -> None:
    held = "<rim:SlotValue><rim:Value> a<i>b</i>c </rim:Value></rim:SlotValue>"

    assert slot_of(held).value == "abc"
