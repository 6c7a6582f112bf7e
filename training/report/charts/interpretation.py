"""Three importances side by side, and how single features move the score."""

from typing import Any

import numpy as np

from training.report.charts.drawing import (
    BLUE,
    GREEN,
    HALF,
    INK,
    ORANGE,
    WIDE,
    Chart,
    Data,
    percent_axis,
)
from training.report.words import Language, number, word

_KINDS = (
    ("mean_absolute_points", BLUE),
    ("gain_share", ORANGE),
    ("auc_loss", GREEN),
)
_LONGEST_LABEL = 28


def _importances(columns: Any, data: Data, language: Language) -> None:
    rows = data["themes"][::-1]
    labels = [row[f"label_{language}"] for row in rows]
    for axes, (kind, colour) in zip(columns, _KINDS, strict=True):
        values = [row[kind] for row in rows]
        error = [row["auc_loss_spread"] for row in rows] if kind == "auc_loss" else None
        axes.barh(labels, values, xerr=error, color=colour, height=0.65, ecolor=INK)
        axes.grid(axis="y", visible=False)
        axes.set_title(
            word(kind, language).replace(": ", ":\n"), fontsize=11, loc="left"
        )
        axes.locator_params(axis="x", nbins=3)
    percent_axis(columns[1].xaxis, language)
    columns[2].xaxis.set_major_formatter(lambda x, _: number(x, 2, language))


def _dependence(columns: Any, data: Data, language: Language) -> None:
    bins = data["bins"][::-1]
    place = np.arange(len(bins))
    moved, observed = columns
    told = [row["points"] is not None for row in bins]
    for row, where in zip(bins, place, strict=True):
        if row["points"] is not None:
            moved.plot(
                [row["points_low"], row["points_high"]],
                [where, where],
                color=BLUE,
                alpha=0.45,
                linewidth=5,
                solid_capstyle="round",
            )
    moved.plot(
        [row["points"] for row in bins if row["points"] is not None],
        place[told],
        "o",
        color=BLUE,
    )
    moved.axvline(0, color=INK, linewidth=1)
    rates = np.array([row["default_rate"] for row in bins])
    errors = np.abs(np.array([row["ci"] for row in bins]).T - rates)
    observed.errorbar(rates, place, xerr=errors, fmt="D", color=ORANGE, ecolor=ORANGE)
    observed.set_xlim(0, None)
    moved.set_yticks(place, [_short(row[f"label_{language}"]) for row in bins])
    moved.set_title(word("points_moved_by_it", language), fontsize=11, loc="left")
    observed.set_title(word("observed_short", language), fontsize=11, loc="left")
    percent_axis(observed.xaxis, language)
    for axes in columns:
        axes.grid(axis="y", visible=False)
        axes.locator_params(axis="x", nbins=4)


def _short(label: str) -> str:
    if len(label) <= _LONGEST_LABEL:
        return label
    return label[: _LONGEST_LABEL - 1].rstrip() + "…"


CHARTS = {
    "importances": Chart(_importances, (WIDE, 4.4), columns=3),
    "dependence": Chart(_dependence, (HALF, 3.3), columns=2),
}
