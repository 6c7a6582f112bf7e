"""A feature table of full size with something to learn in it.

Repeated rows would teach a model their copies by heart. Here each client takes the
features of every source from another client, and an outcome drawn by the odds that
trees see in them: a table of the real widths and values, with as much chance in the
outcomes as life has, on which early stopping stops where it would.
"""

from __future__ import annotations

import io
from contextlib import closing

import numpy as np
from numpy.typing import NDArray
from psycopg2 import extensions, sql

from benchmarks.full_size import LABELLED, UNLABELLED
from benchmarks.peer_trees import PeerTrees
from benchmarks.scratch_server import ScratchServer
from database import connect
from scoring import probability_of
from training.data.feature_table import FeatureTable, read_feature_table

_FIRST_ID = 100_000_000
_SEED = 0

# The outcome and the key are drawn, all else of an application is its parent's.
_DRAWN = ("client_id", "is_default")


def fill_with_drawn_clients(server: ScratchServer, labelled: int) -> None:
    """Make the tables that training reads, from those of the warehouse.

    Parameters
    ----------
    server : ScratchServer
    labelled : int
        Clients with an outcome; others come in the full files' proportion.
    """
    with (
        closing(connect("trainer", read_only=True)) as warehouse,
        closing(server.connection()) as scratch,
    ):
        table = read_feature_table(warehouse)
        for schema, name, target in (
            ("features", "feature_catalogue", "feature_catalogue"),
            ("marts", "ref_code_label", "ref_code_label"),
            ("features", "client_features", "parent"),
            ("marts", "dim_client", "parent"),
        ):
            _copy_table(warehouse, scratch, (schema, name), (schema, target))
        sources = _sources(table)
        draws, is_default = _draw(table, sources, labelled)
        _send_draws(scratch, list(sources), table.client_ids[draws], is_default)
        _make_features(scratch, sources, table)
        _make_clients(scratch)
        scratch.commit()
        scratch.autocommit = True
        with scratch.cursor() as cursor:
            cursor.execute("vacuum analyze features.client_features, marts.dim_client")


def _sources(table: FeatureTable) -> dict[str, list[int]]:
    """Return the columns of each source, by the first word of their names."""
    sources: dict[str, list[int]] = {}
    for position, feature in enumerate(table.features):
        sources.setdefault(feature.name.partition("_")[0], []).append(position)
    return sources


def _draw(
    table: FeatureTable, sources: dict[str, list[int]], labelled: int
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Draw parents, shape (n_clients, n_sources), and the outcomes of the labelled."""
    rng = np.random.default_rng(_SEED)
    clients = labelled + labelled * UNLABELLED // LABELLED
    draws = rng.integers(0, len(table.matrix), (clients, len(sources)))
    trees = PeerTrees(tuple(table.categorical_positions), rounds=100).fit(
        table.labelled, table.is_default, _SEED
    )
    parts = np.asarray(trees.booster.predict(table.matrix, pred_contrib=True))
    margins = np.full(labelled, parts[0, -1])
    for number, positions in enumerate(sources.values()):
        margins += parts[:, positions].sum(axis=1)[draws[:labelled, number]]
    return draws, rng.random(labelled) < probability_of(margins)


def _copy_table(
    warehouse: extensions.connection,
    scratch: extensions.connection,
    name: tuple[str, str],
    target: tuple[str, str],
) -> None:
    """Copy a table of the warehouse through memory."""
    found, made = sql.Identifier(*name), sql.Identifier(*target)
    with warehouse.cursor() as reader, scratch.cursor() as writer:
        reader.execute(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute "
            "where attrelid = %s::regclass and attnum > 0 and not attisdropped "
            "order by attnum",
            (".".join(name),),
        )
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind))
            for column, kind in reader.fetchall()
        )
        writer.execute(sql.SQL("create table {} ({})").format(made, columns))
        rows = io.BytesIO()
        reader.copy_expert(
            sql.SQL("copy (table {}) to stdout (format binary)").format(found), rows
        )
        rows.seek(0)
        writer.copy_expert(
            sql.SQL("copy {} from stdin (format binary)").format(made), rows
        )


def _send_draws(
    scratch: extensions.connection,
    sources: list[str],
    parents: NDArray[np.int64],
    is_default: NDArray[np.bool_],
) -> None:
    """Send new keys, outcomes and the parents' keys, one column per source."""
    columns = sql.SQL(", ").join(
        sql.SQL("{} bigint").format(sql.Identifier(source)) for source in sources
    )
    lines = io.StringIO()
    for number, keys in enumerate(parents.tolist()):
        outcome = int(is_default[number]) if number < is_default.size else r"\N"
        fields = (_FIRST_ID + number, outcome, *keys)
        lines.write("\t".join(map(str, fields)) + "\n")
    lines.seek(0)
    with scratch.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "create table features.draw (client_id bigint, is_default boolean, {})"
            ).format(columns)
        )
        cursor.copy_expert("copy features.draw from stdin", lines)
        cursor.execute("analyze features.draw, features.parent")


def _make_features(
    scratch: extensions.connection, sources: dict[str, list[int]], table: FeatureTable
) -> None:
    columns = sql.SQL(", ").join(
        sql.Identifier(source, table.features[position].name)
        for source, positions in sources.items()
        for position in positions
    )
    joins = sql.SQL(" ").join(
        sql.SQL("inner join features.parent as {0} on draw.{0} = {0}.client_id").format(
            sql.Identifier(source)
        )
        for source in sources
    )
    with scratch.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "create table features.client_features as "
                "select draw.client_id, {} from features.draw {}"
            ).format(columns, joins)
        )
        cursor.execute(
            "alter table features.client_features add primary key (client_id)"
        )


def _make_clients(scratch: extensions.connection) -> None:
    with scratch.cursor() as cursor:
        cursor.execute("select * from marts.parent limit 0")
        others = sql.SQL(", ").join(
            sql.Identifier("parent", column.name)
            for column in cursor.description or ()
            if column.name not in _DRAWN
        )
        cursor.execute(
            sql.SQL(
                "create table marts.dim_client as "
                "select draw.client_id, draw.is_default, {} from features.draw "
                "inner join marts.parent on draw.application = parent.client_id"
            ).format(others)
        )
        cursor.execute("alter table marts.dim_client add primary key (client_id)")
