"""Default rate by rating, and how points are spread."""

import numpy as np
from matplotlib.axes import Axes

from training.report.charts.drawing import (
    BLUE,
    GREEN,
    HALF,
    INK,
    ORANGE,
    RED,
    SKY,
    Chart,
    Data,
    percent_axis,
)
from training.report.words import Language, percent, word


def _ratings(axes: Axes, data: Data, language: Language) -> None:
    bands = [band for band in data["ratings"] if band["default_rate"] is not None]
    rates = np.array([band["default_rate"] for band in bands])
    interval = np.array([band["ci"] for band in bands])
    errors = np.abs(interval.T - rates)
    colours = {"A": GREEN, "B": SKY, "C": BLUE, "D": ORANGE, "E": RED}
    names = [band["name"] for band in bands]
    axes.bar(names, rates, color=[colours[name] for name in names], width=0.65)
    axes.errorbar(names, rates, yerr=errors, fmt="none", ecolor=INK, capsize=4)
    for name, rate, high in zip(names, rates, interval[:, 1], strict=True):
        axes.annotate(
            percent(float(rate), 1, language),
            (name, float(high)),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
        )
    axes.grid(axis="x", visible=False)
    axes.set_ylabel(word("observed", language))
    axes.set_ylim(0, float(interval.max()) * 1.15)
    percent_axis(axes.yaxis, language)


def _points(axes: Axes, data: Data, language: Language) -> None:
    histogram = data["points_histogram"]
    edges = np.array(histogram["edges"])
    for name, colour in (("good", BLUE), ("bad", RED)):
        counts = np.array(histogram[name])
        axes.stairs(
            counts / max(counts.sum(), 1),
            edges,
            fill=True,
            color=colour,
            alpha=0.45,
            label=word(name, language),
        )
    axes.axvline(
        data["points"]["base"], color=INK, label=word("threshold_points", language)
    )
    axes.set_xlabel(word("points_axis", language))
    axes.set_ylabel(word("share_of_group", language))
    percent_axis(axes.yaxis, language)
    axes.legend(loc="upper left")


CHARTS = {
    "ratings": Chart(_ratings, (HALF, 3.8)),
    "points": Chart(_points, (HALF, 3.8)),
}
