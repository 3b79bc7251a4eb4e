"""Spoiled answers: what grounding, header text, words around and identities catch of each kind.

`python -m tests.test_model_spoiled` prints the table. The spoiling is stubborn: an answer that
goes back with the reason comes again as wrong as it was.
"""

import hashlib
import json
import re
from collections.abc import Callable
from typing import NamedTuple

import pytest

from pipeline.extraction import conclude
from pipeline.facts import stands
from pipeline.llm import ModelDoor, Outlets
from pipeline.llm_calls import Settings
from pipeline.reading.learning import FormStore
from pipeline.reading.model import jobs_of, learn, read_with_model
from pipeline.reading.model_vocabulary import NO_STATEMENT, roles, word_of
from tests.loopback import serve
from tests.loopback_ideal import ideal_model
from tests.test_model import golden, golden_keys, keys

pytestmark = pytest.mark.wide

DOCUMENT = "mengzhou-2024-final"
PLAIN_WORDS = [word_of(NO_STATEMENT, role) for role in roles(NO_STATEMENT)]
Answer = dict[str, object]
Item = dict[str, object]


def chosen(*parts: object) -> bool:
    """One item in four, by its content: the same ones whenever they are asked for."""
    return hashlib.sha256(repr(parts).encode()).digest()[0] % 4 == 0


class Spoiler:
    """Spoils chosen items of an answer and counts how many different ones."""

    def __init__(self, spoil: Callable[[str, Item], Item | None], task: str) -> None:
        self.items: set[str] = set()
        self._spoil, self._task = spoil, task

    def __call__(self, task: str, answer: Answer) -> Answer:
        if task != self._task:
            return answer
        if task == "claims":
            return {"claims": self._all(task, answer["claims"])}
        if task == "form_map":
            return self._one(task, answer) or answer
        forms = answer["forms"]
        assert isinstance(forms, list)
        return {"forms": [{**form, "items": self._all(task, form["items"])} for form in forms]}

    def _all(self, task: str, items: object) -> list[Item]:
        assert isinstance(items, list)
        found: list[Item] = []
        for item in items:
            spoiled = self._one(task, item)
            if spoiled is None:
                continue
            found += [spoiled, spoiled] if spoiled.pop("twice", False) else [spoiled]
        return found

    def _one(self, task: str, item: Item) -> Item | None:
        mark = json.dumps(item, ensure_ascii=False, sort_keys=True)
        if task != "form_map" and not chosen(mark):
            return item
        spoiled = self._spoil(task, dict(item))
        if spoiled != item:
            self.items.add(mark)
        return spoiled


def _digit(task: str, item: Item) -> Item:
    def change(text: str) -> str:
        return re.sub(r"\d(?!.*\d)", lambda m: str((int(m.group()) + 1) % 10), text)

    if task == "claims":
        return item | {"text": change(str(item["text"]))}
    return item | {"texts": [change(text) for text in item["texts"]]}  # type: ignore[attr-defined]


def _line(task: str, item: Item) -> Item:
    return item | {"line": int(str(item["line"])) + 2}


def _column(task: str, item: Item) -> Item:
    if task == "claims":
        return item | {"column": "budget" if item["column"] == "amount" else "amount"}
    columns = list(item["columns"])  # type: ignore[call-overload]
    columns[0] = "executed" if columns[0] != "executed" else "weight"
    return item | {"columns": columns}


def _swap(task: str, item: Item) -> Item:
    columns = dict(item["columns"])  # type: ignore[call-overload]
    values = [index for index, word in columns.items() if word not in PLAIN_WORDS]
    if len(values) > 2:
        a, b = values[1], values[2]
        columns[a], columns[b] = columns[b], columns[a]
    return item | {"columns": columns}


def _dropped(task: str, item: Item) -> None:
    return None


def _doubled(task: str, item: Item) -> Item:
    return item | {"twice": True}


def _sign(task: str, item: Item) -> Item:
    if item["column"] not in ("change", "change_rate"):
        return item
    return item | {"minus": not item["minus"]}


