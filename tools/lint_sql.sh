#!/bin/sh
# Lint the dbt project's SQL. The dbt templater compiles against a server, so one is
# started in a folder of its own and removed again.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin

unset PGHOST PGHOSTADDR PGPORT PGUSER PGPASSWORD PGDATABASE PGSERVICE
WAREHOUSE_DIR=$(mktemp -d)
export WAREHOUSE_DIR
trap '$bin/python -m database remove --yes >/dev/null' EXIT

$bin/python -m database start >/dev/null
eval "$($bin/python -m database env)"
$bin/sqlfluff lint --processes 2 dbt_project
$bin/sqlfluff lint --templater raw database/sql
