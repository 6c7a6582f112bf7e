#!/usr/bin/env bash
# Keeps a release that passed its smoke test, to go back to when the next one does not.
# azure/remember_release.sh RESOURCE_GROUP RELEASE
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=azure/outputs.sh
. azure/outputs.sh
group=${1:?the resource group}
release=${2:?the folder of the release}

read_outputs "$group"
az storage blob upload-batch --auth-mode login --account-name "$storage_account" \
    --destination releases --destination-path current --source "$release" \
    --overwrite --output none
