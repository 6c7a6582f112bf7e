"""The same dbt project gives on Spark what it gives on PostgreSQL."""

from __future__ import annotations

import gzip
import json
import math
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingestion.landing_schema import LANDING_TABLES
from tests.dbt_project.conftest import Query
from tests.running import ROOT

SPARK_PYTHON = ROOT / ".venv" / "spark" / "bin" / "python"
SOURCES = ROOT / "dbt_project" / "models" / "staging" / "_staging__sources.yml"

# Besides the tables: what dialects write differently, and that no row vanishes.
TESTS = [
    "test_name:accounts_for_landing",
    "test_name:columns_match_the_catalogue",
    "dim_client_accounts_for_every_application",
    "payments_add_up_to_installments",
]
# What the dashboard asks, which asks PostgreSQL alone.
NOT_ON_SPARK = {"features.client_block", "features.feature_block"}
# Spark's defaults are for hours of work; these are for seconds.
SMALL_WORK = {
    "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "PYSPARK_SUBMIT_ARGS": " ".join(
        [
            "--conf spark.sql.adaptive.enabled=false",
            # Compiling expressions of hundreds of columns outlasts reading few rows.
            "--conf spark.sql.codegen.wholeStage=false",
            "--conf spark.sql.codegen.factoryMode=NO_CODEGEN",
            "--conf spark.sql.maxPlanStringLength=64",
            "pyspark-shell",
        ]
    ),
    "SPARK_CATALOG": "in-memory",
    "SPARK_DRIVER_MEMORY": "1g",
    "SPARK_LOCAL_IP": "127.0.0.1",
    "SPARK_MASTER": "local[2]",
    "SPARK_SHUFFLE_PARTITIONS": "1",
}


