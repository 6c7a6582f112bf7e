// The network: a subnet for each kind of tenant, and the private names of what has no
// public address.
param name string
param location string
param tags object

var zones = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  queue: 'privatelink.queue.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  vault: 'privatelink.vaultcore.azure.net'
  function: 'privatelink.azurewebsites.net'
  database: '${name}.private.postgres.database.azure.com'
}
var zoneNames = map(items(zones), zone => zone.value)
var zoneIds = mapValues(zones, zone => resourceId('Microsoft.Network/privateDnsZones', zone))

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-${name}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.20.0.0/22'] }
  }
}

resource guard 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: 'nsg-${name}'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'only-from-the-network'
        properties: {
          priority: 4000
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource databaseSubnet 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {
  parent: network
  name: 'database'
  properties: {
    addressPrefix: '10.20.0.0/28'
    networkSecurityGroup: { id: guard.id }
    delegations: [
      { name: 'postgres', properties: { serviceName: 'Microsoft.DBforPostgreSQL/flexibleServers' } }
    ]
  }
}

resource endpointSubnet 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {
  parent: network
  name: 'endpoints'
  dependsOn: [databaseSubnet]
  properties: {
    addressPrefix: '10.20.0.32/27'
    networkSecurityGroup: { id: guard.id }
  }
}

// Flex Consumption is delegated to Container Apps' environments.
resource functionSubnet 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {
  parent: network
  name: 'function'
  dependsOn: [endpointSubnet]
  properties: {
    addressPrefix: '10.20.1.0/26'
    networkSecurityGroup: { id: guard.id }
    delegations: [
      { name: 'function', properties: { serviceName: 'Microsoft.App/environments' } }
    ]
  }
}

// No guard of ours: a public dashboard is reached from the internet, by its own ingress.
resource dashboardSubnet 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {
  parent: network
  name: 'dashboard'
  dependsOn: [functionSubnet]
  properties: {
    addressPrefix: '10.20.1.128/27'
    delegations: [
      { name: 'dashboard', properties: { serviceName: 'Microsoft.App/environments' } }
    ]
  }
}

resource dnsZones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zone in zoneNames: {
    name: zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zone, index) in zoneNames: {
    parent: dnsZones[index]
    name: 'network'
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: network.id }
    }
  }
]

output databaseSubnetId string = databaseSubnet.id
output endpointSubnetId string = endpointSubnet.id
output functionSubnetId string = functionSubnet.id
output dashboardSubnetId string = dashboardSubnet.id
output databaseZoneId string = zoneIds.database
output vaultZoneId string = zoneIds.vault
output functionZoneId string = zoneIds.function
output storageZoneIds object = { blob: zoneIds.blob, queue: zoneIds.queue, table: zoneIds.table }
