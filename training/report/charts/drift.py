"""The features that moved most between two populations."""

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from training.report.charts.drawing import (
    BLUE,
    GREY,
    ORANGE,
    RED,
    WIDE,
    Chart,
    Data,
    name_bars,
)
from training.report.words import Language, number, word

_COLOURS = {"stable": BLUE, "watch": ORANGE, "act": RED}
_SHOWN = 10


def _features(axes: Axes, data: Data, language: Language) -> None:
    rows = data["features"][:_SHOWN][::-1]
    values = [row["index"] for row in rows]
    name_bars(axes, [row[f"label_{language}"] for row in rows])
    bars = axes.barh(
        range(len(rows)),
        values,
        color=[_COLOURS[row["verdict"]] for row in rows],
        height=0.65,
    )
    axes.bar_label(bars, [number(value, 2, language) for value in values], padding=4)
    for limit, style, key in ((0.10, ":", "watch"), (0.25, "--", "act")):
        axes.axvline(limit, color=GREY, linestyle=style, label=word(key, language))
    axes.grid(axis="y", visible=False)
    axes.margins(x=0.12)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: number(x, 2, language)))
    axes.set_xlabel("PSI")
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.12), ncols=2)


CHARTS = {"drift_features": Chart(_features, (WIDE, 5.4))}
