"""An ideal model: answers every task as the golden facts have it, over the loopback server.

In: golden documents with their facts. Out: a behaviour for `serve`. It sees what its creator gave
it and the request, and answers in the response models' own shape; `spoil` makes it wrong on purpose.
"""

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.chunks import chunk_document
from pipeline.documents.text import document_from_text
from pipeline.llm import REASK_MARK
from pipeline.reading.model_answers import roles_of_shape
from pipeline.reading.model_headings import (
    asked_of,
    header,
    heads_codes,
    listed_column,
    titled_statement,
)
from pipeline.reading.model_messages import form_request
from pipeline.reading.model_vocabulary import SIDES, statement_word, word_of
from pipeline.text import numerals
from schemas.documents import Chunk, Document, Grid
from tests.loopback import Asked, Behaviour, Reply

Golden = dict[str, str]
"""A row of a golden facts.csv."""


class Known(NamedTuple):
    """A document as the ideal model knows it."""

    document: Document
    chunks: tuple[Chunk, ...]
    facts: tuple[Golden, ...]


def known(folder: Path) -> Known:
    """The golden document of a folder: `<id>.txt` and `facts.csv`."""
    name = f"{folder.name}.txt"
    document = document_from_text(name, (folder / name).read_bytes())
    text = (folder / "facts.csv").read_text(encoding="utf-8-sig")
    facts = tuple(csv.DictReader(text.splitlines()))
    return Known(document, chunk_document(document), facts)


Spoil = Callable[[str, dict[str, object]], dict[str, object]]
"""Turns the right answer of a task into a wrong one."""


def ideal_model(
    documents: Sequence[Known], spoil: Spoil = lambda task, answer: answer
) -> Behaviour:
    """Answers every task as the golden facts have it."""
    forms = {}
    for one in documents:
        for chunk in one.chunks:
            if chunk.kind == "table" and chunk.grid is not None and chunk.grid.rows:
                for redacting in (False, True):
                    request = form_request(one.document, chunk, chunk.grid, redacting)
                    forms.setdefault(request.messages[1].content, (one, chunk, chunk.grid))

    def behave(asked: Asked) -> Reply:
        if asked.task == "form_map":
            answer = _form(*forms[asked.user.split(f"\n\n{REASK_MARK}")[0]])
        else:
            one, numbers = _place(asked, documents)
            answer = _TASKS[asked.task](one, numbers)
        spoiled = spoil(asked.task, answer)
        return Reply(json.dumps(spoiled, ensure_ascii=False, separators=(",", ":")))

    return behave


def _place(asked: Asked, documents: Sequence[Known]) -> tuple[Known, tuple[int, ...]]:
    """The document and the lines that a request shows."""
    shown = re.findall(r"^(\d+)\|(.*)$", asked.user, re.MULTILINE)

    def matching(one: Known) -> int:
        lines = one.document.lines
        return sum(int(n) <= len(lines) and text in lines[int(n) - 1] for n, text in shown)

    return max(documents, key=matching), tuple(sorted({int(n) for n, _ in shown}))


def _on(one: Known, numbers: Sequence[int], statements: Callable[[str], bool]) -> list[Golden]:
    wanted = set(numbers)
    return [f for f in one.facts if int(f["line"]) in wanted and statements(f["statement"])]


def _claims(one: Known, numbers: Sequence[int]) -> dict[str, object]:
    counts: Counter[tuple[str, str]] = Counter()
    claims = []
    for fact in _on(one, numbers, lambda s: s == "claim"):
        counts[fact["line"], fact["raw"]] += 1
        claims.append(
            {
                "line": int(fact["line"]),
                "text": fact["raw"],
                "nth": counts[fact["line"], fact["raw"]],
                "subject": plain_row(fact["row"]),
                "column": fact["column"],
                "unit": fact["unit"],
                "minus": fact["value"].startswith("-") and fact["raw"][0] not in "-－−",
            }
        )
    return {"claims": claims}


