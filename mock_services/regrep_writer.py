"""Answers as bytes, laid out as the real directories lay them out: a template of our own.

The root declares the namespaces that the real answers declare; `xsi` is declared where it is
first used within an element, four spaces indent a level, and the text ends with a line break.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from mock_services.codelists import V1, V2, ErrorCode
from mock_services.member_state import Texts

Attributes = tuple[tuple[str, str], ...]

_STATUS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:"
_SET = "urn:oasis:names:tc:ebxml-regrep:CollectionType:Set"
_XSI = ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
_REGREP = "urn:oasis:names:tc:ebxml-regrep:xsd:"
_NAMESPACES = (
    ("xmlns:lcm", f"{_REGREP}lcm:4.0"),
    ("xmlns:sdg", "http://data.europa.eu/p4s"),
    ("xmlns:xlink", "http://www.w3.org/1999/xlink"),
    ("xmlns:rs", f"{_REGREP}rs:4.0"),
    ("xmlns:query", f"{_REGREP}query:4.0"),
    ("xmlns:spi", f"{_REGREP}spi:4.0"),
    ("xmlns:ns7", "http://www.w3.org/1999/xhtml"),
    ("xmlns:rim", f"{_REGREP}rim:4.0"),
    ("xmlns:ws-addr", "http://www.w3.org/2005/08/addressing"),
)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Element:
    """An element with a text or with elements in it; names are written with their prefix."""

    name: str
    content: str | tuple[Element, ...] = ()
    attributes: Attributes = ()


def texts(name: str, translations: Texts) -> tuple[Element, ...]:
    """One element a language."""
    return tuple(Element(name, text, (("lang", language),)) for language, text in translations)


def within(name: str, *content: Element) -> Element:
    """An element without attributes around others."""
    return Element(name, content)


def slot(name: str, value_type: str, *content: Element, attributes: Attributes = ()) -> Element:
    """A `rim:Slot` and its value; `value_type` is the local name of one of RegRep's types."""
    typed = (("xsi:type", f"rim:{value_type}"), *attributes)
    return Element("rim:Slot", (Element("rim:SlotValue", content, typed),), (("name", name),))


def collection(name: str, *values: Element) -> Element:
    """A `rim:Slot` that holds a set of values."""
    any_value = (("xsi:type", "rim:AnyValueType"),)
    elements = (Element("rim:Element", (value,), any_value) for value in values)
    return slot(name, "CollectionValueType", *elements, attributes=(("collectionType", _SET),))


def success(version: str, slot_name: str, found: tuple[tuple[str, Element], ...]) -> bytes:
    """An answer with one registry object for each pair of a UUID and its content."""
    objects = (
        Element(
            "rim:RegistryObject",
            (slot(slot_name, "AnyValueType", content),),
            (("id", f"urn:uuid:{uuid}"),),
        )
        for uuid, content in found
    )
    return _document(version, "Success", Element("rim:RegistryObjectList", tuple(objects)))


def failure(version: str, error: ErrorCode, detail: str, slots: tuple[Element, ...]) -> bytes:
    """A refusal; the attributes come in the order in which the real directories write them."""
    exception = Element(
        "rs:Exception",
        slots,
        (
            ("xsi:type", error.exception),
            ("code", error.code),
            ("detail", detail),
            ("message", error.message),
            ("severity", error.severity),
        ),
    )
    return _document(version, "Failure", exception)


def _document(version: str, status: str, content: Element) -> bytes:
    """Since v2 an answer says which version it is in."""
    named = () if version == V1 else (slot("SpecificationIdentifier", "StringValueType", _V2),)
    root = Element(
        "query:QueryResponse", (*named, content), (*_NAMESPACES, ("status", _STATUS + status))
    )
    return "\n".join((_DECLARATION, *_lines(root, "", declared=False), "")).encode()


def _lines(element: Element, indent: str, *, declared: bool) -> Iterator[str]:
    typed = any(name.startswith("xsi:") for name, _ in element.attributes)
    attributes = element.attributes if declared or not typed else (_XSI, *element.attributes)
    tag = element.name + "".join(f' {name}="{_quoted(value)}"' for name, value in attributes)
    match element.content:
        case "" | ():
            yield f"{indent}<{tag}/>"
        case str(text):
            yield f"{indent}<{tag}>{escape(text)}</{element.name}>"
        case children:
            yield f"{indent}<{tag}>"
            for child in children:
                yield from _lines(child, indent + _INDENT, declared=declared or typed)
            yield f"{indent}</{element.name}>"


def _quoted(value: str) -> str:
    return escape(value, {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


_V2 = Element("rim:Value", V2)
