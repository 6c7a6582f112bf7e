"""What a threshold costs, told against the cheapest one and the bank's own."""

from __future__ import annotations

from dataclasses import dataclass

from bokeh_app.cost_curve import Consequences, CostCurve
from bokeh_app.sources.scoring_client import ModelCard
from bokeh_app.texts import Texts

LEVEL = 0.005  # a difference of cost below half a per cent is none


@dataclass(frozen=True)
class CostRow:
    """A threshold and what it leads to, as cells of the table."""

    name: str
    is_chosen: bool
    cells: tuple[str, ...]


@dataclass(frozen=True)
class CostsView:
    """Sentences, sliders and table of one ratio and threshold.

    Attributes
    ----------
    ratio : int
    place, last_place : int
        Of the threshold on its slider.
    ratio_text, threshold_text : str
        What the sliders stand at, in words.
    """

    ratio: int
    ratio_text: str
    place: int
    last_place: int
    threshold_text: str
    words: str
    rows: tuple[CostRow, ...]
    has_money: bool


def view_costs(
    texts: Texts, model: ModelCard, curve: CostCurve, place: int
) -> CostsView:
    """Tell what the chosen threshold leads to, and what the cheapest one would."""
    chosen = curve.at(place)
    best = curve.at(curve.nearest(curve.closed_form))
    own = curve.at(curve.nearest(model.threshold))
    written = texts.format
    return CostsView(
        ratio=round(curve.ratio),
        ratio_text=texts(
            "portfolio.costs.ratio_value", ratio=written.number(curve.ratio)
        ),
        place=place,
        last_place=len(curve.thresholds) - 1,
        threshold_text=_threshold(texts, chosen),
        words=_words(texts, chosen, best),
        rows=(
            CostRow(texts("portfolio.costs.chosen"), True, _cells(texts, chosen)),
            CostRow(texts("portfolio.costs.best"), False, _cells(texts, best)),
            CostRow(texts("portfolio.costs.own"), False, _cells(texts, own)),
        ),
        has_money=chosen.money is not None,
    )


def _threshold(texts: Texts, found: Consequences) -> str:
    return texts.format.share(found.threshold, 1)


def _words(texts: Texts, chosen: Consequences, best: Consequences) -> str:
    written = texts.format
    more = chosen.cost / best.cost - 1 if best.cost else 0.0
    if abs(more) < LEVEL:
        against = texts("portfolio.costs.level")
    else:
        key = "dearer" if more > 0 else "cheaper"
        against = texts(
            f"portfolio.costs.{key}",
            share=written.share(abs(more)),
            best=_threshold(texts, best),
        )
    told = texts(
        "portfolio.costs.words",
        threshold=_threshold(texts, chosen),
        granted=written.share(chosen.granted_share),
        defaults=_share_or_nobody(texts, chosen.default_share),
        refused=written.share(chosen.refused_good_share),
    )
    return f"{told} {against}"


def _share_or_nobody(texts: Texts, share: float | None) -> str:
    return texts.format.share(0 if share is None else share, 1)


def _cells(texts: Texts, found: Consequences) -> tuple[str, ...]:
    written = texts.format
    cells = (
        _threshold(texts, found),
        written.share(found.granted_share),
        _share_or_nobody(texts, found.default_share),
        written.share(found.refused_good_share),
        written.number(found.cost, 3),
    )
    return cells if found.money is None else (*cells, written.number(found.money))
