"""The warehouse of the session, and what dbt wrote about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dbt_project.conftest import built
from tools.docs_site.catalogue import Table, read_tables

__all__ = ["built"]


@pytest.fixture(scope="session")
def tables(built_warehouse: Path, root: Path) -> list[Table]:
    return read_tables(root / "dbt_project" / "target" / "manifest.json")
