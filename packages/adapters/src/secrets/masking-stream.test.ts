import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from './create-redactor.ts';

/** Keys are put together here: no scanner shall take them for real ones. */
const PEM = [
  '-----BEGIN RSA ',
  'PRIVATE KEY-----\n',
  `${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ\n'.repeat(3)}`,
  '-----END RSA PRIVATE KEY-----',
].join('');
const OVERLAPPING = ['open-sesame-1', 'open-sesame-1-and-more', 'and-more-of-this-secret'];
const VALUES = [
  ...OVERLAPPING,
  'ababababababababab',
  'tab\tquote"back\\slash',
  'päss wörd/ünd ☃ 😀 so on',
  'first line of it\nsecond\nthird line, longer than others\n',
  PEM.replace('RSA', 'EC').replaceAll('MII', 'XYZ'),
];
const redact = createRedactor({ values: VALUES });

const encodings: readonly ((value: string) => string)[] = [
  (value) => value,
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(JSON.stringify(value)),
  (value) => encodeURIComponent(value),
  (value) => encodeURI(value).toLowerCase(),
  (value) => encodeURIComponent(JSON.stringify(value)),
  (value) => value.replaceAll('/', '\\/').replaceAll('"', '\\u0022'),
  (value) => new URLSearchParams({ value }).toString(),
  (value) => Buffer.from(value).toString('hex'),
  (value) => Buffer.from(`user:${value}`).toString('base64'),
  (value) => Buffer.from(value).toString('base64').replace(/.{20}/g, '$&\n  '),
  (value) => Buffer.from(value).toString('base64url').replace(/.{16}/g, '$&\\n'),
  (value) => encodeURIComponent(Buffer.from(value).toString('base64')),
  (value) => value.replaceAll('\n', '\r\n'),
];
const secret = fc
  .tuple(fc.constantFrom(...VALUES, PEM), fc.constantFrom(...encodings))
  .map(([value, encode]) => encode(value));
const key = fc.constantFrom(
  PEM,
  ['sk-', 'proj-', 'aB3dE5gH7jK9mN1pQ3sT5vX7'].join(''),
  'Authorization: Bearer abc.def-123',
  '"Authorization"  :\n  "Basic \n dXNlcjpwYXNzd29yZA==',
  'x-api-key:\n\n hunter22',
  '\\\\\\"Authorization\\\\\\"  \n : \n\n\\\\\\"Basic \ndXNl\\/jpw\\u002b',
  '%22Authorization%22\n=\n%22Token\n\n dXNl%2Fjpw%3D',
  '\\u0022x-api-key\\u0022\n: \\u0022hunter22',
  'postgres://ada:hunter@2@db:5432/x',
  `${['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0In0'].join('.')}.dozjgNryP4J3`,
);
const cutOff = fc
  .tuple(fc.oneof(secret, key), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([text, part]) => text.slice(0, Math.floor(text.length * part)));
const ordinary = fc.oneof(
  fc.constantFrom(
    '\n',
    ' ',
    '\r\n',
    '\\n',
    '-',
    '-----',
    '-----BEGIN ',
    '\\',
    '\\u00',
    '%',
    '%25',
    '%c3',
    'Bearer\n',
    'a',
    '://',
    '"',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.integer({ min: 1000, max: 1060 }).map((length) => 'no key! '.repeat(length / 8)),
);

/** Cuts a text where `sizes` say. */
function piecesOf(text: string, sizes: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let at = 0, one = 0; at < text.length; one++) {
    const size = sizes[one % sizes.length] as number;
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  return pieces;
}

const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 999 })), {
  minLength: 1,
  maxLength: 20,
});

function masked(pieces: readonly string[], by = redact): string {
  const stream = by.stream();
  return pieces.map((piece) => stream.add(piece)).join('') + stream.end();
}

describe('a text in pieces', () => {
  it('is masked as it is in one, wherever it is cut', () => {
    const parts = fc.array(fc.oneof(secret, key, cutOff, ordinary), { maxLength: 12 });
    fc.assert(
      fc.property(parts, sizes, (texts, cuts) => {
        const text = texts.join('');
        expect(masked(piecesOf(text, cuts))).toBe(redact(text));
      }),
      { numRuns: 1500 },
    );
  });

  it('lets no 8 characters of a secret out at any time', () => {
    const long = [...VALUES, PEM].filter((value) => value.length >= 16);
    const known = new Set(
      long.flatMap((value) =>
        Array.from({ length: value.length - 7 }, (_, at) => value.slice(at, at + 8)),
      ),
    );
    const filler = fc.stringMatching(/^[A-Z ,;\n]{0,12}$/);
    const parts = fc.array(fc.oneof(filler, fc.constantFrom(...long)), { maxLength: 10 });
    fc.assert(
      fc.property(parts, sizes, fc.nat(), (texts, cuts, end) => {
        const whole = texts.join('\n');
        // It may end in the midst of a secret, too: what writes it may be killed.
        const pieces = piecesOf(whole.slice(0, whole.length - (end % 20)), cuts);
        const stream = redact.stream();
        let out = '';
        for (const piece of pieces) out += stream.add(piece);
        out += stream.end();
        for (let at = 0; at + 8 <= out.length; at++) {
          const part = out.slice(at, at + 8);
          if (known.has(part)) expect.fail(`${JSON.stringify(part)} came out of ${out}`);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('keeps its line ends, those of secrets included', () => {
    const parts = fc.array(fc.oneof(secret, key, ordinary), { maxLength: 12 });
    fc.assert(
      fc.property(parts, (texts) => {
        const text = texts.join('');
        expect(redact(text).split('\n')).toHaveLength(text.split('\n').length);
      }),
    );
  });
});
