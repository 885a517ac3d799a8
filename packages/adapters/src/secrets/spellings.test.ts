import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from './create-redactor.ts';

const AWS = 'AbCdEfGh/IjKlMn+OpQrStUvWxYz0123456789==';
const WORDS = 'p@ss word/1&x=2';
const MARKS = 'Xy&7kQ<w>9ab\'c"d';

/** How one character may be written, whatever stands around it. */
const SPELLINGS: readonly ((one: string) => string)[] = [
  (one) => one,
  (one) => JSON.stringify(one).slice(1, -1),
  (one) => JSON.stringify(JSON.stringify(one).slice(1, -1)).slice(1, -1),
  (one) => octetsOf(one).toUpperCase(),
  (one) => octetsOf(one).toLowerCase(),
  (one) => octetsOf(one).replaceAll('%', '%25'),
  (one) => unitsOf(one, 'u').toLowerCase(),
  (one) => unitsOf(one, 'u').toLowerCase().replaceAll('\\', '\\\\'),
  (one) => unitsOf(one, 'u').toUpperCase().replaceAll('U', 'u'),
  (one) => encodeURIComponent(unitsOf(one, 'u')),
];

function octetsOf(text: string): string {
  return Buffer.from(text).toString('hex').replace(/../g, '%$&');
}

function unitsOf(text: string, letter: string): string {
  const unit = (code: number): string => `\\${letter}${code.toString(16).padStart(4, '0')}`;
  return Array.from({ length: text.length }, (_, at) => unit(text.charCodeAt(at))).join('');
}

describe('a secret is masked as it is written', () => {
  it.each<[string, string, string]>([
    ['by quote of Python', AWS, 'AbCdEfGh/IjKlMn%2BOpQrStUvWxYz0123456789%3D%3D'],
    ['by encodeURI', WORDS, encodeURI(WORDS)],
    ['in the query of a URL', WORDS, new URL(`https://h/?${WORDS}`).search.slice(1)],
    ['in the path of a URL', WORDS, new URL(`https://h/${WORDS}`).pathname.slice(1)],
    ['by quote_plus', WORDS, 'p%40ss+word%2F1%26x%3D2'],
    ['by quote_plus, with a plus of its own', 'a+b c+d e', 'a%2Bb+c%2Bd+e'],
    ['in JSON of Go', MARKS, 'Xy\\u00267kQ\\u003cw\\u003e9ab\'c\\"d'],
    ['in JSON of .NET', AWS, 'AbCdEfGh/IjKlMn\\u002BOpQrStUvWxYz0123456789=='],
    ['in JSON of PHP', AWS, 'AbCdEfGh\\/IjKlMn+OpQrStUvWxYz0123456789=='],
    ['in JSON in JSON in JSON', MARKS, thrice(MARKS)],
    ['in JSON in a URL', MARKS, encodeURIComponent(JSON.stringify(MARKS).slice(1, -1))],
    ['escaped already', 'p%40ss&amp;w\\u00f6rd', 'p%40ss&amp;w\\u00f6rd'],
    ['escaped already, and once more', 'p%40ss&amp;w\\u00f6rd', 'p%2540ss%26amp;w\\\\u00f6rd'],
    ['behind a backslash', 'nhunter22', 'nhunter22'],
  ])('%s', (_, value, written) => {
    const redact = createRedactor({ values: [value] });
    expect(redact(`x ${written} y`)).toBe('x [secret] y');
    expect(redact(`x\\${written}\\n`)).toMatch(/^x\\?\[secret\]\\n$/);
  });

  it('with every character in another way', () => {
    const value = '50%/&z"\\-<ö>\t€\n😀+1';
    const redact = createRedactor({ values: [value] });
    const ways = fc.array(fc.constantFrom(...SPELLINGS), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(ways, (spell) => {
        const written = [...value].map((one, at) => spell[at]?.(one) ?? one).join('');
        expect(redact(`x ${written} y`).replaceAll('\n', '')).toMatch(/^x \\?\[secret\] y$/);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['\\/', '%2F', '%2f', '\\u002F'])('in base64 with %j', (slash) => {
    const value = '?>>???>>>secretsecret';
    const encoded = Buffer.from(value).toString('base64');
    expect(encoded).toContain('/');
    const written = encoded.replaceAll('/', slash).replaceAll('+', '%2B');
    expect(createRedactor({ values: [value] })(`x ${written} y`)).toBe('x [secret] y');
  });

  it.each(['hunter2pass\r', 'hunter2pass\n', ' hunter2pass\t'])('without its ends: %j', (value) => {
    const redact = createRedactor({ values: [value] });
    expect(redact('it is hunter2pass.')).toBe('it is [secret].');
    expect(redact(Buffer.from('12 hunter2pass').toString('base64'))).toBe('MTIg[secret]M=');
  });
});

function thrice(text: string): string {
  const quoted = (one: string): string => JSON.stringify(one).slice(1, -1);
  return quoted(quoted(quoted(text)));
}

describe('a text of escapes', () => {
  it.each(['\\', '%', '%25', '%5c', '%255C', '\\u0026', '%c3', '%f0', '%f0%9f%98', '\\n', '\n '])(
    'is read in time: %j',
    (part) => {
      const redact = createRedactor({ values: [WORDS] });
      const text = part.repeat(600_000 / part.length);
      expect(redact(text) === text).toBe(true);
    },
  );

  it('is shown when it goes on and on behind what may be the beginning of a secret', () => {
    const stream = createRedactor({ values: ['hunter22'] }).stream();
    let shown = stream.add('hun').length;
    for (let count = 0; count < 200; count++) shown += stream.add('\\'.repeat(2_000)).length;
    expect(shown).toBeGreaterThan(100_000);
  });

  it('is shown as soon as it can be no escape', () => {
    const stream = createRedactor({ values: ['hunter22'] }).stream();
    expect(stream.add('100% of a & b\\c\n')).toBe('100% of a & b\\c\n');
  });
});
