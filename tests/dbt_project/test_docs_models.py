"""The drawn models are those of the database, and what is committed is up to date."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from tests.dbt_project.conftest import Query
from tools.docs_site.catalogue import Table
from tools.docs_site.conceptual import draw_conceptual
from tools.docs_site.pages import make_environment
from tools.docs_site.physical import draw_physical

FOREIGN_KEYS = """
    select
        children.relname,
        parents.relname,
        (
            select array_agg(attname::text order by position)
            from unnest(conkey) with ordinality as key (number, position)
            inner join pg_attribute on attrelid = conrelid and attnum = number
        )
    from pg_constraint
    inner join pg_class as children on conrelid = children.oid
    inner join pg_class as parents on confrelid = parents.oid
    where
        contype = 'f'
        and children.relnamespace in (
            'marts'::regnamespace, 'features'::regnamespace
        )
        and parents.relnamespace = 'marts'::regnamespace
"""
MART_TABLES = """
    select relname from pg_class
    where relnamespace = 'marts'::regnamespace and relkind = 'r'
"""


@pytest.fixture(scope="module")
def model(root: Path) -> Path:
    return root / "docs" / "model"


@pytest.fixture(scope="module")
def drawing(model: Path) -> str:
    return html.unescape((model / "physical.svg").read_text())


@pytest.fixture(scope="module")
def concepts(model: Path) -> str:
    return (model / "conceptual.mcd").read_text()


def entity_of_table(concepts: str) -> dict[str, str]:
    named = re.findall(r"^%% +([A-Z ]+) = marts\.(\w+)$", concepts, re.MULTILINE)
    return {table: entity for entity, table in named}


def owners_of_entity(concepts: str) -> dict[str, set[str]]:
    """Return, for each entity, those that it belongs to: `11` or `_11` of them."""
    owners: dict[str, set[str]] = {}
    association = r"^[a-z ]+, 0N ([A-Z ]+), _?11 ([A-Z ]+)$"
    for owner, owned in re.findall(association, concepts, re.MULTILINE):
        owners.setdefault(owned, set()).add(owner)
    return owners


def test_the_committed_physical_model_is_what_the_contracts_say(
    model: Path, declared_tables: list[Table]
) -> None:
    drawn = draw_physical(declared_tables, make_environment())
    assert (model / "physical.svg").read_text() == drawn, "stale: run `make docs`"


def test_the_committed_conceptual_and_logical_models_follow_from_their_source(
    model: Path,
) -> None:
    picture, relations = draw_conceptual(model / "conceptual.mcd")
    assert (model / "conceptual.svg").read_text() == picture, "stale: run `make docs`"
    assert (model / "logical.md").read_text() == relations, "stale: run `make docs`"


def test_every_mart_table_of_the_database_is_drawn(built: Query, drawing: str) -> None:
    texts = set(re.findall(r">([^<>]+)</text>", drawing))
    words = {word for text in texts for word in text.split()}
    assert {name for (name,) in built(MART_TABLES)} <= words


def test_every_foreign_key_of_the_database_is_drawn(built: Query, drawing: str) -> None:
    for child, parent, columns in built(FOREIGN_KEYS):
        if parent.startswith("ref_"):
            assert f">FK {parent}<" in drawing, (child, parent)
        elif columns == ["client_id"] and child.startswith(("feat_", "client_f")):
            assert f">{child}<" in drawing, child
        else:
            assert f'id="{child}-{columns[-1]}-{parent}"' in drawing


def test_every_mart_table_but_lists_of_codes_is_an_entity(
    built: Query, concepts: str
) -> None:
    tables = {name for (name,) in built(MART_TABLES) if not name.startswith("ref_")}
    assert set(entity_of_table(concepts)) == tables


def test_every_foreign_key_follows_associations(built: Query, concepts: str) -> None:
    entities, owners = entity_of_table(concepts), owners_of_entity(concepts)
    for child, parent, _ in built(FOREIGN_KEYS):
        if child not in entities or parent not in entities:
            continue
        reached = {entities[child]}
        for _ in owners:
            reached |= {o for entity in reached for o in owners.get(entity, ())}
        assert entities[parent] in reached, (child, parent)
