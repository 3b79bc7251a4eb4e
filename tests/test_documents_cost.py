"""What reading a PDF costs beside its libraries, and what a worker keeps."""

import ctypes
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
import tablers
from rendering import drawn, ruled

from pipeline.documents.limits import Limits
from pipeline.documents.pdf import read_pdf
from pipeline.documents.worker import Worker

HEAD = ("科目编码", "科目名称", "合计", "基本支出")
BODY = [(f"20{i:03}", f"第{i}项支出", f"{i},000.00", f"{i},000.00") for i in range(30)]
# Ours is about 1.5 times the libraries on real files; the bound leaves room for a busy machine.
DEAREST = 2.5


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


def least_seconds(work: Callable[[], object]) -> float:
    """The least processor time of four runs."""
    taken = []
    for _ in range(4):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


def test_reading_costs_little_more_than_the_libraries():
    data = pages(12)
    ours = least_seconds(lambda: read_pdf("样张.pdf", data, Limits()))
    assert ours < DEAREST * least_seconds(lambda: libraries_alone(data))


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system tells no sizes")
def test_memory_goes_back_with_each_document():
    data = pages(3)
    sizes = []
    with Worker() as worker:
        for number in range(12):
            worker.read(f"{number}.pdf", data, Limits())
            assert worker._process is not None
            statm = Path(f"/proc/{worker._process.pid}/statm").read_text(encoding="ascii")
            sizes.append(int(statm.split()[1]))
    assert sizes[-1] - sizes[2] < 300  # pages of 4 KiB
