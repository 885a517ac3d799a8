import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import { NO_USAGE } from '../model/usage.ts';
import { passingOutputs } from '../testing/build-outputs.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import { createOrchestrator } from './orchestrator.ts';

const DAY = 86_400_000;
const JANUARY = { projectId: 'shop', from: '2026-01-01', to: '2026-02-01' };

async function setUp() {
  const clock = createFakeClock(Date.UTC(2026, 0, 31, 23, 59, 59, 999));
  const baton = createOrchestrator({ store: await createMemoryStore(), clock });
  const { workflowId } = await baton.start(aBuild({ timeoutMs: 9 * DAY }));
  /** Performs the current phase of q_assistant with these models. */
  async function perform(models: readonly string[], forMs = 0): Promise<void> {
    const { state } = await baton.status({ workflowId });
    const principal = { models, modelFamilies: [] };
    const roles = ['q_assistant'];
    const { claim } = await baton.claim({
      workflowId,
      worker: 'w',
      roles,
      leaseMs: DAY,
      principal,
    });
    clock.advance(forMs);
    await baton.advance({
      workflowId,
      role: 'q_assistant',
      completedState: state,
      result: passingOutputs[state as 'discovery'],
      claimToken: claim.token,
      usage: { ...NO_USAGE, requests: 2, inputTokens: 3, cost: 0.1 },
    });
  }
  return { clock, baton, workflowId, perform };
}

describe('usage', () => {
  it('counts an attempt on the day in UTC on which it ended', async () => {
    const { baton, perform } = await setUp();
    await perform(['acme:b', 'acme:a']);
    await perform([], 1);
    const row = { role: 'q_assistant', attempts: 1, requests: 2, inputTokens: 3, cost: 0.1 };
    expect((await baton.usage(JANUARY)).rows).toMatchObject([
      { ...row, model: 'acme:a,acme:b', durationMs: 0 },
    ]);
    const february = { ...JANUARY, from: '2026-02-01', to: '2026-02-02' };
    expect((await baton.usage(february)).rows).toMatchObject([
      { ...row, model: '', durationMs: 1 },
    ]);
  });

  it('is told in pages', async () => {
    const { baton, workflowId, perform } = await setUp();
    for (const model of ['m1', 'm2', 'm3']) {
      await perform([model]);
      await baton.rollback({ workflowId, targetState: 'discovery', reason: 'again' });
    }
    const first = await baton.usage({ ...JANUARY, pageSize: 2 });
    expect(first.rows.map(({ model }) => model)).toEqual(['m1', 'm2']);
    const { nextPageToken: pageToken } = first;
    const last = await baton.usage({ ...JANUARY, pageSize: 2, pageToken });
    expect(last.rows.map(({ model }) => model)).toEqual(['m3']);
    expect(last.nextPageToken).toBeUndefined();
    expect((await baton.usage({ ...JANUARY, pageSize: 3 })).nextPageToken).toBeUndefined();
    const other = baton.usage({ ...JANUARY, to: '2026-02-02', pageToken });
    await expect(other).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('is told by day, in pages, where that is asked for', async () => {
    const { baton, workflowId, perform, clock } = await setUp();
    const models = ['m2', 'm1', 'm1'];
    for (const model of models) {
      await perform([model]);
      clock.advance(DAY);
      await baton.rollback({ workflowId, targetState: 'discovery', reason: 'again' });
    }
    const span = { projectId: 'shop', from: '2026-01-01', to: '2026-03-01', byDay: true };
    const rows: (string | undefined)[][] = [];
    for (let pageToken: string | undefined; ; ) {
      const page = await baton.usage({ ...span, pageSize: 1, pageToken });
      rows.push(...page.rows.map(({ model, day }) => [model, day]));
      pageToken = page.nextPageToken;
      if (pageToken === undefined) break;
    }
    expect(rows).toEqual([
      ['m1', '2026-02-01'],
      ['m1', '2026-02-02'],
      ['m2', '2026-01-31'],
    ]);
    const { nextPageToken: pageToken } = await baton.usage({ ...span, pageSize: 1 });
    const added = baton.usage({ ...span, byDay: false, pageToken });
    await expect(added).rejects.toMatchObject({ code: 'invalid_input' });
    expect((await baton.usage({ ...span, byDay: false })).rows[0]).toMatchObject({
      day: undefined,
      attempts: 2,
    });
  });

  it('keeps the name of many models short enough for every store', async () => {
    const { baton, perform } = await setUp();
    await perform([...'abcd'].map((letter) => letter.repeat(200)));
    const [row] = (await baton.usage(JANUARY)).rows;
    expect(row?.model).toHaveLength(256);
    expect(row?.model).toMatch(/^a{200},b{54}…$/);
  });

  it.each([
    ['no day', { from: 'yesterday' }, 'from'],
    ['a day that is none', { from: '2026-02-30' }, 'from'],
    ['a time', { to: '2026-02-01T00:00:00Z' }, 'to'],
    ['no span', { to: '2026-01-01' }, "1 to 366 days after 'from', 2026-01-01; found 2026-01-01"],
    ['too long a span', { to: '2027-01-03' }, '1 to 366 days'],
    ['no project', { projectId: '' }, 'projectId'],
  ])('is refused with %s', async (_, part, found) => {
    const { baton } = await setUp();
    await expect(baton.usage({ ...JANUARY, ...part })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(found),
    });
    await expect(baton.usage({ ...JANUARY, to: '2027-01-02' })).resolves.toEqual({
      rows: [],
      nextPageToken: undefined,
    });
  });
});
