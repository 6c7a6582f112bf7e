"""The share not repaid along each of two variables, linked with their density map."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bokeh.events import SelectionGeometry, Tap
from bokeh.models import (
    BasicTicker,
    BoxSelectTool,
    ColumnDataSource,
    CustomJSTickFormatter,
    Range1d,
)
from bokeh.plotting import figure

from bokeh_app.charts import palette
from bokeh_app.charts.figures import (
    Columns,
    Span,
    add_hover,
    add_save,
    columns,
    drawn_box,
    local_numbers,
    new_figure,
    set_span,
)
from bokeh_app.texts import Texts
from bokeh_app.views.selection import RateBar

HEIGHT = 220
HEADROOM = 1.15
FADED = 0.3

SelectSpan = Callable[[Span], None]


class RegionRatesChart:
    """Bars of one variable, of which a span can be selected.

    Parameters
    ----------
    name : str
        The template embeds the figure by this name.
    texts : Texts
    across : Range1d
        Shared with the density map: they move together.
    formatter : CustomJSTickFormatter
        Writes the axis as the map's does.
    select : callable
        Called with the span that the advisor selects, by a box or a click.
    """

    def __init__(
        self,
        name: str,
        texts: Texts,
        across: Range1d,
        formatter: CustomJSTickFormatter,
        select: SelectSpan,
    ) -> None:
        self._heights = Range1d(start=0, end=1)
        self.root = new_figure(name, HEIGHT, across, self._heights)
        self._bars = ColumnDataSource(data=_columns(()))
        self._draw(texts, formatter)
        self.root.on_event(SelectionGeometry, lambda event: _select_box(event, select))
        self.root.on_event(Tap, lambda event: self._tap(event, select))

    def show(self, label: str, bars: Sequence[RateBar]) -> None:
        """Replace what is drawn."""
        self._bars.data = _columns(bars)
        self.root.xaxis.axis_label = label
        highest = max((bar.height for bar in bars), default=0.1)
        set_span(self._heights, 0, max(highest, 0.01) * HEADROOM)

    def clear(self) -> None:
        """Draw nothing."""
        self._bars.data = _columns(())

    def _tap(self, event: Tap, select: SelectSpan) -> None:
        lefts, rights = self._bars.data["left"], self._bars.data["right"]
        for left, right in zip(lefts, rights, strict=True):
            if event.x is not None and left <= event.x < right:
                select((left, right))

    def _draw(self, texts: Texts, formatter: CustomJSTickFormatter) -> None:
        plot: figure = self.root
        bars = plot.quad(
            left="left", right="right", top="height", bottom=0, source=self._bars,
            fill_color=palette.NEUTRAL, line_color="white", fill_alpha="alpha",
        )  # fmt: skip
        box = BoxSelectTool(
            description=texts("population.select"), dimensions="width", renderers=[]
        )
        plot.add_tools(box)
        add_save(plot, texts)
        plot.toolbar.active_drag = box
        add_hover(
            plot,
            bars,
            [
                (texts("comparison.column_band"), "@band"),
                (texts("comparison.tooltip_clients"), "@clients"),
                (texts("comparison.tooltip_rate"), "@rate"),
            ],
        )
        plot.xgrid.visible = False
        plot.xaxis.formatter = formatter
        plot.xaxis.ticker = BasicTicker(desired_num_ticks=4)
        plot.yaxis.axis_label = texts("comparison.axis_rate")
        plot.yaxis.formatter = local_numbers(texts, is_share=True, decimals=1)
        plot.yaxis.ticker = BasicTicker(desired_num_ticks=4)


def _select_box(event: SelectionGeometry, select: SelectSpan) -> None:
    box = drawn_box(event)
    if box is not None:
        select(box[0])


def _columns(bars: Sequence[RateBar]) -> Columns:
    data = columns(RateBar, bars)
    data["alpha"] = [1.0 if bar.is_selected else FADED for bar in bars]
    return data
