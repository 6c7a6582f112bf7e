"""dbt within this process, which spares its slow start."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest


@dataclass(frozen=True)
class Finished:
    """How a dbt command ended, and all that it said."""

    succeeded: bool
    said: str
    result: Any = None


def run_here(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    parsed: Manifest | None = None,
) -> Finished:
    """Run a dbt command with variables of the environment added.

    A project parsed before, which `parse` gives as its result, is not read again.
    """
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
        runner = dbtRunner(manifest=parsed, callbacks=[note])
        ended = runner.invoke(list(arguments))
    return Finished(bool(ended.success), "\n".join(lines), ended.result)
