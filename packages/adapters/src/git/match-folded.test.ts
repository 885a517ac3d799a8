import { expect, test } from 'vitest';
import { matchFolded } from './match-paths.ts';

test.each([
  ['case', ['test/acceptance/'], ['Test/Acceptance/a.js', 'TEST/ACCEPTANCE/b.js']],
  ['case in the pattern', ['Makefile', 'Test/[A-C].js'], ['makefile', 'test/b.js']],
  ['a composed letter', ['test/cafe\u0301.js'], ['test/caf\u00e9.js', 'test/cafe\u0301.js']],
  ['a letter in two parts', ['test/caf\u00e9.js'], ['test/cafe\u0301.js', 'TEST/CAFE\u0301.JS']],
  ['letters without a pair', ['straße/', 'ΟΔΟΣ'], ['STRASSE/a', 'Straße/a', 'οδος', 'οδοσ']],
  ['characters that no one sees', ['.github/'], ['.git\u200chub/w.yml', '.github\u2060/w.yml']],
  ['an end that Windows drops', ['test/'], ['test./a', 'test /a', 'test...']],
  ['one that permits, exactly', ['*.md', '!readme.md'], ['README.md', 'a.MD']],
])('patterns match what folds to what they match: %s', async (_, patterns, expected) => {
  const others = ['src/a.js', 'tests/a.js', 'test-a', '...', '..\u200b/a', 'readme.md', 'mak'];
  expect(await matchFolded(patterns, [...expected, ...others])).toEqual(expected);
});
