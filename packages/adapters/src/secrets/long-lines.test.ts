import { describe, expect, it } from 'vitest';
import { createRedactor } from './create-redactor.ts';

const redact = createRedactor();

/** Keys are put together here: no scanner shall take them for real ones. */
const KEYS = [
  ['sk-', 'proj-', 'aB3dE5gH7jK9mN1pQ3sT5vX7'].join(''),
  ['A', 'KIAIOSFODNN7EXAMPLE'].join(''),
  `Authorization: Bearer ${'abc.def-123'}`,
  'postgres://ada:hunter22@db',
  `${'eyJhbGciOiJIUzI1NiJ9'}.eyJ${'zdWIiOiIxMjM0In0'.repeat(900)}.dozjgNryP4J3`,
];
/** So much is held back at most, and so much of it when that is reached, in characters. */
const MATCH = 32 * 1024;
const LINE = 96 * 1024;

function masked(text: string, size: number): string {
  const stream = redact.stream();
  let out = '';
  for (let at = 0; at < text.length; at += size) out += stream.add(text.slice(at, at + size));
  return out + stream.end();
}

describe('a line without an end', () => {
  it.each(KEYS)('is masked as in one wherever a key stands in it: %.12s', (key) => {
    for (const around of [MATCH, LINE, LINE - MATCH, LINE + MATCH, 2 * LINE]) {
      for (const before of [around - key.length, around - 12, around - 1, around, around + 1]) {
        const text = `${'x,'.repeat(before / 2)} ${key} ${'y,'.repeat(LINE)}`;
        const whole = redact(text);
        expect(whole).toContain('[secret]');
        for (const size of [997, 8192, LINE + 1]) expect(masked(text, size) === whole).toBe(true);
      }
    }
  });

  it.each([997, 8192, LINE + 1])('shows what is no key for what stands before it (%i)', (size) => {
    // Where what is read later begins: the first piece with which the line is too long.
    const border = (Math.floor(LINE / size) + 1) * size - MATCH;
    const text = `${'x'.repeat(border)}${KEYS[1]} ${'y,'.repeat(LINE)}`;
    expect(masked(text, size) === text).toBe(true);
  });

  it.each([
    ['a key', `sk-proj-${'aB3-'.repeat(LINE)}`, '[secret]'],
    [
      'a token',
      `Authorization: Basic ${'a%2F\\/\\u002B'.repeat(LINE / 6)}`,
      'Authorization: Basic [secret]',
    ],
    ['a word', `sk-${'folding-sk-'.repeat(LINE / 4)}cube`, undefined],
    ['a word and a key', `sk-${'folding-'.repeat(LINE / 4)}cube ${KEYS[0]}`, undefined],
  ])('may be %s by itself, however long', (_, text, expected) => {
    const whole = redact(`a ${text} b`);
    if (expected !== undefined) expect(whole).toBe(`a ${expected} b`);
    for (const size of [997, 8192, LINE + 1]) {
      expect(masked(`a ${text} b`, size) === whole).toBe(true);
    }
  });

  it('does not grow in memory', () => {
    const stream = redact.stream();
    const line = 'x,'.repeat(4096);
    let held = 0;
    for (let count = 0; count < 100; count++) held += line.length - stream.add(line).length;
    expect(held).toBeLessThanOrEqual(LINE + line.length);
  });
});
