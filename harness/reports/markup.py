"""HTML by construction: whatever is not `Html` already is escaped, so no text becomes markup."""

from __future__ import annotations

from html import escape

from harness.reports.words import plain

_VOID = ("meta", "br", "hr")


class Html(str):
    """Text that is markup already; only this module and constants of the reports make it."""

    __slots__ = ()


def el(name: str, /, *children: str | None, **attributes: str | bool | None) -> Html:
    """An element; a trailing underscore of an attribute is dropped, others become hyphens.

    >>> el("p", "a < b", class_="note")
    '<p class="note">a &lt; b</p>'
    """
    named = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{named}>")
    return Html(f"<{name}{named}>{join(*children)}</{name}>")


def join(*children: str | None) -> Html:
    """Several pieces one after the other; None is nothing."""
    return Html("".join(_escaped(child) for child in children if child is not None))


def _escaped(text: str) -> str:
    """The text as it can stand in an element or an attribute; controls are shown, not sent."""
    return text if isinstance(text, Html) else escape(plain(text, keep="\n\t"), quote=True)


def _attribute(name: str, value: str | bool | None) -> str:  # noqa: FBT001 -- an HTML attribute
    shown = name.rstrip("_").replace("_", "-")
    match value:
        case None | False:
            return ""
        case True:
            return f" {shown}"
    return f' {shown}="{_escaped(value)}"'
