import { expect, it } from 'vitest';
import { nameUncovered } from './covered-files.ts';

const file = (path: string, ...lines: number[]) => ({ path, missed: lines.length, lines });

it('names the worst files first, with their lines', () => {
  const files = [
    file('b.ts', 4),
    file('full.ts'),
    file('c.ts', 1, 2, 3, 7, 9, 10),
    file('a.ts', 2),
  ];
  expect(nameUncovered(files)).toBe('c.ts (lines 1-3, 7, 9-10); a.ts (line 2); b.ts (line 4)');
});

it('says how many lines where they have no numbers', () => {
  const sums = [
    { path: 'a.ts', missed: 9, lines: [] },
    { path: 'b.ts', missed: 1, lines: [] },
  ];
  expect(nameUncovered(sums)).toBe('a.ts (9 lines); b.ts (1 line)');
});

it('is bounded, and counts the rest', () => {
  const odd = Array.from({ length: 30 }, (_, index) => 2 * index + 1);
  expect(nameUncovered([file('a.ts', ...odd)])).toBe(
    'a.ts (lines 1, 3, 5, 7, 9, 11, 13, 15 and 22 more places)',
  );
  const many = Array.from({ length: 25 }, (_, index) => file(`${'x'.repeat(300)}${index}`, 1));
  expect(nameUncovered(many)).toMatch(/; and 15 more files$/);
  expect(nameUncovered(many).length).toBeLessThan(2500);
});
