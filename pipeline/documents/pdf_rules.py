"""The ruled tables of a PDF page, as tablers finds them.

In: an open page and its frame. Out: cell boxes on the page as shown. The rule it protects: only
drawn rules make tables; white ones and single frames do not.
"""

from collections.abc import Sequence

import tablers

from pipeline.documents.pdf_glyphs import Frame
from pipeline.documents.pdf_grids import Ruled
from schemas.documents import Box

_WHITE = (255, 255, 255)
# A rectangle thinner than this is a rule itself, and tablers takes it for one.
_RULE_WIDTH = 3.0


def ruled_tables(page: tablers.Page, frame: Frame) -> list[Ruled]:
    """Tables of the page. Its text reading is dropped on turned pages, where tablers has none."""
    level, upright = _outlines(page)
    found = tablers.find_tables(
        page,
        extract_text=True,
        text_use_text_flow=True,
        explicit_h_edges=level or None,
        explicit_v_edges=upright or None,
    )
    tables = []
    for table in found:
        cells = table.cells
        boxes = _shown(frame, [cell.bbox for cell in cells])
        texts = tuple(cell.text for cell in cells) if not frame.turns else ()
        tables.append(Ruled(boxes, texts))
    return tables


def _outlines(page: tablers.Page) -> tuple[list[tablers.Edge], list[tablers.Edge]]:
    """The sides of outlined rectangles, which tablers 0.9 passes over as edges (a table whose
    cells are drawn as rectangles had no cell)."""
    page.extract_objects()
    level, upright = [], []
    objects = page.objects
    for rect in objects.rects if objects is not None else ():
        x0, y0, x1, y1 = rect.bbox
        thin = min(x1 - x0, y1 - y0) < _RULE_WIDTH
        if thin or not rect.is_stroked or rect.stroke_color[:3] == _WHITE:
            continue
        level += [tablers.Edge("h", x0, y, x1, y) for y in (y0, y1)]
        upright += [tablers.Edge("v", x, y0, x, y1) for x in (x0, x1)]
    return level, upright


def _shown(frame: Frame, boxes: Sequence[Box]) -> tuple[Box, ...]:
    """tablers measures y down from the height of the unturned page and x in user space."""
    height = frame.height
    return frame.boxes([(x0, height - y0, x1, height - y1) for x0, y0, x1, y1 in boxes])
