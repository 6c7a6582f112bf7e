// Who function and dashboard are. They have no passwords of Azure's.
param name string
param location string
param tags object

resource function 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${name}-function'
  location: location
  tags: tags
}

resource dashboard 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${name}-dashboard'
  location: location
  tags: tags
}

output functionId string = function.id
output functionClientId string = function.properties.clientId
output functionPrincipalId string = function.properties.principalId
output dashboardId string = dashboard.id
output dashboardPrincipalId string = dashboard.properties.principalId
