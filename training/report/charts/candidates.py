"""What each candidate costs, as it comes and recalibrated."""

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from training.report.charts.drawing import BLUE, GREY, ORANGE, WIDE, Chart, Data
from training.report.words import Language, number, word

_RAW = {"fr": "Probabilités telles quelles", "en": "Probabilities as they come"}
_RECALIBRATED = {
    "fr": "Recalibrées, intervalle à 95 %",
    "en": "Recalibrated, 95% interval",
}


def _cost(axes: Axes, data: Data, language: Language) -> None:
    rows = data["candidates"][::-1]
    places = range(len(rows))
    after = [row["recalibrated"]["cost_per_client"] for row in rows]
    before = [row["raw"]["cost_per_client"]["value"] for row in rows]
    values = [figure["value"] for figure in after]
    for place, one, other in zip(places, before, values, strict=True):
        axes.plot([one, other], [place, place], color=GREY, linewidth=1)
    axes.plot(before, places, "s", color=ORANGE, markersize=8, label=_RAW[language])
    axes.errorbar(
        values,
        places,
        xerr=[
            [figure["value"] - figure["low"] for figure in after],
            [figure["high"] - figure["value"] for figure in after],
        ],
        fmt="o",
        color=BLUE,
        capsize=3,
        label=_RECALIBRATED[language],
    )
    reference = next(r for r in data["candidates"] if r["name"] == data["reference"])
    axes.axvline(
        reference["recalibrated"]["cost_per_client"]["value"],
        color=GREY,
        linestyle="--",
        zorder=0,
    )
    axes.set_yticks(list(places), [row[f"label_{language}"] for row in rows])
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(word("cost_per_client", language))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: number(x, 2, language)))
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.12), ncols=2)


CHARTS = {"candidates": Chart(_cost, (WIDE, 5.4))}
