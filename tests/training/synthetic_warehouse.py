"""A warehouse of invented clients that a test may empty and break."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg2 import extensions
from psycopg2.extras import execute_values

from database import connect
from tests.scoring.synthetic import FEATURES, INCOME_TYPES, THEMES, make_clients

CREATE = """
drop table if exists
    features.client_features, features.feature_catalogue,
    marts.ref_code_label, marts.dim_client cascade;
create table marts.dim_client (
    client_id bigint primary key,
    is_default boolean,
    gender text,
    age_years double precision,
    registration_years double precision,
    id_document_years double precision,
    employment_years double precision
);
create table marts.ref_code_label (
    code_set text, code text, label_fr text, label_en text,
    primary key (code_set, code)
);
create table features.feature_catalogue (
    feature_name text primary key, position integer, source text, theme text,
    theme_label_fr text, theme_label_en text, label_fr text, label_en text,
    unit text, data_type text, expected_direction smallint, is_protected boolean,
    code_set text, description text
);
"""


@dataclass(frozen=True)
class SyntheticWarehouse:
    """A started server of its own with the four tables that training reads."""

    directory: Path

    @property
    def environment(self) -> dict[str, str]:
        # libpq's variables of the suite's own warehouse must not win.
        return {"WAREHOUSE_DIR": str(self.directory), "PGHOST": ""}

    @contextmanager
    def connection(self, role: str) -> Iterator[extensions.connection]:
        before = dict(os.environ)
        os.environ.update(self.environment)
        try:
            connection = connect(role)
        finally:
            os.environ.clear()
            os.environ.update(before)
        try:
            yield connection
        finally:
            connection.close()

    def execute(self, statement: str) -> None:
        with self.connection("transformer") as connection, connection:
            connection.cursor().execute(statement)

    def fill(self, clients: int = 600, unlabelled: int = 100) -> None:
        """Make the tables anew."""
        rows, is_default = make_clients(clients + unlabelled, seed=3)
        columns = ", ".join(
            f"{f.name} {'text' if f.categories else 'real'}" for f in FEATURES
        )
        # Labelled and unlabelled clients alternate, as their numbers do in life.
        outcomes = [
            None if i % (clients + unlabelled) >= clients else bool(is_default[i])
            for i in range(clients + unlabelled)
        ]
        ids = [100_000 + (i * 7919) % 104_729 for i in range(clients + unlabelled)]
        with self.connection("transformer") as connection, connection:
            cursor = connection.cursor()
            cursor.execute(CREATE)
            cursor.execute(
                "create table features.client_features "
                f"(client_id bigint primary key, {columns})"
            )
            execute_values(
                cursor,
                "insert into marts.dim_client values %s",
                [
                    (i, bad, "FM"[i % 2], row["application_age_years"], i, 1, None)
                    for i, bad, row in zip(ids, outcomes, rows, strict=True)
                ],
            )
            execute_values(
                cursor,
                "insert into features.client_features values %s",
                [(i, *row.values()) for i, row in zip(ids, rows, strict=True)],
            )
            execute_values(
                cursor,
                "insert into features.feature_catalogue values %s",
                list(_catalogue()),
            )
            execute_values(
                cursor,
                "insert into marts.ref_code_label values %s",
                [("income_type", c.code, c.label_fr, c.label_en) for c in INCOME_TYPES],
            )


def _catalogue() -> Iterator[tuple[object, ...]]:
    themes = {theme.code: theme for theme in THEMES}
    for position, feature in enumerate(FEATURES, start=1):
        theme = themes[feature.theme]
        yield (
            feature.name,
            position,
            feature.name.split("_")[0],
            theme.code,
            theme.label_fr,
            theme.label_en,
            feature.label_fr,
            feature.label_en,
            feature.unit,
            feature.data_type,
            _direction(feature.name),
            feature.is_protected,
            "income_type" if feature.categories else None,
            "invented",
        )


def _direction(name: str) -> int:
    return int("late" in name) - int("external_score" in name)
