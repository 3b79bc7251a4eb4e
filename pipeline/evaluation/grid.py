"""Models by ways of using them, each read several times: accuracy against cost.

In: the cells wanted and a function that reads and scores one. Out: `Grid`. The rule it protects:
a cell that could not be run is a row that says why, never a gap that nobody sees.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from statistics import mean

from pipeline.errors import JuesuanError
from pipeline.evaluation.compare import Evaluation
from pipeline.evaluation.records import LengthSlice, Share, Usage, share
from pipeline.evaluation.scores import Ratio
from pipeline.evaluation.table import columns, shown
from schemas.base import Frozen
from schemas.runs import ModelUse


class GridCell(Frozen):
    """One reading of the golden set. `model` is empty for `never`."""

    model: str
    model_use: ModelUse
    repeat: int = 1


class GridRow(Frozen):
    """All repeats of one model and use. `flips` counts gold facts that are right in some repeats
    and not in others; `missing` says why repeats are absent."""

    model: str
    model_use: ModelUse
    repeats: int
    f1: float | None
    f1_lowest: float | None
    f1_highest: float | None
    silently_wrong: Share
    flips: Share
    row_recall: tuple[LengthSlice, ...]
    usage: Usage
    missing: tuple[str, ...] = ()


class Grid(Frozen):
    """Every row asked for, read or not."""

    rows: tuple[GridRow, ...]


def cells(models: Sequence[str], uses: Sequence[ModelUse], repeats: int) -> tuple[GridCell, ...]:
    """The cells of a grid. Without a model there is one reading: it cannot differ from itself.

    >>> [(c.model, c.model_use, c.repeat) for c in cells(["m"], ["never", "always"], 2)]
    [('', 'never', 1), ('m', 'always', 1), ('m', 'always', 2)]
    """
    offline = [GridCell(model="", model_use="never")] if "never" in uses else []
    asked = [
        GridCell(model=model, model_use=use, repeat=repeat)
        for model in models
        for use in uses
        if use != "never"
        for repeat in range(1, repeats + 1)
    ]
    return (*offline, *asked)


def run_grid(wanted: Iterable[GridCell], read: Callable[[GridCell], Evaluation]) -> Grid:
    """Read and score every cell; a cell that fails (no key, no recorded answer) is said to."""
    done: dict[tuple[str, ModelUse], list[Evaluation]] = defaultdict(list)
    failed: dict[tuple[str, ModelUse], list[str]] = defaultdict(list)
    for cell in wanted:
        row = (cell.model, cell.model_use)
        done[row], failed[row] = done[row], failed[row]
        try:
            done[row].append(read(cell))
        except JuesuanError as error:
            failed[row].append(f"repeat {cell.repeat}: {error}")
    return Grid(rows=tuple(_row(*row, done[row], tuple(failed[row])) for row in done))


def _row(
    model: str, use: ModelUse, evaluations: Sequence[Evaluation], missing: tuple[str, ...]
) -> GridRow:
    f1s = [v for one in evaluations if (v := one.scores.headline.f1.value) is not None]
    silent = [one.scores.silently_wrong for one in evaluations]
    return GridRow(
        model=model,
        model_use=use,
        repeats=len(evaluations),
        f1=round(mean(f1s), 6) if f1s else None,
        f1_lowest=min(f1s, default=None),
        f1_highest=max(f1s, default=None),
        silently_wrong=_sum(silent),
        flips=flips(evaluations),
        row_recall=_lengths(evaluations),
        usage=_usage([one.scores.usage for one in evaluations]),
        missing=missing,
    )


def flips(evaluations: Sequence[Evaluation]) -> Share:
    """Gold facts right in some readings and not in others, of all gold facts; 0/0 for fewer than
    two readings, which say nothing about it."""
    if len(evaluations) < 2:
        return share(Ratio(0, 0))
    right: Counter[tuple[str, ...]] = Counter()
    for evaluation in evaluations:
        for judged in evaluation.judged:
            if judged.gold:
                right[judged.key] += judged.outcome == "correct"
    unsteady = sum(0 < times < len(evaluations) for times in right.values())
    return share(Ratio(unsteady, len(right)))


def _sum(shares: Iterable[Share]) -> Share:
    shares = tuple(shares)
    return share(Ratio(sum(s.numerator for s in shares), sum(s.denominator for s in shares)))


def _lengths(evaluations: Iterable[Evaluation]) -> tuple[LengthSlice, ...]:
    slices: Mapping[str, list[Share]] = defaultdict(list)
    for evaluation in evaluations:
        for one in evaluation.scores.row_recall:
            slices[one.rows].append(one.found)
    return tuple(LengthSlice(rows=rows, found=_sum(found)) for rows, found in slices.items())


def _usage(usages: Sequence[Usage]) -> Usage:
    """The sum over repeats; no cost where one of them has none."""
    priced = all(usage.cost for usage in usages) and bool(usages)
    return Usage(
        calls=sum(usage.calls for usage in usages),
        cached=sum(usage.cached for usage in usages),
        failed_calls=sum(usage.failed_calls for usage in usages),
        input_tokens=sum(usage.input_tokens for usage in usages),
        output_tokens=sum(usage.output_tokens for usage in usages),
        wasted_tokens=sum(usage.wasted_tokens for usage in usages),
        kept_tokens=sum(usage.kept_tokens for usage in usages),
        cost=_money(usage.cost for usage in usages) if priced else "",
        wasted_cost=_money(usage.wasted_cost for usage in usages) if priced else "",
        seconds=round(sum(timed), 3) if (timed := _times(usages)) else None,
    )


def _times(usages: Iterable[Usage]) -> list[float]:
    return [usage.seconds for usage in usages if usage.seconds is not None]


def _money(amounts: Iterable[str]) -> str:
    return str(sum((Decimal(amount or "0") for amount in amounts), Decimal(0)))


def render_grid(grid: Grid) -> str:
    """The grid as plain text; what is missing stands below it."""
    head = (
        "model",
        "use",
        "repeats",
        "F1",
        "lowest",
        "highest",
        "silently wrong",
        "flips",
        "tokens",
        "kept",
        "seconds",
        "cost",
    )
    rows: list[Sequence[str]] = [head, *map(_cells, grid.rows)]
    absent = [f"{r.model} {r.model_use}, {why}" for r in grid.rows for why in r.missing]
    return "\n".join([columns(rows), *(["", "missing:"] if absent else []), *absent]) + "\n"


def _cells(row: GridRow) -> tuple[str, ...]:
    f1s = ("-" if v is None else f"{v:.4f}" for v in (row.f1, row.f1_lowest, row.f1_highest))
    tokens = str(row.usage.input_tokens + row.usage.output_tokens)
    shares = (shown(row.silently_wrong), shown(row.flips))
    return (
        row.model or "none",
        row.model_use,
        str(row.repeats),
        *f1s,
        *shares,
        tokens,
        str(row.usage.kept_tokens),
        "-" if row.usage.seconds is None else f"{row.usage.seconds:.1f}",
        row.usage.cost or "-",
    )
