"""PDF: prose by baseline, ruled grids, tables over pages, page furniture."""

import io

import pypdfium2
import pytest
from rendering import drawn, ruled
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from pipeline.documents.limits import Limits
from pipeline.documents.pdf import read_pdf
from pipeline.documents.pdf_glyphs import Glyph, runs
from pipeline.documents.pdf_lines import baseline_lines
from pipeline.documents.source import Source
from pipeline.errors import LimitExceeded, UnreadableFile

HEAD = ("科目编码", "科目名称", "合计", "基本支出")
XS = (50, 120, 260, 340, 420)


GENEROUS = Limits()


def read(data: bytes, limits: Limits = GENEROUS) -> Source:
    return read_pdf("样张.pdf", data, limits)


def texts(source: Source, grid: int = 0) -> list[tuple[str, ...]]:
    return [tuple(cell.text for cell in row) for row in source.grids[grid].rows]


def table(top: float, *rows: tuple[str, ...], xs: tuple[float, ...] = XS):
    return lambda canvas: ruled(canvas, top, xs, rows)


def test_cells_stand_where_they_say_in_the_lines():
    source = read(drawn(table(700, HEAD, ("201", "公共服务", "1,234.50", ""))))
    assert source.lines == ("科目编码\t科目名称\t合计\t基本支出", "201\t公共服务\t1,234.50\t")
    amount = source.grids[0].rows[1][2]
    assert (amount.text, amount.line, amount.start, amount.state) == ("1,234.50", 2, 9, "number")
    assert source.lines[1][amount.start :].startswith(amount.text)
    assert source.grids[0].rows[1][3].state == "blank"


def test_boxes_are_measured_from_the_upper_left_corner():
    source = read(drawn(table(700, HEAD, ("201", "公共服务", "1,234.50", ""))))
    assert source.grids[0].rows[1][2].box == pytest.approx(
        (260, A4[1] - 680, 340, A4[1] - 660), abs=1
    )
    assert source.grids[0].rows[1][2].page == 1
    assert source.pages == (1, 1)


def test_stream_order_does_not_count():
    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 600, "二、支出决算")
        canvas.drawString(200, 700, "收入12.50万元")
        canvas.drawString(50, 700, "一、收入决算：")

    assert read(drawn(page)).lines == ("一、收入决算：  收入12.50万元", "二、支出决算")


def test_wrapped_cell_text_is_joined_and_header_spans_are_kept():
    def page(canvas: Canvas) -> None:
        for x0, y0, width, height in (
            (50, 640, 70, 60),
            (120, 680, 200, 20),
            (120, 640, 100, 40),
            (220, 640, 100, 40),
            (50, 620, 70, 20),
            (120, 620, 100, 20),
            (220, 620, 100, 20),
        ):
            canvas.rect(x0, y0, width, height)
        for x, y, text in (
            (60, 672, "科目名称"),
            (180, 686, "本年支出"),
            (130, 664, "公用经费"),
            (130, 650, "支出"),
            (230, 656, "项目支出"),
            (53, 626, "合计"),
            (123, 626, "3.00"),
        ):
            canvas.drawString(x, y, text)

    source = read(drawn(page))
    assert texts(source) == [
        ("科目名称", "本年支出", ""),
        ("", "公用经费支出", "项目支出"),
        ("合计", "3.00", ""),
    ]
    head = source.grids[0].rows[0]
    assert (head[0].row_span, head[1].col_span, head[2].merged) == (2, 2, True)


def test_number_wider_than_its_cell_keeps_all_digits():
    rows = (HEAD, ("201", "公共服务", "82,096,797.42", "82,096,797.42"))

    def page(canvas: Canvas) -> None:
        ruled(canvas, 700, (50, 120, 260, 322, 384), (HEAD, ("201", "公共服务", "", "")))
        canvas.drawRightString(321, 666, "82,096,797.42")
        canvas.drawRightString(383, 666, "82,096,797.42")

    assert texts(read(drawn(page)))[1] == rows[1]


