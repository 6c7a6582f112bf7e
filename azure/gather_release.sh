#!/usr/bin/env bash
# What goes through the environments unchanged: the packed function, with its checksum.
# azure/gather_release.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:?the folder of the release}

[ -d dist/function ] || { echo "$0: make package comes first" >&2; exit 1; }
rm -rf "$folder"
mkdir -p "$folder"
# python and not zip, which bare machines lack.
.venv/bin/python -m zipfile --create "$folder/function.zip" dist/function/.
git describe --always --tags > "$folder/revision.txt"
(cd "$folder" && sha256sum function.zip revision.txt > SHA256SUMS)
