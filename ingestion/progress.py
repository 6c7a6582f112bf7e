"""The load on the terminal: a bar while it runs, a line per table, a summary."""

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
from ingestion.loader import LoadListener, LoadStage, TableLoad

_MEGABYTE = 1_000_000


class LoadDisplay(LoadListener):
    """Show a load, and keep its outcomes for the summary.

    Use as a context manager: the bar is on the terminal inside it only. Where the
    console is no terminal there is no bar, only the line per table.

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
        self._task: TaskID | None = None
        self._rows = 0
        self.loads: list[TableLoad] = []
        self.failed: LandingTable | None = None

    def __enter__(self) -> "LoadDisplay":
        """Put the bar on the terminal."""
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar off the terminal."""
        self._progress.stop()

    def started(self, table: LandingTable, stage: LoadStage, size: int | None) -> None:
        """Begin a bar for one reading of a file."""
        self._remove_task()
        self._rows = 0
        self.failed = table
        self._task = self._progress.add_task(
            f"{stage} {table.name}", total=size, rows=0
        )

    def advanced(self, byte_count: int, row_count: int) -> None:
        """Move the bar."""
        if self._task is not None:
            self._rows += row_count
            self._progress.update(self._task, advance=byte_count, rows=self._rows)

    def finished(self, load: TableLoad) -> None:
        """Replace the bar with the table's line."""
        self._remove_task()
        self.failed = None
        self.loads.append(load)
        self._console.print(describe(load))

    def _remove_task(self) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
            self._task = None


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
        "still hold what they held: load again, to the end, before the next dbt build."
    )


def summary(loads: list[TableLoad], failed: LandingTable | None = None) -> Table:
    """Tabulate all landing tables, also those that a failure left as they were.

    Parameters
    ----------
    loads : list of TableLoad
        Committed outcomes.
    failed : LandingTable, optional
        The table whose load was rolled back.

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
            status = "failed" if landing_table == failed else "not reached"
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
