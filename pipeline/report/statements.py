"""The statements as tables: every cell a link to its place."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from pipeline.report.links import Links
from pipeline.report.markup import both, escaped, grouped, plain
from pipeline.report.words import COLUMNS, ROWS, SIDES, STATEMENTS, words
from schemas.facts import Fact
from schemas.vocabulary import CLAIM_COLUMNS, EVALUATION_COLUMNS, TABLE_COLUMNS
from schemas.vocabulary import STATEMENTS as ORDER

_Entry = tuple[int, Fact]
_ORDERS: Final[dict[str, Sequence[str]]] = {
    **TABLE_COLUMNS,
    "claim": CLAIM_COLUMNS,
    "evaluation": EVALUATION_COLUMNS,
}


def statements(facts: Sequence[Fact], links: Links) -> str:
    """A section for each statement that has facts, in the order of the contract."""
    found: dict[str, list[_Entry]] = defaultdict(list)
    for index, fact in enumerate(facts):
        found[fact.statement].append((index, fact))
    return "".join(_statement(name, found[name], links) for name in ORDER if name in found)


def _statement(name: str, entries: Sequence[_Entry], links: Links) -> str:
    title = both(*words(STATEMENTS, name))
    unit = _common_unit([fact for _, fact in entries])
    note = f"<small>{len(entries)}{f' · {escaped(unit)}' if unit else ''}</small>"
    blocks = "".join(
        _block(name, heading, block, links, unit) for heading, block in _blocks(name, entries)
    )
    return (
        f'<details class="statement" id="S-{name}" open><summary><h3>{title}</h3> {note}</summary>'
        f"{blocks}</details>"
    )


def _common_unit(facts: Iterable[Fact]) -> str:
    """The unit of all of them, empty where they differ."""
    units = {fact.unit for fact in facts}
    return units.pop() if len(units) == 1 else ""


def _blocks(name: str, entries: Sequence[_Entry]) -> list[tuple[str, list[_Entry]]]:
    """Claims by section, performance forms by project, the sides of a summary; else one block."""
    blocks: dict[str, list[_Entry]] = defaultdict(list)
    for index, fact in entries:
        blocks[_heading(name, fact)].append((index, fact))
    return list(blocks.items())


def _heading(name: str, fact: Fact) -> str:
    if name == "claim":
        return fact.section
    if name == "evaluation":
        return fact.row.split("/")[0]
    side, colon, _ = fact.row.partition(":")
    return side if colon and side in SIDES else ""


def _block(name: str, heading: str, entries: Sequence[_Entry], links: Links, unit: str) -> str:
    columns = _columns(name, [fact for _, fact in entries])
    rows: dict[tuple[str, str], dict[str, list[_Entry]]] = defaultdict(lambda: defaultdict(list))
    for index, fact in entries:
        rows[_row_key(name, fact), fact.label][fact.column].append((index, fact))
    head = "".join(f'<th scope="col">{both(*words(COLUMNS, c))}</th>' for c in columns)
    body = "".join(
        _row(name, key, label, [cells[c] for c in columns], links, unit)
        for (key, label), cells in rows.items()
    )
    caption = (
        both(*words(SIDES, heading)) if name not in ("claim", "evaluation") else escaped(heading)
    )
    title = f"<caption>{caption}</caption>" if heading else ""
    corner = f'<th scope="col">{both("项目", "item")}</th>'
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{_plain_title(name, heading)}">'
        f"<table>{title}<thead><tr>{corner}{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _plain_title(name: str, heading: str) -> str:
    from_words = words(STATEMENTS, name)[0]
    return plain(f"{from_words} {heading}".strip())


def _columns(name: str, facts: Iterable[Fact]) -> list[str]:
    present = {fact.column for fact in facts}
    known = [column for column in _ORDERS.get(name, ()) if column in present]
    return known + sorted(present - set(known))


def _row_key(name: str, fact: Fact) -> str:
    """The row as it is shown: without the part that the block's heading says."""
    if name == "evaluation":
        return fact.row.partition("/")[2] or fact.row
    side, colon, label = fact.row.partition(":")
    return label if colon and side in SIDES else fact.row


def _row(
    name: str, key: str, label: str, cells: Sequence[Sequence[_Entry]], links: Links, unit: str
) -> str:
    shown = "".join(f"<td>{_cell(entries, links, unit)}</td>" for entries in cells)
    return f'<tr><th scope="row">{_row_name(key, label)}</th>{shown}</tr>'


def _row_name(key: str, label: str) -> str:
    """Code and label where they differ, else the key alone."""
    if key in ROWS:
        return both(*ROWS[key])
    if key.isdigit() and label and label != key:
        return f"<code>{escaped(key)}</code> {escaped(label)}"
    return escaped(key)


def _cell(entries: Sequence[_Entry], links: Links, unit: str) -> str:
    return "<br>".join(_value(index, fact, links, unit) for index, fact in entries)


def _value(index: int, fact: Fact, links: Links, unit: str) -> str:
    kinds = ["v"]
    kinds += ["ok"] if index in links.confirmed else []
    kinds += ["bad"] if index in links.failing else []
    kinds += ["placed"] if fact.placed_by else []
    kinds += ["human"] if fact.reader == "human" else []
    shown = grouped(fact.value) + (f" {escaped(fact.unit)}" if fact.unit and not unit else "")
    return f'<a class="{" ".join(kinds)}" id="F{index}" href="#L{fact.line}" data-f="{index}">{shown}</a>'
