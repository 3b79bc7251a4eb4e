"""Pages of a PDF in processes of their own: the same document, whatever happens to them."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from rendering import drawn, ruled

from pipeline.documents import pdf, server
from pipeline.documents.content import read_content
from pipeline.documents.limits import Limits
from pipeline.documents.page_processes import LEAST_PAGES, read_apart, shares
from pipeline.documents.worker import ENDED, REFUSED, Request, Worker
from pipeline.errors import LimitExceeded
from schemas.documents import Document

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="pages are shared out by forking")
LIMITS = Limits()
TWO = LIMITS._replace(page_processes=2)
HEAD = ("科目编码", "科目名称", "合计")
PAGES = 2 * LEAST_PAGES + 1


def book(pages: int = PAGES) -> bytes:
    """A table that goes on over all pages, its numbers different on each; page numbers below."""

    def page(number: int):
        rows = [(f"2{number:02}{i:02}", f"第{i}项支出", f"{number},{i:03}.00") for i in range(20)]

        def draw(canvas):
            canvas.drawString(290, 30, str(number + 1))
            ruled(canvas, 700, (50, 120, 260, 340), (HEAD, *rows) if number == 0 else rows)

        return draw

    return drawn(*[page(number) for number in range(pages)])


def test_pages_are_shared_out_from_some_count_on():
    assert shares(2 * LEAST_PAGES - 1, 2) == [range(2 * LEAST_PAGES - 1)]
    assert [list(part) for part in shares(16, 2)] == [[*range(0, 16, 2)], [*range(1, 16, 2)]]
    assert len(shares(1000, 64)) == 4


@pytest.mark.parametrize("processes", [2, 3])
def test_document_is_the_same_in_any_number_of_processes(processes: int):
    data = book(3 * LEAST_PAGES)
    limits = LIMITS._replace(page_processes=processes)
    assert len(shares(3 * LEAST_PAGES, processes)) == processes
    one, several = read_content("册.pdf", data, LIMITS), read_content("册.pdf", data, limits)
    assert several.model_dump_json() == one.model_dump_json()
    assert len(one.grids) == 1


def test_worker_reads_pages_in_processes_within_its_limits():
    data = book()
    with Worker() as worker:
        assert worker.read("册.pdf", data, TWO) == read_content("册.pdf", data, LIMITS)


def test_slowest_page_first_changes_no_order():
    def read(part: Sequence[int]) -> Iterator[int]:
        for index in part:
            time.sleep(0.05 if index == 0 else 0)
            yield index * 10

    found = read_apart(read, shares(PAGES, 2), LIMITS)
    assert found == {index: index * 10 for index in range(PAGES)}


def test_process_that_ends_gives_what_it_had_and_is_told(capfd: pytest.CaptureFixture[str]):
    def read(part: Sequence[int]) -> Iterator[int]:
        for index in part:
            if index == 5:
                os.kill(os.getpid(), signal.SIGKILL)
            yield index

    found = read_apart(read, shares(PAGES, 2), LIMITS)
    assert sorted(found) == [0, 1, 2, 3, *range(4, PAGES, 2)]
    assert "page 6: SIGKILL" in capfd.readouterr().err


def test_pages_of_a_process_that_ended_are_read_again(monkeypatch: pytest.MonkeyPatch):
    data = book()
    whole = read_content("册.pdf", data, LIMITS)
    first, read = os.getpid(), pdf.read_glyphs

    def fragile(page, frame, limit):
        if os.getpid() != first:
            os.kill(os.getpid(), signal.SIGKILL)
        return read(page, frame, limit)

    monkeypatch.setattr(pdf, "read_glyphs", fragile)
    assert read_content("册.pdf", data, TWO) == whole


def test_error_of_a_page_is_the_one_of_a_single_process():
    data = book()
    told = []
    for limits in (LIMITS, TWO):
        with pytest.raises(LimitExceeded) as caught:
            read_content("册.pdf", data, limits._replace(glyphs_per_page=100))
        told.append(str(caught.value))
    assert told[0] == told[1]


def test_page_that_brings_every_reader_down_is_named(monkeypatch: pytest.MonkeyPatch):
    read = pdf.read_glyphs

    def deadly(page, frame, limit):
        glyphs = read(page, frame, limit)
        if any(glyph.text == "7" and glyph.top > 780 for glyph in glyphs):
            os.kill(os.getpid(), signal.SIGKILL)
        return glyphs

    monkeypatch.setattr(pdf, "read_glyphs", deadly)
    kind, told = server._forked(Request("册.pdf", book(), TWO), read_content)
    assert kind == ENDED
    assert "SIGKILL; page 7: SIGKILL" in told.decode()


def test_time_limit_ends_the_processes_of_a_document_too(tmp_path: Path):
    def read(name: str, data: bytes, limits: Limits) -> Document:
        child = os.fork()
        if child:
            (tmp_path / "child").write_text(str(child), encoding="ascii")
        time.sleep(60)
        raise AssertionError

    started = time.monotonic()
    request = Request("册.pdf", b"", LIMITS._replace(seconds=0.5))
    assert server._forked(request, read)[0] == REFUSED
    child = int((tmp_path / "child").read_text(encoding="ascii"))
    while _runs(child) and time.monotonic() - started < 20:
        time.sleep(0.02)
    assert not _runs(child)


def _runs(process: int) -> bool:
    """The process is there and is no zombie."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process}/stat")
    return not stat.exists() or stat.read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
