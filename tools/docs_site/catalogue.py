"""What dbt's manifest declares about the warehouse: tables, columns, keys."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMAS = ("marts", "features", "quarantine", "staging")


@dataclass(frozen=True)
class Column:
    """A column; `formula` computes it from other columns of the table."""

    name: str
    data_type: str
    description: str
    formula: str | None


@dataclass(frozen=True)
class Key:
    """A constraint; `parent` names the table that a foreign key points at."""

    kind: str
    columns: tuple[str, ...]
    expression: str | None
    parent: str | None
    parent_columns: tuple[str, ...]


@dataclass(frozen=True)
class Code:
    """A row of a reference table."""

    code: str
    label_fr: str
    label_en: str


@dataclass(frozen=True)
class Table:
    """A table or view of the warehouse; `codes` are the rows of a reference table."""

    schema: str
    name: str
    is_view: bool
    description: str
    columns: tuple[Column, ...]
    keys: tuple[Key, ...]
    indexes: tuple[tuple[str, ...], ...]
    grain: tuple[str, ...]
    codes: tuple[Code, ...]

    def of_kind(self, kind: str) -> list[Key]:
        """Return the constraints of one kind."""
        return [key for key in self.keys if key.kind == kind]

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Columns of the primary key, of a view those that tell its rows apart."""
        return next((key.columns for key in self.of_kind("primary_key")), self.grain)

    @property
    def foreign_keys(self) -> list[Key]:
        """Constraints that point at other tables."""
        return self.of_kind("foreign_key")

    def is_nullable(self, column: str) -> bool:
        """Whether the column may be null."""
        not_null = {name for key in self.of_kind("not_null") for name in key.columns}
        primary = {name for key in self.of_kind("primary_key") for name in key.columns}
        return column not in not_null | primary

    def parents_of(self, column: str) -> list[str]:
        """Return the tables that the column's foreign keys point at."""
        return [k.parent for k in self.foreign_keys if column in k.columns and k.parent]


def read_tables(manifest_path: Path) -> list[Table]:
    """Return all models and seeds, in the order of layers and names."""
    manifest = json.loads(manifest_path.read_text())
    tables = [
        _table(node)
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed") and node["schema"] in SCHEMAS
    ]
    return sorted(tables, key=lambda t: (SCHEMAS.index(t.schema), t.name))


def _table(node: dict[str, Any]) -> Table:
    config = node["config"]
    types = config.get("column_types") or {}
    return Table(
        schema=node["schema"],
        name=node["alias"],
        is_view=config["materialized"] == "view",
        description=_one_line(node["description"]),
        columns=tuple(
            Column(
                name=name,
                data_type=column["data_type"] or types.get(name, ""),
                description=_one_line(column["description"]),
                formula=column["config"]["meta"].get("formula"),
            )
            for name, column in node["columns"].items()
        ),
        keys=tuple(_keys(node)),
        indexes=tuple(tuple(i["columns"]) for i in config.get("indexes") or ()),
        grain=tuple(config["meta"].get("grain", ())),
        codes=tuple(_codes(node)),
    )


def _codes(node: dict[str, Any]) -> Iterator[Code]:
    if node["resource_type"] != "seed" or "code" not in node["columns"]:
        return
    file = Path(node["root_path"], node["original_file_path"])
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield Code(row["code"], row["label_fr"], row["label_en"])


def _keys(node: dict[str, Any]) -> Iterator[Key]:
    for name, column in node["columns"].items():
        for constraint in column["constraints"]:
            yield _key(constraint, (name,))
    # dbt knows no constraints of seeds; the project keeps them in `meta`.
    declared = node.get("constraints") or node["config"]["meta"].get("constraints", ())
    for constraint in declared:
        yield _key(constraint, tuple(constraint.get("columns") or ()))


def _key(constraint: dict[str, Any], columns: tuple[str, ...]) -> Key:
    return Key(
        kind=constraint["type"],
        columns=columns,
        expression=constraint.get("expression"),
        parent=_referred_table(constraint.get("to")),
        parent_columns=tuple(constraint.get("to_columns") or ()),
    )


def _referred_table(reference: str | None) -> str | None:
    # dbt has resolved `ref('parent')` in some nodes and not in others.
    return re.findall(r"\w+", reference)[-1] if reference else None


def _one_line(text: str) -> str:
    return " ".join(text.split())
