import { expect, it } from 'vitest';
import { type Slots, takeSlots } from './use-slots.ts';

const NONE: Slots = new Map();

it('keeps the places of rows that stay, wherever they move', () => {
  const before = takeSlots(NONE, ['a', 'b', 'c']);
  expect([...takeSlots(before, ['new', 'a', 'b', 'c'])]).toEqual([...[['new', 3]], ...[...before]]);
  expect([...takeSlots(before, ['c', 'a'])]).toEqual([
    ['c', before.get('c')],
    ['a', before.get('a')],
  ]);
});

it('gives the places of rows that have gone to new ones', () => {
  const before = takeSlots(NONE, ['a', 'b', 'c']);
  expect([...takeSlots(before, ['b', 'd', 'e', 'f'])]).toEqual([
    ['b', 1],
    ['d', 0],
    ['e', 2],
    ['f', 3],
  ]);
});

it('gives no place to two rows, whatever comes and goes', () => {
  let slots = NONE;
  for (let first = 0; first < 60; first += 7) {
    const keys = Array.from({ length: 20 - (first % 5) }, (_key, at) => `row ${first + at}`);
    slots = takeSlots(slots, keys);
    expect([...slots.keys()]).toEqual(keys);
    expect(new Set(slots.values()).size).toBe(keys.length);
  }
});