def _performance(one: Known, numbers: Sequence[int]) -> dict[str, object]:
    facts = _on(one, numbers, lambda s: s == "evaluation")
    starts = _starts(one, facts)
    names = sorted({evaluation_name(fact["row"]) for fact in facts}, key=len)
    forms: dict[str, dict[tuple[int, str], list[Golden]]] = defaultdict(lambda: defaultdict(list))
    for fact in facts:
        row = plain_row(fact["row"])
        name = next((name for name in names if row.startswith(f"{name}/")), "")
        forms[name][int(fact["line"]), row.removeprefix(f"{name}/")].append(fact)
    for groups in forms.values():
        for group in groups.values():
            group.sort(key=lambda fact: starts[id(fact)])
    return {
        "forms": [
            {"name": name, "items": [_item(*place, group) for place, group in groups.items()]}
            for name, groups in forms.items()
        ]
    }


def _item(line: int, row: str, group: Sequence[Golden]) -> dict[str, object]:
    return {
        "line": line,
        "row": row,
        "texts": [fact["raw"] for fact in group],
        "columns": [fact["column"] for fact in group],
        "units": [fact["unit"] for fact in group],
    }


def _starts(one: Known, facts: Sequence[Golden]) -> dict[int, int]:
    """Where each fact is printed on its line, equal numerals in the order of the facts."""
    free = {
        number: list(numerals(one.document.lines[number - 1]))
        for number in {int(fact["line"]) for fact in facts}
    }
    starts = {}
    for fact in facts:
        tokens = free[int(fact["line"])]
        token = next((t for t in tokens if t.text == fact["raw"]), None)
        starts[id(fact)] = token.start if token else 0
        if token:
            tokens.remove(token)
    return starts


def evaluation_name(row: str) -> str:
    """The `<name>` of an evaluation row."""
    head = row.split("/资金:")[0]
    return head if head != row else row.rpartition("/")[0]


def plain_row(row: str) -> str:
    """A golden row without the ` #2` of a repeated key."""
    return re.sub(r" #\d+$", "", row)


def _rows(one: Known, numbers: Sequence[int]) -> dict[str, object]:
    facts = _on(one, numbers, lambda s: s not in ("claim", "evaluation"))
    statement = Counter(f["statement"] for f in facts).most_common(1)[0][0] if facts else "none"
    rows: dict[tuple[int, str], list[Golden]] = defaultdict(list)
    for fact in facts:
        rows[int(fact["line"]), plain_row(fact["row"])].append(fact)
    sided = statement in SIDES
    columns = [f["column"] for f in facts if not sided or f["row"].startswith("expenditure:")]
    return {
        "statement": statement,
        "unit": facts[0]["unit"] if facts else "",
        "columns": list(dict.fromkeys(columns)),
        "rows": [_row_item(line, row, group) for (line, row), group in rows.items()],
    }


def _row_item(line: int, row: str, group: Sequence[Golden]) -> dict[str, object]:
    side, colon, rest = row.partition(":")
    sided = bool(colon) and side in ("income", "expenditure")
    key = rest if sided else row
    spoken = {"total": "合计", "budget": "", "actual": "", "personnel_total": "人员经费合计"}
    spoken["public_total"] = "公用经费合计"
    return {
        "line": line,
        "side": side if sided else row if row in ("budget", "actual") else "",
        "key": spoken.get(key, key),
        "label": group[0]["label"],
        "values": [fact["raw"] for fact in group],
    }


_TASKS = {"claims": _claims, "performance": _performance, "rows": _rows}


