# Sourced: names and addresses that the deployed infrastructure gives, as variables.
# shellcheck shell=bash
# shellcheck disable=SC2034 # whoever sources this uses some of them

# read_outputs RESOURCE_GROUP
read_outputs() {
    local outputs
    mapfile -t outputs < <(az deployment group show --resource-group "$1" \
        --name credit-scoring --query "properties.outputs.[functionApp.value,
            functionUrl.value, dashboardApp.value, dashboardUrl.value,
            databaseHost.value, keyVault.value, storageAccount.value]" --output tsv)
    if [ "${#outputs[@]}" -ne 7 ]; then
        echo "$0: $1 has no finished deployment named credit-scoring" >&2
        return 1
    fi
    function_app=${outputs[0]}
    function_url=${outputs[1]}
    dashboard_app=${outputs[2]}
    dashboard_url=${outputs[3]}
    database_host=${outputs[4]}
    key_vault=${outputs[5]}
    storage_account=${outputs[6]}
}
