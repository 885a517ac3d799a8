import { describe, expect, it } from 'vitest';
import { jsonBytes } from './payload-size.ts';

describe('the bytes of a value as JSON', () => {
  it.each([
    ['a text', 'abc'],
    ['a text that JSON escapes', 'a"b\\c\n\u0001\u001f\u007f'],
    ['a text of more bytes than characters', 'äß漢😀'],
    ['names', { 'ä"': 1, '': 2 }],
    ['numbers', [0, -1.5, 1e21, 5e-324, -0, 123456789012]],
    ['true, false and null', [true, false, null]],
    ['nothing inside', [{}, [], [[]], { a: {} }]],
    ['many in one', { a: [1, 'b', { c: [null, {}] }], d: 'e' }],
  ])('are those of %s', (_, value) => {
    expect(jsonBytes(value)).toBe(Buffer.byteLength(JSON.stringify(value)));
  });
});