def _unit(task: str, item: Item) -> Item:
    if task == "form_map":
        return item | {"unit": "元"}
    swapped = {"万元": "元", "元": "万元", "%": "万元"}
    return item | {"unit": swapped.get(str(item["unit"]), "%")}


def _subject(task: str, item: Item) -> Item:
    return item | {"subject": "教育支出"}


KINDS = (
    ("数字改一位", "claims", _digit),
    ("数字改一位", "performance", _digit),
    ("行错", "claims", _line),
    ("行错", "performance", _line),
    ("一格列错", "claims", _column),
    ("一格列错", "performance", _column),
    ("两列对调", "form_map", _swap),
    ("漏一条", "claims", _dropped),
    ("漏一条", "performance", _dropped),
    ("重一条", "claims", _doubled),
    ("重一条", "performance", _doubled),
    ("符号反", "claims", _sign),
    ("单位错", "claims", _unit),
    ("单位错", "form_map", _unit),
    ("主语错", "claims", _subject),
)


SLIPS = {("claims", _line): 1, ("performance", _column): 16}
"""Wrong facts that nothing in the answer contradicts: the same sentence two lines on, and a column
of a performance form (there the deterministic reader's disagreement is what shows it)."""


class Outcome(NamedTuple):
    """What became of the spoiled items of one kind: how many, the wrong facts that came of them,
    those of them an identity contradicts, and how many numerals were left unexplained."""

    items: int
    wrong: int
    contradicted: int
    unexplained: int


def unnumbered(key: tuple[str, ...]) -> tuple[str, ...]:
    """A key without ` #2`: what is dropped before it renumbers a right fact."""
    return tuple(re.sub(r" #\d+$", "", part) for part in key)


def outcome(task: str, spoil: Callable[[str, Item], Item | None]) -> Outcome:
    one = golden(DOCUMENT)
    spoiler = Spoiler(spoil, task)
    with serve(ideal_model([one], spoiler)) as server:
        settings = Settings(model="某模型", base_url=server.url, max_concurrency=4)
        door = ModelDoor(settings, Outlets(sleep=lambda seconds: None))
        readings = read_with_model(one.document, one.chunks, door, FormStore())
    extraction = conclude(one.document, one.chunks, readings)
    assert all(stands(one.document, f.line, f.start, f.raw) for f in extraction.facts)
    right = {unnumbered(key) for key in golden_keys(one)}
    facts = extraction.facts
    wrong = [i for i, fact in enumerate(facts) if unnumbered(*keys([fact])) not in right]
    failed = {i for o in extraction.outcomes if o.status == "fail" for i in o.facts}
    unexplained = sum(d.outcome == "unexplained" for d in extraction.dispositions)
    return Outcome(len(spoiler.items), len(wrong), len(failed & set(wrong)), unexplained)


@pytest.mark.parametrize(
    ("task", "spoil"), [kind[1:] for kind in KINDS], ids=[f"{k[0]} {k[1]}" for k in KINDS]
)
def test_nothing_ungrounded_ever_becomes_a_fact(
    task: str, spoil: Callable[[str, Item], Item | None]
) -> None:
    found = outcome(task, spoil)
    assert found.items > 0
    assert found.wrong <= SLIPS.get((task, spoil), 0)


def test_a_whole_column_swap_is_never_proven() -> None:
    one = golden(DOCUMENT)
    tables = [job for job in jobs_of(one.document, one.chunks) if job.chunk.kind == "table"]
    with serve(ideal_model([one], Spoiler(_swap, "form_map"))) as server:
        settings = Settings(model="某模型", base_url=server.url, max_concurrency=4)
        store = learn(tables, ModelDoor(settings, Outlets()), FormStore())
    assert sorted(x.form.statement for x in store.forms.values()) == [
        "basic_expenditure",
        "income_expenditure_summary",
    ]  # the two forms whose sides have a single value column, so that nothing was swapped
    assert len(store.refused) == 5


if __name__ == "__main__":
    print("种类 任务 | 弄坏的条数 | 错的事实 | 其中勾稽不符 | 无解释的数字")
    for label, task, spoil in KINDS:
        print(label, task, *outcome(task, spoil), sep=" | ")
