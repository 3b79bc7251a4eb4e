"""Scores by tag: kind, province, year and layout of the document, unit of the number.

In: the scored documents. Out: `Slice`s. The rule it protects: the tags are the gold's, so a
mistake cannot move a fact into another slice.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.evaluation.golden import GoldenDocument
from pipeline.evaluation.matching import Pair
from pipeline.evaluation.records import Slice, tally
from pipeline.evaluation.scores import DocumentScore, count
from schemas.vocabulary import YUAN_PER_UNIT


class _Tag(NamedTuple):
    tag: str
    name: str


def slices(scored: Iterable[tuple[GoldenDocument, DocumentScore]]) -> tuple[Slice, ...]:
    """Every tag and name that occurs, in their order."""
    pairs: dict[_Tag, list[Pair]] = defaultdict(list)
    documents: dict[_Tag, set[str]] = defaultdict(set)
    for golden, score in scored:
        for pair in score.headline_pairs:
            for tag in _tags(golden, pair):
                pairs[tag].append(pair)
                documents[tag].add(golden.id)
    return tuple(
        Slice(tag=tag.tag, name=tag.name, documents=len(documents[tag]), tally=tally(count(some)))
        for tag, some in sorted(pairs.items())
    )


def _tags(golden: GoldenDocument, pair: Pair) -> Iterator[_Tag]:
    source = golden.source
    yield _Tag("kind", source.kind)
    yield _Tag("layout", source.layout)
    yield _Tag("province", source.province)
    yield _Tag("year", str(source.year))
    fact = pair.gold or pair.predicted
    if fact and fact.unit in YUAN_PER_UNIT:
        yield _Tag("unit", fact.unit)
