"""A statement that each connection plans once and then only executes."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from psycopg2 import errors as pg_errors
from psycopg2 import extensions


@dataclass(frozen=True)
class PreparedQuery:
    """A query of one parameter, prepared where it turns out not to be.

    Planning hundreds of columns takes several times as long as reading them. Nobody
    keeps account of what which connection has prepared: the server does.

    Attributes
    ----------
    text : str
        With ``$1`` where the parameter goes.
    parameter_type : str
        Its type in SQL.
    """

    text: str
    parameter_type: str

    @cached_property
    def name(self) -> str:
        """Name of the statement; another text has another one."""
        return "q" + hashlib.sha256(self.text.encode()).hexdigest()[:32]

    def execute(self, cursor: extensions.cursor, parameter: object) -> None:
        """Run the query on a connection in autocommit; the cursor has its rows."""
        execute = f"execute {self.name} (%s)"
        try:
            cursor.execute(execute, (parameter,))
        except pg_errors.InvalidSqlStatementName:
            self._prepare(cursor)
            cursor.execute(execute, (parameter,))
        except pg_errors.FeatureNotSupported:
            # A rebuilt table has the same columns with other types.
            cursor.execute(f"deallocate {self.name}")
            self._prepare(cursor)
            cursor.execute(execute, (parameter,))

    def _prepare(self, cursor: extensions.cursor) -> None:
        cursor.execute(f"prepare {self.name} ({self.parameter_type}) as {self.text}")
