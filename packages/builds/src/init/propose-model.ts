import { KEY_VARIABLES } from '../config/model-schema.ts';

/** A model to begin with, of each provider whose key may be there. */
const MODELS = [
  { provider: 'anthropic', model: 'claude-sonnet-4-5' },
  { provider: 'openai', model: 'gpt-5.1' },
  { provider: 'google', model: 'gemini-2.5-pro' },
] as const;

export interface ProposedModel {
  readonly provider: (typeof MODELS)[number]['provider'];
  readonly model: string;
  readonly apiKeyEnv: string;
  /** Whether its key is there. */
  readonly hasKey: boolean;
}

/** The model of the first provider whose key is in the environment, or the first. */
export function proposeModel(env: Readonly<Record<string, string | undefined>>): ProposedModel {
  const found = MODELS.find(({ provider }) => env[KEY_VARIABLES[provider]]);
  const { provider, model } = found ?? MODELS[0];
  return { provider, model, apiKeyEnv: KEY_VARIABLES[provider], hasKey: found !== undefined };
}
