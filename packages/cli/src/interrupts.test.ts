import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { createInterrupts } from './interrupts.ts';

function createHeard() {
  const signals = new EventEmitter();
  const heard: string[] = [];
  const interrupts = createInterrupts(signals, 1, () => heard.push('overdue'));
  const forget = interrupts.onInterrupt(() => heard.push('interrupted'));
  return { signals, heard, interrupts, forget };
}

test('who asks twice is heard twice, and a terminal that is gone asks once', () => {
  const { signals, heard } = createHeard();
  signals.emit('SIGHUP');
  signals.emit('SIGHUP');
  expect(heard).toEqual(['interrupted']);
  signals.emit('SIGINT');
  expect(heard).toEqual(['interrupted', 'interrupted']);
});

test('an error on the way to the end does not hurry it', () => {
  const { signals, heard, interrupts } = createHeard();
  signals.emit('SIGTERM');
  expect(interrupts.stop()).toBe(true);
  expect(heard).toEqual(['interrupted']);
});

test('a stop without a person present ends, even when a role ignores it', async () => {
  const { heard, interrupts } = createHeard();
  interrupts.stop();
  await expect.poll(() => heard).toEqual(['interrupted', 'overdue']);
});

test('without a listener signals do what they do without Baton', () => {
  const { signals, interrupts, forget } = createHeard();
  forget();
  expect(signals.eventNames()).toEqual([]);
  expect(interrupts.stop()).toBe(false);
});
