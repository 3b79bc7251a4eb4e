"""Hostile and broken files: each refused or read within its limits, with its reason."""

import io
import os
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
from rendering import drawn, ruled

from pipeline.documents.archive import Member, Refusal, member_name, members
from pipeline.documents.content import read_content
from pipeline.documents.limits import Limits
from pipeline.documents.sniff import sniff
from pipeline.documents.worker import ReaderError, Request, Worker, read_isolated
from pipeline.errors import InputError, JuesuanError, LimitExceeded, UnreadableFile
from pipeline.inputs import collect, contents
from pipeline.reading.learning import FormStore
from pipeline.running import Task, Way, _work

LIMITS = Limits()
SMALL = Limits(bytes=1_000_000, unpacked_bytes=2_000_000, members=20, cells=10_000)


def zipped(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return target.getvalue()


def workbook(sheet_xml: bytes) -> bytes:
    """A workbook whose sheet part is replaced."""
    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    parts = zipfile.ZipFile(book)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in parts.namelist():
            changed = name == "xl/worksheets/sheet1.xml"
            package.writestr(name, sheet_xml if changed else parts.read(name))
    return target.getvalue()


def word(document_xml: bytes) -> bytes:
    relations = (
        b'<Relationships><Relationship Type="x/officeDocument" Target="word/document.xml"/>'
        b"</Relationships>"
    )
    return zipped(**{"_rels__.rels": relations, "word__document.xml": document_xml})


LAUGHS = (
    b'<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<document><body><p><r><t>&b;</t></r></p></body></document>"
)
FETCHED = (
    b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    b"<document><body><p><r><t>&f;</t></r></p></body></document>"
)
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


@pytest.mark.parametrize(
    ("name", "data", "error", "words"),
    [
        pytest.param("a.pdf", b"%PDF-1.4\n%%EOF", UnreadableFile, "damaged", id="空壳PDF"),
        pytest.param("a.pdf", b"", InputError, "empty", id="空文件"),
        pytest.param("a.docx", b"PK\x03\x04" + b"x" * 99, UnreadableFile, "damaged", id="截断的DOCX"),
        pytest.param("a.docx", word(LAUGHS), UnreadableFile, "document type", id="实体炸弹"),
        pytest.param("a.docx", word(FETCHED), UnreadableFile, "document type", id="外部实体"),
        pytest.param("a.docx", word(b"<document><body>"), UnreadableFile, "well-formed", id="坏XML"),
        pytest.param("a.docx", word(b"0" * 3_000_000), LimitExceeded, "unpacked", id="压缩炸弹"),
        pytest.param(
            "a.xlsx",
            workbook(SHEET + b"<row>" + b"<c/>" * 20_000 + b"</row></sheetData></worksheet>"),
            LimitExceeded,
            "cells of the workbook",
            id="空单元格无数",
        ),
        pytest.param(
            "a.xlsx",
            workbook(
                SHEET + b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
                b"</worksheet>"
            ),
            LimitExceeded,
            "cells",
            id="最远的单元格",
        ),
        pytest.param(
            "a.xlsx", workbook(b"<!DOCTYPE x><worksheet/>"), UnreadableFile, "document type", id="XLSX文档类型"
        ),
        pytest.param("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, UnreadableFile, "no known kind", id="空OLE"),
        pytest.param("a.bin", bytes(range(256)) * 9, UnreadableFile, "no known kind", id="二进制"),
        pytest.param("a.png", b"\x89PNG\r\n\x1a\n\0\0", UnreadableFile, "picture", id="图片"),
        pytest.param("a.txt", b"x" * 2_000_000, LimitExceeded, "bytes", id="过大的文本"),
        pytest.param("a.html", b"<html><body><script>1</script></body></html>", UnreadableFile, "no text", id="空网页"),
    ],
)  # fmt: skip
def test_refused_with_its_reason(name: str, data: bytes, error: type[JuesuanError], words: str):
    with pytest.raises(error, match=words) as caught:
        read_content(name, data, SMALL)
    assert caught.value.where == name


def test_old_word_without_libreoffice_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pipeline.documents.doc.shutil.which", lambda name: None)
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le")
    with pytest.raises(UnreadableFile, match="needs LibreOffice"):
        read_content("a.doc", data, SMALL)


@pytest.mark.parametrize("cut", [10, 200, 1000, 3000])
def test_truncated_pdf_is_read_or_refused(cut: int):
    data = drawn(lambda canvas: ruled(canvas, 700, (50, 150, 300), [("甲", "1.00")] * 20))
    try:
        read_content("a.pdf", data[:-cut], LIMITS)
    except JuesuanError as error:
        assert error.where == "a.pdf"


def test_deep_html_is_refused():
    with pytest.raises((LimitExceeded, UnreadableFile)):
        read_content("a.html", b"<html><body>" + b"<div>" * 5000 + b"x", LIMITS)


def test_million_objects_end_at_the_time_limit():
    def page(canvas):
        for index in range(20_000):
            canvas.line(index % 500, 0, index % 500, 800)
            canvas.line(0, index % 800, 500, index % 800)

    data = drawn(page, lambda canvas: canvas.drawString(50, 50, "x"))
    started = time.monotonic()
    with Worker() as worker, pytest.raises(JuesuanError):
        worker.read("a.pdf", data, LIMITS._replace(seconds=1.0, ocr_seconds=1.0))
    assert time.monotonic() - started < 20


# --- what a file is


@pytest.mark.parametrize(
    ("name", "data", "media"),
    [
        ("决算.txt", b"%PDF-1.7", "pdf"),
        ("决算.doc", word(b"<document/>"), "docx"),
        ("决算.xls", b"<html><table><tr><td>1", "html"),
        ("决算.pdf", "本年收入".encode(), "text"),
        ("决算.docx", zipped(a=b"1"), "zip"),
        ("说明.md", "<table> 在此".encode(), "text"),
    ],
)
def test_content_decides(name: str, data: bytes, media: str):
    assert sniff(name, data) == media


def test_wrong_extension_is_noted():
    data = drawn(lambda canvas: canvas.drawString(50, 600, "本年收入合计12.50万元"))
    document = read_content("决算.txt", data, LIMITS)
    assert document.media == "pdf"
    assert document.notes[0] == "the name says text, the content is pdf"


# --- archives


def test_archive_gives_its_files_and_those_of_archives_inside():
    data = zipped(**{"甲.txt": b"1", "年度__乙.txt": b"2", "内.zip": zipped(**{"丙.txt": b"3"})})
    found = [member.name for member in members("x.zip", data, LIMITS)]
    assert found == ["甲.txt", "年度/乙.txt", "内.zip/丙.txt"]


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "C:\\x.txt", "a\\..\\..\\b"])
def test_paths_that_lead_out_are_refused(path: str):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(path, b"1")
        archive.writestr("好.txt", b"2")
    found = list(members("x.zip", target.getvalue(), LIMITS))
    assert isinstance(found[0], Refusal)
    assert found[1] == Member("好.txt", b"2")


