"""An answer of the Common Services, read: bytes in, an immutable `Document` out.

Elements are bound by namespace URI, never by prefix: the prefixes of real answers change between
releases. Reading judges nothing but whether it can be done; what must be in a document is in
`harness.regrep_rules`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

from lxml import etree
from lxml.etree import _Element as Element

from harness.errors import Violation
from harness.regrep_document import (
    AccessService,
    Concept,
    DataService,
    Distribution,
    Document,
    EvidenceType,
    EvidenceTypeList,
    Framework,
    Party,
    Publisher,
    Refusal,
    RegistryObject,
    Requirement,
    Slot,
    Text,
)
from harness.remembered import remembered

__all__ = ["DEEPEST", "LARGEST", "PREFIXES", "Document", "read"]

LARGEST = 16 * 1024 * 1024
"""Bytes. The whole catalogue of the acceptance environment has 0.6 MB."""

DEEPEST = 64
"""Levels of elements. Real answers have eleven."""

MOST = 200_000
"""Elements. The whole catalogue of the acceptance environment has some ten thousand."""

MOST_PREFIXES = 64
"""Namespace declarations that are in force at any one place. Real answers have a dozen."""

PREFIXES = {
    "urn:oasis:names:tc:ebxml-regrep:xsd:query:4.0": "query",
    "urn:oasis:names:tc:ebxml-regrep:xsd:rim:4.0": "rim",
    "urn:oasis:names:tc:ebxml-regrep:xsd:rs:4.0": "rs",
    "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:4.0": "lcm",
    "http://data.europa.eu/p4s": "sdg",
}
"""The prefix by which this harness calls each namespace."""

_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_DECLARED = re.compile(rb"""\A(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)""")
_COUNT = etree.XPath("count(//*)")
_TOO_DEEP = etree.XPath(f"boolean(/{'/'.join('*' * (DEEPEST + 1))})")
_PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    collect_ids=False,
    remove_comments=True,
    remove_pis=True,
)
_LARGE = 64 * 1024
_HUGE = 1024 * 1024

_Noun = TypeVar("_Noun")
_Parts = dict[str, list[Element]]


def read(body: bytes) -> Document:
    """Read an answer; what was read lately is remembered.

    Raises `Violation` with the tag `regrep-too-large`, `regrep-not-utf8`, `regrep-doctype`,
    `regrep-not-xml`, `regrep-too-many-elements`, `regrep-too-deep` or
    `regrep-not-a-query-response`.
    """
    if len(body) <= _LARGE:
        return _read_small(body)
    return _read_large(body) if len(body) <= _HUGE else _read_huge(body)


def _read(body: bytes) -> Document:
    if len(body) > LARGEST:
        raise Violation("regrep-too-large", expected=f"at most {LARGEST} bytes", seen=len(body))
    root = _parsed(body)
    if _COUNT(root) > MOST:
        raise Violation(
            "regrep-too-many-elements", expected=f"at most {MOST} elements", seen="more"
        )
    if _TOO_DEEP(root):
        raise Violation("regrep-too-deep", expected=f"at most {DEEPEST} levels", seen="more")
    if body.count(b"xmlns") > MOST_PREFIXES and _crowded(root):
        expected = f"at most {MOST_PREFIXES} namespace declarations in force"
        raise Violation("regrep-too-many-elements", expected=expected, seen="more")
    name = _name(str(root.tag))
    if name != "query:QueryResponse":
        raise Violation("regrep-not-a-query-response", expected="query:QueryResponse", seen=name)
    return _document(root)


_read_small = remembered(384)(_read)
_read_large = remembered(24)(_read)
_read_huge = remembered(2)(_read)


def _crowded(root: Element) -> bool:
    """Whether so many namespaces are declared that each look for a prefix would take long."""
    standing = 0
    for event, _ in etree.iterwalk(root, events=("start-ns", "end-ns")):
        standing += 1 if event == "start-ns" else -1
        if standing > MOST_PREFIXES:
            return True
    return False


def _parsed(body: bytes) -> Element:
    declared = _DECLARED.match(body)
    if declared and declared[1].lower() != b"utf-8":
        raise Violation("regrep-not-utf8", expected="UTF-8", seen=declared[1].decode("latin-1"))
    try:
        body.decode("utf-8")
        root = etree.fromstring(body, _PARSER)
    except UnicodeDecodeError as error:
        raise Violation("regrep-not-utf8", expected="UTF-8", seen=str(error)) from None
    except etree.XMLSyntaxError as error:
        raise _unparsed(body, error.msg or "no element") from None
    if root.getroottree().docinfo.doctype:
        raise Violation("regrep-doctype", expected="no DOCTYPE", seen="a DOCTYPE")
    return root


def _unparsed(body: bytes, why: str) -> Violation:
    """What stopped the parser: a DOCTYPE may, by its entities; so may depth, by libxml2's limit."""
    if b"<!DOCTYPE" in body:
        return Violation("regrep-doctype", expected="no DOCTYPE", seen=why)
    if "depth" in why:
        return Violation("regrep-too-deep", expected=f"at most {DEEPEST} levels", seen=why)
    return Violation("regrep-not-xml", expected="well-formed XML", seen=why)


