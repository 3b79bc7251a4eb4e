"""Flattened performance forms: tokens without cells, put back into rows.

In: the tokens of a chunk whose grid is lost. Out: segments with a header and rows of pieces, as a
grid would give them. The rule it protects: a row ends where its weight and score stand; what is
left of the values is its name, with the names of groups taken off its front.
"""

import re

from pipeline.reading.performance_align import weigh
from pipeline.reading.performance_cells import Piece, Row, by_line, joined, kind_of
from pipeline.reading.performance_centred import recentred, with_tails
from pipeline.reading.performance_flat_headers import Span, Stream, find_headers, join_tokens
from pipeline.reading.performance_flat_lines import is_line_header, line_rows
from pipeline.reading.performance_groups import (
    GROUPS,
    groups_first,
    last_cell,
    off_the_note,
    one_a_line,
    peel,
)
from pipeline.reading.performance_header import Column, Header, role_of
from pipeline.reading.performance_money import is_money_label
from pipeline.reading.performance_names import with_names
from pipeline.reading.performance_segments import Segment, form_name, is_name_label

_FOOT = re.compile(r"[-—–－~]+\d{1,4}[-—–－~]+|第\d+页(?:[,，/]?共\d+页)?")
_UPRIGHT = "绩效指标"
_NAME_AND_VALUE = 2
_TEXT_ZONE = re.compile(
    r"(?:年度|总体|绩效|履职)*目标(?:完成情况)?预期目标|预期目标(?:[（(]|(?:目标)?(?:实际)?完成情况)|(?:年度|项目)总体目标|年度绩效目标|总体目标"
)


def flat_segments(tokens: Row) -> tuple[Segment, ...]:
    """The segments of a flattened chunk, in document order."""
    feet = {row[0].line for row in by_line(tokens) if _FOOT.fullmatch("".join(t.text for t in row))}
    upright = _upright(tokens)
    stream = join_tokens(tuple(t for t in tokens if t.line not in feet and t not in upright))
    tokens = stream.tokens
    spans = find_headers(stream)
    segments: list[Segment] = []
    at = 0
    for i, span in enumerate(spans):
        segments += _preamble(tokens[at : span.first])
        end = spans[i + 1].first if i + 1 < len(spans) else len(tokens)
        stop = _stop(stream, span, end)
        body = tokens[span.last : stop]
        rows = _body_rows(body, span.header, _is_task_head(tokens[: span.first]))
        segments.append(Segment("head", None, (tokens[span.first : span.last],)))
        segments.append(Segment(span.header.kind, span.header, rows))
        at = stop
    segments += _preamble(tokens[at:])
    return tuple(segments)


def _upright(tokens: Row) -> list[Piece]:
    """The characters of 绩效指标 printed one below the other at the edge, each before another row."""
    edge = [t for t in tokens if t.column == 0 and len(t.text) == 1 and t.text in _UPRIGHT]
    found: list[Piece] = []
    at = 0
    for piece in edge:
        if piece.text == _UPRIGHT[at % len(_UPRIGHT)]:
            found.append(piece)
            at += 1
    return found[: at - at % len(_UPRIGHT)]


def _is_task_head(before: Row) -> bool:
    """任务名称 | 主要内容 | 完成情况 directly above: each task has a cell of words beside its name."""
    line = by_line(before)[-1] if before else ()
    roles = [role_of(piece.text) for piece in line]
    return len(roles) > 1 and roles[0] == "task" and set(roles) <= {"task", "text", "actual"}


def _body_rows(body: Row, header: Header, tasks: bool) -> tuple[Row, ...]:
    if header.kind == "money":
        return _money_rows(body, tasks)
    return line_rows(body, header) if is_line_header(header) else _indicator_rows(body, header)


def _stop(stream: Stream, span: Span, end: int) -> int:
    """Where the rows under a header end: the text zone or the next form's name."""
    for i in range(span.last, end):
        if is_name_label(stream.tokens[i].text):
            return i
        if span.header.kind == "money" and _TEXT_ZONE.match(stream.text, stream.starts[i]):
            return i
    return end


