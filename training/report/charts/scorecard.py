"""The same features in the scorecard and in the trees."""

from typing import Any

from training.report.charts.drawing import (
    BLUE,
    GREEN,
    WIDE,
    Chart,
    Data,
    name_bars,
)
from training.report.words import Language, word


def _both(columns: Any, data: Data, language: Language) -> None:
    rows = data["features"][::-1]
    # One scale: the two are in the same points.
    end = 1.05 * max(
        row[kind] for row in rows for kind in ("mean_absolute_points", "tree_points")
    )
    for axes, kind, colour, title in zip(
        columns,
        ("mean_absolute_points", "tree_points"),
        (GREEN, BLUE),
        ("in_scorecard", "in_trees"),
        strict=True,
    ):
        name_bars(axes, [row[f"label_{language}"] for row in rows])
        axes.barh(
            range(len(rows)), [row[kind] for row in rows], color=colour, height=0.65
        )
        axes.grid(axis="y", visible=False)
        axes.set_title(word(title, language), fontsize=11, loc="left")
        axes.set_xlim(0, end)
        axes.locator_params(axis="x", nbins=5)
        axes.set_xlabel(word("points_short", language))


CHARTS = {"scorecard": Chart(_both, (WIDE, 5.0), columns=2)}
