// The advisor's dashboard as a container, behind the ingress that ends TLS.
param name string
param location string
param tags object
param subnetId string
param identityId string
param image string
param registryServer string
param isPublic bool
param replicas int
param functionUrl string
param vaultUri string
param databaseHost string
param logWorkspaceName string

var port = 5006
var host = '${name}.${environment.properties.defaultDomain}'

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: logWorkspaceName
}

resource environment 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: 'cae-${name}'
  location: location
  tags: tags
  properties: {
    vnetConfiguration: { infrastructureSubnetId: subnetId, internal: !isPublic }
    workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }]
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: workspace.properties.customerId
        sharedKey: workspace.listKeys().primarySharedKey
      }
    }
  }
}

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'dashboard' })
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: {
        external: true
        targetPort: port
        transport: 'http'
        allowInsecure: false
        // A page's websocket must reach the process that made the page.
        stickySessions: { affinity: 'sticky' }
      }
      registries: [{ server: registryServer, identity: identityId }]
      secrets: [
        { name: 'scoring-api-key', keyVaultUrl: '${vaultUri}secrets/scoring-api-key', identity: identityId }
        { name: 'dashboard-secret', keyVaultUrl: '${vaultUri}secrets/dashboard-secret', identity: identityId }
        { name: 'advisor-password', keyVaultUrl: '${vaultUri}secrets/advisor-password', identity: identityId }
      ]
    }
    template: {
      containers: [
        {
          name: 'dashboard'
          image: image
          args: ['--address', '0.0.0.0', '--port', string(port), '--use-xheaders', '--allow-websocket-origin', host]
          resources: { cpu: json('1.0'), memory: '2Gi' }
          env: [
            { name: 'SCORING_URL', value: functionUrl }
            { name: 'SCORING_API_KEY', secretRef: 'scoring-api-key' }
            { name: 'DASHBOARD_SECRET', secretRef: 'dashboard-secret' }
            { name: 'PGHOST', value: databaseHost }
            { name: 'PGUSER', value: 'advisor' }
            { name: 'PGPASSWORD', secretRef: 'advisor-password' }
            { name: 'PGSSLMODE', value: 'verify-full' }
            { name: 'PGSSLROOTCERT', value: '/etc/ssl/certs/ca-certificates.crt' }
          ]
          probes: [
            { type: 'Readiness', tcpSocket: { port: port }, periodSeconds: 10 }
            { type: 'Liveness', tcpSocket: { port: port }, periodSeconds: 30 }
          ]
        }
      ]
      scale: { minReplicas: replicas, maxReplicas: replicas }
    }
  }
}

output host string = app.properties.configuration.ingress.fqdn
