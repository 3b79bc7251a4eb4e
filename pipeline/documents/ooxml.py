"""Reading OOXML elements by their local names.

In: lxml elements. Out: children, descendants, attribute values. The rule it protects: Word, WPS
and the strict dialect use different namespaces for the same names; the names decide.
"""

from collections.abc import Iterator

from lxml import etree


def local(element: etree._Element) -> str:
    """The element's name without its namespace; empty for comments and instructions."""
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def children(element: etree._Element) -> Iterator[etree._Element]:
    """Child elements, comments left out."""
    return (child for child in element if isinstance(child.tag, str))


def named(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of that local name."""
    return next((child for child in children(element) if local(child) == name), None)


def descendants(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """All descendants of that local name, in document order."""
    return (found for found in element.iter() if local(found) == name)


def value(element: etree._Element, name: str) -> str | None:
    """The attribute of that local name, with or without a namespace."""
    for key, text in element.attrib.items():
        if str(key).rsplit("}", 1)[-1] == name:
            return str(text)
    return None


def whole(element: etree._Element | None, name: str, missing: int) -> int:
    """An attribute as a whole number, `missing` where it is absent or no number."""
    text = value(element, name) if element is not None else None
    return int(text) if text is not None and text.lstrip("-").isdecimal() else missing
