"""DOCX, XLSX, XLS, HTML: what a person sees who opens the file."""

import io
import zipfile

import docx
import openpyxl
import pytest
import xlwt
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.styles import Border, Side

from pipeline.documents.docx import read_docx
from pipeline.documents.docx_numbers import printed
from pipeline.documents.html import read_html
from pipeline.documents.limits import Limits
from pipeline.documents.sheet_formats import displayed
from pipeline.documents.sheet_xls import read_xls
from pipeline.documents.sheet_xlsx import read_xlsx
from pipeline.documents.source import Source
from pipeline.errors import LimitExceeded, UnreadableFile

LIMITS = Limits()
THIN = Border(*[Side(style="thin")] * 4)


def saved(file) -> bytes:
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()


def texts(source: Source, grid: int = 0) -> list[tuple[str, ...]]:
    return [tuple(cell.text for cell in row) for row in source.grids[grid].rows]


def word(*elements: str) -> Source:
    """A Word file whose body holds the elements (w: prefix)."""
    file = docx.Document()
    body = file.element.body
    for index, element in enumerate(elements):
        body.insert(index, parse_xml(element.replace(">", f" {nsdecls('w')}>", 1)))
    return read_docx("样张.docx", saved(file), LIMITS)


def p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


# --- DOCX


def test_word_text_and_table_in_reading_order():
    file = docx.Document()
    file.add_paragraph("收入决算表")
    table = file.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "项目"
    table.cell(0, 2).merge(table.cell(1, 2)).text = "合计"
    table.cell(1, 0).text = "编码"
    table.cell(1, 1).text = "科目\n名称"
    table.cell(2, 2).text = "1,234.50"
    file.add_paragraph("注：本表反映收入。")
    source = read_docx("样张.docx", saved(file), LIMITS)
    assert source.lines == (
        "收入决算表",
        "项目\t\t合计",
        "编码\t科目名称\t",
        "\t\t1,234.50",
        "注：本表反映收入。",
    )
    head = source.grids[0].rows
    assert (head[0][0].col_span, head[0][2].row_span, head[1][2].merged) == (2, 2, True)


def test_word_accepts_tracked_changes():
    source = word(
        "<w:p><w:r><w:t>收入</w:t></w:r><w:del><w:r><w:delText>10.00</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>12.00</w:t></w:r></w:ins><w:r><w:t>万元</w:t></w:r></w:p>",
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>支出</w:t></w:r></w:p>",
        p("9.00万元"),
        "<w:p><w:moveFrom><w:r><w:t>移走</w:t></w:r></w:moveFrom></w:p>",
    )
    assert source.lines[:3] == ("收入12.00万元", "支出9.00万元", "")


def test_word_drops_hidden_text_and_field_codes():
    source = word(
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>"
        "<w:r><w:instrText>PAGEREF _Toc1</w:instrText></w:r><w:r><w:t>可见</w:t></w:r></w:p>"
    )
    assert source.lines[0] == "可见"


def test_word_reads_text_boxes_once():
    shape = (
        '<w:p><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/'
        'markup-compatibility/2006"><mc:Choice><w:txbxContent>{0}</w:txbxContent></mc:Choice>'
        "<mc:Fallback><w:txbxContent>{0}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>"
        "<w:r><w:t>正文</w:t></w:r></w:p>"
    )
    assert word(shape.format(p("单位：万元"))).lines[:2] == ("正文", "单位：万元")


def test_word_reads_content_controls():
    assert word(f"<w:sdt><w:sdtContent>{p('目录')}</w:sdtContent></w:sdt>").lines[0] == "目录"


def test_word_frame_of_one_cell_is_no_table():
    frame = f"<w:tbl><w:tr><w:tc>{p('一、概况')}{p('正文')}</w:tc></w:tr></w:tbl>"
    source = word(frame)
    assert source.grids == ()
    assert source.lines[:2] == ("一、概况", "正文")


def test_word_columns_left_out_before_a_row():
    row = "<w:tr>{}<w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>"
    skipped = "<w:trPr><w:gridBefore w:val='1'/></w:trPr>"
    source = word(
        "<w:tbl>"
        + row.format("", p("201"), p("1.00"))
        + row.format(skipped, p("2.00"), p("3.00"))
        + "</w:tbl>"
    )
    assert texts(source) == [("201", "1.00", ""), ("", "2.00", "3.00")]


def test_word_deleted_rows_are_gone():
    row = "<w:tr>{}<w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>"
    source = word(
        "<w:tbl>"
        + row.format("", p("201"), p("1.00"))
        + row.format("<w:trPr><w:del/></w:trPr>", p("202"), p("2.00"))
        + "</w:tbl>"
    )
    assert texts(source) == [("201", "1.00")]


