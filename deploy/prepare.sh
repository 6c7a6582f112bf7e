#!/bin/sh
# From an empty database server to a champion, in containers: roles and their passwords,
# data, marts, model. A second run does what has changed.
# deploy/prepare.sh SOURCE: a zip or folder of CSV, or `sample` for invented clients.
set -eu
source=${1:-sample}
secrets=${SECRETS_DIR:?the folder of the passwords}
models=${MODELS_DIR:?the folder of the models}
: "${POSTGRES_PASSWORD:?}"
export PGPASSFILE="$secrets/pgpass"
umask 077
mkdir -p "$secrets/scorer" "$secrets/advisor"

PGUSER=postgres PGPASSWORD=$POSTGRES_PASSWORD python -m database bootstrap \
    --passfile "$PGPASSFILE"
# To each server its own password and no other.
for role in scorer advisor; do
    grep ":$role:" "$PGPASSFILE" >"$secrets/$role/pgpass.new"
    mv "$secrets/$role/pgpass.new" "$secrets/$role/pgpass"
done

if [ "$source" = sample ]; then
    source=$(mktemp -d)/sample
    python -m ingestion sample --clients "${CLIENTS:-5000}" --seed 42 --out "$source"
fi
python -m ingestion load "$source"
# Models and what a server reads are no secrets within this machine.
umask 022
settings=$(python -m database env)
(eval "$settings" && dbt build --project-dir dbt_project)
python -m training run --if-changed --models-dir "$models" --runs-dir "$models/runs"
