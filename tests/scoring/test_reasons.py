from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from scoring import LanguageError, Reason, ScoringModel, Unit
from scoring.asking import Answer, Asking, answered_together
from scoring.explanation import Explainer, Explanation
from scoring.reasons import ReasonWriter
from tests.scoring.synthetic import FEATURES, Row


def written(
    writing: Asking[tuple[Reason, ...]], advantages: Mapping[str, Answer]
) -> tuple[Reason, ...]:
    """Answer all questions with these advantages of themes and of features."""
    [reasons] = answered_together(
        [writing],
        lambda questions: {
            place: np.concatenate(
                [
                    advantages["themes"][question.themes],
                    advantages["features"][question.features],
                ]
            )
            for place, question in questions.items()
        },
    )
    return reasons


PROTECTED = [feature for feature in FEATURES if feature.is_protected]


@pytest.fixture(scope="module")
def reasons_of_all(model: ScoringModel, clients: list[Row]) -> list[tuple[Reason, ...]]:
    return [model.score(row).reasons for row in clients]


def test_at_most_four_are_against_and_two_in_favour(
    reasons_of_all: list[tuple[Reason, ...]],
) -> None:
    for reasons in reasons_of_all:
        directions = [reason.direction for reason in reasons]
        assert directions.count("against") <= 4
        assert directions.count("in_favour") <= 2


def test_the_limits_are_reached(reasons_of_all: list[tuple[Reason, ...]]) -> None:
    directions = [[r.direction for r in reasons] for reasons in reasons_of_all]
    assert max(d.count("against") for d in directions) == 4
    assert max(d.count("in_favour") for d in directions) == 2


def test_no_theme_is_told_twice(reasons_of_all: list[tuple[Reason, ...]]) -> None:
    for reasons in reasons_of_all:
        assert len({reason.theme for reason in reasons}) == len(reasons)


def test_the_strongest_come_first(reasons_of_all: list[tuple[Reason, ...]]) -> None:
    for reasons in reasons_of_all:
        against = [r.contribution for r in reasons if r.direction == "against"]
        in_favour = [r.contribution for r in reasons if r.direction == "in_favour"]
        assert against == sorted(against)
        assert in_favour == sorted(in_favour, reverse=True)


def test_a_reason_is_its_theme_s_contribution(
    model: ScoringModel, clients: list[Row]
) -> None:
    for row in clients:
        score = model.score(row)
        by_theme = {part.theme: part.points for part in score.contributions}
        for reason in score.reasons:
            assert reason.contribution == by_theme[reason.theme]


@pytest.mark.parametrize(
    ("language", "lowers", "raises"),
    [("fr", " retire ", " ajoute "), ("en", " takes ", " adds ")],
)
def test_the_sentence_has_the_sign_of_the_contribution(
    model: ScoringModel, clients: list[Row], language: str, lowers: str, raises: str
) -> None:
    for row in clients:
        for reason in model.score(row, language=language).reasons:
            assert (reason.contribution < 0) == (reason.direction == "against")
            assert (lowers in reason.sentence) == (reason.contribution < 0)
            assert (raises in reason.sentence) == (reason.contribution > 0)


def test_the_cited_feature_pushes_the_way_the_sentence_says(
    model: ScoringModel, clients: list[Row]
) -> None:
    position = {feature.name: index for index, feature in enumerate(FEATURES)}
    for row in clients:
        shap_values = model.shap_values(row)
        for reason in model.score(row).reasons:
            pushes_risk_up = shap_values[position[reason.feature]] > 0
            assert pushes_risk_up == (reason.direction == "against")


def test_the_score_moves_as_said_with_a_granted_client_s_theme(
    model: ScoringModel, clients: list[Row]
) -> None:
    usual = {feature.name: feature.typical for feature in model.features}
    theme = {feature.name: feature.theme for feature in model.features}
    told = 0
    for row in clients:
        score = model.score(row)
        for reason in score.reasons:
            replaced = {
                name: usual[name] if theme[name] == reason.theme else value
                for name, value in row.items()
            }
            moved = model.score(replaced, explain=False).unrounded_points
            assert (moved > score.unrounded_points) == (reason.direction == "against")
            told += 1
    assert told > len(clients)


def test_a_theme_better_than_average_but_worse_than_granted_clients_is_no_reason(
    model: ScoringModel, clients: list[Row]
) -> None:
    manifest = model.manifest
    explainer = Explainer(FEATURES, model.themes, manifest.calibrator, manifest.scale)
    feature_points = np.zeros(len(FEATURES))
    feature_points[[0, 2]] = 9.0, 8.0
    explanation = Explanation(feature_points, explainer.by_theme(feature_points))
    advantages = explanation.theme_points.copy()
    advantages[0] = -1.0

    reasons = written(
        ReasonWriter(FEATURES, model.themes, explainer).write(
            explanation, clients[0], "en"
        ),
        {"themes": advantages, "features": feature_points},
    )

    assert [reason.theme for reason in reasons] == ["credit_request"]


