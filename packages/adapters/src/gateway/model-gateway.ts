import { type ModelGatewayOptions, resolveGatewayOptions } from './gateway-options.ts';
import type { ModelGateway } from './gateway-server.ts';

/**
 * Opens a proxy on 127.0.0.1 that speaks the APIs of Anthropic, OpenAI and Gemini, puts the
 * provider's key in the place of its token, and holds all calls to one allowance.
 *
 * @throws BatonError `invalid_input` for options that cannot work.
 *
 * @example
 * import { createModelGateway } from '@baton/adapters/gateway';
 * const key = process.env['ANTHROPIC_API_KEY'] ?? '';
 * const gateway = await createModelGateway({
 *   upstreams: [{ api: 'anthropic', baseUrl: 'https://api.anthropic.com/v1', key }],
 *   allowance: { tokens: 200_000 },
 *   report: (used) => console.log(used),
 *   signal: AbortSignal.timeout(600_000),
 * });
 * const environment = { ANTHROPIC_BASE_URL: gateway.url, ANTHROPIC_API_KEY: gateway.token };
 */
export async function createModelGateway(given: ModelGatewayOptions): Promise<ModelGateway> {
  const options = resolveGatewayOptions(given);
  // To load a server takes part of the time in which a command starts, and most builds have no gateway.
  const { openGatewayServer } = await import('./gateway-server.ts');
  return openGatewayServer(options);
}
