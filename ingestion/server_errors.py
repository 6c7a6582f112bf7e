"""What the server says, in words fit for a terminal: never with a client's values."""

import re
from typing import Final

import psycopg2
from psycopg2 import errorcodes, errors

from ingestion.errors import CopyError, IngestionError, LandingTableError
from ingestion.landing_schema import LandingTable

# "COPY bureau, line 3, column status: …" in whatever language the server speaks; what
# follows the colon is the client's data and is left alone.
_COPY_PLACE: Final = re.compile(r"^COPY [^,]+, \D*(\d+)(?:, \S+ (\w+))?", re.MULTILINE)

_MALFORMED_ROW: Final = {
    "missing data": "the row has too few columns, so the file is probably cut there",
    "extra data": "the row has too many columns",
    "unterminated": "a quotation mark is opened and never closed",
    "unquoted": "a line break stands inside a row without quotation marks",
}

_ENVIRONMENT: Final = {
    errorcodes.DISK_FULL: (
        "the server's disk is full. Free space on it, or move the database to a larger "
        "one"
    ),
    errorcodes.OUT_OF_MEMORY: "the server is out of memory. Free memory on it",
    errorcodes.INSUFFICIENT_PRIVILEGE: (
        "the server refuses this role. Connect with the role `loader`, and run "
        "`python -m database bootstrap` if its rights were never granted"
    ),
    errorcodes.LOCK_NOT_AVAILABLE: (
        "another session holds the table. Wait for it (a dbt run, a backup) or end it"
    ),
    errorcodes.QUERY_CANCELED: (
        "the server cancelled it, by an administrator's hand or a statement_timeout. "
        "Lift the limit for this role"
    ),
    errorcodes.READ_ONLY_SQL_TRANSACTION: (
        "the server accepts no writes here. Connect to the primary server with a role "
        "that may write"
    ),
    errorcodes.INVALID_SCHEMA_NAME: (
        "the schema is not there. Run `python -m database bootstrap`"
    ),
}


def server_error(
    error: psycopg2.Error, table: LandingTable, file_name: str | None
) -> IngestionError:
    """Translate a server's error met while loading one table.

    Parameters
    ----------
    error : psycopg2.Error
    table : LandingTable
        The table being loaded; its transaction is rolled back.
    file_name : str or None
        The file being loaded, None where there is none.

    Returns
    -------
    IngestionError
        To be raised ``from None``: the original's text may quote a row.
    """
    code = error.pgcode
    subject = file_name or table.name
    if code is None or code.startswith(("08", "57P")):
        return IngestionError(
            f"{subject}: the connection to the server was lost, and nothing of it was "
            "kept. Start the server (`python -m database start`) and load again."
        )
    if code == errorcodes.DEPENDENT_OBJECTS_STILL_EXIST:
        return _dependents_error(error, table)
    if code == errorcodes.UNDEFINED_TABLE:
        # The message names a table and nothing else.
        return LandingTableError(
            f"{subject}: {error.diag.message_primary}. Nothing of it was kept. Run "
            "`python -m database bootstrap`, which makes what is missing, then the "
            "load again."
        )
    if code.startswith("22"):
        return CopyError(
            f"{subject}{_place(error, table)}: {_data_reason(error, table)}. Nothing "
            "of this file was kept; correct or replace it and run the load again."
        )
    reason = _ENVIRONMENT.get(
        code, f"the server refused it ({_condition(code)}, SQLSTATE {code})"
    )
    return LandingTableError(
        f"{subject}: {reason}. Nothing of it was kept; then run the load again."
    )


def was_interrupted(error: psycopg2.Error) -> bool:
    """Whether Ctrl-C fell between two reads of a COPY.

    psycopg2 then cancels the COPY for a failed read, and the interrupt itself is lost.
    A read that really failed has left its reason in `CsvStream.error`.
    """
    primary = error.diag.message_primary or ""
    return error.pgcode == errorcodes.QUERY_CANCELED and ".read() call" in primary


def _dependents_error(error: psycopg2.Error, table: LandingTable) -> IngestionError:
    detail = error.diag.message_detail or ""
    dependents = dict.fromkeys(re.findall(r"^(.+?) depends on ", detail, re.MULTILINE))
    views = [name.removeprefix("view ") for name in dependents if name[:5] == "view "]
    command = (
        " (views with: python -m database psql --role transformer -- "
        f"-c 'drop view {', '.join(views)}')"
        if views
        else ""
    )
    return LandingTableError(
        f"raw.{table.name} has other columns than declared and must be made anew, but "
        f"other objects depend on it: {', '.join(dependents)}. Drop these{command}, "
        "run the load again, then `dbt build`, which makes dbt's own views anew."
    )


def _place(error: psycopg2.Error, table: LandingTable) -> str:
    match = _COPY_PLACE.search(error.diag.context or "")
    if match is None:
        return ""
    line, column = match.groups()
    known = {column.name: column.published_name for column in table.columns}
    return f", line {line}" + (f", column {known[column]}" if column in known else "")


def _data_reason(error: psycopg2.Error, table: LandingTable) -> str:
    if error.pgcode == errorcodes.BAD_COPY_FILE_FORMAT:
        primary = error.diag.message_primary or ""
        for sign, reason in _MALFORMED_ROW.items():
            if primary.startswith(sign):
                return reason
        return "the row is not well-formed CSV"
    if error.pgcode in (
        errorcodes.CHARACTER_NOT_IN_REPERTOIRE,
        errorcodes.UNTRANSLATABLE_CHARACTER,
    ):
        return "the text is not UTF-8"
    match = _COPY_PLACE.search(error.diag.context or "")
    types = {column.name: column.type for column in table.columns}
    expected = {
        "integer": "a whole number",
        "double precision": "a number",
    }.get(types.get(match[2], "") if match else "", "a value of its type")
    if error.pgcode == errorcodes.NUMERIC_VALUE_OUT_OF_RANGE:
        return f"the value is too large or too small for {expected}"
    return f"the value is not {expected}"


def _condition(code: str) -> str:
    """Name of an SQLSTATE, for instance ``too many connections``."""
    try:
        name = errors.lookup(code).__name__
    except KeyError:
        return "unknown condition"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
