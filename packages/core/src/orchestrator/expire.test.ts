import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import { buildDefinition } from '../model/build/build-definition.ts';
import { BatonError } from '../model/errors.ts';
import type { WorkflowStore } from '../ports/workflow-store.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import { startExpirySweep } from './expire.ts';
import { createOrchestrator } from './orchestrator.ts';
import { discovery } from './testing/set-up.ts';

type Baton = Awaited<ReturnType<typeof setUp>>['baton'];

async function setUp(given?: WorkflowStore) {
  const store = given ?? (await createMemoryStore());
  const clock = createFakeClock();
  const baton = createOrchestrator({ store, clock, watchPollMs: 1 });
  const start = async () => (await baton.start(aBuild({ timeoutMs: 60_000 }))).workflowId;
  return { store, clock, baton, start };
}

describe('a workflow whose time is over', () => {
  it('is shown by every view as it is stored, and by none of them changed', async () => {
    const { store, clock, baton, start } = await setUp();
    const workflowId = await start();
    const before = await store.load(workflowId);
    clock.advance(60_000);
    expect(await baton.status({ workflowId })).toMatchObject({
      state: 'discovery',
      deadline: clock.now(),
      expectedNext: { description: expect.stringContaining('its time is over') },
    });
    const listed = async (state: string) => (await baton.list({ state })).workflows.length;
    expect([await listed('discovery'), await listed('error')]).toEqual([1, 0]);
    for await (const _ of baton.watch({ workflowId, follow: false }));
    expect(await baton.projectStats({ projectId: 'shop' })).toMatchObject({ failed: 0 });
    expect(await store.load(workflowId)).toEqual(before);
  });

  it('is moved to error by the sweep, for every view at once', async () => {
    const { clock, baton, start } = await setUp();
    const late = await start();
    clock.advance(59_999);
    expect(await baton.expireOverdue()).toBe(0);
    const young = await start();
    clock.advance(1);
    expect(await baton.expireOverdue()).toBe(1);
    expect(await baton.status({ workflowId: late })).toMatchObject({
      state: 'error',
      failure: { code: 'timed_out' },
    });
    const listed = async (state: string) =>
      (await baton.list({ state })).workflows.map(({ workflowId }) => workflowId);
    expect([await listed('error'), await listed('discovery')]).toEqual([[late], [young]]);
    expect(await baton.projectStats({ projectId: 'shop' })).toMatchObject({
      failed: 1,
      inProgress: 1,
    });
    expect(await baton.expireOverdue()).toBe(0);
  });

  it.each<[string, string, (baton: Baton, workflowId: string) => Promise<unknown>]>([
    ['an advance', 'timed_out', (baton, workflowId) => baton.advance({ workflowId, ...discovery })],
    [
      'an advance of another state',
      'wrong_state',
      (baton, workflowId) => baton.advance({ workflowId, ...discovery, completedState: 'testing' }),
    ],
    [
      'an advance of another role',
      'not_owner',
      (baton, workflowId) => baton.advance({ workflowId, ...discovery, role: 'code_writer' }),
    ],
    [
      'a claim',
      'timed_out',
      (baton, workflowId) =>
        baton.claim({ workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 1000 }),
    ],
    [
      'a retry by its role',
      'timed_out',
      (baton, workflowId) => baton.requestRetry({ workflowId, reason: 'r', by: 'q_assistant' }),
    ],
    [
      'a retry by another role',
      'not_owner',
      (baton, workflowId) => baton.requestRetry({ workflowId, reason: 'r', by: 'code_writer' }),
    ],
  ])('answers %s with %s, before the sweep and after it', async (_, code, ask) => {
    const { clock, baton, start } = await setUp();
    const [asked, swept] = [await start(), await start()];
    clock.advance(60_000);
    const before = await ask(baton, asked).catch((reason: unknown) => reason);
    await baton.expireOverdue();
    const after = await ask(baton, swept).catch((reason: unknown) => reason);
    expect(before).toMatchObject({ code });
    expect(after).toMatchObject({ code });
  });

  it('is left to the worker that holds it, for as long as it holds it', async () => {
    const { clock, baton, start } = await setUp();
    const workflowId = await start();
    await baton.claim({ workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 90_000 });
    clock.advance(60_000);
    expect(await baton.expireOverdue()).toBe(0);
    clock.advance(30_000);
    expect(await baton.expireOverdue()).toBe(1);
  });

  it('is left to a worker whose claim was renewed after it was found', async () => {
    const memory = await createMemoryStore();
    let renew = async () => {};
    const store: WorkflowStore = {
      ...memory,
      async commit(batch) {
        await renew();
        return memory.commit(batch);
      },
    };
    const { clock, baton, start } = await setUp(store);
    const workflowId = await start();
    const claiming = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 50_000 };
    const { claim } = await baton.claim(claiming);
    clock.advance(60_000);
    renew = async () => {
      await baton.renewClaim({ workflowId, token: claim.token, leaseMs: 50_000 });
    };
    expect(await baton.expireOverdue()).toBe(0);
    expect((await baton.status({ workflowId })).state).toBe('discovery');
  });

  it('is moved by one of those that sweep; another waits for its lease to end', async () => {
    const { store, clock, baton, start } = await setUp();
    await start();
    clock.advance(60_000);
    expect(await store.takeLease({ name: 'expire-overdue', holder: 'x', forMs: 1e6 })).toBe(true);
    expect(await baton.expireOverdue()).toBe(0);
  });

  it('is left to processes that have its definition, and does not stop the sweep', async () => {
    const { store, clock, baton, start } = await setUp();
    await start();
    clock.advance(60_000);
    const definitions = [{ ...buildDefinition(), name: 'other' }];
    const stranger = createOrchestrator({ store, clock, definitions });
    expect(await stranger.expireOverdue()).toBe(0);
    expect(await baton.expireOverdue()).toBe(1);
  });

  it('lets requests have their turn between portions of many', async () => {
    const { clock, baton, start } = await setUp();
    for (let i = 0; i < 120; i++) await start();
    clock.advance(60_000);
    let turns = 0;
    let isSweeping = true;
    const sweep = baton.expireOverdue().finally(() => {
      isSweeping = false;
    });
    for (; isSweeping; turns++) await setImmediate();
    expect(await sweep).toBe(120);
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it('keeps no other waiting when it cannot be moved', async () => {
    const memory = await createMemoryStore();
    let bad = '';
    const store: WorkflowStore = {
      ...memory,
      commit: async (batch) =>
        batch[0]?.snapshot.id === bad
          ? [{ kind: 'failed', error: new BatonError('data_loss', 'it cannot be written') }]
          : memory.commit(batch),
    };
    const { clock, baton, start } = await setUp(store);
    bad = await start();
    const good = await start();
    clock.advance(60_000);
    await expect(baton.expireOverdue()).rejects.toMatchObject({ code: 'data_loss' });
    expect((await baton.status({ workflowId: good })).state).toBe('error');
  });
});

describe('the expiry sweep', () => {
  it('says once what goes wrong each time, and again when it was mended in between', async () => {
    const away = new BatonError('unavailable', 'the store is away');
    const answers = [away, away, 'moved', away, new BatonError('unavailable', 'other')];
    const expireOverdue = vi.fn(async () => {
      const answer = answers.shift();
      if (BatonError.is(answer)) throw answer;
      return 0;
    });
    const errors: string[] = [];
    const onError = ({ message }: BatonError) => void errors.push(message);
    const sweep = startExpirySweep({ orchestrator: { expireOverdue }, everyMs: 1, onError });
    await expect.poll(() => answers).toEqual([]);
    await sweep.stop();
    expect(errors).toEqual(['the store is away', 'the store is away', 'other']);
  });

  it('goes on until it is stopped, whatever goes wrong', async () => {
    const expireOverdue = vi
      .fn(async () => 0)
      .mockRejectedValueOnce(new BatonError('unavailable', 'the store is away'));
    const errors: string[] = [];
    const sweep = startExpirySweep({
      orchestrator: { expireOverdue },
      everyMs: 1,
      onError: ({ message }) => errors.push(message),
    });
    await expect.poll(() => expireOverdue.mock.calls.length).toBeGreaterThan(2);
    await sweep.stop();
    const calls = expireOverdue.mock.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(expireOverdue.mock.calls.length).toBe(calls);
    expect(errors).toEqual(['the store is away']);
  });
});

it.each([Number.NaN, 0, -1])('a sweep every %s ms is refused', async (everyMs) => {
  const { baton: orchestrator } = await setUp();
  expect(() => startExpirySweep({ orchestrator, everyMs })).toThrow(
    `everyMs: expected at least 1, found ${everyMs}`,
  );
});

it.each([{ wallMs: 4e14 }, { phases: { testing: { wallMs: 4e14 } } }])(
  'a time at work beyond a year is refused: %j',
  async (budgets) => {
    const { baton, start } = await setUp();
    const refused = { code: 'invalid_input', message: expect.stringContaining('wallMs') };
    await expect(baton.start(aBuild({ budgets }))).rejects.toMatchObject(refused);
    const workflowId = await start();
    const retry = baton.requestRetry({ workflowId, reason: 'r', budgets });
    await expect(retry).rejects.toMatchObject(refused);
  },
);
