"""Cost against threshold, in refused good clients and in money, with its doubt."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from training.report.charts.drawing import (
    HALF,
    INK,
    Chart,
    Data,
    percent_axis,
)
from training.report.charts.marks import MARKS
from training.report.words import Language, number, percent, word

_MILLION = 1e6


def _units(axes: Axes, data: Data, language: Language) -> None:
    _curve(axes, data["units"]["curve"], 1.0)
    _marks(axes, data, "cost_per_client", 1.0, language)
    axes.set_ylabel(word("cost_axis", language))


def _amounts(axes: Axes, data: Data, language: Language) -> None:
    _curve(axes, data["amounts"]["curve"], data["clients_told"] / _MILLION)
    _marks(axes, data, "money", 1 / _MILLION, language)
    axes.set_ylabel(
        {"fr": "Millions pour 1 000 clients", "en": "Millions per 1,000 clients"}[
            language
        ]
    )


def _curve(axes: Axes, curve: dict[str, Any], scale: float) -> None:
    threshold = curve["threshold"]
    low, value, high = (scale * np.array(curve[k]) for k in ("low", "value", "high"))
    axes.fill_between(threshold, low, high, color=INK, alpha=0.12, linewidth=0)
    axes.plot(threshold, value, color=INK, linewidth=1.8)


def _marks(
    axes: Axes, data: Data, figure: str, scale: float, language: Language
) -> None:
    rows = {row["name"]: row for row in data["policies"]}
    for name, (marker, colour) in MARKS.items():
        if name not in rows or figure not in rows[name]:
            continue
        threshold = rows[name]["threshold"]
        axes.plot(
            threshold,
            scale * rows[name][figure]["value"],
            marker=marker,
            color=colour,
            markersize=9,
            markeredgecolor="white",
            linestyle="none",
            label=f"{word(name, language)} ({percent(threshold, 1, language)})",
        )
    everyone = scale * rows["everyone"][figure]["value"]
    axes.set_xlim(0, 0.7)
    axes.set_ylim(0.5 * everyone, 1.5 * everyone)
    axes.set_xlabel(word("threshold_axis", language))
    percent_axis(axes.xaxis, language)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: number(y, 1, language)))
    axes.legend(loc="upper center", bbox_to_anchor=(0.45, -0.16), ncols=2, fontsize=9)


CHARTS = {
    "money_units": Chart(_units, (HALF, 5.4)),
    "money_amounts": Chart(_amounts, (HALF, 5.4)),
}
