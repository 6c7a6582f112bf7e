"""Which source the tables of the warehouse were loaded from."""

from dataclasses import asdict, dataclass
from typing import Any

from psycopg2 import extensions
from psycopg2.errors import InsufficientPrivilege, UndefinedColumn, UndefinedTable

from training.errors import FeatureTableError

_QUERY = """
    select source_name, is_invented
    from ops.completed_load
    order by last_load_id desc
    limit 1
"""


@dataclass(frozen=True)
class Origin:
    """What a model was trained on, by name.

    Attributes
    ----------
    source : str or None
        The zip or folder that was loaded last; None where no load was noted.
    is_invented : bool or None
        Whether it says of itself that no real client is in it; None where an earlier
        program loaded it.
    """

    source: str | None = None
    is_invented: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as the manifest keeps it."""
        return asdict(self)


def read_origin(connection: extensions.connection) -> Origin:
    """Read what was loaded last.

    Raises
    ------
    FeatureTableError
        If the database is of an earlier program.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(_QUERY)
            return Origin(*(cursor.fetchone() or ()))
    except (InsufficientPrivilege, UndefinedColumn, UndefinedTable) as error:
        raise FeatureTableError(
            f"The load log cannot be read ({str(error).splitlines()[0]}). Run "
            "`python -m database bootstrap`, or `start` for the embedded server."
        ) from error
