"""Answers of the scoring function, as the agreed documents have them."""

from __future__ import annotations

from typing import Any

THEMES = {
    "external_scores": -61.25,
    "credit_request": -12.4,
    "income_employment": 3.3,
    "payment_discipline": -0.2,
}


def a_score(**changes: Any) -> dict[str, Any]:
    base_points = 629.3
    return {
        "client_id": 100002,
        "probability": 0.1713,
        "points": round(base_points + sum(THEMES.values())),
        "rating": "D",
        "decision": "refuse",
        "threshold": 1 / 11,
        "base_points": base_points,
        "contributions": [
            {"theme": theme, "label": theme.replace("_", " "), "points": points}
            for theme, points in THEMES.items()
        ],
        "reasons": [
            {
                "theme": "external_scores",
                "label": "Scores externes",
                "direction": "against",
                "contribution": -61.25,
                "feature": "application_external_score_mean",
                "value": "0,16",
                "typical": "0,53",
                "sentence": "Le score externe moyen est de 0,16.",
            },
            {
                "theme": "income_employment",
                "label": "Revenu et emploi",
                "direction": "in_favour",
                "contribution": 3.3,
                "sentence": "Le revenu est de 202 500.",
            },
        ],
        "model_version": "20260101-120000",
        "decision_id": "0f8fad5b-d9cb-469f-a165-70867728950e",
        "scored_at": "2026-01-05T09:30:00+00:00",
        **changes,
    }


def a_model(**changes: Any) -> dict[str, Any]:
    return {
        "version": "20260101-120000",
        "threshold": 1 / 11,
        "review_band": [0.08, 0.105],
        "points": {"base": 600.0, "pdo": 40.0},
        "ratings": [
            {"name": "A", "min_points": 680.0, "default_rate": 0.02},
            {"name": "D", "min_points": 540.0, "default_rate": 0.21},
            {"name": "E", "min_points": None, "default_rate": None},
        ],
        **changes,
    }
