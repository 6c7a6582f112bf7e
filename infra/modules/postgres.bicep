// The warehouse: in the network, TLS only, backed up. Roles and schemas are made by
// `python -m database bootstrap`, not here.
param name string
param location string
param tags object
param subnetId string
param dnsZoneId string
param logWorkspaceId string
param size object

@secure()
param administratorPassword string

var settings = {
  require_secure_transport: 'on'
  ssl_min_protocol_version: 'TLSv1.2'
  password_encryption: 'scram-sha-256'
  log_connections: 'on'
  log_disconnections: 'on'
  'connection_throttle.enable': 'on'
}

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: size.sku, tier: size.tier }
  properties: {
    version: '17'
    administratorLogin: 'postgres_administrator'
    administratorLoginPassword: administratorPassword
    authConfig: { passwordAuth: 'Enabled', activeDirectoryAuth: 'Disabled' }
    storage: { storageSizeGB: size.storageGb, autoGrow: 'Enabled' }
    backup: {
      backupRetentionDays: size.backupRetentionDays
      geoRedundantBackup: size.hasGeoRedundantBackup ? 'Enabled' : 'Disabled'
    }
    highAvailability: { mode: size.isHighlyAvailable ? 'ZoneRedundant' : 'Disabled' }
    network: {
      publicNetworkAccess: 'Disabled'
      delegatedSubnetResourceId: subnetId
      privateDnsZoneArmResourceId: dnsZoneId
    }
  }
}

// One after the other: the server takes one change at a time.
@batchSize(1)
resource configurations 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01' = [
  for setting in items(settings): {
    parent: server
    name: setting.key
    properties: { value: setting.value, source: 'user-override' }
  }
]

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: server
  name: 'logs'
  properties: {
    workspaceId: logWorkspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}

output host string = server.properties.fullyQualifiedDomainName
