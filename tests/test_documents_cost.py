"""What a worker that reads PDFs keeps."""

from pathlib import Path

import pytest
from rendering import drawn, ruled

from pipeline.documents.limits import Limits
from pipeline.documents.worker import Worker

HEAD = ("科目编码", "科目名称", "合计", "基本支出")
BODY = [(f"20{i:03}", f"第{i}项支出", f"{i},000.00", f"{i},000.00") for i in range(30)]


def pages(count: int) -> bytes:
    def page(canvas):
        canvas.drawString(200, 760, "支出决算表")
        ruled(canvas, 700, (50, 120, 260, 340, 420), (HEAD, *BODY))

    return drawn(*[page] * count)


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
