import { expect, it } from 'vitest';
import { createWaits } from './waits.ts';

const HERE = new AbortController().signal;
const untilEnded = (ending: AbortSignal) =>
  new Promise<string>((resolve) => {
    if (ending.aborted) resolve('ended');
    ending.addEventListener('abort', () => resolve('ended'));
  });

it('refuses what would wait beyond the limit, until another has ended', async () => {
  const waits = createWaits(undefined, 2);
  const leaving = new AbortController();
  const first = waits.during(50, leaving.signal, untilEnded);
  void waits.during(50, HERE, untilEnded);
  const third = waits.during(50, HERE, untilEnded);
  await expect(third).rejects.toMatchObject({ code: 'limit_exceeded', retryable: true });
  expect(await waits.during(0, HERE, async () => 'answered')).toBe('answered');
  leaving.abort();
  expect(await first).toBe('ended');
  expect(await waits.during(50, HERE, async () => 'answered')).toBe('answered');
});

it('counts a wait no more that has failed', async () => {
  const waits = createWaits(undefined, 1);
  const failing = async () => {
    throw new Error('away');
  };
  await expect(waits.during(50, HERE, failing)).rejects.toThrow('away');
  expect(await waits.during(50, HERE, async () => 'answered')).toBe('answered');
});

it('ends all waits together, and those that come later at once', async () => {
  const all = new AbortController();
  const waits = createWaits(all.signal);
  const waiting = waits.during(50, HERE, untilEnded);
  all.abort();
  expect(await waiting).toBe('ended');
  expect(await waits.during(50, HERE, untilEnded)).toBe('ended');
});