def test_word_prints_list_numbers():
    file = docx.Document()
    numbering = file.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for depth, form, text in (
            (0, "chineseCountingThousand", "%1、"),
            (1, "chineseCountingThousand", "（%2）"),
            (2, "decimal", "%3."),
        )
    )
    numbering.insert(
        0, parse_xml(f'<w:abstractNum w:abstractNumId="77" {nsdecls("w")}>{levels}</w:abstractNum>')
    )
    numbering.append(
        parse_xml(f'<w:num w:numId="77" {nsdecls("w")}><w:abstractNumId w:val="77"/></w:num>')
    )
    for depth, text in (
        (0, "收入"),
        (1, "概况"),
        (1, "结构"),
        (2, "行政运行"),
        (0, "支出"),
        (1, "概况"),
    ):
        paragraph = file.add_paragraph(text)
        paragraph._p.get_or_add_pPr().append(
            parse_xml(
                f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="77"/></w:numPr>'
            )
        )
    assert read_docx("样张.docx", saved(file), LIMITS).lines == (
        "一、收入",
        "（一）概况",
        "（二）结构",
        "1.行政运行",
        "二、支出",
        "（一）概况",
    )


@pytest.mark.parametrize(
    ("number", "text"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九")]
)
def test_chinese_list_numbers(number: int, text: str):
    assert printed(number, "chineseCounting") == text


# --- XLSX, XLS


def test_sheet_titles_and_notes_are_lines_and_numbers_as_displayed():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "收入决算表"
    sheet.merge_cells("A1:C1")
    sheet["C2"] = "单位：万元"
    for row, values in enumerate((("编码", "名称", "合计"), ("201", "公共服务", 1234.5)), 3):
        for column, value in enumerate(values, 1):
            sheet.cell(row, column, value).border = THIN
    sheet["C4"].number_format = "#,##0.00_ "
    sheet["A5"] = "注：本表反映收入。"
    source = read_xlsx("样张.xlsx", saved(book), LIMITS)
    assert source.lines[:5] == (
        "收入决算表",
        "单位：万元",
        "编码\t名称\t合计",
        "201\t公共服务\t1,234.50",
        "注：本表反映收入。",
    )


def test_value_hidden_under_a_merge_is_no_cell():
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (("编码", "名称", "合计"), ("201", "202", "1.00"), ("203", "公共", "2.00")):
        sheet.append(row)
    target = saved(book)
    parts = zipfile.ZipFile(io.BytesIO(target))
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as package:
        for name in parts.namelist():
            content = parts.read(name)
            if name == "xl/worksheets/sheet1.xml":
                merge = b'</sheetData><mergeCells><mergeCell ref="A2:B2"/></mergeCells>'
                content = content.replace(b"</sheetData>", merge)
            package.writestr(name, content)
    source = read_xlsx("样张.xlsx", changed.getvalue(), LIMITS)
    assert texts(source)[1] == ("201", "", "1.00")
    assert source.grids[0].rows[1][1].merged


def test_blank_rows_and_columns_before_the_table_move_nothing():
    book = openpyxl.Workbook()
    sheet = book.active
    for row, values in enumerate((("项目", None, "合计"), ("201", "公共", "1.00")), 3):
        for column, value in enumerate(values, 2):
            sheet.cell(row, column, value).border = THIN
    sheet.merge_cells("B3:C3")
    source = read_xlsx("样张.xlsx", saved(book), LIMITS)
    assert texts(source) == [("项目", "", "合计"), ("201", "公共", "1.00")]
    assert source.grids[0].rows[0][0].col_span == 2


def test_hidden_rows_columns_and_sheets_are_left_out_and_named():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "收入表"
    for row in (
        ("编码", "名称", "内部", "合计"),
        ("201", "甲", "x", "1.00"),
        ("202", "乙", "y", "2.00"),
        ("", "合计", "", "3.00"),
    ):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    other = book.create_sheet("底稿")
    other["A1"] = "草稿"
    other.sheet_state = "hidden"
    source = read_xlsx("样张.xlsx", saved(book), LIMITS)
    assert texts(source) == [("编码", "名称", "合计"), ("201", "甲", "1.00"), ("", "合计", "3.00")]
    assert source.notes == (
        "sheet 收入表: hidden rows (3) and hidden columns (3) left out",
        "hidden sheets left out: 底稿",
    )


def test_sheet_without_borders_keeps_labels_without_amounts():
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ("收入支出决算总表",),
        ("项目", "决算数"),
        ("一、公共服务", "1.00"),
        ("二、外交支出",),
        ("总计", "1.00"),
        ("支出决算表",),
        ("项目", "决算数"),
        ("总计", "1.00"),
        ("本年收入合计1.00万元，主要是财政拨款。",),
    ):
        sheet.append(row)
    source = read_xlsx("样张.xlsx", saved(book), LIMITS)
    assert texts(source)[2] == ("二、外交支出", "")
    assert source.lines[5] == "支出决算表"
    assert len(source.grids) == 2
    assert source.lines[8] == "本年收入合计1.00万元，主要是财政拨款。"


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        pytest.param(91016775.35, "#,##0.00_ ", "91,016,775.35", id="千分位"),
        pytest.param(0.1 + 0.2, "General", "0.3", id="浮点尾数"),
        pytest.param(156211123.0, "General", "156211123", id="整数"),
        pytest.param(1234567890.12, "General", "1234567890.12", id="分不丢"),
        pytest.param(2.675, "0.00", "2.68", id="四舍五入"),
        pytest.param(0.9589, "0.00%", "95.89%", id="百分数"),
        pytest.param(0, '#,##0.00;-#,##0.00;"-"', "-", id="零显示为横线"),
        pytest.param(0, "#,##0.00;-#,##0.00;", "", id="零不显示"),
        pytest.param(-5.5, "#,##0.00_);(#,##0.00)", "(5.50)", id="负数加括号"),
        pytest.param(-5.5, "0.00;[Red]-0.00", "-5.50", id="负数红字"),
        pytest.param(12345678, "#,##0.00,", "12,345.68", id="千元"),
        pytest.param(5, "00", "05", id="补零的编码"),
        pytest.param(12.5, '0.0#"万元"', "12.5万元", id="带单位"),
        pytest.param(307.82, "0.00_ ;[Red]\\-0.00\\ ", "307.82", id="下划线留空"),
        pytest.param("2080505", "@", "2080505", id="文本"),
        pytest.param(100.0, "General", "100", id="末尾的零"),
    ],
)
def test_numbers_are_displayed(value: object, form: str, shown: str):
    assert displayed(value, form) == shown


