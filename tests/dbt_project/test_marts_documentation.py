"""Every model and every column says what it is, in dbt and in the database."""

from __future__ import annotations

from typing import Any

from tests.dbt_project.conftest import Query

DESCRIBED = ("model", "seed")


def test_every_model_seed_and_source_is_described(manifest: dict[str, Any]) -> None:
    described = [
        *(n for n in manifest["nodes"].values() if n["resource_type"] in DESCRIBED),
        *manifest["sources"].values(),
        *manifest["exposures"].values(),
    ]
    assert not [n["unique_id"] for n in described if not n["description"].strip()]


def test_every_declared_column_is_described(manifest: dict[str, Any]) -> None:
    assert not [
        f"{node['name']}.{column['name']}"
        for node in manifest["nodes"].values()
        for column in node["columns"].values()
        if not column["description"].strip()
    ]


def test_every_table_tells_its_grain(manifest: dict[str, Any]) -> None:
    assert not [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] in DESCRIBED and "Grain: " not in node["description"]
    ]


def test_every_column_of_the_warehouse_has_a_comment(built: Query) -> None:
    assert not built("""
        select attrelid::regclass, attname
        from pg_attribute
        inner join pg_class on attrelid = pg_class.oid
        where
            relnamespace in (
                'staging'::regnamespace,
                'marts'::regnamespace,
                'features'::regnamespace,
                'quarantine'::regnamespace
            )
            and relkind in ('r', 'v')
            and attnum > 0
            and not attisdropped
            and coalesce(col_description(attrelid, attnum), '') = ''
    """)


def test_every_table_of_the_warehouse_has_a_comment(built: Query) -> None:
    assert not built("""
        select pg_class.oid::regclass
        from pg_class
        where
            relnamespace in (
                'staging'::regnamespace,
                'marts'::regnamespace,
                'features'::regnamespace,
                'quarantine'::regnamespace
            )
            and relkind in ('r', 'v')
            and coalesce(obj_description(pg_class.oid), '') = ''
    """)
