"""Disclosures damaged at random are read to the end: whatever a converter does, no reader raises."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pipeline.documents.text import document_from_text
from pipeline.extraction import extract
from pipeline.text import numerals

pytestmark = pytest.mark.wide

GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*/*.txt"))
Lines = Sequence[str]
Damage = Callable[[random.Random, Lines], Lines]


def without(chance: random.Random, lines: Lines) -> Lines:
    return [line for line in lines if chance.random() > 0.15]


def with_words_lost(chance: random.Random, lines: Lines) -> Lines:
    return [" ".join(w for w in line.split() if chance.random() > 0.15) for line in lines]


def one_a_line(chance: random.Random, lines: Lines) -> Lines:
    return [word for line in lines for word in line.split()]


def run_together(chance: random.Random, lines: Lines) -> Lines:
    return [" ".join(lines[i : i + 2]) for i in range(0, len(lines), 2)]


def tabs_lost(chance: random.Random, lines: Lines) -> Lines:
    return [line.replace("\t", " ") for line in lines]


def tabs_for_blanks(chance: random.Random, lines: Lines) -> Lines:
    return [line.replace(" ", "\t") for line in lines]


def piped(chance: random.Random, lines: Lines) -> Lines:
    return ["|" + "|".join(line.split()) + "|" for line in lines]


def as_html(chance: random.Random, lines: Lines) -> Lines:
    cells = [
        "".join(f"<td colspan={len(line) % 3}>{w}</td>" for w in line.split()) for line in lines
    ]
    return ["<table>", *(f"<tr>{row}</tr>" for row in cells), "</table>"]


def misprinted(chance: random.Random, lines: Lines) -> Lines:
    old, new = chance.choice("0123456789合计年.％%、第表"), chance.choice(["", "1", "一", "-", "—"])
    return [line.replace(old, new) for line in lines]


def shuffled(chance: random.Random, lines: Lines) -> Lines:
    return chance.sample(list(lines), len(lines))


DAMAGES: tuple[Damage, ...] = (
    without, with_words_lost, one_a_line, run_together, tabs_lost, tabs_for_blanks, piped, as_html,
    misprinted, shuffled,
)  # fmt: skip


def damaged(seed: int) -> str:
    chance = random.Random(seed)
    lines = chance.choice(GOLDEN).read_text(encoding="utf-8").split("\n")
    at = chance.randrange(max(1, len(lines) - 200))
    lines = [*lines[:20], *lines[at : at + 200]]
    for _ in range(chance.choice((1, 2, 4))):
        first = chance.randrange(len(lines))
        last = first + chance.choice((20, 60, 150))
        part = chance.choice(DAMAGES)(chance, lines[first:last])
        lines = [*lines[:first], *part, *lines[last:]]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_text_is_read_to_its_last_numeral(seed: int) -> None:
    document = document_from_text("某局2024年度部门决算.txt", damaged(seed).encode())
    found = extract(document)
    printed = [n for i, line in enumerate(document.lines, 1) for n in numerals(line, i)]
    assert [d.numeral for d in found.dispositions] == printed
    for fact in found.facts:
        assert fact.raw in document.lines[fact.line - 1].replace("，", ",")
