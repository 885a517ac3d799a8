import { describe, expect, it } from 'vitest';
import { createLlmRole } from './llm-role.ts';
import type { ModelConfig } from './model-config.ts';

const model = (name: string, changes: Partial<ModelConfig> = {}): ModelConfig => ({
  provider: 'openai-compatible',
  baseURL: 'http://localhost:1/v1',
  model: name,
  ...changes,
});

describe('the principal of a role', () => {
  it('names every model that may perform it, once', () => {
    const { principal, reserve } = createLlmRole({
      role: 'code_writer',
      models: [
        model('claude-sonnet-5', { provider: 'anthropic', apiKey: 'k' }),
        model('gpt-5.1', { provider: 'openai', apiKey: 'k' }),
      ],
      phases: {
        implementation: [model('gpt-5.1', { provider: 'openai-chat', apiKey: 'k' }), model('q')],
      },
      reserve: { tokens: 1000 },
    });
    expect(principal).toEqual({
      models: ['anthropic:claude-sonnet-5', 'openai:gpt-5.1', 'openai-compatible:q'],
      modelFamilies: ['claude', 'gpt', 'q'],
    });
    expect(reserve).toEqual({ tokens: 1000 });
  });

  it.each([
    ['o4-mini', 'gpt'],
    ['chatgpt-4o-latest', 'gpt'],
    ['openai/gpt-oss-120b', 'gpt'],
    ['us.anthropic.claude-opus-4-5-v1:0', 'claude'],
    ['models/gemini-3-pro', 'gemini'],
    ['gemma3:27b', 'gemma'],
    ['meta-llama/Llama-3.3-70B-Instruct', 'llama'],
    ['deepseek-r1:14b', 'deepseek'],
    ['devstral-small-2505', 'mistral'],
    ['phi4', 'phi'],
    ['vendor/dolphin-2.9', 'dolphin'],
    ['42', '42'],
  ])('tells the family of %s', (name, family) => {
    const { principal } = createLlmRole({ role: 'x', models: [model(name)] });
    expect(principal?.modelFamilies).toEqual([family]);
  });

  it.each([
    ['anthropic', 'sonnet-5', 'claude'],
    ['openai', 'computer-use-preview', 'gpt'],
    ['openai-chat', 'davinci-002', 'gpt'],
    ['google', 'learnlm-2', 'gemini'],
    ['google', 'gemma-3', 'gemma'],
  ] as const)(
    'takes the family of the provider %s where %s tells none',
    (provider, name, family) => {
      const models = [model(name, { provider, apiKey: 'k' })];
      expect(createLlmRole({ role: 'x', models }).principal?.modelFamilies).toEqual([family]);
    },
  );

  it.each([
    ['us.anthropic.claude-opus-4-5-20251101-v1:0', 'claude-opus-4-5-20251101', 'claude'],
    ['anthropic.claude-opus-4-6-v1', 'claude-opus-4-6', 'claude'],
    ['meta.llama3-1-70b-instruct-v1:0', 'llama3-1-70b-instruct', 'llama'],
    ['amazon.nova-pro-v1:0', 'nova-pro', 'nova'],
    ['zai.glm-4.6', 'glm-4.6', 'glm'],
    [
      'arn:aws:bedrock:eu-central-1:1:inference-profile/eu.anthropic.claude-x-v1:0',
      'claude-x',
      'claude',
    ],
  ])('names a model of Bedrock as its maker does: %s', (name, own, family) => {
    const bedrock = {
      provider: 'bedrock',
      model: name,
      region: 'eu-central-1',
      apiKey: 'k',
    } as const;
    expect(createLlmRole({ role: 'x', models: [bedrock] }).principal).toEqual({
      models: [`bedrock:${own}`],
      modelFamilies: [family],
    });
  });

  it('takes the family that is given', () => {
    const models = [model('ft:our-model', { family: 'gpt' })];
    expect(createLlmRole({ role: 'x', models }).principal?.modelFamilies).toEqual(['gpt']);
  });
});
