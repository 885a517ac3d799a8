import { expect, it } from 'vitest';
import { createRecentMap } from './recent-map.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

it('forgets what was not used for long, and never what was used among the last half', () => {
  const map = createRecentMap<string>(4);
  for (const key of KEYS) {
    map.set(key, key);
    // Used after each other key.
    expect(map.get('a')).toBe('a');
  }
  const kept = KEYS.filter((key) => map.get(key) !== undefined);
  expect(kept).toEqual(expect.arrayContaining(['a', 'h']));
  expect(kept.length).toBeLessThanOrEqual(4);
});

it('has the last value of a key, and none that was deleted', () => {
  const map = createRecentMap<number>(4);
  for (const [value, key] of ['a', 'b', 'a', 'c', 'a', 'd'].entries()) map.set(key, value);
  expect(map.get('a')).toBe(4);
  map.delete('a');
  expect(map.get('a')).toBeUndefined();
});
