"""Pages of a PDF in the report: the very file, every numeral boxed, bounded, or why not."""

import hashlib
import re
import zipfile
from pathlib import Path

import pytest
from rendering import cid_font, drawn, ruled
from reportlab.pdfbase.pdfmetrics import stringWidth

from pipeline.documents.content import read_content
from pipeline.documents.limits import Limits
from pipeline.documents.pdf_pictures import pictures
from pipeline.documents.places import Stretch, place, stretches
from pipeline.extraction import extract
from pipeline.report import pages as report_pages
from pipeline.report.document import document_page
from pipeline.report.pages import NO_PAGES, Pages, pages_of
from pipeline.runs import record_of
from schemas.documents import Document
from schemas.runs import DocumentRecord, Extraction

ROWS = (
    ("科目编码", "科目名称", "合计", "基本支出", "项目支出"),
    ("201", "一般公共服务支出", "1,234.50", "1,000.50", "234.00"),
    ("20101", "人大事务", "1,234.50", "1,000.50", "234.00"),
    ("合计", "", "1,234.50", "1,000.50", "234.00"),
)


def _page(canvas):
    canvas.drawString(100, 760, "甲市乙局2023年度部门决算")
    canvas.drawString(200, 730, "支出决算表")
    canvas.drawString(400, 712, "单位：万元")
    ruled(canvas, 700, (50, 120, 240, 320, 400, 480), ROWS)
    canvas.drawString(100, 560, "2023年度支出合计1234.50万元。")


DATA = drawn(_page, lambda canvas: canvas.drawString(100, 700, "名词解释"))


@pytest.fixture(scope="module")
def document() -> Document:
    return read_content("乙局.pdf", DATA, Limits())


@pytest.fixture(scope="module")
def extraction(document: Document) -> Extraction:
    return extract(document)


def given(tmp_path: Path, extraction: Extraction, data: bytes = DATA) -> DocumentRecord:
    path = tmp_path / "乙局.pdf"
    path.write_bytes(data)
    return record_of(extraction, str(path))


def sheets(page: str) -> str:
    return page[page.index('id="pages"') : page.index('id="source"')]


def test_every_numeral_is_boxed_on_its_page(
    tmp_path: Path, document: Document, extraction: Extraction
):
    shown = pages_of(given(tmp_path, extraction), extraction.document, document.lines)
    page = sheets(document_page(extraction, document.lines, shown))
    assert page.count("<rect ") == len(extraction.dispositions)
    assert page.count("<a href=") == len(extraction.facts) > 9
    assert page.count('src="data:image/png;base64,') == 2
    assert re.search(r'<rect class="x"[^>]*><title>已排除：年度', page)


def test_boxes_are_no_trap_for_the_keyboard(
    tmp_path: Path, document: Document, extraction: Extraction
):
    shown = pages_of(given(tmp_path, extraction), extraction.document, document.lines)
    page = sheets(document_page(extraction, document.lines, shown))
    assert page.count('tabindex="-1"') == page.count("<a href=")
    assert page.count('aria-hidden="true"') == page.count("<svg ") == 2


def test_a_number_in_prose_is_boxed_by_its_characters(document: Document):
    picture = pictures(DATA, 2, Limits())[0]
    line = next(n for n, text in enumerate(document.lines, 1) if "1234.50万元" in text)
    stretch = stretches(document)[line][0]
    start = stretch.text.index("1234.50")
    left, top, right, bottom = place(stretch, start, start + 7, picture)
    before, number = (stringWidth(t, cid_font(), 10) for t in ("2023年度支出合计", "1234.50"))
    assert left == pytest.approx(100 + before, abs=0.1)
    # Half a digit: where no Chinese font is installed, the one put in for it has wider digits.
    assert right - left == pytest.approx(number, abs=2.5)
    assert (top, bottom) == pytest.approx((stretch.box[1], stretch.box[3]), abs=0.01)


def test_what_cannot_be_told_apart_is_boxed_whole(document: Document):
    picture = pictures(DATA, 2, Limits())[0]
    other = Stretch("别的文字12.00", 0, 1, (100.0, 270.0, 300.0, 290.0))
    assert place(other, 4, 9, picture) == other.box


def test_fact_of_prose_has_the_box_of_its_number(document: Document, extraction: Extraction):
    claims = [fact for fact in extraction.facts if fact.statement == "claim"]
    assert claims
    for fact in claims:
        line = document.boxes[fact.line - 1]
        assert fact.bbox is not None and line is not None
        assert line[0] <= fact.bbox[0] < fact.bbox[2] <= line[2]
        assert fact.bbox[2] - fact.bbox[0] < (line[2] - line[0]) / 2


@pytest.mark.parametrize("change", ["改", "删"])
def test_another_file_is_never_shown(
    tmp_path: Path, document: Document, extraction: Extraction, change: str
):
    record = given(tmp_path, extraction)
    path = Path(record.path)
    path.write_bytes(DATA + b"\n") if change == "改" else path.unlink()
    shown = pages_of(record, extraction.document, document.lines)
    assert shown == Pages(reason=("原文件已移动或改变", "the file was moved or changed"))
    assert "没有页面图：原文件已移动或改变" in document_page(extraction, document.lines, shown)


def test_pictures_beyond_the_bound_are_left_out_and_told(
    tmp_path: Path, document: Document, extraction: Extraction, monkeypatch: pytest.MonkeyPatch
):
    shown = pages_of(given(tmp_path, extraction), extraction.document, document.lines)
    monkeypatch.setattr(report_pages, "MOST_BYTES", len(shown.pictures[1].png))
    page = sheets(document_page(extraction, document.lines, shown))
    assert page.count("<figure ") == 1
    assert "另有1页没有图" in page


def test_document_without_pages_has_no_such_pane(extraction: Extraction, document: Document):
    head = extraction.document.model_copy(update={"media": "text"})
    record = DocumentRecord(id="甲", name="甲.txt", path="甲.txt", sha256="", status="done")
    assert pages_of(record, head, document.lines) == NO_PAGES
    assert 'id="pages"' not in document_page(extraction, document.lines)


def test_member_of_an_archive_is_shown(tmp_path: Path, document: Document, extraction: Extraction):
    with zipfile.ZipFile(tmp_path / "包.zip", "w") as archive:
        archive.writestr("内/乙局.pdf", DATA)
    record = record_of(extraction, f"{tmp_path / '包.zip'}!内/乙局.pdf")
    assert record.sha256 == hashlib.sha256(DATA).hexdigest()
    assert len(pages_of(record, extraction.document, document.lines).pictures) == 2
