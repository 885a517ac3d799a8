import { expect, it, onTestFinished } from 'vitest';
import { createReadiness, type ReadinessOptions } from './readiness.ts';

const LONG_MS = 600_000;
const DOWN = { status: 'NOT_READY', reason: 'store_unreachable' };

function check(options: ReadinessOptions) {
  const readiness = createReadiness({ everyMs: LONG_MS, withinMs: LONG_MS, ...options });
  onTestFinished(() => readiness.stop());
  return readiness;
}

function counted() {
  let times = 0;
  const probe = async () => {
    times += 1;
  };
  return { probe, asked: () => times };
}

it('is ready while the store answers, and asks it once for all who want to know at a time', async () => {
  const { asked, probe } = counted();
  const readiness = check({ probe });
  const found = await Promise.all([readiness.now(), readiness.now(), readiness.now()]);
  expect(found).toEqual(found.map(() => ({ status: 'READY' })));
  await readiness.now();
  expect(asked()).toBe(1);
});

it.each([
  ['fails', async () => Promise.reject(new Error('password of ada is wrong')), LONG_MS],
  ['does not answer in time', () => new Promise(() => {}), 1],
])('is not ready when the store %s, and tells no more than that', async (_, probe, withinMs) => {
  const readiness = check({ probe, withinMs });
  expect(await readiness.now()).toEqual(DOWN);
});

it('is not ready once it stops, and does not ask the store any more', async () => {
  const { asked, probe } = counted();
  const readiness = check({ probe });
  readiness.retire();
  expect(await readiness.now()).toEqual({ status: 'NOT_READY', reason: 'stopping' });
  expect(asked()).toBe(0);
});

it('says that it stops also to one who asked before', async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const readiness = check({ probe: () => answered });
  const asked = readiness.now();
  readiness.retire();
  answer();
  expect(await asked).toEqual({ status: 'NOT_READY', reason: 'stopping' });
});

it('looks unasked, and tells of each change once', async () => {
  let isUp = true;
  const probe = async () => (isUp ? undefined : Promise.reject(new Error('down')));
  const readiness = check({ probe, everyMs: 5 });
  const told: object[] = [];
  readiness.onChange((one) => told.push(one));
  expect(await readiness.now()).toEqual({ status: 'READY' });
  isUp = false;
  await expect.poll(() => told).toEqual([DOWN]);
  isUp = true;
  await expect.poll(() => told).toEqual([DOWN, { status: 'READY' }]);
  readiness.retire();
  readiness.retire();
  expect(told.slice(2)).toEqual([{ status: 'NOT_READY', reason: 'stopping' }]);
});
