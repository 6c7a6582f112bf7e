// One environment of the platform: network, database, vault, storage, monitoring, then the
// scoring function and the dashboard. Parameters: staging.bicepparam, production.bicepparam.
targetScope = 'resourceGroup'

type databaseSize = {
  sku: string
  tier: string
  storageGb: int
  backupRetentionDays: int
  isHighlyAvailable: bool
  hasGeoRedundantBackup: bool
}

@description('Name of the environment, part of every name.')
@allowed(['staging', 'production'])
param environment string

param location string = resourceGroup().location

@description('Deploys what connects to the database. Its roles must have their passwords in the vault before: azure/bootstrap_database.sh.')
param withApplications bool

@secure()
@minLength(16)
param administratorPassword string

@secure()
@minLength(16)
param scoringApiKey string

@secure()
@minLength(32)
param dashboardSecret string

@description('The dashboard image by digest, <registry>/<name>@sha256:…')
param dashboardImage string

@description('The registry that holds the image, in whatever resource group; its name only.')
param registryName string
param registryResourceGroup string

@description('Object id of the identity that deploys: it writes passwords and releases.')
param deployerObjectId string

@description('Whether the dashboard is reached from the internet, or from the network alone.')
param isDashboardPublic bool

param database databaseSize

@description('Instances that stay warm; none costs nothing while nobody asks.')
@minValue(0)
param alwaysReadyFunctions int

@minValue(1)
@maxValue(10)
param dashboardReplicas int

@minValue(30)
@maxValue(730)
param logRetentionDays int

var suffix = uniqueString(resourceGroup().id, environment)
var name = 'credit-scoring-${environment}'
var tags = {
  application: 'credit-scoring'
  environment: environment
}

module network 'modules/network.bicep' = {
  name: 'network'
  params: { name: name, location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: { name: name, location: location, tags: tags, retentionDays: logRetentionDays }
}

module identities 'modules/identities.bicep' = {
  name: 'identities'
  params: { name: name, location: location, tags: tags }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  params: {
    name: 'kv-${suffix}'
    location: location
    tags: tags
    endpointSubnetId: network.outputs.endpointSubnetId
    dnsZoneId: network.outputs.vaultZoneId
    logWorkspaceId: monitoring.outputs.workspaceId
    readerPrincipalIds: [identities.outputs.functionPrincipalId, identities.outputs.dashboardPrincipalId]
    writerPrincipalId: deployerObjectId
    scoringApiKey: scoringApiKey
    dashboardSecret: dashboardSecret
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: 'st${suffix}'
    location: location
    tags: tags
    endpointSubnetId: network.outputs.endpointSubnetId
    zoneIds: network.outputs.storageZoneIds
    functionPrincipalId: identities.outputs.functionPrincipalId
    deployerPrincipalId: deployerObjectId
  }
}

module postgres 'modules/postgres.bicep' = {
  name: 'postgres'
  params: {
    name: 'psql-${suffix}'
    location: location
    tags: tags
    subnetId: network.outputs.databaseSubnetId
    dnsZoneId: network.outputs.databaseZoneId
    administratorPassword: administratorPassword
    logWorkspaceId: monitoring.outputs.workspaceId
    size: database
  }
}

module function 'modules/function.bicep' = if (withApplications) {
  name: 'function'
  params: {
    name: 'func-${suffix}'
    location: location
    tags: tags
    subnetId: network.outputs.functionSubnetId
    endpointSubnetId: network.outputs.endpointSubnetId
    dnsZoneId: network.outputs.functionZoneId
    identityId: identities.outputs.functionId
    identityClientId: identities.outputs.functionClientId
    storageName: storage.outputs.name
    packageContainerUrl: storage.outputs.packageContainerUrl
    insightsConnection: monitoring.outputs.insightsConnection
    vaultUri: vault.outputs.uri
    databaseHost: postgres.outputs.host
    alwaysReady: alwaysReadyFunctions
  }
}

module registryAccess 'modules/registry_access.bicep' = {
  name: 'registry-access'
  scope: resourceGroup(registryResourceGroup)
  params: { registryName: registryName, principalId: identities.outputs.dashboardPrincipalId }
}

module dashboard 'modules/dashboard.bicep' = if (withApplications) {
  name: 'dashboard'
  dependsOn: [registryAccess]
  params: {
    name: 'dashboard-${environment}'
    location: location
    tags: tags
    subnetId: network.outputs.dashboardSubnetId
    identityId: identities.outputs.dashboardId
    image: dashboardImage
    registryServer: '${registryName}${az.environment().suffixes.acrLoginServer}'
    isPublic: isDashboardPublic
    replicas: dashboardReplicas
    functionUrl: 'https://func-${suffix}.azurewebsites.net'
    vaultUri: vault.outputs.uri
    databaseHost: postgres.outputs.host
    logWorkspaceName: monitoring.outputs.workspaceName
  }
}

output functionApp string = 'func-${suffix}'
output functionUrl string = 'https://func-${suffix}.azurewebsites.net'
output dashboardApp string = 'dashboard-${environment}'
output dashboardUrl string = withApplications ? 'https://${dashboard!.outputs.host}' : ''
output databaseHost string = postgres.outputs.host
output keyVault string = vault.outputs.name
output storageAccount string = storage.outputs.name
