"""A flattened line -> its whitespace-separated tokens, each with its place."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.text import is_number

_TOKEN = re.compile(r"[^\s\u3000\t]+")
_GLUED = re.compile(r"(-?\d[\d,]*\.?\d*)([一二三四五六七八九十]{1,3}、.+)")
_DASH = re.compile(r"^[-—–－/]+$")


class Token(NamedTuple):
    """Characters between spaces; `is_number` when they are a printed number and nothing else."""

    text: str
    line: int
    start: int
    is_number: bool


def line_tokens(line: str, number: int) -> tuple[Token, ...]:
    """The tokens of one line; an amount and the item of the next cell that a text layer ran together
    (1,200.00二、事业收入) are two."""
    pieces = (
        (match.start() + at, text)
        for match in _TOKEN.finditer(line)
        for at, text in _parted(match.group())
    )
    return tuple(Token(text, number, start, is_number(text)) for start, text in pieces)


def _parted(text: str) -> list[tuple[int, str]]:
    glued = _GLUED.fullmatch(text)
    if glued is None:
        return [(0, text)]
    return [(0, glued[1]), (glued.start(2), glued[2])]


def is_dash(text: str) -> bool:
    """A dash printed in place of a number."""
    return _DASH.match(text) is not None


_ORDINAL = re.compile(r"\d{1,2}[.．、]|[(（]?[一二三四五六七八九十]{1,3}[)）、]+")
_SPACED = (
    "收入",
    "支出",
    "合计",
    "总计",
    "小计",
    "项目",
    "科目",
    "金额",
    "备注",
    "名称",
    "栏次",
    "行次",
)


_SIDES = ("收入", "支出")
_TOTALS = ("合计", "总计")


def joined_words(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Tokens with the usual words put together that are printed with a space inside (合 计), and
    ordinals with the words they count (1. 一般公共预算)."""
    joined: list[Token] = []
    spaced: set[int] = set()
    for token in tokens:
        last = joined[-1] if joined else None
        if last is not None and (_is_split_word(last, token) or _is_ordinal_of(last, token)):
            joined[-1] = last._replace(text=last.text + token.text, is_number=False)
            spaced.add(last.start)
        else:
            joined.append(token)
    return tuple(_whole_totals(joined, spaced))


def _whole_totals(tokens: Sequence[Token], spaced: set[int]) -> list[Token]:
    """收 入 总 计 as one word: both of its halves were printed with a space inside."""
    whole: list[Token] = []
    for token in tokens:
        last = whole[-1] if whole else None
        halves = last is not None and last.text in _SIDES and token.text in _TOTALS
        if last is not None and halves and {last.start, token.start} <= spaced:
            whole[-1] = last._replace(text=last.text + token.text)
        else:
            whole.append(token)
    return whole


def _is_split_word(last: Token, token: Token) -> bool:
    return len(token.text) == 1 and last.text + token.text in _SPACED


def _is_ordinal_of(last: Token, token: Token) -> bool:
    return _ORDINAL.fullmatch(last.text) is not None and not token.is_number
