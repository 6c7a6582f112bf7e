"""The landing tables as they stand in the database: columns, rows, indexes."""

from typing import Final

from psycopg2 import extensions, sql

from ingestion.landing_schema import RAW_SCHEMA, LandingTable
from ingestion.transaction import scalar

LOCK_TIMEOUT: Final = "10s"
INDEXED_COLUMNS: Final = ("sk_id_curr", "sk_id_prev", "sk_id_bureau")


def stands_as_declared(cursor: extensions.cursor, table: LandingTable) -> bool:
    """Whether the table exists with the declared columns and types."""
    return columns_in_database(cursor, table) == _declared_columns(table)


def columns_in_database(
    cursor: extensions.cursor, table: LandingTable
) -> list[tuple[str, str]]:
    """Names and types of the existing table's columns, empty where there is none."""
    cursor.execute(
        """
        select attribute.attname, format_type(attribute.atttypid, attribute.atttypmod)
        from pg_attribute as attribute
        inner join pg_class as class on class.oid = attribute.attrelid
        inner join pg_namespace as namespace on namespace.oid = class.relnamespace
        where namespace.nspname = %s and class.relname = %s
            and attribute.attnum > 0 and not attribute.attisdropped
        order by attribute.attnum
        """,
        (RAW_SCHEMA, table.name),
    )
    return [(str(name), str(type_)) for name, type_ in cursor.fetchall()]


def has_rows(cursor: extensions.cursor, table: LandingTable) -> bool:
    """Whether the table exists and holds a row."""
    if not columns_in_database(cursor, table):
        return False
    cursor.execute(sql.SQL("select exists (select from {})").format(table.identifier))
    return bool(scalar(cursor))


def row_count(cursor: extensions.cursor, table: LandingTable) -> int:
    """Count the table's rows, 0 where there is no table."""
    if not columns_in_database(cursor, table):
        return 0
    cursor.execute(sql.SQL("select count(*) from {}").format(table.identifier))
    return int(str(scalar(cursor)))


def ensure_empty_table(cursor: extensions.cursor, table: LandingTable) -> int:
    """Leave the table empty and with the declared columns, locked until the commit.

    Returns
    -------
    int
        How many indexes of appended batches went; they would slow the load.
    """
    limit_waiting(cursor)
    if stands_as_declared(cursor, table):
        cursor.execute(sql.SQL("truncate {}").format(table.identifier))
        return _drop_indexes(cursor, table)
    if columns_in_database(cursor, table):
        cursor.execute(sql.SQL("drop table {}").format(table.identifier))
    cursor.execute(table.create_statement())
    return 0


def limit_waiting(cursor: extensions.cursor) -> None:
    """Fail, rather than wait long, where another session holds a table."""
    cursor.execute("select set_config('lock_timeout', %s, true)", (LOCK_TIMEOUT,))


def ensure_indexes(cursor: extensions.cursor, table: LandingTable) -> int:
    """Index the table's keys, so that a batch's rows and their kin are found.

    Returns
    -------
    int
        How many indexes were made now.
    """
    lacking = [
        (name, column)
        for name, column in _index_names(table)
        if not _index_exists(cursor, name)
    ]
    for name, column in lacking:
        cursor.execute(
            sql.SQL("create index {} on {} ({})").format(
                sql.Identifier(name), table.identifier, sql.Identifier(column)
            )
        )
    return len(lacking)


def _drop_indexes(cursor: extensions.cursor, table: LandingTable) -> int:
    existing = [name for name, _ in _index_names(table) if _index_exists(cursor, name)]
    for name in existing:
        cursor.execute(
            sql.SQL("drop index {}").format(sql.Identifier(RAW_SCHEMA, name))
        )
    return len(existing)


def _index_names(table: LandingTable) -> list[tuple[str, str]]:
    """Return (index, column) of every key of the table."""
    return [
        (f"{table.name}_{column.name}_idx", column.name)
        for column in table.columns
        if column.name in INDEXED_COLUMNS
    ]


def _index_exists(cursor: extensions.cursor, name: str) -> bool:
    cursor.execute("select to_regclass(%s) is not null", (f"{RAW_SCHEMA}.{name}",))
    return bool(scalar(cursor))


def _declared_columns(table: LandingTable) -> list[tuple[str, str]]:
    return [(column.name, column.type) for column in table.columns]
