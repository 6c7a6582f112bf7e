"""How to read the model: three importances, dependence, pairs, and its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from scoring import Reasoning
from training.evaluation.dependence import dependence
from training.evaluation.interactions import interactions
from training.evaluation.permutation import Loss, permutation_losses
from training.evaluation.reason_audit import reason_audit
from training.evaluation.sampling import sample_of
from training.learners import Matrix, Outcomes
from training.learners.cross_validation import OutOfFold

Floats = NDArray[np.float64]

_COMPARED = 15
_SHOWN_THEMES = 6


@dataclass(frozen=True)
class Interpreted:
    """A trained model, and the clients to read it with.

    Attributes
    ----------
    booster : lightgbm.Booster
        As shipped.
    reasoning : Reasoning
        Of that booster.
    points_per_margin : float
        Points that one unit of margin is worth; negative.
    matrix : ndarray of shape (n_clients, n_features)
    is_default : ndarray of shape (n_clients,)
    is_granted : ndarray of shape (n_clients,)
    found : OutOfFold
        Of the same clients, by models of the same recipe.
    """

    booster: lightgbm.Booster
    reasoning: Reasoning
    points_per_margin: float
    matrix: Matrix
    is_default: Outcomes
    is_granted: NDArray[np.bool_]
    found: OutOfFold


def interpretation(subject: Interpreted, seed: int) -> dict[str, Any]:
    """Gather the figures of the report's section.

    Parameters
    ----------
    subject : Interpreted
    seed : int
        Of every sample and shuffle.

    Returns
    -------
    dict
        ``themes`` and ``features``, importance by gain, by permutation and by SHAP
        values side by side; ``agreement``, their rank correlations; ``sum_error``, the
        largest distance of a client's SHAP values from their margin, in points;
        ``dependence``, ``interactions`` and ``reasons``.
    """
    sample = sample_of(len(subject.matrix), seed)
    shap_values = np.asarray(
        subject.booster.predict(subject.matrix[sample], pred_contrib=True)
    )
    margins = np.asarray(
        subject.booster.predict(subject.matrix[sample], raw_score=True)
    )
    points = subject.points_per_margin * shap_values[:, :-1]
    strength = np.abs(points).mean(axis=0)
    strongest = np.argsort(-strength, kind="stable")
    error = np.abs(shap_values.sum(axis=1) - margins).max()
    return {
        "sampled_clients": sample.size,
        "sum_error": float(error * abs(subject.points_per_margin)),
        **_importances(subject, points, strongest, seed),
        "dependence": [
            dependence(
                subject.reasoning.features[position],
                subject.matrix[:, position],
                subject.is_default,
                sample,
                points[:, position],
            )
            for position in _first_of_themes(subject.reasoning, points, strongest)
        ],
        "interactions": interactions(
            subject.booster,
            subject.matrix[sample],
            subject.reasoning.features,
            strongest,
            subject.points_per_margin,
        ),
        "reasons": reason_audit(
            subject.reasoning, subject.matrix, subject.is_granted, seed
        ),
    }


def _importances(
    subject: Interpreted, points: Floats, strongest: NDArray[np.intp], seed: int
) -> dict[str, Any]:
    gain = np.asarray(subject.booster.feature_importance("gain"), dtype=np.float64)
    gain /= max(float(gain.sum()), np.finfo(float).tiny)
    compared = _union(
        strongest[:_COMPARED], np.argsort(-gain, kind="stable")[:_COMPARED]
    )
    themes = subject.reasoning.themes
    by_theme = [
        np.flatnonzero(subject.reasoning.theme_of_feature == index)
        for index in range(len(themes))
    ]
    losses = permutation_losses(
        subject.found,
        subject.matrix,
        subject.is_default,
        [*by_theme, *(np.array([position]) for position in compared)],
        seed,
    )
    theme_rows = [
        _row(theme, points[:, columns], gain[columns], loss) | {"theme": theme.code}
        for theme, columns, loss in zip(
            themes, by_theme, losses[: len(themes)], strict=True
        )
    ]
    feature_rows = [
        _row(
            subject.reasoning.features[position],
            points[:, [position]],
            gain[[position]],
            loss,
        )
        | {
            "name": subject.reasoning.features[position].name,
            "theme": subject.reasoning.features[position].theme,
        }
        for position, loss in zip(compared, losses[len(themes) :], strict=True)
    ]
    return {
        "themes": _by_points(theme_rows),
        "features": _by_points(feature_rows),
        "agreement": _agreement(feature_rows),
    }


def _row(labelled: Any, points: Floats, gain: Floats, loss: Loss) -> dict[str, Any]:
    return {
        "label_fr": labelled.label_fr,
        "label_en": labelled.label_en,
        "gain_share": float(gain.sum()),
        "auc_loss": loss.value,
        "auc_loss_spread": loss.spread,
        "mean_absolute_points": float(np.abs(points.sum(axis=1)).mean()),
    }


def _by_points(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: -row["mean_absolute_points"])


def _agreement(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Return Spearman's rank correlation of each two importances."""
    kinds = ("gain_share", "auc_loss", "mean_absolute_points")
    values = [[row[kind] for row in rows] for kind in kinds]
    pairs = {
        "gain_permutation": (0, 1),
        "gain_shap": (0, 2),
        "permutation_shap": (1, 2),
    }
    return {
        name: float(spearmanr(values[first], values[second]).statistic)
        for name, (first, second) in pairs.items()
    }


def _union(first: NDArray[np.intp], second: NDArray[np.intp]) -> list[int]:
    return [int(i) for i in dict.fromkeys([*first.tolist(), *second.tolist()])]


def _first_of_themes(
    reasoning: Reasoning, points: Floats, strongest: NDArray[np.intp]
) -> list[int]:
    """Return the strongest feature of each of the themes that move scores most."""
    of_theme = reasoning.theme_of_feature
    moved = [
        float(np.abs(points[:, of_theme == index].sum(axis=1)).mean())
        for index in range(len(reasoning.themes))
    ]
    first_themes = np.argsort(-np.array(moved), kind="stable")[:_SHOWN_THEMES]
    return [
        int(strongest[of_theme[strongest] == theme][0])
        for theme in first_themes
        if moved[theme] > 0
    ]
