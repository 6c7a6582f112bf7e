"""Counts by decision, stacked: along days or along the scale of points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from bokeh.models import BasicTicker, ColumnDataSource, Range1d
from bokeh.models.annotations import Span
from bokeh.plotting import figure

from bokeh_app.charts import palette
from bokeh_app.charts.figures import (
    Columns,
    add_hover,
    add_save,
    local_numbers,
    new_figure,
    set_span,
)
from bokeh_app.texts import Texts
from bokeh_app.views.stack import Stack

HEIGHT = 240
HEADROOM = 1.1
COLOURS = {
    "grant": palette.IN_FAVOUR,
    "review": palette.CLIENT,
    "refuse": palette.AGAINST,
}
# Never by colour alone: each decision has its own hatching, as in the legend.
HATCHES = {"grant": " ", "review": ".", "refuse": "/"}


class StackedChart:
    """Bars of decisions on top of each other.

    Parameters
    ----------
    texts : Texts
    name : str
        The template embeds the figure by this name.
    kinds : sequence of str
        Decisions, from the ground up.
    """

    def __init__(self, texts: Texts, name: str, kinds: Sequence[str]) -> None:
        self._texts = texts
        self._kinds = tuple(kinds)
        self._across = Range1d(start=0, end=1)
        self._height = Range1d(start=0, end=1)
        self.root: figure = new_figure(name, HEIGHT, self._across, self._height)
        add_save(self.root, texts)
        self.root.xgrid.visible = False
        self.root.yaxis.formatter = local_numbers(texts, decimals=0)
        self.root.yaxis.ticker = BasicTicker(desired_num_ticks=4, min_interval=1)
        self.root.xaxis.formatter = local_numbers(texts, decimals=0)
        self._sources = [self._draw(kind) for kind in self._kinds]
        self._threshold = Span(dimension="height", line_width=2, visible=False)
        self.root.add_layout(self._threshold)

    def show(
        self,
        stacks: Sequence[Stack],
        ticks: Mapping[float, str] | None = None,
        threshold: float | None = None,
    ) -> None:
        """Replace what is drawn."""
        for place, source in enumerate(self._sources):
            source.data = _columns(self._texts, stacks, place)
        if ticks is not None:
            self.root.xaxis[0].update(
                ticker=list(ticks), major_label_overrides=dict(ticks)
            )
        highest = max((sum(stack.counts) for stack in stacks), default=0)
        set_span(self._height, 0, highest * HEADROOM or 1)
        if stacks:
            set_span(self._across, stacks[0].left - 0.2, stacks[-1].right + 0.2)
        self._threshold.update(location=threshold or 0.0, visible=threshold is not None)

    def clear(self) -> None:
        """Draw nothing."""
        self.show(())

    def _draw(self, kind: str) -> ColumnDataSource:
        source = ColumnDataSource(data=_columns(self._texts, (), 0))
        bars = self.root.quad(
            left="left", right="right", bottom="bottom", top="top", source=source,
            fill_color=COLOURS[kind], line_color="white", hatch_pattern=HATCHES[kind],
            hatch_color="white", hatch_alpha=0.7, hatch_scale=8,
        )  # fmt: skip
        word = self._texts(f"decision.{kind}.word")
        add_hover(self.root, bars, [("", "@label"), (word, "@count")])
        return source


def _columns(texts: Texts, stacks: Sequence[Stack], place: int) -> Columns:
    heights = [tuple(accumulate((0, *stack.counts))) for stack in stacks]
    return {
        "left": [stack.left for stack in stacks],
        "right": [stack.right for stack in stacks],
        "label": [stack.label for stack in stacks],
        "bottom": [height[place] for height in heights],
        "top": [height[place + 1] for height in heights],
        "count": [texts.format.number(stack.counts[place]) for stack in stacks],
    }
