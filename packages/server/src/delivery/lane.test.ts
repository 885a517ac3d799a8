import { BatonError } from '@baton/core';
import { createFakeClock } from '@baton/core/testing';
import { expect, it } from 'vitest';
import type { Run } from './deliver-workflow.ts';
import { createLane } from './lane.ts';
import { turns } from './testing/scene.ts';

const DELIVERED: Run = { kind: 'done', delivered: true };
const FAILED: Run = { kind: 'later', waitMs: 3_600_000, failed: true };

/** A lane whose runs end when they are told to. */
function lane() {
  const clock = createFakeClock();
  const running = new Map<string, PromiseWithResolvers<Run>>();
  const errors: string[] = [];
  const { enqueue, stop } = createLane({
    clock,
    random: () => 0.5,
    run(workflowId) {
      const run = Promise.withResolvers<Run>();
      running.set(workflowId, run);
      return run.promise.finally(() => running.delete(workflowId));
    },
    onError: (error) => void errors.push((error as Error).message),
  });
  return { clock, running, errors, enqueue, stop };
}

const ids = (count: number) => Array.from({ length: count }, (_, n) => `wf_${n}`);

it('tells of eight workflows at once, of each once, in the order in which they came', async () => {
  const { running, enqueue } = lane();
  for (const id of [...ids(20), ...ids(20)]) enqueue(id);
  expect([...running.keys()]).toEqual(ids(8));
  running.get('wf_3')?.resolve(DELIVERED);
  await turns();
  expect(running.size).toBe(8);
  // It was asked for again while it ran, behind the others.
  expect([...running.keys()].at(-1)).toBe('wf_8');
});

it('tries one at a time with pauses while the target fails, and all again once it does not', async () => {
  const { clock, running, enqueue } = lane();
  for (const id of ids(20)) enqueue(id);
  for (const run of running.values()) run.resolve(FAILED);
  await turns();
  expect([...running.keys()]).toEqual([]);
  clock.advance(60_000);
  expect([...running.keys()]).toEqual(['wf_8']);
  running.get('wf_8')?.resolve(DELIVERED);
  await turns();
  expect(running.size).toBe(8);
});

it('pauses while the store is away, and not for one record that is lost', async () => {
  const { clock, running, errors, enqueue } = lane();
  for (const id of ids(2)) enqueue(id);
  running.get('wf_0')?.reject(new BatonError('data_loss', 'lost'));
  await turns();
  enqueue('wf_2');
  expect([...running.keys()]).toEqual(['wf_1', 'wf_2']);
  running.get('wf_1')?.reject(new BatonError('unavailable', 'away'));
  await turns();
  enqueue('wf_3');
  expect([...running.keys()]).toEqual(['wf_2']);
  running.get('wf_2')?.resolve({ kind: 'done', delivered: false });
  await turns();
  expect([...running.keys()]).toEqual([]);
  clock.advance(60_000);
  expect([...running.keys()]).toEqual(['wf_3']);
  expect(errors).toEqual(['lost', 'away']);
});

it('tells of a workflow at its time, and at once when more is known of it', async () => {
  const { clock, running, enqueue } = lane();
  enqueue('wf_0');
  running.get('wf_0')?.resolve({ kind: 'later', waitMs: 1000, failed: false });
  await turns();
  expect(running.size).toBe(0);
  clock.advance(1000);
  running.get('wf_0')?.resolve({ kind: 'later', waitMs: 1000, failed: false });
  await turns();
  enqueue('wf_0');
  expect(running.size).toBe(1);
});

it('begins nothing more once it stops, and waits for what is under way', async () => {
  const { clock, running, enqueue, stop } = lane();
  for (const id of ids(9)) enqueue(id);
  let stopped = false;
  const stopping = stop().then(() => {
    stopped = true;
  });
  for (const id of ids(7)) running.get(id)?.resolve(FAILED);
  await turns();
  expect([stopped, [...running.keys()]]).toEqual([false, ['wf_7']]);
  running.get('wf_7')?.resolve(DELIVERED);
  await stopping;
  enqueue('wf_9');
  clock.advance(4 * 3_600_000);
  await turns();
  expect(running.size).toBe(0);
});
