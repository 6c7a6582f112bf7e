"""Two variables at once: a density map with one client on it."""

from __future__ import annotations

from collections.abc import Sequence

from bokeh.models import BasicTicker, ColumnDataSource, Range1d
from bokeh.models.annotations import Span

from bokeh_app import palette
from bokeh_app.charts.figures import (
    add_exploring_tools,
    add_hover,
    columns,
    local_numbers,
    local_options,
    new_figure,
    set_span,
)
from bokeh_app.queries.catalogue import Variable
from bokeh_app.texts import Texts
from bokeh_app.views.exploration import DensityCell, DensityView

HEIGHT = 420
AXIS_DECIMALS = {"amount": 0, "share": 1}
OTHER_DECIMALS = 3


class DensityChart:
    """Cells whose colour is the stronger, the more clients they hold.

    Parameters
    ----------
    texts : Texts
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._ranges = (Range1d(start=0, end=1), Range1d(start=0, end=1))
        self._formatters = tuple(local_numbers(texts) for _axis in self._ranges)
        self.root = new_figure("density", HEIGHT, *self._ranges)
        self._cells = ColumnDataSource(data=columns(DensityCell, ()))
        self._client = ColumnDataSource(data={"x": [], "y": []})
        self._spans = (
            Span(dimension="height", line_dash="dotted", visible=False),
            Span(dimension="width", line_dash="dotted", visible=False),
        )
        self._draw()

    def show(self, view: DensityView, x: Variable, y: Variable) -> None:
        """Replace what is drawn."""
        self._cells.data = columns(DensityCell, view.cells)
        self._mark(view.client)
        self.root.xaxis.axis_label = view.x_label
        self.root.yaxis.axis_label = view.y_label
        for target, formatter, variable, (low, high) in zip(
            self._ranges,
            self._formatters,
            (x, y),
            (view.x_span, view.y_span),
            strict=True,
        ):
            formatter.args = local_options(
                self._texts,
                is_share=variable.unit == "share",
                decimals=AXIS_DECIMALS.get(variable.unit, OTHER_DECIMALS),
            )
            margin = (high - low) * 0.02
            set_span(target, low - margin, high + margin)

    def clear(self) -> None:
        """Draw nothing."""
        self._cells.data = columns(DensityCell, ())
        self._mark(None)

    def _mark(self, client: Sequence[float] | None) -> None:
        self._client.data = (
            {"x": [], "y": []}
            if client is None
            else {"x": [client[0]], "y": [client[1]]}
        )
        for index, span in enumerate(self._spans):
            span.update(
                location=client[index] if client else 0.0, visible=client is not None
            )

    def _draw(self) -> None:
        plot = self.root
        cells = plot.quad(
            left="left", right="right", bottom="bottom", top="top",
            source=self._cells, fill_color=palette.IN_FAVOUR, fill_alpha="alpha",
            line_color=None,
        )  # fmt: skip
        for span in self._spans:
            plot.add_layout(span)
        plot.scatter(
            x="x", y="y", source=self._client, marker="diamond", size=20,
            fill_color=palette.CLIENT, line_color=palette.CLIENT_EDGE, line_width=2,
        )  # fmt: skip
        texts = self._texts
        add_exploring_tools(plot, texts)
        add_hover(
            plot,
            cells,
            [
                (texts("exploration.x"), "@x_text"),
                (texts("exploration.y"), "@y_text"),
                (texts("comparison.tooltip_clients"), "@clients"),
                (texts("comparison.tooltip_rate"), "@rate"),
            ],
        )
        for axis, formatter in zip(
            (plot.xaxis[0], plot.yaxis[0]), self._formatters, strict=True
        ):
            axis.formatter = formatter
            axis.ticker = BasicTicker(desired_num_ticks=4)
