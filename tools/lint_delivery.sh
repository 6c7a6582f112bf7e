#!/usr/bin/env bash
# What is delivered beside the code: containers, their proxy, scripts, pipeline.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin

"$bin/hadolint" Containerfile deploy/*.Containerfile
"$bin/shellcheck" --external-sources azure/*.sh deploy/*.sh tools/*.sh
"$bin/check-jsonschema" --builtin-schema vendor.compose-spec compose.yaml
SITE_ADDRESS=https://localhost "$bin/caddy" validate --config deploy/Caddyfile 2>/dev/null ||
    SITE_ADDRESS=https://localhost "$bin/caddy" validate --config deploy/Caddyfile
"$bin/caddy" fmt --diff deploy/Caddyfile >/dev/null
