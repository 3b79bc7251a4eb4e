"""List numbers that Word prints and does not store: 一、 （一） 1. before a paragraph.

In: the package's numbering and style parts. Out: the number before each paragraph, counted in
document order. The rule it protects: a heading numbered by Word is the same heading as a typed
one.
"""

import re
from typing import NamedTuple

from lxml import etree

from pipeline.documents.office import OfficePackage
from pipeline.documents.ooxml import children, local, named, value, whole

_CHINESE = "〇一二三四五六七八九"
_CHINESE_FORMATS = frozenset(
    {
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
        "ideographDigital",
        "chineseLegalSimplified",
    }
)
_PLACE = re.compile(r"%(\d)")


class Level(NamedTuple):
    """How one level of a list prints: number format, text (`（%1）`), first number."""

    format: str
    text: str
    start: int


class Numbering:
    """Counts the lists of one document; `number` must be asked in document order."""

    def __init__(
        self, lists: dict[str, dict[int, Level]], styles: dict[str, tuple[str, int]]
    ) -> None:
        self._lists = lists
        self._styles = styles
        self._counts: dict[tuple[str, int], int] = {}

    def number(self, paragraph: etree._Element) -> str:
        """What Word prints before the paragraph; empty for bullets and plain paragraphs."""
        place = self._place(paragraph)
        if place is None:
            return ""
        identity, depth = place
        levels = self._lists.get(identity, {})
        if depth not in levels:
            return ""
        self._count(identity, depth, levels)
        level = levels[depth]
        if level.format in {"bullet", "none"}:
            return ""
        return _PLACE.sub(lambda match: self._shown(identity, int(match[1]) - 1), level.text)

    def _place(self, paragraph: etree._Element) -> tuple[str, int] | None:
        properties = named(paragraph, "pPr")
        if properties is None:
            return None
        own = _list_of(properties)
        style = named(properties, "pStyle")
        from_style = self._styles.get(value(style, "val") or "") if style is not None else None
        if own is None:
            return from_style
        if own[0] == "":
            return (from_style[0], own[1]) if from_style is not None else None
        return own if own[0] != "0" else None

    def _count(self, identity: str, depth: int, levels: dict[int, Level]) -> None:
        key = (identity, depth)
        self._counts[key] = self._counts.get(key, levels[depth].start - 1) + 1
        for deeper in [k for k in self._counts if k[0] == identity and k[1] > depth]:
            del self._counts[deeper]

    def _shown(self, identity: str, depth: int) -> str:
        level = self._lists[identity].get(depth)
        if level is None:
            return ""
        return printed(self._counts.get((identity, depth), level.start), level.format)


def printed(number: int, form: str) -> str:
    """A list number in Word's number format.

    >>> printed(12, "chineseCounting"), printed(3, "decimalEnclosedCircle"), printed(7, "decimal")
    ('十二', '③', '7')
    """
    if form in _CHINESE_FORMATS:
        return _chinese(number)
    if form.startswith("decimalEnclosedCircle") and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if form in {"lowerLetter", "upperLetter"}:
        letter = chr(ord("a") + (number - 1) % 26)
        return letter if form == "lowerLetter" else letter.upper()
    return str(number)


def _chinese(number: int) -> str:
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else _CHINESE[tens] + "十")
    return head + (_CHINESE[ones] if ones else "")


def read_numbering(package: OfficePackage) -> Numbering:
    """The document's lists; none where it has no numbering part."""
    name = package.beside("numbering.xml")
    if package.part(name) is None:
        return Numbering({}, {})
    root = package.xml(name)
    abstract = {
        value(element, "abstractNumId") or "": _levels(element)
        for element in children(root)
        if local(element) == "abstractNum"
    }
    lists: dict[str, dict[int, Level]] = {}
    for element in children(root):
        if local(element) != "num":
            continue
        link = named(element, "abstractNumId")
        key = value(link, "val") or "" if link is not None else ""
        lists[value(element, "numId") or ""] = abstract.get(key, {})
    return Numbering(lists, _styles(package))


def _levels(element: etree._Element) -> dict[int, Level]:
    levels = {}
    for level in children(element):
        if local(level) != "lvl":
            continue
        form, text, start = named(level, "numFmt"), named(level, "lvlText"), named(level, "start")
        levels[whole(level, "ilvl", 0)] = Level(
            format=(value(form, "val") if form is not None else None) or "decimal",
            text=(value(text, "val") if text is not None else None) or "",
            start=whole(start, "val", 1),
        )
    return levels


def _styles(package: OfficePackage) -> dict[str, tuple[str, int]]:
    name = package.beside("styles.xml")
    if package.part(name) is None:
        return {}
    found = {}
    for style in children(package.xml(name)):
        properties = named(style, "pPr") if local(style) == "style" else None
        place = _list_of(properties) if properties is not None else None
        if place is not None and place[0] not in {"", "0"}:
            found[value(style, "styleId") or ""] = place
    return found


def _list_of(properties: etree._Element) -> tuple[str, int] | None:
    numbers = named(properties, "numPr")
    if numbers is None:
        return None
    identity, depth = named(numbers, "numId"), named(numbers, "ilvl")
    text = value(identity, "val") if identity is not None else None
    return (text or "", whole(depth, "val", 0))
