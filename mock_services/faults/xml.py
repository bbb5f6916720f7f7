"""Seeded faults of the seam: xml. The text of an answer is a trap for its readers."""

from __future__ import annotations

from mock_services.faults import fault
from mock_services.faults.rewriting import CATALOGUE, UNKNOWN_QUERY, changed, rewritten
from mock_services.world import World

_BLANKS = 6_000_000
_SLOTS = 200_000
_HIDDEN = "https://schema.localhost/"
_ENTITIES = (
    '?><!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">'
    '<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e SYSTEM "file:///etc/hostname">]>'
)


@fault(caught_by={"LOOK-01": "regrep-doctype"}, blocks=("LOOK-*",))
def body_with_entities(world: World) -> World:
    """The body has a DOCTYPE whose entities grow when they are read, and one that is a file."""
    declared = rewritten(world, r"\?>", _ENTITIES, times=1)
    return rewritten(declared, "(?=</query:QueryResponse>)", "&d;&e;")


@fault(caught_by={"LOOK-01": "regrep-doctype"}, blocks=("LOOK-*",))
def body_with_an_external_doctype(world: World) -> World:
    """The body has a DOCTYPE that lies on another host."""
    doctype = f'?><!DOCTYPE query:QueryResponse SYSTEM "{_HIDDEN}oots.dtd">'
    return rewritten(world, r"\?>", doctype, times=1)


@fault(caught_by={"LOOK-01": "regrep-not-utf8"}, blocks=("LOOK-*",))
def body_in_utf_16(world: World) -> World:
    """The body of a refusal is encoded as UTF-16, and says so."""
    return changed(
        world,
        lambda body: body.replace(b'"UTF-8"', b'"UTF-16"', 1).decode().encode("utf-16"),
        when=UNKNOWN_QUERY,
    )


@fault(caught_by={"LOOK-01": "regrep-not-utf8"}, blocks=("LOOK-*",))
def body_in_utf_7(world: World) -> World:
    """The body is declared as UTF-7."""
    return rewritten(world, 'encoding="UTF-8"', 'encoding="UTF-7"')


@fault(caught_by={"LOOK-01": "regrep-not-utf8"}, blocks=("LOOK-*",))
def body_not_in_its_own_encoding(world: World) -> World:
    """The body is declared as UTF-8 and has an octet that UTF-8 does not have."""
    return changed(world, lambda body: body.replace(b"</query:", b"\xe9</query:"))


@fault(caught_by={"LOOK-01": "regrep-not-xml"}, blocks=("LOOK-*",))
def body_with_a_nul(world: World) -> World:
    """The body has a NUL among its blanks."""
    return changed(world, lambda body: body.replace(b"\n", b"\n\0", 1))


@fault(caught_by={"LOOK-01": "regrep-not-xml"}, blocks=("LOOK-*",))
def body_with_an_undeclared_prefix(world: World) -> World:
    """The body has an element of a prefix that is not declared."""
    return rewritten(world, "(?=</query:QueryResponse>)", "<p4s:Note/>")


@fault(caught_by={"LOOK-01": "regrep-too-many-elements"}, blocks=("LOOK-*",))
def body_of_very_many_slots(world: World) -> World:
    """A refusal comes with two hundred thousand slots."""
    slots = "<rim:Slot/>" * _SLOTS
    return rewritten(world, "(?=<rs:Exception )", slots, when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-50": "instruction-present"})
def body_with_a_style_sheet(world: World) -> World:
    """The body names a style sheet on another host."""
    sheet = f'?><?xml-stylesheet type="text/xsl" href="{_HIDDEN}oots.xsl"?>'
    return rewritten(world, r"\?>", sheet, times=1)


@fault(caught_by={"LOOK-50": "inclusion-present", "LOOK-53": "answer-slot-other"})
def body_with_an_inclusion(world: World) -> World:
    """A slot of the answer includes a file of its reader."""
    included = (
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/>'
    )
    slot = f'<rim:Slot name="Note"><rim:SlotValue>{included}</rim:SlotValue></rim:Slot>'
    return rewritten(world, "(?=<rs:Exception )", slot, when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-50": "schema-location-present"})
def body_with_a_schema_location(world: World) -> World:
    """The body says that its schema lies on another host."""
    located = (
        '<query:QueryResponse xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
        f' i:schemaLocation="urn:x {_HIDDEN}oots.xsd"'
    )
    return rewritten(world, "<query:QueryResponse", located, times=1)


@fault(caught_by={"LOOK-51": "value-interrupted"})
def identifier_with_a_comment(world: World) -> World:
    """A comment stands in the middle of an identifier."""
    return rewritten(
        world, r"(<sdg:Identifier[^>]*>[^<]{6})", r"\1<!-- here -->", when=CATALOGUE, times=1
    )


@fault(caught_by={"LOOK-51": "value-interrupted"})
def title_with_a_comment(world: World) -> World:
    """A comment stands in the middle of a title."""
    return rewritten(world, "(<sdg:Name [^>]*>[^<]{3})", r"\1<!---->", times=1)


@fault(caught_by={"LOOK-52": "xml-id-repeated"})
def ids_given_twice(world: World) -> World:
    """Two elements have the same xml:id."""
    return rewritten(world, "(<rim:(?:Slot|SlotValue|Value)\\b)", r'\1 xml:id="a"')


@fault(caught_by={"LOOK-56": "answer-large"})
def body_of_some_megabytes(world: World) -> World:
    """A refusal is followed by 6 MB of blanks."""
    return changed(world, lambda body: body + b" " * _BLANKS, when=UNKNOWN_QUERY)