def _preamble(tokens: Row) -> list[Segment]:
    """Lines outside the headed parts: names and text, a line a row."""
    rows = with_names(by_line(tokens))
    found: list[Segment] = []
    for row in rows:
        if form_name(row) is not None:
            found.append(Segment("name", None, (row,)))
        elif found and found[-1].kind == "text":
            found[-1] = found[-1]._replace(rows=(*found[-1].rows, row))
        else:
            found.append(Segment("text", None, (row,)))
    return found


def _money_rows(tokens: Row, tasks: bool) -> tuple[Row, ...]:
    """Rows of words and a run of values; words are joined block by block. Of `tasks` whose cells no
    blank line parts, the first words are the name."""
    rows: list[Row] = []
    words: list[Piece] = []
    values: list[Piece] = []
    for token in tokens:
        numeric = token.kind in ("number", "dash") or (token.kind == "value" and "%" in token.text)
        if not numeric and values:
            rows.append((*_blocks(words, values, tasks), *values))
            words, values = [], []
        (values if numeric else words).append(token)
    if values or words:
        rows.append((*_blocks(words, values, tasks), *values))
    return tuple(rows)


def _blocks(words: list[Piece], values: list[Piece], tasks: bool) -> Row:
    """The words before a run of values: a piece a block; a fund's label on the run's own line."""
    if tasks and len(words) > 1 and len({word.block for word in words}) == 1:
        return (words[0], joined(tuple(words[1:])))
    line = values[0].line if values else 0
    own = [w for w in words if w.line == line]
    if own and is_money_label("".join(w.text for w in own)):
        return (*_by_block([w for w in words if w.line != line]), joined(tuple(own)))
    return _by_block(words)


def _by_block(words: list[Piece]) -> Row:
    blocks: dict[int, list[Piece]] = {}
    for word in words:
        blocks.setdefault(word.block, []).append(word)
    return tuple(joined(tuple(block)) for block in blocks.values())


def _indicator_rows(tokens: Row, header: Header) -> tuple[Row, ...]:
    """Rows of the indicators: a row ends with its points, or without points with its line."""
    merged = recentred(_with_units(tokens), header)
    points = header.has("weight", "score")
    if not points:
        merged = with_tails(merged, header)
    alone = one_a_line(merged)
    rows: list[Row] = []
    pending: list[Piece] = []
    ended = 0
    for i, token in enumerate(merged):
        if (
            ended
            and token.line == ended
            and not pending
            and header.has("note")
            and token.kind == "text"
        ):
            rows.append((token,))
            continue
        pending.append(token)
        after = merged[i + 1] if i + 1 < len(merged) else None
        if _ends(pending, after, header) if points else _ends_line(pending, after, alone):
            rows += _row(tuple(pending), header)
            pending, ended = [], token.line
    if pending:
        rows.append(tuple(pending))
    return tuple(rows)


def _ends(pending: list[Piece], after: Piece | None, header: Header) -> bool:
    if after is not None and after.kind in ("number", "dash"):
        return False
    deviation = header.has("deviation")
    if deviation and after is not None and _deviates(pending, after):
        return False
    tail = pending[:-1] if deviation and pending[-1].kind == "value" else pending
    run = _run_length(tail)
    both = header.has("weight") and header.has("score")
    if run >= 2 or (run == 1 and not both):
        return True
    last = [p for p in tail if p.line == pending[-1].line]
    return run == 1 and len(last) >= 3 and (after is None or after.line != pending[-1].line)


def _deviates(pending: list[Piece], after: Piece) -> bool:
    """A rate right after the points: on their line, or on the next where each cell has its own."""
    same = after.line == pending[-1].line
    apart = len(pending) > 1 and pending[-1].line != pending[-2].line
    return pending[-1].kind == "number" and (
        (same and after.kind == "value")
        or (apart and re.fullmatch(r"-?[\d.]+%", after.text) is not None)
    )


