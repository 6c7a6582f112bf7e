"""The published files as pandas frames, for the peers that read them so."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ingestion import LANDING_TABLES, Source, find_batch


class RawTables:
    """Files of one or several sources, one under the other.

    Parameters
    ----------
    paths : Path
        Zips or folders of CSV. A source may lack files: its clients then have no
        rows of that table.
    """

    def __init__(self, *paths: Path) -> None:
        self._sources: tuple[Source, ...] = tuple(find_batch(path) for path in paths)

    @property
    def names(self) -> str:
        """What the sources are called."""
        return " and ".join(source.name for source in self._sources)

    @property
    def absent(self) -> frozenset[str]:
        """Landing tables that no source has a file of."""
        return frozenset(table.name for table in LANDING_TABLES) - {
            name for source in self._sources for name in source.files
        }

    def read(self, table: str) -> pd.DataFrame:
        """Read a landing table's files whole, of all sources that have it."""
        frames: list[pd.DataFrame] = []
        for source in self._sources:
            if table in source.files:
                with source.files[table].open() as stream:
                    frames.append(pd.read_csv(stream))  # type: ignore[call-overload]
        return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
