"""Cost against the threshold of refusal."""

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from training.report.charts.drawing import (
    GREY,
    INK,
    SKY,
    WIDE,
    Chart,
    Data,
    percent_axis,
)
from training.report.charts.marks import MARKS
from training.report.words import Language, number, percent, word

_SHOWN = ("business", "empirical", "f2", "f1", "half")


def _cost_against_threshold(axes: Axes, data: Data, language: Language) -> None:
    money = data["money"]
    curve = money["units"]["curve"]
    axes.plot(curve["threshold"], curve["value"], color=INK, linewidth=1.8)
    low, high = data["review_band"]
    axes.axvspan(
        low,
        high,
        color=SKY,
        alpha=0.3,
        linewidth=0,
        label=word("review_band", language),
    )
    rows = {row["name"]: row for row in money["policies"]}
    end = max(0.55, 1.1 * rows["f1"]["threshold"])
    for name in _SHOWN:
        (marker, colour), row = MARKS[name], rows[name]
        axes.plot(
            row["threshold"],
            row["cost_per_client"]["value"],
            marker=marker,
            color=colour,
            markersize=10,
            markeredgecolor="white",
            linestyle="none",
            label=f"{word(name, language)} ({percent(row['threshold'], 1, language)})",
        )
    everyone = rows["everyone"]["cost_per_client"]["value"]
    axes.axhline(
        everyone,
        color=GREY,
        linestyle="--",
        label=word("grant_everyone", language),
    )
    lowest = money["units"]["least_cost"]
    axes.set_xlim(0, end)
    axes.set_ylim(lowest * 0.85, everyone * 1.25)
    axes.set_xlabel(word("threshold_axis", language))
    axes.set_ylabel(word("cost_axis", language))
    percent_axis(axes.xaxis, language)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: number(y, 2, language)))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)


CHARTS = {"cost": Chart(_cost_against_threshold, (WIDE, 5.2))}
