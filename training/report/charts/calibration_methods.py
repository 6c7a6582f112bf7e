"""Predicted against observed default rates, by way of calibrating."""

import numpy as np
from matplotlib.axes import Axes

from training.report.charts.drawing import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    RED,
    WIDE,
    Chart,
    Data,
    percent_axis,
)
from training.report.words import Language, word

_LINES = {
    "none": (RED, "v"),
    "isotonic": (ORANGE, "s"),
    "beta": (GREEN, "^"),
    "venn_abers": (PURPLE, "D"),
}


def _reliability(axes: Axes, data: Data, language: Language) -> None:
    rows = {row["name"]: row["reliability"] for row in data["methods"]}
    shipped = rows[data["shipped"]]
    observed = [group["observed"] for group in shipped]
    value = np.array([one["value"] for one in observed])
    ends = np.array([[one["low"], one["high"]] for one in observed]).T
    end = 1.1 * float(max(ends.max(), *(g["predicted"] for g in shipped)))
    axes.plot(
        [0, end], [0, end], color=GREY, linestyle="--", label=word("perfect", language)
    )
    for name, (colour, marker) in _LINES.items():
        axes.plot(
            [group["predicted"] for group in rows[name]],
            [group["observed"]["value"] for group in rows[name]],
            color=colour,
            marker=marker,
            markersize=5,
            linewidth=1,
            alpha=0.7,
            label=word(name, language),
        )
    axes.errorbar(
        [group["predicted"] for group in shipped],
        value,
        yerr=np.abs(ends - value),
        fmt="o",
        color=BLUE,
        capsize=3,
        label=word(data["shipped"], language),
    )
    axes.set_xlim(0, end)
    axes.set_ylim(0, end)
    axes.set_xlabel(word("predicted", language))
    axes.set_ylabel(word("observed", language))
    percent_axis(axes.xaxis, language)
    percent_axis(axes.yaxis, language)
    axes.legend(loc="upper left")


CHARTS = {"calibration_methods": Chart(_reliability, (WIDE, 4.8))}
