// For those who write roles by agents.

export type {
  GatewayApi,
  GatewayCall,
  GatewayModel,
  ModelGatewayOptions,
  Upstream,
} from './gateway-options.ts';
export type { GatewayLedger } from './ledger.ts';
export { createModelGateway, type ModelGateway } from './model-gateway.ts';
