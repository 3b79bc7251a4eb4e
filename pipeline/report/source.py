"""The source text, every numeral coloured by what became of it."""

from collections.abc import Mapping, Sequence
from typing import Final

from pipeline.report.links import Links, Mark
from pipeline.report.markup import both, escaped, plain
from pipeline.report.words import OUTCOMES, REASONS, words

_PIECE: Final = 4000
"""Characters of a line shown at once: the layout of a million holds up the browser for minutes."""


def source_text(lines: Sequence[str], links: Links, findings: Mapping[int, str]) -> str:
    """The lines as a numbered list. `findings` gives the severity of lines that a finding is on."""
    shown = "".join(
        _line(number, line, links, findings.get(number, ""))
        for number, line in enumerate(lines, start=1)
    )
    return f'<ol class="lines">{shown}</ol>'


def _line(number: int, line: str, links: Links, severity: str) -> str:
    kind = f' class="{severity}"' if severity else ""
    body = _pieces(line, links.marks.get(number, ()), links)
    return f'<li id="L{number}"{kind}><b>{number}</b><bdi dir="ltr">{body}</bdi></li>'


def _pieces(line: str, marks: Sequence[Mark], links: Links) -> str:
    """The line with its numerals marked; of a long line all but the beginning is folded."""
    parts: list[str] = []
    block: list[str] = []
    at = filled = 0
    for mark in marks:
        start, text = mark.disposition.numeral.start, mark.disposition.numeral.text
        if start < at or line[start : start + len(text)] != text:
            continue
        for plain_text in _cut(line[at:start]):
            block.append(escaped(plain_text))
            filled += len(plain_text)
            if filled >= _PIECE:
                parts.append("".join(block))
                block, filled = [], 0
        block.append(_numeral(mark, links))
        at, filled = start + len(text), filled + len(text)
    tail = [escaped(piece) for piece in _cut(line[at:])]
    parts += ["".join([*block, *tail[:1]]), *tail[1:]]
    return parts[0] + "".join(map(_folded, parts[1:]))


def _folded(part: str) -> str:
    """A further piece of a long line, laid out when it is opened."""
    return f'<details class="piece"><summary>{both("续", "more")}</summary>{part}</details>'


def _cut(text: str) -> list[str]:
    return [text[i : i + _PIECE] for i in range(0, len(text), _PIECE)]


def _numeral(mark: Mark, links: Links) -> str:
    """A numeral: a link to its fact, or marked with its reason."""
    text, outcome = escaped(mark.disposition.numeral.text), mark.disposition.outcome
    if mark.facts:
        kind = "f bad" if links.failing.intersection(mark.facts) else "f"
        if links.confirmed.intersection(mark.facts):
            kind += " ok"
        numbers = " ".join(map(str, mark.facts))
        return f'<a class="{kind}" href="#F{mark.facts[0]}" data-f="{numbers}">{text}</a>'
    zh, en = words(OUTCOMES, outcome)
    reason = words(REASONS, mark.disposition.reason)
    title = f"{zh}：{reason[0]} / {en}: {reason[1]}" if mark.disposition.reason else f"{zh} / {en}"
    return f'<mark class="{_CLASSES[outcome]}" title="{plain(title)}">{text}</mark>'


_CLASSES: Final = {"fact": "f", "excluded": "x", "unplaced": "p", "unexplained": "u"}


def legend() -> str:
    """What the colours say, in words."""
    entries = [
        ("f ok", "有勾稽关系印证", "confirmed by an identity"),
        ("f", "已读，未印证", "read, not confirmed"),
        ("f bad", "勾稽不符", "an identity fails"),
        ("x", "已排除", "excluded"),
        ("p", "未定栏", "unplaced"),
        ("u", "未解释", "unexplained"),
    ]
    items = "".join(
        f'<li><mark class="{kind}">12.30</mark> {both(zh, en)}</li>' for kind, zh, en in entries
    )
    return f'<ul class="legend">{items}</ul>'
