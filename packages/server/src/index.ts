// createServer and what it takes for those who embed it; serve and what follows from the environment
// for those who run it.
export { type Access, type Authenticator, createAccess, type Shown } from './access/access.ts';
export { createKeyAuthenticator } from './access/api-key-access.ts';
export {
  type ApiKeyAuthenticatorOptions,
  type ApiKeyHolder,
  createApiKeyAuthenticator,
} from './access/api-key-authenticator.ts';
export { type ApiKey, type ApiKeyState, stateOf as apiKeyState } from './access/api-key-record.ts';
export {
  type ApiKeys,
  type ApiKeysOptions,
  type CreateApiKey,
  createApiKeys,
  type NewApiKey,
  type RotateApiKey,
} from './access/api-keys.ts';
export type { Caller } from './access/caller.ts';
export type { CeilingSettings } from './access/ceilings.ts';
export { type CertificateGrant, createCertificateAuthenticator } from './access/certificates.ts';
export type { Credentials } from './access/credentials.ts';
export {
  type ClaimGrant,
  createTokenAuthenticator,
  type TrustedIssuer,
} from './access/json-web-tokens.ts';
export {
  ConfigError,
  type Environment,
  readConfig,
  readDatabaseUrl,
  type ServerConfig,
} from './config.ts';
export {
  type DeadLetter,
  listDeadLetters,
  type ReplayOptions,
  replayDeadLetters,
} from './delivery/dead-letters.ts';
export { type DeliveryStatus, deliveryStatus, enableDeliveries } from './delivery/inspect.ts';
export type { LoadLimits } from './load/load-limits.ts';
export { createLog, LOG_LEVELS, type Log, type LogLevel, type LogOptions } from './log.ts';
export { type RunningServer, type ServeDefaults, serve } from './serve.ts';
export {
  type BatonServer,
  createServer,
  DEFAULT_GRPC_PORT,
  DEFAULT_HOST,
  DEFAULT_HTTP_PORT,
  type ServerOptions,
} from './server.ts';
export { type Setting, settings, settingsText } from './settings.ts';
export type { Tls } from './tls.ts';
