import type { Principal } from '@baton/core';
import type { ModelOptions } from './model-config.ts';

/** Family names within model names, for models whose name does not begin with the family. */
const FAMILIES: readonly (readonly [family: string, pattern: RegExp])[] = [
  ['gpt', /(^|[/.:-])(chatgpt|gpt|codex|o[1-9])(?=[-.:]|\d|$)/],
  ['claude', /claude/],
  ['gemini', /gemini/],
  ['gemma', /gemma/],
  ['llama', /llama/],
  ['qwen', /qwen|qwq/],
  ['deepseek', /deepseek/],
  ['mistral', /mistral|mixtral|codestral|devstral|magistral|ministral/],
  ['grok', /grok/],
  ['phi', /(^|[/.:-])phi(?=[-.:]|\d|$)/],
];

/** Families by provider, for models whose name tells none. */
const FAMILIES_OF_PROVIDERS: Readonly<Partial<Record<ModelOptions['provider'], string>>> = {
  anthropic: 'claude',
  // The name of a deployment may not tell its model: all deployments count as the same family.
  azure: 'gpt',
  'azure-chat': 'gpt',
  google: 'gemini',
  openai: 'gpt',
  'openai-chat': 'gpt',
};

/** The name of a model in principals, notes and messages: `provider:model`. */
export function modelName({ provider, model }: ModelOptions): string {
  // Both APIs reach the same model.
  return `${provider === 'openai-chat' ? 'openai' : provider}:${model}`;
}

/** The models that may perform a role, fallbacks included, for separation of duties. */
export function principalOf(models: readonly ModelOptions[]): Principal {
  return {
    models: [...new Set(models.map((model) => modelName({ ...model, model: ownName(model) })))],
    modelFamilies: [...new Set(models.map(familyOf))],
  };
}

/** Removes Bedrock's prefixes and suffixes from a model's name, which leaves the maker's name for it. */
function ownName({ provider, model }: Pick<ModelOptions, 'provider' | 'model'>): string {
  if (provider !== 'bedrock') return model;
  return model
    .replace(/^.*\//, '')
    .replace(/^((us|us-gov|eu|apac|jp|au|ca|global)\.)?[a-z0-9]+\./, '')
    .replace(/(-v\d+)?(:\d+\w*)?$/, '');
}

function familyOf({ family, provider, model }: ModelOptions): string {
  if (family !== undefined) return family;
  const name = model.toLowerCase();
  const known = FAMILIES.find(([, pattern]) => pattern.test(name));
  const told = known?.[0] ?? FAMILIES_OF_PROVIDERS[provider];
  if (told !== undefined) return told;
  const named = ownName({ provider, model: name });
  const own = named.slice(named.lastIndexOf('/') + 1);
  return /^[a-z]+/.exec(own)?.[0] ?? own;
}
