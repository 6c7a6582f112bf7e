"""What the model looks at: by theme and by feature, in points and in gain."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from scoring import Feature, PointsScale, Theme
from training.evaluation.sampling import sample_of

_TOP_FEATURES = 20


def importance(
    booster: lightgbm.Booster,
    matrix: NDArray[np.float32],
    features: Sequence[Feature],
    themes: Sequence[Theme],
    scale: PointsScale,
    slope: float,
    seed: int,
) -> dict[str, Any]:
    """Measure how far features and themes move the score of a client, on average.

    Parameters
    ----------
    booster : lightgbm.Booster
    matrix : ndarray of shape (n_clients, n_features)
    features : sequence of Feature
    themes : sequence of Theme
    scale : PointsScale
    slope : float
        Of the calibration line: log-odds per margin.
    seed : int
        Of the sample of clients.

    Returns
    -------
    dict
        ``themes`` and ``features``, each a list by falling mean absolute points, taken
        from exact SHAP values of at most 1,000 clients; features also have their share
        of the trees' gain.
    """
    sample = matrix[sample_of(len(matrix), seed)]
    shap_values = np.asarray(booster.predict(sample, pred_contrib=True))[:, :-1]
    points = -scale.factor * slope * shap_values
    gain = booster.feature_importance("gain")
    gain_share = gain / max(float(gain.sum()), np.finfo(float).tiny)
    return {
        "sampled_clients": len(sample),
        "themes": _by_theme(points, gain_share, features, themes),
        "features": _by_feature(points, gain_share, features),
        "unused_features": int((gain == 0).sum()),
    }


def with_importance(
    themes: Sequence[Theme], measured: Sequence[Mapping[str, Any]]
) -> tuple[Theme, ...]:
    """Return the themes with what `importance` measured of each."""
    points = {row["theme"]: row["mean_absolute_points"] for row in measured}
    return tuple(replace(theme, importance=points[theme.code]) for theme in themes)


def _by_theme(
    points: NDArray[np.float64],
    gain_share: NDArray[np.float64],
    features: Sequence[Feature],
    themes: Sequence[Theme],
) -> list[dict[str, Any]]:
    rows = []
    for theme in themes:
        inside = np.array([feature.theme == theme.code for feature in features])
        rows.append(
            {
                "theme": theme.code,
                "label_fr": theme.label_fr,
                "label_en": theme.label_en,
                "features": int(inside.sum()),
                "mean_absolute_points": float(
                    np.abs(points[:, inside].sum(axis=1)).mean()
                ),
                "gain_share": float(gain_share[inside].sum()),
            }
        )
    return sorted(rows, key=lambda row: -row["mean_absolute_points"])


def _by_feature(
    points: NDArray[np.float64],
    gain_share: NDArray[np.float64],
    features: Sequence[Feature],
) -> list[dict[str, Any]]:
    strength = np.abs(points).mean(axis=0)
    return [
        {
            "name": features[position].name,
            "label_fr": features[position].label_fr,
            "label_en": features[position].label_en,
            "theme": features[position].theme,
            "mean_absolute_points": float(strength[position]),
            "gain_share": float(gain_share[position]),
        }
        for position in np.argsort(-strength, kind="stable")[:_TOP_FEATURES]
    ]
