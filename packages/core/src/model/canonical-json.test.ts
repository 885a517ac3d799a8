import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

/** What it is by definition: each member's name and value as JSON writes them, by name. */
function byDefinition(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(byDefinition).join(',')}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${byDefinition(member)}`);
  return `{${members.join(',')}}`;
}

describe('canonical JSON', () => {
  it('is the same text whatever the order of the keys', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe(
      '{"a":true,"b":[1,{"c":"x","d":null}]}',
    );
  });

  it('sorts keys that look like numbers as texts', () => {
    expect(canonicalJson({ 10: 'ten', 9: 'nine', '': 'none' })).toBe(
      '{"":"none","10":"ten","9":"nine"}',
    );
  });

  it('leaves out members that are undefined, first ones too', () => {
    expect(canonicalJson({ a: undefined, b: 1, c: undefined, d: [undefined] })).toBe(
      '{"b":1,"d":[null]}',
    );
  });

  it.each(['"', '\\', '\n', '\u0000', '\u001f', '\ud800', 'é😀\u2028', 'x'.repeat(64)])(
    'escapes %j as JSON does, in short and long texts and in names',
    (text) => {
      const long = text.repeat(70);
      expect(canonicalJson({ [text]: [text, long] })).toBe(
        JSON.stringify({ [text]: [text, long] }),
      );
    },
  );

  it('is the definition for any value', () => {
    const value = fc.anything({ withNullPrototype: true, key: fc.string({ unit: 'binary' }) });
    fc.assert(fc.property(value, (any) => canonicalJson(any) === byDefinition(any)));
  });
});
