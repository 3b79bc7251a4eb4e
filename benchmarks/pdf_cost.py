"""What reading a PDF costs beside the libraries it stands on, as ratios of one run.

    python benchmarks/pdf_cost.py [FILE.pdf ...]

Without files: a ruled table of 31 rows on 12 pages. Prints processor time of ours over that of
pypdfium2 (every character with its box and origin) and tablers (every table with its text).
"""

import ctypes
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import tablers

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from rendering import drawn, ruled  # noqa: E402

from pipeline.documents.limits import Limits  # noqa: E402
from pipeline.documents.pdf import read_pdf  # noqa: E402
from pipeline.documents.server import spare_collector  # noqa: E402

HEAD = ("科目编码", "科目名称", "合计", "基本支出")
BODY = [(f"20{i:03}", f"第{i}项支出", f"{i},000.00", f"{i},000.00") for i in range(30)]


def pages(count: int) -> bytes:
    def page(canvas):
        canvas.drawString(200, 760, "支出决算表")
        ruled(canvas, 700, (50, 120, 260, 340, 420), (HEAD, *BODY))

    return drawn(*[page] * count)


def libraries_alone(data: bytes) -> None:
    """Every character with its box and origin, every table with its text."""
    document = pypdfium2.PdfDocument(data)
    box, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    with tablers.Document(bytes=data) as ruled_document:
        for index, page in enumerate(document):
            text = page.get_textpage()
            for character in range(text.count_chars()):
                pdfium.FPDFText_GetUnicode(text.raw, character)
                pdfium.FPDFText_GetLooseCharBox(text.raw, character, box)
                pdfium.FPDFText_GetCharOrigin(text.raw, character, x, y)
            found = ruled_document.get_page(index)
            tablers.find_tables(found, extract_text=True, text_use_text_flow=True)
            page.close()
    document.close()


def seconds(work: Callable[[], object]) -> float:
    """The processor time of one run."""
    started = time.process_time()
    work()
    return time.process_time() - started


def cost(data: bytes, rounds: int = 12) -> float:
    """The least time of ours over the least time of the libraries, taken in turns: what else the
    machine does falls on both."""
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(seconds(lambda: read_pdf("a.pdf", data, Limits())))
        theirs.append(seconds(lambda: libraries_alone(data)))
    return min(ours) / min(theirs)


def main(paths: list[str]) -> None:
    spare_collector()  # as the process does that reads
    files = {Path(path).name: Path(path).read_bytes() for path in paths}
    for name, data in (files or {"12 ruled pages": pages(12)}).items():
        print(f"{name}: {cost(data):.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
