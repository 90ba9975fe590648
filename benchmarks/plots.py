"""Figures that grow, drawn as SVG beside the table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from benchmarks.report import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from benchmarks.measure import Sample

_STYLE: Final[dict[Any, Any]] = {"svg.fonttype": "none", "svg.hashsalt": "tillit", "font.size": 9}
_SHAPE: Final = (7.0, 4.0)
"""Inches."""


@dataclass(frozen=True, slots=True)
class Plot:
    """Lines over what grows; each point is a sample, drawn at its median with its quartiles."""

    title: str
    across: str
    up: str
    lines: Mapping[str, Sequence[tuple[float, Sample]]]
    both_grow: bool = False
    """Whether a straight line at 45° is growth in proportion."""

    @property
    def name(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-") + ".svg"


def draw(plot: Plot, folder: Path) -> None:
    with rc_context(_STYLE):
        figure = Figure(figsize=_SHAPE, layout="constrained")
        axes = figure.add_subplot()
        for name, points in plot.lines.items():
            places, samples = zip(*points, strict=True)
            middles = [each.median for each in samples]
            spans = [each.spread * each.median for each in samples]
            axes.errorbar(places, middles, yerr=spans, marker="o", markersize=4, capsize=3, label=name)
        ticks = sorted({place for points in plot.lines.values() for place, _ in points})
        axes.set_xscale("log", base=2 if ticks[-1] < 100 else 10)  # noqa: PLR2004 - writers are doubled, events are not
        axes.set_xticks(ticks, [number(tick) if tick >= 100 else f"{tick:.0f}" for tick in ticks])  # noqa: PLR2004
        axes.xaxis.set_minor_locator(NullLocator())
        if plot.both_grow:
            axes.set_yscale("log")
        else:
            axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: number(value)))
        axes.set(title=plot.title, xlabel=plot.across, ylabel=plot.up)
        axes.grid(visible=True, alpha=0.3)
        axes.legend()
        figure.savefig(folder / plot.name, metadata={"Date": None, "Creator": None})
