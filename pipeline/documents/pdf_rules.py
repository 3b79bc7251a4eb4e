"""The ruled tables of a PDF page, as tablers finds them.

In: an open page and its frame. Out: cell boxes on the page as shown. The rule it protects: only
drawn rules make tables; white ones and single frames do not.
"""

import tablers

from pipeline.documents.pdf_glyphs import Frame
from pipeline.documents.pdf_grids import Ruled
from schemas.documents import Box


def ruled_tables(page: tablers.Page, frame: Frame) -> list[Ruled]:
    """Tables of the page. Its text reading is dropped on turned pages, where tablers has none."""
    found = tablers.find_tables(page, extract_text=True, text_use_text_flow=True)
    tables = []
    for table in found:
        cells = table.cells
        boxes = tuple(_shown(frame, cell.bbox) for cell in cells)
        texts = tuple(cell.text for cell in cells) if not frame.turns else ()
        tables.append(Ruled(boxes, texts))
    return tables


def _shown(frame: Frame, box: Box) -> Box:
    """tablers measures y down from the height of the unturned page and x in user space."""
    x0, y0, x1, y1 = box
    return frame.box(x0, frame.height - y1, x1, frame.height - y0)
