import { expect, test } from 'vitest';
import { setAsideText } from './set-aside-text.ts';

test('names the folder and the first thing that could not be removed', () => {
  const text = setAsideText({ folder: '/b/w.aside-1', problems: ['dist/f: EACCES', 'dist/g'] });
  expect(text).toMatch(/\/b\/w\.aside-1, and .*: dist\/f: EACCES$/);
});
