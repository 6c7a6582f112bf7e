"""Style and rendering that all charts share: inline SVG with real text."""

import io
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from training.report.words import Language, percent

# Okabe and Ito's palette: told apart by all kinds of colour vision.
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, GREY, INK = "#CC79A7", "#56B4E9", "#8A8F98", "#1F2933"

# Inches of a chart across the page, and of one in a pair.
WIDE, HALF = 8.6, 5.6

_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "credit-scoring-report",
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E4E7EB",
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "legend.frameon": False,
}

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """One kind of chart.

    Attributes
    ----------
    draw : callable
        Draws data into axes, in a language; into an array of axes that share their
        ordinates where there are several columns.
    size : tuple of float
        Width and height in inches; text has 11 points.
    columns : int, default=1
    """

    draw: Callable[[Any, Data, Language], None]
    size: tuple[float, float]
    columns: int = 1

    def svg(self, data: Data, language: Language) -> str:
        """Draw data in a language.

        Parameters
        ----------
        data : mapping
            The report's document, or the part of it that this chart shows.
        language : {"fr", "en"}

        Returns
        -------
        str
            An ``<svg>`` element.
        """
        with _style():
            figure = Figure(figsize=self.size, layout="constrained")
            figure.patch.set_alpha(0)
            FigureCanvasSVG(figure)
            axes = figure.subplots(1, self.columns, sharey=True)
            for one in figure.axes:
                one.patch.set_alpha(0)
            self.draw(axes, data, language)
            buffer = io.StringIO()
            figure.savefig(buffer, format="svg", metadata={"Date": None})
        text = buffer.getvalue()
        return text[text.index("<svg") :]


def percent_axis(axis: Any, language: Language) -> None:
    """Write an axis of shares as percentages."""
    axis.set_major_formatter(FuncFormatter(lambda x, _: percent(x, 0, language)))


def name_bars(axes: Any, labels: Sequence[str]) -> None:
    """Write labels beside the bars at 0, 1, …; two that are cut alike stay apart."""
    axes.set_yticks(range(len(labels)), [_wrapped(label) for label in labels])


def _wrapped(label: str, width: int = 34) -> str:
    if len(label) <= width:
        return label
    head, _, tail = label[:width].rpartition(" ")
    rest = f"{tail}{label[width:]}".strip()
    return f"{head}\n{rest if len(rest) <= width else rest[: width - 1] + '…'}"


def _style() -> AbstractContextManager[None]:
    return matplotlib.rc_context(_STYLE)
