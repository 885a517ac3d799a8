import { redactDeep } from '@baton/core/internal';
import { describe, expect, it } from 'vitest';
import { createRedactor } from './create-redactor.ts';

const SECRET = 'hunter2/"päss"?';

describe('a redactor', () => {
  const redact = createRedactor({ values: [SECRET, 'short'] });

  it.each([
    ['as it is', `x ${SECRET} y`],
    ['URL-encoded', `x ${encodeURIComponent(SECRET)} y`],
    ['inside JSON', `x ${JSON.stringify(SECRET).slice(1, -1)} y`],
  ])('masks a secret %s', (_, text) => {
    expect(redact(text)).toBe('x [secret] y');
  });

  it.each<[string, string, string]>([
    [
      'form-encoded',
      'hunter two&ä',
      new URLSearchParams({ a: 'hunter two&ä' }).toString().slice(2),
    ],
    ['form-encoded, but for the space', 'hunter (two)', 'hunter+(two)'],
    ['percent-encoded in lower case', SECRET, 'hunter2%2f%22p%c3%a4ss%22%3f'],
    ['inside JSON inside JSON', SECRET, JSON.stringify(JSON.stringify(SECRET)).slice(3, -3)],
    ['inside JSON in ASCII', SECRET, 'hunter2/\\"p\\u00e4ss\\"?'],
    ['inside JSON in ASCII, upper case', SECRET, 'hunter2/\\"p\\u00E4ss\\"?'],
    ['inside JSON in ASCII inside JSON', SECRET, 'hunter2/\\\\\\"p\\\\u00e4ss\\\\\\"?'],
    ['inside JSON with escaped slashes', SECRET, 'hunter2\\/\\"päss\\"?'],
    ['in hex', SECRET, Buffer.from(SECRET).toString('hex')],
    ['in upper-case hex', SECRET, Buffer.from(SECRET).toString('hex').toUpperCase()],
  ])('masks a secret %s', (_, value, written) => {
    expect(createRedactor({ values: [value] })(`x ${written} y`)).toBe('x [secret] y');
  });

  it.each(['\n', '\r\n', '\\n', '\n  '])('masks base64 that is wrapped by %j', (end) => {
    const value = 'correct horse battery staple '.repeat(5);
    for (const before of ['', 'u', 'us', 'user:']) {
      const encoded = Buffer.from(`${before}${value} and more`).toString('base64');
      const wrapped = encoded.replace(/.{76}/g, `$&${end}`);
      const masked = createRedactor({ values: [value] })(wrapped);
      expect(masked).toContain('[secret]');
      const left = Buffer.from(masked.replace(/\[secret\]/, ''), 'base64').toString('latin1');
      expect(left).not.toMatch(/horse|battery|staple/);
      expect(masked.split('\n')).toHaveLength(wrapped.split('\n').length);
    }
  });

  it.each(['', 'u', 'us', 'user:'])('masks a secret in base64, after %j', (before) => {
    for (const encoding of ['base64', 'base64url'] as const) {
      const encoded = Buffer.from(`${before}${SECRET} and more`).toString(encoding);
      const plain = redact(encoded).split('[secret]');
      expect(plain).toHaveLength(2);
      const left = plain.map((part) => Buffer.from(part, 'base64').toString('latin1')).join('');
      expect(left).not.toContain('unter');
    }
  });

  it('masks the lines of a secret one by one, too, and keeps their number', () => {
    const key = 'first line of the key\nsecond line of the key';
    const multiline = createRedactor({ values: [key] });
    expect(multiline(`a\n${key}\nb`)).toBe('a\n[secret]\n\nb');
    expect(multiline('3: second line of the key')).toBe('3: [secret]');
  });

  it('leaves what is too short to be a secret', () => {
    expect(redact('a short text')).toBe('a short text');
  });

  it('masks the longer of two secrets as a whole', () => {
    const both = createRedactor({ values: ['abcdef', 'abcdefgh'] });
    expect(both('abcdefgh')).toBe('[secret]');
  });

  it.each([
    ['that begin alike', (n: number) => `${'a'.repeat(n)}b`, 'a'.repeat(1500)],
    ['that end alike', (n: number) => `b${'a'.repeat(n)}`, 'a'.repeat(1500)],
    ['that hold one another', (n: number) => 'a'.repeat(n), '[secret]'],
  ])('masks a thousand secrets %s in time', (_, secretOf, shown) => {
    const values = Array.from({ length: 1000 }, (_, at) => secretOf(at + 6));
    const many = createRedactor({ values });
    const masked = many(`${'a'.repeat(1500)}c\n`.repeat(4000));
    expect(masked === `${shown}c\n`.repeat(4000)).toBe(true);
    expect(many(`x ${secretOf(500)} y`)).toBe('x [secret] y');
  });

  it.each([
    ['an OpenAI key', 'sk-proj-abcdefghijklmnopqrstuvwx'],
    ['an Anthropic key', 'sk-ant-api03-abcdefghijklmnopqrst'],
    ['a GitHub token', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'],
    ['an AWS key', 'AKIAIOSFODNN7EXAMPLE'],
    ['an API key of Baton', `baton_0123456789abcdef_${'A'.repeat(43)}0O1vzf`],
    ['a Slack token', 'xoxb-123456789012-abcdefghij'],
    ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----MIIE-----END RSA PRIVATE KEY-----'],
  ])('masks %s', (_, key) => {
    expect(redact(`before ${key} after`)).toBe('before [secret] after');
  });

  it('masks a private key that is cut off', () => {
    expect(redact('a -----BEGIN PRIVATE KEY-----\nMIIEvQ')).toBe('a [secret]\n');
  });

  it('keeps the name of what it masks in a header', () => {
    expect(redact('Authorization: Bearer abc.def-123')).toBe('Authorization: Bearer [secret]');
    expect(redact('"authorization":"Bearer abc.def-123"')).toBe(
      '"authorization":"Bearer [secret]"',
    );
  });

  it('leaves ordinary code alone', () => {
    const code = 'const task = { skip: true, bearer: "x" }; // risk-free, ask-me';
    expect(redact(code)).toBe(code);
  });
});

it('redacts JSON deeply, names included', () => {
  const redact = createRedactor({ values: ['hunter22'] });
  const value = { a: ['x hunter22', 1, null, { hunter22: true }], b: 'y' };
  expect(redactDeep(redact, value)).toEqual({
    a: ['x [secret]', 1, null, { '[secret]': true }],
    b: 'y',
  });
});

it('masks a number that shows a secret', () => {
  const redact = createRedactor({ values: ['83726154'] });
  expect(redactDeep(redact, { pin: 83726154, held: 18372615400, port: 7480, none: -0 })).toEqual({
    pin: '[secret]',
    held: '1[secret]00',
    port: 7480,
    none: -0,
  });
});

it('loses no member to another whose name is masked alike', () => {
  const redact = createRedactor({ values: ['hunter22', 'swordfish'] });
  expect(redactDeep(redact, { hunter22: 1, swordfish: 2, 'my hunter22': 3 })).toEqual({
    '[secret]': 1,
    '[secret] (2)': 2,
    'my [secret]': 3,
  });
});

it('refuses what is nested more deeply than anything that is kept', () => {
  const nest = (depth: number): unknown =>
    Array.from({ length: depth - 1 }).reduce((inner) => [inner], []);
  const redact = createRedactor();
  expect(redactDeep(redact, nest(128))).toEqual(nest(128));
  for (const depth of [129, 100_000]) {
    expect(() => redactDeep(redact, nest(depth))).toThrow('nested more than 128 deep');
  }
});
