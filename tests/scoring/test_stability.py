from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from scoring import (
    ArtefactError,
    Population,
    Profile,
    ScoringError,
    ScoringModel,
    feature_stability,
    stability_index,
    worst_verdict,
)
from tests.scoring.synthetic import Row

Values = list[float | None]


def test_the_index_is_that_of_the_hand() -> None:
    # (0.75 - 0.50) ln(0.75 / 0.50) + (0.25 - 0.50) ln(0.25 / 0.50)
    moved = stability_index([500, 500], [750, 250])
    assert moved.index == pytest.approx(0.274653, abs=1e-6)
    assert moved.verdict == "act"
    assert moved.by_chance == pytest.approx(chi2.ppf(0.95, 1) * 2 / 1000)
    # 0.1 ln(0.6 / 0.5) - 0.1 ln(0.4 / 0.5)
    little = stability_index([500, 500], [600, 400])
    assert little.index == pytest.approx(0.040547, abs=1e-6)
    assert little.verdict == "stable"
    assert stability_index([500, 500], [700, 300]).verdict == "watch"


def test_what_chance_could_show_is_stable() -> None:
    rng = np.random.default_rng(0)
    found = [
        stability_index([100] * 10, rng.multinomial(60, [0.1] * 10).tolist())
        for _ in range(400)
    ]
    assert np.mean([row.verdict == "stable" for row in found]) > 0.85
    assert np.mean([row.index > 0.10 for row in found]) > 0.5


def test_among_many_columns_chance_may_show_more() -> None:
    alone = stability_index([500, 500], [700, 300])
    among_many = stability_index([500, 500], [700, 300], comparisons=483)
    assert among_many.index == alone.index
    assert among_many.by_chance == pytest.approx(chi2.ppf(1 - 0.05 / 483, 1) * 2 / 1000)


def test_nobody_cannot_be_compared() -> None:
    with pytest.raises(ScoringError, match="clients before and now"):
        stability_index([1, 2], [0, 0])


def test_nothing_known_is_a_bin_of_its_own() -> None:
    before = Profile.of_numbers([1.0, 2.0, 3.0, None, math.inf])
    assert before.counts[-1] == 2
    assert before.count([None] * 3)[-1] == 3
    assert sum(before.counts) == 5
    assert before.missing_share == 0.4


def test_codes_that_training_did_not_know_are_a_bin_of_their_own() -> None:
    before = Profile.of_codes(["a", "a", "b", None], ["a", "b"])
    assert before.counts == (2, 1, 0, 1)
    assert before.count(["b", "c", "d", None]) == [0, 1, 2, 1]


def test_a_value_of_a_log_lies_where_the_same_value_of_the_table_does() -> None:
    table = np.array([0.1] * 50 + [0.2] * 50, dtype=np.float32)
    before = Profile.of_numbers(table)
    assert before.count([0.1] * 50 + [0.2] * 50) == list(before.counts)


@given(st.lists(st.none() | st.floats(-1e6, 1e6, width=32), min_size=1, max_size=40))
def test_a_value_is_counted_in_its_own_bin(values: Values) -> None:
    before = Profile.of_numbers(values)
    one_by_one = [0] * len(before.counts)
    for value in values:
        one_by_one[before.bin_of(value)] += 1
    assert one_by_one == list(before.counts)
    codes = Profile.of_codes(["a", "c", None], ["a", "b"])
    assert [codes.bin_of(code) for code in ("a", "b", "c", None)] == [0, 1, 2, 3]


def test_the_feature_that_moved_comes_first(
    model: ScoringModel, clients: list[Row]
) -> None:
    assert model.population is not None
    profiles = model.population.features
    columns = {name: [row[name] for row in clients] for name in model.feature_names}
    columns["application_age_years"] = [None] * len(clients)
    counts = {name: profiles[name].count(values) for name, values in columns.items()}
    del counts["application_has_car"]
    found = feature_stability(profiles, counts, model.features)
    assert found[0].name == "application_age_years"
    assert found[0].verdict == "act"
    assert (found[0].missing_now, found[0].missing_before < 0.1) == (1, True)
    assert {row.verdict for row in found[1:]} == {"stable"}
    assert len(found) == len(model.features) - 1


def test_the_worst_verdict_counts() -> None:
    assert worst_verdict(["stable", "act", "watch"]) == "act"
    assert worst_verdict(["stable", "watch"]) == "watch"
    assert worst_verdict([]) == "stable"


def test_a_population_survives_its_file(model: ScoringModel) -> None:
    assert model.population is not None
    assert Population.from_dict(model.population.to_dict()) == model.population


@pytest.mark.parametrize(
    "score",
    [
        {"counts": [1, 2], "edges": [0.5]},
        {"counts": [0, 0, 0], "edges": [0.5]},
        {"counts": [1, 1, 1, 1], "edges": [0.5, 0.5]},
        {"counts": [1, -1, 1], "edges": [0.5]},
        {"counts": "many"},
        {"edges": []},
        None,
    ],
)
def test_a_population_that_contradicts_itself_is_refused(score: object) -> None:
    with pytest.raises(ArtefactError):
        Population.from_dict({"clients": 3, "score": score, "features": {}})
