import { describe, expect, it } from 'vitest';
import { failure } from '../testing/failure.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { DONE, performRole } from './testing/perform-role.ts';
import type { Said } from './testing/script.ts';

const PRICE = { input: 1, output: 10 };
const look = (input: number, output: number): Said => ({
  calls: [{ name: 'list', input: {} }],
  usage: { input, output },
});
const workspace = () => folderWorkspace({ 'a.ts': '' });

describe('an allowance', () => {
  it('of tokens caps the answer at what is left beside the input', async () => {
    const { outcome, server } = await performRole({
      assignment: { allowance: { tokens: 10_000 } },
      workspace: workspace(),
      script: [look(4000, 1000), { calls: [DONE] }],
    });
    expect(await outcome).toMatchObject({ kind: 'advance' });
    const [first, second] = server.requests.map(({ body }) => Number(body['max_tokens']));
    expect(first).toBeGreaterThan(5000);
    expect(first).toBeLessThan(10_000);
    // 5000 are used; the second input is slightly more than the 4000 of the first.
    expect(second).toBeGreaterThan(256);
    expect(second).toBeLessThan(1000);
  });

  it('of tokens ends the attempt before a call that it does not cover', async () => {
    const { outcome, server, context } = await performRole({
      assignment: { allowance: { tokens: 10_000 } },
      workspace: workspace(),
      script: [look(8000, 1000)],
    });
    const error = await failure(outcome);
    expect(error).toMatchObject({
      code: 'budget_spent',
      retryable: false,
      metadata: { tokensUsed: '9000', tokensAllowed: '10000' },
    });
    expect(error.message).toContain('used 9000 of 10000 tokens');
    expect(server.requests).toHaveLength(1);
    expect(context.used).toHaveLength(1);
  });

  it('that covers no call at all means that none is made', async () => {
    const { outcome, server } = await performRole({
      assignment: { allowance: { tokens: 500 } },
      script: [],
    });
    expect(await failure(outcome)).toMatchObject({ code: 'budget_spent' });
    expect(server.requests).toHaveLength(0);
  });

  it('of cost caps the answer at what it can pay', async () => {
    const { outcome, server } = await performRole({
      assignment: { allowance: { cost: 0.05 } },
      model: { price: PRICE },
      script: [{ calls: [DONE] }],
    });
    await outcome;
    const tokens = Number(server.requests[0]?.body['max_tokens']);
    expect(tokens).toBeGreaterThan(4000);
    expect(tokens).toBeLessThan(5000);
  });

  it('of cost ends the attempt with the figures', async () => {
    const { outcome } = await performRole({
      assignment: { allowance: { cost: 0.05 } },
      model: { price: PRICE },
      workspace: workspace(),
      script: [look(1000, 4800)],
    });
    expect(await failure(outcome)).toMatchObject({
      code: 'budget_spent',
      message: expect.stringContaining('used 0.049 of 0.05 in cost'),
      metadata: { costAllowed: '0.05', costUsed: '0.049' },
    });
  });

  it('of cost is refused for a model whose price is not known', async () => {
    const { outcome, server } = await performRole({
      assignment: { allowance: { cost: 5 } },
      script: [],
    });
    expect(await failure(outcome)).toMatchObject({
      code: 'invalid_input',
      message:
        'costs are capped at 5, but the price of anthropic:scripted is not known: add it to the price table',
    });
    expect(server.requests).toHaveLength(0);
  });
});

describe('usage', () => {
  it('without a price is counted as unpriced, never as free', async () => {
    const { outcome, context } = await performRole({ script: [{ calls: [DONE] }] });
    await outcome;
    expect(context.used).toEqual([
      expect.objectContaining({ cost: 0, unpricedRequests: 1, inputTokens: 100, outputTokens: 20 }),
    ]);
  });

  it('of a server that keeps no count is estimated, never free', async () => {
    const { outcome, context } = await performRole({
      provider: 'openai-chat',
      model: { price: PRICE },
      script: [{ calls: [DONE], usage: { input: 0, output: 0 } }],
    });
    await outcome;
    const [used] = context.used;
    expect(used?.inputTokens).toBeGreaterThan(100);
    expect(used?.outputTokens).toBeGreaterThan(5);
    expect(used?.cost).toBeGreaterThan(1e-4);
  });

  it.each(['anthropic', 'openai', 'openai-chat'] as const)(
    'of an answer of %s that broke off before its first word is the input',
    async (provider) => {
      const { outcome, context } = await performRole({
        provider,
        options: { retry: { tries: 1 } },
        script: [{ ending: 'break' }],
      });
      expect(await failure(outcome)).toMatchObject({ code: 'unavailable' });
      expect(context.used).toHaveLength(1);
      expect(context.used[0]?.inputTokens).toBeGreaterThan(100);
    },
  );

  it('of the cache is paid as input where the table has no price for it', async () => {
    const { outcome, context } = await performRole({
      model: { price: PRICE },
      script: [{ calls: [DONE], usage: { input: 1000, cached: 900, output: 10 } }],
    });
    await outcome;
    expect(context.used[0]?.cost).toBeCloseTo((1000 + 100) / 1e6, 12);
  });
});