def _form(one: Known, chunk: Chunk, grid: Grid) -> dict[str, object]:
    """The map that puts the golden facts where the grid prints them."""
    paths = header(grid).paths
    numbers = sorted({cell.line for row in grid.rows for cell in row})
    facts = _on(one, numbers, lambda s: s not in ("claim", "evaluation"))
    titled = titled_statement(chunk) or "none"
    statement = Counter(f["statement"] for f in facts).most_common(1)[0][0] if facts else titled
    width = len(paths)
    roles = ["skip"] * width
    if statement != "none":
        roles = _named(_roles(grid, facts, statement, width), statement, paths)
    asked = asked_of(chunk, grid)
    shapes = enumerate(asked.columns)
    part = {
        "statement": statement_word(statement),
        "unit": facts[0]["unit"] if facts else "",
        "first": asked.first[-1] if facts else asked.first[0],
        "last": asked.last[-1],
        "columns": {
            str(index): word_of(statement, roles[index], shape.side)
            for index, shape in shapes
            if len(roles_of_shape(statement, shape)) > 1
        },
    }
    known = {
        "statement": bool(asked.statement),
        "unit": bool(asked.unit),
        "first": len(asked.first) == 1,
        "last": len(asked.last) == 1,
    }
    answer = {name: value for name, value in part.items() if not known.get(name)}
    return answer if asked.statement else {"form": answer}


def _roles(grid: Grid, facts: Sequence[Golden], statement: str, width: int) -> list[str]:
    todo: dict[tuple[int, str], list[Golden]] = defaultdict(list)
    for fact in facts:
        todo[int(fact["line"]), fact["raw"]].append(fact)
    labels = {f["label"] for f in facts if f["label"] and not f["label"].isdigit()}
    tops = {path[0] for path in header(grid).paths if path}
    beside = statement == "three_public" and {"预算数", "决算数"} <= tops
    codes = {plain_row(f["row"]) for f in facts if f["row"][0].isdigit()}
    votes: list[Counter[str]] = [Counter(skip=0) for _ in range(width)]
    for row in grid.rows[header(grid).body_first :]:
        short = max(0, width - len(row))  # a total whose key cells were merged stands to the left
        if short and any(cell.state == "text" for cell in row[1:]):
            continue
        texts = [""] * short + [re.sub(r"\s", "", cell.text) for cell in row]
        for index, cell in enumerate(row[:width], short):
            same = todo[cell.line, cell.text]
            if cell.state == "number" and same:
                votes[index][_role(same.pop(0), statement, beside)] += 2
            elif short == 0 and texts[index] in labels:
                votes[index]["label"] += 1
            elif short == 0 and texts[index].isdigit() and _is_in_code(texts, index, codes):
                votes[index]["key"] += 1
    roles = [counts.most_common(1)[0][0] for counts in votes]
    if not beside and width > 2 and not {"key", "label"} & set(roles) and roles[0] == "skip":
        roles[:2] = ["key", "label"] if roles[1] == "skip" else ["label", roles[1]]
    return roles


def _named(roles: list[str], statement: str, paths: Sequence[Sequence[str]]) -> list[str]:
    """Value columns that print nothing are still named by their headings."""
    sided = "income" in SIDES.get(statement, ()) and any(":" in role for role in roles)
    named = list(roles)
    for index, role in enumerate(roles):
        if "key" not in roles and heads_codes(paths[index]):
            named[index] = "key"
            continue
        top = paths[index][0] if paths[index] else ""
        side = ("expenditure" if "支出" in top else "income") if sided else ""
        listed = listed_column(statement, paths[index], side) if role == "skip" else ""
        if listed and f"{side}:{listed}".lstrip(":") not in named:
            named[index] = f"{side}:{listed}".lstrip(":")
    return named


def _is_in_code(texts: Sequence[str], index: int, codes: set[str]) -> bool:
    spans = [(a, b) for a in range(index - 2, index + 1) for b in range(index + 1, index + 4)]
    return any("".join(texts[a:b]) in codes for a, b in spans if a >= 0)


def _role(fact: Golden, statement: str, beside: bool) -> str:
    if beside:
        return f"{plain_row(fact['row'])}:{fact['column']}"
    side, colon, _ = fact["row"].partition(":")
    if colon and side in ("income", "expenditure") and statement in SIDES:
        return f"{side}:{fact['column']}"
    return fact["column"]
