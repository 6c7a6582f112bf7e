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
    assert dict(found) == PRIMARY_KEYS


def test_no_table_of_marts_or_features_lacks_a_primary_key(built: Query) -> None:
    assert not built("""
        select relname
        from pg_class
        where
            relnamespace in ('marts'::regnamespace, 'features'::regnamespace)
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
        where contype = 'f' and child.relnamespace = 'marts'::regnamespace
        group by child.relname
    """)
    assert {child: set(parents) for child, parents in found} == PARENTS


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
