#!/usr/bin/env bash
# Infrastructure, then roles and schemas in its database, then what connects to them.
# Secrets come by the environment: POSTGRES_ADMINISTRATOR_PASSWORD, SCORING_API_KEY,
# DASHBOARD_SECRET.
# azure/provision.sh ENVIRONMENT RESOURCE_GROUP RELEASE
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=azure/outputs.sh
. azure/outputs.sh
environment=${1:?staging or production}
group=${2:?the resource group}
release=${3:?the folder of the release}
: "${POSTGRES_ADMINISTRATOR_PASSWORD:?}" "${SCORING_API_KEY:?}" "${DASHBOARD_SECRET:?}"
DASHBOARD_IMAGE=$(<"$release/dashboard-image.txt")
export DASHBOARD_IMAGE

deploy() { # whether the parts that need the roles' passwords are deployed too
    WITH_APPLICATIONS=$1 az deployment group create --name credit-scoring \
        --resource-group "$group" --template-file infra/main.bicep \
        --parameters "infra/$environment.bicepparam" --output none
}

deploy false
read_outputs "$group"
azure/bootstrap_database.sh "$database_host" "$key_vault"
deploy true