def test_white_rectangles_are_no_rules():
    def page(canvas: Canvas) -> None:
        canvas.setStrokeColorRGB(1, 1, 1)
        ruled(canvas, 700, XS, (("一、部门职责", "", "", "1"), ("二、收支情况", "", "", "2")))

    assert read(drawn(page)).grids == ()


def test_contents_with_leaders_is_no_table():
    def page(canvas: Canvas) -> None:
        for index, name in enumerate(("第一部分 概况", "第二部分 决算表", "第三部分 说明")):
            canvas.drawString(50, 700 - 20 * index, f"{name} {'.' * 60} {index + 3}")

    source = read(drawn(page))
    assert source.grids == ()
    assert len(source.lines) == 3


BODY = [(f"20{i:03}", f"第{i}项支出", f"{i}.00", f"{i}.00") for i in range(40)]


@pytest.mark.parametrize(
    "second",
    [
        pytest.param((*BODY[30:],), id="表头不重复"),
        pytest.param((HEAD, *BODY[30:]), id="表头重复"),
    ],
)
def test_table_goes_on_on_the_next_page(second):
    source = read(drawn(table(700, HEAD, *BODY[:30]), table(780, *second)))
    assert len(source.grids) == 1
    assert texts(source)[-1] == BODY[-1]
    assert [row[0].page for row in source.grids[0].rows] == [1] * 31 + [2] * len(second)


def test_lone_total_row_with_fewer_columns_is_matched_by_its_rules():
    total = table(780, ("合计", "40.00", "40.00"), xs=(50, 260, 340, 420))
    source = read(drawn(table(700, HEAD, *BODY[:30]), total))
    assert len(source.grids) == 1
    assert texts(source)[-1] == ("合计", "", "40.00", "40.00")
    assert source.grids[0].rows[-1][1].merged


@pytest.mark.parametrize(
    ("last", "rest", "whole"),
    [
        pytest.param(
            ("20805", "机关事业单位基本养老保险", "6.18", ""),
            ("05", "缴费支出", "", ""),
            ("2080505", "机关事业单位基本养老保险缴费支出", "6.18", ""),
            id="编码和名称断开",
        ),
        pytest.param(
            ("201", "机关事业单位基本养老保险", "", ""),
            ("", "缴费支出", "6.18", "6.18"),
            ("201", "机关事业单位基本养老保险缴费支出", "6.18", "6.18"),
            id="数字在下一页",
        ),
    ],
)
def test_row_cut_by_the_page_break_is_one_row(last, rest, whole):
    xs = (50, 90, 225, 340, 420)
    first = table(700, HEAD, *BODY[:29], last, xs=xs)
    source = read(drawn(first, table(780, rest, BODY[31], xs=xs)))
    assert texts(source)[30:] == [whole, BODY[31]]


def test_label_without_numbers_on_the_next_page_is_a_row_of_its_own():
    xs = (50, 90, 225, 340, 420)
    row = ("", "二十、粮油物资储备支出支", "", "")
    next_row = ("", "二十一、其他支出", "", "")
    source = read(drawn(table(700, HEAD, *BODY[:29], row, xs=xs), table(780, next_row, xs=xs)))
    assert texts(source)[-2:] == [row, next_row]


def test_caption_ends_a_table():
    def second(canvas: Canvas) -> None:
        canvas.drawString(200, 785, "支出决算表")
        ruled(canvas, 780, XS, (HEAD, *BODY[:5]))

    assert len(read(drawn(table(700, HEAD, *BODY[:30]), second)).grids) == 2


def test_caption_printed_again_does_not():
    def page(rows):
        def draw(canvas: Canvas) -> None:
            canvas.drawString(200, 725, "支出决算表")
            canvas.drawString(350, 706, "单位：万元")
            ruled(canvas, 700, XS, (HEAD, *rows))

        return draw

    source = read(drawn(page(BODY[:20]), page(BODY[20:40])))
    assert len(source.grids) == 1
    assert len(source.grids[0].rows) == 42
    assert source.lines.count("支出决算表") == 1


