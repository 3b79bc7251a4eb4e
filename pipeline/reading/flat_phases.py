"""Body tokens of a flattened form without keys (三公) -> its rows.

The values stand in one line (预算数 and 决算数 side by side), in two lines that say 预算数 and 决算数,
or one item a line with its name in front. The rule it protects: of the orders that the header leaves
open, one under which the numbers add up is taken; fewer numbers than columns are left to placement.
"""

from collections.abc import Iterator, Sequence

from pipeline.reading.flat_beside import beside, beside_rows
from pipeline.reading.flat_columns import agrees, columns_in, is_foreign
from pipeline.reading.flat_header import header_paths
from pipeline.reading.flat_stacked import column_orders, halved
from pipeline.reading.flat_years import lone_years, own_number
from pipeline.reading.header_columns import phases_of_paths
from pipeline.reading.keys import item_and_unit
from pipeline.reading.library import BY_LABEL, Form, item_of
from pipeline.reading.periods import About, own_kind, own_labels, phase_of
from pipeline.reading.tokens import Token, is_dash
from pipeline.text import fold

FlatRow = tuple[str, str, tuple[Token | None, ...], tuple[str, ...]]
# Columns that a header names where all of it was understood, so that sums that fail are the print's.
_CORE = frozenset({"total", "overseas", "vehicles", "reception"})
_BESIDE = "operating_expense"
_LABELS = {"budget": "预算数", "actual": "决算数"}


def phase_rows(
    form: Form,
    header: Sequence[Sequence[str]],
    body: Sequence[Sequence[Token]],
    about: tuple[str, About],
) -> Iterator[FlatRow]:
    """Rows budget and actual with their values."""
    if beside(header):
        yield from beside_rows(form, header, body)
        return
    if len({m.column for line in body if (m := item_of(form, _label(line)))}) >= 3:
        yield from _items(form, header, body, about)
        return
    if pairs := _pairs(header):
        yield from _alternating(form, header[:-1], body, pairs)
        return
    text = tuple("".join(line) for line in header)
    orders = _orders(form, text, header)
    places = phases_of_paths(form, header_paths(form, header), *about)
    labels = [fold(line[0].text) for line in body if not line[0].is_number]
    own = own_labels(labels, about[0])
    for line in body:
        label = fold(line[0].text) if not line[0].is_number else ""
        values = _values(line)
        if label and label not in own:
            continue
        plain = orders if not is_foreign("".join(text)) else []
        fitting = max((o for o in plain if o and _fit(form, values, o)), key=len, default=())
        if places and len(values) == len(places) and not _says_phase(label):
            by_phase = list(_by_phase(values, places))
            whole_line = sum(len(row[2]) for row in by_phase) == len(values)
            if not fitting or (whole_line and all(_fit(form, row[2], row[3]) for row in by_phase)):
                yield from by_phase
                continue
        whole = next((order for order in plain if set(order) >= _CORE), ())
        yield from _plain(label, values, fitting or whole, own_kind(*about))


def _pairs(header: Sequence[Sequence[str]]) -> int:
    """How often the last line of the header says 预算数 决算数: each column has both, side by side."""
    last = list(header[-1]) if header else []
    count = len(last) // 2
    return count if count > 1 and last == ["预算数", "决算数"] * count else 0


def _alternating(
    form: Form, header: Sequence[Sequence[str]], body: Sequence[Sequence[Token]], pairs: int
) -> Iterator[FlatRow]:
    """Rows of numbers of which every second is the actual; a column that is blank has neither."""
    orders = _orders(form, tuple("".join(line) for line in header), header)
    whole = [order for order in orders if len(order) == pairs and set(order) >= _CORE]
    for line in body:
        values = _values(line)
        if not whole or len(values) % 2 or not values:
            continue
        rows = {"budget": values[::2], "actual": values[1::2]}
        fitting = [o for o in whole if all(_fit(form, half, o) for half in rows.values())]
        for row, half in rows.items():
            yield row, _LABELS[row], half, (fitting or whole)[0]


