"""A warehouse of its own for tests that change tables or land broken rows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tests.dbt_project.runs import Finished, run_here
from tests.running import ROOT, dbt_target, must_run, shell_environment
from tools.docs_site.catalogue import Table, read_tables

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class OwnWarehouse:
    """A started server, and the environment that leads to it."""

    directory: Path

    @property
    def environment(self) -> dict[str, str]:
        return {"WAREHOUSE_DIR": str(self.directory)}

    @cached_property
    def variables(self) -> dict[str, str]:
        """What the shell has after `python -m database env`."""
        return shell_environment(**self.environment)

    def dbt(self, *arguments: str) -> Finished:
        """Run dbt on the project, which is parsed once for each warehouse."""
        target = dbt_target(self.directory)
        return run_here(
            *(*arguments, "--project-dir", str(ROOT / "dbt_project")),
            *("--target-path", str(target), "--log-path", str(target)),
            environment=self.variables,
        )

    def connect(self, role: str = "transformer") -> Any:
        variables = self.variables
        connection = psycopg2.connect(
            host=variables["PGHOST"],
            port=variables["PGPORT"],
            dbname=variables["PGDATABASE"],
            user=role,
            passfile=variables["PGPASSFILE"],
            sslmode=variables["PGSSLMODE"],
            sslrootcert=variables["PGSSLROOTCERT"],
        )
        connection.autocommit = True
        return connection


Query = Callable[[str], list[tuple[Any, ...]]]


def query_of(connection: Any) -> Query:
    """Return a function that runs a statement and returns its rows, if any."""

    def run(statement: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    return run


def checksums(query: Query) -> dict[str, str]:
    """Return an order-free checksum of the rows of every table that dbt builds."""
    tables = query("""
        select schemaname || '.' || tablename from pg_tables
        where schemaname in ('marts', 'features', 'quarantine')
    """)
    return {
        table: query(f"""
            select md5(string_agg(line, e'\\n' order by line))
            from (select rows::text as line from {table} as rows) as lines
        """)[0][0]
        for (table,) in tables
    }


@pytest.fixture(scope="session")
def own_warehouse(warehouse: Path, session_dir: Path) -> Iterator[OwnWarehouse]:
    own = OwnWarehouse(session_dir / "own_warehouse")
    must_run("database", "start", **own.environment)
    yield own
    must_run("database", "stop", **own.environment)


@pytest.fixture
def query(own_warehouse: OwnWarehouse) -> Iterator[Query]:
    with closing(own_warehouse.connect()) as connection:
        yield query_of(connection)


@pytest.fixture(scope="session")
def built(built_warehouse: Path) -> Iterator[Query]:
    own = OwnWarehouse(built_warehouse)
    with closing(own.connect("auditor")) as connection:
        yield query_of(connection)


@pytest.fixture(scope="session")
def manifest(built_warehouse: Path) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(
        (dbt_target(built_warehouse) / "manifest.json").read_text()
    )
    return written


@pytest.fixture(scope="session")
def declared_tables(built_warehouse: Path) -> list[Table]:
    return read_tables(dbt_target(built_warehouse) / "manifest.json")


@pytest.fixture(scope="session")
def keys_project(session_dir: Path, root: Path) -> Path:
    """Copy the small project of the tests and give it the macros under test."""
    directory = session_dir / "keys_project"
    shutil.copytree(HERE / "keys_project", directory)
    for macros in ("keys", "appended"):
        source = root / "dbt_project" / "macros" / macros
        shutil.copytree(source, directory / "macros" / macros)
    return directory