def test_no_protected_attribute_is_ever_cited(
    model: ScoringModel, clients: list[Row]
) -> None:
    for row in clients:
        for language in ("fr", "en"):
            for reason in model.score(row, language=language).reasons:
                for feature in PROTECTED:
                    assert reason.feature != feature.name
                    assert not reason.sentence.startswith(feature.label_fr)
                    assert not reason.sentence.startswith(feature.label_en)


def test_a_theme_that_protected_features_move_most_is_no_reason(
    model: ScoringModel, clients: list[Row]
) -> None:
    citable = [
        index
        for index, feature in enumerate(FEATURES)
        if feature.theme == "personal_situation" and not feature.is_protected
    ]
    skipped = 0
    for row in clients:
        score = model.score(row)
        points = {part.theme: part.points for part in score.contributions}
        own_share = (
            -model.manifest.scale.factor
            * model.shap_values(row)[citable].sum()
            / points["personal_situation"]
        )
        if own_share < 0.499:
            skipped += abs(points["personal_situation"]) >= 1
            assert "personal_situation" not in [r.theme for r in score.reasons]
    assert skipped > 0


def test_a_missing_value_is_told_as_missing(
    model: ScoringModel, clients: list[Row]
) -> None:
    told = [
        reason
        for row in clients
        for reason in model.score(row, language="en").reasons
        if row[reason.feature] is None
    ]
    assert told
    untold = "not known, the file says nothing of it"
    assert all(untold in reason.sentence for reason in told)


def test_value_and_typical_value_stand_in_the_sentence(
    reasons_of_all: list[tuple[Reason, ...]],
) -> None:
    for reasons in reasons_of_all:
        for reason in reasons:
            assert reason.value in reason.sentence
            assert reason.typical is not None
            assert reason.typical in reason.sentence


def test_another_language_is_refused(model: ScoringModel, clients: list[Row]) -> None:
    with pytest.raises(LanguageError, match="'de'"):
        model.score(clients[0], language="de")


@pytest.mark.parametrize(
    ("values", "pushes", "advantages", "told"),
    [
        ((0.2, 0.3), (-9.0, -5.0), (-1, -1), 0),
        ((None, 0.3), (-9.0, -5.0), (-1, -1), 1),
        ((0.6, 0.3), (-9.0, -5.0), (-1, -1), 1),
        ((None, 0.3), (-9.0, -3.0), (-1, -1), 0),
        ((None, None), (-9.0, -5.0), (-1, -1), 0),
        ((None, 0.3), (-9.0, 5.0), (-1, -1), 0),
        ((0.7, 0.3), (-9.0, -5.0), (1, -1), 1),
        ((0.7, 0.8), (-9.0, -5.0), (1, 1), 0),
    ],
    ids=[
        "the strongest where its value tells",
        "another one where the strongest is unknown",
        "another one where the strongest has the usual value",
        "not one that is much weaker",
        "the strongest where nothing is known",
        "not one that pushes the other way",
        "another one where the strongest is better than usual",
        "the strongest where all are better than usual",
    ],
)
def test_a_theme_is_told_through_a_strong_feature_whose_value_tells(
    model: ScoringModel,
    values: tuple[float | None, float | None],
    pushes: tuple[float, float],
    advantages: tuple[float, float],
    told: int,
) -> None:
    reason = only_reason(model, ("score", "score"), values, pushes, advantages)
    assert reason.feature == FEATURES[told].name


@pytest.mark.parametrize(
    ("units", "second", "told"),
    [
        (("index", "score"), 0.3, 1),
        (("score", "index"), 0.3, 0),
        (("index", "index"), 0.3, 0),
        (("index", "score"), None, 0),
    ],
)
def test_an_index_is_told_only_where_no_other_value_tells(
    model: ScoringModel, units: tuple[Unit, Unit], second: float | None, told: int
) -> None:
    reason = only_reason(model, units, (0.2, second), (-9.0, -5.0), (-1, -1))
    assert reason.feature == FEATURES[told].name


def test_a_usual_value_is_not_said_to_move_the_score_itself(
    model: ScoringModel,
) -> None:
    reason = only_reason(model, ("score", "score"), (0.6, 0.6), (-9.0, -5.0), (-1, -1))
    assert "Pris dans son ensemble, le thème" in reason.sentence


def only_reason(
    model: ScoringModel,
    units: tuple[Unit, Unit],
    values: tuple[float | None, float | None],
    pushes: tuple[float, float],
    advantages: tuple[float, float],
) -> Reason:
    """The reason of a client whom two features of one theme alone move."""
    moving = [
        replace(feature, typical=0.6, unit=unit)
        for feature, unit in zip(FEATURES[:2], units, strict=True)
    ]
    features = (*moving, *FEATURES[2:])
    manifest = model.manifest
    explainer = Explainer(features, model.themes, manifest.calibrator, manifest.scale)
    feature_points = np.zeros(len(features))
    feature_points[:2] = pushes
    explanation = Explanation(feature_points, explainer.by_theme(feature_points))
    row = dict.fromkeys((f.name for f in features), None)
    row |= {f.name: v for f, v in zip(moving, values, strict=True)}

    (reason,) = written(
        ReasonWriter(features, model.themes, explainer).write(explanation, row, "fr"),
        {"themes": explanation.theme_points, "features": np.array(advantages)},
    )
    return reason