def test_old_excel():
    book = xlwt.Workbook()
    sheet = book.add_sheet("收入表")
    box = xlwt.easyxf("borders: left thin, right thin, top thin, bottom thin")
    money = xlwt.easyxf(
        "borders: left thin, right thin, top thin, bottom thin", num_format_str="#,##0.00"
    )
    sheet.write_merge(0, 0, 0, 2, "收入决算表")
    for column, text in enumerate(("编码", "名称", "合计")):
        sheet.write(1, column, text, box)
    sheet.write_merge(2, 2, 0, 1, "合计", box)
    sheet.write(2, 2, 1234.5, money)
    source = read_xls("样张.xls", saved(book), LIMITS)
    assert source.lines[:3] == ("收入决算表", "编码\t名称\t合计", "合计\t\t1,234.50")
    assert source.grids[0].rows[1][0].col_span == 2


def test_workbook_of_screenshots_is_refused():
    with pytest.raises(UnreadableFile, match="no visible sheet holds a value"):
        read_xlsx("样张.xlsx", saved(openpyxl.Workbook()), LIMITS)


# --- HTML


def page(body: str, charset: str = "utf-8", encoding: str = "utf-8") -> Source:
    text = (
        f'<html><head><meta charset="{charset}"><title>x</title></head><body>{body}</body></html>'
    )
    return read_html("样张.html", text.encode(encoding), LIMITS)


def test_html_spans():
    source = page(
        "<h1>收入决算表</h1><table><tr><td rowspan=2>项目</td><td colspan=2>金额</td></tr>"
        "<tr><td>本年</td><td>上年</td></tr><tr><td>合计</td><td>1.00</td><td></td></tr></table><p>注</p>"
    )
    assert source.lines == ("收入决算表", "项目\t金额\t", "\t本年\t上年", "合计\t1.00\t", "注")
    assert (source.grids[0].rows[0][0].row_span, source.grids[0].rows[1][0].merged) == (2, True)


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("gb2312", "gb18030"), ("gbk", "gb18030"), ("utf-8", "gb18030"), ("utf-8", "utf-8")],
)
def test_html_encodings(charset: str, encoding: str):
    body = "<p>本年收入合计：镕璟㵪，支出合计单位万元</p>" * 5
    assert page(body, charset, encoding).lines[0] == "本年收入合计：镕璟㵪，支出合计单位万元"


def test_html_layout_tables_are_no_grids():
    inner = "<table><tr><td>项目</td><td>金额</td></tr><tr><td>合计</td><td>1</td></tr></table>"
    source = page(f"<table><tr><td>导航<br>首页</td><td><p>正文</p>{inner}</td></tr></table>")
    assert source.lines == ("导航", "首页", "正文", "项目\t金额", "合计\t1")
    assert len(source.grids) == 1


def test_html_hidden_and_scripts_are_dropped():
    source = page(
        "<script>1</script><style>2</style><p style='display:none'>3</p><p>正 文&nbsp;4</p>"
    )
    assert source.lines == ("正 文 4",)


@pytest.mark.parametrize("span", ["0", "-1", "99999999999", "x", ""])
def test_html_odd_spans(span: str):
    rows = f"<tr><td rowspan='{span}'>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr>"
    source = page(f"<table>{rows}</table>")
    assert source.grids[0].rows[0][1].text == "1"


def test_html_of_endless_spans_is_refused():
    row = "<tr>" + "<td colspan=1000>1</td>" * 50 + "</tr>"
    with pytest.raises(LimitExceeded, match="table cells"):
        read_html("x.html", f"<table>{row}</table>".encode(), LIMITS._replace(cells=10_000))
