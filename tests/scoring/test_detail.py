from __future__ import annotations

import pytest

from scoring import ScoringModel
from scoring.reasons import MIN_REASON_POINTS
from tests.scoring.synthetic import FEATURES, Row

PROTECTED = {feature.name for feature in FEATURES if feature.is_protected}


def test_features_add_up_to_their_theme_and_themes_to_the_score(
    model: ScoringModel, bent_model: ScoringModel, clients: list[Row]
) -> None:
    for one in (model, bent_model):
        for row in clients[:50]:
            detail, score = one.detail(row), one.score(row)
            for theme in detail.themes:
                total = sum(part.points for part in theme.features)
                assert total == pytest.approx(theme.points, abs=1e-9)
            total = detail.base_points + sum(theme.points for theme in detail.themes)
            assert total == pytest.approx(score.unrounded_points, abs=1e-8)


def test_themes_and_reasons_are_those_of_the_score(
    model: ScoringModel, clients: list[Row]
) -> None:
    for row in clients[:20]:
        detail, score = (
            model.detail(row, language="en"),
            model.score(row, language="en"),
        )
        assert detail.reasons == score.reasons
        assert [(one.theme, one.label, one.points) for one in detail.themes] == [
            tuple(one) for one in score.contributions
        ]


def test_protected_features_are_counted_and_never_named(
    model: ScoringModel, clients: list[Row]
) -> None:
    assert PROTECTED
    named = {f.name for f in FEATURES} - PROTECTED
    for row in clients[:20]:
        themes = model.detail(row, language="en").themes
        parts = [part for theme in themes for part in theme.features]
        assert {part.feature for part in parts} == {*named, None}
        hidden = [part for part in parts if part.feature is None]
        assert {part.label for part in hidden} == {
            "Data that is never cited as a reason"
        }
        assert {(part.value, part.typical) for part in hidden} == {(None, None)}


def test_a_theme_is_untold_only_where_protected_features_carry_it(
    model: ScoringModel, clients: list[Row]
) -> None:
    untold = 0
    for row in clients:
        detail = model.detail(row)
        told = {reason.theme for reason in detail.reasons}
        for theme in detail.themes:
            if theme.is_untold:
                untold += 1
                [hidden] = [p.points for p in theme.features if p.feature is None]
                assert theme.theme not in told
                assert abs(theme.points) >= MIN_REASON_POINTS
                assert hidden * theme.points > 0
                assert abs(hidden) >= abs(theme.points) / 2
    assert untold > 0
