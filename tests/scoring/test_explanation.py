from __future__ import annotations

import numpy as np
import pytest

from scoring import ScoringModel
from tests.scoring.synthetic import FEATURES, THEMES, Row


def test_shap_values_add_up_to_the_margin(
    model: ScoringModel, clients: list[Row]
) -> None:
    sums = [model.shap_values(row).sum() for row in clients]
    assert sums == pytest.approx(model.margins(clients), abs=1e-9)


def test_shap_values_start_from_the_manifest_s_base_value(
    model: ScoringModel, clients: list[Row]
) -> None:
    assert model.shap_values(clients[0])[-1] == model.manifest.base_value


def test_contributions_add_up_to_the_points(
    model: ScoringModel, clients: list[Row]
) -> None:
    for row in clients:
        score = model.score(row)
        total = score.base_points + sum(part.points for part in score.contributions)
        assert total == pytest.approx(score.unrounded_points, abs=1e-8)
        assert score.points == round(score.unrounded_points)


def test_they_add_up_under_a_bent_calibrator_too(
    bent_model: ScoringModel, clients: list[Row]
) -> None:
    for row in clients:
        score = bent_model.score(row)
        total = score.base_points + sum(part.points for part in score.contributions)
        assert total == pytest.approx(score.unrounded_points, abs=1e-8)


def test_under_a_line_a_feature_s_points_are_its_own_alone(
    model: ScoringModel, clients: list[Row]
) -> None:
    for row in clients[:50]:
        shap_values = model.shap_values(row)[:-1]
        slope = model.manifest.calibrator.slope_between(0.0, 1.0)
        for part in model.score(row).contributions:
            inside = np.array([f.theme == part.theme for f in FEATURES])
            own = -model.manifest.scale.factor * slope * shap_values[inside].sum()
            assert part.points == pytest.approx(own)


def test_every_theme_has_a_contribution(
    model: ScoringModel, clients: list[Row]
) -> None:
    themes = [part.theme for part in model.score(clients[0]).contributions]
    assert themes == [theme.code for theme in THEMES]


def test_a_contribution_is_a_plain_triple_in_the_language_asked_for(
    model: ScoringModel, clients: list[Row]
) -> None:
    theme, label, points = model.score(clients[0], language="fr").contributions[0]
    assert (theme, label) == ("external_scores", "Scores externes")
    assert isinstance(points, float)
    assert model.score(clients[0], language="en").contributions[0][1] == (
        "External scores"
    )
