"""The trials of a search in their order, and the best so far."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from training.report.charts.drawing import BLUE, GREY, ORANGE, WIDE, Chart, Data
from training.report.words import Language, number


def _history(axes: Axes, data: Data, language: Language) -> None:
    measure = data["objective"]
    tried = [trial for trial in data["trials"] if trial[measure] is not None]
    numbers = np.array([trial["number"] + 1 for trial in tried])
    values = np.array([trial[measure] for trial in tried])
    defaults = data["defaults"][measure]
    better = np.minimum if measure == "cost" else np.maximum
    axes.plot(
        numbers,
        values,
        "o",
        color=GREY,
        label={"fr": "Un essai", "en": "One trial"}[language],
    )
    axes.step(
        numbers,
        better(better.accumulate(values), defaults),
        where="post",
        color=BLUE,
        label={"fr": "Meilleur jusque-là", "en": "Best so far"}[language],
    )
    axes.axhline(
        defaults,
        color=ORANGE,
        linestyle="--",
        label={"fr": "Réglages par défaut", "en": "Defaults"}[language],
    )
    spread = abs(np.percentile(values, 75) - defaults) or 0.01
    # A few hopeless trials must not flatten the others.
    far = [defaults - 3 * spread, defaults + 3 * spread]
    axes.set_ylim(
        max(far[0], min(values.min(), defaults) - 0.2 * spread),
        min(far[1], max(values.max(), defaults) + 0.2 * spread),
    )
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: number(y, 3, language)))
    axes.set_xlabel({"fr": "Essai", "en": "Trial"}[language])
    axes.set_ylabel(
        {
            "cost": {"fr": "Coût moyen par client", "en": "Mean cost per client"},
            "auc": {"fr": "AUC", "en": "AUC"},
        }[measure][language]
    )
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3)


CHARTS = {"search_history": Chart(_history, (WIDE, 3.6))}
