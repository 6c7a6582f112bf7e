# Sourced: names and addresses that the deployed infrastructure gives, as variables.
# shellcheck shell=bash

# read_outputs RESOURCE_GROUP
read_outputs() {
    local name value
    while IFS=$'\t' read -r name value; do
        printf -v "$name" '%s' "$value"
    done < <(az deployment group show --resource-group "$1" --name credit-scoring \
        --query "[
            ['function_app', properties.outputs.functionApp.value],
            ['function_url', properties.outputs.functionUrl.value],
            ['dashboard_app', properties.outputs.dashboardApp.value],
            ['dashboard_url', properties.outputs.dashboardUrl.value],
            ['database_host', properties.outputs.databaseHost.value],
            ['key_vault', properties.outputs.keyVault.value],
            ['storage_account', properties.outputs.storageAccount.value]]" \
        --output tsv)
    if [ -z "${key_vault:-}" ]; then
        echo "$0: $1 has no deployment named credit-scoring" >&2
        return 1
    fi
}
