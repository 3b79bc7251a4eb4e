"""The source text, every numeral coloured by what became of it."""

from collections.abc import Mapping, Sequence
from typing import Final

from pipeline.report.links import Links, Mark
from pipeline.report.markup import both, escaped, plain
from pipeline.report.words import OUTCOMES, REASONS, Words, words

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
    text, kind = escaped(mark.disposition.numeral.text), outcome_class(mark, links)
    if mark.facts:
        numbers = " ".join(map(str, mark.facts))
        return f'<a class="{kind}" href="#F{mark.facts[0]}" data-f="{numbers}">{text}</a>'
    return f'<mark class="{kind}" title="{plain(" / ".join(outcome_words(mark)))}">{text}</mark>'


def outcome_class(mark: Mark, links: Links) -> str:
    """How a numeral is drawn: by its disposition, and a fact by the identities it stands in."""
    if not mark.facts:
        return _CLASSES[mark.disposition.outcome]
    kind = "f bad" if links.failing.intersection(mark.facts) else "f"
    return f"{kind} ok" if links.confirmed.intersection(mark.facts) else kind


def outcome_words(mark: Mark) -> Words:
    """What became of a numeral, in both languages, with the reason."""
    zh, en = words(OUTCOMES, mark.disposition.outcome)
    reason = words(REASONS, mark.disposition.reason)
    return (f"{zh}：{reason[0]}", f"{en}: {reason[1]}") if mark.disposition.reason else (zh, en)


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
