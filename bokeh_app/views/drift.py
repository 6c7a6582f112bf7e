"""Whether clients are still those that the model learned from."""

from __future__ import annotations

from dataclasses import dataclass

from bokeh_app.sources.scoring_client import Drift, MovedFeature
from bokeh_app.texts import Texts

SHOWN = 15
WATCH, ACT = 0.10, 0.25
FULL_WIDTH = 0.5  # index that fills the whole bar


@dataclass(frozen=True)
class MovedView:
    """A variable that has moved; `width` is a percentage."""

    label: str
    index: str
    width: float
    verdict: str
    verdict_word: str
    missing: str


@dataclass(frozen=True)
class DriftView:
    """The verdict, in a sentence each, and the variables that moved most."""

    verdict: str
    words: str
    score: str
    counts: str
    features: tuple[MovedView, ...]


def view_drift(texts: Texts, drift: Drift) -> DriftView:
    """Say first what is to be done; then of what."""
    written = texts.format
    clients = written.number(drift.clients)
    before = written.number(drift.clients_before)
    if drift.score is None:
        few = texts("portfolio.drift.too_few", clients=clients)
        return DriftView("none", few, "", "", ())
    return DriftView(
        verdict=drift.verdict,
        words=texts(
            f"portfolio.drift.words_{drift.verdict}", clients=clients, before=before
        ),
        score=texts(
            "portfolio.drift.score",
            index=written.number(drift.score.index, 3),
            verdict=texts(f"portfolio.drift.verdict.{drift.score.verdict}"),
        ),
        counts=texts(
            "portfolio.drift.counts",
            **{
                name: written.number(drift.verdicts.get(name, 0))
                for name in ("act", "watch", "stable")
            },
        ),
        features=tuple(_moved(texts, one) for one in drift.features[:SHOWN]),
    )


def feature_label(texts: Texts, feature: MovedFeature) -> str:
    """Return a feature's name in the page's language."""
    return feature.label_fr if texts.language == "fr" else feature.label_en


def _moved(texts: Texts, feature: MovedFeature) -> MovedView:
    written = texts.format
    return MovedView(
        label=feature_label(texts, feature),
        index=written.number(feature.index, 3),
        width=round(100 * min(feature.index / FULL_WIDTH, 1), 1),
        verdict=feature.verdict,
        verdict_word=texts(f"portfolio.drift.verdict.{feature.verdict}"),
        missing=texts(
            "portfolio.drift.missing",
            before=written.share(feature.missing_before),
            now=written.share(feature.missing_now),
        ),
    )