def _document(root: Element) -> Document:
    parts = _parts(root)
    lists = parts.get("rim:RegistryObjectList")
    return Document(
        status=root.get("status"),
        slots=_each(_slot, parts.get("rim:Slot")),
        objects=None
        if lists is None
        else tuple(
            RegistryObject(entry.get("id"), _each(_slot, _parts(entry).get("rim:Slot")))
            for listed in lists
            for entry in _parts(listed).get("rim:RegistryObject", ())
        ),
        refusals=_each(_refusal, parts.get("rs:Exception")),
        nesting=frozenset(
            (_name(str(outer.tag)), _name(str(inner.tag)))
            for outer in root.iter()
            for inner in outer
        ),
    )


def _refusal(element: Element) -> Refusal:
    return Refusal(
        type=_type(element),
        code=element.get("code"),
        severity=element.get("severity"),
        message=element.get("message"),
        detail=element.get("detail"),
        slots=_each(_slot, _parts(element).get("rim:Slot")),
    )


def _slot(element: Element) -> Slot:
    values = _parts(element).get("rim:SlotValue", [])
    held = _parts(*values)
    parts = held | _parts(*held.pop("rim:Element", []))
    value = values[0] if values else None
    return Slot(
        name=element.get("name"),
        value_type=None if value is None else _type(value),
        collection_type=None if value is None else value.get("collectionType"),
        value=_first(parts, "rim:Value"),
        content=tuple(name for name, found in parts.items() for _ in found if name != "rim:Value"),
        requirements=_each(_requirement, parts.get("sdg:Requirement")),
        data_services=_each(_data_service, parts.get("sdg:DataServiceEvidenceType")),
        concepts=_each(_concept, parts.get("sdg:EvidenceProviderClassification")),
    )


def _requirement(element: Element) -> Requirement:
    parts = _parts(element)
    return Requirement(
        identifier=_first(parts, "sdg:Identifier"),
        names=_texts(parts),
        frameworks=_each(_framework, parts.get("sdg:ReferenceFramework")),
        lists=_each(_evidence_type_list, parts.get("sdg:EvidenceTypeList")),
    )


def _framework(element: Element) -> Framework:
    parts = _parts(element)
    return Framework(
        identifier=_first(parts, "sdg:Identifier"),
        titles=_texts(parts),
        procedures=_values(_parts(*parts.get("sdg:RelatedTo", ())), "sdg:Identifier"),
        countries=_countries(parts, "sdg:Jurisdiction"),
    )


def _evidence_type_list(element: Element) -> EvidenceTypeList:
    parts = _parts(element)
    return EvidenceTypeList(
        identifier=_first(parts, "sdg:Identifier"),
        names=_texts(parts),
        evidence_types=_each(_evidence_type, parts.get("sdg:EvidenceType")),
        match_type=_first(parts, "sdg:MatchType"),
        countries=_countries(parts, "sdg:Jurisdiction"),
    )


def _evidence_type(element: Element) -> EvidenceType:
    parts = _parts(element)
    return EvidenceType(
        classification=_first(parts, "sdg:EvidenceTypeClassification"),
        titles=_texts(parts),
        countries=_countries(parts, "sdg:Jurisdiction"),
    )


