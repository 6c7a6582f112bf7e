"""An analyst finds tables, keys and worked queries on the site."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest

from tests.dbt_project.conftest import OwnWarehouse, Query, query_of
from tests.running import ROOT
from tools.docs_site.catalogue import Table
from tools.docs_site.pages import read_overview, write_pages

OVERVIEW = read_overview(ROOT / "dbt_project" / "models" / "overview.md")
WORKED_QUERIES = re.findall(r"```sql\n(.*?)```", OVERVIEW, re.DOTALL)


@pytest.fixture(scope="module", params=["advisor", "trainer", "auditor"])
def reader(built_warehouse: Path, request: pytest.FixtureRequest) -> Iterator[Query]:
    own = OwnWarehouse(Path(os.environ["WAREHOUSE_DIR"]))
    with closing(own.connect(request.param)) as connection:
        yield query_of(connection)


def test_every_worked_query_answers_whoever_reads_the_marts(reader: Query) -> None:
    assert len(WORKED_QUERIES) >= 5
    assert all(reader(query) for query in WORKED_QUERIES)


def test_pages_lead_to_each_other_and_to_every_table(
    declared_tables: list[Table], tmp_path: Path
) -> None:
    write_pages(tmp_path, declared_tables, OVERVIEW, "- **CLIENT** (<u>client_id</u>)")
    dictionary = (tmp_path / "dictionary.html").read_text()
    anchors = set(re.findall(r'id="(\w+)"', dictionary))
    assert {table.name for table in declared_tables} <= anchors
    for page in tmp_path.glob("*.html"):
        text = page.read_text()
        inside = re.findall(r'href="(?:dictionary\.html)?#(\w+)"', text)
        assert {a for a in inside if page.name != "models.html"} <= anchors
        files = set(re.findall(r'href="([\w/]+\.html)[#"]', text))
        assert files == {
            "index.html",
            "dictionary.html",
            "models.html",
            "dbt/index.html",
        }


def test_every_code_is_in_the_dictionary_with_its_labels(
    declared_tables: list[Table], built: Query, tmp_path: Path
) -> None:
    write_pages(tmp_path, declared_tables, OVERVIEW, "")
    dictionary = (tmp_path / "dictionary.html").read_text()
    entries = {
        entry.partition('"')[0]: unescape(entry)
        for entry in dictionary.split('<h2 id="')[1:]
    }
    for code_set, *cells in built("""
        select code_set, code, label_fr, label_en from marts.ref_code_label
    """):
        code, french, english = cells
        row = f"<td><code>{code}</code></td><td>{french}</td><td>{english}</td>"
        assert row in entries[f"ref_{code_set}"], code


def test_a_worked_query_runs_as_it_is_pasted() -> None:
    assert all(query.endswith(";\n") for query in WORKED_QUERIES)


def test_every_table_that_the_overview_names_exists(
    declared_tables: list[Table],
) -> None:
    named = set(re.findall(r"\b(?:dim|fct|agg|ref)_\w+", OVERVIEW))
    assert named <= {table.name for table in declared_tables}
