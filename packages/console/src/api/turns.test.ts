import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTurn, turns } from './turns.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('lets what else waits have its turn once its own time is over, and then has the same time again', async () => {
  const breathe = turns();
  const others: string[] = [];
  expect(breathe()).toBeUndefined();
  vi.advanceTimersByTime(8);
  setTimeout(() => others.push('drawn'));
  const passed = breathe();
  expect(passed).toBeInstanceOf(Promise);
  await vi.runAllTimersAsync();
  await passed;
  expect(others).toEqual(['drawn']);
  expect(breathe()).toBeUndefined();
});

it('ends work that is not wanted any more when its turn comes again', async () => {
  const ended = new AbortController();
  const breathe = turns(ended.signal);
  vi.advanceTimersByTime(8);
  const refused = expect(breathe()).rejects.toThrow('another page');
  ended.abort(new Error('another page'));
  await vi.runAllTimersAsync();
  await refused;
});

it('has its whole time for the next piece of work', () => {
  const turn = createTurn();
  vi.advanceTimersByTime(8);
  expect(turn.isOver()).toBe(true);
  turn.begin();
  expect(turn.isOver()).toBe(false);
});
