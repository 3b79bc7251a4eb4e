"""Small charts as SVG, without style or script of their own.

In: numbers. Out: markup. The rule it protects: a chart shows where its axis begins, and every
point has its number as text.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from pipeline.report.markup import escaped, plain

_WIDTH: Final = 640
_LEFT: Final = 64
_TOP: Final = 18
_BOTTOM: Final = 44


class Point(NamedTuple):
    """A point with its short name; `low` and `high` draw a range around `y`."""

    name: str
    x: float
    y: float
    low: float | None = None
    high: float | None = None


def scatter(points: Sequence[Point], x_name: str, y_name: str, height: int = 260) -> str:
    """Named points over a share from the lowest (rounded down to a tenth)
    to 1; `x` from 0."""
    if not points:
        return ""
    floor = min(int(min(p.y if p.low is None else p.low for p in points) * 10) / 10, 0.9)
    widest = max(max(p.x for p in points), 1e-9) * 1.15
    frame = _frame(x_name, y_name, floor, max(p.x for p in points), height)
    drawn = "".join(_point(point, widest, floor, height) for point in points)
    return _svg(f"{y_name}, {x_name}", frame + drawn, height)


def bars(values: Sequence[tuple[str, float, str]], title: str) -> str:
    """Horizontal bars from 0 to 1: name, share, and the share in words."""
    if not values:
        return ""
    height = 30 * len(values) + 10
    rows = "".join(_bar(place, *value) for place, value in enumerate(values))
    return _svg(title, rows, height)


def _svg(title: str, inner: str, height: int) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{plain(title)}">'
        f"{inner}</svg>"
    )


def _frame(x_name: str, y_name: str, floor: float, highest: float, height: int) -> str:
    base = height - _BOTTOM
    ticks = "".join(
        f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:.2f}</text>'
        f'<line class="axis" x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH}" y2="{y:.1f}"/>'
        for value, y in ((v, _y(v, floor, height)) for v in (floor, (1 + floor) / 2, 1.0))
    )
    return (
        f"{ticks}"
        f'<text x="{_LEFT + 14}" y="{base + 18}" text-anchor="middle">0</text>'
        f'<text x="{_WIDTH - 14 - (_WIDTH - _LEFT - 28) * 0.13:.1f}" y="{base + 18}" text-anchor="middle">{highest:g}</text>'
        f'<text x="{_WIDTH}" y="{base + 34}" text-anchor="end">{escaped(x_name)}</text>'
        f'<text x="0" y="12">{escaped(y_name)}</text>'
    )


def _y(value: float, floor: float, height: int) -> float:
    base = height - _BOTTOM
    return base - (value - floor) / (1 - floor) * (base - _TOP)


def _point(point: Point, widest: float, floor: float, height: int) -> str:
    """A dot with its name, its range behind it."""
    x = _LEFT + 14 + point.x / widest * (_WIDTH - _LEFT - 28)
    y = _y(point.y, floor, height)
    band = ""
    if point.low is not None and point.high is not None:
        low, high = _y(point.low, floor, height), _y(point.high, floor, height)
        band = f'<line class="range" x1="{x:.1f}" y1="{low:.1f}" x2="{x:.1f}" y2="{high:.1f}"/>'
    return (
        f'{band}<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="9"/>'
        f'<text class="on-dot" x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle">{escaped(point.name)}</text>'
    )


def _bar(place: int, name: str, value: float, said: str) -> str:
    y = 30 * place + 6
    width = max(1.0, value * (_WIDTH - 330))
    return (
        f'<text x="130" y="{y + 14}" text-anchor="end">{escaped(name)}</text>'
        f'<rect class="dot" x="140" y="{y + 3}" width="{width:.1f}" height="14"/>'
        f'<text x="{150 + width:.1f}" y="{y + 14}">{escaped(said)}</text>'
    )
