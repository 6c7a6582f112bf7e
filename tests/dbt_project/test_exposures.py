"""dbt knows which tables the programs read, and no others."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from function_app.warehouse.feature_table import FEATURE_SCHEMA, FEATURE_TABLE

ROOM_OF_EXPOSURE = {
    "scoring_function": "function_app",
    "advisor_dashboard": "bokeh_app",
    "model_training": "training",
}
# The function puts the table's name into its statement.
WRITTEN_OUT = ("{FEATURE_SCHEMA}.{FEATURE_TABLE}", f"{FEATURE_SCHEMA}.{FEATURE_TABLE}")


def tables_read_by(room: Path) -> set[str]:
    sources = (path.read_text() for path in room.rglob("*.py"))
    statements = "\n".join(source.replace(*WRITTEN_OUT) for source in sources)
    return set(re.findall(r"\b(?:from|join)\s+(?:marts|features)\.(\w+)", statements))


@pytest.mark.parametrize("exposure", ROOM_OF_EXPOSURE)
def test_an_exposure_names_what_the_program_reads(
    exposure: str, manifest: dict[str, Any], root: Path
) -> None:
    declared = manifest["exposures"][f"exposure.home_credit.{exposure}"]["depends_on"]
    names = {node.rsplit(".", 1)[1] for node in declared["nodes"]}
    assert names == tables_read_by(root / ROOM_OF_EXPOSURE[exposure])


def test_every_view_of_analysts_is_in_their_reports(manifest: dict[str, Any]) -> None:
    reports = manifest["exposures"]["exposure.home_credit.credit_risk_reports"]
    views = {name for name in manifest["nodes"] if ".agg_" in name and "model." in name}
    assert set(reports["depends_on"]["nodes"]) == views
