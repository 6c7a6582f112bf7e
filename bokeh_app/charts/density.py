"""Two variables at once: a density map with one client on it, and linked rates."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bokeh.events import SelectionGeometry
from bokeh.models import BasicTicker, BoxSelectTool, ColumnDataSource, Range1d
from bokeh.models.annotations import Span as Line
from bokeh.plotting import figure

from bokeh_app.charts import palette
from bokeh_app.charts.figures import (
    Columns,
    add_exploring_tools,
    add_hover,
    columns,
    drawn_box,
    local_numbers,
    local_options,
    new_figure,
    set_span,
)
from bokeh_app.charts.region_rates import RegionRatesChart
from bokeh_app.queries.catalogue import Variable
from bokeh_app.texts import Texts
from bokeh_app.views.exploration import DensityCell, DensityView
from bokeh_app.views.selection import Region, SelectionView

HEIGHT = 420
AXIS_DECIMALS = {"amount": 0, "share": 1}
OTHER_DECIMALS = 3
FADED = 0.25  # of a cell's own strength, outside a selection


class DensityCharts:
    """Cells whose colour is the stronger, the more clients they hold.

    Below them the share not repaid along each variable; what is selected in one of
    the three figures shows in the others.

    Parameters
    ----------
    texts : Texts
    select : callable
        Called with the region that the advisor selects.
    """

    def __init__(self, texts: Texts, select: Callable[[Region], None]) -> None:
        self._texts = texts
        self._view: DensityView | None = None
        self._ranges = (Range1d(start=0, end=1), Range1d(start=0, end=1))
        self._formatters = tuple(local_numbers(texts) for _axis in self._ranges)
        self.root = new_figure("density", HEIGHT, *self._ranges)
        self._rates = tuple(
            RegionRatesChart(name, texts, across, formatter, chosen)
            for name, across, formatter, chosen in zip(
                ("x_rates", "y_rates"),
                self._ranges,
                self._formatters,
                (
                    lambda span: select(Region(x=span)),
                    lambda span: select(Region(y=span)),
                ),
                strict=True,
            )
        )
        self._cells = ColumnDataSource(data=_columns((), ()))
        self._client = ColumnDataSource(data={"x": [], "y": []})
        self._spans = (
            Line(dimension="height", line_dash="dotted", visible=False),
            Line(dimension="width", line_dash="dotted", visible=False),
        )
        self._draw()
        self.root.on_event(SelectionGeometry, lambda event: _select_box(event, select))

    @property
    def roots(self) -> tuple[figure, ...]:
        """All figures, to add to a document."""
        return (self.root, *(chart.root for chart in self._rates))

    def show(self, view: DensityView, x: Variable, y: Variable) -> None:
        """Replace what is drawn."""
        self._view = view
        self._cells.data = _columns(view.cells, ())
        self.mark(view.client)
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

    def show_selection(self, selection: SelectionView) -> None:
        """Fade what is outside of a selection, and show its rates."""
        if self._view is None:
            return
        self._cells.data = _columns(self._view.cells, selection.selected)
        labels = (self._view.x_label, self._view.y_label)
        rates = (selection.x_rates, selection.y_rates)
        for chart, label, bars in zip(self._rates, labels, rates, strict=True):
            chart.show(label, bars)

    def clear(self) -> None:
        """Draw nothing."""
        self._view = None
        self._cells.data = _columns((), ())
        for chart in self._rates:
            chart.clear()
        self.mark(None)

    def mark(self, client: Sequence[float] | None) -> None:
        """Mark where the client is, if that is known."""
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
        plot.add_tools(
            BoxSelectTool(description=texts("population.select"), renderers=[])
        )
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


def _select_box(event: SelectionGeometry, select: Callable[[Region], None]) -> None:
    box = drawn_box(event)
    if box is not None:
        select(Region(*box))


def _columns(cells: Sequence[DensityCell], selected: Sequence[bool]) -> Columns:
    data = columns(DensityCell, cells)
    for place, is_selected in enumerate(selected):
        data["alpha"][place] *= 1.0 if is_selected else FADED
    return data
