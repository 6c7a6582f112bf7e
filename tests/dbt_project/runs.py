"""dbt within this process, which spares its slow start."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from dbt.cli.main import dbtRunner


@dataclass(frozen=True)
class Finished:
    """How a dbt command ended, and all that it said."""

    succeeded: bool
    said: str


def run_here(*arguments: str, environment: Mapping[str, str] | None = None) -> Finished:
    """Run a dbt command with variables of the environment added."""
    lines: list[str] = []

    def note(event: Any) -> None:
        lines.append(str(event.info.msg))

    with (
        pytest.MonkeyPatch.context() as present,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        for name, value in (environment or {}).items():
            present.setenv(name, value)
        result = dbtRunner(callbacks=[note]).invoke(list(arguments))
    return Finished(bool(result.success), "\n".join(lines))
