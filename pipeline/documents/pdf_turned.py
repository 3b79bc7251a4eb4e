"""A page that is shown turned, made upright before its text is read.

In: an open document and a page of it. Out: the page and the frame of its text. The rule it
protects: no text is lost with the font. pdfium passes over every piece of text whose ink is less
than a hundredth of a point wide, measured before the page is turned; Chinese print in a font that
neither the file nor the machine has shows no ink, and on a sideways page its height is its width.
"""

import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.documents.pdf_glyphs import Frame, page_frame


def upright(document: pypdfium2.PdfDocument, index: int) -> tuple[pypdfium2.PdfPage, Frame, Frame]:
    """Page `index` with its print along the lines, its frame in the file and the one in which it
    then stands."""
    page = document[index]
    frame = page_frame(page)
    if not frame.turns:
        return page, frame, frame
    # The three points tell where the axes of user space go on the page as shown.
    over, away, up = (frame.place(*point) for point in ((0, 0), (1, 0), (0, 1)))
    size = (frame.width, frame.height)
    width, height = size[::-1] if frame.turns % 2 else size
    matrix = pypdfium2.PdfMatrix(
        away[0] - over[0],
        over[1] - away[1],
        up[0] - over[0],
        over[1] - up[1],
        over[0],
        height - over[1],
    )
    pdfium.FPDFPage_TransFormWithClip(page, matrix.to_raw(), None)
    page.set_rotation(0)
    page.set_mediabox(0, 0, width, height)
    page.set_cropbox(0, 0, width, height)
    page.close()
    return document[index], frame, Frame(0.0, 0.0, width, height, 0)