def spark_test(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test of Spark; whichever comes first pays for the build of them all."""
    return pytest.mark.spark(pytest.mark.timeout(1800)(test))


@dataclass(frozen=True)
class SparkReport:
    """What spark_run.py saw: a whole build, a wrong landing, appended clients."""

    whole: dict[str, Any]
    wrong: dict[str, Any]
    appended: dict[str, Any]
    tables: dict[str, Any]


def build_command(landing: Path, *selection: str) -> dict[str, Any]:
    """Build what is selected from the files of a folder; tests only by their name."""
    return {
        "arguments": [
            *("--no-use-colors", "build", "--target", "spark"),
            *("--project-dir", "dbt_project", "--indirect-selection", "empty"),
            *("--select", *selection),
        ],
        "environment": {"LANDING_DIR": str(landing)},
    }


def land_an_impossible_target(sample: Path, folder: Path) -> Path:
    """Land one file alone, packed, whose first client has a target of 2."""
    folder.mkdir()
    lines = (sample / "application_train.csv").read_text().splitlines(keepends=True)
    client, _, others = lines[1].split(",", 2)
    lines[1] = f"{client},2,{others}"
    with gzip.open(folder / "application_train.csv.gz", "wt") as packed:
        packed.writelines(lines)
    return folder


@pytest.fixture(scope="module")
def spark(sample_dir: Path, session_dir: Path) -> SparkReport:
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("no Java: apt-get install default-jre-headless, then make spark")
    if not SPARK_PYTHON.exists():
        pytest.skip("no .venv/spark: make spark")
    work = session_dir / "spark"
    work.mkdir()
    wrong = land_an_impossible_target(sample_dir, work / "wrong_landing")
    everything = ["resource_type:model", "resource_type:seed", *TESTS]
    plan = [
        build_command(sample_dir, *everything),
        build_command(wrong, "+dim_client,resource_type:model"),
        build_command(sample_dir, "dim_client", "--vars", "clients: appended"),
    ]
    (work / "plan.json").write_text(json.dumps(plan))
    finished = subprocess.run(
        [
            str(SPARK_PYTHON),
            str(Path(__file__).with_name("spark_run.py")),
            str(work / "plan.json"),
            str(work / "report.json"),
        ],
        cwd=ROOT,
        env={
            **os.environ,
            **SMALL_WORK,
            "DBT_PROFILES_DIR": str(ROOT / "dbt_project"),
            "DBT_TARGET_PATH": str(work / "target"),
            "DBT_LOG_PATH": str(work / "logs"),
            "SPARK_WAREHOUSE": str(work / "warehouse"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout[-8000:] + finished.stderr[-8000:]
    report = json.loads((work / "report.json").read_text())
    assert report["runs"][0]["success"], finished.stdout[-8000:]
    return SparkReport(*report["runs"], report["tables"])


# First what Spark alone answers: meanwhile another process may build on PostgreSQL.
@spark_test
def test_a_declared_key_that_rows_break_fails_the_build_on_spark(
    spark: SparkReport,
) -> None:
    assert not spark.wrong["success"]
    refused = spark.wrong["nodes"]["dim_client"]
    assert "ck_dim_client__label (1 rows)" in refused["message"]


@spark_test
def test_an_absent_optional_file_is_an_empty_table_on_spark(spark: SparkReport) -> None:
    staged = spark.wrong["nodes"]["quarantine_application_test"]
    assert staged["status"] == "success", staged["message"]


@spark_test
def test_a_second_build_on_spark_replaces_what_stands(spark: SparkReport) -> None:
    rebuilt = {
        name for name, node in spark.wrong["nodes"].items() if name.startswith("stg_")
    }
    assert rebuilt
    assert {spark.wrong["nodes"][name]["status"] for name in rebuilt} == {"success"}


@spark_test
def test_building_only_appended_clients_is_refused_on_spark(spark: SparkReport) -> None:
    assert not spark.appended["success"]
    said = str(spark.appended["nodes"]) + spark.appended["error"]
    assert "only PostgreSQL knows which batches were appended" in said


@spark_test
def test_spark_builds_the_same_client_features(
    spark: SparkReport, built: Query
) -> None:
    names = [
        name
        for (name,) in built("""
            select attname from pg_attribute
            where attrelid = 'features.client_features'::regclass
            and attnum > 0 and not attisdropped
            order by attnum
        """)
    ]
    assert spark.tables["columns"] == names
    expected = built("select * from features.client_features order by client_id")
    seen = spark.tables["rows"]
    assert [row[0] for row in seen] == [row[0] for row in expected]
    different = {
        name
        for here, there in zip(expected, seen, strict=True)
        for name, one, other in zip(names, here, there, strict=True)
        if not is_same(one, other)
    }
    assert different == set()


def is_same(one: Any, other: Any) -> bool:
    """Compare two values: null with null, numbers within what `real` holds."""
    if isinstance(one, float) and other is not None:
        return math.isclose(one, other, rel_tol=1e-5, abs_tol=1e-6)
    return bool(one == other)


@spark_test
def test_spark_builds_the_same_number_of_rows_in_every_table_and_view(
    spark: SparkReport, built: Query
) -> None:
    counts = spark.tables["row_counts"]
    in_postgresql = {
        f"{schema}.{table}"
        for schema, table in built("""
            select nspname, relname from pg_class
            inner join pg_namespace on relnamespace = pg_namespace.oid
            where nspname in ('raw', 'marts', 'quarantine', 'features')
            and relkind in ('r', 'v')
        """)
    }
    in_postgresql -= NOT_ON_SPARK
    assert set(counts) == in_postgresql
    assert counts == {
        table: built(f"select count(*) from {table}")[0][0] for table in in_postgresql
    }


def test_sources_declare_the_columns_that_ingestion_lands() -> None:
    declared = {
        table["name"]: table
        for table in yaml.safe_load(SOURCES.read_text())["sources"][0]["tables"]
    }
    assert {
        name: [(column["name"], column["data_type"]) for column in table["columns"]]
        for name, table in declared.items()
    } == {
        table.name: [(column.name, column.type) for column in table.columns]
        for table in LANDING_TABLES
    }
    assert {
        name: (
            table["external"]["location"],
            table["external"].get("is_required", False),
        )
        for name, table in declared.items()
    } == {table.name: (table.file_name, table.is_required) for table in LANDING_TABLES}
