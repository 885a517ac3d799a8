import { expect, it } from 'vitest';
import { beginningOf, fieldsOf, requestOf } from './request-text.ts';

it('is what a person asked for, apart from what stands beside it', () => {
  expect(requestOf({ request: ' Build \n', theme: 'dark' })).toEqual({
    text: 'Build',
    others: { theme: 'dark' },
  });
  const odd = { request: ['a', 'b'], theme: 'dark' };
  expect(requestOf(odd)).toEqual({ text: undefined, others: odd });
  expect(requestOf({ request: '  ' })).toEqual({ text: undefined, others: { request: '  ' } });
  expect(requestOf({})).toEqual({ text: undefined, others: {} });
});

it('hides no field of the requirements behind the metadata', () => {
  expect(fieldsOf({ theme: 'dark' }, {})).toEqual({ theme: 'dark' });
  const metadata = { ticket: 7 };
  expect(fieldsOf({ theme: 'dark' }, metadata)).toEqual({ theme: 'dark', metadata });
  const requirements = { metadata: 'of the songs' };
  expect(fieldsOf(requirements, {})).toEqual(requirements);
  expect(fieldsOf(requirements, metadata)).toEqual({ requirements, metadata });
});

it('shows a short text whole, and of a long one the first lines, or the first words', () => {
  expect(beginningOf('one\ntwo')).toBeUndefined();
  expect(beginningOf('x'.repeat(400))).toBeUndefined();
  const lines = Array.from({ length: 7 }, (_, n) => `line ${n}`);
  expect(beginningOf(lines.slice(0, 6).join('\n'))).toBeUndefined();
  expect(beginningOf(lines.join('\n'))).toBe(lines.slice(0, 6).join('\n'));
  const words = beginningOf('word '.repeat(200));
  expect(words).toMatch(/^(word )+word$/);
  expect(words?.length).toBeGreaterThan(390);
  expect(beginningOf(`x${'\u{1f388}'.repeat(400)}`)).toBe(`x${'\u{1f388}'.repeat(199)}`);
});
