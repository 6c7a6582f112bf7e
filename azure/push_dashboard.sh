#!/usr/bin/env bash
# The dashboard's image into the registry, and its digest into the release.
# azure/push_dashboard.sh REGISTRY TAG FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
registry=${1:?the registry, <name>.azurecr.io}
tag=${2:?the tag of the image}
folder=${3:?the folder of the release}
image=$registry/credit-scoring-dashboard:$tag

az acr login --name "${registry%%.*}"
docker build --file deploy/dashboard.Containerfile --tag "$image" .
docker push --quiet "$image"
# By digest: a tag may be moved, what was tested may not.
docker image inspect --format '{{index .RepoDigests 0}}' "$image" > "$folder/dashboard-image.txt"
