"""The report's charts, as inline SVG with real text."""

import io
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from training.report.words import Language, number, percent, word

# Okabe and Ito's palette: told apart by all kinds of colour vision.
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, GREY, INK = "#CC79A7", "#56B4E9", "#8A8F98", "#1F2933"

_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "credit-scoring-report",
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E4E7EB",
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "legend.frameon": False,
}

# Markers of the thresholds, told apart by shape as well as by colour.
_MARKS = {
    "business": ("o", BLUE),
    "empirical": ("X", SKY),
    "f2": ("^", GREEN),
    "f1": ("s", ORANGE),
    "half": ("D", RED),
}

Document = Mapping[str, Any]
Draw = Callable[[Axes, Document, Language], None]


def draw_all(document: Document, language: Language) -> dict[str, str]:
    """Draw every chart of the report.

    Parameters
    ----------
    document : mapping
        The report's document.
    language : {"fr", "en"}

    Returns
    -------
    dict of str to str
        SVG by name of the chart.
    """
    return {
        name: _svg(draw, document, language, size)
        for name, (draw, size) in _CHARTS.items()
    }


def _svg(
    draw: Draw, document: Document, language: Language, size: tuple[float, float]
) -> str:
    with _style():
        figure = Figure(figsize=size, layout="constrained")
        figure.patch.set_alpha(0)
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        axes.patch.set_alpha(0)
        draw(axes, document, language)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def _style() -> AbstractContextManager[None]:
    return matplotlib.rc_context(_STYLE)


def _percent_axis(axis: Any, language: Language) -> None:
    axis.set_major_formatter(FuncFormatter(lambda x, _: percent(x, 0, language)))


def _cost_against_threshold(axes: Axes, document: Document, language: Language) -> None:
    curve = document["cost_curve"]
    axes.plot(curve["threshold"], curve["cost_per_client"], color=INK, linewidth=1.8)
    low, high = document["review_band"]
    axes.axvspan(
        low,
        high,
        color=SKY,
        alpha=0.3,
        linewidth=0,
        label=word("review_band", language),
    )
    rows = {row["name"]: row for row in document["thresholds"]}
    end = max(0.55, 1.1 * rows["f1"]["threshold"])
    for name, (marker, colour) in _MARKS.items():
        row = rows[name]
        axes.plot(
            row["threshold"],
            row["cost_per_client"],
            marker=marker,
            color=colour,
            markersize=10,
            markeredgecolor="white",
            linestyle="none",
            label=f"{word(name, language)} ({percent(row['threshold'], 1, language)})",
        )
    everyone = rows["everyone"]["cost_per_client"]
    axes.axhline(
        everyone,
        color=GREY,
        linestyle="--",
        label=word("grant_everyone", language),
    )
    lowest = rows["empirical"]["cost_per_client"]
    axes.set_xlim(0, end)
    axes.set_ylim(lowest * 0.85, everyone * 1.25)
    axes.set_xlabel(word("threshold_axis", language))
    axes.set_ylabel(word("cost_axis", language))
    _percent_axis(axes.xaxis, language)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: number(y, 2, language)))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)


def _ratings(axes: Axes, document: Document, language: Language) -> None:
    bands = [band for band in document["ratings"] if band["default_rate"] is not None]
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
    _percent_axis(axes.yaxis, language)


def _points(axes: Axes, document: Document, language: Language) -> None:
    histogram = document["points_histogram"]
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
        document["points"]["base"], color=INK, label=word("threshold_points", language)
    )
    axes.set_xlabel(word("points_axis", language))
    axes.set_ylabel(word("share_of_group", language))
    _percent_axis(axes.yaxis, language)
    axes.legend(loc="upper left")


def _reliability(axes: Axes, document: Document, language: Language) -> None:
    groups = document["reliability"]
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
    _percent_axis(axes.xaxis, language)
    _percent_axis(axes.yaxis, language)
    axes.legend(loc="upper left")


def _roc(axes: Axes, document: Document, language: Language) -> None:
    curve = document["roc"]
    auc = document["metrics"]["auc"]["value"]
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
    business = next(r for r in document["thresholds"] if r["name"] == "business")
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
    _percent_axis(axes.xaxis, language)
    _percent_axis(axes.yaxis, language)
    axes.legend(loc="lower right")


def _deciles(axes: Axes, document: Document, language: Language) -> None:
    rows = document["deciles"]
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
    training = document["training"]["rows"]
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
    _percent_axis(axes.yaxis, language)
    axes.legend()


def _themes(axes: Axes, document: Document, language: Language) -> None:
    rows = document["importance"]["themes"][::-1]
    labels = [row[f"label_{language}"] for row in rows]
    values = [row["mean_absolute_points"] for row in rows]
    bars = axes.barh(labels, values, color=BLUE, height=0.65)
    axes.bar_label(bars, [number(value, 1, language) for value in values], padding=4)
    axes.grid(axis="y", visible=False)
    axes.margins(x=0.12)
    axes.set_xlabel(word("points_moved", language))


_CHARTS: dict[str, tuple[Draw, tuple[float, float]]] = {
    "cost": (_cost_against_threshold, (8.6, 5.2)),
    "ratings": (_ratings, (5.6, 3.8)),
    "points": (_points, (5.6, 3.8)),
    "reliability": (_reliability, (5.6, 4.4)),
    "roc": (_roc, (5.6, 4.4)),
    "deciles": (_deciles, (8.6, 3.8)),
    "themes": (_themes, (8.6, 3.9)),
}
