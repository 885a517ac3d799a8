import { expect, test } from 'vitest';
import { lastLines } from './foreign-text.ts';

test('a short text is shown as it is, without what would steer the terminal', () => {
  expect(lastLines('\n\u001b[31mnot ok\u001b[0m\r\n  at a.js:1\n\n', 'there')).toEqual([
    'not ok',
    '  at a.js:1',
  ]);
  expect(lastLines(' \n', 'there')).toEqual([]);
});

test('of a long text its end is shown, and where the rest is', () => {
  const shown = lastLines(Array.from({ length: 30 }, (_, n) => `line ${n}`).join('\n'), 'there');
  expect(shown[0]).toBe('line 10');
  expect(shown.slice(-2)).toEqual(['line 29', '(only the end; all of it: there)']);
  expect(lastLines('x'.repeat(1000), 'there').map((line) => line.length)).toEqual([200, 32]);
});
