#!/usr/bin/env bash
# Deploys the release again that last passed its smoke test.
# azure/roll_back.sh RESOURCE_GROUP
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=azure/outputs.sh
. azure/outputs.sh
group=${1:?the resource group}

read_outputs "$group"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
az storage blob download-batch --auth-mode login --account-name "$storage_account" \
    --source releases --pattern 'current/*' --destination "$scratch" --output none
if [ ! -d "$scratch/current" ]; then
    echo "$0: $group has no earlier release: the first one is mended, not taken back" >&2
    exit 1
fi
azure/deploy.sh "$group" "$scratch/current"
