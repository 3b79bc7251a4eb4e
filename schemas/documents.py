"""What a source file becomes: numbered lines, grids, chunks."""

from typing import Literal

from schemas.base import Frozen
from schemas.vocabulary import DocumentKind

CellState = Literal["number", "text", "blank", "unreadable"]
Layout = Literal["tabs", "cell_per_line", "pipes", "ruled", "sheet", "html", "flat", "aligned"]
ChunkKind = Literal["table", "prose", "performance", "contents", "glossary", "duties", "other"]
Box = tuple[float, float, float, float]
NumeralBox = tuple[int, Box]


class Cell(Frozen):
    """One printed cell. `text` is as printed (outer whitespace removed); it begins at offset
    `start` of line `line` (1-based); a cell under a merge is blank and has `merged` set."""

    text: str
    line: int
    start: int = 0
    last_line: int = 0
    state: CellState = "text"
    row_span: int = 1
    col_span: int = 1
    merged: bool = False
    page: int | None = None
    box: Box | None = None
    confidence: float | None = None


class Grid(Frozen):
    """Rows of cells as the source shows them. Rows may differ in length; a column is an index."""

    layout: Layout
    rows: tuple[tuple[Cell, ...], ...]
    first_line: int
    last_line: int
    low_confidence: bool = False


class Document(Frozen):
    """A file of any format. `lines[0]` is line 1. `pages[i]` is the page of line i+1 (empty when
    the source has no pages), `boxes[i]` its box in points where known, `numeral_boxes[i]` the
    offsets and boxes of its numerals where these are known by themselves."""

    id: str
    name: str
    sha256: str
    media: str
    lines: tuple[str, ...]
    pages: tuple[int, ...] = ()
    boxes: tuple[Box | None, ...] = ()
    numeral_boxes: tuple[tuple[NumeralBox, ...], ...] = ()
    grids: tuple[Grid, ...] = ()
    kind: DocumentKind = "unknown"
    department: str = ""
    region: str = ""
    fiscal_year: int | None = None
    notes: tuple[str, ...] = ()


class Chunk(Frozen):
    """A typed stretch of a document: lines `first_line`..`last_line`, both included.

    `section` is the contract's section (heading without ordinal); for a table or performance
    chunk `title` is the form's title. `unit` is what the form's head states (`万元`), read on
    `unit_line`. `grid` is the joined grid where the text still shows one: continuation pages
    merged, repeated headers dropped."""

    id: str
    kind: ChunkKind
    first_line: int
    last_line: int
    title: str = ""
    section: str = ""
    unit: str = ""
    unit_line: int | None = None
    grid: Grid | None = None
