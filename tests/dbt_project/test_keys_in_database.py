"""Every table of the warehouse has its keys in PostgreSQL itself."""

from __future__ import annotations

from tests.dbt_project.conftest import Query

PRIMARY_KEYS = {
    "dim_client": ["client_id"],
    "fct_bureau_credit": ["bureau_credit_id"],
    "fct_bureau_month": ["bureau_credit_id", "month"],
    "fct_previous_application": ["previous_application_id"],
    "fct_pos_month": ["previous_application_id", "month"],
    "fct_card_month": ["previous_application_id", "month"],
    "fct_installment": ["previous_application_id", "installment_number"],
    "fct_installment_payment": [
        "previous_application_id",
        "installment_number",
        "payment_number",
    ],
    "ref_code_label": ["code_set", "code"],
}
CLOSED_CODES = {
    "dim_client": {
        "application_weekday",
        "contract_type",
        "education_level",
        "family_status",
        "gender",
        "housing_building_type",
        "housing_repair_fund_type",
        "housing_type",
        "housing_wall_material",
        "income_type",
        "suite_type",
    },
    "fct_bureau_credit": {"credit_currency", "credit_status"},
    "fct_bureau_month": {"status"},
    "fct_previous_application": {
        "application_weekday",
        "client_type",
        "contract_status",
        "contract_type",
        "payment_type",
        "portfolio",
        "product_type",
        "reject_reason",
        "suite_type",
        "yield_group",
    },
    "fct_pos_month": {"contract_status"},
    "fct_card_month": {"contract_status"},
}
OPEN_CODES = {
    "channel_type",
    "credit_type",
    "goods_category",
    "loan_purpose",
    "occupation",
    "organization_type",
    "product_combination",
    "seller_industry",
}
PARENTS = {
    "fct_bureau_credit": {"dim_client"},
    "fct_bureau_month": {"fct_bureau_credit"},
    "fct_previous_application": {"dim_client"},
    "fct_pos_month": {"dim_client", "fct_previous_application"},
    "fct_card_month": {"dim_client", "fct_previous_application"},
    "fct_installment": {"dim_client", "fct_previous_application"},
    "fct_installment_payment": {"dim_client", "fct_installment"},
}


def test_every_mart_has_its_primary_key(built: Query) -> None:
    found = built("""
        select tables.relname, array_agg(attname::text order by position)
        from pg_class as tables
        inner join pg_constraint on conrelid = tables.oid and contype = 'p'
        cross join unnest(conkey) with ordinality as key (number, position)
        inner join pg_attribute on attrelid = tables.oid and attnum = key.number
        where relnamespace = 'marts'::regnamespace
        group by tables.relname
    """)
    code_sets = OPEN_CODES.union(*CLOSED_CODES.values())
    of_code_sets = {f"ref_{code_set}": ["code"] for code_set in code_sets}
    keys = dict(found)
    assert {table: keys.get(table) for table in PRIMARY_KEYS} == PRIMARY_KEYS
    assert {table: keys.get(table) for table in of_code_sets} == of_code_sets


def test_no_table_lacks_a_primary_key(built: Query) -> None:
    assert not built("""
        select pg_class.oid::regclass
        from pg_class
        where
            relnamespace in (
                'marts'::regnamespace,
                'features'::regnamespace,
                'quarantine'::regnamespace
            )
            and relkind = 'r'
            and not exists (
                select 1 from pg_constraint
                where conrelid = pg_class.oid and contype = 'p'
            )
    """)


def test_every_mart_refers_to_its_parents(built: Query) -> None:
    found = built("""
        select child.relname, array_agg(parent.relname::text)
        from pg_constraint
        inner join pg_class as child on conrelid = child.oid
        inner join pg_class as parent on confrelid = parent.oid
        where
            contype = 'f'
            and child.relnamespace = 'marts'::regnamespace
            and parent.relname !~ '^ref_'
        group by child.relname
    """)
    parents = {child: set(parents) for child, parents in found}
    assert {child: parents.get(child) for child in PARENTS} == PARENTS


def test_every_closed_code_refers_to_the_reference_table_of_its_name(
    built: Query,
) -> None:
    found = built("""
        select child.relname, array_agg(attname::text), array_agg(parent.relname::text)
        from pg_constraint
        inner join pg_class as child on conrelid = child.oid
        inner join pg_class as parent on confrelid = parent.oid
        inner join pg_attribute on attrelid = child.oid and attnum = conkey[1]
        where
            contype = 'f'
            and child.relnamespace = 'marts'::regnamespace
            and parent.relname ~ '^ref_'
        group by child.relname
    """)
    codes = {child: (columns, parents) for child, columns, parents in found}
    for child, expected in CLOSED_CODES.items():
        columns, parents = codes[child]
        assert set(columns) == expected
        assert parents == [f"ref_{column}" for column in columns]


def test_every_text_column_of_the_marts_is_a_code(built: Query) -> None:
    codes = OPEN_CODES.union(*CLOSED_CODES.values())
    found = built("""
        select distinct column_name
        from information_schema.columns
        where
            table_schema = 'marts'
            and (table_name ~ '^fct_' or table_name = 'dim_client')
            and data_type = 'text'
    """)
    assert {column for (column,) in found} == codes


def test_every_feature_table_refers_to_its_client(built: Query) -> None:
    assert not built("""
        select table_name
        from information_schema.columns
        where
            table_schema = 'features'
            and column_name = 'client_id'
            and not exists (
                select 1 from pg_constraint
                where
                    conrelid = to_regclass('features.' || table_name)
                    and confrelid = 'marts.dim_client'::regclass
            )
    """)


def test_every_foreign_key_is_validated(built: Query) -> None:
    assert not built("select conname from pg_constraint where not convalidated")
