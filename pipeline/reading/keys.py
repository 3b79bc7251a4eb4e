"""Printed key and label cells -> the contract's row key."""

import re

from pipeline.text import fold, row_label, squeeze
from schemas.readings import KeyKind

_TOTAL = re.compile(r"^(?:合计|总计|总合计|合计金额|本年(?:收入|支出)合计|基本支出合计|共计)$")
_PERSONNEL = re.compile(r"^人员经费(?:支出)?(?:合计|小计|总计)?$")
_PUBLIC = re.compile(r"^(?:日常)?公用经费(?:支出)?(?:合计|小计|总计)?$")
# 2080505机关…, [2080505]机关…, （208）社会…, 208-社会…: a code printed in front of its name.
_LEADING_CODE = re.compile(
    r"^[\[(【〔]?(\d{3}(?:\d{2}){0,2})(?:[\])】〕]|[-_.、:：—](?=\D))?(?=\D)(?!年)"
)


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


def label_without_code(label: str) -> str:
    """A label as printed, whitespace and a code in front of it removed."""
    text = squeeze(label)
    match = _LEADING_CODE.match(text)
    return text[match.end() :] if match else text
