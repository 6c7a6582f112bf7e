using 'main.bicep'

param environment = 'production'
param withApplications = bool(readEnvironmentVariable('WITH_APPLICATIONS', 'true'))
param administratorPassword = readEnvironmentVariable('POSTGRES_ADMINISTRATOR_PASSWORD')
param scoringApiKey = readEnvironmentVariable('SCORING_API_KEY')
param dashboardSecret = readEnvironmentVariable('DASHBOARD_SECRET')
param dashboardImage = readEnvironmentVariable('DASHBOARD_IMAGE')
param registryName = readEnvironmentVariable('REGISTRY_NAME')
param registryResourceGroup = readEnvironmentVariable('REGISTRY_RESOURCE_GROUP')
param deployerObjectId = readEnvironmentVariable('DEPLOYER_OBJECT_ID')
param isDashboardPublic = false
param alwaysReadyFunctions = 1
param dashboardReplicas = 2
param logRetentionDays = 365
param database = {
  sku: 'Standard_D2ds_v5'
  tier: 'GeneralPurpose'
  storageGb: 128
  backupRetentionDays: 35
  isHighlyAvailable: true
  hasGeoRedundantBackup: true
}