def test_other_columns_begin_another_table():
    other = table(780, ("一", "二", "三"), ("1", "2", "3"), xs=(50, 150, 200, 420))
    assert len(read(drawn(table(700, HEAD, *BODY[:30]), other)).grids) == 2


def test_page_heads_and_numbers_are_left_out_and_noted():
    def page(number: int):
        def draw(canvas: Canvas) -> None:
            canvas.drawString(50, 810, "某部门决算公开")
            canvas.drawString(50, 600, f"本年收入{number}.50万元。")
            canvas.drawCentredString(300, 30, f"- {number} -")

        return draw

    source = read(drawn(*map(page, range(1, 5))))
    assert source.lines == tuple(f"本年收入{n}.50万元。" for n in range(1, 5))
    assert "某部门决算公开" in source.notes[0]


@pytest.mark.parametrize("number", ["3", "第3页", "— 3 —", "3 / 9", "第 3 页 共 9 页", "iv"])
def test_page_number_forms(number: str):
    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 600, "正文")
        canvas.drawCentredString(300, 30, number)

    assert read(drawn(page)).lines == ("正文",)


def test_form_heads_that_repeat_are_kept():
    def page(number: int):
        def draw(canvas: Canvas) -> None:
            canvas.drawString(50, 800, f"公开0{number}表")
            canvas.drawString(400, 800, "单位：万元")
            ruled(canvas, 700, XS, (HEAD, BODY[number]))
            canvas.drawString(50, 500, "注：本表反映收支。")

        return draw

    lines = read(drawn(*map(page, range(1, 6)))).lines
    assert sum("单位：万元" in line for line in lines) == 5


def test_table_without_rules_is_a_doubtful_grid():
    def page(canvas: Canvas) -> None:
        canvas.drawString(200, 700, "收入决算表")
        for index, row in enumerate((HEAD, *BODY[1:6], ("", "合计", "15.00", ""))):
            for x, text in zip((50, 130, 270, 350), row, strict=True):
                canvas.drawString(x, 670 - 20 * index, text)

    source = read(drawn(page))
    assert source.grids[0].low_confidence
    assert texts(source)[-1] == ("", "合计", "15.00", "")
    assert source.lines[0] == "收入决算表"


def test_prose_with_numbers_is_no_table():
    prose = "本年收入合计12.50万元，占100.00%；支出合计9.00万元。"

    def page(canvas: Canvas) -> None:
        for index in range(6):
            canvas.drawString(50, 700 - 20 * index, prose)

    assert read(drawn(page)).grids == ()


def turned(data: bytes, turns: int) -> bytes:
    """The same pages, drawn turned and shown upright."""
    document = pypdfium2.PdfDocument(data)
    for page in document:
        width, height = page.get_size()
        matrix = {1: (0, 1, -1, 0, height, 0), 2: (-1, 0, 0, -1, width, height)}.get(
            turns, (0, -1, 1, 0, 0, width)
        )
        clip = pypdfium2.raw.FS_RECTF(0, 5000, 5000, 0)
        pypdfium2.raw.FPDFPage_TransFormWithClip(page, pypdfium2.PdfMatrix(*matrix).to_raw(), clip)
        box = (0, 0, height, width) if turns % 2 else (0, 0, width, height)
        page.set_mediabox(*box)
        page.set_cropbox(*box)
        page.set_rotation(90 * turns)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_turned_pages_read_as_shown(turns: int):
    data = drawn(table(500, HEAD, *BODY[:5]), size=landscape(A4))
    plain, other = read(data), read(turned(data, turns))
    assert other.lines == plain.lines
    assert other.grids[0].rows[2][2].box == pytest.approx(plain.grids[0].rows[2][2].box, abs=1)


