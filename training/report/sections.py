"""The registry of the report's sections: what there is, in which order.

A section is a template, ``templates/sections/<name>.html.j2``. Charts that no other
section draws stand in ``charts/<name>.py``. The template finds the whole document as
``report``, the part that its section needs as ``figures``, and draws with
``chart(name)`` from ``report`` or ``chart(name, part)`` from a part of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from training.report.charts import (
    calibration_methods,
    candidates,
    drift,
    interpretation,
    money,
    ranking,
    ratings,
    scorecard,
    search,
    themes,
    threshold,
)
from training.report.charts.drawing import Chart, Data


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the page.

    Attributes
    ----------
    name : str
        Of the template and of the place in the page.
    title : tuple of str
        In French and in English, like all pairs below.
    charts : mapping of str to Chart
        By the name under which the template draws them.
    needs : str or None
        Key of the document without which the section cannot be made.
    how : tuple of str
        How to get that key, as a sentence's end; empty where every report has it.
    """

    name: str
    title: tuple[str, str]
    charts: Mapping[str, Chart]
    needs: str | None = None
    how: tuple[str, str] = ("", "")

    def is_in(self, document: Data) -> bool:
        """Tell whether a document holds what the section needs."""
        return self.needs is None or document.get(self.needs) is not None


_BY_TRAINING = (
    "un nouvel entraînement le donne, par python -m training run",
    "another training gives it, by python -m training run",
)

# For everybody: read from top to bottom.
FIRST_PAGE: tuple[Section, ...] = (
    Section("decisions", ("Ce que le modèle décide", "What the model decides"), {}),
    Section("threshold", ("Pourquoi ce seuil", "Why this threshold"), threshold.CHARTS),
    Section(
        "ratings",
        ("Des notes qui veulent dire quelque chose", "Ratings that mean something"),
        ratings.CHARTS,
    ),
    Section(
        "themes",
        ("Ce qui compte dans le score", "What counts in the score"),
        themes.CHARTS,
    ),
    Section(
        "limits",
        (
            "Ce que ces données ne peuvent pas dire",
            "What these data cannot say",
        ),
        {},
    ),
)

# For who wants to check: opened one by one.
TECHNICAL_PART: tuple[Section, ...] = (
    Section(
        "ranking", ("Ordre et justesse", "Ranking and calibration"), ranking.CHARTS
    ),
    Section(
        "held_out",
        ("Sur des clients mis de côté", "On clients held out"),
        {},
        needs="held_out",
        how=(
            "il faut au moins dix clients mis de côté de chaque issue",
            "at least ten held-out clients of either outcome are needed",
        ),
    ),
    Section(
        "interpretation",
        ("Comment lire le modèle", "How to read the model"),
        interpretation.CHARTS,
        needs="interpretation",
        how=(
            "réentraîner avec « python -m training run ».",
            "train again with “python -m training run”.",
        ),
    ),
    Section(
        "scorecard",
        (
            "Une grille de score à côté des arbres",
            "A scorecard beside the trees",
        ),
        scorecard.CHARTS,
        needs="scorecard",
        how=(
            "réentraîner avec « python -m training run ».",
            "train again with “python -m training run”.",
        ),
    ),
    Section(
        "candidates",
        ("Qu'aurait-on pu entraîner d'autre ?", "What else could have been trained?"),
        candidates.CHARTS,
        needs="candidates",
        how=(
            "lancer python -m training candidates, puis entraîner de nouveau.",
            "run python -m training candidates, then train again.",
        ),
    ),
    Section(
        "money",
        ("Ce que coûte chaque façon de décider", "What each way to decide costs"),
        money.CHARTS,
        needs="money",
        how=_BY_TRAINING,
    ),
    Section(
        "cost_ratios",
        ("Si les coûts étaient autres", "If costs were others"),
        {},
        needs="cost_ratios",
        how=_BY_TRAINING,
    ),
    Section(
        "calibration_methods",
        ("Quelle calibration", "Which calibration"),
        calibration_methods.CHARTS,
        needs="calibration_methods",
        how=_BY_TRAINING,
    ),
    Section(
        "fairness",
        ("Les groupes sont-ils traités de même ?", "Are groups treated alike?"),
        {},
        needs="fairness",
        how=_BY_TRAINING,
    ),
    Section(
        "drift",
        ("La population a-t-elle changé ?", "Has the population changed?"),
        drift.CHARTS,
        needs="drift",
        how=_BY_TRAINING,
    ),
    Section(
        "search",
        ("De meilleurs réglages ?", "Better settings?"),
        search.CHARTS,
        needs="search",
        how=(
            "lancer « python -m training search », avec et sans --nested, puis run",
            "do `python -m training search`, with and without --nested, then run",
        ),
    ),
    Section(
        "selection",
        ("Moins de variables ?", "Fewer features?"),
        {},
        needs="selection",
        how=(
            "lancer « python -m training variants », puis run",
            "do `python -m training variants`, then run",
        ),
    ),
    Section(
        "constraints",
        ("Un sens imposé aux variables ?", "Features bound to a direction?"),
        {},
        needs="constraints",
        how=(
            "lancer « python -m training variants », puis run",
            "do `python -m training variants`, then run",
        ),
    ),
    Section(
        "method",
        ("Comment cela a été mesuré", "How this was measured"),
        {},
    ),
)
