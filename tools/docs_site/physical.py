"""The physical model (ERD), drawn from what dbt's manifest declares."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment

from tools.docs_site.catalogue import Column, Key, Table
from tools.docs_site.lettering import as_narrow

COLOURS = {
    "dimension": "#f6d58e",
    "fact": "#bcd9f2",
    "reference": "#cfe8c9",
    "features": "#e3cdea",
}
OTHER_COLUMNS_SHOWN = 4


@dataclass(frozen=True)
class Edge:
    """A foreign key, from the parent's key column to the child's."""

    parent: str
    parent_port: str
    parent_end: str
    child: str
    child_port: str
    child_end: str


def draw_physical(tables: Iterable[Table], environment: Environment) -> str:
    """Return the ERD of the marts, and of the features of a client, as SVG.

    Reference tables and tables with one row per client are listed in a box each:
    drawn apart they would be half of the picture and say the same thing.
    """
    tables = list(tables)
    marts = [t for t in tables if t.schema == "marts" and not t.is_view]
    references = [table for table in marts if _is_reference(table)]
    satellites = [table for table in tables if _extends_client(table)]
    drawn = [table for table in marts if table not in references]
    edges = [_edge(t, key) for t in drawn for key in t.foreign_keys if _is_drawn(key)]
    if satellites:
        edges.append(
            Edge("dim_client", "client_id", "1,1", "satellites", "client_id", "0,1")
        )
    graph = environment.get_template("physical.dot.j2").render(
        tables=drawn,
        references=references,
        satellites=satellites,
        edges=edges,
        colours=COLOURS,
        colour=_colour,
        marks=_marks,
        shown=_shown,
        hidden=lambda table: len(table.columns) - len(_shown(table)),
    )
    return _render(graph)


def _is_reference(table: Table) -> bool:
    return table.name.startswith("ref_")


def _extends_client(table: Table) -> bool:
    parents = {(key.parent, key.columns) for key in table.foreign_keys}
    return table.schema == "features" and ("dim_client", table.primary_key) in parents


def _is_drawn(key: Key) -> bool:
    return not str(key.parent).startswith("ref_")


def _edge(table: Table, key: Key) -> Edge:
    nullable = any(map(table.is_nullable, key.columns))
    unique = key.columns == table.primary_key
    return Edge(
        parent=str(key.parent),
        parent_port=key.parent_columns[-1],
        parent_end="0,1" if nullable else "1,1",
        child=table.name,
        child_port=key.columns[-1],
        child_end="0,1" if unique else "0,n",
    )


def _colour(table: Table) -> str:
    return COLOURS["dimension" if table.name.startswith("dim_") else "fact"]


def _marks(table: Table, column: str) -> str:
    marks = ["PK"] if column in table.primary_key else []
    for parent in table.parents_of(column):
        marks.append(f"FK {parent}" if parent.startswith("ref_") else "FK")
    return " ".join(marks)


def _shown(table: Table) -> list[Column]:
    """Return the columns of keys, then a few others."""
    keys = [c for c in table.columns if _marks(table, c.name)]
    others = [c for c in table.columns if c not in keys]
    primary = [c for c in keys if c.name in table.primary_key]
    return [
        *primary,
        *(c for c in keys if c not in primary),
        *others[:OTHER_COLUMNS_SHOWN],
    ]


def _render(graph: str) -> str:
    drawn = subprocess.run(
        [Path(sys.executable).with_name("graphviz-pure"), "-Tsvg"],
        input=graph,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    # Positions in tenths of a point are fine enough and make a third less text.
    return re.sub(r"(\d+\.\d)\d+", r"\1", as_narrow(drawn))