def _run_length(pieces: list[Piece]) -> int:
    count = 0
    while count < len(pieces) and pieces[-1 - count].kind in ("number", "dash"):
        count += 1
    return count


def _ends_line(pending: list[Piece], after: Piece | None, alone: bool) -> bool:
    """Where each cell stands `alone` on its line, a name and words for a value (健全) end a row before
    the name of the next group."""
    if after is not None and after.line == pending[-1].line:
        return False
    if alone and after is not None and GROUPS.fullmatch(after.text):
        return len(peel(tuple(pending))[1]) >= _NAME_AND_VALUE
    rest = GROUPS.sub("", "\t".join(p.text for p in pending if p.line == pending[-1].line))
    return pending[-1].kind in ("value", "date", "number") or len(rest.strip("\t").split("\t")) >= 2


def _with_units(tokens: Row) -> Row:
    """A bare number and the measure that the wrap put behind it (≥320 / 人) as one piece."""
    found: list[Piece] = []
    for token in tokens:
        before = found[-1] if found else None
        if (
            before is not None
            and token.kind == "unit"
            and before.numerals
            and kind_of(before.text) in ("number", "value")
            and kind_of(before.text + token.text) == "value"
        ):
            found[-1] = joined((before, token))
        else:
            found.append(token)
    return tuple(found)


def _row(pieces: Row, header: Header) -> list[Row]:
    """Group heads of their own, then the row with each piece under its column."""
    pieces = groups_first(pieces)
    heads, body = peel(pieces)
    before: Row = ()
    if header.has("note") and not heads:
        before, pieces = off_the_note(pieces)
        heads, body = peel(pieces)
    apart: list[Row] = [before] if before else []
    apart += [(head._replace(column=-1),) for head in heads]
    tail = _run_length(list(body)) if header.has("weight", "score") else 0
    if body and body[-1].kind == "value" and header.has("deviation"):
        tail = 1 + _run_length(list(body[:-1]))
    values = tuple(c for c in header.columns if c.role in ("nature", "target", "unit", "actual"))
    front, points = body[: len(body) - tail], body[len(body) - tail :]
    best = min(
        (_split(front, k, values) for k in range(len(front) + 1)), key=lambda option: option[0]
    )
    name: Row = _own_cell(best[1], header) or tuple(heads[-1:])
    if not name:
        return [*apart, body]
    edge = max((c.at for c in header.columns if c.role in ("name", "level")), default=0)
    if one_a_line(pieces):
        name = last_cell(name)
    named = joined(name)._replace(column=edge)
    scored = _columned(
        points, tuple(c for c in header.columns if c.role in ("weight", "score", "deviation"))
    )
    return [*apart, (named, *best[2], *scored)]


def _own_cell(name: Row, header: Header) -> Row:
    """Where several words stand on the line of the values, each is a cell: the last is the name,
    those before it are levels; a last word of one or two characters is the end of a wrapped name."""
    if not name or not any("级" in c.words for c in header.of("level", "name")):
        return name
    line = [p for p in name if p.line == name[-1].line]
    whole = len(line) >= 2 and min(len(line[-1].text), len(line[-2].text)) >= 3
    return name[-1:] if whole else name


def _split(front: Row, k: int, columns: tuple[Column, ...]) -> tuple[int, Row, Row]:
    """Name tokens front[:k] and values front[k:], with what the reading costs (hundredths)."""
    name, values = front[:k], front[k:]
    placed = weigh(values, columns, loose=True)
    missing = sum(
        300 if c.role in ("target", "actual") else 80 for c in columns if c not in placed.columns
    )
    odd = sum(200 for p in name if p.kind in ("value", "number", "date"))
    cost = placed.cost + missing + odd + (0 if name else 250)
    return cost, name, _moved(values, placed.columns)


def _moved(values: Row, columns: tuple[Column | None, ...]) -> Row:
    return tuple(v._replace(column=c.at) if c else v for v, c in zip(values, columns, strict=True))


def _columned(points: Row, columns: tuple[Column, ...]) -> Row:
    return _moved(points, weigh(points, columns, loose=True).columns)
