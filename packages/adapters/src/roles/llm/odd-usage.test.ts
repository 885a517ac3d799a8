import { usageSchema } from '@baton/core/internal';
import { describe, expect, it } from 'vitest';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { createTokenEstimate } from './context-window.ts';
import type { ModelConfig } from './model-config.ts';
import { repairUsage } from './repair-usage.ts';
import { DONE, performRole } from './testing/perform-role.ts';

const advanced = { kind: 'advance', result: DONE.input };
const PRICE = { input: 1, output: 10 };

/** An attempt whose provider answers once, with these counts. */
async function used(rawUsage: unknown, provider: ModelConfig['provider'] = 'openai-compatible') {
  const { outcome, context } = await performRole({
    provider,
    model: { price: PRICE },
    assignment: { allowance: { tokens: 50_000, cost: 5 } },
    script: [{ calls: [DONE], rawUsage }],
  });
  expect(await outcome).toEqual(advanced);
  const [usage] = context.used;
  expect(usageSchema.parse(usage)).toEqual(usage);
  return { usage: usageSchema.parse(usage), noted: context.noted };
}

const counted = (prompt: unknown, completion: unknown, more: object = {}) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt,
  ...more,
});

describe('counts of a provider that cannot be right cost no answer, and no budget', () => {
  it.each<[string, unknown, string]>([
    ['negative', counted(-1_000_000, -5), 'input -1000000, output -5'],
    ['fractions', counted(10.5, 2.5), 'input 10.5, output 2.5'],
    ['huge', counted(1e300, 1e12), 'input 1e+300, output 1000000000000'],
    ['more than a request of its length can have', counted(900_000, 900_000), 'input 900000'],
    ['zero', counted(0, 0), 'no input, no output'],
    ['not there', null, 'no input, no output'],
    ['empty', {}, 'no input, no output'],
    ['texts', counted('12', 'many'), 'input -1, output -1'],
    ['true', counted(true, false), 'input -1, output -1'],
    ['no object', 'none', 'no input, no output'],
    ['a list', [1, 2], 'no input, no output'],
  ])('%s', async (_, rawUsage, odd) => {
    const { usage, noted } = await used(rawUsage);
    expect(usage.inputTokens).toBeGreaterThan(500);
    expect(usage.inputTokens).toBeLessThan(10_000);
    expect(usage.outputTokens).toBeGreaterThan(5);
    expect(usage.outputTokens).toBeLessThan(100);
    expect(usage.cost).toBeGreaterThan(5e-4);
    expect(usage.cost).toBeLessThan(0.02);
    expect(noted).toEqual([
      { code: 'usage_estimated', message: expect.stringContaining(`(${odd}`) },
    ]);
  });

  it.each(['openai', 'openai-chat', 'azure-chat', 'google', 'anthropic'] as const)(
    'from %s as well',
    async (provider) => {
      const { outcome, context } = await performRole({
        provider,
        script: [{ calls: [DONE], usage: { input: -7, output: 0.5 } }],
      });
      expect(await outcome).toEqual(advanced);
      expect(context.used[0]?.inputTokens).toBeGreaterThan(500);
      expect(context.noted.map(({ code }) => code)).toEqual(['usage_estimated']);
    },
  );

  it.each(['openai', 'openai-chat', 'azure', 'google', 'anthropic'] as const)(
    'from %s, as texts',
    async (provider) => {
      const text = 'x' as unknown as number;
      const { outcome, context } = await performRole({
        provider,
        script: [{ calls: [DONE], usage: { input: text, output: text } }],
      });
      expect(await outcome).toEqual(advanced);
      expect(context.used[0]?.outputTokens).toBeGreaterThan(5);
      expect(context.noted.map(({ code }) => code)).toEqual(['usage_estimated']);
    },
  );

  it('by parts: what is not known to be cached is paid in full', async () => {
    const { usage, noted } = await used(
      counted(1000, 10, {
        prompt_tokens_details: { cached_tokens: 5000 },
        completion_tokens_details: { reasoning_tokens: -3 },
      }),
    );
    expect(usage).toMatchObject({
      inputTokens: 1000,
      cachedInputTokens: 0,
      outputTokens: 10,
      reasoningTokens: 0,
      cost: (1000 + 100) / 1e6,
    });
    expect(noted[0]?.message).toContain('(cached 5000 of 1000, reasoning -3 of 10)');
  });

  it('is noted once an attempt, and goes on under the same cap', async () => {
    const odd = { rawUsage: counted(1e300, -1) };
    const { outcome, context } = await performRole({
      provider: 'openai-compatible',
      assignment: { allowance: { tokens: 50_000 } },
      workspace: folderWorkspace({ 'a.ts': 'x' }),
      script: [
        { calls: [{ name: 'list', input: {} }], ...odd },
        { calls: [{ name: 'list', input: {} }], ...odd },
        { calls: [DONE], ...odd },
      ],
    });
    expect(await outcome).toEqual(advanced);
    expect(context.used).toHaveLength(3);
    expect(context.noted).toHaveLength(1);
  });
});

it('counts that are right are taken as they are, without a note', async () => {
  const { usage, noted } = await used(
    counted(1000, 10, { prompt_tokens_details: { cached_tokens: 400 } }),
  );
  expect(usage).toMatchObject({ inputTokens: 1000, cachedInputTokens: 400, outputTokens: 10 });
  expect(noted).toEqual([]);
});

describe('a line of a stream', () => {
  it.each([
    ['without counts', 'data: {"choices":[{"delta":{"content":"\\"usage\\": NaN"}}]}'],
    ['with good counts', 'data: { "usage": {"prompt_tokens": 5, "details": null} }'],
    ['that is no JSON', 'data: {"usage": nothing}'],
    ['that ends the stream', 'data: [DONE]'],
    ['that is a comment', ': "usage": "x"'],
  ])('%s stays as it is', (_, line) => {
    expect(repairUsage(line)).toBe(line);
  });

  it.each([
    [
      'NaN',
      'data: {"t":"NaN","usage":{"prompt_tokens":NaN,"x":-Infinity}}',
      '{"prompt_tokens":-1,"x":-1}',
    ],
    ['lists', 'data: {"t":"NaN","usage":{"prompt_tokens":[1]}}', '{"prompt_tokens":-1}'],
    ['no object', 'data: {"t":"NaN","usage":7}', 'null'],
  ])('with %s gets what can be read', (_, line, usage) => {
    expect(repairUsage(line)).toBe(`data: {"t":"NaN","usage":${usage}}`);
  });

  it.each([
    [
      { type: 'message_start', message: { id: 'm' } },
      { type: 'message_start', message: { id: 'm', usage: { input_tokens: -1 } } },
    ],
    [
      { type: 'message_delta', usage: { output_tokens: null } },
      { type: 'message_delta', usage: { output_tokens: -1 } },
    ],
  ])('of Anthropic has the counts that it must have: %j', (event, repaired) => {
    const line = `data: ${JSON.stringify(event)}`;
    expect(JSON.parse(repairUsage(line).slice('data: '.length))).toEqual(repaired);
  });
});

it('an estimate does not follow counts to where no text has its tokens', () => {
  const estimate = createTokenEstimate();
  estimate.learn(1000, 90_000);
  expect(estimate.tokens(1000)).toBe(1000);
  estimate.learn(1000, 1);
  expect(estimate.tokens(1200)).toBe(100);
  expect(estimate.bytes(100)).toBe(1200);
});
