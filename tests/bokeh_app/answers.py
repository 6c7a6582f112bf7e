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


def an_explanation(**changes: Any) -> dict[str, Any]:
    score = a_score()
    return {
        "decision_id": score["decision_id"],
        "model_version": score["model_version"],
        "points": score["points"],
        "base_points": score["base_points"],
        "contributions": [
            {
                **part,
                "is_untold": part["theme"] == "credit_request",
                "features": [
                    {
                        "feature": f"{part['theme']}_{number}",
                        "label": f"Donnée {number}",
                        "value": "12",
                        "typical": "3",
                        "points": part["points"] / 15,
                    }
                    for number in range(15)
                ],
            }
            for part in score["contributions"]
        ],
        "reasons": score["reasons"],
        **changes,
    }


def a_request(**changes: Any) -> dict[str, Any]:
    def number(field: str, current: float | None, low: float, high: float) -> Any:
        bounds = {"minimum": low, "maximum": high}
        return {"kind": "number", "field": field, "current": current, **bounds}

    return {
        "client_id": 100002,
        "fields": [
            number("credit_amount", 406597.5, 10_000, 10_000_000),
            number("annuity_amount", 24700.5, 500, 1_000_000),
            number("term_months", 16.46, 6, 72),
            number("employment_years", None, 0, 60),
            {
                "kind": "choice",
                "field": "housing_type",
                "current": "With parents",
                "choices": ["House / apartment", "With parents"],
            },
            {"kind": "flag", "field": "has_realty", "current": None},
        ],
        **changes,
    }


def a_simulation(**changes: Any) -> dict[str, Any]:
    score = a_score()
    names = ("client_id", "probability", "points", "rating", "decision")
    outcome = {name: score[name] for name in names}
    return {
        **outcome,
        "is_simulation": True,
        "base_points": score["base_points"],
        "contributions": score["contributions"],
        "current": outcome,
        "changes": [],
        "model_version": score["model_version"],
        **changes,
    }


def a_review(**changes: Any) -> dict[str, Any]:
    return {
        "review_id": "6d0cf1ab-9c55-4a2e-8e43-4c6c4a0c9e52",
        "decision_id": a_score()["decision_id"],
        "reviewed_at": "2026-01-06T10:05:00Z",
        "decision": "grant",
        "motive": "Bulletins de salaire vus.",
        "advisor": "alice",
        **changes,
    }
