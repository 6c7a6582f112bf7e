"""A warehouse and a model of invented clients that a test may break."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg2 import extensions
from psycopg2.extras import execute_values

from database import connect
from scoring import load_model
from tests.running import must_run
from tests.scoring.synthetic import make_artefact, make_clients

KEY = "a-key-that-only-the-small-bank-knows"
FIRST_CLIENT = 500_001
CLIENTS = 40


@dataclass(frozen=True)
class SmallBank:
    """Where everything of the small bank is."""

    warehouse: Path
    models: Path

    @property
    def champion(self) -> Path:
        return self.models / "champion"

    @property
    def environment(self) -> dict[str, str]:
        # libpq's variables of the suite's own warehouse must not win.
        return {
            "WAREHOUSE_DIR": str(self.warehouse),
            "PGHOST": "",
            "MODEL_DIR": str(self.champion),
            "SCORING_API_KEY": KEY,
        }

    @contextmanager
    def connection(self, role: str) -> Iterator[extensions.connection]:
        with environment(**self.environment):
            connection = connect(role)
        connection.autocommit = True
        try:
            yield connection
        finally:
            connection.close()

    def rows(self, query: str, *values: object, role: str = "auditor") -> list[Any]:
        with self.connection(role) as connection, connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def execute(self, statement: str, role: str = "transformer") -> None:
        with self.connection(role) as connection, connection.cursor() as cursor:
            cursor.execute(statement)

    def start(self) -> None:
        must_run("database", "start", **self.environment)

    def stop(self) -> None:
        must_run("database", "stop", **self.environment)


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def found_small_bank(directory: Path) -> SmallBank:
    """Start a server, train a small model and fill the feature table."""
    bank = SmallBank(directory / "warehouse", directory / "models")
    version = make_artefact(bank.models, clients=600)
    bank.champion.symlink_to(version.name)
    bank.start()
    fill_feature_table(bank)
    return bank


def fill_feature_table(bank: SmallBank) -> None:
    features = load_model(bank.champion).features
    columns = ", ".join(
        f'"{feature.name}" {"real" if feature.data_type == "numeric" else "text"}'
        for feature in features
    )
    names = [feature.name for feature in features]
    clients, _ = make_clients(CLIENTS, seed=7)
    rows = [
        (FIRST_CLIENT + number, *(client[name] for name in names))
        for number, client in enumerate(clients)
    ]
    with bank.connection("transformer") as connection, connection.cursor() as cursor:
        cursor.execute(
            "create table features.client_features "
            f"(client_id bigint primary key, {columns})"
        )
        execute_values(cursor, "insert into features.client_features values %s", rows)
