"""Contents pages of many layouts end where the document begins; duties and glossaries hold no claim."""

import pytest

from pipeline.chunks import chunk_document
from pipeline.facts import stands
from schemas.documents import Document


def document(*lines: str, pages: tuple[int, ...] = ()) -> Document:
    return Document(id="d", name="d.txt", sha256="0", media="text/plain", lines=lines, pages=pages)


def kinds(*lines: str, pages: tuple[int, ...] = ()) -> str:
    """One letter a line: c contents, d duties, g glossary, p prose, . none."""
    found = ["."] * len(lines)
    for chunk in chunk_document(document(*lines, pages=pages)):
        for number in range(chunk.first_line, chunk.last_line + 1):
            found[number - 1] = chunk.kind[0] if lines[number - 1].strip() else "."
    return "".join(found)


BODY = ("一、部门职责", "服务三个镇和12个村。", "二、机构设置", "内设股室5个。")


@pytest.mark.parametrize(
    ("contents", "body"),
    [
        pytest.param(
            (
                "目 录",
                "第一部分 概况",
                "一、部门职责",
                "二、机构设置",
                "第二部分 说明",
                "第三部分 名词解释",
            ),
            ("第一部分", "某某县林业局概况"),
            id="正文部分标题分两行",
        ),
        pytest.param(
            ("目录", "第一部分 概况……1", "一、部门职责……2", "二、机构设置……2", "第二部分 说明……3"),
            (),
            id="正文没有部分标题",
        ),
        pytest.param(
            (
                "目  录",
                "一、主要职能 …………",
                "二、机构设置 …………",
                "三、名词解释 …………",
                "四、说明 …………",
            ),
            ("某某区林业局主要职能",),
            id="点线停止处目录结束",
        ),
        pytest.param(
            (
                "目录",
                "第一部分 概况 PAGEREF _Toc1 h 3",
                "一、 部门职责 PAGEREF _Toc2 h 3",
                "二、 机构设置 PAGEREF _Toc3 h 3",
                "第二部分 情况说明 PAGEREF _Toc4 h 4",
            ),
            ("第一部分 概况",),
            id="文字处理器的域代码",
        ),
        pytest.param(
            ("（目录）", "第一部分：概况", "一、部门职责", "二、机构设置", "第二部分：说明"),
            ("第一部分：概况",),
            id="目录带括号",
        ),
        pytest.param(
            ("决算公开目录", "一、部门职责", "二、机构设置", "三、收支情况", "四、名词解释"),
            (),
            id="没有部分的目录",
        ),
        pytest.param(
            (
                "第一部分 概况",
                "一、部门职责",
                "二、机构设置",
                "第二部分 说明",
                "一、收支情况",
                "第三部分 名词解释",
            ),
            ("第一部分 概况",),
            id="没有目录二字",
        ),
        pytest.param(
            (
                "第一部分 1",
                "一、部门职责 1",
                "二、机构设置 1",
                "第二部分 说明 2",
                "一、收支情况 2",
                "第三部分 名词解释 9",
            ),
            ("第一部分",),
            id="没有目录二字有页码",
        ),
    ],
)
def test_contents_end_where_the_body_begins(
    contents: tuple[str, ...], body: tuple[str, ...]
) -> None:
    tail = ("第二部分 说明", "一、收支情况", "收入100万元。", "第三部分 名词解释", "1.支出：占5%。")
    found = kinds(*contents, *body, *BODY, *tail)
    assert found[: len(contents)] == "c" * len(contents)
    assert "c" not in found[len(contents) :]
    after = found[len(contents) + len(body) :]
    assert (after[1], after[3], after[6], after[8]) == ("d", "p", "p", "g")


def test_contents_over_two_pages_go_on_and_end_at_a_title_of_a_new_page() -> None:
    lines = (
        "目 录",
        "一、单位主要职能",
        "二、单位机构设置",
        "三、情况说明",
        "四、其他说明",
        "某某区档案馆主要职能",
        "保管档案3万卷。",
    )
    assert kinds(*lines, pages=(1, 1, 1, 2, 2, 3, 3)) == "cccccdd"


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("一、主要职责", "d"),
        ("一、单位职能", "d"),
        ("一、部门职责及机构设置", "p"),
        ("四、名称解释", "g"),
        ("第四部分 专有名词释义", "g"),
        ("四、相关名词", "g"),
    ],
)
def test_headings_of_duties_and_glossaries(heading: str, kind: str) -> None:
    assert kinds(heading, "下设科室3个，占10%。") == kind * 2


@pytest.mark.parametrize(
    ("lines", "line", "start", "printed", "there"),
    [
        (("收入1,205万元",), 1, 2, "1,205", True),
        (("收入1,2", "05万元"), 1, 2, "1,205", True),
        (("收入1,2", "", "- 7 -", "　05万元"), 1, 2, "1,205", True),
        (("收入1,2", "06万元"), 1, 2, "1,205", False),
        (("收入1,2万", "05万元"), 1, 2, "1,205", False),
        (("收入1,2",), 1, 2, "1,205", False),
        (("收入9",), 2, 0, "9", False),
    ],
)
def test_a_number_stands_where_its_characters_do(
    lines: tuple[str, ...], line: int, start: int, printed: str, there: bool
) -> None:
    assert stands(document(*lines), line, start, printed) is there


def test_accounts_one_below_the_other_are_no_contents() -> None:
    accounts = tuple(
        f"{n}、{name}支出" for n, name in zip("一二三四五六七", "教育文体水交住", strict=True)
    )
    assert "c" not in kinds("收入支出决算总表", "单位：万元", *accounts, "财政拨款总表", *accounts)
