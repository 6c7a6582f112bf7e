"""The trees answer as LightGBM's own package does, to the last digit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import lightgbm
import numpy as np
import pytest
from numpy.typing import NDArray

from scoring import ArtefactError
from scoring.booster import Booster

COLUMNS = 7


def _rows(count: int, seed: int = 0) -> NDArray[np.float32]:
    random = np.random.default_rng(seed)
    rows = random.normal(size=(count, COLUMNS)).astype(np.float32)
    rows[random.random(rows.shape) < 0.3] = np.nan
    rows[random.random(rows.shape) < 0.1] = 0
    return rows


def _trained(**parameters: object) -> lightgbm.Booster:
    rows = _rows(600)
    outcome = np.nansum(rows, axis=1) > 0
    options = {"objective": "binary", "num_threads": 1, "verbosity": -1} | parameters
    data = lightgbm.Dataset(rows.astype(np.float64), outcome.astype(int))
    return lightgbm.train(options, data, num_boost_round=20)


@pytest.fixture(scope="module")
def package() -> lightgbm.Booster:
    return _trained()


@pytest.fixture(scope="module")
def booster(package: lightgbm.Booster) -> Booster:
    return Booster(package.model_to_string())


@pytest.mark.parametrize("count", [0, 1, 14, 500])
def test_margins_and_shap_values_are_those_of_the_package(
    package: lightgbm.Booster, booster: Booster, count: int
) -> None:
    rows = _rows(count, seed=1)
    margins, shap_values = booster.margins(rows), booster.shap_values(rows)
    assert margins.shape == (count,)
    assert shap_values.shape == (count, COLUMNS + 1)
    if count:
        assert (margins == package.predict(rows, raw_score=True)).all()
        assert (shap_values == package.predict(rows, pred_contrib=True)).all()


def test_rows_that_do_not_lie_one_after_the_other_are_read_as_well(
    booster: Booster,
) -> None:
    rows = _rows(40)
    apart = np.asfortranarray(rows)[::2]
    assert (booster.margins(apart) == booster.margins(rows[::2].copy())).all()


def test_another_number_of_columns_is_refused(booster: Booster) -> None:
    with pytest.raises(ValueError, match=f"read {COLUMNS} columns, not 3"):
        booster.margins(np.zeros((1, 3), dtype=np.float32))


def test_calls_at_once_get_the_answers_of_calls_one_by_one(booster: Booster) -> None:
    some = [_rows(3, seed) for seed in range(200)]
    alone = [booster.shap_values(rows) for rows in some]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(booster.shap_values, some))
    assert all((a == b).all() for a, b in zip(alone, together, strict=True))


def test_a_booster_of_several_scores_is_refused() -> None:
    rows = _rows(300)
    options = {"objective": "multiclass", "num_class": 3, "verbosity": -1}
    data = lightgbm.Dataset(rows.astype(np.float64), np.arange(300) % 3)
    several = lightgbm.train(options, data, num_boost_round=2)
    with pytest.raises(ArtefactError, match="several scores"):
        Booster(several.model_to_string())


def test_a_booster_that_hides_its_several_scores_is_refused(
    package: lightgbm.Booster,
) -> None:
    one = "num_tree_per_iteration=1"
    text = package.model_to_string()
    assert one in text
    with pytest.raises(ArtefactError, match="several scores"):
        Booster(text.replace(one, "num_tree_per_iteration=2"))


def test_a_booster_whose_shap_values_are_not_exact_is_refused() -> None:
    linear = _trained(linear_tree=True)
    with pytest.raises(ArtefactError, match="linear trees"):
        Booster(linear.model_to_string())
