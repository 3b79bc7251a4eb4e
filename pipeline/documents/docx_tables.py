"""Tables of a Word file as raw grids.

In: a `tbl` element. Out: cells with spans on the table's own column grid. The rule it protects:
gridSpan, vMerge and the columns left out before a row decide a cell's column, not its count.
"""

from collections.abc import Callable, Iterator

from lxml import etree

from pipeline.documents.docx_numbers import Numbering
from pipeline.documents.limits import Limits, within
from pipeline.documents.ooxml import children, descendants, local, named, value, whole
from pipeline.documents.source import RawCell, RawGrid

_INSIDE = frozenset({"sdt", "sdtContent", "customXml", "ins", "moveTo"})
TextOf = Callable[[etree._Element], str]


def table_cells(
    table: etree._Element, numbering: Numbering, text_of: TextOf, limits: Limits
) -> RawGrid:
    """The table as a raw grid. Raises LimitExceeded above `limits.cells`."""
    cells: list[RawCell] = []
    open_merges: dict[int, int] = {}
    width = row = 0
    for element in _members(table, "tr"):
        properties = named(element, "trPr")
        if properties is not None and named(properties, "del") is not None:
            continue
        column = whole(_property(properties, "gridBefore"), "val", 0)
        for cell in _members(element, "tc"):
            span = max(whole(_property(named(cell, "tcPr"), "gridSpan"), "val", 1), 1)
            if _continues(cell) and column in open_merges:
                anchor = open_merges[column]
                cells[anchor] = cells[anchor]._replace(row_span=row - cells[anchor].row + 1)
            else:
                open_merges[column] = len(cells)
                cells.append(RawCell(row, column, cell_text(cell, numbering, text_of), 1, span))
            column += span
            within(row * max(width, column), limits.cells, "table cells")
        width = max(width, column)
        row += 1
    return RawGrid(row, width, tuple(cells), "ruled")


def _members(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Rows of a table, cells of a row, also inside content controls."""
    for child in children(element):
        if local(child) == name:
            yield child
        elif local(child) in _INSIDE:
            yield from _members(child, name)


def _property(properties: etree._Element | None, name: str) -> etree._Element | None:
    return named(properties, name) if properties is not None else None


def _continues(cell: etree._Element) -> bool:
    merge = _property(named(cell, "tcPr"), "vMerge")
    return merge is not None and value(merge, "val") != "restart"


def cell_text(cell: etree._Element, numbering: Numbering, text_of: TextOf) -> str:
    """The cell's paragraphs, those of tables inside it too, a newline between them."""
    return "\n".join(
        numbering.number(paragraph) + text_of(paragraph)
        for paragraph in descendants(cell, "p")
        if all(local(above) != "Fallback" for above in paragraph.iterancestors())
    )
