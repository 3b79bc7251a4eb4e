"""A saved web page as lines and grids.

In: the bytes of an HTML file. Out: `Source` without pages: one line a block of text, one line a
table row. The rule it protects: tables that only lay out the page are no grids, and nothing that
the page refers to is fetched.
"""

import re
from collections.abc import Iterator

from lxml import etree, html

from pipeline.documents.flow import FlowBlock, Paragraph, write_flow
from pipeline.documents.limits import Limits, within
from pipeline.documents.source import RawCell, RawGrid, Source
from pipeline.documents.text import decode
from pipeline.errors import UnreadableFile

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_XML_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>")
_SKIPPED = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "svg",
        "math",
        "iframe",
        "object",
        "select",
        "button",
        "nav",
    }
)
_BLOCKS = frozenset(
    {
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "aside",
        "blockquote",
        "pre",
        "center",
        "form",
        "hr",
        "fieldset",
        "figure",
        "figcaption",
        "address",
        "caption",
        "body",
        "html",
        "tr",
        "td",
        "th",
        "tbody",
        "thead",
        "tfoot",
        "table",
    }
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_MOST_SPANNED = 1000
_DEEPEST = 200


def read_html(name: str, data: bytes, limits: Limits) -> Source:
    """Read an HTML page. Raises UnreadableFile (encoding, no content) and LimitExceeded."""
    within(len(data), limits.bytes, f"bytes of {name}")
    text = _XML_HEAD.sub("", _text(name, data))
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True)
    try:
        root = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile(f"the page has no content ({error})") from error
    body = root.find("body")
    found = _blocks(body if body is not None else root, limits, 0)
    return write_flow(list(_merged_lines(found)), _hidden_numbers(root))


def _text(name: str, data: bytes) -> str:
    """The page's own charset where it decodes (GB2312 means GB18030), else as any text."""
    match = _CHARSET.search(data[:4096])
    stated = match[1].decode("ascii", "replace").lower() if match else ""
    encoding = "gb18030" if stated in {"gb2312", "gbk", "gb_2312-80", "gb18030"} else stated
    if encoding and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            pass  # the page states a charset it does not keep to
    return decode(name, data)


class _Break(str):
    """The end of a block: what follows begins a new line."""


def _merged_lines(found: Iterator[FlowBlock | str]) -> Iterator[FlowBlock]:
    """Inline pieces up to the next break make one line."""
    line = ""
    for piece in found:
        if isinstance(piece, str) and not isinstance(piece, _Break):
            line += piece
            continue
        if _clean(line):
            yield Paragraph(_clean(line))
        line = ""
        if not isinstance(piece, str):
            yield piece
    if _clean(line):
        yield Paragraph(_clean(line))


def _clean(text: str) -> str:
    return _SPACES.sub(" ", text.replace("\xa0", " ")).strip()


def _blocks(element: etree._Element, limits: Limits, depth: int) -> Iterator[FlowBlock | str]:
    within(depth, _DEEPEST, "nested elements")
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str) and not _invisible(child):
            yield from _element(child, limits, depth)
        yield child.tail or ""


def _element(child: etree._Element, limits: Limits, depth: int) -> Iterator[FlowBlock | str]:
    if child.tag == "br":
        yield _Break()
    elif child.tag == "table" and not _is_layout(child):
        yield _Break()
        for caption in child.findall("caption"):
            yield _all_text(caption)
            yield _Break()
        yield _grid(child, limits)
    else:
        block = child.tag in _BLOCKS
        if block:
            yield _Break()
        if child.tag == "p" and len(child) == 0 and not _clean(child.text or ""):
            yield Paragraph("")
        yield from _blocks(child, limits, depth + 1)
        if block:
            yield _Break()


def _invisible(element: etree._Element) -> bool:
    if element.tag in _SKIPPED or element.get("hidden") is not None:
        return True
    return bool(_HIDDEN.search(element.get("style") or ""))


def _hidden_numbers(root: etree._Element) -> tuple[str, ...]:
    """A note where numbers stand in what a browser does not show."""
    hidden = [element for element in root.iter(etree.Element) if _invisible(element)]
    texts = ("".join(map(str, e.itertext())) for e in hidden if e.tag not in _SKIPPED)
    count = sum(any(map(str.isdecimal, text)) for text in texts)
    return (f"{count} hidden elements with numbers left out",) if count else ()


def _is_layout(table: etree._Element) -> bool:
    """A table that holds tables, or has one column, lays out a page."""
    if table.find(".//table") is not None:
        return True
    return all(len(row.findall("td") + row.findall("th")) < 2 for row in _rows(table))


def _rows(table: etree._Element) -> list[etree._Element]:
    return [row for row in table.iter("tr") if not _invisible(row)]


def _grid(table: etree._Element, limits: Limits) -> RawGrid:
    """rowspan and colspan written out; a cell goes to the first free column of its row."""
    cells: list[RawCell] = []
    taken: set[tuple[int, int]] = set()
    rows = _rows(table)
    width = 0
    for row, element in enumerate(rows):
        column = 0
        for cell in element:
            if cell.tag not in {"td", "th"} or _invisible(cell):
                continue
            while (row, column) in taken:
                column += 1
            down = min(_span(cell, "rowspan", len(rows) - row), len(rows) - row)
            across = _span(cell, "colspan", 1)
            cells.append(RawCell(row, column, _all_text(cell), down, across))
            within(len(taken) + down * across, limits.cells, "table cells")
            taken |= {
                (r, c) for r in range(row, row + down) for c in range(column, column + across)
            }
            column += across
        width = max(width, column)
    within(len(rows) * width, limits.cells, "table cells")
    return RawGrid(len(rows), width, tuple(cells), "html")


def _span(cell: etree._Element, name: str, endless: int) -> int:
    """A span as browsers read it: no number is 1, 0 reaches to the end, at most 1000."""
    text = (cell.get(name) or "").strip()
    if not text.isdecimal():
        return 1
    return min(max(int(text) or endless, 1), _MOST_SPANNED)


def _all_text(element: etree._Element) -> str:
    """All text of a cell; <br> and blocks inside it are line ends."""
    pieces = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and not _invisible(child):
            block = child.tag in _BLOCKS or child.tag == "br"
            pieces.append(("\n" if block else "") + _all_text(child))
        pieces.append(child.tail or "")
    return "\n".join(_clean(line) for line in "".join(pieces).split("\n"))
