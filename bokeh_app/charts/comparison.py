"""A client among others: the distribution above, the share not repaid below."""

from __future__ import annotations

from collections.abc import Sequence

from bokeh.models import (
    BasicTicker,
    BoxSelectTool,
    ColumnDataSource,
    CustomJS,
    FixedTicker,
    Range1d,
    TapTool,
)
from bokeh.models.annotations import Span
from bokeh.plotting import figure

from bokeh_app.charts import palette
from bokeh_app.charts.figures import (
    Columns,
    add_hover,
    add_save,
    columns,
    local_numbers,
    new_figure,
    set_span,
)
from bokeh_app.texts import Texts
from bokeh_app.views.comparison import ChartBar, ComparisonView

HEIGHT = 220
HEADROOM = 1.15
MANY_CATEGORIES = 4

# The bars of the one chart whose middle lies in a bar chosen in the other, or that
# hold the middle of one.
SHOW_LINKED = """
    const { left, right } = chosen.data;
    const bars = chosen.selected.indices.map((at) => [left[at], right[at]]);
    const middle = ([low, high]) => (low + high) / 2;
    const holds = ([low, high], at) => low <= at && at < high;
    const places = [...linked.data.left.keys()].filter((at) => {
        const bar = [linked.data.left[at], linked.data.right[at]];
        return bars.some((one) => holds(one, middle(bar)) || holds(bar, middle(one)));
    });
    // A change that comes from the other chart goes no further.
    if (!window.isLinkingBands && String(places) !== String(linked.selected.indices)) {
        window.isLinkingBands = true;
        linked.selected.indices = places;
        window.isLinkingBands = false;
    }
"""


class ComparisonCharts:
    """Two figures over one horizontal axis.

    Parameters
    ----------
    texts : Texts
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._across = Range1d(start=0, end=1)
        self._shares = Range1d(start=0, end=1)
        self._default_rates = Range1d(start=0, end=1)
        self.distribution = self._figure("distribution", self._shares)
        self.rates = self._figure("default_rates", self._default_rates)
        self._bars = ColumnDataSource(data=_columns(()))
        self._rates = ColumnDataSource(data=_columns(()))
        self._client = ColumnDataSource(data={"x": [], "y": []})
        self._spans = [self._draw(self.distribution, self._bars)]
        self._spans.append(self._draw(self.rates, self._rates))
        self.distribution.yaxis.axis_label = texts("comparison.axis_share")
        self.rates.yaxis.axis_label = texts("comparison.axis_rate")
        self._link()
        self._ticker = FixedTicker(ticks=[])
        for plot in self.roots:
            plot.xaxis.ticker = self._ticker
        self.distribution.scatter(
            x="x", y="y", source=self._client, marker="diamond", size=16,
            fill_color=palette.CLIENT, line_color=palette.CLIENT_EDGE, line_width=1.5,
        )  # fmt: skip

    @property
    def roots(self) -> tuple[figure, figure]:
        """Both figures, to add to a document."""
        return self.distribution, self.rates

    def show(self, view: ComparisonView) -> None:
        """Replace what is drawn."""
        self._bars.data = _columns(view.distribution)
        self._rates.data = _columns(view.rates)
        highest = max((bar.height for bar in view.distribution), default=1.0)
        top_rate = max((bar.height for bar in view.rates), default=0.1)
        set_span(self._shares, 0, highest * HEADROOM or 1)
        set_span(self._default_rates, 0, max(top_rate, 0.01) * HEADROOM)
        margin = (view.high - view.low) * 0.02 or 0.5
        set_span(self._across, view.low - margin, view.high + margin)
        self._ticker.ticks = list(view.ticks)
        for plot in self.roots:
            plot.xaxis[0].update(
                major_label_overrides=view.ticks,
                major_label_orientation=0.6
                if view.is_categorical and len(view.ticks) > MANY_CATEGORIES
                else "horizontal",
            )
        at = view.client_at
        for span in self._spans:
            span.update(location=at or 0.0, visible=at is not None)
        self._client.data = (
            {"x": [], "y": []} if at is None else {"x": [at], "y": [highest * 1.07]}
        )

    def clear(self) -> None:
        """Draw nothing."""
        self._bars.data = _columns(())
        self._rates.data = _columns(())
        self._client.data = {"x": [], "y": []}
        for span in self._spans:
            span.visible = False

    def _link(self) -> None:
        """Let a band that is selected in one chart show in the other."""
        for plot in self.roots:
            tap = TapTool(description=self._texts("population.select_one"))
            box = BoxSelectTool(
                description=self._texts("population.select"), dimensions="width"
            )
            plot.add_tools(tap, box)
            add_save(plot, self._texts)
            plot.toolbar.active_tap = tap
            plot.toolbar.active_drag = None
        for chosen, linked in ((self._bars, self._rates), (self._rates, self._bars)):
            chosen.selected.js_on_change(
                "indices",
                CustomJS(args={"chosen": chosen, "linked": linked}, code=SHOW_LINKED),
            )

    def _figure(self, name: str, heights: Range1d) -> figure:
        plot = new_figure(name, HEIGHT, self._across, heights)
        plot.xgrid.visible = False
        plot.yaxis.formatter = local_numbers(self._texts, is_share=True, decimals=1)
        plot.yaxis.ticker = BasicTicker(desired_num_ticks=4)
        return plot

    def _draw(self, plot: figure, source: ColumnDataSource) -> Span:
        bars = plot.quad(
            left="left", right="right", top="height", bottom=0, source=source,
            fill_color="color", line_color="edge",
        )  # fmt: skip
        texts = self._texts
        add_hover(
            plot,
            bars,
            [
                (texts("comparison.column_band"), "@band"),
                (texts("comparison.tooltip_clients"), "@clients"),
                (texts("comparison.tooltip_share"), "@share"),
                (texts("comparison.column_outcomes"), "@outcomes"),
                (texts("comparison.tooltip_rate"), "@rate"),
            ],
        )
        span = Span(dimension="height", line_width=2, visible=False)
        plot.add_layout(span)
        return span


def _columns(bars: Sequence[ChartBar]) -> Columns:
    data = columns(ChartBar, bars)
    data["color"] = [
        palette.CLIENT if bar.is_client else palette.NEUTRAL for bar in bars
    ]
    data["edge"] = [palette.CLIENT_EDGE if bar.is_client else "white" for bar in bars]
    return data