def _data_service(element: Element) -> DataService:
    parts = _parts(element)
    return DataService(
        identifier=_first(parts, "sdg:Identifier"),
        classification=_first(parts, "sdg:EvidenceTypeClassification"),
        titles=_texts(parts),
        distributions=_each(_distribution, parts.get("sdg:DistributedAs")),
        access_services=_each(_access_service, parts.get("sdg:AccessService")),
        assurance=_first(parts, "sdg:AuthenticationLevelOfAssurance"),
    )


def _distribution(element: Element) -> Distribution:
    parts = _parts(element)
    return Distribution(
        format=_first(parts, "sdg:Format"),
        languages=_values(parts, "sdg:Language"),
        conforms_to=_values(parts, "sdg:ConformsTo"),
    )


def _access_service(element: Element) -> AccessService:
    parts = _parts(element)
    return AccessService(
        party=_party(parts),
        conforms_to=_values(parts, "sdg:ConformsTo"),
        publishers=_each(_publisher, parts.get("sdg:Publisher")),
    )


def _publisher(element: Element) -> Publisher:
    parts = _parts(element)
    return Publisher(
        party=_party(parts),
        address=_countries(parts, "sdg:Address"),
        countries=_countries(parts, "sdg:Jurisdiction"),
        concepts=_each(_concept, parts.get("sdg:ClassificationConcept")),
    )


def _concept(element: Element) -> Concept:
    parts = _parts(element)
    return Concept(
        identifier=_first(parts, "sdg:Identifier"),
        scheme=_scheme(parts),
        type=_first(parts, "sdg:Type"),
        expression=_first(parts, "sdg:ValueExpression"),
        descriptions=_texts(parts),
        supported_values=len(parts.get("sdg:SupportedValue", ())),
    )


def _party(parts: _Parts) -> Party:
    return Party(_first(parts, "sdg:Identifier"), _scheme(parts), _texts(parts))


def _scheme(parts: _Parts) -> str | None:
    identifiers = parts.get("sdg:Identifier", [])
    return identifiers[0].get("schemeID") if identifiers else None


def _countries(parts: _Parts, place: str) -> tuple[str, ...]:
    return _values(_parts(*parts.get(place, ())), "sdg:AdminUnitLevel1")


_FOR_PEOPLE = ("sdg:Name", "sdg:Title", "sdg:Description", "sdg:MatchDescription")


def _texts(parts: _Parts) -> tuple[Text, ...]:
    return tuple(
        Text(_text(found), found.get("lang"))
        for name in _FOR_PEOPLE
        if name in parts
        for found in parts[name]
    )


def _values(parts: _Parts, name: str) -> tuple[str, ...]:
    return tuple(_text(found) for found in parts.get(name, ()))


def _first(parts: _Parts, name: str) -> str | None:
    return _text(parts[name][0]) if name in parts else None


def _text(element: Element) -> str:
    """The text without the white space around it, which XML Schema collapses in identifiers."""
    text = element.text if not len(element) else "".join(element.itertext())
    return text.strip() if text else ""


def _each(
    make: Callable[[Element], _Noun], elements: Iterable[Element] | None
) -> tuple[_Noun, ...]:
    return tuple(map(make, elements)) if elements else ()


def _parts(*elements: Element) -> _Parts:
    """The child elements of some elements, by name, in document order."""
    parts: _Parts = {}
    for element in elements:
        for child in element:
            parts.setdefault(_name(str(child.tag)), []).append(child)
    return parts


def _type(element: Element) -> str | None:
    """`xsi:type`, its prefix resolved where it stands."""
    written = element.get(_XSI_TYPE)
    if written is None:
        return None
    prefix, _, local = written.strip().rpartition(":")
    uri = element.nsmap.get(prefix or None)
    return written if uri is None else _name(f"{{{uri}}}{local}")


@lru_cache(maxsize=512)
def _name(tag: str) -> str:
    """A name as the specification writes it; one of a foreign namespace keeps its URI.

    >>> _name("{http://data.europa.eu/p4s}Requirement"), _name("{urn:x}Requirement")
    ('sdg:Requirement', '{urn:x}Requirement')
    """
    uri, _, local = tag.rpartition("}")
    prefix = PREFIXES.get(uri[1:])
    return f"{prefix}:{local}" if prefix else tag
