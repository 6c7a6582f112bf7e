"""Loans on a timeline, and below it the instalments by how late they were paid."""

from __future__ import annotations

from collections.abc import Sequence

from bokeh.models import (
    BoxSelectTool,
    ColumnDataSource,
    CustomJS,
    Range1d,
    TapTool,
)
from bokeh.models.annotations import Span
from bokeh.plotting import figure

from bokeh_app.charts import palette
from bokeh_app.charts.figures import (
    Columns,
    add_exploring_tools,
    add_hover,
    columns,
    local_numbers,
    new_figure,
    set_span,
)
from bokeh_app.texts import Texts
from bokeh_app.views.history import HistoryView, LoanBar, PaymentDot

LOANS_HEIGHT = 280
PAYMENTS_HEIGHT = 240
SHORTEST_BAR = 0.04  # years; a shorter loan is still seen
AXIS_WIDTH = 64
LEAST_LANES = 5
LEAST_DELAY = 15

# The instalments of the loans chosen, or the loans of the instalments chosen.
SHOW_LINKED = """
    const ids = new Set(chosen.selected.indices.map((at) => chosen.data.loan_id[at]));
    ids.delete(0);
    const places = [...linked.data.loan_id.keys()].filter(
        (at) => ids.has(linked.data.loan_id[at]),
    );
    if (String(places) !== String(linked.selected.indices)) {
        linked.selected.indices = places;
    }
"""

LOAN_LOOKS = {
    "granted": {"color": palette.IN_FAVOUR, "hatch": " "},
    "elsewhere": {"color": palette.NEUTRAL, "hatch": "/"},
}
PAYMENT_LOOKS = {
    "on_time": {"color": palette.IN_FAVOUR, "marker": "circle"},
    "late": {"color": palette.AGAINST, "marker": "triangle"},
    "unpaid": {"color": palette.AGAINST, "marker": "x"},
}


class HistoryCharts:
    """Two figures that move and zoom together in time.

    Parameters
    ----------
    texts : Texts
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._years = Range1d(start=-3, end=0.25)
        self._lanes = Range1d(start=0, end=1)
        self._delays = Range1d(start=-1, end=1)
        self.loans = new_figure("loans", LOANS_HEIGHT, self._years, self._lanes)
        self.payments = new_figure(
            "payments", PAYMENTS_HEIGHT, self._years, self._delays
        )
        self._bars = ColumnDataSource(data=_bar_columns(()))
        self._declined = ColumnDataSource(data=columns(LoanBar, ()))
        self._dots = ColumnDataSource(data=_dot_columns(()))
        self._draw_loans()
        self._draw_payments()
        self._link()
        for plot in self.roots:
            plot.min_border_left = AXIS_WIDTH  # one time axis under the other
            plot.xaxis.axis_label = texts("history.axis")
            plot.xaxis.formatter = local_numbers(texts, decimals=2)
            plot.add_layout(Span(location=0, dimension="height", line_width=1.5))

    @property
    def roots(self) -> tuple[figure, figure]:
        """Both figures, to add to a document."""
        return self.loans, self.payments

    def show(self, view: HistoryView) -> None:
        """Replace what is drawn."""
        self._bars.data = _bar_columns(
            [bar for bar in view.loans if bar.kind != "declined"]
        )
        self._declined.data = columns(
            LoanBar, [bar for bar in view.loans if bar.kind == "declined"]
        )
        self._dots.data = _dot_columns(view.payments)
        set_span(self._years, *view.span)
        set_span(self._lanes, -0.7, max(len(view.loans), LEAST_LANES) - 0.3)
        delays = [dot.days_late for dot in view.payments]
        low = min([*delays, -LEAST_DELAY])
        high = max([*delays, LEAST_DELAY])
        set_span(self._delays, low * 1.1, high * 1.1)

    def clear(self) -> None:
        """Draw nothing."""
        self._bars.data = _bar_columns(())
        self._declined.data = columns(LoanBar, ())
        self._dots.data = _dot_columns(())

    def _link(self) -> None:
        """Let a loan that is selected show its instalments, and these their loan."""
        for plot in self.roots:
            tap = TapTool(description=self._texts("population.select_one"))
            plot.add_tools(tap)
            plot.toolbar.active_tap = tap
        self.payments.add_tools(
            BoxSelectTool(description=self._texts("population.select"))
        )
        for chosen, linked in ((self._bars, self._dots), (self._dots, self._bars)):
            chosen.selected.js_on_change(
                "indices",
                CustomJS(args={"chosen": chosen, "linked": linked}, code=SHOW_LINKED),
            )

    def _draw_loans(self) -> None:
        plot, texts = self.loans, self._texts
        plot.yaxis.visible = False
        plot.ygrid.visible = False
        add_exploring_tools(plot, texts)
        tooltips = [
            (texts("history.column_kind"), "@kind_text"),
            (texts("history.column_product"), "@product"),
            (texts("history.column_status"), "@status"),
            (texts("history.column_start"), "@start_text"),
            (texts("history.column_end"), "@end_text"),
            (texts("history.column_amount"), "@amount"),
        ]
        bars = plot.quad(
            left="start", right="right", bottom="bottom", top="top",
            source=self._bars, fill_color="color", line_color="color",
            hatch_pattern="hatch", hatch_color="white", hatch_alpha=0.6, hatch_scale=7,
        )  # fmt: skip
        crosses = plot.scatter(
            x="start", y="lane", source=self._declined, marker="x", size=11,
            line_color=palette.AGAINST, line_width=2.5,
        )  # fmt: skip
        add_hover(plot, bars, tooltips)
        add_hover(plot, crosses, tooltips)

    def _draw_payments(self) -> None:
        plot, texts = self.payments, self._texts
        add_exploring_tools(plot, texts)
        plot.yaxis.axis_label = texts("history.axis_late")
        plot.yaxis.formatter = local_numbers(texts, decimals=0)
        plot.add_layout(Span(location=0, dimension="width", line_width=1))
        dots = plot.scatter(
            x="year", y="days_late", source=self._dots, marker="marker", size=8,
            fill_color="color", line_color="color", fill_alpha=0.65,
        )  # fmt: skip
        add_hover(
            plot,
            dots,
            [
                (texts("history.column_start"), "@when"),
                (texts("history.axis_late"), "@late"),
                (texts("history.column_amount"), "@amount"),
            ],
        )


def _bar_columns(bars: Sequence[LoanBar]) -> Columns:
    data = columns(LoanBar, bars)
    data["right"] = [max(bar.end, bar.start + SHORTEST_BAR) for bar in bars]
    data["bottom"] = [bar.lane - 0.36 for bar in bars]
    data["top"] = [bar.lane + 0.36 for bar in bars]
    for look in ("color", "hatch"):
        data[look] = [LOAN_LOOKS[bar.kind][look] for bar in bars]
    return data


def _dot_columns(dots: Sequence[PaymentDot]) -> Columns:
    data = columns(PaymentDot, dots)
    for look in ("color", "marker"):
        data[look] = [PAYMENT_LOOKS[dot.kind][look] for dot in dots]
    return data
