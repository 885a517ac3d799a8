import { describe, expect, it } from 'vitest';
import { checkLinearizable, type Operation } from './linearizability.ts';

/** A register, as a first example. */
const write = (value: number, calledAt: number, answeredAt: number): Operation<number> => ({
  name: `write ${value}`,
  calledAt,
  answeredAt,
  step: () => value,
});
const read = (value: number, calledAt: number, answeredAt: number): Operation<number> => ({
  name: `read ${value}`,
  calledAt,
  answeredAt,
  step: (state) => (state === value ? state : undefined),
});
const check = (...operations: readonly Operation<number>[]) =>
  checkLinearizable(0, operations, String);

describe('what clients saw', () => {
  it.each([
    ['one after another', [write(1, 0, 1), read(1, 2, 3)]],
    ['a read beside a write, before it', [write(1, 0, 5), read(0, 1, 2)]],
    ['a read beside a write, after it', [write(1, 0, 5), read(1, 1, 2)]],
    ['a write without an answer that happened', [write(1, 0, Infinity), read(1, 5, 6)]],
    ['a write without an answer that never happened', [write(1, 0, Infinity), read(0, 5, 6)]],
    [
      'a write without an answer that happened late',
      [write(1, 0, Infinity), read(0, 5, 6), read(1, 7, 8)],
    ],
    [
      'a write without an answer that happened in time, if it did',
      [{ ...write(1, 0, Infinity), until: 4 }, read(0, 1, 2), read(1, 3, 5), read(1, 6, 7)],
    ],
    [
      'two writes at once, seen in either order',
      [write(1, 0, 9), write(2, 0, 9), read(2, 1, 2), read(1, 3, 4)],
    ],
  ])('can be explained: %s', (_, operations) => {
    expect(check(...operations)).toEqual({ kind: 'linearizable' });
  });

  it.each([
    ['a lost write', [write(1, 0, 1), read(0, 2, 3)]],
    ['a read from the future', [read(1, 0, 1), write(1, 2, 3)]],
    ['a value that goes back', [write(1, 0, 9), read(1, 1, 2), read(0, 3, 4)]],
    [
      'a write without an answer that comes and goes',
      [write(1, 0, Infinity), read(1, 5, 6), read(0, 7, 8)],
    ],
  ])('has no explanation: %s', (_, operations) => {
    expect(check(...operations).kind).toBe('impossible');
  });

  it('has none by a write without an answer whose time is over', () => {
    const late = (until: number) => ({ ...write(1, 0, Infinity), until });
    const after = [read(0, 5, 6), read(1, 7, 8)];
    expect(check(late(4), ...after).kind).toBe('impossible');
    expect(check(late(7), ...after).kind).toBe('linearizable');
  });

  it('is searched for before a read that would be too late for it, too', () => {
    const other: Operation<number> = { ...read(0, 5, 6), step: (state) => state };
    const timely = { ...write(1, 0, Infinity), until: 4 };
    expect(check(timely, other, read(1, 7, 8)).kind).toBe('linearizable');
  });

  it('is told with where the explanation ends', () => {
    expect(check(write(1, 0, 1), read(1, 2, 3), read(7, 4, 5))).toEqual({
      kind: 'impossible',
      explained: ['write 1', 'read 1'],
      stuckAt: ['read 7'],
    });
  });

  it('is searched through without trying the same twice', () => {
    const operations = Array.from({ length: 14 }, (_, i) => write(i, 0, 100));
    expect(check(...operations, read(-1, 200, 201)).kind).toBe('impossible');
  });
});
