"""Invented forms (`form_cases.txt`) drawn in many layouts, with the facts that stand in them.

A case: `# id`; `statement | document | title | head lines`; header rows (`<` goes on from the left,
`^` from above); `=` what each column holds; body rows. `{key}` behind a label is its row key where
the printed words alone do not give it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from pipeline.text import row_label, squeeze

LAYOUTS = (
    "html", "tabs", "pipes", "cells", "lines", "flat", "aligned",
    "bars", "once", "short", "sheet", "stripped", "unparted", "stacked",
)  # fmt: skip
Row = tuple[str, ...]
Told = tuple[str, str, str, str]
_KEY = re.compile(r"\{(.*)\}$")
_SIDES = {"IN": "income:", "EX": "expenditure:"}
_LABELS = ("label", "NAME", "item", *_SIDES)
_KEYS = ("key", "unit", "no", "-", *_LABELS)


class Drawn(NamedTuple):
    """A form before it is drawn. `roles[c]`: key, label, IN and EX (labels of the two sides), item, NAME
    (of a project), unit, no (an ordinal), `-` (no column of the contract) or a value column's id."""

    name: str
    statement: str
    document: str
    title: str
    head: Row
    header: tuple[Row, ...]
    roles: Row
    body: tuple[Row, ...]


def read_cases(path: Path) -> tuple[Drawn, ...]:
    """All cases of a file, in order."""
    blocks = re.split(r"^# ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return tuple(_case(block.splitlines()) for block in blocks)


def _case(lines: Sequence[str]) -> Drawn:
    statement, document, title, *head = _cut(lines[1])
    at = next(i for i, line in enumerate(lines) if line.startswith("= "))
    roles = _cut(lines[at][2:])
    return Drawn(
        name=lines[0],
        statement=statement,
        document=document,
        title=title,
        head=tuple(head),
        header=tuple(_cut(line) for line in lines[2:at]),
        roles=roles,
        body=tuple(_cut(line) for line in lines[at + 1 :] if line.strip()),
    )


def _cut(line: str) -> Row:
    return tuple(cell.strip(" ") for cell in line.split("|"))


def told(form: Drawn) -> frozenset[Told]:
    """(statement, row, column, printed) of every number that the form tells."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for row in form.body:
        for (name, column), printed in _values(form, row):
            seen[name, column] += 1
            n = seen[name, column]
            found.append((form.statement, name if n == 1 else f"{name} #{n}", column, printed))
    return frozenset(found)


def _values(form: Drawn, row: Row) -> Iterator[tuple[tuple[str, str], str]]:
    key = ""
    for block in _blocks(form.roles):
        cells = [(form.roles[c], row[c]) for c in block]
        key = key if cells[0][1] == "<" else _key_of(cells)
        for role, cell in cells:
            if role not in _KEYS and cell not in ("", "<", "—"):
                yield _place(form, role, key), cell


def _blocks(roles: Row) -> list[list[int]]:
    """Columns by block: a block begins where a key follows a value."""
    blocks: list[list[int]] = [[]]
    for c, role in enumerate(roles):
        begins = role in ("key", "IN", "EX") and any(roles[b] not in _KEYS for b in blocks[-1])
        if begins:
            blocks.append([])
        blocks[-1].append(c)
    return blocks


def _key_of(cells: Sequence[tuple[str, str]]) -> str:
    side = next((_SIDES[role] for role, _ in cells if role in _SIDES), "")
    for role, cell in cells:
        if role in _KEYS and (match := _KEY.search(cell)):
            return side + match.group(1)
    code = "".join(cell for role, cell in cells if role == "key" and cell != "<")
    code = code or "".join(cell for role, cell in cells if role == "unit")
    label = next((cell for role, cell in cells if role in _LABELS and cell), "")
    return side + (squeeze(code) or row_label(label))


def _place(form: Drawn, role: str, name: str) -> tuple[str, str]:
    if "." in role:
        phase, column = role.split(".")
        return phase, column
    if role.startswith(("budget", "actual")):
        return role, name
    return name, role


def draw(form: Drawn, layout: str) -> tuple[str, bytes]:
    """File name and content of the form in a layout."""
    header = [list(row) for row in form.header]
    body = [[_KEY.sub("", cell) for cell in row] for row in form.body]
    if layout == "html":
        return "form.html", _html(form, [*header, *body]).encode()
    drawn = {
        "tabs": lambda: _separated(header, body, "\t"),
        "pipes": lambda: _piped(header, body),
        "cells": lambda: _cells(header, body),
        "lines": lambda: _lines(header, body),
        "flat": lambda: [" ".join(_printed(row)) for row in [*header, *body]],
        "aligned": lambda: _aligned([*header, *body]),
        "bars": lambda: [" | ".join(row) for row in _repeated([*header, *body])],
        "once": lambda: _once(header, body),
        "short": lambda: _short(header, body),
        "sheet": lambda: _sheet(form, [*header, *body]),
        "stripped": lambda: _stripped([*header, *body], parted=True),
        "unparted": lambda: _stripped([*header, *body], parted=False),
        "stacked": lambda: [cell for row in [*header, *body] for cell in _printed(row)],
    }[layout]()
    if layout == "sheet":
        return "form.md", "\n".join([f"某某市某某局{form.document}", "", *drawn, ""]).encode()
    top = [f"某某市某某局{form.document}", "", form.title, "", *form.head, ""]
    return "form.txt", "\n".join([*top, *drawn, ""]).encode()


def _printed(row: Sequence[str]) -> list[str]:
    return [cell for cell in row if cell not in ("", "<", "^")]


def _plain(row: Sequence[str]) -> list[str]:
    return ["" if cell in ("<", "^") else cell for cell in row]


def _separated(header: list[list[str]], body: list[list[str]], mark: str) -> list[str]:
    return [mark.join(_plain(row)) for row in [*header, *body]]


def _piped(header: list[list[str]], body: list[list[str]]) -> list[str]:
    rows = [f"| {' | '.join(_plain(row))} |" for row in [*header, *body]]
    return [rows[0], "|" + " --- |" * len(header[0]), *rows[1:]]


def _repeated(rows: list[list[str]]) -> list[list[str]]:
    """As a script writes Word's tables: a merged cell's text in each of its places."""
    whole: list[list[str]] = []
    for row in rows:
        cells: list[str] = []
        for c, cell in enumerate(row):
            cells.append(cells[-1] if cell == "<" else whole[-1][c] if cell == "^" else cell)
        whole.append(cells)
    return whole


def _once(header: list[list[str]], body: list[list[str]]) -> list[str]:
    """As html2text writes a page's tables: no frame, a merged cell once and nothing beside it."""
    rows = ["| ".join(cell for cell in row if cell not in ("<", "^")) for row in [*header, *body]]
    return [rows[0], "|".join(["---"] * (rows[0].count("|") + 1)), *rows[1:]]


def _short(header: list[list[str]], body: list[list[str]]) -> list[str]:
    """As markdownify writes them: blanks beside a merged cell, nothing below it."""
    rows = [
        ["" if cell == "<" else cell for cell in row if cell != "^"] for row in [*header, *body]
    ]
    rule = "|" + " --- |" * len(header[0])
    return [f"|{'  |' * len(header[0])}", rule, *[f"| {' | '.join(row)} |" for row in rows]]


def _sheet(form: Drawn, rows: list[list[str]]) -> list[str]:
    """As MarkItDown writes a sheet: its title heads the first column, NaN is an empty cell."""
    width = len(rows[0])
    names = [form.title, *[f"Unnamed: {n}" for n in range(1, width)]]
    heads = [[line, *[""] * (width - 1)] for line in form.head]
    lines = [[cell or "NaN" for cell in _plain(row)] for row in [*heads, *rows]]
    framed = [f"| {' | '.join(row)} |" for row in [names, ["---"] * width, *lines]]
    return [f"## {form.title}", *framed]


def _stripped(rows: list[list[str]], parted: bool) -> list[str]:
    """A page's cells without its tags: one a line, an empty line for an empty cell and, where
    `parted`, between the rows."""
    lines = []
    for row in rows:
        lines += [cell for cell in row if cell not in ("<", "^")] + [""] * parted
    return lines


def _cells(header: list[list[str]], body: list[list[str]]) -> list[str]:
    lines = []
    for row in [*header, *body]:
        lines += [f"\t{'' if cell == '^' else cell}" for cell in row if cell != "<"] + [""]
    return lines


def _lines(header: list[list[str]], body: list[list[str]]) -> list[str]:
    """As copied from a web page: one cell a line, a blank line between, an empty cell a blank line."""
    lines = []
    for row in [*header, *body]:
        for cell in row:
            if cell not in ("<", "^"):
                lines += [cell, ""]
    return lines


def _aligned(rows: list[list[str]]) -> list[str]:
    """As `pdftotext -layout` prints it: numbers end under one another, words begin there."""
    plain = [_plain(row) for row in rows]
    widths = [
        2 + max(width(row[c]) for row in plain if not _over(rows[plain.index(row)], c))
        for c in range(len(rows[0]))
    ]
    return [aligned_row(row, widths) for row in plain]


def _over(row: Sequence[str], c: int) -> bool:
    return c + 1 < len(row) and row[c + 1] == "<"


def aligned_row(row: Sequence[str], widths: Sequence[int]) -> str:
    """A row whose numbers end, and whose words begin, at their column's edge."""
    line, at = "", 0
    for cell, wide in zip(row, widths, strict=True):
        pad = wide - width(cell)
        is_number = re.fullmatch(r"-?[\d,.]+", cell) is not None
        lead = pad - 1 if is_number and pad > 1 else 1
        line += " " * max(0, at + lead - width(line)) + cell if cell else ""
        at += wide
    return line.rstrip()


def width(text: str) -> int:
    """Places that a text takes in print; a wide character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _html(form: Drawn, rows: list[list[str]]) -> str:
    body = "".join(f"<tr>{''.join(_tds(rows, r))}</tr>" for r in range(len(rows)))
    head = "".join(f"<p>{line}</p>" for line in (form.title, *form.head))
    title = f"<h1>某某市某某局{form.document}</h1>"
    return f"<html><body>{title}{head}<table border=1>{body}</table></body></html>"


def _tds(rows: list[list[str]], r: int) -> list[str]:
    cells = []
    for c, cell in enumerate(rows[r]):
        if cell in ("<", "^"):
            continue
        across = 1 + _run([rows[r][k] for k in range(c + 1, len(rows[r]))], "<")
        down = 1 + _run([rows[k][c] for k in range(r + 1, len(rows))], "^")
        cells.append(f'<td colspan="{across}" rowspan="{down}">{cell}</td>')
    return cells


def _run(cells: Sequence[str], mark: str) -> int:
    return next((i for i, cell in enumerate(cells) if cell != mark), len(cells))


def sums(form: Drawn) -> bool:
    """A guard for those who add cases: every row has as many cells as its header."""
    return all(
        len(one) == len(other) for one, other in pairwise([*form.header, form.roles, *form.body])
    )