def test_symbolic_links_in_archives_are_refused():
    info = zipfile.ZipInfo("链接.txt")
    info.external_attr = 0o120777 << 16
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert list(members("x.zip", target.getvalue(), LIMITS)) == [
        Refusal("链接.txt", "it is a symbolic link")
    ]


def test_zip_bomb_is_refused():
    with pytest.raises(LimitExceeded, match="unpacked bytes"):
        list(members("x.zip", zipped(a=b"0" * 3_000_000), SMALL))


def test_size_that_lies_is_counted():
    data = zipped(a=b"0" * 3_000_000).replace(
        (3_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")
    )
    try:
        found = list(members("x.zip", data, SMALL))
    except LimitExceeded:
        return
    assert all(isinstance(member, Refusal) or len(member.data) <= 10 for member in found)


def test_archives_inside_archives_end():
    data = zipped(**{"a.txt": b"1"})
    for _ in range(5):
        data = zipped(**{"a.zip": data})
    with pytest.raises(LimitExceeded, match="archives inside archives"):
        list(members("x.zip", data, LIMITS))


def test_too_many_members():
    with pytest.raises(LimitExceeded, match="files in the archive"):
        list(members("x.zip", zipped(**{f"{i}.txt": b"1" for i in range(30)}), SMALL))


def test_damaged_archive():
    with pytest.raises(UnreadableFile, match="damaged"):
        list(members("x.zip", b"PK\x03\x04nothing", LIMITS))


def test_names_of_chinese_windows():
    info = zipfile.ZipInfo("决算.txt".encode("gb18030").decode("cp437"))
    info.flag_bits = 0
    assert member_name(info) == "决算.txt"


# --- a process of its own


def test_worker_reads_and_raises_as_a_call_would(tmp_path: Path):
    data = "2024年度部门决算\n本年收入合计12.50万元。".encode()
    with Worker() as worker:
        assert worker.read("甲.txt", data, LIMITS) == read_content("甲.txt", data, LIMITS)
        with pytest.raises(UnreadableFile, match="damaged") as caught:
            worker.read("乙.pdf", b"%PDF-1.4 x", LIMITS)
        assert caught.value.where == "乙.pdf"
        assert worker.read("甲.txt", data, LIMITS).name == "甲.txt"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="memory is limited where processes fork")
