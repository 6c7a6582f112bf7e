"""The behaviour of the model that the whole road produces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from database import connect
from scoring import ScoringModel, load_model

Row = dict[str, Any]


@pytest.fixture(scope="module")
def champion(champion_dir: Path) -> ScoringModel:
    return load_model(champion_dir)


@pytest.fixture(scope="module")
def clients(built_warehouse: Path, champion: ScoringModel) -> list[Row]:
    names = champion.feature_names
    connection = connect("scorer", read_only=True)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                f"select {', '.join(names)} from features.client_features "
                "order by client_id limit 300"
            )
            rows = cursor.fetchall()
    finally:
        connection.close()
    return [dict(zip(names, row, strict=True)) for row in rows]


def mean_points(model: ScoringModel, rows: list[Row]) -> float:
    return float(np.mean([s.unrounded_points for s in model.score_many(rows)]))


def test_it_ranks_better_than_chance_and_not_too_well(champion: ScoringModel) -> None:
    auc = champion.manifest.metrics["auc"]
    assert auc["low"] > 0.55
    assert auc["value"] < 0.81


def test_gender_is_no_input(champion: ScoringModel) -> None:
    assert not [name for name in champion.feature_names if "gender" in name]


@pytest.mark.parametrize("known_share", [0.25, 0.75])
def test_better_external_scores_never_lower_the_points_on_average(
    champion: ScoringModel, clients: list[Row], known_share: float
) -> None:
    scores = [
        feature.name
        for feature in champion.features
        if feature.theme == "external_scores"
        and feature.unit in ("score", "index")
        and not {"spread", "risk"} & set(feature.name.split("_"))
    ]
    assert scores
    columns = {
        name: [row[name] for row in clients if row[name] is not None] for name in scores
    }
    worse, better = (
        [
            row
            | {n: float(np.quantile(columns[n], level)) for n in scores if columns[n]}
            for row in clients
        ]
        for level in (known_share - 0.2, known_share + 0.2)
    )
    assert mean_points(champion, better) > mean_points(champion, worse)


def test_contributions_add_up_and_reasons_keep_their_rules(
    champion: ScoringModel, clients: list[Row]
) -> None:
    protected = {f.name for f in champion.features if f.is_protected}
    assert protected
    for row in clients[:100]:
        score = champion.score(row, language="en")
        total = score.base_points + sum(part.points for part in score.contributions)
        assert total == pytest.approx(score.unrounded_points, abs=1e-6)
        against = [r for r in score.reasons if r.direction == "against"]
        assert len(against) <= 4 and len(score.reasons) - len(against) <= 2
        for reason in score.reasons:
            assert (reason.contribution < 0) == (reason.direction == "against")
            assert reason.feature not in protected


def test_nothing_known_and_unknown_codes_are_answered(
    champion: ScoringModel, clients: list[Row]
) -> None:
    nothing = champion.score(dict.fromkeys(champion.feature_names))
    assert 0 < nothing.probability < 1
    codes = [f.name for f in champion.features if f.data_type == "categorical"]
    foreign = clients[0] | dict.fromkeys(codes, "a code of another country")
    missing = clients[0] | dict.fromkeys(codes)
    assert champion.score(foreign).probability == champion.score(missing).probability


def test_every_category_and_feature_has_labels_in_both_languages(
    champion: ScoringModel,
) -> None:
    for feature in champion.features:
        assert feature.label_fr and feature.label_en
        for category in feature.categories:
            assert category.label_fr and category.label_en
