"""From the average client's points to this client's, theme by theme."""

from __future__ import annotations

from textwrap import fill

from bokeh.models import (
    BasicTicker,
    ColumnDataSource,
    FixedTicker,
    LinearAxis,
    Range1d,
)
from bokeh.models.annotations import Span

from bokeh_app.charts import palette
from bokeh_app.charts.figures import (
    Columns,
    add_hover,
    local_numbers,
    new_figure,
    set_span,
)
from bokeh_app.texts import Texts
from bokeh_app.views.reasons import Waterfall

ROW_COUNT = 12  # ten themes, a start and an end
HEIGHT = 480
LABEL_WIDTH = 25  # characters in a line of a theme's name
HALF_BAR = 0.32
MARGIN = 0.12


class WaterfallChart:
    """Bars that start where the one above ends.

    Parameters
    ----------
    texts : Texts
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._across = Range1d(start=0, end=1)
        self._rows = Range1d(start=ROW_COUNT - 0.4, end=-0.6)
        self.root = new_figure("waterfall", HEIGHT, self._across, self._rows)
        self._bars = ColumnDataSource(data=_no_bars())
        self._links = ColumnDataSource(data={"x": [], "top": [], "bottom": []})
        self._ends = ColumnDataSource(data={"x": [], "y": []})
        self._threshold = Span(
            dimension="height",
            line_dash="dashed",
            line_color=palette.REFERENCE,
            visible=False,
        )
        self._draw()

    def show(self, waterfall: Waterfall, threshold_points: float) -> None:
        """Replace what is drawn."""
        steps = waterfall.steps
        count = len(steps) + 2
        self._bars.data = {
            "y": [row + 1 for row in range(len(steps))],
            "left": [min(step.start, step.end) for step in steps],
            "right": [max(step.start, step.end) for step in steps],
            "top": [row + 1 - HALF_BAR for row in range(len(steps))],
            "bottom": [row + 1 + HALF_BAR for row in range(len(steps))],
            "color": [
                palette.AGAINST if step.points < 0 else palette.IN_FAVOUR
                for step in steps
            ],
            "hatch": ["/" if step.points < 0 else " " for step in steps],
            "label": [step.label for step in steps],
            "points": [step.points_text for step in steps],
            "total": [step.total_text for step in steps],
        }
        ends = [waterfall.start_points, *(step.end for step in steps)]
        self._links.data = {
            "x": ends,
            "top": list(range(len(ends))),
            "bottom": list(range(1, len(ends) + 1)),
        }
        self._ends.data = {
            "x": [waterfall.start_points, waterfall.end_points],
            "y": [0, count - 1],
        }
        texts = self._texts
        self._name_rows(
            [
                texts("reasons.start"),
                *(fill(step.label, LABEL_WIDTH) for step in steps),
                texts("reasons.end"),
            ],
            [
                waterfall.start_text,
                *(step.points_text for step in steps),
                waterfall.end_text,
            ],
        )
        reached = [*ends, threshold_points]
        margin = max((max(reached) - min(reached)) * MARGIN, 5)
        set_span(self._across, min(reached) - margin, max(reached) + margin)
        set_span(self._rows, count - 0.4, -0.6)
        self._threshold.update(location=threshold_points, visible=True)

    def clear(self) -> None:
        """Draw nothing."""
        self._bars.data = _no_bars()
        self._links.data = {"x": [], "top": [], "bottom": []}
        self._ends.data = {"x": [], "y": []}
        self._threshold.visible = False

    def _draw(self) -> None:
        plot = self.root
        plot.ygrid.visible = False
        plot.add_layout(self._threshold)
        plot.segment(
            x0="x", x1="x", y0="top", y1="bottom",
            source=self._links, line_color=palette.REFERENCE,
        )  # fmt: skip
        bars = plot.quad(
            left="left", right="right", top="top", bottom="bottom",
            source=self._bars, fill_color="color", line_color="color",
            hatch_pattern="hatch", hatch_color="white", hatch_alpha=0.55,
            hatch_scale=8,
        )  # fmt: skip
        plot.scatter(
            x="x", y="y", source=self._ends, marker="diamond", size=15,
            fill_color=palette.CLIENT, line_color=palette.CLIENT_EDGE, line_width=1.5,
        )  # fmt: skip
        texts = self._texts
        add_hover(
            plot,
            bars,
            [
                (texts("reasons.column_theme"), "@label"),
                (texts("reasons.column_points"), "@points"),
                (texts("reasons.column_total"), "@total"),
            ],
        )
        self._values = LinearAxis(axis_line_color=None, major_tick_line_color=None)
        plot.add_layout(self._values, "right")
        self._ticker = FixedTicker(ticks=[])
        for axis in (plot.yaxis[0], self._values):
            axis.ticker = self._ticker
        plot.yaxis[0].axis_line_color = None
        plot.yaxis[0].major_label_text_font_size = "12px"
        plot.yaxis[0].major_tick_line_color = None
        plot.xaxis.axis_label = texts("reasons.axis")
        plot.xaxis.ticker = BasicTicker(desired_num_ticks=3)
        plot.xaxis.formatter = local_numbers(texts, decimals=0)

    def _name_rows(self, names: list[str], values: list[str]) -> None:
        ticks = list(range(len(names)))
        for axis, labels in ((self.root.yaxis[0], names), (self._values, values)):
            axis.major_label_overrides = dict(zip(ticks, labels, strict=True))
        self._ticker.ticks = ticks


def _no_bars() -> Columns:
    names = ("y", "left", "right", "top", "bottom", "color", "hatch")
    return {name: [] for name in (*names, "label", "points", "total")}
