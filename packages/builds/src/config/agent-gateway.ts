import type { AgentProfile, AttemptEndpoint } from '@baton/adapters/agent';
import {
  type CassetteUse,
  createModelGateway,
  type GatewayApi,
  type GatewayCall,
  type UsageJournal,
  useFor,
} from '@baton/adapters/gateway';
import type { ModelOptions } from '@baton/adapters/llm';
import { type Assignment, BatonError, type RoleContext } from '@baton/core';

/** The API of a provider, and its address. Others have no one key that stands in a header. */
const PROVIDERS: Readonly<
  Partial<Record<ModelOptions['provider'], { readonly api: GatewayApi; readonly url?: string }>>
> = {
  anthropic: { api: 'anthropic', url: 'https://api.anthropic.com/v1' },
  openai: { api: 'openai', url: 'https://api.openai.com/v1' },
  'openai-chat': { api: 'openai', url: 'https://api.openai.com/v1' },
  'openai-compatible': { api: 'openai' },
  google: { api: 'gemini', url: 'https://generativelanguage.googleapis.com/v1beta' },
};

export interface AgentGatewayOptions {
  /** Where the configuration names the model. */
  readonly field: string;
  readonly profile: Pick<AgentProfile, 'title' | 'api'>;
  /** The model and its fallbacks. */
  readonly chain: readonly ModelOptions[];
  /** Begins the journal of an attempt's calls. */
  readonly openJournal: ((assignment: Assignment) => UsageJournal) | undefined;
  /** Whether what models answer is recorded or replayed. */
  readonly cassette: CassetteUse | undefined;
}

/**
 * Opens a gateway for each attempt of an agent: the agent gets its address and a token for it, and the keys of the
 * models stay here.
 *
 * @throws BatonError `invalid_input` for models that the agent cannot ask.
 */
export function agentGateway({
  field,
  profile: { title, api: wanted },
  chain,
  openJournal,
  cassette,
}: AgentGatewayOptions): (
  assignment: Assignment,
  context: RoleContext,
) => Promise<AttemptEndpoint> {
  const upstreams = chain.map(({ provider, model, ...options }) => {
    const { api, url } = PROVIDERS[provider] ?? {};
    if (api === undefined || (wanted !== undefined && api !== wanted)) {
      const legal = Object.entries(PROVIDERS).filter(
        ([, one]) => wanted === undefined || one?.api === wanted,
      );
      const names = legal.map(([name]) => name);
      const description = `found a model of ${provider}, which ${title} cannot ask; expected one of ${names.join(', ')}`;
      throw new BatonError('invalid_input', `${field}: ${description}`, {
        violations: [{ field, description }],
        legal: names,
      });
    }
    const { apiKey, baseURL, price, maxOutputTokens } = options as {
      readonly apiKey?: string;
      readonly baseURL?: string;
    } & Pick<ModelOptions, 'price' | 'maxOutputTokens'>;
    return {
      ...{ api, model, baseUrl: baseURL ?? url ?? '' },
      // A server on this machine may take any.
      key: apiKey ?? 'none',
      models: { [model]: { price, maxOutputTokens } },
      chatLimit: provider === 'openai-compatible' ? ('max_tokens' as const) : undefined,
    };
  });
  return async (assignment, context) => {
    const { usage: report, note, signal, redact, telemetry } = context;
    const { allowance } = assignment;
    const calls: GatewayCall[] = [];
    const journal = openJournal?.(assignment);
    const gateway = await createModelGateway({
      ...{ upstreams, allowance, report, signal, redact, journal, telemetry },
      cassette: cassette && useFor(cassette, assignment, context),
      onCall: (call) => void calls.push(call),
    }).catch((reason: unknown) => {
      journal?.close();
      throw reason;
    });
    return {
      url: gateway.url,
      key: gateway.token,
      failure: gateway.missing,
      async close() {
        await gateway.close();
        const message = estimatesIn(calls);
        if (message !== undefined) note({ code: 'usage_estimated', message });
      },
    };
  };
}

/** Says how many calls have no count of the provider's; undefined where none. */
function estimatesIn(calls: readonly GatewayCall[]): string | undefined {
  const estimated = calls.filter((call) => call.estimated);
  if (estimated.length === 0) return undefined;
  const failed = estimated.filter((call) => call.failed).length;
  const errors = failed === 0 ? '' : `, ${failed} of them with an error within the answer`;
  return `${estimated.length} of ${calls.length} model calls are counted by estimates: the provider gave no whole count${errors}`;
}
