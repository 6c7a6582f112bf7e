#!/usr/bin/env bash
# Roles, schemas and grants, by the administrator; passwords of new roles go to the vault.
# azure/bootstrap_database.sh DATABASE_HOST KEY_VAULT
set -euo pipefail
cd "$(dirname "$0")/.."
host=${1:?the database server}
vault=${2:?the key vault}
: "${POSTGRES_ADMINISTRATOR_PASSWORD:?}"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
PGHOST=$host PGUSER=postgres_administrator PGPASSWORD=$POSTGRES_ADMINISTRATOR_PASSWORD \
    PGSSLROOTCERT=${PGSSLROOTCERT:-/etc/ssl/certs/ca-certificates.crt} \
    .venv/bin/python -m database bootstrap --passfile "$scratch/pgpass"

[ -e "$scratch/pgpass" ] || exit 0
# One line for each role that is new: host:port:database:role:password
while IFS=: read -r _ _ _ role password; do
    printf %s "$password" > "$scratch/password"
    az keyvault secret set --vault-name "$vault" --name "$role-password" \
        --file "$scratch/password" --output none
    echo "The password of $role is in $vault"
done < "$scratch/pgpass"
