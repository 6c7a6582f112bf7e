#!/usr/bin/env bash
# A release into an environment that is provisioned. The package is whole: nothing is
# built over there.
# azure/deploy.sh RESOURCE_GROUP RELEASE
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=azure/outputs.sh
. azure/outputs.sh
group=${1:?the resource group}
release=${2:?the folder of the release}

(cd "$release" && sha256sum --check --quiet SHA256SUMS)
read_outputs "$group"
az functionapp deployment source config-zip --resource-group "$group" \
    --name "$function_app" --src "$release/function.zip" --build-remote false \
    --timeout 600 --output none
az containerapp update --resource-group "$group" --name "$dashboard_app" \
    --image "$(<"$release/dashboard-image.txt")" --output none
echo "$(<"$release/revision.txt") is deployed to $group"
