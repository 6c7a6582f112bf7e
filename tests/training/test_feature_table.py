from __future__ import annotations

import numpy as np
import pytest

from scoring import FeatureEncoder
from tests.training.synthetic_warehouse import SyntheticWarehouse
from training.data.feature_table import FeatureTable, read_feature_table
from training.errors import FeatureTableError


def read(warehouse: SyntheticWarehouse) -> FeatureTable:
    with warehouse.connection("trainer") as connection:
        return read_feature_table(connection)


def test_the_matrix_is_what_serving_would_encode(filled: SyntheticWarehouse) -> None:
    table = read(filled)
    names = [feature.name for feature in table.features]
    with filled.connection("trainer") as connection, connection.cursor() as cursor:
        cursor.execute(
            f"select {', '.join(names)}, is_default from features.client_features "
            "join marts.dim_client using (client_id) "
            "order by is_default is null, client_id"
        )
        rows = cursor.fetchall()
    served = [dict(zip(names, row[:-1], strict=True)) for row in rows]
    encoded = FeatureEncoder(table.features).encode_many(served)
    np.testing.assert_array_equal(table.matrix, encoded)
    outcomes = [row[-1] for row in rows if row[-1] is not None]
    assert table.is_default.tolist() == outcomes
    assert (len(table.labelled), len(table.unlabelled)) == (600, 100)


def test_numbers_that_are_not_finite_are_missing(filled: SyntheticWarehouse) -> None:
    filled.execute(
        "update features.client_features set application_credit_amount = 'Infinity'"
    )
    table = read(filled)
    assert np.isnan(table.matrix[:, 2]).all()


def test_codes_come_from_the_labelled_clients_with_their_labels(
    filled: SyntheticWarehouse,
) -> None:
    filled.execute(
        """
        update features.client_features set application_income_type = 'Businessman'
        where client_id in (
            select client_id from marts.dim_client where is_default is null
        )
        """
    )
    income_type = next(f for f in read(filled).features if f.categories)
    codes = [category.code for category in income_type.categories]
    assert codes == ["Pensioner", "State servant", "Working"]
    assert income_type.categories[0].label_fr == "Retraité"


def test_a_code_without_label_is_its_own_label(filled: SyntheticWarehouse) -> None:
    filled.execute("delete from marts.ref_code_label where code = 'Pensioner'")
    income_type = next(f for f in read(filled).features if f.categories)
    assert income_type.categories[0].label_fr == "Pensioner"


def test_a_category_that_nobody_has_is_left_out(filled: SyntheticWarehouse) -> None:
    filled.execute("update features.client_features set application_income_type = null")
    table = read(filled)
    assert table.categorical_positions == []
    assert table.matrix.shape[1] == len(table.features) == 11


def test_the_same_data_have_the_same_fingerprint(filled: SyntheticWarehouse) -> None:
    before = read(filled).fingerprint
    filled.execute(
        "create table features.copy as "
        "select * from features.client_features order by client_id desc;"
        "truncate features.client_features;"
        "insert into features.client_features select * from features.copy;"
        "drop table features.copy"
    )
    assert read(filled).fingerprint == before


@pytest.mark.parametrize(
    "change",
    [
        "update features.client_features set application_credit_amount = 1 "
        "where client_id = (select min(client_id) from features.client_features)",
        "update marts.dim_client set is_default = not is_default "
        "where client_id = (select min(client_id) from marts.dim_client "
        "where is_default is not null)",
        "update features.feature_catalogue set label_fr = 'x' where position = 1",
        "update marts.ref_code_label set label_en = 'x' where code = 'Working'",
    ],
    ids=["a feature", "an outcome", "a label", "a code's label"],
)
def test_any_change_gives_another_fingerprint(
    filled: SyntheticWarehouse, change: str
) -> None:
    before = read(filled).fingerprint
    filled.execute(change)
    assert read(filled).fingerprint != before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("truncate features.client_features", "is empty"),
        ("update marts.dim_client set is_default = null", "None of the 700 clients"),
        ("update marts.dim_client set is_default = false", "the same outcome"),
        ("drop table features.feature_catalogue", "feature_catalogue"),
        ("truncate features.feature_catalogue", "feature_catalogue is empty"),
        ("drop table features.client_features", "dbt build"),
        ("drop table marts.dim_client cascade", "dbt build"),
        (
            "delete from features.feature_catalogue where position = 1",
            "application_external_score_2",
        ),
        (
            "update features.feature_catalogue set unit = 'euros' where position = 1",
            "'euros'",
        ),
    ],
)
def test_data_that_cannot_be_trained_on_are_refused_with_the_reason(
    filled: SyntheticWarehouse, change: str, message: str
) -> None:
    filled.execute(change)
    with pytest.raises(FeatureTableError, match=message):
        read(filled)
