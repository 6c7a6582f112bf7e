// The function's package and timer locks, and the releases to go back to. By identity: keys
// of the account open nothing.
@maxLength(24)
param name string
param location string
param tags object
param endpointSubnetId string

@description('Private DNS zones of blob, queue and table.')
param zoneIds object
param functionPrincipalId string
param deployerPrincipalId string

// https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
var blobOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var queueContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var tableContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var blobContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var functionRoles = [blobOwner, queueContributor, tableContributor]

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' }
  properties: {
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    publicNetworkAccess: 'Disabled'
    networkAcls: { defaultAction: 'Deny', bypass: 'None' }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      isVersioningEnabled: true
      deleteRetentionPolicy: { enabled: true, days: 30 }
      containerDeleteRetentionPolicy: { enabled: true, days: 30 }
    }

    resource package 'containers' = {
      name: 'package'
    }

    resource releases 'containers' = {
      name: 'releases'
    }
  }
}

resource functionAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in functionRoles: {
    scope: account
    name: guid(account.id, functionPrincipalId, role)
    properties: {
      principalId: functionPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource deployerAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, deployerPrincipalId, blobContributor)
  properties: {
    principalId: deployerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobContributor)
  }
}

module endpoints 'private_endpoint.bicep' = [
  for part in items(zoneIds): {
    name: 'storage-endpoint-${part.key}'
    params: {
      name: 'pe-${name}-${part.key}'
      location: location
      tags: tags
      subnetId: endpointSubnetId
      targetId: account.id
      groupId: part.key
      dnsZoneId: part.value
    }
  }
]

output name string = account.name
output packageContainerUrl string = '${account.properties.primaryEndpoints.blob}package'
