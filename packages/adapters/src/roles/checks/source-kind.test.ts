import { expect, it } from 'vitest';
import { isCode, sourceKind } from './file-kinds.ts';

it.each([
  ['src/a.mjs', 'src/b.ts'],
  ['A.kt', 'B.java'],
  ['a.py', 'b.pyx'],
])('%s is of the same kind as %s', (a, b) => expect(sourceKind(a)).toBe(sourceKind(b)));

it('kinds differ, and declarations have none', () => {
  expect(new Set(['a.js', 'a.py', 'a.png', 'Makefile'].map(sourceKind)).size).toBe(4);
  expect(['a.d.ts', 'b.d.mts', 'style.d.css.ts'].map(sourceKind)).toEqual(Array(3).fill(undefined));
});

it.each([
  ['a.js', '  #secret = 1;'],
  ['a.js', '--left;'],
  ['a.js', '/* quiet */ run();'],
  ['a.js', ' */ run();'],
  ['a.c', '#define RUN run()'],
  ['a.py', 'x = 1  # said'],
])('in %s, %j is code', (path, line) => expect(isCode(line, path)).toBe(true));

it.each([
  ['a.js', '  // said'],
  ['a.js', '/** said */'],
  ['a.js', ' * said'],
  ['a.js', '});'],
  ['a.py', '#said'],
  ['a.sql', '-- said'],
  ['a.vue', '<!-- said -->'],
])('in %s, %j is none', (path, line) => expect(isCode(line, path)).toBe(false));
