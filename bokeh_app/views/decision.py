"""The decision on its scale of points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from bokeh_app.queries.scores import ScoreSpread
from bokeh_app.sources.scoring_client import ModelCard, Score
from bokeh_app.texts import Texts

USUAL_BASE = 600  # points at the threshold, where the model's card is away
SCALE_STEP = 20
FEW = 0.01
SCALE_MARGIN = 80  # points shown on either side of the threshold, at least


@dataclass(frozen=True)
class Band:
    """A named part of the scale; `left` and `width` are percentages."""

    kind: str
    label: str
    left: float
    width: float


@dataclass(frozen=True)
class Scale:
    """The bullet scale; positions are percentages of its width."""

    low: int
    high: int
    bands: tuple[Band, ...]
    threshold: int
    threshold_left: float
    client_left: float
    text: str


@dataclass(frozen=True)
class DecisionView:
    """All that the decision's part of the page says."""

    kind: str
    sign: str
    word: str
    meaning: str
    points: str
    points_word: str
    distance: str
    risk: str
    rating: str
    rating_name: str
    rating_names: tuple[str, ...]
    rating_rate: str | None
    scale: Scale | None
    place: str | None
    reference: str
    decision_id: str
    announcement: str


def view_decision(
    texts: Texts,
    score: Score,
    model: ModelCard | None,
    spread: ScoreSpread | None = None,
) -> DecisionView:
    """Say the decision in words; without the model's card, without the scale.

    Without all clients' scores by the same model, without the place among them.
    """
    kind = score.decision
    written = texts.format
    base = round(model.points.base) if model else USUAL_BASE
    return DecisionView(
        kind=kind,
        sign=texts(f"decision.{kind}.sign"),
        word=texts(f"decision.{kind}.word"),
        meaning=texts(f"decision.{kind}.meaning"),
        points=written.number(score.points),
        points_word=texts.plural("decision.points_word", score.points),
        distance=_distance(texts, score.points, base),
        risk=texts(
            "decision.risk",
            probability=written.share(score.probability, 1),
            threshold=written.share(score.threshold, 1),
        ),
        rating=texts("decision.rating", rating=score.rating),
        rating_name=score.rating,
        rating_names=tuple(band.name for band in model.ratings) if model else (),
        rating_rate=_rating_rate(texts, score.rating, model),
        scale=_scale(texts, score, model) if model else None,
        place=place_among(texts, score, spread),
        reference=texts(
            "decision.reference",
            model=score.model_version,
            scored_at=moment(score.scored_at, texts),
        ),
        decision_id=score.decision_id,
        announcement=texts(
            "decision.announcement",
            client=score.client_id,
            word=texts(f"decision.{kind}.word"),
            points=written.number(score.points),
            rating=score.rating,
        ),
    )


def place_among(texts: Texts, score: Score, spread: ScoreSpread | None) -> str | None:
    """Say how many of all clients have a lower score, by the same model."""
    if spread is None or spread.model_version != score.model_version:
        return None
    below = spread.share_below(score.points)
    total = texts.format.number(spread.client_count)
    if below < FEW:
        return texts("place.lowest", total=total)
    # Never "100 %": somebody has as many points, if only this client.
    share = texts.format.share(min(math.floor(100 * below), 99) / 100)
    return texts("place.below", share=share, total=total)


def points_at(probability: float, model: ModelCard) -> float:
    """Return the points of a probability of default, by the model's own scale."""
    factor = model.points.pdo / math.log(2)
    distance = _log_odds(probability) - _log_odds(model.threshold)
    return model.points.base - factor * distance


def _log_odds(probability: float) -> float:
    clipped = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(clipped / (1 - clipped))


def _scale(texts: Texts, score: Score, model: ModelCard) -> Scale:
    low_risk, high_risk = model.review_band
    threshold = round(model.points.base)
    review_low = points_at(high_risk, model)
    review_high = points_at(low_risk, model)
    lowest = min(score.points, review_low, threshold - SCALE_MARGIN)
    highest = max(score.points, review_high, threshold + SCALE_MARGIN)
    low = math.floor(lowest / SCALE_STEP - 0.5) * SCALE_STEP
    high = math.ceil(highest / SCALE_STEP + 0.5) * SCALE_STEP

    def place(points: float) -> float:
        return round(100 * (points - low) / (high - low), 2)

    ends = (low, review_low, review_high, high)
    bands = tuple(
        Band(
            kind, texts(f"decision.band_{kind}"), place(start), place(end - start + low)
        )
        for kind, start, end in zip(
            ("refuse", "review", "grant"), ends[:-1], ends[1:], strict=True
        )
        if end > start
    )
    return Scale(
        low=low,
        high=high,
        bands=bands,
        threshold=threshold,
        threshold_left=place(threshold),
        client_left=place(score.points),
        text=texts(
            "decision.scale_text",
            low=low,
            high=high,
            review_low=round(review_low),
            review_high=round(review_high),
            threshold=threshold,
            points=score.points,
        ),
    )


def _distance(texts: Texts, points: int, threshold: int) -> str:
    difference = points - threshold
    written = texts.format.number(threshold)
    if difference == 0:
        return texts("decision.distance_level", threshold=written)
    side = "above" if difference > 0 else "below"
    return texts.plural(f"decision.distance_{side}", abs(difference), threshold=written)


def _rating_rate(texts: Texts, rating: str, model: ModelCard | None) -> str | None:
    band = model.rating(rating) if model else None
    if band is None or band.default_rate is None:
        return None
    count = round(100 * band.default_rate)
    if count == 0:
        return texts("decision.rating_rate.none", rating=rating)
    return texts.plural("decision.rating_rate", count, rating=rating)


def moment(scored_at: str, texts: Texts) -> str:
    """Write a time of the scoring function as people here read it."""
    try:
        moment = datetime.fromisoformat(scored_at)
    except ValueError:
        return scored_at
    local = moment.astimezone()
    pattern = "%d/%m/%Y %H:%M" if texts.language == "fr" else "%d %b %Y, %H:%M"
    return local.strftime(pattern)