def test_memory_limit_names_itself_and_the_next_document_is_read():
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for _ in range(800):
        sheet.append(["x" * 10] * 40)
    target = io.BytesIO()
    book.save(target)
    with Worker() as worker:
        with pytest.raises(JuesuanError):
            worker.read("大.xlsx", target.getvalue(), LIMITS._replace(memory_bytes=4_000_000))
        assert worker.read("甲.txt", "本年收入".encode(), LIMITS).lines == ("本年收入",)


def test_time_limit_names_itself():
    data = drawn(lambda canvas: canvas.drawString(50, 50, "x"))
    with Worker() as worker, pytest.raises(LimitExceeded, match="more than"):
        worker.read("a.pdf", data, LIMITS._replace(seconds=0.0, ocr_seconds=0.0))


def test_kept_worker_reads_one_document_after_the_other():
    for name in ("甲.txt", "乙.txt"):
        assert read_isolated(name, "本年收入".encode(), LIMITS).name == name


def test_worker_ends_with_its_context():
    with Worker() as worker:
        worker.read("甲.txt", "本年收入".encode(), LIMITS)
        process = worker._process
    assert process is not None
    assert process.poll() is not None


def test_request_holds_what_it_is_asked():
    assert Request("甲", b"1", LIMITS).limits.pages == LIMITS.pages
    assert issubclass(ReaderError, RuntimeError)


def test_pipe_in_a_folder_is_refused_and_nothing_waits(tmp_path: Path):
    os.mkfifo(tmp_path / "管道.txt")
    (given,) = collect([tmp_path])[0]
    with pytest.raises(UnreadableFile, match="no regular file"):
        list(contents(given, LIMITS))


def test_links_in_circles_end(tmp_path: Path):
    (tmp_path / "内").mkdir()
    (tmp_path / "内" / "上").symlink_to("..")
    (tmp_path / "己.txt").symlink_to("己.txt")
    (tmp_path / "好.txt").write_text("本年收入", encoding="utf-8")
    good, circle = collect([tmp_path])[0]
    assert [data for _, data in contents(good, LIMITS)] == ["本年收入".encode()]
    with pytest.raises(InputError, match="cannot be read"):
        list(contents(circle, LIMITS))


def test_text_that_takes_too_long_is_refused_with_the_limit():
    data = "本年收入合计12.50万元。\n".encode() * 50_000
    task = Task("长.txt", "长.txt", data)
    started = time.monotonic()
    answer = _work(task, LIMITS._replace(seconds=0.2), Way(FormStore(), ()))
    assert answer.record.status == "failed"
    assert answer.record.reason.startswith("reading took more than 0.2 seconds")
    assert time.monotonic() - started < 20


def test_hidden_numbers_of_a_web_page_are_noted():
    page = "<p>收入1</p><p style='display: none'>支出2</p><script>3</script><b hidden>无</b>"
    document = read_content("a.html", f"<html><body>{page}</body></html>".encode(), LIMITS)
    assert document.lines == ("收入1",)
    assert document.notes == ("1 hidden elements with numbers left out",)


def test_hidden_numbers_of_a_word_file_are_noted():
    run = b"<r><rPr><vanish/></rPr><t>9.00</t></r><r><t>1.00</t></r>"
    document = read_content(
        "a.docx", word(b"<document><body><p>" + run + b"</p></body></document>"), LIMITS
    )
    assert document.lines == ("1.00",)
    assert document.notes == ("1 hidden runs with numbers left out",)
