"""The load on the terminal: bars while it runs, a line per table, a summary."""

from collections.abc import Collection

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from ingestion.landing_schema import LANDING_TABLES, LandingTable
from ingestion.listener import LoadListener, LoadStage, TableLoad

_MEGABYTE = 1_000_000


class LoadDisplay(LoadListener):
    """Show a load, and keep its outcomes for the summary.

    Use as a context manager: the bars are on the terminal inside it only. Where the
    console is no terminal there are none, only the line per table.

    Parameters
    ----------
    console : rich.console.Console
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=12),
            DownloadColumn(),
            TextColumn("{task.fields[rows]:,} rows"),
            TransferSpeedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._tasks: dict[LandingTable, TaskID] = {}
        self._rows: dict[LandingTable, int] = {}
        self.loads: list[TableLoad] = []

    def __enter__(self) -> "LoadDisplay":
        """Put the bars on the terminal."""
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bars off the terminal."""
        self._progress.stop()

    def started(self, table: LandingTable, stage: LoadStage, size: int | None) -> None:
        """Begin a bar for one reading of a file."""
        self._remove_task(table)
        self._rows[table] = 0
        self._tasks[table] = self._progress.add_task(
            f"{stage} {table.name}", total=size, rows=0
        )

    def advanced(self, table: LandingTable, byte_count: int, row_count: int) -> None:
        """Move the table's bar."""
        self._rows[table] += row_count
        self._progress.update(
            self._tasks[table], advance=byte_count, rows=self._rows[table]
        )

    def noted(self, line: str) -> None:
        """Print a line above the bars."""
        self._console.print(line)

    def finished(self, load: TableLoad) -> None:
        """Replace the table's bar with its line."""
        self._remove_task(load.table)
        self.loads.append(load)
        self._console.print(describe(load))

    @property
    def unfinished(self) -> frozenset[LandingTable]:
        """Tables whose file is being read, or was when the load ended."""
        return frozenset(self._tasks)

    def _remove_task(self, table: LandingTable) -> None:
        if table in self._tasks:
            self._progress.remove_task(self._tasks.pop(table))


def describe(load: TableLoad) -> str:
    """Return one line on one table's outcome."""
    name = load.table.name
    if load.status == "absent":
        held = (
            f"emptied of {load.emptied_row_count:,} rows"
            if load.emptied_row_count
            else "empty"
        )
        return f"{name}: absent, the source has no {load.table.file_name}; table {held}"
    rows = f"{load.row_count:,} rows"
    if load.status == "unchanged":
        return f"{name}: unchanged, {load.file_name} is already loaded ({rows})"
    if load.status == "appended":
        return f"{name}: {rows} appended from {load.file_name}"
    megabytes = load.byte_count / _MEGABYTE
    return (
        f"{name}: {load.status} from {load.file_name}, {rows}, {megabytes:,.1f} MB "
        f"in {load.seconds:.1f} s"
    )


def unfinished_warning(loads: list[TableLoad]) -> str | None:
    """Return what to say where a load ended early and had changed tables, else None.

    Each table is a transaction of its own, so a failure keeps the tables before it.

    Parameters
    ----------
    loads : list of TableLoad
        Committed outcomes.
    """
    changed = [
        load.table.name
        for load in loads
        if load.status in {"loaded", "replaced"} or load.emptied_row_count
    ]
    if not changed or len(loads) == len(LANDING_TABLES):
        return None
    return (
        f"Changed before the failure: {', '.join(changed)}. The other landing tables "
        "still hold what they held: load again, to the end. Until then dbt build "
        "refuses to run."
    )


def summary(loads: list[TableLoad], unfinished: Collection[LandingTable] = ()) -> Table:
    """Tabulate all landing tables, also those that a failure left as they were.

    Parameters
    ----------
    loads : list of TableLoad
        Committed outcomes.
    unfinished : collection of LandingTable, optional
        Tables whose load was rolled back.

    Returns
    -------
    rich.table.Table
    """
    table = Table(title="Landing tables")
    table.add_column("table")
    for heading in ("rows", "bytes", "seconds"):
        table.add_column(heading, justify="right")
    table.add_column("status")
    outcomes = {load.table.name: load for load in loads}
    for landing_table in LANDING_TABLES:
        load = outcomes.get(landing_table.name)
        if load is None:
            reached = landing_table in unfinished
            status = "not finished" if reached else "not reached"
            table.add_row(landing_table.name, "", "", "", f"{status}, left as it was")
            continue
        table.add_row(
            load.table.name,
            f"{load.row_count:,}",
            f"{load.byte_count:,}",
            f"{load.seconds:.1f}",
            load.status,
        )
    return table
