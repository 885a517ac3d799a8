import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createMetrics } from './create-metrics.ts';
import { samplesOf } from './testing/samples.ts';

it('counts a stall of the event loop, and how long it was', async () => {
  const metrics = createMetrics();
  onTestFinished(() => metrics.stop());
  await sleep(50);
  const before = samplesOf(await metrics.scrape());
  const until = performance.now() + 300;
  while (performance.now() < until);
  const name = 'baton_event_loop_stall_seconds';
  await expect
    .poll(async () => {
      const now = samplesOf(await metrics.scrape());
      return (now.get(`${name}_sum`) ?? 0) - (before.get(`${name}_sum`) ?? 0);
    })
    .toBeGreaterThan(0.25);
  const busy = samplesOf(await metrics.scrape()).get('baton_event_loop_utilization_ratio');
  expect(busy).toBeGreaterThanOrEqual(0);
  expect(busy).toBeLessThanOrEqual(1);
});
