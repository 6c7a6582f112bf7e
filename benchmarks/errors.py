"""What a benchmark refuses to measure, and how every command ends then."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import typer

from database import DatabaseError
from ingestion import IngestionError
from scoring import ScoringError
from training.errors import TrainingError


class BenchmarkError(Exception):
    """Something is not there that a benchmark measures."""


@contextmanager
def one_line_errors() -> Iterator[None]:
    """End with one line on standard error, and exit code 1, on what may go wrong."""
    try:
        yield
    except (
        BenchmarkError,
        DatabaseError,
        IngestionError,
        OSError,
        ScoringError,
        TrainingError,
    ) as error:
        message = str(error)
    except psycopg2.Error as error:
        # The first line has no values in it; a detail might have.
        message = f"the database broke off: {str(error).strip().partition(chr(10))[0]}"
    else:
        return
    print(f"benchmarks: {message}", file=sys.stderr)
    raise typer.Exit(1)
