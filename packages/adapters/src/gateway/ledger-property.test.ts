import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Act } from './testing/fake-provider.ts';
import { fakeProvider, openGateway } from './testing/open-gateway.ts';

const PATHS = [
  '/v1/messages',
  '/v1/responses',
  '/v1/chat/completions',
  '/v1beta/models/m:streamGenerateContent?alt=sse',
] as const;
const ACTS: readonly Act[] = ['answer', 'answer', 'answer', 'refuse', 'break', 'drop', 'no-counts'];
const CAPS = [{ tokens: 12_000 }, { cost: 0.1 }, { tokens: 15_000, cost: 0.12 }] as const;
const PRICE = { input: 1, output: 10 };

const call = fc.record({
  path: fc.constantFrom(...PATHS),
  streams: fc.boolean(),
  limit: fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined }),
  characters: fc.integer({ min: 0, max: 3000 }),
  abortAfterMs: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
});
const run = fc.record({
  cap: fc.constantFrom<{ tokens?: number; cost?: number }>(...CAPS),
  calls: fc.array(call, { minLength: 1, maxLength: 12 }),
  acts: fc.array(fc.constantFrom(...ACTS), { minLength: 1, maxLength: 12 }),
});

it('calls at the same time stay under one cap, and are counted to the token', async () => {
  const property = fc.asyncProperty(run, async ({ cap, calls, acts }) => {
    const provider = await fakeProvider((nth) => acts[nth % acts.length] ?? 'answer');
    const options = { allowance: cap, retry: { tries: 2, maxWaitMs: 5 } };
    const models = { m: { price: PRICE } };
    const opened = await openGateway(provider.baseUrl, options, { models });
    const { gateway, post } = opened;
    const watch = setInterval(look, 1);
    let [mostTokens, mostCost] = [0, 0];
    function look(): void {
      const { settled, reserved } = gateway.ledger();
      const tokens = settled.inputTokens + settled.outputTokens + reserved.tokens;
      mostTokens = Math.max(mostTokens, tokens);
      mostCost = Math.max(mostCost, settled.cost + reserved.cost);
    }
    try {
      await Promise.all(
        calls.map(async ({ path, streams, limit, characters, abortAfterMs }) => {
          const body = {
            model: 'm',
            stream: streams,
            text: 'x'.repeat(characters),
            ...(path === '/v1/messages' && { max_tokens: limit ?? 4000 }),
            ...(path === '/v1/responses' && { max_output_tokens: limit }),
            ...(path === '/v1/chat/completions' && { max_completion_tokens: limit }),
          };
          const init =
            abortAfterMs === undefined ? {} : { signal: AbortSignal.timeout(abortAfterMs) };
          await post(path, body, init)
            .then((answer) => answer.text())
            .catch(() => {});
          look();
        }),
      );
      await gateway.close();
    } finally {
      clearInterval(watch);
    }
    expect(mostTokens).toBeLessThanOrEqual(cap.tokens ?? Number.POSITIVE_INFINITY);
    expect(mostCost).toBeLessThanOrEqual((cap.cost ?? Number.POSITIVE_INFINITY) + 1e-9);
    const { settled, reserved } = gateway.ledger();
    expect(reserved).toEqual({ tokens: 0, cost: 0 });
    // What was reported is what is in the ledger, and once.
    const total = (name: 'inputTokens' | 'outputTokens' | 'requests') =>
      opened.reported.reduce((sum, used) => sum + used[name], 0);
    for (const name of ['inputTokens', 'outputTokens', 'requests'] as const) {
      expect(settled[name]).toBe(total(name));
    }
    expect(opened.calls.map(({ usage }) => usage)).toEqual(opened.reported);
    // Counts of the provider's are each of one of its calls.
    const generated = provider.calls.map(({ input, output }) => `${input}/${output}`);
    for (const { usage, estimated } of opened.calls) {
      if (estimated || usage.inputTokens === 0) continue;
      const place = generated.indexOf(`${usage.inputTokens}/${usage.outputTokens}`);
      expect(place).not.toBe(-1);
      generated.splice(place, 1);
    }
  });
  await fc.assert(property, { numRuns: 25, seed: 20_261_129 });
});
