import { expect, it } from 'vitest';
import { changedCoverage } from './changed-coverage.ts';

const changed = (path: string, lines: number[], code = lines) =>
  new Map([[path, { lines, code, markers: [] }]]);

const file = (path: string, hits: Record<number, boolean>) => ({
  path,
  isPlaced: true,
  lines: Object.keys(hits).length,
  linesHit: 0,
  hits: new Map(Object.entries(hits).map(([line, isHit]) => [Number(line), isHit])),
});

it('counts the executable lines among the changed ones', () => {
  const files = [
    file('a.ts', { 1: false, 3: true, 4: false, 5: true }),
    file('b.ts', { 1: false }),
  ];
  expect(changedCoverage(changed('a.ts', [2, 3, 4, 5, 6]), files)).toEqual({
    executable: 3,
    covered: 2,
    coveragePercent: 66.66,
    uncovered: [{ path: 'a.ts', missed: 1, lines: [4] }],
    unreported: [],
  });
});

it('is 100 % where no changed line is executable', () => {
  const files = [file('a.ts', { 1: false })];
  for (const lines of [changed('a.ts', [2]), changed('README.md', [1]), new Map()]) {
    expect(changedCoverage(lines, files)).toMatchObject({ executable: 0, coveragePercent: 100 });
  }
});

it('counts a file that the report does not have as covered by no test, if others of its kind are', () => {
  const files = [file('a.ts', { 1: true })];
  expect(changedCoverage(changed('new.ts', [1, 2, 3], [1, 3]), files)).toMatchObject({
    executable: 2,
    covered: 0,
    coveragePercent: 0,
    uncovered: [{ path: 'new.ts', missed: 2, lines: [1, 3] }],
    unreported: ['new.ts'],
  });
});

it.each(['new.mjs', 'new.tsx'])('counts %s, which is of the same language, so', (path) => {
  const files = [file('a.js', { 1: true })];
  expect(changedCoverage(changed(path, [1]), files)).toMatchObject({ unreported: [path] });
});

it('counts no declarations of types', () => {
  const files = [file('a.ts', { 1: true })];
  expect(changedCoverage(changed('a.d.ts', [1]), files)).toMatchObject({ executable: 0 });
});

it('a file without statements has none to cover', () => {
  const files = [{ ...file('types.ts', {}), lines: 0 }];
  expect(changedCoverage(changed('types.ts', [1]), files)).toMatchObject({
    executable: 0,
    unreported: [],
  });
});

it('cannot be told from sums', () => {
  const files = [{ ...file('a.ts', {}), lines: 9 }];
  expect(() => changedCoverage(changed('a.ts', [1]), files)).toThrow('it has only totals for a.ts');
  expect(changedCoverage(changed('b.py', [1]), files)).toMatchObject({ executable: 0 });
});
