"""Tables whose grid is lost, by model: rows whose every numeral stands on its line, in order.

In: the answer of task rows. Out: row readings with unplaced values (placement is arithmetic's), or
what is wrong with the answer in one line. Keys are made by code from the printed words.
"""

import re
from collections.abc import Sequence
from typing import Final

from pipeline.reading.model_answers import RowItem, RowsAnswer
from pipeline.reading.model_found import UNSTAMPED, Found, Problem
from pipeline.reading.model_grounding import Ground, Occurrence, same_characters, words_stand
from pipeline.reading.model_tables import KEY_KINDS
from pipeline.reading.model_vocabulary import NO_STATEMENT, SIDES
from pipeline.text import fold, row_label, squeeze
from schemas.documents import Chunk
from schemas.readings import RowReading, ValueReading
from schemas.vocabulary import TABLE_COLUMNS

_TOTALS: Final = re.compile(r"合计|总计|本年(收入|支出)合计")
_NAMED_TOTALS: Final = {"人员经费合计": "personnel_total", "公用经费合计": "public_total"}
# A cell a line puts a row's key up to its width before its last value.
_BEFORE: Final = 16
_AFTER: Final = 3
_CODED: Final = re.compile(r"\d{3,9}")
_LABEL_KEYED: Final = {"income_expenditure_summary", "appropriation_summary"}


def read_rows(answer: RowsAnswer, chunk: Chunk, ground: Ground) -> Found:
    """The rows of an answer that stand in the chunk; the others as problems, a line each."""
    if answer.statement == NO_STATEMENT:
        return Found()
    if answer.unit and chunk.unit and answer.unit != chunk.unit:
        return _refused(f"表头写的单位是“{chunk.unit}”，不是“{answer.unit}”")
    known = TABLE_COLUMNS[answer.statement]
    wrong = [column for column in answer.columns if column not in known]
    if wrong:
        return _refused(f"{answer.statement} 没有列 {wrong[0]!r}，只可用 {'、'.join(known)}")
    rows: list[RowReading] = []
    problems: list[Problem] = []
    answer = answer if answer.unit else answer.model_copy(update={"unit": chunk.unit})
    for item in answer.rows:
        problem = _shape_problem(item, answer) or _key_problem(item, chunk, ground.lines)
        found = None if problem else ground.sequence(item.line, item.values)
        if found:
            rows.append(_reading(item, found, answer))
        elif item.values and (problem or not ground.given_away(item.line, item.values)):
            reason = problem or f"第{item.line}行没有依次印着 {' '.join(item.values)}"
            problems.append(Problem(item.line, reason))
    return Found(rows=tuple(rows), problems=tuple(problems))


def _refused(reason: str) -> Found:
    return Found(problems=(Problem(0, reason),))


def _shape_problem(item: RowItem, answer: RowsAnswer) -> str:
    """A part of a divided code is no key, and no row has more numbers than the table columns."""
    where = f"第{item.line}行"
    coded = KEY_KINDS.get(answer.statement, "function_code").endswith("_code")
    if coded and re.fullmatch(r"\d{1,2}", item.key.strip()):
        return f"{where}的编码不完整：类、款、项分列时连起来写"
    if answer.statement not in SIDES and 0 < len(answer.columns) < len(item.values):
        return f"{where}给了 {len(item.values)} 个数字，数值列只有 {len(answer.columns)} 个"
    return ""


def _key_problem(item: RowItem, chunk: Chunk, lines: Sequence[str]) -> str:
    """A code stands on the line; words stand on it or on the lines a cell may be broken over."""
    if not chunk.first_line <= item.line <= chunk.last_line:
        return f"第{item.line}行不在这一段里"
    near = "".join(lines[max(chunk.first_line, item.line - _BEFORE) - 1 : item.line + _AFTER])
    key = item.key.strip()
    if _CODED.fullmatch(key):
        return "" if key in squeeze(same_characters(near)) else f"第{item.line}行没有编码 {key}"
    return "" if words_stand(key, near) else f"第{item.line}行没有“{key}”"


def _reading(item: RowItem, found: tuple[Occurrence, ...], answer: RowsAnswer) -> RowReading:
    columns = tuple(answer.columns)
    only = columns[0] if len(columns) == 1 else ""
    if answer.statement in _LABEL_KEYED and item.side == "income":
        columns, only = ("amount",), "amount"
    unit = answer.unit
    return RowReading(
        statement=answer.statement,
        row=_row_key(item, answer.statement),
        label=squeeze(item.label or item.key),
        line=item.line,
        values=tuple(
            ValueReading(printed=o.text, line=o.line, start=o.start, column=only, unit=unit)
            for o in found
        ),
        columns=columns,
        source=UNSTAMPED,
    )


def _row_key(item: RowItem, statement: str) -> str:
    """The contract's key: a code as printed, `total`, or the normalised label with its side."""
    key = squeeze(same_characters(item.key))
    if statement == "three_public":
        return item.side or row_label(item.key)
    if _CODED.fullmatch(key):
        return key
    label = row_label(item.key)
    if statement in _LABEL_KEYED:
        return f"{item.side}:{label}" if item.side in ("income", "expenditure") else label
    named = next((row for words, row in _NAMED_TOTALS.items() if words in fold(label)), "")
    return named or ("total" if _TOTALS.fullmatch(fold(label)) else label)
