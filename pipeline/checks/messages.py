"""What a finding says, in Chinese or English: the sum shown, what was printed, what was allowed.

In: a cause. Out: message and expected value as text.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal

from pipeline.checks.blame import Cause
from pipeline.checks.book import Book
from pipeline.checks.verdicts import Verdict
from pipeline.identities import identity

Language = Literal["zh", "en"]
_MOST_TERMS = 20
_WORDS: Final = {
    "zh": {
        "sum": "{sum}＝{computed}，印为{printed}，差{difference}，允许±{allowed}",
        "same": "印为{printed}（第{line}行），另一处印为{other}（第{other_line}行）",
        "more": "{part}（第{line}行）大于{whole}（第{whole_line}行），超出{difference}，允许{allowed}",
        "row": "多栏同时不符：可能缺一行或多一行",
        "unread": "表内有未读出的数，恰为此差",
        "also": "；同时不符：{ids}",
        "repair": "；若改为{value}则全部相符",
        "colon": "：",
    },
    "en": {
        "sum": "{sum} = {computed}, printed {printed}, difference {difference}, allowed ±{allowed}",
        "same": "printed {printed} (line {line}), elsewhere {other} (line {other_line})",
        "more": "{part} (line {line}) exceeds {whole} (line {whole_line}) by {difference}, allowed {allowed}",
        "row": "several columns fail at once: a row may be missing or doubled",
        "unread": "a number of the form was not read, and is just this difference",
        "also": "; fails as well: {ids}",
        "repair": "; with {value} instead all would hold",
        "colon": ": ",
    },
}


def message(book: Book, cause: Cause, lang: Language) -> str:
    """Identity, the numbers and their difference, what else fails, and the repair if unique."""
    words = _WORDS[lang]
    first = cause.failures[0]
    entry = identity(first.check)
    text = (
        (entry.zh if lang == "zh" else entry.en)
        + words["colon"]
        + _evidence(book, first, lang, cause.suspect)
    )
    others = sorted({found.check for found in cause.failures[1:]} - {first.check})
    if others:
        text += words["also"].format(ids=", ".join(others))
    if cause.repair is not None and cause.suspect is not None:
        value = book.facts[cause.suspect].value + cause.repair
        text += words["repair"].format(value=plain(value))
    return text


def _evidence(book: Book, found: Verdict, lang: Language, suspect: int | None) -> str:
    if any(found.words):
        return found.words[0 if lang == "zh" else 1]
    words = _WORDS[lang]
    facts = [book.facts[i] for i in found.facts]
    kind = identity(found.check).rule
    if kind == "T0" and len(facts) == 2:
        facts = facts if found.facts[0] == suspect else facts[::-1]
        return words["same"].format(
            printed=facts[0].raw, line=facts[0].line, other=facts[1].raw, other_line=facts[1].line
        )
    if kind == "T7":
        return words["more"].format(
            part=facts[0].raw,
            line=facts[0].line,
            whole=facts[1].raw,
            whole_line=facts[1].line,
            difference=plain(found.difference),
            allowed=plain(found.allowed),
        )
    return _sum(book, found, lang)


def _sum(book: Book, found: Verdict, lang: Language) -> str:
    words = _WORDS[lang]
    total = book.facts[found.facts[0]]
    parts = [book.facts[i].raw for i in found.facts[1 : len(found.signs) or None]]
    text = words["sum"].format(
        sum=_terms(parts, found.signs[1:]),
        computed=plain(total.value + (found.difference or Decimal(0))),
        printed=total.raw,
        difference=plain(found.difference),
        allowed=plain(found.allowed),
    )
    return f"{text}；{words[found.detail]}" if found.detail in ("row", "unread") else text


def _terms(parts: Sequence[str], signs: Sequence[int]) -> str:
    """Printed operands as a sum, the first twenty of them."""
    signs = list(signs) or [1] * len(parts)
    shown = [("-" if sign < 0 else "+") + part for part, sign in zip(parts, signs, strict=False)]
    dots = "+…" if len(shown) > _MOST_TERMS else ""
    return "".join(shown[:_MOST_TERMS]).removeprefix("+") + dots


def plain(value: Decimal | None) -> str:
    """A decimal without exponent and without superfluous zeros beyond two places.

    >>> plain(Decimal("1.5000")), plain(Decimal("1E+2")), plain(None)
    ('1.50', '100', '')
    """
    if value is None:
        return ""
    text = f"{value:f}"
    if "." in text:
        head, _, tail = text.partition(".")
        text = f"{head}.{tail.rstrip('0').ljust(2, '0')}" if len(tail) > 1 else text
    return text
