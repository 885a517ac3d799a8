import { expect, it } from 'vitest';
import { createRecentMap } from './recent-map.ts';

it('forgets what was not used for the longest', () => {
  const map = createRecentMap<number>(3);
  for (const key of ['a', 'b', 'c']) map.set(key, 1);
  map.get('a');
  map.set('b', 2);
  map.set('d', 1);
  expect(['a', 'b', 'c', 'd'].map((key) => map.get(key))).toEqual([1, 2, undefined, 1]);
  map.delete('d');
  expect(map.get('d')).toBeUndefined();
});