def test_crop_box_moves_nothing():
    data = drawn(table(500, HEAD, *BODY[:5]))
    document = pypdfium2.PdfDocument(data)
    for page in document:
        page.set_mediabox(-40, -60, *A4)
        page.set_cropbox(-40, -60, *A4)
    target = io.BytesIO()
    document.save(target)
    assert read(target.getvalue()).lines == read(data).lines


def test_pages_without_text_are_named():
    def picture(canvas: Canvas) -> None:
        canvas.rect(100, 100, 300, 300, fill=1)

    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 600, "正文")

    source = read(drawn(page, picture, picture, page, picture))
    assert any("2-3, 5" in note for note in source.notes)


def test_damaged_pdf_is_refused():
    with pytest.raises(UnreadableFile, match="damaged"):
        read(b"%PDF-1.7\nnothing of it")


def test_encrypted_pdf_is_refused():
    target = io.BytesIO()
    canvas = Canvas(target, encrypt="geheim")
    canvas.drawString(50, 600, "x")
    canvas.save()
    with pytest.raises(UnreadableFile, match="encrypted"):
        read(target.getvalue())


def test_page_limit():
    data = drawn(*[table(700, HEAD)] * 4)
    with pytest.raises(LimitExceeded, match="pages: 4"):
        read(data, Limits(pages=3))


def test_reading_twice_gives_the_same():
    data = drawn(table(700, HEAD, *BODY[:30]), table(780, *BODY[30:]))
    assert read(data) == read(data)


@pytest.mark.parametrize("mark", ["、", "。", "；"])
def test_punctuation_that_hangs_over_the_rule_stays_with_its_line(mark: str):
    def page(canvas: Canvas) -> None:
        ruled(canvas, 700, XS, (HEAD, ("201", "", "1,234.50", "")))
        canvas.drawString(235, 666, f"负担2{mark}")  # the rule at 260 stands before the mark

    assert texts(read(drawn(page)))[1] == ("201", f"负担2{mark}", "1,234.50", "")


def test_short_line_with_hanging_punctuation_stays_whole():
    def page(canvas: Canvas) -> None:
        ruled(canvas, 700, XS, (HEAD, ("201", "", "", "")))
        canvas.drawString(255, 666, "2、")

    assert texts(read(drawn(page)))[1] == ("201", "2、", "", "")


def test_text_under_other_text_is_left_out_and_said() -> None:
    def edited(canvas: Canvas) -> None:
        canvas.drawString(100, 700, "19.55")
        canvas.setFillGray(1)
        canvas.rect(95, 695, 60, 16, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.drawString(103, 700, "17.55")

    source = read(drawn(edited))
    assert source.lines == ("17.55",)
    assert any("lies under other text" in note for note in source.notes)


def test_print_beside_print_is_kept_whole() -> None:
    def justified(canvas: Canvas) -> None:
        canvas.drawString(100, 700, "0.49.")
        canvas.drawString(121, 700, "1.50")

    assert "".join("".join(read(drawn(justified)).lines).split()) == "0.49.1.50"


def test_each_number_of_a_line_has_its_own_box() -> None:
    source = read(drawn(lambda canvas: canvas.drawString(100, 700, "12.50 and 3")))
    ((first, second),) = source.numeral_boxes
    assert (first[0], second[0]) == (0, 10)
    assert first[1][0] < first[1][2] < second[1][0] < second[1][2]
    assert source.boxes[0] is not None
    assert first[1][0] == source.boxes[0][0] and second[1][2] == source.boxes[0][2]


def test_a_printed_space_is_kept_where_ink_runs_into_it():
    """A font put in for a missing one is wider than the print was."""

    def printed(text: str, x0: float, x1: float) -> Glyph:
        return Glyph(text, x0, x1, base=10.0, top=2.0, bottom=12.0, height=10.0)

    line = [printed("8", 0.0, 6.4), printed(" ", 4.6, 6.7), printed("9", 6.7, 13.0)]
    assert [line.text for line in baseline_lines(runs(line))] == ["8 9"]
    assert [line.text for line in baseline_lines(runs([line[0], line[2]]))] == ["89"]
