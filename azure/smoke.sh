#!/usr/bin/env bash
# Does what was deployed answer? SCORING_API_KEY comes by the environment.
# azure/smoke.sh RESOURCE_GROUP CLIENT
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=azure/outputs.sh
. azure/outputs.sh
group=${1:?the resource group}
client=${2:?a client to score}

read_outputs "$group"
.venv/bin/python tools/smoke.py --function "$function_url" --dashboard "$dashboard_url" \
    --client "$client"
