"""What the manager's page shows, as tables to take away."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from bokeh_app.cost_curve import CostCurve
from bokeh_app.queries.activity import Activity
from bokeh_app.queries.catalogue import Catalogue
from bokeh_app.queries.scores import ScoreSpread
from bokeh_app.sources.scoring_client import Drift, Evidence, Group, Moved, Rate
from bokeh_app.texts import Texts
from bokeh_app.views.activity import OWN_DECISIONS
from bokeh_app.views.drift import feature_label
from bokeh_app.views.exports import Sheet, Value
from bokeh_app.views.fairness import DIVISIONS, group_name
from bokeh_app.views.find import DECISIONS
from bokeh_app.views.spread import STEP


def activity_sheet(texts: Texts, activity: Activity) -> Sheet:
    """Return every day with the model's and the advisors' decisions."""
    decided, reviewed = activity.decided(), activity.reviewed()
    return Sheet(
        "activity",
        [
            texts("portfolio.activity.day"),
            *_by(texts, "portfolio.activity.by_model", DECISIONS),
            *_by(texts, "portfolio.activity.by_advisors", OWN_DECISIONS),
        ],
        [
            [
                day.isoformat(),
                *(decided[day, kind] for kind in DECISIONS),
                *(reviewed[day, kind] for kind in OWN_DECISIONS),
            ]
            for day in activity.days
        ],
    )


def spread_sheet(texts: Texts, spread: ScoreSpread) -> Sheet:
    """Return clients by band of points, rating and decision."""
    counts: Counter[tuple[int, str, str]] = Counter()
    for cell in spread.cells:
        band = math.floor(cell.points / STEP)
        counts[band, cell.rating, cell.decision] += cell.client_count
    points = texts("portfolio.spread.points")
    return Sheet(
        "spread",
        [
            texts("population.sheet_from", label=points),
            texts("population.sheet_to", label=points),
            texts("filters.rating"),
            *(texts(f"decision.{kind}.word") for kind in DECISIONS),
        ],
        [
            [
                band * STEP,
                (band + 1) * STEP - 1,
                rating,
                *(counts[band, rating, kind] for kind in DECISIONS),
            ]
            for band, rating in sorted({place[:2] for place in counts})
        ],
    )


def drift_sheet(texts: Texts, drift: Drift) -> Sheet:
    """Return how far the score and each feature told of have moved."""
    rows: list[list[Value]] = []
    if drift.score is not None:
        score = texts("portfolio.spread.points")
        rows.append([score, *_moved(texts, drift.score), None, None])
    for one in drift.features:
        moved = _moved(texts, one)
        label = feature_label(texts, one)
        rows.append([label, *moved, one.missing_before, one.missing_now])
    unknown = texts("portfolio.drift.unknown")
    return Sheet(
        "drift",
        [
            texts("portfolio.drift.variable"),
            texts("portfolio.drift.index"),
            texts("portfolio.drift.by_chance"),
            texts("portfolio.drift.reading"),
            texts("portfolio.drift.sheet_before", label=unknown),
            texts("portfolio.drift.sheet_now", label=unknown),
        ],
        rows,
    )


def costs_sheet(texts: Texts, curve: CostCurve) -> Sheet:
    """Return what every threshold of the curve leads to, for the ratio chosen."""
    names = ("threshold", "granted", "defaults", "refused", "cost", "money")
    return Sheet(
        "costs",
        [
            texts("portfolio.costs.ratio"),
            *(texts(f"portfolio.costs.{name}") for name in names),
        ],
        [
            [
                curve.ratio,
                found.threshold,
                found.granted_share,
                found.default_share,
                found.refused_good_share,
                found.cost,
                found.money,
            ]
            for found in map(curve.at, range(len(curve.thresholds)))
        ],
    )


def fairness_sheet(texts: Texts, catalogue: Catalogue, evidence: Evidence) -> Sheet:
    """Return the groups' rates with their intervals; too small a group has none."""
    rates = ("approval", "caught", "wronged", "observed", "predicted")
    ends = ("population.sheet_from", "population.sheet_to")
    headings = [texts(f"portfolio.fairness.{name}") for name in rates]
    return Sheet(
        "fairness",
        [
            texts("portfolio.fairness.group"),
            texts("portfolio.spread.clients"),
            *(
                heading
                for label in headings
                for heading in (label, *(texts(end, label=label) for end in ends))
            ),
        ],
        [
            [
                group_name(texts, catalogue, division, group.group),
                group.clients,
                *_rates(group),
            ]
            for division in DIVISIONS
            for group in evidence.fairness.get(division, ())
        ],
    )


def _by(texts: Texts, key: str, kinds: tuple[str, ...]) -> Iterator[str]:
    return (f"{texts(key)} - {texts(f'decision.{kind}.word')}" for kind in kinds)


def _moved(texts: Texts, moved: Moved) -> tuple[float, float, str]:
    verdict = texts(f"portfolio.drift.verdict.{moved.verdict}")
    return moved.index, moved.by_chance, verdict


def _rates(group: Group) -> Iterator[float | None]:
    rates: tuple[Rate | None, ...] = (
        group.approval_rate,
        group.true_positive_rate,
        group.false_positive_rate,
        group.default_rate,
        group.predicted_rate,
    )
    for rate in rates:
        known = rate if group.is_compared else None
        for end in ("value", "low", "high"):
            yield None if known is None else getattr(known, end)
