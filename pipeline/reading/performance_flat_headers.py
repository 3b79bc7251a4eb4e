"""Headers of flattened forms: found in the joined text, where words may be wrapped.

In: tokens of loose text. Out: the spans of tokens that head money or indicators, with columns in
printed order. The rule it protects: a header is a run of header words with nothing between them.
"""

import re
from typing import NamedTuple

from pipeline.reading.performance_cells import Row, token_at
from pipeline.reading.performance_centred import centred_header
from pipeline.reading.performance_header import Column, Header, read_header, role_of, settle_money

_BRACKET = r"(?:[（(][^（）()]{0,10}[)）]|[%％])?"
_MONEY_WORD = re.compile(
    rf"(?:(?:全年|年度|实际|预算|本年)*(?:执行|支出)(?:率|数|进度)|(?:全年|实际)(?:执行|支出)"
    rf"|(?:年初|全年|年中|调整后?|当年|年度)*(?:批复)?预算(?:安排|金额)?数?|调整后?数"
    rf"|(?:指标)?(?:分值|权重)|得分|自评得分|(?:偏差|未完成)?原因[分析及改进措施说明]*){_BRACKET}"
)
_INDICATOR_WORD = re.compile(
    rf"(?:[一二三四]级指标|指标(?:名称|内容|性质|类[别型])|(?:年度|全年|预期|年初|绩效|计划)*(?:指标|目标|设定)值|(?:度量|计量)单位|(?:全年|年度)?(?:实际)?完成(?:指标)?(?:值|情况)|实际值|(?:指标)?(?:分值|权重)|标准分|(?:自评|评价|实际)?得分|偏[差离](?:度|率)(?!原因)|(?:偏差|未完成|扣分)*(?:原因|说明|备注)[分析及改进措施说明]*){_BRACKET}"
)
_FUND_WORD = re.compile(r"总额|财政拨款|其他资金|上年结转(?:资金)?|单位资金|自有资金|小计")


class Span(NamedTuple):
    """A header found in the tokens: tokens first..last-1 and what they head."""

    first: int
    last: int
    header: Header


class Stream(NamedTuple):
    """Tokens and their joined text; `starts[i]` is where token i begins in it."""

    tokens: Row
    text: str
    starts: list[int]


def join_tokens(tokens: Row) -> Stream:
    starts, text = [], ""
    for token in tokens:
        starts.append(len(text))
        text += token.text
    return Stream(tokens, text, starts)


def find_headers(stream: Stream) -> list[Span]:
    found: list[Span] = []
    i = 0
    while i < len(stream.tokens):
        span = _header_at(stream, i)
        if span is None:
            i += 1
        else:
            found.append(span)
            i = span.last
    return found


def _header_at(stream: Stream, i: int) -> Span | None:
    begins = not i or stream.tokens[i - 1].line < stream.tokens[i].line
    if begins and (centred := centred_header(stream.tokens[i:])):
        return Span(i, i + centred[1], centred[0])
    return _running_header(stream, i) or _line_header(stream, i)


def _running_header(stream: Stream, i: int) -> Span | None:
    """A header whose words follow one another, each whole or wrapped."""
    for word, kind, least in ((_INDICATOR_WORD, "indicators", 3), (_MONEY_WORD, "money", 3)):
        words, end = _run(stream.text, stream.starts[i], word)
        columns = tuple(
            Column(k, role, w) for k, w in enumerate(words) if (role := role_of(w)) is not None
        )
        if len(columns) < least:
            continue
        header = Header("money" if kind == "money" else "indicators", columns)
        if kind == "indicators" and columns[0].role not in ("level", "name"):
            continue
        if kind == "indicators" and len(header.of("target")) > 1 and len(header.of("name")) > 1:
            return Span(i, token_at(stream.starts, end - 1) + 1, Header("summary", columns))
        if kind == "indicators" and not (
            header.has("name", "level") and header.has("target", "actual")
        ):
            continue
        if kind == "money":
            if (
                sum(
                    1
                    for c in columns
                    if "预算" in c.words or "执行" in c.words or "支出" in c.words
                )
                < 2
            ):
                continue
            header, end = _flat_funds(stream.text, end, _bare_budget(header))
        return Span(i, token_at(stream.starts, end - 1) + 1, header)
    return None


def _line_header(stream: Stream, i: int) -> Span | None:
    """A header whose words stand on one line, in any wording that `read_header` knows."""
    line = tuple(t for t in stream.tokens[i : i + 16] if t.line == stream.tokens[i].line)
    if i and stream.tokens[i - 1].line == stream.tokens[i].line:
        return None
    header = read_header(line)
    if header is None or header.kind in ("items", "summary"):
        return None
    columns = tuple(c for c in header.columns if c.role not in ("side", "text"))
    if len(columns) < 3:
        return None
    columns = tuple(c._replace(at=k) for k, c in enumerate(columns))
    return Span(i, i + len(line), header._replace(columns=columns))


def _bare_budget(header: Header) -> Header:
    """Bare 预算数 beside 执行数 is the year's budget; before 年初预算 it only heads the block."""
    columns = settle_money(header.columns)
    first = columns[0]
    rest = columns[1:] if first.role == "money" else columns
    return header._replace(columns=tuple(c._replace(at=i) for i, c in enumerate(rest)))


def _run(text: str, at: int, word: re.Pattern[str]) -> tuple[list[str], int]:
    words = []
    while match := word.match(text, at):
        if match.end() == at:
            break
        words.append(match.group())
        at = match.end()
    return words, at


def _flat_funds(text: str, end: int, header: Header) -> tuple[Header, int]:
    """总额 财政拨款 其他资金 repeated under each money column: the columns are their product."""
    funds, last = _run(text, end, _FUND_WORD)
    money = [
        c for c in header.columns if c.role in ("initial_budget", "adjusted_budget", "executed")
    ]
    if not funds or not money or len(funds) % len(money) or len(funds) == len(money):
        return header, end
    each = len(funds) // len(money)
    spread = [
        c._replace(fund=funds[k * each + j]) for k, c in enumerate(money) for j in range(each)
    ]
    rest = [c for c in header.columns if c not in money]
    columns = tuple(c._replace(at=i) for i, c in enumerate([*spread, *rest]))
    return header._replace(columns=columns), last