def _orders(
    form: Form, text: Sequence[str], header: Sequence[Sequence[str]]
) -> list[tuple[str, ...]]:
    """The orders of the columns; one that spans the header's lines beside the others is named in the
    first and stands behind them all."""
    orders = [columns_in(form, text), *column_orders(form, halved(header))]
    last = [(*(c for c in order if c != _BESIDE), _BESIDE) for order in orders if _BESIDE in order]
    return list(dict.fromkeys([*orders, *last]))


def _fit(form: Form, values: Sequence[Token | None], columns: Sequence[str]) -> bool:
    """True where the numbers of a line can add up under the columns, or twice under them."""
    halves = [values]
    if len(values) == 2 * len(columns):
        halves = [values[: len(columns)], values[len(columns) :]]
    printed = [[fold(token.text) if token else "" for token in half] for half in halves]
    return all(agrees(form, columns, [half]) for half in printed)


def _says_phase(label: str) -> bool:
    return "预算" in label or "决算" in label


def _plain(
    label: str, values: tuple[Token | None, ...], columns: tuple[str, ...], kind: str
) -> Iterator[FlatRow]:
    """Rows 预算数 and 决算数; a lone row of numbers holds one of them or both, one behind the other."""
    if _says_phase(label):
        yield ("actual" if "决算" in label else "budget"), label, values, columns
    elif len(values) == 2 * len(columns):
        yield "budget", "预算数", values[: len(columns)], columns
        yield "actual", "决算数", values[len(columns) :], columns
    elif 1 < len(values) <= len(columns):
        yield ("budget" if kind == "budget" else "actual"), "", values, columns


def _by_phase(
    values: Sequence[Token | None], places: Sequence[tuple[str, str]]
) -> Iterator[FlatRow]:
    for row in dict.fromkeys(row for row, _ in places if row):
        mine = [(v, c) for v, (r, c) in zip(values, places, strict=True) if r == row]
        yield row, _LABELS[row], tuple(v for v, _ in mine), tuple(c for _, c in mine)


def _items(
    form: Form,
    header: Sequence[Sequence[str]],
    body: Sequence[Sequence[Token]],
    about: tuple[str, About],
) -> Iterator[FlatRow]:
    stacked = all(len(line) == 1 for line in header)
    side_by_side = [tuple(line[0] for line in header)] if stacked else header
    places = phases_of_paths(form, header_paths(form, side_by_side), *about)
    numbered = any("行次" in line for line in header)
    for line in body:
        label = _label(line)
        match = item_of(form, label)
        values = _values(line)[1 if numbered else 0 :]
        name = match.column if match else item_and_unit(label)[0] if numbered else ""
        if name and len(values) != len(places):
            yield from _of_own_year(header, about, (name, label), values)
        if not name or len(values) != len(places):
            continue
        for value, (row, column) in zip(values, places, strict=True):
            if column == BY_LABEL and value is not None:
                yield row, label, (value,), (name,)


def _of_own_year(
    header: Sequence[Sequence[str]],
    about: tuple[str, About],
    item: tuple[str, str],
    values: tuple[Token | None, ...],
) -> Iterator[FlatRow]:
    """The item's number of the form's own year, where another year and 增减% stand beside it."""
    columns, own = lone_years(header, about)
    printed = [fold(token.text) for token in values if token is not None]
    at = own_number(columns, printed) if len(printed) == len(values) <= len(columns) else None
    if at is not None:
        kind = {"预算": "budget", "决算": "final_accounts"}.get(phase_of((own,)), own_kind(*about))
        row = "budget" if kind == "budget" else "actual"
        yield row, item[1], (values[at],), (item[0],)


def _label(line: Sequence[Token]) -> str:
    words = []
    for token in line:
        if token.is_number or is_dash(token.text):
            break
        words.append(token.text)
    return "".join(words)


def _values(line: Sequence[Token]) -> tuple[Token | None, ...]:
    """Numbers behind the words of a line (a unit's code stands before them); None for a dash."""
    words = [n for n, t in enumerate(line) if not t.is_number and not is_dash(t.text)]
    first = words[-1] + 1 if words else 0
    return tuple(None if is_dash(token.text) else token for token in line[first:])
