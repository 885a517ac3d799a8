import type { Principal } from '@baton/core';
import type { ModelOptions } from './model-config.ts';

/** Names that tell a family, for models whose name does not begin with it. */
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

/** Of a model whose name tells none: who makes the models that it is asked from. */
const FAMILIES_OF_PROVIDERS: Readonly<Partial<Record<ModelOptions['provider'], string>>> = {
  anthropic: 'claude',
  // A deployment's name need not tell the model's: two of them count as the same.
  azure: 'gpt',
  'azure-chat': 'gpt',
  google: 'gemini',
  openai: 'gpt',
  'openai-chat': 'gpt',
};

/** How models are named in principals, notes and messages: `provider:model`. */
export function modelName({ provider, model }: ModelOptions): string {
  // One mind, whichever API it is reached by.
  return `${provider === 'openai-chat' ? 'openai' : provider}:${model}`;
}

/** Which models perform a role, fallbacks included: what separation of duties compares. */
export function principalOf(models: readonly ModelOptions[]): Principal {
  return {
    models: [...new Set(models.map((model) => modelName({ ...model, model: ownName(model) })))],
    modelFamilies: [...new Set(models.map(familyOf))],
  };
}

/** Bedrock's name for a model without what is Bedrock's: its maker's own name is within. */
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
