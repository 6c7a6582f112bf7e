"""One line on standard error for what may go wrong."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import typer

from database import DatabaseError
from scoring import ScoringError
from training.errors import TrainingError


@contextmanager
def one_line_errors() -> Iterator[None]:
    """End with one line on standard error, and exit code 1, on what may go wrong."""
    try:
        yield
    except (TrainingError, DatabaseError, ScoringError, OSError) as error:
        message = str(error)
    except psycopg2.Error as error:
        # The first line has no values in it; a detail might have.
        reason = str(error).strip().partition("\n")[0]
        message = f"the database broke off: {reason}. Nothing was written; run again."
    else:
        return
    print(f"training: {message}", file=sys.stderr)
    raise typer.Exit(1)
