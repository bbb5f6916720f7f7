"""An answer as a text: what a reader of XML may trip over although the document can be read.

`harness.regrep` drops comments and instructions and follows nothing, as a careful reader does; here
is judged what it drops, because other readers are less careful. Nothing is ever fetched.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from lxml import etree

from harness.errors import Unreachable, Violation

_XINCLUDE = "http://www.w3.org/2001/XInclude"
_LOCATIONS = etree.XPath(
    "//@xsi:schemaLocation | //@xsi:noNamespaceSchemaLocation",
    namespaces={"xsi": "http://www.w3.org/2001/XMLSchema-instance"},
)
_INSTRUCTIONS = etree.XPath("//processing-instruction()")
_INCLUSIONS = etree.XPath("//x:*", namespaces={"x": _XINCLUDE})
_INTERRUPTED = etree.XPath("//*[text()[normalize-space()]][comment() or processing-instruction()]")
_IDS = etree.XPath("//@xml:id")
_PARSER = etree.XMLParser(
    encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, collect_ids=False
)


def judge_references(body: bytes) -> None:
    """Raise `Violation` where the text would have its reader fetch something.

    The tags: `instruction-present`, `inclusion-present`, `schema-location-present`.
    """
    tree = _tree(body)
    for tag, found, what in (
        ("instruction-present", _INSTRUCTIONS, "no processing instruction"),
        ("inclusion-present", _INCLUSIONS, "no element of XInclude"),
        ("schema-location-present", _LOCATIONS, "no xsi:schemaLocation"),
    ):
        seen = found(tree)
        if seen:
            raise Violation(tag, expected=what, seen=_shown(seen[0]))


def judge_values(body: bytes) -> None:
    """Raise `Violation` with the tag `value-interrupted`.

    Some readers take the text before a comment for all of it: what they compare is another value.
    """
    seen = _INTERRUPTED(_tree(body))
    if seen:
        expected = "values without comments and instructions in them"
        raise Violation("value-interrupted", expected=expected, seen=_shown(seen[0]))


def judge_ids(body: bytes) -> None:
    """Raise `Violation` with the tag `xml-id-repeated`."""
    repeated = [ident for ident, times in Counter(map(str, _IDS(_tree(body)))).items() if times > 1]
    if repeated:
        raise Violation("xml-id-repeated", expected="each xml:id once", seen=repeated[0])


@lru_cache(maxsize=64)
def _tree(body: bytes) -> etree._ElementTree:
    try:
        return etree.fromstring(body, _PARSER).getroottree()
    except etree.XMLSyntaxError as error:
        raise Unreachable("the answer", why=f"it cannot be read ({error}); see LOOK-01") from None


def _shown(found: object) -> str:
    return (
        etree.tostring(found, encoding="unicode", with_tail=False)
        if etree.iselement(found)
        else str(found)
    )
