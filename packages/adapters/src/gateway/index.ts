// For those who write roles by agents.

export type { LedgerState } from '../metering/ledger.ts';
export {
  type CallEnd,
  type JournaledCall,
  openUsageJournal,
  readUsageJournal,
  type UsageJournal,
  usageOfCalls,
} from '../metering/usage-journal.ts';
export { type CassetteUse, useFor } from '../model-cassette/cassette-session.ts';
export type {
  GatewayApi,
  GatewayCall,
  GatewayModel,
  ModelGatewayOptions,
  Upstream,
} from './gateway-options.ts';
export type { ModelGateway } from './gateway-server.ts';
export { createModelGateway } from './model-gateway.ts';
