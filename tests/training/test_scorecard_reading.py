"""The scorecard as people read it, beside the trees."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scoring.synthetic import FEATURES
from training.evaluation.scorecard_reading import scorecard_reading


def bin_of(feature: str, label: str, points: float) -> dict[str, Any]:
    return {
        "feature": feature,
        "bin": label,
        "share": 0.25,
        "default_rate": 0.1,
        "woe": points / 50,
        "points": points,
    }


class Card:
    """Two features: one cut by value, one by code."""

    def table(self) -> list[dict[str, Any]]:
        years, code = "application_employment_years", "application_income_type"
        return [
            bin_of(years, "[-∞, 0.4)", -20.0),
            bin_of(years, "[0.4, 5.7)", 3.0),
            bin_of(years, "[5.7, ∞)", 30.0),
            bin_of(years, "missing", 1.0),
            bin_of(code, "Working, Pensioner", -4.0),
            bin_of(code, "A code, with a comma", 2.0),
        ]

    def importances(self) -> list[dict[str, Any]]:
        weighed = {"coefficient": -0.9, "information_value": 0.1, "points_range": 50.0}
        return [
            {"feature": name, "mean_absolute_points": points} | weighed
            for name, points in (
                ("application_income_type", 2.5),
                ("application_employment_years", 14.0),
            )
        ]


@pytest.fixture(scope="module")
def reading() -> dict[str, Any]:
    trees = {"application_employment_years": 5.0, "application_credit_amount": 1.0}
    return scorecard_reading(Card(), FEATURES, trees)


FRENCH = ("moins de 5 mois", "5 mois à 5,7 ans", "à partir de 5,7 ans", "non renseigné")
ENGLISH = ("below 5 months", "5 months to 5.7 years", "from 5.7 years", "not known")


@pytest.mark.parametrize(("language", "labels"), [("fr", FRENCH), ("en", ENGLISH)])
def test_a_bin_is_told_with_the_feature_s_unit(
    reading: dict[str, Any], language: str, labels: tuple[str, ...]
) -> None:
    bins = reading["features"][0]["bins"]
    told = tuple(row[f"label_{language}"].replace("\u00a0", " ") for row in bins)
    assert told == labels


def test_codes_are_told_by_their_labels_where_they_are_known(
    reading: dict[str, Any],
) -> None:
    bins = reading["features"][1]["bins"]
    assert [row["label_fr"] for row in bins] == [
        "Salarié, Retraité",
        "A code, with a comma",
    ]


def test_the_feature_that_moves_most_points_comes_first_with_the_trees_beside_it(
    reading: dict[str, Any],
) -> None:
    first, second = reading["features"]
    assert first["name"] == "application_employment_years"
    assert (first["tree_points"], second["tree_points"]) == (5.0, 0.0)
    assert (reading["tree_features"], reading["more_features"]) == (2, 0)
