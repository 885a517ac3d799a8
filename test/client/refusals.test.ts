import { createBatonClient } from '@baton/client';
import { createMemoryStore, createOrchestrator } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { aBuild, serve } from './serve.ts';

const baseUrl = 'http://127.0.0.1:9';
const claim = { workflowId: 'w', worker: 'w', roles: ['q_assistant'], leaseMs: 5000 };

/** Any value, as a caller without types would pass it. */
function untyped<T>(value: unknown): T {
  return value as T;
}

describe('the client refuses', () => {
  it.each([
    [{ baseUrl, timeoutMs: Number.NaN }, 'timeoutMs'],
    [{ baseUrl, timeoutMs: 0 }, 'timeoutMs'],
    [{ baseUrl, timeoutMs: 2 ** 31 }, 'timeoutMs'],
    [{ baseUrl, retries: -1 }, 'retries'],
    [{ baseUrl, backoffMs: Number.POSITIVE_INFINITY }, 'backoffMs'],
    [{ baseUrl: 'nonsense' }, 'baseUrl'],
    [{ baseUrl: 'localhost:7481' }, 'baseUrl'],
    [{ baseUrl: 'http://' }, 'baseUrl'],
    [{ baseUrl: 'ftp://host' }, 'baseUrl'],
  ])('the options %o', (options, field) => {
    for (const protocol of ['connect', 'grpc'] as const) {
      expect(() => createBatonClient({ ...options, protocol })).toThrow(
        expect.objectContaining({
          code: 'invalid_input',
          violations: [expect.objectContaining({ field })],
        }),
      );
    }
  });

  // There is no server: what is refused here never leaves.
  const client = createBatonClient({ baseUrl, retries: 0 });
  const start = (requirements: unknown) =>
    client.start({ ...aBuild, requirements: untyped(requirements) });

  it.each([
    [{ count: 1n }, 'requirements.count'],
    [{ at: new Date(0) }, 'requirements.at'],
    [{ map: new Map() }, 'requirements.map'],
    [{ list: [1, { call: () => 1 }] }, 'requirements.list.1.call'],
    [{ gap: [undefined] }, 'requirements.gap.0'],
    [{ nan: Number.NaN }, 'requirements.nan'],
    [{ text: '\ud800' }, 'requirements.text'],
    [{ '\ud800': 1 }, 'requirements.\ud800'],
    [JSON.parse('{"__proto__": 1}'), 'requirements.__proto__'],
    [[], 'requirements'],
    ['text', 'requirements'],
    [null, 'requirements'],
  ])(
    'a payload that JSON cannot say: %o, as the orchestrator does',
    async (requirements, field) => {
      const refusal = { code: 'invalid_input', violations: [{ field }] };
      await expect(start(requirements)).rejects.toMatchObject(refusal);
      const orchestrator = createOrchestrator({ store: await createMemoryStore() });
      await expect(orchestrator.start({ ...aBuild, requirements })).rejects.toMatchObject(refusal);
    },
  );

  it('a payload that is nested too deep', async () => {
    let deep: object = {};
    for (let i = 0; i < 64; i++) deep = { deep };
    await expect(start({ deep })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(start((deep as { deep: object }).deep)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('what no message can carry, and says which member', async () => {
    const rollback = { workflowId: 'w', targetState: 'discovery', reason: 'r' };
    const usage = {
      requests: 1.5,
      inputTokens: 0,
      cachedInputTokens: 0,
      outputTokens: 0,
      reasoningTokens: 0,
      cost: 0,
      unpricedRequests: 0,
    };
    const report = { workflowId: 'w', claimToken: 't' };
    for (const [call, field] of [
      [client.rollback({ ...rollback, expectedRevision: -1 }), 'expectedRevision'],
      [client.rollback({ ...rollback, expectedRevision: 1.5 }), 'expectedRevision'],
      [client.rollback({ ...rollback, expectedEpoch: 2 ** 32 }), 'expectedEpoch'],
      [client.rollback({ ...rollback, reason: '\udc00' }), 'reason'],
      [client.list({ pageSize: Number.NaN }), 'pageSize'],
      [client.claim({ ...claim, leaseMs: 0.5 }), 'leaseMs'],
      [client.claim({ ...claim, roles: untyped('q_assistant') }), 'roles'],
      [client.claim({ ...claim, reserve: { tokens: -1 } }), 'reserve.tokens'],
      [client.start({ ...aBuild, timeoutMs: Number.NaN }), 'timeoutMs'],
      [client.start({ ...aBuild, budgets: { wallMs: 1.5 } }), 'budgets.wallMs'],
      [client.status({ workflowId: untyped(5) }), 'workflowId'],
      [client.status(untyped({ workflowID: 'w' })), 'workflowID'],
      [client.ask({ ...report, questions: [{ text: 'a' }], usage }), 'usage.requests'],
      [client.ask({ ...report, questions: [{ text: untyped(1) }] }), 'questions.0.text'],
    ] as const) {
      await expect(call).rejects.toMatchObject({ code: 'invalid_input', violations: [{ field }] });
    }
    const watch = client.watch({ workflowId: 'w', afterSequence: -1 })[Symbol.asyncIterator]();
    await expect(watch.next()).rejects.toMatchObject({ violations: [{ field: 'afterSequence' }] });
  });
});

describe('what the server refuses', () => {
  it('is reported by the field names that the caller used', async () => {
    const { client } = await serve();
    for (const [call, field] of [
      [client.claim({ ...claim, leaseMs: 1 }), 'leaseMs'],
      [client.claim({ ...claim, token: '' }), 'token'],
      [client.renewClaim({ workflowId: 'w', token: '', leaseMs: 5000 }), 'token'],
      [client.start({ ...aBuild, timeoutMs: -1_000 }), 'timeoutMs'],
      [
        client.start({ ...aBuild, budgets: { phases: { a_b: { wallMs: 0 } } } }),
        'budgets.phases.a_b.wallMs',
      ],
      [client.start({ ...aBuild, requirements: { bad_key: '\u0000' } }), 'requirements.bad_key'],
    ] as const) {
      await expect(call).rejects.toMatchObject({
        code: 'invalid_input',
        violations: [{ field }],
        message: expect.stringContaining(`: ${field}: `),
      });
    }
    for (const field of ['state', 'role'] as const) {
      await expect(client.list({ [field]: 'testng' })).rejects.toMatchObject({
        code: 'invalid_input',
        violations: [{ field }],
        legal: expect.arrayContaining([field === 'state' ? 'testing' : 'test_auditor']),
      });
    }
    const { workflowId } = await client.start(aBuild);
    const done = { workflowId, role: 'q_assistant', completedState: 'discovery' };
    await expect(client.advance({ ...done, result: {}, claimToken: '' })).rejects.toMatchObject({
      violations: [{ field: 'claimToken' }],
    });
  });
});
