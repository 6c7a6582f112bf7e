#!/usr/bin/env bash
# The champion that the bank's training put into the container `models`.
# azure/fetch_champion.sh STORAGE_ACCOUNT FOLDER
set -euo pipefail
account=${1:?the storage account}
folder=${2:?the folder that the model goes into}

mkdir -p "$folder"
az storage blob download-batch --auth-mode login --account-name "$account" \
    --source models --pattern 'champion/*' --destination "$folder" --output none
mv "$folder"/champion/* "$folder"
rmdir "$folder/champion"
