import { expect, it } from 'vitest';
import { createLineHits } from './line-hits.ts';

it('counts each line of a file once, hit when any entry for it was', () => {
  const hits = createLineHits();
  hits.addAll('a.go', 1, 3, false);
  hits.addAll('a.go', 2, 4, true);
  hits.add('a.go', 1, false);
  expect(hits.files()).toMatchObject([{ path: 'a.go', lines: 4, linesHit: 3 }]);
});

it('has no more lines than it may, of one file or of all together', () => {
  const some = () => {
    const hits = createLineHits(5);
    hits.addAll('a.go', 1, 3, true);
    return hits;
  };
  expect(() => some().addAll('b.go', 1, 6, true)).toThrow('more than 5 lines');
  expect(() => some().addAll('b.go', 1, 3, true)).toThrow('more than 5 lines');
  some().addAll('b.go', 1, 2, true);
  some().addAll('a.go', 1, 5, true);
});
