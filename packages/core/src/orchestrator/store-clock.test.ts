import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import type { WorkflowStore } from '../ports/workflow-store.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import { createStoreClock } from './clocks.ts';
import { createOrchestrator } from './orchestrator.ts';

const HOUR = 3_600_000;

afterEach(() => vi.restoreAllMocks());

/** Another process's orchestrator over a store whose clock is `aheadMs` from this machine's. */
function over(memory: WorkflowStore, aheadMs: () => number) {
  const store = { ...memory, now: async () => Date.now() + aheadMs() };
  return createOrchestrator({ store });
}

describe('an orchestrator over a store with a clock of its own', () => {
  it('goes by that clock: one whose machine is hours off fails no build and takes no claim', async () => {
    const memory = await createMemoryStore();
    const right = over(memory, () => 0);
    const { workflowId } = await right.start(aBuild({ timeoutMs: 3_600_000 }));
    await right.claim({ workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 60_000 });
    const real = Date.now.bind(Date);
    vi.spyOn(Date, 'now').mockImplementation(() => real() + 2 * HOUR);
    const wrong = over(memory, () => -2 * HOUR);
    expect(await wrong.listClaimable({ roles: ['q_assistant'], limit: 10 })).toEqual([]);
    const claiming = { workflowId, worker: 'thief', roles: ['q_assistant'], leaseMs: 60_000 };
    await expect(wrong.claim(claiming)).rejects.toMatchObject({ code: 'stale_claim' });
    expect(await wrong.expireOverdue()).toBe(0);
    expect((await wrong.status({ workflowId })).state).toBe('discovery');
  });

  it('waits for the time before it does anything, and says so when it cannot be told', async () => {
    const store = await createMemoryStore();
    const away = { ...store, now: () => Promise.reject(new Error('no connection')) };
    await expect(createOrchestrator({ store: away }).start(aBuild())).rejects.toThrow(
      'no connection',
    );
  });
});

describe('the clock of a store', () => {
  it('is measured again when the clock of the machine was set, and not before', async () => {
    const real = Date.now.bind(Date);
    let set = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => real() + set);
    const read = vi.fn(async () => real());
    const clock = createStoreClock(read);
    await clock.ready();
    expect(clock.ready()).toBeUndefined();
    set = HOUR;
    expect(Math.abs(clock.now() - real() - HOUR)).toBeLessThan(1000);
    await clock.ready();
    expect(read).toHaveBeenCalledTimes(2);
    expect(Math.abs(clock.now() - real())).toBeLessThan(1000);
  });

  it('is measured once, however many wait for it', async () => {
    const read = vi.fn(async () => Date.now());
    const clock = createStoreClock(read);
    await Promise.all([clock.ready(), clock.ready(), clock.ready()]);
    expect(read).toHaveBeenCalledTimes(1);
  });
});
