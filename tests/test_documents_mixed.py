"""A folder as a bureau keeps it: every format, nested, five of fifty files broken."""

import csv
import io
import zipfile
from pathlib import Path

import docx
import openpyxl
from rendering import drawn, ruled

from pipeline.cli import main
from pipeline.errors import EXIT_DOCUMENTS_FAILED

TITLE = "2023年度某市第{}局部门决算"
HEAD = ("科目编码", "科目名称", "合计", "基本支出", "项目支出")


def rows(number: int) -> list[tuple[str, ...]]:
    amounts = (f"{number}3.00", f"{number}1.00", "2.00")
    return [HEAD, ("201", "一般公共服务支出", *amounts), ("合计", "", *amounts)]


def as_text(number: int) -> bytes:
    lines = [TITLE.format(number), "支出决算表", "单位：万元", *map("\t".join, rows(number))]
    return "\n".join(lines).encode("gb18030" if number % 2 else "utf-8")


def as_html(number: int) -> bytes:
    body = "".join(f"<tr><td>{'<td>'.join(row)}</tr>" for row in rows(number))
    head = f"<p>{TITLE.format(number)}<p>支出决算表<p>单位：万元"
    return f"<html><meta charset=utf-8>{head}<table>{body}</table></html>".encode()


def as_pdf(number: int) -> bytes:
    def page(canvas):
        for top, line in ((780, TITLE.format(number)), (760, "支出决算表"), (740, "单位：万元")):
            canvas.drawString(60, top, line)
        ruled(canvas, 720, (50, 120, 260, 340, 420, 500), rows(number))

    return drawn(page)


def as_docx(number: int) -> bytes:
    made = docx.Document()
    for line in (TITLE.format(number), "支出决算表", "单位：万元"):
        made.add_paragraph(line)
    table = made.add_table(3, 5)
    for row, texts in zip(table.rows, rows(number), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def as_xlsx(number: int) -> bytes:
    book = openpyxl.Workbook()
    for line in ([TITLE.format(number)], ["支出决算表"], ["单位：万元"], *rows(number)):
        book.active.append(list(line))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


MAKERS = {"txt": as_text, "html": as_html, "pdf": as_pdf, "docx": as_docx, "xlsx": as_xlsx}
BROKEN = {
    "甲.pdf": b"%PDF-1.4 damaged",
    "乙.docx": b"PK\x03\x04 cut off",
    "丙.xlsx": b"",
    "丁.txt": bytes(range(256)) * 40,
    "戊.html": b"<html><body><script>1</script></body></html>",
}


def folder(path: Path) -> Path:
    """Forty-five files in folders and an archive, and the broken ones."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(45):
            kind = tuple(MAKERS)[number % 5]
            name, data = f"第{number}局.{kind}", MAKERS[kind](number + 1)
            if number >= 40:
                archive.writestr(f"内/{name}", data)
                continue
            place = path / str(number % 3) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
    (path / "包.zip").write_bytes(packed.getvalue())
    for name, data in BROKEN.items():
        (path / name).write_bytes(data)
    return path


def test_forty_five_of_fifty_are_read_and_five_have_reasons(tmp_path: Path):
    out = tmp_path / "run"
    given = folder(tmp_path / "files")
    assert main(["extract", str(given), "--out", str(out), "--quiet"]) == EXIT_DOCUMENTS_FAILED
    with (out / "documents.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.DictReader(file))
    read = [row for row in listed if row["status"] == "done"]
    failed = {row["name"]: row["reason"] for row in listed if row["status"] == "failed"}
    assert (len(read), len({row["id"] for row in read})) == (45, 45)
    assert {int(row["facts"]) for row in read} == {6}
    assert set(failed) == set(BROKEN)
    assert all(failed.values())
