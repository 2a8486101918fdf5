"""Turns the rows of the score into a picture, plain SVG: a line for each fault, a dot for each seed, how soon it was told.

Across goes the delay as a share of the time declared, logarithmic; right of the thick line it was late. Shapes tell what
colours do.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import log10
from statistics import median
from typing import TYPE_CHECKING

from sensors.registry import kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.bench.detection.score import Row

LEFT, WIDE, RIGHT, HIGH, TOP = 330.0, 430.0, 150.0, 15.0, 100.0  # px
LEAST, MOST = 0.01, 2.0  # shares of the time declared that are told apart
MARKS = ((0.01, "1 %"), (0.03, "3 %"), (0.1, "10 %"), (0.3, "30 %"), (1.0, "100 %"))
IN_TIME, LATE, INK, PALE = "#0072b2", "#d55e00", "#1a1a1a", "#d9d9d9"  # blue and vermilion are told apart by everybody
SPANS = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))
FONT = "font-family:system-ui,'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif"


@dataclass(frozen=True, slots=True)
class Line:
    """A heading (no rows), or a fault and what was found of it."""

    words: str
    rows: tuple[Row, ...] | None = None


def draw(found: Sequence[Row]) -> str:
    """The picture as SVG text."""
    lines = list(_lines(found))
    width, height = LEFT + WIDE + RIGHT, TOP + HIGH * len(lines) + 20.0
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" style="{FONT}" font-size="10.5">',
        "<title>故障发现时间 · How soon each fault was told</title>",
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>',
        *_heading(found),
        *_grid(height - 20.0),
    ]
    for number, line in enumerate(lines):
        parts += _drawn(line, TOP + HIGH * (number + 0.5))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _lines(found: Sequence[Row]) -> Iterable[Line]:
    """A heading for each kind, then its faults, played or not. Faults of the data stand together, whoever played them."""
    for kind in kinds().values():
        if kind.faults:
            yield Line(f"{kind.says.zh} · {kind.says.en}")
        for fault in kind.faults:
            yield Line(f"{fault.id}  {fault.says.zh} {fault.says.en}", tuple(row for row in found if row.label == fault.id))


def _heading(found: Sequence[Row]) -> Iterable[str]:
    kept = sum(row.kept for row in found)
    yield _text(12, 24, "故障发现得多快？· How soon is a fault told?", size=16, bold=True)
    yield _text(
        12,
        42,
        f"每个标注故障、每个随机种子一个点；{kept}/{len(found)} 次按承诺及时发现。横轴：报警延迟占事先声明时限的比例（对数）。",
    )
    yield _text(
        12,
        57,
        f"One mark a fault and seed, {kept} of {len(found)} as promised. Across: delay as a share of the declared time (log).",
    )
    for x, mark, words in (
        (LEFT, "in", "及时 in time"),
        (LEFT + 110, "late", "晚 late"),
        (LEFT + 190, "none", "未发现 not found"),
    ):
        yield _mark(x, 72.0, mark)
        yield _text(x + 9, 76, words)
    yield _text(LEFT + WIDE + 18, 76, "声明 declared / 实际 after")


def _grid(bottom: float) -> Iterable[str]:
    for share, words in MARKS:
        x, strong = _x(share), share == 1.0
        yield (
            f'<line x1="{x:.1f}" y1="{TOP - 4:g}" x2="{x:.1f}" y2="{bottom:g}" '
            f'stroke="{INK if strong else PALE}" stroke-width="{1.5 if strong else 1}"/>'
        )
        yield _text(x, TOP - 7, words, anchor="middle")


def _drawn(line: Line, y: float) -> Iterable[str]:
    if line.rows is None:
        yield _text(12, y + 4, line.words, bold=True)
        return
    yield _text(20, y + 4, line.words)
    yield f'<line x1="{LEFT:g}" y1="{y:g}" x2="{LEFT + WIDE:g}" y2="{y:g}" stroke="#efefef"/>'
    for row in line.rows:
        if row.at is None or row.within is None:
            yield _mark(LEFT + WIDE + 8, y, "none")
        else:
            yield _mark(_x(row.at / row.within), y, "in" if row.kept else "late")
    declared = [row.within for row in line.rows if row.within is not None]
    after = [row.at for row in line.rows if row.at is not None]
    told = f"{_span(declared)} / {_span(after)}" if line.rows else "未运行 not played"
    yield _text(LEFT + WIDE + 18, y + 4, told)


def _x(share: float) -> float:
    """Where that share of the declared time lies."""
    inside = min(max(share, LEAST), MOST)
    return LEFT + WIDE * log10(inside / LEAST) / log10(MOST / LEAST)


def _mark(x: float, y: float, what: str) -> str:
    """A dot in time, a triangle late, a cross not found."""
    if what == "in":
        return f'<circle cx="{x:.1f}" cy="{y:g}" r="3.4" fill="{IN_TIME}" fill-opacity=".55" stroke="{IN_TIME}"/>'
    if what == "late":
        return f'<path d="M{x:.1f} {y - 4.5:g}l4.5 8h-9z" fill="{LATE}"/>'
    return f'<path d="M{x - 3.5:.1f} {y - 3.5:g}l7 7m0-7l-7 7" stroke="{INK}" stroke-width="2"/>'


def _text(x: float, y: float, words: str, *, size: float = 0.0, bold: bool = False, anchor: str = "") -> str:
    more = f' font-size="{size:g}"' if size else ""
    more += ' font-weight="700"' if bold else ""
    more += f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x:.1f}" y="{y:g}"{more} fill="{INK}">{escape(words)}</text>'


def _span(seconds: Sequence[float]) -> str:
    """The median, short."""
    if not seconds:
        return "–"
    middle = median(seconds)
    size, unit = next((one for one in SPANS if middle >= 2 * one[0]), SPANS[-1])
    return f"{middle / size:.3g} {unit}"
