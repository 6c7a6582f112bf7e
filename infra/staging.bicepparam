using 'main.bicep'

param environment = 'staging'
param withApplications = bool(readEnvironmentVariable('WITH_APPLICATIONS', 'true'))
param administratorPassword = readEnvironmentVariable('POSTGRES_ADMINISTRATOR_PASSWORD')
param scoringApiKey = readEnvironmentVariable('SCORING_API_KEY')
param dashboardSecret = readEnvironmentVariable('DASHBOARD_SECRET')
param dashboardImage = readEnvironmentVariable('DASHBOARD_IMAGE')
param registryName = readEnvironmentVariable('REGISTRY_NAME')
param registryResourceGroup = readEnvironmentVariable('REGISTRY_RESOURCE_GROUP')
param deployerObjectId = readEnvironmentVariable('DEPLOYER_OBJECT_ID')
param isDashboardPublic = true
param alwaysReadyFunctions = 0
param dashboardReplicas = 1
param logRetentionDays = 30
param database = {
  sku: 'Standard_B1ms'
  tier: 'Burstable'
  storageGb: 32
  backupRetentionDays: 7
  isHighlyAvailable: false
  hasGeoRedundantBackup: false
}
