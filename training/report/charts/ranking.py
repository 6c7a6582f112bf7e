"""How well the model ranks clients, and how true its probabilities are."""

import numpy as np
from matplotlib.axes import Axes

from training.report.charts.drawing import (
    BLUE,
    GREY,
    HALF,
    ORANGE,
    WIDE,
    Chart,
    Data,
    percent_axis,
)
from training.report.words import Language, number, word


def _reliability(axes: Axes, data: Data, language: Language) -> None:
    groups = data["reliability"]
    predicted = np.array([group["predicted"] for group in groups])
    observed = np.array([group["observed"] for group in groups])
    errors = np.abs(np.array([group["interval"] for group in groups]).T - observed)
    end = 1.1 * max(predicted.max(), (observed + errors[1]).max())
    axes.plot(
        [0, end], [0, end], color=GREY, linestyle="--", label=word("perfect", language)
    )
    axes.errorbar(
        predicted,
        observed,
        yerr=errors,
        fmt="o",
        color=BLUE,
        capsize=3,
        label=word("clients_of_fold", language),
    )
    axes.set_xlim(0, end)
    axes.set_ylim(0, end)
    axes.set_xlabel(word("predicted", language))
    axes.set_ylabel(word("observed", language))
    percent_axis(axes.xaxis, language)
    percent_axis(axes.yaxis, language)
    axes.legend(loc="upper left")


def _roc(axes: Axes, data: Data, language: Language) -> None:
    curve = data["roc"]
    auc = data["metrics"]["auc"]["value"]
    axes.plot(
        curve["false_positive_rate"],
        curve["recall"],
        color=BLUE,
        linewidth=2,
        label=f"{word('model', language)} (AUC {number(auc, 3, language)})",
    )
    axes.plot(
        [0, 1], [0, 1], color=GREY, linestyle="--", label=word("chance", language)
    )
    policies = data["money"]["policies"]
    business = next(row for row in policies if row["name"] == "business")
    axes.set_xlabel(word("refused_good", language))
    axes.set_ylabel(word("refused_bad", language))
    axes.plot(
        business["false_positive_rate"],
        business["recall"],
        marker="o",
        markersize=9,
        markeredgecolor="white",
        color=ORANGE,
        linestyle="none",
        label=word("business", language),
    )
    percent_axis(axes.xaxis, language)
    percent_axis(axes.yaxis, language)
    axes.legend(loc="lower right")


def _deciles(axes: Axes, data: Data, language: Language) -> None:
    rows = data["deciles"]
    numbers = [row["decile"] for row in rows]
    axes.bar(
        numbers,
        [row["default_rate"] for row in rows],
        color=BLUE,
        width=0.7,
        label=word("observed", language),
    )
    axes.plot(
        numbers,
        [row["predicted"] for row in rows],
        color=ORANGE,
        marker="o",
        label=word("predicted", language),
    )
    training = data["training"]["rows"]
    axes.axhline(
        training["defaults"] / training["labelled"],
        color=GREY,
        linestyle="--",
        label=word("mean_rate", language),
    )
    axes.set_xticks(numbers)
    axes.grid(axis="x", visible=False)
    axes.set_xlabel(word("decile_axis", language))
    axes.set_ylabel(word("observed", language))
    percent_axis(axes.yaxis, language)
    axes.legend()


CHARTS = {
    "reliability": Chart(_reliability, (HALF, 4.4)),
    "roc": Chart(_roc, (HALF, 4.4)),
    "deciles": Chart(_deciles, (WIDE, 3.8)),
}
