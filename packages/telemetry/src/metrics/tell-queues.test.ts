import {
  createMemoryStore,
  createOrchestrator,
  type QueueQuery,
  type WorkflowStore,
} from '@baton/core';
import { expect, it, onTestFinished } from 'vitest';
import { createMetrics } from './create-metrics.ts';
import { told } from './testing/samples.ts';

const build = { projectId: 'shop', userId: 'ada', requirements: {} };
const MINUTE = 60_000;

/** Metrics of the queues of a store with one build. */
async function setUp(change: Partial<WorkflowStore> = {}) {
  const metrics = createMetrics();
  onTestFinished(() => metrics.stop());
  const whole = await createMemoryStore();
  const looks: QueueQuery[] = [];
  const store: WorkflowStore = {
    ...whole,
    now: async () => Date.now() + MINUTE,
    readQueues: async (query) => {
      looks.push(query);
      return (whole.readQueues as NonNullable<typeof whole.readQueues>)(query);
    },
    ...change,
  };
  await createOrchestrator({ store: whole }).start({ ...build, buildId: 'b1' });
  metrics.watchQueues(store, ['q_assistant', 'code_writer', 'q_assistant']);
  return { metrics, looks };
}

it('tells how long the queue of each role is, and how old by the clock of the store', async () => {
  const { metrics, looks } = await setUp();
  const text = await metrics.scrape();
  expect(told(text, 'baton_queue_length')).toEqual({ '{role="q_assistant"}': 1 });
  const age = told(text, 'baton_queue_oldest_age_seconds')['{role="q_assistant"}'];
  expect(age).toBeGreaterThanOrEqual(MINUTE / 1000);
  expect(age).toBeLessThan(10 * (MINUTE / 1000));
  expect(text).toContain('baton_queue_oldest_age_seconds{role="code_writer"} 0');
  expect(looks).toMatchObject([{ roles: ['q_assistant', 'code_writer'], limit: 1000 }]);
});

it('asks the store once for scrapes that follow one another, or come together', async () => {
  const { metrics, looks } = await setUp();
  await Promise.all([metrics.scrape(), metrics.scrape()]);
  await metrics.scrape();
  expect(looks).toHaveLength(1);
});

it('tells all else while the store is away', async () => {
  const readQueues = () => Promise.reject(new Error('away'));
  const { metrics } = await setUp({ readQueues });
  expect(await metrics.scrape()).toContain('process_cpu_seconds_total');
});

it('tells nothing of a store that cannot tell', async () => {
  const { metrics } = await setUp({ readQueues: undefined as never });
  expect(told(await metrics.scrape(), 'baton_queue_length')).toEqual({});
});
