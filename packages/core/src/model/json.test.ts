import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatonError } from './errors.ts';
import { copyJsonObject, MAX_PAYLOAD_BYTES, MAX_PAYLOAD_VALUES } from './json.ts';

function refusal(value: unknown): BatonError {
  try {
    copyJsonObject(value);
  } catch (error) {
    return error as BatonError;
  }
  throw new Error('expected a refusal');
}

describe('copyJsonObject', () => {
  it('copies any JSON object to the letter, and shares nothing with it', () => {
    const key = fc.string({ unit: 'binary', maxLength: 8 }).filter(isStorable);
    const text = fc.string({ unit: 'binary' }).filter(isStorable);
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        text,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(key, value), (object) => {
        const copy = copyJsonObject(object);
        expect(JSON.stringify(copy)).toBe(JSON.stringify(object));
        expect(copy).not.toBe(object);
      }),
    );
  });

  it('leaves undefined members out, as JSON does', () => {
    expect(copyJsonObject({ a: undefined, b: 1 })).toEqual({ b: 1 });
  });

  it.each([
    ['a function', { a: { b: () => 1 } }, 'a.b', 'found function'],
    ['NaN', { a: [1, Number.NaN] }, 'a.1', 'found NaN'],
    ['a date', { a: new Date(0) }, 'a', 'found Date'],
    ['NUL in a text', { a: 'x\u0000' }, 'a', 'NUL'],
    ['NUL in a key', { 'x\u0000': 1 }, 'x\u0000', 'NUL'],
    ['a lone surrogate', { a: '\ud800' }, 'a', 'lone surrogates'],
    [
      'a __proto__ key',
      JSON.parse('{"a": {"__proto__": {"admin": true}}}'),
      'a.__proto__',
      '__proto__',
    ],
    ['an array', [], '', 'found an array'],
    ['undefined in a list', { a: [undefined] }, 'a.0', 'found undefined'],
    ['a bigint', { a: 1n }, 'a', 'found bigint'],
  ])('refuses %s and names where it stands', (_, value, field, words) => {
    const error = refusal(value);
    expect(error).toMatchObject({ code: 'invalid_input', violations: [{ field }] });
    expect(error.message).toContain(words);
  });

  it('refuses nesting past 64, however deep it goes', () => {
    const nest = (depth: number): unknown =>
      Array.from({ length: depth }).reduce((inner) => ({ inner }), {});
    expect(() => copyJsonObject(nest(63))).not.toThrow();
    expect(refusal(nest(64)).message).toContain('nested more than 64 deep');
    expect(refusal(nest(100_000)).code).toBe('invalid_input');
  });

  it('takes exactly 2 MiB of JSON', () => {
    const frame = JSON.stringify({ a: '' }).length;
    const copied = copyJsonObject({ a: 'x'.repeat(MAX_PAYLOAD_BYTES - frame) });
    expect(JSON.stringify(copied)).toHaveLength(MAX_PAYLOAD_BYTES);
  });

  it.each([
    ['a text', 'x'.repeat(MAX_PAYLOAD_BYTES - 7)],
    ['a text of two bytes a character', 'ä'.repeat(MAX_PAYLOAD_BYTES / 2)],
    ['a text that JSON escapes', '\u0001'.repeat(MAX_PAYLOAD_BYTES / 6)],
    ['a list of texts', Array.from({ length: 9_000 }, () => 'x'.repeat(240))],
  ])('refuses more than 2 MiB, counted in bytes of JSON: %s', (_, a) => {
    expect(refusal({ a }).code).toBe('limit_exceeded');
  });

  it('takes 10,000 values, and none more', () => {
    // The object and the list are values, too.
    const list = (length: number) => ({ a: Array.from({ length }, (_, index) => index) });
    expect(() => copyJsonObject(list(MAX_PAYLOAD_VALUES - 2))).not.toThrow();
    expect(refusal(list(MAX_PAYLOAD_VALUES - 1))).toMatchObject({
      code: 'limit_exceeded',
      message: expect.stringContaining('more than 10000 values'),
    });
  });

  it.each<[string, unknown, (one: unknown) => unknown]>([
    ['object', {}, (one) => ({ a: one, b: one })],
    ['list', [], (one) => [one, one]],
  ])('counts a shared %s in each of its places', (_, empty, twice) => {
    const shared = (levels: number) => Array.from({ length: levels }).reduce(twice, empty);
    expect(() => copyJsonObject({ a: shared(12) })).not.toThrow();
    for (const levels of [13, 20, 40]) {
      expect(refusal({ a: shared(levels) }).message).toContain('more than 10000 values');
    }
  });

  it('cannot be changed afterwards', () => {
    const copied = copyJsonObject({ a: { b: [1] } }) as { a: { b: number[] } };
    expect(() => copied.a.b.push(2)).toThrow(TypeError);
    expect(() => Object.assign(copied.a, { c: 1 })).toThrow(TypeError);
  });
});

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000') && text !== '__proto__';
}
