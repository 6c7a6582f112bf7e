"""From CSV files to landing tables, and the synthetic sample that stands in for them.

``python -m ingestion load SOURCE`` brings the eight Home Credit files into the ``raw``
schema; ``python -m ingestion sample`` writes eight files of invented clients with the
same shape. Everything a caller needs is importable from here and light to import.
"""

from ingestion.append import append_source
from ingestion.errors import (
    CopyError,
    HeaderError,
    IngestionError,
    LandingTableError,
    SampleError,
    SourceError,
)
from ingestion.landing_schema import LANDING_TABLES, Column, LandingTable
from ingestion.listener import LoadListener, TableLoad
from ingestion.loader import load_source
from ingestion.source import Source, find_batch, find_source

__all__ = [
    "LANDING_TABLES",
    "Column",
    "CopyError",
    "HeaderError",
    "IngestionError",
    "LandingTable",
    "LandingTableError",
    "LoadListener",
    "SampleError",
    "Source",
    "SourceError",
    "TableLoad",
    "append_source",
    "find_batch",
    "find_source",
    "load_source",
]
