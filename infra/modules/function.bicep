// The scoring function on Flex Consumption: no public address, its package from a private
// container, its secrets by reference.
param name string
param location string
param tags object
param subnetId string
param endpointSubnetId string
param dnsZoneId string
param identityId string
param identityClientId string
param storageName string
param packageContainerUrl string
param insightsConnection string
param vaultUri string
param databaseHost string
param alwaysReady int

var authorities = '/etc/ssl/certs/ca-certificates.crt'
var settings = {
  AzureWebJobsStorage__accountName: storageName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsDisableHomepage: 'true'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD;ClientId=${identityClientId}'
  PYTHON_SCRIPT_FILE_NAME: 'scoring_entrypoint.py'
  SCORING_API_KEY: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/scoring-api-key)'
  MODEL_DIR: 'models/champion'
  PGHOST: databaseHost
  PGUSER: 'scorer'
  PGPASSWORD: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/scorer-password)'
  PGSSLMODE: 'verify-full'
  PGSSLROOTCERT: authorities
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource site 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  // What azd looks for.
  tags: union(tags, { 'azd-service-name': 'function' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Disabled'
    virtualNetworkSubnetId: subnetId
    keyVaultReferenceIdentity: identityId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      ftpsState: 'Disabled'
    }
    functionAppConfig: {
      runtime: { name: 'python', version: '3.11' }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: 40
        alwaysReady: alwaysReady > 0 ? [{ name: 'http', instanceCount: alwaysReady }] : []
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: settings
  }

  // Passwords of the publishing kind are off: who deploys does so as an identity.
  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
}

module endpoint 'private_endpoint.bicep' = {
  name: 'function-endpoint'
  params: {
    name: 'pe-${name}'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    targetId: site.id
    groupId: 'sites'
    dnsZoneId: dnsZoneId
  }
}
