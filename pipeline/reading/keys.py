"""Printed key and label cells -> the contract's row key."""

import re
from collections.abc import Sequence

from pipeline.text import fold, row_label, squeeze
from schemas.readings import KeyKind

_TOTAL = re.compile(r"^(?:合计|总计|总合计|合计金额|本年(?:收入|支出)合计|基本支出合计|共计)$")
_PERSONNEL = re.compile(r"^人员经费(?:支出)?(?:合计|小计|总计)?$")
_PUBLIC = re.compile(r"^(?:日常)?公用经费(?:支出)?(?:合计|小计|总计)?$")
# 2080505机关…, [2080505]机关…, （208）社会…, 208-社会…: a code printed in front of its name.
_LEADING_CODE = re.compile(
    r"^[\[(【〔]?(\d{3}(?:\d{2}){0,2})(?:[\])】〕]|[-_.、:：—](?=\D))?(?=\D)(?!年)"
)
_ECONOMIC = re.compile(r"(?:30[1-9]|31[0-3]|399)(?:\d\d)?$")
_MOST = 0.8
_OWN_UNIT = re.compile(r"[(（](个|批次?|人次?|辆|台|套|次|万元|千元|元|平方米|%)[)）]$")


def by_economic_codes(kind: KeyKind | None, codes: Sequence[str]) -> bool:
    """True where a form of another kind, or of an unknown one, prints codes of economic accounts
    (301, 30101) in front of its rows: 项目支出明细, 一般公共预算支出（按经济分类）.

    >>> by_economic_codes("project", ["302", "30201", "30227"]), by_economic_codes("fixed", ["302"])
    (True, False)
    """
    found = sum(bool(_ECONOMIC.match(code)) for code in codes)
    return kind in (None, "project", "function_code", "label") and 0 < found >= _MOST * len(codes)


def is_total(label: str) -> bool:
    """True for the label of a form's total row."""
    return _TOTAL.match(fold(label)) is not None


def row_key(kind: KeyKind, code: str, label: str) -> str:
    """The row key of the contract; empty where the cells name no row.

    `code` is the joined text of the key cells. A code printed before the name in one cell counts.

    >>> row_key("function_code", "208|05|05".replace("|", ""), "养老"), row_key("label", "", "五、事业收入")
    ('2080505', '事业收入')
    >>> row_key("function_code", "", "2080505机关事业单位基本养老保险缴费支出")
    '2080505'
    """
    digits = re.sub(r"\s", "", fold(code))
    if kind in ("label", "fixed"):
        return row_label(label)
    if kind == "project":
        return digits or _project(label)
    if digits and re.fullmatch(r"[0-9A-Z]+", digits):
        return digits
    named = fold(label) or digits
    if is_total(named):
        return "total"
    if kind == "economic_code" and _PERSONNEL.match(named):
        return "personnel_total"
    if kind == "economic_code" and _PUBLIC.match(named):
        return "public_total"
    leading = _LEADING_CODE.match(named)
    return leading.group(1) if leading else row_label(label or code)


def _project(label: str) -> str:
    if is_total(label):
        return "total"
    return squeeze(label)


def item_and_unit(label: str) -> tuple[str, str]:
    """The name of an item that is no column of its form, and the unit that its label states.

    >>> item_and_unit("5．国内公务接待批次（个）"), item_and_unit("（1）国内接待费")
    (('国内公务接待批次', '个'), ('国内接待费', ''))
    """
    text = squeeze(label)
    unit = _OWN_UNIT.search(text)
    return row_label(_OWN_UNIT.sub("", text)), unit.group(1) if unit else ""


def label_without_code(label: str) -> str:
    """A label as printed, whitespace and a code in front of it removed."""
    text = squeeze(label)
    match = _LEADING_CODE.match(text)
    return text[match.end() :] if match else text
