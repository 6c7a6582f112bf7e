"""Run dbt commands on Spark in one process and keep what the tests look at.

Run by the environment that has Spark, which has no pytest: `spark_run.py PLAN OUT`.
PLAN is a JSON list of {"arguments": [...], "environment": {...}}; OUT receives, as
JSON, for each command whether it succeeded and what its results said, and after the
first the tables as they stood.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner
from pyspark.sql import SparkSession

SCHEMAS = ("raw", "marts", "quarantine", "features")
KEPT = "features.client_features"


def run(command: dict[str, Any]) -> dict[str, Any]:
    """Run one dbt command; tell each node's status and message."""
    os.environ.update(command["environment"])
    outcome = dbtRunner().invoke(command["arguments"])
    nodes = {
        result.node.name: {"status": str(result.status), "message": result.message}
        for result in getattr(outcome.result, "results", [])
    }
    return {
        "success": outcome.success,
        "error": str(outcome.exception or ""),
        "nodes": nodes,
    }


def tables() -> dict[str, Any]:
    """Count the rows of every table and view; read the one that is compared whole."""
    session = SparkSession.builder.getOrCreate()
    names = [
        f"{schema}.{table.tableName}"
        for schema in SCHEMAS
        for table in session.sql(f"show tables in {schema}").collect()
        if not table.isTemporary
    ]
    kept = session.table(KEPT)
    return {
        "row_counts": {name: session.table(name).count() for name in names},
        "columns": kept.columns,
        "rows": [list(row) for row in kept.orderBy("client_id").collect()],
    }


def main() -> None:
    """Run the plan."""
    plan, out = (Path(argument) for argument in sys.argv[1:])
    report: dict[str, Any] = {"runs": []}
    for command in json.loads(plan.read_text()):
        report["runs"].append(run(command))
        if "tables" not in report and report["runs"][-1]["success"]:
            report["tables"] = tables()
    out.write_text(json.dumps(report))


if __name__ == "__main__":
    main()
