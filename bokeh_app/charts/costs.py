"""Cost against threshold, with the chosen one and the cheapest."""

from __future__ import annotations

from bokeh.models import ColumnDataSource, Range1d
from bokeh.models.annotations import Span
from bokeh.plotting import figure

from bokeh_app.charts import palette
from bokeh_app.charts.figures import (
    add_hover,
    add_save,
    local_numbers,
    new_figure,
    set_span,
)
from bokeh_app.cost_curve import CostCurve
from bokeh_app.texts import Texts

HEIGHT = 300
HEADROOM = 1.1


class CostChart:
    """One curve, a mark where the threshold is, a line where it would cost least.

    Parameters
    ----------
    texts : Texts
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._across = Range1d(start=0, end=0.5)
        self._height = Range1d(start=0, end=1)
        self.root: figure = new_figure("costs", HEIGHT, self._across, self._height)
        add_save(self.root, texts)
        self.root.xaxis.formatter = local_numbers(texts, is_share=True, decimals=0)
        self.root.yaxis.formatter = local_numbers(texts, decimals=2)
        self.root.xaxis.axis_label = texts("portfolio.costs.axis_threshold")
        self.root.yaxis.axis_label = texts("portfolio.costs.axis_cost")
        self._curve = ColumnDataSource(data={"x": [], "y": [], "at": [], "cost": []})
        self._chosen = ColumnDataSource(data={"x": [], "y": []})
        line = self.root.line(
            x="x", y="y", source=self._curve, line_width=2.5,
            line_color=palette.IN_FAVOUR,
        )  # fmt: skip
        self.root.scatter(
            x="x", y="y", source=self._chosen, marker="diamond", size=18,
            fill_color=palette.CLIENT, line_color=palette.CLIENT_EDGE, line_width=1.5,
        )  # fmt: skip
        self._best = Span(dimension="height", line_dash="dashed", line_width=2)
        self.root.add_layout(self._best)
        add_hover(
            self.root,
            line,
            [
                (texts("portfolio.costs.threshold"), "@at"),
                (texts("portfolio.costs.cost"), "@cost"),
            ],
        )

    def show(self, curve: CostCurve, place: int) -> None:
        """Replace what is drawn."""
        written = self._texts.format
        self._curve.data = {
            "x": curve.thresholds.tolist(),
            "y": curve.costs.tolist(),
            "at": [written.share(one, 1) for one in curve.thresholds.tolist()],
            "cost": [written.number(one, 3) for one in curve.costs.tolist()],
        }
        self._chosen.data = {
            "x": [float(curve.thresholds[place])],
            "y": [float(curve.costs[place])],
        }
        self._best.location = curve.closed_form
        set_span(self._height, 0, float(curve.costs.max()) * HEADROOM)
