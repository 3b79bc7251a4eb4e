"""Performance forms by model: indicator rows as typed sequences, every numeral on its line.

In: the answer of task performance. Out: evaluation readings; what is not printed in the order the
model gave it is a problem, a line each. Units that are not printed follow from the column.
"""

from collections.abc import Sequence
from typing import Final

from pipeline.reading.model_answers import PerformanceAnswer, PerformanceItem
from pipeline.reading.model_found import UNSTAMPED, Found, Problem
from pipeline.reading.model_grounding import Ground, Occurrence, words_stand
from pipeline.text import row_label, squeeze
from schemas.documents import Chunk
from schemas.readings import EvaluationReading

_POINTS: Final = "分"
_MONEY_COLUMNS: Final = {"initial_budget", "adjusted_budget", "executed"}
_POINT_COLUMNS: Final = {"weight", "score"}
_RATE_COLUMNS: Final = {"execution_rate", "deviation"}
_NEAR: Final = 6


def read_performance(answer: PerformanceAnswer, chunk: Chunk, ground: Ground) -> Found:
    """The items of an answer that stand in the chunk."""
    accepted: list[EvaluationReading] = []
    problems: list[Problem] = []
    text = squeeze("".join(ground.lines[chunk.first_line - 1 : chunk.last_line]))
    for form in answer.forms:
        name = squeeze(form.name)
        if name and not words_stand(name, text):
            problems.append(Problem(0, f"表里没有名称“{form.name}”"))
            continue
        for item in form.items:
            found, problem = _numbers(item, chunk, ground, text)
            if problem:
                problems.append(Problem(item.line, problem))
            row = "/".join(part for part in (name, _row(item.row)) if part)
            accepted += _readings(item, row, found, chunk)
    return Found(evaluations=tuple(accepted), problems=tuple(problems))


def _numbers(
    item: PerformanceItem, chunk: Chunk, ground: Ground, text: str
) -> tuple[tuple[Occurrence, ...], str]:
    """The occurrences of an item, or what is wrong with it."""
    problem = _item_problem(item, chunk, ground.lines, text)
    if problem:
        return (), problem
    found = ground.sequence(item.line, item.texts)
    if found is not None:
        return found, ""
    if ground.given_away(item.line, item.texts):
        return (), ""
    return (), f"第{item.line}行没有依次印着 {' '.join(item.texts)}"


def _readings(
    item: PerformanceItem, row: str, found: Sequence[Occurrence], chunk: Chunk
) -> list[EvaluationReading]:
    return [
        EvaluationReading(
            row=row,
            label=squeeze(item.row).rpartition("/")[2].removeprefix("资金:"),
            column=column,
            unit=_unit(column, unit, chunk.unit),
            printed=occurrence.text,
            line=occurrence.line,
            start=occurrence.start,
            chunk=chunk.id,
            source=UNSTAMPED,
        )
        for occurrence, column, unit in zip(found, item.columns, item.units, strict=False)
    ]


def _item_problem(item: PerformanceItem, chunk: Chunk, lines: Sequence[str], text: str) -> str:
    where = f"第{item.line}行"
    if not chunk.first_line <= item.line <= chunk.last_line:
        return f"{where}不在这一段里"
    if not len(item.texts) == len(item.columns) == len(item.units):
        return f"{where}的 texts、columns、units 个数不同"
    if item.row.rpartition(":")[2] in ("总额", "总分", "自评得分"):
        return ""
    near = lines[max(chunk.first_line, item.line - _NEAR) - 1 : item.line + _NEAR]
    words = squeeze(item.row.rpartition("/")[2].removeprefix("资金:"))
    own = squeeze(lines[item.line - 1])
    elsewhere = [line for line in near if "\t" in line and words in squeeze(line)]
    is_indicator = "资金:" not in item.row and "\t" in lines[item.line - 1]
    if is_indicator and elsewhere and not words_stand(words, own):
        return f"{where}没有“{item.row}”，它在别的行"
    stands = words in text or words_stand(words, "".join(near))
    return "" if stands else f"{where}附近没有“{item.row}”"


def _row(row: str) -> str:
    """The contract's row below the name: funding lines keep their 资金: and lose the ordinal."""
    head, colon, line = row.rpartition("资金:")
    return f"{head}{colon}{row_label(line)}" if colon else squeeze(row)


def _unit(column: str, said: str, money: str) -> str:
    if column in _POINT_COLUMNS:
        return _POINTS
    if column in _RATE_COLUMNS:
        return "%"
    if column in _MONEY_COLUMNS:
        return said or money
    return squeeze(said).replace("％", "%")
