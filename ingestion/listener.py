"""What a load tells of itself: its outcomes, and whoever listens to its progress."""

from dataclasses import dataclass
from typing import Literal

from ingestion.landing_schema import LandingTable

LoadStatus = Literal["loaded", "replaced", "unchanged", "absent", "appended"]
LoadStage = Literal["checking", "loading"]


@dataclass(frozen=True, slots=True)
class TableLoad:
    """Outcome of one table.

    Attributes
    ----------
    table : LandingTable
    status : {"loaded", "replaced", "unchanged", "absent", "appended"}
    file_name : str or None
        None where the source has no file for this table.
    row_count : int
        Rows of the file, which are all rows of the table unless it was appended.
    byte_count : int
        Uncompressed bytes of the file.
    seconds : float
        Time taken.
    emptied_row_count : int
        Rows that an absent file's table held before it was emptied.
    """

    table: LandingTable
    status: LoadStatus
    file_name: str | None
    row_count: int
    byte_count: int
    seconds: float
    emptied_row_count: int = 0


class LoadListener:
    """Told how the load goes; this one stays silent, subclasses show it.

    Tables are loaded two at a time, so calls come from several threads.
    """

    def started(self, table: LandingTable, stage: LoadStage, size: int | None) -> None:
        """Note that a file of `size` bytes (None: unknown) is being read."""

    def advanced(self, table: LandingTable, byte_count: int, row_count: int) -> None:
        """Note that so many more bytes and lines of a table's file were read."""

    def noted(self, line: str) -> None:
        """Note something that a person should know."""

    def finished(self, load: TableLoad) -> None:
        """Note that a table is done and, unless it is appended, committed."""
