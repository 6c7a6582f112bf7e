from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from scoring import FeatureEncoder, FeatureRowError
from tests.scoring.synthetic import FEATURES, Row

ENCODER = FeatureEncoder(FEATURES)
INCOME_TYPE = [f.name for f in FEATURES].index("application_income_type")


def row(**values: object) -> Row:
    return {feature.name: None for feature in FEATURES} | values


def test_nothing_known_is_nan_everywhere() -> None:
    assert np.isnan(ENCODER.encode(row())).all()


def test_a_code_is_its_place_among_the_categories() -> None:
    encoded = ENCODER.encode(row(application_income_type="State servant"))
    assert encoded[0, INCOME_TYPE] == 2


def test_an_unknown_code_counts_as_missing() -> None:
    encoded = ENCODER.encode(row(application_income_type="Businessman"))
    assert np.isnan(encoded[0, INCOME_TYPE])


@pytest.mark.parametrize("value", [3, 3.0, Decimal(3), np.float64(3), np.int32(3)])
def test_any_kind_of_number_is_taken(value: object) -> None:
    encoded = ENCODER.encode(row(application_credit_amount=value))
    assert encoded[0, 2] == 3


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), 1e300, float("nan")])
def test_a_number_that_is_not_finite_counts_as_missing(value: float) -> None:
    assert np.isnan(ENCODER.encode(row(application_credit_amount=value))).all()


def test_numbers_have_the_precision_of_the_feature_table() -> None:
    encoded = ENCODER.encode(row(application_external_score_2=0.1))
    assert encoded[0, 0] == np.float32(0.1)


def test_an_absent_feature_is_refused_by_name() -> None:
    incomplete = row()
    del incomplete["bureau_debt_to_credit_ratio"]
    with pytest.raises(FeatureRowError, match="bureau_debt_to_credit_ratio"):
        ENCODER.encode(incomplete)


@pytest.mark.parametrize("value", ["12", object(), [1.0], b"1"])
def test_what_is_no_number_is_refused_by_name_and_not_by_value(value: object) -> None:
    with pytest.raises(FeatureRowError) as caught:
        ENCODER.encode(row(application_credit_amount=value))
    assert "application_credit_amount" in str(caught.value)
    assert "12" not in str(caught.value)


def test_a_code_that_is_no_text_is_refused() -> None:
    with pytest.raises(FeatureRowError, match="application_income_type"):
        ENCODER.encode(row(application_income_type=3))


def test_further_keys_do_no_harm() -> None:
    assert ENCODER.encode(row(client_id=1)).shape == (1, len(FEATURES))
