"""How a command ends when something is not as it should be."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from function_app.errors import FunctionAppError


@contextmanager
def one_line_errors(*more: type[Exception]) -> Iterator[None]:
    """Turn an error of this package, or of more kinds, into a line and exit code 1."""
    expected: tuple[type[Exception], ...] = (FunctionAppError, *more)
    try:
        yield
    except expected as error:
        print(f"function_app: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
